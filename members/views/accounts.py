"""Pages about oneself."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from members.actions import CannotCloseAccount, change_profile, close_account, own_data
from members.forms import CloseAccountForm, ProfileForm
from members.models import User

A_YEAR_SECONDS = 365 * 86_400


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, zone and words about oneself; the theme stands in a cookie of this device."""
    user = request.user
    theme = request.COOKIES.get("theme", "")
    form = ProfileForm(instance=user, initial={"theme": theme})
    if request.method == "POST":
        form = ProfileForm(request.POST, instance=User(pk=user.pk, email=user.email))
        if form.is_valid():
            chosen = form.cleaned_data
            change_profile(
                user=user,
                name=chosen["name"],
                time_zone=chosen["time_zone"],
                affiliation=chosen["affiliation"],
                about=chosen["about"],
            )
            messages.success(request, "Profile saved.")
            response = redirect("members:profile")
            if chosen["theme"]:
                # read by assets/js/theme.js, so not HttpOnly
                response.set_cookie(
                    "theme", chosen["theme"], max_age=A_YEAR_SECONDS, samesite="Lax", secure=request.is_secure()
                )
            else:
                response.delete_cookie("theme", samesite="Lax")
            return response
    return render(request, "members/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def download_own_data(request: HttpRequest) -> HttpResponse:
    """What is stored about one's account, to take away."""
    response = JsonResponse(own_data(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="studygroup-account.json"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def close(request: HttpRequest) -> HttpResponse:
    """Close the account, after saying what that means and asking for the password once more."""
    form = CloseAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            close_account(user=request.user, now=timezone.now())
        except CannotCloseAccount as reason:
            form.add_error(None, str(reason))
        else:
            logout(request)
            messages.success(request, "Your account is closed. What you wrote in groups stays there with your name.")
            return redirect("account_login")
    return render(request, "members/close_account.html", {"form": form}, status=422 if form.errors else 200)
