"""The first visit: make the first account, then choose what to begin with. Closed for good once done."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from commons.ratelimits import rate_limited
from members.actions import CannotSetUp, make_first_account, make_group
from members.models import Group, User
from readings.actions import start_from_curriculum
from readings.curricula import curriculum_called, shipped_curricula

from .demo import make_demo
from .setup_forms import FirstAccountForm, FromCurriculumForm


@login_not_required  # nobody has an account yet; from the first account on this is closed
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("setup", limit=30, seconds=3600)
def setup(request: HttpRequest) -> HttpResponse:
    """Make the first account. 404, with the reason, once there is one."""
    if User.objects.exists():
        return render(request, "setup/closed.html", status=404)
    form = FirstAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = make_first_account(now=timezone.now(), **form.cleaned_data)
        except CannotSetUp as reason:  # another browser was faster
            return render(request, "setup/closed.html", {"reason": str(reason)}, status=409)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("setup-begin")
    return render(request, "setup/account.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """What to begin with: the demo group, a curriculum, or an empty group. Only before there is any group."""
    if not request.user.is_superuser or Group.objects.exists():
        raise Http404("Setting up is finished.")
    form = FromCurriculumForm()
    if request.method == "POST":
        form = FromCurriculumForm(request.POST)
        if "demo" in request.POST:
            try:
                return _begin_with_demo(request)
            except IntegrityError:
                form.errors.clear()
                form.add_error(None, "Your own address is that of someone in the demo group, so it cannot be made.")
        elif form.is_valid():
            return _begin_with_curriculum(request, form)
    context = {"form": form, "curricula": shipped_curricula()}
    return render(request, "setup/begin.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _begin_with_curriculum(request: HttpRequest, form: FromCurriculumForm) -> HttpResponse:
    now, curriculum = timezone.now(), curriculum_called(form.cleaned_data["curriculum"])
    assert curriculum is not None  # the form's choices are the curricula
    group = make_group(
        by=request.user,
        name=form.cleaned_data["name"] or curriculum.title,
        purpose=curriculum.summary[:600],
        time_zone=request.user.time_zone,
        now=now,
    )
    works = start_from_curriculum(group=group, curriculum=curriculum, by=request.user, now=now)
    messages.success(request, f"{group.name} is made, with {len(works)} works to read. Invite people to begin with.")
    return redirect("members:invite", slug=group.slug)


def _begin_with_demo(request: HttpRequest) -> HttpResponse:
    """Raises IntegrityError where whoever sets up has the address of one of the demo's people."""
    demo = make_demo(now=timezone.now(), joined_by=request.user)
    messages.success(request, "The demo group is made. Its eight members are invented; look around and change things.")
    return redirect(demo.group)
