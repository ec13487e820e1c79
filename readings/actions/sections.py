"""The parts of a work, and how far each member has come with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from members.models import User
from readings.conversion import is_whole, section_parts
from readings.models import Progress, Section, Work

MAX_SECTIONS = 300


class CannotChangeSections(Exception):
    """Why the sections of a work cannot be changed so, in words fit to show a member."""


@transaction.atomic
def add_sections(*, work: Work, lines: Iterable[str], by: User, now: datetime) -> list[Section]:
    """Add a section for each line such as `3.2 Convex sets (pp. 27–40)`, at the end.

    The section that stands for the whole work becomes the first of them while nobody has marked it, so that what is
    assigned stays assigned. Raises CannotChangeSections for no line, or for too many.
    """
    work = Work.objects.select_for_update().get(pk=work.pk)
    rows = [section_parts(line) for line in lines if line.strip()]
    if not rows:
        raise CannotChangeSections("Write at least one section, one a line: for example “3.2 Convex sets”.")
    existing = list(work.sections.all())
    if len(existing) + len(rows) > MAX_SECTIONS:
        raise CannotChangeSections(f"A work has up to {MAX_SECTIONS} sections; this would be the {MAX_SECTIONS + 1}st.")
    added = []
    if len(existing) == 1 and is_whole(existing[0], work) and not existing[0].progress.exists():
        whole = existing[0]
        for column, value in rows.pop(0).items():
            setattr(whole, column, value)
        whole.save()
        added.append(whole)
    position = max((section.position for section in existing), default=0)
    new = [Section(work=work, position=position + place, **row) for place, row in enumerate(rows, 1)]
    added += Section.objects.bulk_create(new)
    _touch(work, now)
    return added


@transaction.atomic
def edit_section(*, section: Section, number: str, title: str, pages: str, by: User, now: datetime) -> Section:
    """Rename a section; marks and assignments stay."""
    if not title.strip():
        raise CannotChangeSections("A section needs a title.")
    section = Section.objects.select_for_update().select_related("work").get(pk=section.pk)
    section.number, section.title, section.pages = number.strip(), title.strip(), pages.strip()
    section.save()
    _touch(section.work, now)
    return section


@transaction.atomic
def move_section(*, section: Section, up: bool, by: User, now: datetime) -> None:
    """Let a section and its neighbour change places. At the end of the list nothing happens."""
    work = Work.objects.select_for_update().get(pk=section.work_id)
    order = list(work.sections.all())
    place = next((index for index, each in enumerate(order) if each.pk == section.pk), None)
    if place is None:
        raise CannotChangeSections("This section was removed in the meantime.")
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        for position, each in enumerate(order, 1):
            each.position = position
        Section.objects.bulk_update(order, ["position"])
        _touch(work, now)


@transaction.atomic
def remove_section(*, section: Section, by: User, now: datetime) -> str:
    """Delete a section with everybody's marks; returns its name. The last one stays: marks need something to be of."""
    work = Work.objects.select_for_update().get(pk=section.work_id)
    if work.sections.count() < 2:
        raise CannotChangeSections("This is the only section. Rename it, or add others first.")
    name = str(section)
    section.delete()
    _touch(work, now)
    return name


@transaction.atomic
def mark_section(*, section: Section, user: User, status: str, now: datetime) -> Progress:
    """Set how far `user` is with a section. Saying the same twice changes nothing."""
    status = _known(status)
    progress, created = Progress.objects.select_for_update().get_or_create(
        section=section, user=user, defaults={"status": status, "changed_at": now}
    )
    if not created and progress.status != status:
        progress.status, progress.changed_at = status, now
        progress.save(update_fields=["status", "changed_at"])
    return progress


@transaction.atomic
def mark_work(*, work: Work, user: User, status: str, now: datetime) -> int:
    """Set how far `user` is with all sections of a work; returns how many changed."""
    status = _known(status)
    sections = list(work.sections.all())
    known = {each.section_id: each for each in Progress.objects.filter(section__in=sections, user=user)}
    changed = [each for each in known.values() if each.status != status]
    for each in changed:
        each.status, each.changed_at = status, now
    Progress.objects.bulk_update(changed, ["status", "changed_at"])
    missing = [section for section in sections if section.pk not in known]
    Progress.objects.bulk_create(
        [Progress(section=section, user=user, status=status, changed_at=now) for section in missing],
        ignore_conflicts=True,  # the same button in two tabs
    )
    return len(changed) + len(missing)


def _known(status: str) -> str:
    if status not in Progress.Status.values:
        raise CannotChangeSections("Choose one of: to read, reading, done.")
    return status


def _touch(work: Work, now: datetime) -> None:
    Work.objects.filter(pk=work.pk).update(changed_at=now)
