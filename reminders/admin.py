"""Reminders in the admin: to look at; what may be done about them is done on the accountability page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Delivery, Notification, Preference, SweepMark, TaskFailure


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ("kind", "user", "channel", "status", "due_at", "done_at", "attempts")
    list_filter = ("status", "channel", "kind")
    search_fields = ("user__email", "user__name", "key", "message_id")
    list_select_related = ("user",)
    date_hierarchy = "due_at"


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    list_display = ("text", "user", "kind", "created_at", "read_at")
    list_filter = ("kind",)
    search_fields = ("user__email", "text")
    list_select_related = ("user",)


@admin.register(Preference)
class PreferenceAdmin(ReadOnly):
    list_display = ("user", "kind", "channel", "wanted", "changed_at")
    list_filter = ("kind", "channel", "wanted")
    search_fields = ("user__email",)
    list_select_related = ("user",)


@admin.register(TaskFailure)
class TaskFailureAdmin(ReadOnly):
    list_display = ("what", "task", "group", "times", "happened_at", "seen_at")
    list_filter = ("task",)
    list_select_related = ("group",)


@admin.register(SweepMark)
class SweepMarkAdmin(ReadOnly):
    list_display = ("kind", "until")
