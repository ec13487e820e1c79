"""The works that ship with the product, put on a group's list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from members.models import Group, User
from readings.curricula import Curriculum, shipped_bibliography
from readings.models import Work

from .imports import add_entries, new_entries


@transaction.atomic
def add_shipped_bibliography(
    *, group: Group, by: User | None, now: datetime, keys: Collection[str] | None = None
) -> list[Work]:
    """Add the shipped works, or those called `keys` in that order, that the list lacks; returns those added.

    Raises KeyError, naming it, for a key that does not ship.
    """
    shipped = shipped_bibliography()
    wanted = [shipped[key] for key in (shipped if keys is None else keys)]
    return add_entries(group=group, entries=new_entries(group, wanted), by=by, now=now)


@transaction.atomic
def start_from_curriculum(*, group: Group, curriculum: Curriculum, by: User | None, now: datetime) -> list[Work]:
    """Put the works of a curriculum on the list in the order in which it reads them, each with the units it is for."""
    added = add_shipped_bibliography(group=group, by=by, now=now, keys=curriculum.works)
    for work in added:
        work.why = "\n".join(_reasons(curriculum, work.key))
    Work.objects.bulk_update(added, ["why"], batch_size=200)
    return added


def _reasons(curriculum: Curriculum, key: str) -> list[str]:
    reasons = []
    for place, unit in enumerate(curriculum.units, 1):
        for reading in unit.readings:
            if reading.work == key:
                which = f": {'section' if len(reading.sections) == 1 else 'sections'} {', '.join(reading.sections)}"
                reasons.append(f"Unit {place}, {unit.title}{which if reading.sections else ''}.")
    return reasons
