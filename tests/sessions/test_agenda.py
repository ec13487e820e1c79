"""Agenda items in their order, assigned sections."""

import pytest

from readings.models import Progress
from sessions import actions
from sessions.actions import CannotChange
from sessions.page import agenda_of, assigned_to
from tests.factories import SectionFactory

from .factories import NOON, AgendaItemFactory


def titles(session):
    return list(session.agenda.values_list("title", flat=True))


@pytest.fixture
def items(session):
    return [AgendaItemFactory(session=session, title=title, position=n) for n, title in enumerate("ABC")]


def test_a_new_item_stands_at_the_end(session, items, member):
    actions.add_agenda_item(session=session, title="D", minutes=20, presenter=member, by=member, now=NOON)
    assert titles(session) == ["A", "B", "C", "D"]
    session.refresh_from_db()
    assert (session.changed_at, session.sequence) == (NOON, 0)


@pytest.mark.parametrize(
    ("which", "places", "expected"),
    [(0, 1, "BAC"), (2, -1, "ACB"), (0, -1, "ABC"), (2, 1, "ABC"), (0, 2, "BCA"), (1, 5, "ACB")],
)
def test_an_item_moves_no_further_than_the_end(session, items, organiser, which, places, expected):
    actions.move_agenda_item(item=items[which], by_places=places, by=organiser, now=NOON)
    assert "".join(titles(session)) == expected


def test_a_removed_item_does_not_move(session, items, organiser):
    actions.remove_agenda_item(item=items[1], by=organiser, now=NOON)
    with pytest.raises(CannotChange, match="removed"):
        actions.move_agenda_item(item=items[1], by_places=1, by=organiser, now=NOON)
    assert titles(session) == ["A", "C"]


def test_an_item_without_a_presenter_is_taken_by_the_quicker_one(session, items, member, organiser):
    actions.take_agenda_item(item=items[0], by=member, now=NOON)
    with pytest.raises(CannotChange, match="just taken"):
        actions.take_agenda_item(item=items[0], by=organiser, now=NOON)
    items[0].refresh_from_db()
    assert items[0].presenter == member


def test_presenters_are_organisers_or_members_of_the_group(session, organiser, observer, former, stranger):
    for person in (observer, former, stranger):
        with pytest.raises(CannotChange, match="presenters are organisers or members"):
            actions.add_agenda_item(session=session, title="D", minutes=20, presenter=person, by=organiser, now=NOON)
    assert titles(session) == []


def test_editing_an_item_leaves_a_presenter_who_has_left_in_place(session, organiser, former):
    item = AgendaItemFactory(session=session, presenter=former)
    actions.edit_agenda_item(item=item, title="New", minutes=5, presenter=former, by=organiser, now=NOON)
    item.refresh_from_db()
    assert (item.title, item.minutes, item.presenter) == ("New", 5, former)


def test_clock_times_run_on_and_an_agenda_that_is_too_long_says_so(session, member):
    for minutes in (20, 30, 55):
        AgendaItemFactory(session=session, minutes=minutes)
    agenda = agenda_of(session, user=member)
    assert [row["clock"] for row in agenda.rows] == ["19:00", "19:20", "19:50"]  # in Berlin
    assert (agenda.total_minutes, agenda.over_minutes) == (105, 15)


class TestReadings:
    def test_exactly_the_chosen_sections_are_assigned_in_the_order_of_the_list(self, session, section, organiser):
        other = SectionFactory(work=section.work, position=0)
        section.position = 1
        section.save()
        first = actions.assign_sections(session=session, section_ids=[section.pk], by=organiser, now=NOON)
        both = actions.assign_sections(session=session, section_ids=[section.pk, other.pk], by=organiser, now=NOON)
        assert [each.section for each in both] == [other, section]
        assert both[1].pk == first[0].pk
        assert list(session.assignments.values_list("section", flat=True)) == [other.pk, section.pk]
        actions.assign_sections(session=session, section_ids=[], by=organiser, now=NOON)
        assert session.assignments.count() == 0

    def test_a_section_of_another_group_is_refused_and_nothing_changes(self, session, section, organiser):
        actions.assign_sections(session=session, section_ids=[section.pk], by=organiser, now=NOON)
        foreign = SectionFactory()
        with pytest.raises(CannotChange, match="no longer on the group"):
            actions.assign_sections(session=session, section_ids=[foreign.pk], by=organiser, now=NOON)
        assert list(session.assignments.values_list("section", flat=True)) == [section.pk]

    def test_each_section_tells_my_status_and_how_many_members_have_read_it(
        self, session, section, organiser, member, observer, former
    ):
        actions.assign_sections(session=session, section_ids=[section.pk], by=organiser, now=NOON)
        for person in (organiser, observer, former):
            Progress.objects.create(section=section, user=person, status="done")
        Progress.objects.create(section=section, user=member, status="reading")
        assigned = assigned_to(session, user=member)
        assert [(each["reading"], each["done"]) for each in assigned] == [("true", "1")]
        assert [each["is_done"] for each in assigned_to(session, user=organiser)] == [True]
