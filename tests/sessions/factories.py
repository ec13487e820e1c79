"""Sessions as tests want them."""

from datetime import UTC, date, datetime, time, timedelta

import factory

from sessions.actions import Plan
from sessions.models import AgendaItem, Assignment, Attendance, Rsvp

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday


def plan(**changes) -> Plan:
    """A weekly series on Tuesdays at 19:00 in Berlin, from 24 November 2026 on."""
    fields = {
        "title": "Study session",
        "starts_on": date(2026, 11, 24),
        "at": time(19, 0),
        "time_zone": "Europe/Berlin",
        "duration": timedelta(minutes=90),
        "interval_weeks": 1,
    }
    return Plan(**(fields | changes))


def local_starts(series) -> list[str]:
    """`2026-11-24 19:00` of each session of a series, on its own clock."""
    return [f"{each.starts_at.astimezone(each.zone):%Y-%m-%d %H:%M}" for each in series.sessions.order_by("starts_at")]


class AgendaItemFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AgendaItem

    title = factory.Sequence(lambda n: f"Item {n}")
    minutes = 15
    position = factory.Sequence(lambda n: n)


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    position = factory.Sequence(lambda n: n)


class RsvpFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Rsvp

    answer = "yes"
    answered_at = NOON


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attendance

    mark = "present"
    marked_at = NOON
