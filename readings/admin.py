"""Readings for the operator."""

from django.contrib import admin

from .models import ImportDraft, Section, Work


class SectionInline(admin.TabularInline):
    model = Section
    extra = 0


@admin.register(Work)
class WorkAdmin(admin.ModelAdmin):
    list_display = ["title", "group", "kind", "key", "added_at", "archived_at"]
    list_filter = ["kind"]
    search_fields = ["search_text"]
    raw_id_fields = ["group", "added_by"]
    inlines = [SectionInline]


@admin.register(ImportDraft)
class ImportDraftAdmin(admin.ModelAdmin):
    list_display = ["group", "user", "source_name", "created_at", "confirmed_at"]
    raw_id_fields = ["group", "user"]
    exclude = ["text", "entries", "problems"]
