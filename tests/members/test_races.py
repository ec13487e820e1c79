"""What several people do at once ends as if they had done it one after another, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.members.race import PEOPLE, USES
from tests.services.fixtures import migrated_database

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def seen(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("race")
    with migrated_database(request.param, folder, request) as url:
        run = subprocess.run(
            [sys.executable, "-m", "tests.members.race"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "VAR_DIR": str(folder / "var")},
            capture_output=True,
            text=True,
            timeout=180,
        )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.slow
def test_of_twenty_people_on_a_link_of_five_uses_five_get_in(seen):
    told = seen["redeem"]["said"]
    assert told.count("in") == USES
    assert sum("used up" in each for each in told) == PEOPLE - USES
    assert (seen["redeem"]["uses"], seen["redeem"]["members"]) == (USES, USES)


@pytest.mark.slow
def test_one_person_in_four_tabs_takes_one_use(seen):
    assert seen["one_person_in_four_tabs"] == {"said": ["in"] * 4, "uses": 1, "rows": 1}


@pytest.mark.slow
def test_of_two_organisers_who_leave_at_once_one_stays(seen):
    assert seen["both_organisers_leave"] == {"said": ["left", "stays"], "organisers": 1}


@pytest.mark.slow
def test_of_four_browsers_at_set_up_one_makes_the_account(seen):
    assert seen["first_account"] == {"said": ["made", "told why", "told why", "told why"], "accounts": 1}


@pytest.mark.slow
def test_groups_of_one_name_made_at_once_have_addresses_of_their_own(seen):
    assert sorted(seen["slugs"]) == ["kernel-club", "kernel-club-2", "kernel-club-3", "kernel-club-4"]
