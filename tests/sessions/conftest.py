"""What the tests of this room share: a coming session, with the clock standing at Monday noon for views."""

from datetime import datetime, timedelta

import pytest

from tests.factories import SectionFactory, SessionFactory, WorkFactory

from .factories import NOON


@pytest.fixture
def now(time_machine) -> datetime:
    """Monday 23 November 2026, 12:00 UTC, also for the views."""
    time_machine.move_to(NOON, tick=False)
    return NOON


@pytest.fixture
def session(group):
    """Wednesday 25 November, 19:00 in Berlin."""
    return SessionFactory(
        group=group,
        title="Log-determinant gradients",
        starts_at=NOON + timedelta(days=2, hours=6),
        created_at=NOON - timedelta(days=30),
        changed_at=NOON - timedelta(days=30),
    )


@pytest.fixture
def section(group):
    work = WorkFactory(group=group, title="The Matrix Cookbook")
    return SectionFactory(work=work, number="2.4", title="Derivatives of determinants")
