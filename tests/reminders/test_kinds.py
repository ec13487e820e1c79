"""What every kind of reminder keeps, whichever room declares it."""

from datetime import timedelta

import pytest

from reminders.nudges import KINDS, Window
from tests.conftest import NOON

ALL = sorted(KINDS.values(), key=lambda kind: kind.key)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
def test_a_kind_can_be_asked_for_everyone_and_for_nobody(kind):
    window = Window(NOON, NOON + timedelta(days=7))
    assert list(kind.source(window=window)) == []
    assert list(kind.source(window=window, user_ids=set())) == []


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.key)
def test_a_kind_says_in_words_what_it_is_and_why_one_gets_it(kind):
    assert 3 < len(kind.title) <= 40
    assert len(kind.key) <= 60
    assert kind.explanation, "it completes “You get this because …”"
    assert not kind.explanation.endswith(".")
    assert kind.mail or kind.bell


def test_titles_tell_kinds_apart():
    assert len({kind.title for kind in ALL}) == len(ALL)
