"""What this room has to remind people of: the next step that someone promised by a date."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, time, timedelta

from commons.time import local_text
from reminders.nudges import Nudge, Window, nudge_kind

from .models import Idea

DUE_AT = time(9)  # on the owner's wall clock
STILL_OF_USE = timedelta(days=1)


@nudge_kind(
    key="idea-step-due",
    title="Next step of an idea",
    explanation="you own an idea whose next step is due today",
    order=60,
)
def next_steps_due(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
    """On the morning of the day for which the owner promised a next step. One query.

    It stops when the step is cleared or given another date or owner, and when the idea is parked, submitted, archived
    or deleted: the key names idea and date, and the query asks for the rest.
    """
    # A local date begins up to 14 hours before, and ends up to 12 hours after, the same date in UTC.
    first, last = window.start.date() - timedelta(days=1), window.end.date() + timedelta(days=1)
    ideas = (
        Idea.objects.with_a_step_due()
        .filter(next_step_on__range=(first, last))
        .select_related("owner", "group")
        .order_by("pk")
    )
    if user_ids is not None:
        ideas = ideas.filter(owner__in=user_ids)
    for idea in ideas:
        assert idea.owner is not None  # with_a_step_due asks for one
        assert idea.next_step_on is not None
        due_at = datetime.combine(idea.next_step_on, DUE_AT, tzinfo=idea.owner.zone)
        if due_at not in window:
            continue
        yield Nudge(
            user_id=idea.owner.pk,
            group_id=idea.group_id,
            key=f"{idea.pk}:{idea.next_step_on.isoformat()}",
            due_at=due_at,
            expires_at=due_at + STILL_OF_USE,
            subject=f"Due today: {_short(idea.next_step, 80)}",
            url=idea.get_absolute_url(),
            lines=(
                f"You promised this for “{idea.title}” by {local_text(due_at, idea.owner.zone).split(',')[0]}.",
                f"Next step: {idea.next_step}",
                "Done? Write down the step after it. Not yet? Give it another date.",
            ),
            action="Open idea",
        )


def _short(text: str, characters: int) -> str:
    return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
