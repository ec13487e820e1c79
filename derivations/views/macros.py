"""The group's macros: the table, editing it, its history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commons.permissions import require
from derivations.actions import (
    CannotSaveMacros,
    MacrosChangedMeanwhile,
    progress_of,
    restore_macros,
    save_macros,
    take_starters,
)
from derivations.forms import MacrosForm
from derivations.macros import STARTERS, macros_of, table_of
from derivations.merging import compare as compare_texts
from derivations.models import MacroRevision
from derivations.permissions import can_edit_macros
from derivations.rendering import render_note
from members.access import group_or_404
from members.models import Group, User
from stepcheck import sample_call

NO = "Observers read; ask an organiser to write here as a member."


@require_safe
def macros(request: HttpRequest, slug: str) -> HttpResponse:
    """The table: each macro, how it looks, what it stands for; and how far the notes are after a change."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    found = macros_of(group)
    rows = []
    for macro in found.table:
        drawn = render_note(f"${sample_call(macro)}$", macros=found)
        rows.append({"macro": macro, "call": sample_call(macro), "html": drawn.html, "problems": drawn.problems})
    context = {
        "nav_section": "derivations",
        "rows": rows,
        "macros": found,
        "can_edit": can_edit_macros(user, group),
        "has_starters": any(name in found.table.table for name in table_of(STARTERS).table),
        **_progress(group, found.number),
    }
    return render(request, "derivations/macros.html", context)


@require_safe
def macros_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How many notes are still drawn with the macros before the last change: a fragment of the table's page."""
    group = group_or_404(request, slug)
    return render(request, "derivations/_macros_progress.html", _progress(group, macros_of(group).number))


def _progress(group: Group, number: int) -> dict[str, Any]:
    behind, waiting = progress_of(group, number) if number else (0, 0)
    return {"behind": behind, "waiting": waiting, "group": group}


@require_http_methods(["GET", "HEAD", "POST"])
def edit_macros(request: HttpRequest, slug: str) -> HttpResponse:
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_macros(user, group), NO)
    current = macros_of(group)
    if request.method != "POST":
        text = current.text
        name = request.GET.get("name", "")
        if name.isascii() and name.isalpha() and len(name) <= 50 and name not in current.table.table:
            text = f"{text}\\newcommand{{\\{name}}}{{}}\n"  # what a note's problem leads to
        form = MacrosForm(initial={"text": text, "base": current.number})
        return _edit(request, form)
    form = MacrosForm(request.POST)
    if not form.is_valid():
        return _edit(request, form, status=422)
    cleaned = form.cleaned_data
    try:
        saved = save_macros(
            group=group,
            by=user,
            base=cleaned["base"] or 0,
            text=cleaned["text"],
            message=cleaned["message"],
            now=timezone.now(),
        )
    except CannotSaveMacros as reason:
        form.add_error("text", str(reason))
        return _edit(request, form, status=422)
    except MacrosChangedMeanwhile as meanwhile:
        typed = {**cleaned, "base": meanwhile.current.number}
        changes = compare_texts(meanwhile.current.text, cleaned["text"])
        return _edit(request, MacrosForm(initial=typed), status=409, current=meanwhile.current, changes=changes)
    if saved is None:
        messages.info(request, "Nothing had changed, so no revision was made.")
    else:
        messages.success(request, f"Macros saved as revision {saved.number}. The notes that use them are drawn again.")
    return redirect("derivations:macros", slug=slug)


def _edit(request: HttpRequest, form: MacrosForm, *, status: int = 200, **extra: Any) -> HttpResponse:
    context = {"nav_section": "derivations", "form": form, **extra}
    return render(request, "derivations/macros_edit.html", context, status=status)


@require_POST
def usual_macros(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the field's usual macros that the group does not have yet."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_macros(user, group), NO)
    try:
        saved = take_starters(group=group, by=user, now=timezone.now())
    except CannotSaveMacros as reason:
        messages.error(request, str(reason))
    else:
        if saved is None:
            messages.info(request, "The group has all of the usual macros.")
        else:
            messages.success(request, "The usual macros are the group's now; change them as you like.")
    return redirect("derivations:macros", slug=slug)


@require_safe
def macros_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Each change of the macros, with its author and what it changed."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    page = Paginator(group.macro_revisions.select_related("author"), 30).get_page(request.GET.get("page"))
    context = {"nav_section": "derivations", "page": page, "can_edit": can_edit_macros(user, group)}
    return render(request, "derivations/macros_history.html", context)


@require_safe
def macros_revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The macros as they stood after one change, and what differs from those in force."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    found: MacroRevision = get_object_or_404(group.macro_revisions.select_related("author"), number=number)
    before = group.macro_revisions.filter(number=number - 1).first()
    current = macros_of(group)
    context = {
        "nav_section": "derivations",
        "revision": found,
        "current": current,
        "changes": compare_texts(before.text if before else "", found.text),
        "can_restore": can_edit_macros(user, group) and found.number != current.number and found.text != current.text,
    }
    return render(request, "derivations/macros_revision.html", context)


@require_POST
def restore_macros_revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_edit_macros(user, group), NO)
    if not group.macro_revisions.filter(number=number).exists():
        raise Http404("These macros have no such revision.")
    try:
        saved = restore_macros(group=group, number=number, by=user, now=timezone.now())
    except CannotSaveMacros as reason:
        messages.error(request, str(reason))
    else:
        if saved is None:
            messages.info(request, f"The macros read as in revision {number} already.")
        else:
            messages.success(
                request, f"The macros of revision {number} are in force again, as revision {saved.number}."
            )
    return redirect("derivations:macros", slug=slug)
