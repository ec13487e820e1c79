"""What members say at the steps of a note: threads, reactions, and the map of where people got lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commons.permissions import require
from commons.ratelimits import TooMany, count_against
from derivations import actions
from derivations.actions import CannotTalk
from derivations.forms import PostForm, ThreadForm
from derivations.models import Note, Post, Reaction, Thread
from derivations.permissions import can_change_post, can_talk
from derivations.steps import Step, steps_of
from derivations.talk import map_of, talk_at
from members.access import group_or_404, may_write
from members.models import Membership, User

from .finding import note_or_404

POSTS_AN_HOUR = 120
REACTIONS_A_MINUTE = 60
MEMBERS_TALK = "Observers read; members ask and answer."
LEAN = Note.objects.defer("body", "body_html", "checked_html", "outline", "talk")


def _thread_or_404(request: HttpRequest, slug: str, pk: int, thread_pk: int) -> Thread:
    note = note_or_404(request, slug, pk, LEAN)
    thread = get_object_or_404(note.threads, pk=thread_pk)
    thread.note = note
    return thread


def _post_or_404(request: HttpRequest, slug: str, pk: int, post_pk: int) -> Post:
    note = note_or_404(request, slug, pk, LEAN)
    post = get_object_or_404(Post.objects.select_related("thread"), pk=post_pk, thread__note=note)
    post.thread.note = note
    return post


def _step_or_404(note: Note, key: str) -> Step:
    found = next((step for step in steps_of(note) if step.key == key), None)
    if found is None:
        raise Http404("This step is not in the note any more.")
    return found


def _is_fragment(request: HttpRequest) -> bool:
    return bool(request.htmx) and not request.htmx.boosted  # type: ignore[attr-defined]  # django-htmx


def _answer(request: HttpRequest, note: Note, key: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The talk at a step as it stands now: the fragment for htmx, otherwise a page."""
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    context = {"nav_section": "derivations", **talk_at(note, key, user=user, now=timezone.now(), **forms)}
    template = "derivations/_talk.html" if _is_fragment(request) else "derivations/talk.html"
    response = render(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    return response


def _done(request: HttpRequest, note: Note, key: str, anchor: str = "") -> HttpResponse:
    """After something was said: the fragment anew, or back to the page."""
    if _is_fragment(request):
        return _answer(request, note, key)
    return redirect(reverse("derivations:talk", args=[note.group.slug, note.pk, key]) + anchor)


def _count(user: User) -> None:
    """Raises CannotTalk."""
    try:
        count_against(f"talk:{user.pk}", limit=POSTS_AN_HOUR, seconds=3600)
    except TooMany as refusal:
        raise CannotTalk(str(refusal)) from refusal


@require_safe
def talk(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """What was said at a step."""
    return _answer(request, note_or_404(request, slug, pk, LEAN), key)


@require_POST
def say(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Ask or remark at a step."""
    note = note_or_404(request, slug, pk, LEAN)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_talk(user, note), MEMBERS_TALK)
    step = _step_or_404(note, key)
    form = ThreadForm(request.POST, auto_id=f"say-{key}-%s")
    if form.is_valid():
        try:
            _count(user)
            thread = actions.open_thread(note=note, step=step, by=user, now=timezone.now(), **form.cleaned_data)
        except CannotTalk as reason:
            form.add_error("body", str(reason))
        else:
            return _done(request, note, key, f"#thread-{thread.pk}")
    return _answer(request, note, key, status=422, say_form=form)


@require_POST
def reply(request: HttpRequest, slug: str, pk: int, thread_pk: int) -> HttpResponse:
    thread = _thread_or_404(request, slug, pk, thread_pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_talk(user, thread.note), MEMBERS_TALK)
    form = PostForm(request.POST, auto_id=f"reply-{thread.pk}-%s")
    if form.is_valid():
        try:
            _count(user)
            post = actions.reply(thread=thread, body=form.cleaned_data["body"], by=user, now=timezone.now())
        except CannotTalk as reason:
            form.add_error("body", str(reason))
        else:
            return _done(request, thread.note, thread.key, f"#post-{post.pk}")
    return _answer(request, thread.note, thread.key, status=422, reply_form=form, replied_to=thread.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_post(request: HttpRequest, slug: str, pk: int, post_pk: int) -> HttpResponse:
    post = _post_or_404(request, slug, pk, post_pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_change_post(user, post), "Only who wrote this changes it.")
    form = PostForm(request.POST if request.method == "POST" else None, initial={"body": post.body})
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                _count(user)
                actions.edit_post(post=post, body=form.cleaned_data["body"], by=user, now=timezone.now())
            except CannotTalk as reason:
                form.add_error("body", str(reason))
            else:
                address = reverse("derivations:talk", args=[slug, pk, post.thread.key])
                return redirect(f"{address}#post-{post.pk}")
        status = 422
    context = {"nav_section": "derivations", "note": post.thread.note, "post": post, "form": form}
    return render(request, "derivations/edit_post.html", context, status=status)


def _change_post(
    request: HttpRequest, slug: str, pk: int, post_pk: int, act: Callable[..., Post], words: str
) -> HttpResponse:
    post = _post_or_404(request, slug, pk, post_pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_change_post(user, post), words)
    try:
        act(post=post, by=user, now=timezone.now())
    except CannotTalk as reason:
        messages.error(request, str(reason))
    return _done(request, post.thread.note, post.thread.key, f"#thread-{post.thread_id}")


@require_POST
def delete_post(request: HttpRequest, slug: str, pk: int, post_pk: int) -> HttpResponse:
    return _change_post(request, slug, pk, post_pk, actions.delete_post, "Only who wrote this deletes it.")


@require_POST
def undelete_post(request: HttpRequest, slug: str, pk: int, post_pk: int) -> HttpResponse:
    return _change_post(request, slug, pk, post_pk, actions.undelete_post, "Only who wrote this brings it back.")


def _change_thread(
    request: HttpRequest, slug: str, pk: int, thread_pk: int, act: Callable[..., Any], words: str = ""
) -> HttpResponse:
    thread = _thread_or_404(request, slug, pk, thread_pk)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_talk(user, thread.note), MEMBERS_TALK)
    refusal = ""
    try:
        act(thread=thread, by=user, now=timezone.now())
    except CannotTalk as reason:
        refusal = str(reason)
    if _is_fragment(request):
        return _answer(request, thread.note, thread.key, refusal=refusal)
    if refusal:
        messages.error(request, refusal)
    elif words:
        messages.success(request, words)
    return _done(request, thread.note, thread.key, f"#thread-{thread.pk}")


@require_POST
def resolve(request: HttpRequest, slug: str, pk: int, thread_pk: int) -> HttpResponse:
    return _change_thread(request, slug, pk, thread_pk, actions.resolve_thread)


@require_POST
def reopen(request: HttpRequest, slug: str, pk: int, thread_pk: int) -> HttpResponse:
    return _change_thread(request, slug, pk, thread_pk, actions.reopen_thread)


@require_POST
def to_agenda(request: HttpRequest, slug: str, pk: int, thread_pk: int) -> HttpResponse:
    """Put an open question on the next session's agenda."""
    words = "It stands on the agenda of the next session now, and the note lies on its table."
    return _change_thread(request, slug, pk, thread_pk, actions.put_on_agenda, words)


@require_POST
def react(request: HttpRequest, slug: str, pk: int, key: str) -> HttpResponse:
    """Say that one follows a step, or got lost there; the same again takes it back."""
    note = note_or_404(request, slug, pk, LEAN)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(can_talk(user, note), MEMBERS_TALK)
    step = _step_or_404(note, key)
    kind = request.POST.get("kind", "")
    if kind not in Reaction.Kind.values:
        return _answer(request, note, key, status=422, refusal="Choose: I follow, or lost me here.")
    try:
        count_against(f"react:{user.pk}", limit=REACTIONS_A_MINUTE, seconds=60)
    except TooMany as refusal:
        return _answer(request, note, key, status=422, refusal=str(refusal))
    actions.react(note=note, step=step, kind=kind, by=user, now=timezone.now())
    return _done(request, note, key)


@require_safe
def lost_map(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Each step with how many follow it, how many got lost there, and what is asked."""
    note = note_or_404(request, slug, pk, LEAN)
    return render(request, "derivations/map.html", {"nav_section": "derivations", "note": note, **map_of(note)})


@require_safe
def people(request: HttpRequest, slug: str) -> JsonResponse:
    """The names that can follow an `@`."""
    group = group_or_404(request, slug)
    user: User = request.user  # type: ignore[assignment]  # signed in: the middleware sees to it
    require(may_write(user, group), MEMBERS_TALK)
    members = Membership.objects.current().filter(group=group, user__is_active=True).select_related("user")
    names = sorted({each.user.display_name for each in members.exclude(user=user)}, key=str.casefold)
    return JsonResponse({"names": names})
