"""Whatever curriculum lies in data/curricula is whole; what is wrong with one is said with its place."""

import pytest

from mathtext import render
from readings.actions import start_from_curriculum
from readings.curricula import BrokenCurriculum, curriculum_called, read_curriculum, shipped_curricula
from readings.models import Work
from tests.conftest import NOON
from tests.factories import WorkFactory

CURRICULA = shipped_curricula()

GOOD = """
key = "k"
title = "T"
summary = "S"
weeks = [1, 2]

[[units]]
title = "U"
weeks = 1
mathematics = "M"
outcomes = ["One.", "Two."]
readings = [{ work = "goodfellow2016deep", sections = ["2"] }]

[[units.derivations]]
title = "D"
statement = "$a = b$"
"""


def test_the_four_curricula_ship():
    assert [curriculum.key for curriculum in CURRICULA] == ["five-fields", "six-stages", "practitioner", "toolkit"]
    assert curriculum_called("toolkit").span == "8 weeks"
    assert curriculum_called("five-fields").span == "13–16 weeks"
    assert curriculum_called("none") is None


@pytest.mark.parametrize("curriculum", CURRICULA, ids=lambda curriculum: curriculum.key)
def test_its_mathematics_can_be_set(curriculum):
    for unit in curriculum.units:
        for text in (unit.mathematics, *unit.outcomes, *(anchor.statement for anchor in unit.derivations)):
            assert render(text).problems == (), text


def test_the_example_of_this_test_is_good(tmp_path):
    file = tmp_path / "good.toml"
    file.write_text(GOOD)
    assert read_curriculum(file).works == ("goodfellow2016deep",)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('key = "k"', "key = ", "broken.toml: "),
        ('key = "k"', "", "the top: `key` is missing"),
        ('title = "T"', 'title = " "', "the top: `title` is missing"),
        ("weeks = [1, 2]", "weeks = 3", "the top: `weeks` is the least and the most"),
        ("weeks = [1, 2]", "weeks = [3, 2]", "at least 3 and at most 2"),
        ("weeks = [1, 2]", "weeks = [2, 3]", "take 1 weeks together"),
        ('summary = "S"', 'summary = "S"\nauthor = "me"', "`author` is no field"),
        ("[[units]]", "[[chapters]]", "`chapters` is no field"),
        ('title = "U"\nweeks = 1', 'title = "U"\nweeks = 0', "unit 1: `weeks`"),
        ('outcomes = ["One.", "Two."]', 'outcomes = ["One."]', "two or three"),
        ("goodfellow2016deep", "nobody", "unit 1: it reads “nobody”"),
        ('sections = ["2"]', 'sections = ["2", "77"]', "no section 77"),
        ('sections = ["2"]', "sections = [2]", "numbers in quotes"),
        ('readings = [{ work = "goodfellow2016deep", sections = ["2"] }]', "readings = []", "at least one"),
        ('statement = "$a = b$"', "", "`statement` is missing"),
        ("[[units.derivations]]", "[[units.derivations]]\n[[units.derivations]]", "`title` is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path, old, new, complaint):
    file = tmp_path / "broken.toml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(BrokenCurriculum, match=r"broken\.toml") as refusal:
        read_curriculum(file)
    assert complaint in str(refusal.value)


def test_more_than_three_derivations_are_refused(tmp_path):
    file = tmp_path / "long.toml"
    file.write_text(GOOD + '[[units.derivations]]\ntitle = "D"\nstatement = "x"\n' * 3)
    with pytest.raises(BrokenCurriculum, match="4 derivations"):
        read_curriculum(file)


def test_a_group_starts_from_a_curriculum_with_its_works_in_order(group, organiser):
    known = WorkFactory(group=group, key="mine", title="Deep Learning", year="2016")
    curriculum = curriculum_called("toolkit")
    added = start_from_curriculum(group=group, curriculum=curriculum, by=organiser, now=NOON)
    assert [work.key for work in added] == [key for key in curriculum.works if key != "goodfellow2016deep"]
    assert list(Work.objects.filter(group=group)) == [known, *added]
    book = Work.objects.get(key="deisenroth2020mathematics")
    assert book.why.splitlines()[0] == "Unit 1, Vectors, matrices, tensors: section 2."
    assert book.sections.count() == 12
    assert start_from_curriculum(group=group, curriculum=curriculum, by=organiser, now=NOON) == []
