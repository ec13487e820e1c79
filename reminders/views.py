"""Pages of the reminders room: the bell, preferences, accountability, unsubscribing, and the mailbox of development."""

from __future__ import annotations

from datetime import datetime, timedelta

from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from commons.permissions import require
from members.access import group_or_404
from members.models import Group, User

from . import mailbox as kept
from .actions import CannotRetry, choose, dismiss_failure, mark_all_read, mark_read, retry_delivery
from .actions import resubscribe as resubscribe_to
from .actions import unsubscribe as unsubscribe_from
from .actions.preferences import effective
from .channels import CHANNELS
from .forms import PreferencesForm
from .models import Delivery, Notification, TaskFailure
from .nudges import KINDS, because
from .permissions import can_dismiss_failure, can_retry_delivery, can_see_failures
from .unsubscribing import ForgedToken, read_token
from .upcoming import coming_to

PER_PAGE = 30
COUNTED = timedelta(days=30)


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What the bell announces: unread first."""
    notifications = Notification.objects.of(request.user).unread_first().select_related("group")
    page = Paginator(notifications, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reminders/inbox.html", {"page": page})


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notification as read; another person's does not exist."""
    notification = get_object_or_404(Notification.objects.of(request.user).select_related("group"), pk=pk)
    mark_read(notification=notification, now=timezone.now())
    if request.htmx:
        notification.refresh_from_db(fields=["read_at"])
        return render(request, "reminders/_notification.html", {"notification": notification})
    return redirect("reminders:inbox")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = mark_all_read(user=request.user, now=timezone.now())
    messages.success(request, f"{count} marked as read." if count else "There was nothing unread.")
    return redirect("reminders:inbox")


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """A table of kinds and channels, saved as one form."""
    form = PreferencesForm(request.POST if request.method == "POST" else None, wanted=effective(user=request.user))
    if request.method == "POST" and form.is_valid():
        changed = choose(user=request.user, wanted=form.wanted, now=timezone.now())
        messages.success(request, "Reminders saved." if changed else "Nothing to save: these are your choices already.")
        return redirect("reminders:preferences")
    return render(request, "reminders/preferences.html", {"form": form, "channels": CHANNELS.values()})


@require_GET
def log(request: HttpRequest, slug: str) -> HttpResponse:
    """What I was told, why, and what comes next; for organisers also what went wrong and how much was sent."""
    group = group_or_404(request, slug)
    now = timezone.now()
    mine = Delivery.objects.of_member_in(request.user, group)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    for delivery in page.object_list:
        delivery.kind_title, delivery.because = _kind_in_words(delivery.kind)
        delivery.channel_title = _channel_in_words(delivery.channel)
    context = {
        "page": page,
        "coming": coming_to(user=request.user, group=group, now=now),
        "can_see_failures": can_see_failures(request.user, group),
    }
    if context["can_see_failures"]:
        context |= _for_organisers(group, now=now)
    return render(request, "reminders/log.html", context)


def _for_organisers(group: Group, *, now: datetime) -> dict[str, object]:
    """Kind, time and status only: what a reminder said is between us and the member."""
    failed = list(Delivery.objects.concerning(group).failed().select_related("user").order_by("-done_at", "-pk")[:50])
    for delivery in failed:
        delivery.kind_title, _ = _kind_in_words(delivery.kind)
        delivery.channel_title = _channel_in_words(delivery.channel)
        delivery.can_retry = delivery.expires_at > now
    recent = Delivery.objects.concerning(group).filter(created_at__gte=now - COUNTED)
    counts: dict[str, dict[str, int]] = {}
    for kind, status, count in recent.values_list("kind", "status").annotate(count=Count("pk")).order_by("kind"):
        counts.setdefault(kind, dict.fromkeys(Delivery.Status.values, 0))[status] = count
    return {
        "failures": list(TaskFailure.objects.for_organisers_of(group)[:50]),
        "failed": failed,
        "counts": [
            {
                "title": _kind_in_words(kind)[0],
                "sent": each["sent"],
                "waiting": each["due"] + each["claimed"],
                "dropped": each["dropped"],
                "late": each["late"],
                "failed": each["failed"],
            }
            for kind, each in counts.items()
        ],
        "counted_days": COUNTED.days,
    }


