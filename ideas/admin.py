from django.contrib import admin

from .models import Board, Comment, Event, Idea, Vote


@admin.register(Idea)
class IdeaAdmin(admin.ModelAdmin):
    list_display = ["title", "group", "stage", "owner", "next_step_on", "archived_at"]
    list_filter = ["stage"]
    search_fields = ["title", "body"]
    raw_id_fields = ["group", "owner", "created_by", "works", "notes"]


@admin.register(Comment)
class CommentAdmin(admin.ModelAdmin):
    list_display = ["idea", "author", "created_at", "deleted_at"]
    raw_id_fields = ["idea", "author"]


@admin.register(Vote)
class VoteAdmin(admin.ModelAdmin):
    list_display = ["idea", "user", "created_at"]
    raw_id_fields = ["idea", "user"]


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    list_display = ["idea", "kind", "by", "at", "from_stage", "to_stage"]
    raw_id_fields = ["idea", "by"]


@admin.register(Board)
class BoardAdmin(admin.ModelAdmin):
    list_display = ["group", "version"]
    raw_id_fields = ["group"]
