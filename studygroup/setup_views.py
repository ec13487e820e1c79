"""The first visit: make the first account, then choose what to begin with. Closed for good once done."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from commons.ratelimits import rate_limited
from members.actions import CannotSetUp, make_first_account
from members.models import Group, User

from .setup_forms import FirstAccountForm


@login_not_required  # nobody has an account yet; from the first account on this is closed
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("setup", limit=30, seconds=3600)
def setup(request: HttpRequest) -> HttpResponse:
    """Make the first account. 404, with the reason, once there is one."""
    if User.objects.exists():
        return render(request, "setup/closed.html", status=404)
    form = FirstAccountForm(request.POST or None)
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
    """What to begin with: an empty group, a curriculum, or the demo group. Only before there is any group."""
    if not request.user.is_superuser or Group.objects.exists():
        raise Http404("Setting up is finished.")
    return render(request, "setup/begin.html")
