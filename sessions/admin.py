"""The sessions room in Django's admin: for looking, and for mending what no page can."""

from django.contrib import admin

from .models import Series, Session


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    list_display = ["title", "group", "starts_on", "local_time", "time_zone", "interval_weeks", "ends_on"]
    list_filter = ["interval_weeks"]
    search_fields = ["title", "group__name"]
    raw_id_fields = ["group", "created_by", "follows"]


@admin.register(Session)
class SessionAdmin(admin.ModelAdmin):
    """Read-only but for words: moving and cancelling raise the sequence, which only the actions do."""

    list_display = ["title", "group", "starts_at", "status", "sequence"]
    list_filter = ["status"]
    search_fields = ["title", "group__name"]
    date_hierarchy = "starts_at"
    fields = ["title", "place", "call_url"]
