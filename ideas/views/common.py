"""What several pages of this room need."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from ideas.models import Idea
from members.access import group_or_404
from members.models import Group


def idea_or_404(request: HttpRequest, slug: str, pk: int) -> Idea:
    """The idea of a group that the reader is in; everyone else gets 404."""
    group = group_or_404(request, slug)
    idea = get_object_or_404(Idea.objects.of(group).select_related("owner"), pk=pk)
    idea.group = group  # already here
    return idea


def wants_json(request: HttpRequest) -> bool:
    """Whether our script asks; a browser that follows a link or sends a form prefers HTML."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def back_to(request: HttpRequest, group: Group) -> str:
    """The page of this site that a button was pressed on, as the form says; otherwise the board."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    if is_ours and wanted.startswith("/"):
        return wanted
    return reverse("ideas:board", args=[group.slug])


def say_with_undo(request: HttpRequest, text: str, *, address: str, name: str = "undo", value: str = "1") -> None:
    """Tell what was done, with a button that takes it back. The button belongs to the form `post` of our pages."""
    messages.success(
        request,
        format_html(
            '{} <button class="link-button" form="post" formaction="{}" name="{}" value="{}">Undo</button>',
            text,
            address,
            name,
            value,
        ),
    )
