"""What members type about a reading."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings

from .actions import WorkData
from .bibtex import (
    Kind,
    Name,
    names_from_lines,
    names_to_lines,
    normal_arxiv,
    normal_doi,
    normal_isbn,
    one_line,
)
from .bibtex.keys import legal_key
from .bibtex.names import MAX_NAMES
from .bibtex.works import normal_url
from .models import Work

MAX_AUTHORS_CHARS = 40 * MAX_NAMES


class OneLine(forms.CharField):
    """A text on one line: blanks collapsed, control characters gone, as the bibliography keeps its texts."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class WorkForm(forms.Form):
    """A work as a member knows it. `data` is what the actions take."""

    kind = forms.ChoiceField(label="What it is", choices=Work.Kind.choices, initial=Work.Kind.PAPER)
    title = OneLine(
        max_length=500,
        help_text="Mathematics between dollar signs: “The $\\ell_2$ norm”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    authors = forms.CharField(
        required=False,
        max_length=MAX_AUTHORS_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, as “Wasserman, Larry” or “Larry Wasserman”. An organisation in braces: {OpenAI}.",
    )
    year = forms.CharField(required=False, max_length=4, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    venue = OneLine(required=False, max_length=300, help_text="Journal, conference or site.")
    publisher = OneLine(required=False, max_length=300)
    doi = forms.CharField(label="DOI", required=False, max_length=200, help_text="As 10.1000/182, or its address.")
    arxiv_id = forms.CharField(
        label="arXiv",
        required=False,
        max_length=200,
        help_text="As 1706.03762, or its address; the version is left out.",
    )
    isbn = forms.CharField(label="ISBN", required=False, max_length=40)
    url = forms.CharField(label="Address", required=False, max_length=1000, widget=forms.URLInput())
    why = forms.CharField(
        label="Why we read it", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    sections = forms.CharField(
        required=False,
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Chapters or sections, one a line: “3.2 Convex sets (pp. 27–40)”. Empty: the work as a whole.",
    )
    key = forms.CharField(
        label="Citation key",
        required=False,
        max_length=120,
        help_text="By which notes and papers cite it. Made from author, year and title where you leave it empty.",
    )
    although_listed = forms.BooleanField(required=False, widget=forms.HiddenInput())

    def clean_year(self) -> str:
        year = str(self.cleaned_data["year"]).strip()
        if year and not (year.isascii() and year.isdecimal() and 1000 <= int(year) <= 2100):
            raise forms.ValidationError("A year has four digits, between 1000 and 2100.")
        return year

    def clean_doi(self) -> str:
        return self._identifier("doi", normal_doi, "This is no DOI. One begins with 10. and has a slash: 10.1000/182.")

    def clean_arxiv_id(self) -> str:
        return self._identifier(
            "arxiv_id", normal_arxiv, "This is no arXiv identifier. One looks like 1706.03762 or math/0309136."
        )

    def clean_isbn(self) -> str:
        return self._identifier(
            "isbn", normal_isbn, "This is no ISBN: the number of digits or the check digit does not fit."
        )

    def clean_url(self) -> str:
        return self._identifier("url", normal_url, "This is no web address. One begins with https://.")

    def clean_authors(self) -> tuple[Name, ...]:
        names = names_from_lines(self.cleaned_data["authors"])
        if len(names) > MAX_NAMES:
            raise forms.ValidationError(f"Up to {MAX_NAMES:,} authors can be kept.")
        return names

    def clean_why(self) -> str:
        return "".join(
            letter for letter in self.cleaned_data["why"] if letter.isprintable() or letter in "\n\t"
        ).strip()

    def clean_sections(self) -> tuple[str, ...]:
        lines = tuple(line for raw in self.cleaned_data["sections"].splitlines() if (line := one_line(raw)))
        if len(lines) > 300:
            raise forms.ValidationError(f"A work has up to 300 sections; these are {len(lines)}.")
        return lines

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).strip()
        if key and legal_key(key) != key:
            raise forms.ValidationError("A key has no blanks, commas, braces or quotes: wasserman2004all.")
        return key

    @property
    def work_data(self) -> WorkData:
        clean = self.cleaned_data
        return WorkData(
            kind=Kind(clean["kind"]),
            **{name: clean[name] for name in _TEXTS},
            authors=clean["authors"],
            sections=clean.get("sections", ()),
        )

    def _identifier(self, name: str, normalise: Any, complaint: str) -> str:
        typed = str(self.cleaned_data[name]).strip()
        normal = normalise(typed)
        if typed and not normal:
            raise forms.ValidationError(complaint)
        return str(normal)


_TEXTS = ("title", "year", "venue", "publisher", "doi", "arxiv_id", "isbn", "url", "why", "key")


class WorkEditForm(WorkForm):
    """The same for a work on the list: its sections have their own page, and `seen` says which state was edited."""

    sections = None  # type: ignore[assignment]  # Django's way of leaving out an inherited field
    although_listed = None  # type: ignore[assignment]
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def clean_seen(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    @classmethod
    def for_work(cls, work: Work) -> WorkEditForm:
        known = {name: getattr(work, name) for name in (*_TEXTS, "kind")}
        return cls(initial={**known, "authors": names_to_lines(work.names), "seen": work.changed_at.isoformat()})


class ImportForm(forms.Form):
    """A .bib, pasted or as a file."""

    text = forms.CharField(
        label="BibTeX",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "is-code", "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Or a .bib file", required=False, widget=forms.ClearableFileInput(attrs={"accept": ".bib,.txt,text/*"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not str(cleaned.get("text", "")).strip():
            raise forms.ValidationError("Paste BibTeX entries, or choose a .bib file.")
        return cleaned


class SectionsForm(forms.Form):
    """New sections, one a line."""

    lines = forms.CharField(
        label="Sections to add",
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line: “3.2 Convex sets (pp. 27–40)”.",
    )

    def clean_lines(self) -> list[str]:
        return [line for raw in self.cleaned_data["lines"].splitlines() if (line := one_line(raw))]


class SectionForm(forms.Form):
    """One section: its number as printed, title and pages."""

    number = OneLine(required=False, max_length=20)
    title = OneLine(max_length=300)
    pages = OneLine(required=False, max_length=40, help_text="As 27–40.")


def max_import_bytes() -> int:
    """The largest file that is looked at: the site's own limit, or the reader's where that is less."""
    from .bibtex import MAX_BYTES

    return min(MAX_BYTES, settings.MAX_UPLOAD_BYTES)