def _kind_in_words(key: str) -> tuple[str, str]:
    kind = KINDS.get(key)
    return (kind.title, because(kind)) if kind else (key, "this kind of reminder existed then")


def _channel_in_words(key: str) -> str:
    channel = CHANNELS.get(key)
    return channel.title if channel else key


@require_POST
def retry(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Try a failed delivery again."""
    group = group_or_404(request, slug)
    delivery = get_object_or_404(Delivery.objects.concerning(group), pk=pk)
    require(can_retry_delivery(request.user, delivery, group), "Only organisers try failed reminders again.")
    try:
        retry_delivery(delivery=delivery, now=timezone.now())
    except CannotRetry as reason:
        messages.error(request, str(reason))
    else:
        messages.success(request, "The reminder is tried again within a minute.")
    return redirect(reverse("reminders:log", args=[group.slug]) + "#failed")


@require_POST
def dismiss(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a failure off the list."""
    group = group_or_404(request, slug)
    failure = get_object_or_404(TaskFailure.objects.for_organisers_of(group), pk=pk)
    require(can_dismiss_failure(request.user, failure), "Only organisers dismiss failures.")
    dismiss_failure(failure=failure, now=timezone.now())
    messages.success(request, "Dismissed.")
    return redirect(reverse("reminders:log", args=[group.slug]) + "#failures")


@login_not_required  # RFC 8058: the reader's mail program posts here, without any cookie; the signed token is the key
@csrf_exempt  # for the same reason; the token cannot be guessed, and all it can do is stop one kind of mail
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET explains and changes nothing, so that link scanners do no harm. POST stops the mails and answers 200."""
    try:
        named = read_token(token)
    except ForgedToken as forged:
        raise Http404("This address was not made by us, or not all of it arrived.") from forged
    person = get_object_or_404(User, pk=named.user_id)
    now = timezone.now()
    state = "asking"
    if request.method == "POST":
        if "undo" in request.POST:
            resubscribe_to(user=person, kind=named.kind, now=now)
            state = "undone"
        else:
            unsubscribe_from(user=person, kind=named.kind, now=now)
            state = "stopped"
    elif not effective(user=person).get((named.kind, "mail"), False):
        state = "stopped"
    title, because = _kind_in_words(named.kind)
    return render(request, "reminders/unsubscribe.html", {"state": state, "kind_title": title, "because": because})


@login_not_required  # the code that a new person needs to sign in lies here; open only while mail goes to files
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """In development: the mails that would have been sent."""
    _require_mailbox()
    return render(request, "reminders/mailbox.html", {"mails": kept.newest_first()})


@login_not_required  # as `mailbox`
@require_GET
def mailbox_mail(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "reminders/mailbox_mail.html", {"mail": _mail_or_404(key)})


@login_not_required  # as `mailbox`
@require_GET
@xframe_options_sameorigin
@csp_replace(
    {
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],  # a mail's styles stand in the mail
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mailbox_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML of a mail as it is, in a sandbox: no script, no form, no address of ours to act from."""
    mail = _mail_or_404(key)
    if not mail.html:
        raise Http404("This mail has no HTML.")
    return HttpResponse(mail.html.replace("<head>", '<head><base target="_blank">', 1))


def _mail_or_404(key: str) -> kept.KeptMail:
    _require_mailbox()
    mail = kept.find(key)
    if mail is None:
        raise Http404("No mail has this address.")
    return mail


def _require_mailbox() -> None:
    if not kept.is_open():
        raise Http404("Mail is sent, not kept in files.")
