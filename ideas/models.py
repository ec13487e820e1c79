"""Paper ideas: a board with stages, cards with an owner and a next step, votes, comments, links."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from derivations.models import Note
from members.models import Group
from readings.models import Work

from .querysets import IdeaQuerySet


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

    def get_absolute_url(self) -> str:
        return reverse("ideas:detail", args=[self.group.slug, self.pk])


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

    def __str__(self) -> str:
        return f"{self.author} on {self.idea}"
