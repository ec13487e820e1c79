"""Production refuses to start with an insecure setting, and says which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GOOD = dict(
    line.split("=", 1)
    for line in (Path(__file__).with_name("production.env")).read_text().splitlines()
    if line and not line.startswith("#")
)


def check(tmp_path: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**inherited, **settings, "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_a_production_set_up_as_documented_passes_djangos_deployment_check(tmp_path):
    result = check(tmp_path, GOOD)
    assert (result.returncode, result.stdout) == (0, "System check identified no issues (0 silenced).\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("SECRET_KEY", None, "SECRET_KEY must be set to at least 50 random characters"),
        ("SECRET_KEY", "short", "SECRET_KEY must be set to at least 50 random characters"),
        ("SECRET_KEY", "x" * 60, "SECRET_KEY must be set to at least 50 random characters"),
        ("ALLOWED_HOSTS", None, "ALLOWED_HOSTS must name your host"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS must name your host"),
        ("SITE_URL", "http://study.example.org", "SITE_URL must be your public address and begin with https://"),
        ("DEBUG", "true", "DEBUG must not be on"),
        ("DATABASE_URL", None, "DATABASE_URL must name a PostgreSQL database"),
        ("REDIS_URL", None, "REDIS_URL must name a Redis server"),
        ("EMAIL_URL", None, "EMAIL_URL must name an SMTP server"),
    ],
)
def test_production_refuses_to_start_and_names_the_setting(tmp_path, variable, value, words):
    settings = {name: each for name, each in GOOD.items() if name != variable}
    if value is not None:
        settings[variable] = value
    result = check(tmp_path, settings)
    assert result.returncode == 1
    assert result.stderr.startswith("studygroup cannot start: studygroup refuses to start in production: ")
    assert words in result.stderr
    assert result.stderr.count(";") == 0  # this one, and no other


@pytest.mark.slow
def test_all_insecure_settings_are_named_at_once(tmp_path):
    result = check(tmp_path, {"PRODUCTION": "true", "DEBUG": "true"})
    named = ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DEBUG", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"]
    assert [name for name in named if f"{name} must" in result.stderr] == named
