"""Importing a bibliography: hand it in, look at what was found, add what is ticked, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from commons.permissions import require
from commons.ratelimits import rate_limited
from members.access import group_or_404
from members.models import Group
from readings.actions import CannotImport, confirm_import, hold_import, undo_import
from readings.actions.imports import entries_of, gaps_of, problems_of
from readings.bibtex import Severity
from readings.forms import ImportForm, max_import_bytes
from readings.models import ImportDraft, Work
from readings.permissions import can_add_readings
from readings.titles import title_html
from readings.twins import twins_of

GAPS = {
    "doi": "DOI",
    "arxiv_id": "arXiv id",
    "isbn": "ISBN",
    "url": "address",
    "venue": "venue",
    "publisher": "publisher",
    "year": "year",
}
SHOWN = 300  # entries with a tick of their own; the rest of a very long file goes by one tick
TEXT_SHOWN_AGAIN = 200_000


@rate_limited("readings-import", limit=30, seconds=600)
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Paste or choose a .bib. What was read is kept as a draft and shown; what is refused stays in the form."""
    group = group_or_404(request, slug)
    require(can_add_readings(request.user, group), "Observers read along; a member can import readings.")
    if request.method != "POST":
        return render(request, "readings/import.html", {"form": ImportForm(initial=_text_of_draft(request, group))})
    form = ImportForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        file = form.cleaned_data["file"]
        if file and file.size > max_import_bytes():
            form.add_error(
                "file",
                f"“{file.name}” has {file.size / 1e6:.0f} MB; a bibliography may have up to "
                f"{max_import_bytes() / 1e6:.0f} MB. Import it in parts, or without its abstracts.",
            )
            status = 413
        else:
            data = file.read() if file else form.cleaned_data["text"]
            try:
                draft = hold_import(
                    group=group,
                    data=data,
                    source_name=file.name if file else "",
                    by=request.user,
                    now=timezone.now(),
                )
            except CannotImport as reason:
                form.add_error("file" if file else "text", str(reason))
            else:
                return redirect("readings:import-preview", slug=group.slug, pk=draft.pk)
    return render(request, "readings/import.html", {"form": form}, status=status)


def _text_of_draft(request: HttpRequest, group: Group) -> dict[str, str]:
    """The text of a draft that its owner wants to correct, where it is short enough to be edited in a page."""
    pk = request.GET.get("draft", "")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 18):
        return {}
    draft = ImportDraft.objects.filter(pk=int(pk), group=group, user=request.user).first()
    return {"text": draft.text} if draft and len(draft.text) <= TEXT_SHOWN_AGAIN else {}


def draft_or_404(request: HttpRequest, group: Group, pk: int) -> ImportDraft:
    """The reader's own draft: nobody else sees what someone is about to import."""
    return get_object_or_404(ImportDraft, pk=pk, group=group, user=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What will be added, what is on the list already, and what could not be read; then add what is ticked."""
    group = group_or_404(request, slug)
    require(can_add_readings(request.user, group), "Observers read along; a member can import readings.")
    draft = draft_or_404(request, group, pk)
    if draft.confirmed_at is not None:
        if request.method == "POST":
            messages.info(request, "This import was added already. Nothing was added twice.")
            return redirect("readings:list", slug=group.slug)
        return render(request, "readings/imported.html", {"draft": draft})
    context = _preview(draft)
    if request.method != "POST":
        return render(request, "readings/preview.html", context)
    chosen = _places(request, "entry")
    if request.POST.get("rest"):
        chosen += context["rest_places"]
    try:
        result = confirm_import(
            draft=draft,
            chosen=chosen,
            completing=_places(request, "complete"),
            by=request.user,
            now=timezone.now(),
        )
    except CannotImport as reason:
        return render(request, "readings/preview.html", {**context, "refusal": str(reason)}, status=422)
    messages.success(
        request,
        format_html(
            'Added {} reading{}{}. <a href="{}">Look at this import or undo it</a>.',
            result.done,
            "" if result.done == 1 else "s",
            f", and filled in {result.completed} that were there" if result.completed else "",
            reverse("readings:import-preview", args=[group.slug, draft.pk]),
        ),
    )
    return redirect(f"{reverse('readings:list', args=[group.slug])}?order=new")


def _places(request: HttpRequest, name: str) -> list[int]:
    return [int(value) for value in request.POST.getlist(name) if value.isascii() and value.isdecimal()][: 2 * SHOWN]


def _preview(draft: ImportDraft) -> dict[str, Any]:
    entries = entries_of(draft)
    twins = twins_of(draft.group, entries)
    rows = [
        {"place": place, "entry": entry, "twin": twin}
        for place, (entry, twin) in enumerate(zip(entries, twins, strict=True))
    ]
    fresh = [row for row in rows if row["twin"] is None]
    listed = [row for row in rows if row["twin"] is not None]
    for row in (*fresh[:SHOWN], *listed[:SHOWN]):
        row["title_html"] = title_html(row["entry"].title)
        row["kind"] = Work.Kind(row["entry"].kind.value).label
    works = Work.objects.in_bulk([row["twin"].pk for row in listed[:SHOWN] if row["twin"].pk])
    for row in listed[:SHOWN]:
        work = works.get(row["twin"].pk)
        row["brings"] = [GAPS[column] for column in gaps_of(work, row["entry"])] if work else []
    problems = problems_of(draft)
    return {
        "draft": draft,
        "fresh": fresh[:SHOWN],
        "number_fresh": len(fresh),
        "rest_places": [row["place"] for row in fresh[SHOWN:]],
        "number_rest": len(fresh[SHOWN:]),
        "listed": listed[:SHOWN],
        "number_listed": len(listed),
        "lost": [problem for problem in problems if problem.severity is Severity.LOST],
        "mended": [problem for problem in problems if problem.severity is not Severity.LOST],
        "can_correct": len(draft.text) <= TEXT_SHOWN_AGAIN,
    }


@require_POST
def import_undo(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an import back."""
    group = group_or_404(request, slug)
    require(can_add_readings(request.user, group), "Observers read along; a member can import readings.")
    draft = draft_or_404(request, group, pk)
    if draft.confirmed_at is None:
        raise Http404("This import was never added.")
    try:
        result = undo_import(draft=draft, by=request.user, now=timezone.now())
    except CannotImport as reason:
        messages.error(request, str(reason))
    else:
        kept = f" {result.left} stay: they have been marked, edited or linked since." if result.left else ""
        messages.success(request, f"Removed {result.done} reading{'' if result.done == 1 else 's'}.{kept}")
    return redirect("readings:list", slug=group.slug)
