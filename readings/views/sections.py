"""The sections of a reading, and my marks on them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from commons.permissions import require
from members.access import group_or_404
from members.models import Group
from readings.actions import (
    CannotChangeSections,
    add_sections,
    edit_section,
    mark_section,
    mark_work,
    move_section,
    remove_section,
)
from readings.forms import SectionForm, SectionsForm
from readings.models import Section, Work
from readings.permissions import can_edit_work, can_mark_progress
from readings.standing import standing_of

from .works import detail_context, work_or_404


def section_or_404(group: Group, pk: int) -> Section:
    section = get_object_or_404(Section.objects.select_related("work"), pk=pk, work__group=group)
    section.work.group = group
    return section


def _sections_again(request: HttpRequest, work: Work, *, announcement: str) -> HttpResponse:
    """Back to the reading; for htmx only its sections and who stands where, with what to tell those who do not see."""
    if request.htmx:
        context = {
            "work": work,
            "announcement": announcement,
            "standing": standing_of(work, list(work.sections.all()), user=request.user),
            "can_edit": can_edit_work(request.user, work),
            "can_mark": can_mark_progress(request.user, work),
        }
        return render(request, "readings/_standing.html", context)
    return redirect(f"{work.get_absolute_url()}#sections")


@require_POST
def mark(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Set how far I am with a section."""
    group = group_or_404(request, slug)
    section = section_or_404(group, pk)
    require(can_mark_progress(request.user, section.work), "Observers have no progress of their own.")
    try:
        progress = mark_section(
            section=section, user=request.user, status=request.POST.get("status", ""), now=timezone.now()
        )
    except CannotChangeSections as reason:
        messages.error(request, str(reason))
        return render(request, "readings/detail.html", detail_context(request, section.work), status=422)
    if request.POST.get("back") == "home":
        messages.success(request, f"Marked “{section}” of “{section.work.title}”.")
        return redirect("group-home", slug=group.slug)
    return _sections_again(request, section.work, announcement=f"{section}: {progress.get_status_display()}.")


@require_POST
def mark_all(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Set how far I am with every section of a work."""
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    require(can_mark_progress(request.user, work), "Observers have no progress of their own.")
    try:
        changed = mark_work(work=work, user=request.user, status=request.POST.get("status", ""), now=timezone.now())
    except CannotChangeSections as reason:
        messages.error(request, str(reason))
        return render(request, "readings/detail.html", detail_context(request, work), status=422)
    return _sections_again(request, work, announcement=f"{changed} sections marked.")


@require_POST
def sections_add(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    work = work_or_404(group, pk)
    require(can_edit_work(request.user, work), "Observers read along; a member can add sections.")
    form = SectionsForm(request.POST)
    if form.is_valid():
        try:
            added = add_sections(work=work, lines=form.cleaned_data["lines"], by=request.user, now=timezone.now())
        except CannotChangeSections as reason:
            form.add_error("lines", str(reason))
        else:
            messages.success(request, f"Added {len(added)} section{'s' if len(added) != 1 else ''}.")
            return redirect(f"{work.get_absolute_url()}#sections")
    return render(request, "readings/detail.html", detail_context(request, work, sections_form=form), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def section_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Rename a section; from here it is also moved and removed."""
    group = group_or_404(request, slug)
    section = section_or_404(group, pk)
    require(can_edit_work(request.user, section.work), "Observers read along; a member can change sections.")
    if request.method != "POST":
        known = {"number": section.number, "title": section.title, "pages": section.pages}
        return _section_page(request, section, SectionForm(initial=known))
    form = SectionForm(request.POST)
    if form.is_valid():
        edit_section(section=section, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect(f"{section.work.get_absolute_url()}#sections")
    return _section_page(request, section, form, status=422)


def _section_page(request: HttpRequest, section: Section, form: SectionForm, *, status: int = 200) -> HttpResponse:
    marked = section.progress.exclude(status="to-read").count()
    siblings = section.work.sections.count()
    context = {"section": section, "work": section.work, "form": form, "marked": marked, "is_only": siblings < 2}
    return render(request, "readings/section.html", context, status=status)


@require_POST
def section_move(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    section = section_or_404(group, pk)
    require(can_edit_work(request.user, section.work), "Observers read along; a member can change sections.")
    try:
        move_section(section=section, up=request.POST.get("to") == "up", by=request.user, now=timezone.now())
    except CannotChangeSections as reason:
        messages.error(request, str(reason))
    return _sections_again(request, section.work, announcement=f"{section} moved.")


@require_POST
def section_remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    group = group_or_404(request, slug)
    section = section_or_404(group, pk)
    require(can_edit_work(request.user, section.work), "Observers read along; a member can change sections.")
    try:
        name = remove_section(section=section, by=request.user, now=timezone.now())
    except CannotChangeSections as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, f"Removed “{name}”.")
    return redirect(f"{section.work.get_absolute_url()}#sections")
