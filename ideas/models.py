"""Paper ideas: a board with stages, cards with an owner and a next step, votes, comments, links."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from derivations.models import Note
from members.models import Group
from readings.models import Work

from .querysets import IdeaQuerySet
from .texts import body_html, title_html


class Board(models.Model):
    """A group's board. Moves take its row first, so that two people moving cards end with one order."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="board")
    version = models.PositiveIntegerField(default=0, help_text="Rises with every move.")

    def __str__(self) -> str:
        return f"Ideas of {self.group}"


class Idea(models.Model):
    """A card on the board."""

    class Stage(models.TextChoices):
        SPARK = "spark", "Spark"
        EXPLORING = "exploring", "Exploring"
        DRAFTING = "drafting", "Drafting"
        SUBMITTED = "submitted", "Submitted"
        PARKED = "parked", "Parked"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="ideas")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    body_html = models.TextField(blank=True, editable=False)
    title_html = models.TextField(blank=True, editable=False, help_text="The title with its math rendered.")
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.SPARK)
    position = models.PositiveIntegerField(default=0, help_text="Place in its stage, from the top.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="ideas"
    )
    next_step = models.CharField(max_length=300, blank=True)
    next_step_on = models.DateField("due", null=True, blank=True)
    works = models.ManyToManyField(Work, blank=True, related_name="ideas")
    notes = models.ManyToManyField(Note, blank=True, related_name="ideas")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=0, help_text="Rises with every edit: a stale form is noticed.")
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = IdeaQuerySet.as_manager()

    # Stages in which nobody is waiting for a next step.
    RESTING = (Stage.SUBMITTED, Stage.PARKED)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="an_idea_has_a_title"),
            models.CheckConstraint(
                condition=models.Q(stage__in=["spark", "exploring", "drafting", "submitted", "parked"]),
                name="a_known_stage",
            ),
        ]
        indexes = [models.Index(fields=["group", "stage", "position"], name="ideas_in_order")]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Whoever saves a title or a text saves its HTML with it."""
        if update_fields is None:
            self.title_html, self.body_html = title_html(self.title), body_html(self.body)
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("ideas:detail", args=[self.group.slug, self.pk])

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def has_due_date(self) -> bool:
        """Whether someone waits for its next step: a parked, submitted or archived idea has a date in name only."""
        return self.next_step_on is not None and self.archived_at is None and self.stage not in self.RESTING

    def is_overdue(self, today: date) -> bool:
        """Whether its next step was due before `today`, the reader's local date."""
        return self.has_due_date and self.next_step_on is not None and self.next_step_on < today


class Event(models.Model):
    """What happened to an idea: who did it and when. Words and order are not kept, stages are."""

    class Kind(models.TextChoices):
        ADDED = "added", "added it"
        MOVED = "moved", "moved it"
        EDITED = "edited", "edited it"
        ARCHIVED = "archived", "archived it"
        RESTORED = "restored", "brought it back"

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    from_stage = models.CharField(max_length=16, blank=True, choices=Idea.Stage.choices)
    to_stage = models.CharField(max_length=16, blank=True, choices=Idea.Stage.choices)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["idea", "-at"], name="events_of_idea")]

    def __str__(self) -> str:
        return f"{self.by} {self.get_kind_display()}: {self.idea}"


class Vote(models.Model):
    """One member's vote for an idea."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="idea_votes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "user"], name="one_vote_an_idea_and_member")]

    def __str__(self) -> str:
        return f"{self.user} for {self.idea}"


class Comment(models.Model):
    """What someone said of an idea, in Markdown with math."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField(max_length=10_000)
    body_html = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["idea", "created_at"], name="comments_of_idea")]

    def __str__(self) -> str:
        return f"{self.author} on {self.idea}"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None or "body" in update_fields:
            self.body_html = body_html(self.body)
            update_fields = update_fields and {*update_fields, "body_html"}
        super().save(*args, update_fields=update_fields, **kwargs)
