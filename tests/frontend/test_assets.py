"""What the build makes is what the pages ask for."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ROOMS = ["studygroup", "ideas", "derivations", "sessions", "readings", "reminders", "members"]
PYTHON = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]


def listed_icons() -> set[str]:
    lines = (ROOT / "assets/icons.txt").read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def test_every_icon_on_a_page_is_in_the_list():
    in_templates = {name for path in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())}
    in_python = {name for path in PYTHON for name in re.findall(r'\bicon="([\w-]+)"', path.read_text())}
    assert (in_templates | in_python) - listed_icons() == set()


def test_the_built_sprite_has_every_listed_icon():
    sprite = (ROOT / "assets/dist/icons.svg").read_text()
    assert set(re.findall(r'<symbol id="([\w-]+)"', sprite)) >= listed_icons()


def test_every_entry_that_a_page_loads_is_built():
    wanted = {name for path in TEMPLATES for name in re.findall(r'{% vite_asset "([^"]+)"', path.read_text())}
    built = json.loads((ROOT / "assets/dist/manifest.json").read_text())
    assert {name for name in wanted | {"assets/js/main.js"} if not built.get(name, {}).get("isEntry")} == set()


def test_the_built_script_evaluates_no_text():
    scripts = sorted((ROOT / "assets/dist/assets").glob("main-*.js"))
    assert scripts
    assert [path.name for path in scripts if re.search(r"\beval\(", path.read_text())] == []


@pytest.mark.parametrize("path", sorted((ROOT / "assets/css").glob("*.css")), ids=lambda path: path.name)
def test_a_style_sheet_asks_no_other_host(path):
    assert re.findall(r"url\(\s*[\"']?(?:https?:)?//", path.read_text()) == []
