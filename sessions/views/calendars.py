"""Calendar files: one session's, and a member's own feed."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_POST, require_safe

from sessions.actions import open_feed, rotate_feed
from sessions.calendars import calendar_bytes, etag_of, feed_bytes, feed_state
from sessions.models import Session

from .common import session_or_404

CONTENT_TYPE = "text/calendar; charset=utf-8"


def ics(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One session as a calendar file."""
    session = session_or_404(request, slug, pk)
    sessions = Session.objects.filter(pk=session.pk).select_related("group")
    content = calendar_bytes(
        sessions.prefetch_related("agenda__presenter", "assignments__section__work"), name=session.group.name
    )
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="session-{session.pk}.ics"'
    response["Cache-Control"] = "private, no-cache"
    return response


@login_not_required  # a calendar program has no log-in: the unguessable key in the address is the proof
@require_safe
def feed_ics(request: HttpRequest, key: str) -> HttpResponse:
    """The sessions of all current groups of whoever owns the key. Unchanged: 304 from one aggregate query."""
    state = feed_state(key, now=timezone.now())
    if state is None:
        raise Http404("No calendar has this address. It may have been replaced by a new one.")
    stamp = int(state.last_modified.timestamp())
    content = None
    etag = state.known_etag
    if etag is None:
        content = feed_bytes(state)
        etag = etag_of(content)
        state.remember_etag(etag)
    response = get_conditional_response(request, etag=etag, last_modified=stamp)
    if response is None:
        if content is None:
            content = feed_bytes(state)
            etag = etag_of(content)
            state.remember_etag(etag)
        response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["ETag"] = etag
    response["Last-Modified"] = state.last_modified_header
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def feed(request: HttpRequest) -> HttpResponse:
    """My calendar address, how to subscribe to it, and how to replace it."""
    if request.method == "POST":
        open_feed(user=request.user, now=timezone.now())
        return redirect("sessions:feed")
    own = getattr(request.user, "calendar_feed", None)
    address = settings.SITE_URL + reverse("sessions:feed-ics", args=[own.key]) if own else ""
    scheme = address.split(":", 1)[0]
    context = {"feed": own, "address": address, "webcal": "webcal" + address[len(scheme) :] if own else ""}
    return render(request, "sessions/feed.html", context)


@require_POST
def rotate(request: HttpRequest) -> HttpResponse:
    rotate_feed(user=request.user, now=timezone.now())
    messages.success(
        request, "Your calendar has a new address. The old one is closed: subscribe again where you had used it."
    )
    return redirect("sessions:feed")
