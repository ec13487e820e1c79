"""Each session is made once, however many workers extend its series; a series is changed once. On both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sessions.race import WORKERS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_workers_and_organisers_at_the_same_time_make_each_session_once(migrated_url, tmp_path):
    environment = {**os.environ, "DATABASE_URL": migrated_url, "VAR_DIR": str(tmp_path / "var")}
    run = subprocess.run(
        [sys.executable, "-m", "tests.sessions.race"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["trouble"] == []
    assert seen["made"] == [0] * (WORKERS - 1) + [26]
    assert seen["after_extending"] == seen["after_changing"] == 26
    assert seen["series"] == 2
    assert len(seen["refused"]) == 1
    assert "another tab" in seen["refused"][0]
