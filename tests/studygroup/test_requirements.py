"""The locked requirements install on a fresh machine, whatever was released after they were locked."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKED = re.compile(r"^([\w.-]+)(?:\[([^\]]*)\])?==", re.MULTILINE)


def locked(file: str) -> dict[str, set[str]]:
    """Each locked package with the extras that stand in its line."""
    found = LOCKED.findall((ROOT / "requirements" / file).read_text())
    return {canonicalize_name(name): {each.strip() for each in extras.split(",") if each} for name, extras in found}


@pytest.mark.parametrize("file", ["base.txt", "dev.txt"])
def test_extras_that_a_package_asks_for_are_locked_with_it(file):
    # The pip that Python 3.11 brings takes the newest release for `coverage[toml]>=7` where only `coverage==7.1` is
    # locked, and then refuses it for want of a hash.
    lines = locked(file)
    asked = set()
    for package in distributions():
        chosen = lines.get(canonicalize_name(package.name))
        if chosen is None:
            continue
        for text in package.requires or []:
            wanted = Requirement(text)
            name = canonicalize_name(wanted.name)
            if (
                wanted.extras
                and name in lines
                and any(wanted.marker is None or wanted.marker.evaluate({"extra": extra}) for extra in ("", *chosen))
            ):
                asked |= {(name, extra) for extra in wanted.extras}
    assert asked, "pytest-cov asks for coverage[toml], celery[redis] for kombu[redis]"
    assert sorted(each for each in asked if each[1] not in lines[each[0]]) == []
