"""Who comes, and who came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from members.models import Membership, User
from sessions.models import Attendance, Rsvp, Session

from .meeting import locked
from .refusals import CannotChange


@transaction.atomic
def answer_session(*, session: Session, answer: str, comment: str | None = None, by: User, now: datetime) -> Rsvp:
    """Say yes, maybe or no. A comment of None leaves an earlier one as it is.

    Raises CannotChange for a session that is over or cancelled, or a word that is no answer.
    """
    if answer not in Rsvp.Answer.values:
        raise CannotChange("Answer yes, maybe or no.")
    session = locked(session)
    if session.is_cancelled:
        raise CannotChange("This session is cancelled, so there is nothing to answer.")
    if session.is_over(now):
        raise CannotChange("This session is over. Who came stands under attendance.")
    values: dict[str, object] = {"answer": answer, "answered_at": now}
    if comment is not None:
        values["comment"] = comment
    rsvp, _ = Rsvp.objects.update_or_create(session=session, user=by, defaults=values)
    return rsvp


@transaction.atomic
def record_attendance(*, session: Session, marks: Mapping[int, str], by: User, now: datetime) -> int:
    """Store who was present, excused or absent, by user id, and return how many marks there are. An empty mark takes
    one back. Raises CannotChange before the session has begun, when it is cancelled, and for people not in the group.
    """
    session = locked(session)
    if session.is_cancelled:
        raise CannotChange("This session was cancelled, so nobody could attend it.")
    if not session.has_begun(now):
        raise CannotChange("Attendance opens when the session begins.")
    known = set(Membership.objects.filter(group=session.group_id).values_list("user_id", flat=True))
    if not set(marks) <= known:
        raise CannotChange("One of these people has never been in this group.")
    standing = {each.user_id: each for each in session.attendance.all()}
    for user_id, mark in marks.items():
        present = standing.get(user_id)
        if mark == "":
            if present is not None:
                present.delete()
        elif mark not in Attendance.Mark.values:
            raise CannotChange("Mark each person as present, excused or absent.")
        elif present is None or present.mark != mark:
            Attendance.objects.update_or_create(
                session=session, user_id=user_id, defaults={"mark": mark, "marked_by": by, "marked_at": now}
            )
    return session.attendance.count()
