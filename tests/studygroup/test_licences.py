"""What we build on leaves us, and whoever runs this, free: no copyleft at run time but what is listed with its reason.

`pytest tests/studygroup/test_licences.py -s` prints the licence of every package.
"""

import json
import re
from importlib.metadata import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPYLEFT = re.compile(r"GPL|General Public|MPL|Mozilla Public|EUPL|CDDL|OSL|SSPL|CC-BY-SA|Share ?Alike", re.IGNORECASE)
PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|HPND|MIT-CMU|Zlib|Unlicense|BlueOak|OFL|CC0", re.IGNORECASE
)

PYTHON_COPYLEFT = {
    "fido2": "BSD-2-Clause; the list of public suffixes that it carries as data is MPL-2.0, unchanged",
    "psycopg": "LGPL-3.0, used unchanged as a separate, replaceable package: docs/decisions/0003-psycopg-lgpl.md",
    "psycopg-binary": "the same, compiled",
    "psycopg-pool": "the same",
}
NPM_COPYLEFT = {
    "axe-core": "MPL-2.0, judges our pages in tests; no part of it is built into the assets",
    "lightningcss": "MPL-2.0, a program that Vite and Tailwind run to write CSS; no part of it is in what it writes",
}


def python_licences() -> dict[str, str]:
    """The licence that each package of requirements/base.txt declares: expression, then classifiers, then free text."""
    locked = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==", (ROOT / "requirements/base.txt").read_text(), re.MULTILINE)
    licences = {}
    for name in locked:
        about = metadata(name)
        classifiers = [each for each in about.get_all("Classifier") or [] if each.startswith("License :: ")]
        spoken = [each.split("::")[-1].strip() for each in classifiers if each != "License :: OSI Approved"]
        free_text = (about.get("License") or "").strip().split("\n")[0]
        licences[name] = about.get("License-Expression") or ", ".join(spoken) or free_text
    return licences


def npm_licences() -> dict[str, str]:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {path.rpartition("node_modules/")[2]: about.get("license", "") for path, about in packages.items() if path}


def unclear(licences: dict[str, str]) -> dict[str, str]:
    known = re.compile(f"{COPYLEFT.pattern}|{PERMISSIVE.pattern}", re.IGNORECASE)
    return {name: licence for name, licence in licences.items() if not known.search(licence)}


def show(licences: dict[str, str]) -> None:
    print("\n" + "\n".join(f"{name:<40} {licence}" for name, licence in sorted(licences.items())))  # noqa: T201


def test_no_python_package_is_copyleft_without_a_reason():
    licences = python_licences()
    show(licences)
    assert {name for name, licence in licences.items() if COPYLEFT.search(licence)} == PYTHON_COPYLEFT.keys()
    assert unclear(licences) == {}


def test_no_npm_package_is_copyleft_without_a_reason():
    licences = npm_licences()
    show(licences)
    copyleft = {re.sub(r"^(lightningcss)-.*", r"\1", name) for name, each in licences.items() if COPYLEFT.search(each)}
    assert copyleft == NPM_COPYLEFT.keys()
    assert unclear(licences) == {}
