"""What a group reads: works with their sections, and how far each member has come."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from members.models import Group

from .bibtex import Name, display_names
from .querysets import ProgressQuerySet, SectionQuerySet, WorkQuerySet
from .titles import title_html


def folded(text: str) -> str:
    """`text` without accents and case, for searching and for comparing titles: `Évariste` → `evariste`."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


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
    title_html = models.TextField(blank=True, editable=False)
    authors = models.JSONField(default=list, blank=True, help_text='[{"given": "Larry", "family": "Wasserman"}, …]')
    year = models.CharField(max_length=16, blank=True)
    venue = models.CharField(max_length=300, blank=True, help_text="Journal, conference or site.")
    publisher = models.CharField(max_length=300, blank=True)
    doi = models.CharField("DOI", max_length=200, blank=True)
    arxiv_id = models.CharField("arXiv id", max_length=40, blank=True)
    isbn = models.CharField("ISBN", max_length=20, blank=True)
    url = models.URLField("address", max_length=1000, blank=True)
    abstract = models.TextField(blank=True)
    why = models.TextField("why we read it", blank=True)
    entry_type = models.CharField(max_length=40, blank=True, help_text="The BibTeX type it came as.")
    fields: Any = models.JSONField(
        default=dict, blank=True, help_text="Every BibTeX field that it came with, as LaTeX, for giving it back."
    )
    search_text = models.TextField(blank=True, editable=False)
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
        indexes = [models.Index(fields=["group", "archived_at", "position"], name="works_on_list")]

    def __str__(self) -> str:
        return self.title

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.fill_derived()
        if update_fields is not None:
            update_fields = {*update_fields, "title_html", "search_text"}
        super().save(update_fields=update_fields, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("readings:detail", args=[self.group.slug, self.pk])

    def fill_derived(self) -> None:
        """Set the columns that follow from others. `save` does; who writes rows in bulk calls it."""
        self.title_html = title_html(self.title)
        names = " ".join(str(name) for name in self.names)
        identifiers = f"{self.key} {self.doi} {self.arxiv_id} {self.isbn}"
        self.search_text = folded(f"{self.title} {names} {self.year} {self.venue} {self.publisher} {identifiers}")

    @property
    def names(self) -> tuple[Name, ...]:
        return names_from_json(self.authors)

    @property
    def author_line(self) -> str:
        """`Goodfellow, Bengio and Courville`."""
        return display_names(self.names)

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


def names_from_json(rows: Iterable[dict[str, str]]) -> tuple[Name, ...]:
    """The names that a JSON column holds; a person with a given name only goes by that."""
    return tuple(
        Name(
            family=row.get("family") or row.get("given", ""),
            given=row.get("given", "") if row.get("family") else "",
            suffix=row.get("suffix", ""),
        )
        for row in rows
    )


def names_to_json(names: Iterable[Name]) -> list[dict[str, str]]:
    return [
        {part: text for part, text in (("given", name.given), ("family", name.family), ("suffix", name.suffix)) if text}
        for name in names
    ]


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
        constraints = [models.CheckConstraint(condition=~models.Q(title=""), name="a_section_has_a_title")]

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


class ImportDraft(models.Model):
    """A bibliography that a member has handed in and not yet confirmed: read once, shown, then added or left.

    `entries` and `problems` are what `bibtex.parse` found, as JSON; `text` is kept for correcting it where it stands.
    Once confirmed, `added` holds the works that came of it, so that the import can be undone.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="import_drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source_name = models.CharField(max_length=200, blank=True, help_text="The name of the file, empty for pasted text.")
    text = models.TextField(blank=True)
    entries: Any = models.JSONField(default=list)
    problems: Any = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    added: Any = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at=None) | ~models.Q(confirmed_at=None),
                name="only_a_confirmed_import_is_undone",
            )
        ]

    def __str__(self) -> str:
        return f"Import of {self.source_name or 'pasted text'} by {self.user}"
