"""Two people moving cards at once end with one agreed order, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ideas.race import CARDS, MOVES, PEOPLE

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_people_who_move_cards_at_the_same_time_end_with_one_order(migrated_url, tmp_path):
    environment = {**os.environ, "DATABASE_URL": migrated_url, "VAR_DIR": str(tmp_path / "var")}
    run = subprocess.run(
        [sys.executable, "-m", "tests.ideas.race"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["trouble"] == []
    versions = [version for version, _ in seen["told"]]
    assert versions == list(range(1, seen["version"] + 1)), "each move is told a board of its own, none is lost"
    assert seen["version"] + seen["refused"] == PEOPLE * MOVES
    assert seen["told"][-1][1] == seen["order"], "whoever moved last was told what the database holds"
    assert sum(len(column) for column in seen["order"].values()) == CARDS, "no card is lost and none doubled"
    for stage, column in seen["order"].items():
        places = [(position, pk) for name, position, pk in seen["stored"] if name == stage]
        assert places == list(enumerate(column)), "positions are dense: 0, 1, 2 …"
