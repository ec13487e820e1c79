"""Several derivations of one statement."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from members.models import Group

from .notes import Note


class SharedStatement(models.Model):
    """What several notes derive, each in its own way."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    text = models.TextField("statement", max_length=4000, blank=True, help_text="Markdown with LaTeX.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(title=""), name="a_shared_statement_has_a_title")]
        indexes = [models.Index(fields=["group", "title"], name="statements_of_a_group")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("derivations:approach", args=[self.group.slug, self.pk])


class Approach(models.Model):
    """A note as one of the ways to a statement."""

    class Kind(models.TextChoices):
        GEOMETRIC = "geometric", "Geometric"
        ALGEBRAIC = "algebraic", "Algebraic"
        PROBABILISTIC = "probabilistic", "Probabilistic"
        ALGORITHMIC = "algorithmic", "Algorithmic"
        OTHER = "other", "Other"

    statement = models.ForeignKey(SharedStatement, on_delete=models.CASCADE, related_name="approaches")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="approaches")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.OTHER)
    label = models.CharField("in a word or two", max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "note"], name="a_note_approaches_a_statement_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["geometric", "algebraic", "probabilistic", "algorithmic", "other"]),
                name="a_known_kind_of_approach",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.note_id}"

    @property
    def name(self) -> str:
        """`Algebraic`, or the words that were given to it."""
        return self.label or self.get_kind_display()
