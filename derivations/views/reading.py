"""The list of notes, a note, its source, its pictures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from commons.paging import IndexPaginator, KeyPaginator
from commons.panels import panels_for
from commons.permissions import require
from commons.ratelimits import TooMany, count_against
from derivations.approaching import other_approaches
from derivations.backlinks import notes_linking_to
from derivations.beside import equations_of, note_page, reviews_of, sessions_of, works_of
from derivations.checking import CheckStopped, replay_step
from derivations.macros import macros_of
from derivations.models import Check, Draft, Image, Note, Review
from derivations.permissions import can_delete_note, can_edit_note, can_write_notes
from derivations.standing import standing_of
from derivations.verdicts import shown_replay, shown_step, with_open_questions
from members.access import group_or_404, may_read
from members.models import User

from .finding import note_or_404

PAGE_SIZE = 30
REPLAYS_A_MINUTE = 30
DRAFTS_SHOWN = 3


@require_safe
def list_notes(request: HttpRequest, slug: str) -> HttpResponse:
    """The group's notes: filters in the address, 30 a page."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    status, whose, words = (request.GET.get(name, "").strip()[:200] for name in ("status", "whose", "q"))
    notes = Note.objects.of(group).for_rows()
    if status in Note.Status.values:
        notes = notes.filter(status=status)
    else:
        status = ""
    author = None
    if whose == "mine":
        notes = notes.filter(author=user)
    elif whose == "waiting":
        notes = notes.waiting_for(user)
    elif whose.isdecimal() and len(whose) < 10:
        author = get_object_or_404(User.objects.filter(notes__group=group).distinct(), pk=int(whose))
        notes = notes.filter(author=author)
    else:
        whose = ""
    if words:
        notes = notes.matching(words)
    paginator = KeyPaginator if words or whose else IndexPaginator
    page = paginator(notes, PAGE_SIZE).get_page(request.GET.get("page"))
    chosen = {"status": status, "whose": whose, "q": words}

    def address(**changed: str) -> str:
        query = urlencode({name: value for name, value in {**chosen, **changed}.items() if value})
        return f"?{query}" if query else "?"

    context = {
        "nav_section": "derivations",
        "page": page,
        "words": words,
        "status": status,
        "whose": whose,
        "query": address().lstrip("?"),
        "is_filtered": any(chosen.values()),
        "author": author,
        "can_write": can_write_notes(user, group),
        "status_chips": [("Any status", address(status=""), not status)]
        + [(label, address(status=value), status == value) for value, label in Note.Status.choices],
        "whose_chips": [
            ("Everyone's", address(whose=""), not whose),
            ("Mine", address(whose="mine"), whose == "mine"),
            ("Waiting for my review", address(whose="waiting"), whose == "waiting"),
        ]
        + ([(f"By {author.display_name}", address(whose=whose), True)] if author else []),
    }
    template = "derivations/_list.html" if request.htmx and not request.htmx.boosted else "derivations/list.html"  # type: ignore[attr-defined]  # django-htmx
    if template == "derivations/list.html":
        context["drafts"] = list(Draft.objects.filter(member=user, group=group).defer("body", "message")[:DRAFTS_SHOWN])
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


@require_safe
def detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A note to read, with what it stands beside in the margin."""
    note = note_or_404(request, slug, pk, note_page)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    if note.is_deleted:
        return render(request, "derivations/gone.html", {"nav_section": "derivations", "note": note}, status=410)
    now = timezone.now()
    _mark_open_questions(note)
    reviews = reviews_of(note) if note.has_reviews else []  # type: ignore[attr-defined]  # annotated
    mine = next((r for r in reviews if r.reviewer_id == user.pk and r.answer == Review.Answer.WAITING), None)
    can_edit = can_edit_note(user, note)
    context: dict[str, Any] = {
        "nav_section": "derivations",
        "note": note,
        "equations": equations_of(note),
        "works": works_of(note),
        "sessions": sessions_of(note),
        "reviews": reviews,
        "linked_from": notes_linking_to("note", note.pk) if note.is_linked_to else [],  # type: ignore[attr-defined]  # annotated
        "approaches": other_approaches(note) if note.has_approaches else [],  # type: ignore[attr-defined]  # annotated
        "standing": standing_of(note, reviews, needed=note.approvals_needed or 1),  # type: ignore[attr-defined]  # annotated
        "my_review": mine if can_edit else None,
        "can_edit": can_edit,
        "can_delete": can_delete_note(user, note),
        "is_waited_for": any(r.answer == Review.Answer.WAITING for r in reviews),
        "panels": panels_for("derivations:detail", request=request, subject=note, now=now),
    }
    return render(request, "derivations/detail.html", context)


@require_safe
def checked(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The note with its verdicts, for a page that waits for them: 204 while there are none."""
    note = note_or_404(request, slug, pk, note_page)
    if not note.is_checked:
        return HttpResponse(status=204)
    _mark_open_questions(note)
    return render(request, "derivations/_checked.html", {"note": note, "group": note.group})


def _mark_open_questions(note: Note) -> None:
    """On the text that is shown; nothing where nobody asked."""
    if note.talk.get("open"):
        note.shown_html = with_open_questions(note.shown_html, note.talk["open"])  # type: ignore[attr-defined]  # annotated


@require_safe
def replay(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    """A failing step worked again at the values of its counterexample, part by part."""
    note = note_or_404(request, slug, pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    check = get_object_or_404(Check, revision__note=note, revision__number=note.number, state=Check.State.DONE)
    step = next((each for each in check.report["steps"] if each["index"] == number - 1), None)
    if step is None or not step["counterexample"]:
        raise Http404("This step has no counterexample.")
    macros = macros_of(note.group)
    context: dict[str, Any] = {"nav_section": "derivations", "note": note, "step": shown_step(step, macros)}
    status = 200
    try:
        count_against(f"replay:{user.pk}", limit=REPLAYS_A_MINUTE, seconds=60)
        context["replay"] = shown_replay(step, replay_step(note.body, step, macros=macros.text), macros)
    except CheckStopped as reason:
        context["refusal"] = str(reason)
    except TooMany as refusal:
        context["refusal"], status = str(refusal), 429
    template = "derivations/_replay.html" if request.htmx and not request.htmx.boosted else "derivations/replay.html"  # type: ignore[attr-defined]  # django-htmx
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response


@require_safe
def source(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A note as it was typed, for copying; with `?download` as a file."""
    note = note_or_404(request, slug, pk)
    if "download" in request.GET:
        response = HttpResponse(note.body, content_type="text/markdown; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="note-{note.pk}-r{note.number}.md"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
    return render(request, "derivations/source.html", {"nav_section": "derivations", "note": note})


@require_safe
def deleted(request: HttpRequest, slug: str) -> HttpResponse:
    """The notes that the reader may bring back."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_write_notes(user, group), "Observers read; they delete nothing and bring nothing back.")
    found = [note for note in Note.objects.deleted_in(group).for_rows()[:200] if can_delete_note(user, note)]
    return render(request, "derivations/deleted.html", {"nav_section": "derivations", "notes": found})


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """A picture of a note, for the members of its group alone; its name never stands for other bytes."""
    image = get_object_or_404(Image, name=name)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    if not may_read(user, image.group_id):
        raise Http404("No picture of your groups has this name.")
    try:
        file = image.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file of this picture is not in the media folder.") from error
    kinds = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
    response = FileResponse(file, content_type=kinds[image.name.rpartition(".")[2]])
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
