"""docs/operate/settings.md is the whole truth about the environment."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs/operate/settings.md").read_text()
COMPOSE_ONLY = TABLE.partition("## Read by docker-compose.yml only")[2]
READERS = ["settings.py", "gunicorn_conf.py", "healthcheck.py", "management/commands/up.py"]
# Gunicorn reads it from the environment by the name that all WSGI servers share; nothing to set here.
UNDOCUMENTED = {"FORWARDED_ALLOW_IPS"}


def documented(text: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def read_by_the_code() -> set[str]:
    pattern = r'(?:\benv\.\w+\(|environ\.get\(|environ\[)\s*"([A-Z_]+)"'
    return {name for file in READERS for name in re.findall(pattern, (ROOT / "studygroup" / file).read_text())}


def test_every_variable_that_is_read_stands_in_the_table_and_no_other():
    ours = documented(TABLE) - documented(COMPOSE_ONLY)
    assert read_by_the_code() - UNDOCUMENTED == ours


def test_every_line_of_the_table_has_a_default_and_a_meaning():
    rows = [line for line in TABLE.splitlines() if line.startswith("| `")]
    assert [row for row in rows if not all(cell.strip() for cell in row.strip("|").split(" | "))] == []


def test_the_example_for_docker_sets_known_variables_only():
    example = (ROOT / ".env.example").read_text()
    names = re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)
    assert len(names) == len(set(names))
    assert set(names) <= documented(TABLE)
