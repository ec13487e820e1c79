"""Addresses of the reminders room."""

from django.urls import path

from . import views

app_name = "reminders"

urlpatterns = [
    path("me/reminders/", views.preferences, name="preferences"),
    path("notifications/", views.inbox, name="inbox"),
    path("notifications/read/", views.read_all, name="read-all"),
    path("notifications/<int:pk>/read/", views.read, name="read"),
    path("groups/<slug:slug>/accountability/", views.log, name="log"),
    path("groups/<slug:slug>/accountability/deliveries/<int:pk>/retry/", views.retry, name="retry"),
    path("groups/<slug:slug>/accountability/failures/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<str:key>/", views.mailbox_mail, name="mailbox-mail"),
    path("mailbox/<str:key>/html/", views.mailbox_html, name="mailbox-html"),
]
