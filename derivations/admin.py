"""Notes in Django's admin: for looking; changes go through the pages, which keep revisions."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Image, Note, Review, Revision


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # generic only in the stubs
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Note)
class NoteAdmin(LookOnly):
    list_display = ["title", "group", "author", "status", "number", "changed_at", "deleted_at"]
    list_filter = ["status"]
    search_fields = ["title"]
    list_select_related = ["group", "author"]


@admin.register(Revision)
class RevisionAdmin(LookOnly):
    list_display = ["note", "number", "author", "message", "created_at"]
    list_select_related = ["note", "author"]


@admin.register(Review)
class ReviewAdmin(LookOnly):
    list_display = ["note", "reviewer", "answer", "asked_at", "answered_at"]
    list_select_related = ["note", "reviewer"]


@admin.register(Image)
class ImageAdmin(LookOnly):
    list_display = ["name", "group", "uploaded_by", "uploaded_at", "width", "height"]
    list_select_related = ["group", "uploaded_by"]
