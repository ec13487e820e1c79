"""A room imports only rooms below it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = [
    "studygroup",
    "ideas",
    "derivations",
    "sessions",
    "readings",
    "reminders",
    "members",
    "commons",
    "mathtext",
    "stepcheck",
]
PURE = {"mathtext", "stepcheck"}


def imported_rooms(file: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            rooms |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            rooms.add(node.module.split(".")[0])
    return rooms


@pytest.mark.parametrize("room", HOUSE)
def test_a_room_imports_only_rooms_below_it(room):
    above = set(HOUSE[: HOUSE.index(room)])
    upwards = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / room).rglob("*.py")
        for name in imported_rooms(file) & above
    }
    assert upwards == set()


@pytest.mark.parametrize("room", sorted(PURE))
def test_a_pure_package_imports_no_django(room):
    assert {str(file) for file in (ROOT / room).rglob("*.py") if "django" in imported_rooms(file)} == set()
