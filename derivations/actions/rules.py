"""What makes a note of a group reviewed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from derivations.models import Note, Review, ReviewRule
from derivations.standing import settle
from members.models import Group, User


class RuleChanged(NamedTuple):
    """How many notes became reviewed by another rule, and how many are not any more."""

    gained: int
    lost: int


def approvals_needed(group_id: int) -> int:
    """One query."""
    return ReviewRule.objects.filter(group=group_id).values_list("approvals", flat=True).first() or 1


@transaction.atomic
def change_review_rule(*, group: Group, approvals: int, by: User, now: datetime) -> RuleChanged:
    """Let the group's notes be reviewed with so many approvals, those too that stand in review or are reviewed now."""
    ReviewRule.objects.update_or_create(
        group=group, defaults={"approvals": approvals, "changed_by": by, "changed_at": now}
    )
    notes = list(
        Note.objects.select_for_update()
        .filter(group=group, status__in=[Note.Status.IN_REVIEW, Note.Status.REVIEWED])
        .only("number", "status", "reviewed_number", "outline", "steps_hold", "steps_fail", "group_id")
    )
    answers: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    for note_id, answer, number in Review.objects.filter(note__in=notes).values_list("note_id", "answer", "number"):
        answers[note_id].append((answer, number))
    changed = [note for note in notes if settle(note, answers[note.pk], needed=approvals)]
    Note.objects.bulk_update(changed, ["status", "reviewed_number"], batch_size=500)
    gained = sum(note.status == Note.Status.REVIEWED for note in changed)
    return RuleChanged(gained=gained, lost=len(changed) - gained)
