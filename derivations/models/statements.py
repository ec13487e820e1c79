"""The group's cookbook: what was derived, reviewed and holds."""

from __future__ import annotations

from typing import Any

from django.db import models

from derivations.querysets import StatementQuerySet
from members.models import Group

from .notes import Note


class Statement(models.Model):
    """One claim that holds, of a note that is reviewed and has no failing step; as it is searched.

    Follows from the note and its check, and is rebuilt with them. What is printed stands in another table: a search
    reads every row of this one.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="statements")
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="statements")
    number = models.PositiveIntegerField("step", help_text="Counted from 1, as on the note's page.")
    topic = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=400, help_text="Topic, title, note, step: the order of the book.")
    tex_key = models.TextField(blank=True, help_text="mathtext.fragments.key of it.")
    symbols = models.TextField(blank=True, help_text="Its symbols, with a space around each.")
    words = models.TextField(blank=True, help_text="Topic, title, headings and words around it, folded.")

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [models.UniqueConstraint(fields=["note", "number"], name="one_statement_a_step")]
        indexes = [
            models.Index(fields=["group", "place"], name="statements_in_order"),
            models.Index(fields=["group", "topic"], name="statements_by_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.note}, step {self.number}"


class StatementText(models.Model):
    """What the cookbook prints of a statement. `conditions` are the sentences of the note that it stands on."""

    statement = models.OneToOneField(Statement, on_delete=models.CASCADE, primary_key=True, related_name="text")
    tex = models.TextField()
    html = models.TextField(editable=False)
    conditions: Any = models.JSONField(default=list, help_text="Markdown.")
    conditions_html = models.TextField(blank=True, editable=False)

    def __str__(self) -> str:
        return self.tex
