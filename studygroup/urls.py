"""Every address of the product. Each room brings its own."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from . import setup_views, styleguide, views

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", login_not_required(views.health), name="health"),  # a monitor has no account
    path("setup/", setup_views.setup, name="setup"),
    path("setup/begin/", setup_views.begin, name="setup-begin"),
    path("", include("members.urls")),  # before the home of a group: /groups/new/ is where one makes a group
    path("groups/<slug:slug>/", views.group_home, name="group-home"),
    path("groups/<slug:slug>/seen/", views.seen, name="group-seen"),
    path("", include("reminders.urls")),
    path("", include("readings.urls")),
    path("", include("sessions.urls")),
    path("", include("derivations.urls")),
    path("", include("ideas.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("styleguide/", styleguide.styleguide, name="styleguide"),  # 404 unless DEBUG
]


handler400 = "commons.errors.bad_request"
handler403 = "commons.errors.forbidden"
handler404 = "commons.errors.not_found"
