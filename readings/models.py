"""What a group reads: works with their sections, and how far each member has come."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from members.models import Group

from .querysets import ProgressQuerySet, SectionQuerySet, WorkQuerySet


class Work(models.Model):
    """A book, paper, set of notes, video or repository on a group's list."""

    class Kind(models.TextChoices):
        BOOK = "book", "Book"
        PAPER = "paper", "Paper"
        NOTES = "notes", "Lecture notes"
        VIDEO = "video", "Video"
        REPOSITORY = "repository", "Repository"

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="works")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.PAPER)
    key = models.CharField("citation key", max_length=120)
    title = models.CharField(max_length=500)
    authors = models.JSONField(default=list, blank=True, help_text='[{"given": "Larry", "family": "Wasserman"}, …]')
    year = models.CharField(max_length=16, blank=True)
    venue = models.CharField(max_length=300, blank=True, help_text="Journal, conference or publisher.")
    doi = models.CharField("DOI", max_length=200, blank=True)
    arxiv_id = models.CharField("arXiv id", max_length=40, blank=True)
    isbn = models.CharField("ISBN", max_length=20, blank=True)
    url = models.URLField("address", max_length=500, blank=True)
    abstract = models.TextField(blank=True)
    why = models.TextField("why we read it", blank=True)
    entry_type = models.CharField(max_length=40, blank=True, help_text="The BibTeX type it came as.")
    fields: Any = models.JSONField(
        default=dict, blank=True, help_text="BibTeX fields that have no column of their own."
    )
    position = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "key"], name="one_work_a_citation_key"),
            models.CheckConstraint(condition=~models.Q(title=""), name="a_work_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("readings:detail", args=[self.group.slug, self.pk])

    @property
    def author_line(self) -> str:
        """`Goodfellow, Bengio & Courville`."""
        names = [author.get("family") or author.get("given", "") for author in self.authors]
        if len(names) > 3:
            return f"{names[0]} et al."
        return " & ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


class Section(models.Model):
    """A part of a work that a member reads and marks: a chapter, a section, or the whole of a paper."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField(default=0)
    number = models.CharField(max_length=20, blank=True, help_text="As printed: 3.2")
    title = models.CharField(max_length=300)
    pages = models.CharField(max_length=40, blank=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Progress(models.Model):
    """How far one member is with one section. No row means: to read."""

    class Status(models.TextChoices):
        TO_READ = "to-read", "To read"
        READING = "reading", "Reading"
        DONE = "done", "Done"

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="progress")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reading_progress")
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.TO_READ)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ProgressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["section", "user"], name="one_progress_a_section_and_member"),
            models.CheckConstraint(
                condition=models.Q(status__in=["to-read", "reading", "done"]), name="a_known_reading_status"
            ),
        ]
        indexes = [models.Index(fields=["user", "status"], name="progress_of_member")]

    def __str__(self) -> str:
        return f"{self.user}: {self.section} is {self.get_status_display().lower()}"
