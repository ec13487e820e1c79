"""One reading: its page, adding, editing, archiving, removing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from commons.panels import panels_for
from commons.permissions import require
from members.access import group_or_404
from members.models import Group
from readings.actions import (
    AlreadyListed,
    CannotChangeWork,
    add_work,
    archive_work,
    edit_work,
    remove_work,
    restore_work,
    uses_of,
)
from readings.bibtex import Entry, Kind, names_from_lines, normal_arxiv, normal_doi, normal_isbn, one_line, write
from readings.conversion import entry_from_work
from readings.forms import SectionsForm, WorkEditForm, WorkForm
from readings.models import Work
from readings.permissions import can_add_readings, can_archive_work, can_edit_work, can_mark_progress
from readings.standing import standing_of
from readings.twins import Shelf

from .listing import bib_response


def work_or_404(group: Group, pk: int) -> Work:
    """The group's work, archived ones too. Knows its group without a query."""
    work = get_object_or_404(Work.objects.select_related("added_by"), group=group, pk=pk)
    work.group = group
    return work


@require_safe
def detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A reading: what it is, its sections with my marks, who stands where, and what other rooms have on it."""
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    return render(request, "readings/detail.html", detail_context(request, work))


@require_safe
def card(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A reading in four lines, for a link to it that the pointer or the focus rests on: a fragment, no page."""
    work = work_or_404(group_or_404(request, slug), pk)
    work = get_object_or_404(Work.objects.with_progress_of(request.user), pk=work.pk)  # type: ignore[arg-type]  # signed in
    return render(request, "readings/_card.html", {"work": work})


def detail_context(request: HttpRequest, work: Work, **more: Any) -> dict[str, Any]:
    sections = list(work.sections.all())
    return {
        "work": work,
        "names": work.names,
        "bibtex": write([entry_from_work(work, sections)]),
        "standing": standing_of(work, sections, user=request.user),
        "sections_form": SectionsForm(),
        "can_edit": can_edit_work(request.user, work),
        "can_archive": can_archive_work(request.user, work),
        "can_mark": can_mark_progress(request.user, work),
        "panels": panels_for("readings:detail", request=request, subject=work, now=timezone.now()),
        **more,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a work by hand. One that is on the list already is shown before it is added a second time."""
    group = group_or_404(request, slug)
    require(can_add_readings(request.user, group), "Observers read along; a member can add a reading.")
    if request.method != "POST":
        kind = request.GET.get("kind", "")
        form = WorkForm(initial={"kind": kind if kind in Work.Kind.values else Work.Kind.PAPER})
        return render(request, "readings/add.html", {"form": form})
    form = WorkForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            work = add_work(
                group=group,
                data=form.work_data,
                by=request.user,
                now=timezone.now(),
                although_listed=form.cleaned_data["although_listed"],
            )
        except AlreadyListed as reason:
            context["twin"], context["reason"] = reason.twin, str(reason)
        except CannotChangeWork as reason:
            form.add_error("key", str(reason))
        else:
            messages.success(request, f"Added “{work.title}”.")
            return redirect(work)
    return render(request, "readings/add.html", context, status=422)


@require_GET
def twin(request: HttpRequest, slug: str) -> HttpResponse:
    """While typing: the work on the list that this one seems to be, or nothing. A fragment for htmx."""
    group = group_or_404(request, slug)
    require(can_add_readings(request.user, group))
    typed = {name: request.GET.get(name, "")[:500] for name in ("title", "doi", "arxiv_id", "isbn", "year", "authors")}
    year = typed["year"].strip()
    entry = Entry(
        key="",
        type="misc",
        kind=Kind.PAPER,
        title=one_line(typed["title"]),
        authors=names_from_lines(typed["authors"]),
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        doi=normal_doi(typed["doi"]),
        arxiv=normal_arxiv(typed["arxiv_id"]),
        isbn=normal_isbn(typed["isbn"]),
    )
    found = Shelf(group).twin_of(entry)
    reason = str(AlreadyListed(found)) if found else ""
    return render(request, "readings/_twin.html", {"twin": found, "reason": reason})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Correct what is known of a work."""
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    require(can_edit_work(request.user, work), "Observers read along; a member can correct a reading.")
    if request.method != "POST":
        return render(request, "readings/edit.html", {"work": work, "form": WorkEditForm.for_work(work)})
    form = WorkEditForm(request.POST)
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            edit_work(work=work, data=form.work_data, by=request.user, now=timezone.now(), seen=seen)
        except CannotChangeWork as reason:
            form.add_error(None, str(reason))
            # Saving once more is then a decision, made after seeing the message.
            form.data = form.data.copy()
            form.data["seen"] = work.changed_at.isoformat()
        else:
            messages.success(request, "Saved.")
            return redirect(work)
    return render(request, "readings/edit.html", {"work": work, "form": form}, status=422)


@require_POST
def archive(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    require(can_archive_work(request.user, work), "An organiser, or whoever added it, can archive a reading.")
    try:
        archive_work(work=work, by=request.user, now=timezone.now())
    except CannotChangeWork as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"Archived “{work.title}”. It can be brought back here at any time.")
    return redirect(work)


@require_POST
def restore(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    require(can_archive_work(request.user, work), "An organiser, or whoever added it, can bring a reading back.")
    try:
        restore_work(work=work, by=request.user, now=timezone.now())
    except CannotChangeWork as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"“{work.title}” is on the list again.")
    return redirect(work)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask, naming what goes with the work; then delete it."""
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    require(can_archive_work(request.user, work), "An organiser, or whoever added it, can remove a reading.")
    if request.method != "POST":
        return render(request, "readings/remove.html", {"work": work, "uses": uses_of(work)})
    title = remove_work(work=work, by=request.user, now=timezone.now())
    messages.success(request, format_html("Removed “{}”.", title))
    return redirect("readings:list", slug=group.slug)


@require_safe
def bibtex(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One work as BibTeX."""
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    return bib_response([work], name=f"reading-{work.pk}")
