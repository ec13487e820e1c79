"""Series: made, continued by the job, changed from a date on, stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction

from members.models import Group, User
from sessions.clock import HourDoesNotExist, instant, instant_or_next, slots, slots_after
from sessions.models import Series, Session

from .refusals import CannotChange, CannotSchedule
from .timing import check_day, check_duration, known_zone

HORIZON = timedelta(weeks=26)


@dataclass(frozen=True)
class Plan:
    """What a series is: its words, and the rule of its dates on one wall clock."""

    title: str
    starts_on: date
    at: time
    time_zone: str
    duration: timedelta
    interval_weeks: int
    ends_on: date | None = None
    place: str = ""
    call_url: str = ""


@dataclass(frozen=True)
class Changed:
    """What changing or stopping a series did to its sessions."""

    series: Series
    carried: list[Session] = field(default_factory=list)
    made: list[Session] = field(default_factory=list)
    kept: list[Session] = field(default_factory=list)
    removed: int = 0
    cancelled: list[Session] = field(default_factory=list)


def planned_starts(plan: Plan, now: datetime) -> list[tuple[date, datetime]]:
    """Return (slot, instant) of each session that `plan` makes within the horizon: what the form previews.

    Raises CannotSchedule, naming the field, for an unknown zone, an hour that the clocks skip on one of these days, a
    first session that has passed, or a plan without a session.
    """
    check_duration(plan.duration)
    check_day(plan.starts_on, field="starts_on")
    zone = known_zone(plan.time_zone)
    if plan.interval_weeks not in Series.Interval.values:
        raise CannotSchedule("A series takes place every week or every two weeks.", field="interval_weeks")
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        raise CannotSchedule("The last day is before the first. Choose a later one.", field="ends_on")
    first = instant_or_next(plan.starts_on, plan.at, zone)
    if first <= now:
        raise CannotSchedule(
            f"{plan.at:%H:%M} on {plan.starts_on:%a} {plan.starts_on.day} {plan.starts_on:%B} has passed. "
            "Choose a first day that is still to come.",
            field="starts_on",
        )
    if first > now + 2 * HORIZON:
        raise CannotSchedule("The first session is more than a year away. Choose an earlier day.", field="starts_on")
    until = max((now + HORIZON).date(), plan.starts_on)
    if plan.ends_on is not None:
        until = min(until, plan.ends_on)
    found = []
    for slot in slots(plan.starts_on, interval_weeks=plan.interval_weeks, until=until):
        try:
            found.append((slot, instant(slot, plan.at, zone)))
        except HourDoesNotExist as gap:
            # Later slots, which nobody has seen yet, are shifted by the job: docs/decisions/0010-clock-changes.md
            raise CannotSchedule(str(gap), field="at") from gap
    return found


@transaction.atomic
def start_series(*, group: Group, plan: Plan, by: User, now: datetime) -> Series:
    """Make a series and its sessions of the next 26 weeks. Raises CannotSchedule."""
    planned_starts(plan, now)
    series = _series_of(plan, group=group, by=by, now=now)
    series.save()
    extend_series(series=series, now=now)
    return series


@transaction.atomic
def extend_series(*, series: Series, now: datetime) -> list[Session]:
    """Make the sessions of the next 26 weeks that are not there yet, and return these. Safe to run twice and at once.

    An hour that the clocks skip becomes the next that exists; the session's page says so. Slots in the past stay empty.
    """
    series = Series.objects.select_for_update().get(pk=series.pk)
    zone = known_zone(series.time_zone)
    until = max((now + HORIZON).date(), series.starts_on)
    if series.ends_on is not None:
        until = min(until, series.ends_on)
    today = now.astimezone(zone).date()
    filled = set(series.sessions.values_list("slot_on", flat=True))
    planned = [
        Session(
            group_id=series.group_id,
            series=series,
            slot_on=slot,
            title=series.title,
            starts_at=starts_at,
            duration=series.duration,
            time_zone=series.time_zone,
            place=series.place,
            call_url=series.call_url,
            created_at=now,
            changed_at=now,
        )
        for slot in slots_after(series.starts_on, interval_weeks=series.interval_weeks, after=today, until=until)
        if slot not in filled and (starts_at := instant_or_next(slot, series.local_time, zone)) > now
    ]
    # Another worker may fill the same slots between the look and the leap: the constraint decides, and who lost made
    # nothing. The uid tells whose row it became.
    Session.objects.bulk_create(planned, ignore_conflicts=True)
    return list(Session.objects.filter(uid__in=[session.uid for session in planned]))


def extend_all_series(*, now: datetime) -> int:
    """Extend every running series and return how many sessions were made. One that cannot be read stops no other."""
    made, refusals = 0, []
    for series in Series.objects.running(now.date() - timedelta(days=1)).order_by("pk"):
        try:
            made += len(extend_series(series=series, now=now))
        except CannotSchedule as reason:
            refusals.append(f"{series.title} (series {series.pk}): {reason}")
    if refusals:
        raise CannotSchedule("Some series could not be continued. " + " ".join(refusals))
    return made


def edited_alone(series: Series, *, from_on: date, now: datetime) -> list[Session]:
    """Return the coming sessions of `series` that were moved, cancelled or edited by themselves: kept or replaced."""
    return [each for each in _coming(series, from_on=from_on, now=now) if each.edited_at is not None]


@transaction.atomic
def change_series_from(
    *,
    series: Series,
    from_on: date,
    plan: Plan,
    replace: Collection[int] = (),
    by: User,
    now: datetime,
) -> Changed:
    """End `series` on the day before `from_on` and start a new one with `plan` that follows it.

    The coming sessions from that slot on go over to the new series, with their answers, agenda, readings and minutes:
    each takes the new slot of its own day, or else of its own week. One without such a slot is removed when nothing
    hangs on it, and cancelled otherwise. A session edited by itself stays as it is, unless its id is in `replace`.
    Sessions that have begun are not touched. Raises CannotSchedule, CannotChange.
    """
    series = Series.objects.select_for_update().get(pk=series.pk)
    if series.ends_on is not None and series.ends_on < from_on:
        raise CannotChange(
            f"This series already ends on {_day(series.ends_on)}; it may have been changed in another tab. "
            "Open the series again."
        )
    today = now.astimezone(known_zone(series.time_zone)).date()
    if from_on < today:
        raise CannotChange("The past of a series stays as it is. Choose a coming session to change it from.")
    if plan.starts_on < from_on:
        raise CannotSchedule(
            f"The new series cannot start before {_day(from_on)}, where the old one ends.", field="starts_on"
        )
    starts = dict(planned_starts(plan, now))
    old = list(Session.objects.select_for_update().filter(series=series, slot_on__gte=from_on).order_by("slot_on"))
    last = max([each.slot_on for each in old if each.slot_on] + list(starts))
    until = last if plan.ends_on is None else min(last, plan.ends_on)
    zone = known_zone(plan.time_zone)
    for slot in slots(plan.starts_on, interval_weeks=plan.interval_weeks, until=until):
        starts.setdefault(slot, instant_or_next(slot, plan.at, zone))

    series.ends_on = from_on - timedelta(days=1)
    series.save(update_fields=["ends_on"])
    new = _series_of(plan, group=series.group, by=by, now=now)
    new.follows = series
    new.save()

    partner = correspondence([each.slot_on for each in old if each.slot_on], starts)
    carried, kept, without_slot = [], [], []
    for session in old:
        assert session.slot_on is not None
        place = partner.get(session.slot_on)
        stays = session.has_begun(now) or (session.edited_at is not None and session.pk not in replace)
        if stays:
            if place is not None:  # it fills its slot in the new series, so that no second one is made beside it
                session.series, session.slot_on = new, place
                session.save(update_fields=["series", "slot_on"])
            if not session.has_begun(now):
                kept.append(session)
        elif place is None:
            without_slot.append(session)
        else:
            _take_over(session, series=new, slot=place, starts_at=starts[place], by=by, now=now)
            carried.append(session)
    removed, cancelled = _withdraw(without_slot, because="Its series was changed.", by=by, now=now)
    made = extend_series(series=new, now=now)
    return Changed(series=new, carried=carried, made=made, kept=kept, removed=removed, cancelled=cancelled)


@transaction.atomic
def stop_series(*, series: Series, last_on: date, by: User, now: datetime) -> Changed:
    """End a series after the slot `last_on`. Its later sessions are removed when nothing hangs on them, and cancelled
    otherwise; those edited by themselves stay. Sessions that have begun are not touched. Raises CannotChange."""
    series = Series.objects.select_for_update().get(pk=series.pk)
    if series.ends_on is not None and series.ends_on <= last_on:
        raise CannotChange(f"This series already ends on {_day(series.ends_on)}.")
    series.ends_on = last_on
    series.save(update_fields=["ends_on"])
    later = list(Session.objects.select_for_update().filter(series=series, slot_on__gt=last_on, starts_at__gt=now))
    kept = [each for each in later if each.edited_at is not None]
    removed, cancelled = _withdraw(
        [each for each in later if each.edited_at is None], because="Its series was stopped.", by=by, now=now
    )
    return Changed(series=series, kept=kept, removed=removed, cancelled=cancelled)


def correspondence(old: Iterable[date], new: Iterable[date]) -> dict[date, date]:
    """Return, for slots of an old series, the slot of a new one that takes its place: on the same day, or else in the
    same week (Monday to Sunday). One slot takes the place of one."""
    free = sorted(set(new))
    pairs = {slot: slot for slot in old if slot in set(free)}
    free = [slot for slot in free if slot not in pairs]
    by_week: dict[tuple[int, int], date] = {}
    for slot in free:
        by_week.setdefault(slot.isocalendar()[:2], slot)
    for slot in sorted(set(old)):
        if slot not in pairs:
            found = by_week.pop(slot.isocalendar()[:2], None)
            if found is not None:
                pairs[slot] = found
    return pairs


def _series_of(plan: Plan, *, group: Group, by: User, now: datetime) -> Series:
    return Series(
        group=group,
        title=plan.title,
        starts_on=plan.starts_on,
        local_time=plan.at,
        time_zone=plan.time_zone,
        duration=plan.duration,
        interval_weeks=plan.interval_weeks,
        ends_on=plan.ends_on,
        place=plan.place,
        call_url=plan.call_url,
        created_by=by,
        created_at=now,
    )


def _coming(series: Series, *, from_on: date, now: datetime) -> list[Session]:
    return list(series.sessions.filter(slot_on__gte=from_on).not_begun(now).order_by("slot_on"))


def _take_over(session: Session, *, series: Series, slot: date, starts_at: datetime, by: User, now: datetime) -> None:
    """Fill `slot` of `series` with a session of the series before it, with all that hangs on it."""
    was_cancelled = session.is_cancelled
    before = (session.starts_at, session.duration, session.status, session.place)
    if session.starts_at != starts_at:
        session.moved_from, session.moved_at = session.starts_at, now
        session.changed_by = by
    session.series, session.slot_on, session.starts_at = series, slot, starts_at
    session.title, session.place, session.call_url = series.title, series.place, series.call_url
    session.duration, session.time_zone = series.duration, series.time_zone
    session.edited_at = None
    if was_cancelled:
        session.status, session.cancelled_because, session.cancelled_at = Session.Status.SCHEDULED, "", None
        session.changed_by = by
    if before != (session.starts_at, session.duration, session.status, session.place):
        session.sequence += 1
    session.changed_at = now
    session.save()


def _withdraw(sessions: list[Session], *, because: str, by: User, now: datetime) -> tuple[int, list[Session]]:
    """Remove the sessions on which nothing hangs, in any room, and cancel the others. At a fixed number of queries."""
    in_use = _in_use([session.pk for session in sessions])
    empty = [session.pk for session in sessions if session.pk not in in_use]
    cancelled = [session for session in sessions if session.pk in in_use and not session.is_cancelled]
    for session in cancelled:
        session.status, session.cancelled_because = Session.Status.CANCELLED, because
        session.cancelled_at = session.changed_at = session.edited_at = now
        session.changed_by = by
        session.sequence += 1
    Session.objects.bulk_update(
        cancelled,
        ["status", "cancelled_because", "cancelled_at", "changed_at", "edited_at", "changed_by", "sequence"],
    )
    Session.objects.filter(pk__in=empty).delete()
    return len(empty), cancelled


def _in_use(pks: list[int]) -> set[int]:
    """Which of these sessions something points at: an answer, an agenda item, a reading, a note of a higher room."""
    found = set(Session.objects.filter(pk__in=pks).exclude(minutes="").values_list("pk", flat=True))
    for relation in Session._meta.related_objects:
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": pks})
        found.update(rows.values_list(name, flat=True))
    return found


def _day(on: date) -> str:
    return f"{on:%a} {on.day} {on:%B %Y}"
