"""Who comes, and who came."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from commons.permissions import require
from members.models import Membership, Role
from sessions import actions
from sessions.actions import CannotChange
from sessions.forms import AnswerForm, default_mark
from sessions.models import Attendance, Rsvp, Session
from sessions.page import people_of
from sessions.permissions import can_answer, can_take_attendance

from .common import session_or_404
from .pages import answers_context, detail_context


@require_POST
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say yes, maybe or no in one tap. htmx gets back the part that it pressed: on the session's page, or at home."""
    session = session_or_404(request, slug, pk)
    require(can_answer(request.user, session))
    form = AnswerForm(request.POST)
    now = timezone.now()
    if not form.is_valid():
        refusal = " ".join(error for errors in form.errors.values() for error in errors)
    else:
        refusal = ""
        comment = form.cleaned_data["comment"] if "comment" in request.POST else None
        try:
            actions.answer_session(
                session=session, answer=form.cleaned_data["answer"], comment=comment, by=request.user, now=now
            )
        except CannotChange as reason:
            refusal = str(reason)
    status = 422 if refusal else 200
    if request.htmx:
        from_home = (request.htmx.target or "").startswith("quick-answer")
        context = {**answers_context(request, session, now), "group": session.group, "refusal": refusal}
        if from_home:
            context["my_answer"] = context["people"].mine
            return render(request, "sessions/_quick_answer.html", context, status=status)
        return render(request, "sessions/_answers.html", context, status=status)
    if refusal:
        context = {**detail_context(request, session), "refusal": refusal}
        return render(request, "sessions/detail.html", context, status=status)
    if request.POST.get("back") == "home":
        return redirect(session.group)
    return redirect(session.get_absolute_url() + "#answers")


def people(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Everyone's answer, however large the group."""
    session = session_or_404(request, slug, pk)
    context = {
        "nav_section": "sessions",
        "session": session,
        "people": people_of(session, user=request.user, limit=None),
        "can_answer": session.is_upcoming(timezone.now()),
    }
    return render(request, "sessions/people.html", context)


def attendance(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Write down who was there. What people answered is proposed; nothing is stored before "Save attendance"."""
    session = session_or_404(request, slug, pk)
    require(
        can_take_attendance(request.user, session),
        "Organisers, and whoever wrote the minutes, take the attendance. Ask one of them.",
    )
    rows = _attendance_rows(session)
    refusal = ""
    if request.method == "POST":
        marks = {row["user_id"]: request.POST[row["name"]] for row in rows if row["name"] in request.POST}
        try:
            number = actions.record_attendance(session=session, marks=marks, by=request.user, now=timezone.now())
        except CannotChange as reason:
            refusal = str(reason)
        else:
            messages.success(request, f"Attendance saved: {number} {'person' if number == 1 else 'people'} marked.")
            return redirect(session.get_absolute_url() + "#attendance")
        for row in rows:
            row["shown"] = marks.get(row["user_id"], row["shown"])
    context = {
        "nav_section": "sessions",
        "session": session,
        "rows": rows,
        "marks": Attendance.Mark.choices,
        "refusal": refusal,
        "has_begun": session.has_begun(timezone.now()),
    }
    return render(request, "sessions/attendance.html", context, status=422 if refusal else 200)


def _attendance_rows(session: Session) -> list[dict[str, object]]:
    """Everyone who may have been there: organisers and members, observers who said that they might come, and whoever is
    marked already, with the mark that stands or is proposed."""
    answers = dict(Rsvp.objects.filter(session=session).values_list("user_id", "answer"))
    standing = {each.user_id: each.mark for each in session.attendance.all()}
    rows: list[dict[str, object]] = []
    memberships = (
        Membership.objects.filter(group=session.group_id).select_related("user").order_by("user__name", "user_id")
    )
    for membership in memberships:
        pk = membership.user_id
        expected = membership.role != Role.OBSERVER or answers.get(pk) in ("yes", "maybe")
        if pk not in standing and not (membership.is_current and expected):
            continue
        saved = standing.get(pk)
        rows.append(
            {
                "user_id": pk,
                "name": f"mark-{pk}",
                "person": membership.user,
                "answer": dict(Rsvp.Answer.choices).get(answers.get(pk, ""), ""),
                "shown": saved if saved is not None else ("" if standing else default_mark(answers.get(pk))),
            }
        )
    return rows
