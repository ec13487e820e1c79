"""Files become notes: what is read, what is refused and why, and that an archive comes back as it went out."""

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivations.actions import CannotImport, create_note, hold_notes, make_notes, store_picture
from derivations.exporting import archive_of, gather_group
from derivations.exporting.gathering import pictures_in
from derivations.exporting.markdown import front_matter, split_front_matter
from derivations.importing import Unreadable, read_upload
from derivations.models import Image, Note, NoteImport
from derivations.pictures import read_picture
from derivations.views import importing
from tests.conftest import NOON
from tests.factories import GroupFactory, MembershipFactory, WorkFactory
from tests.security.rows_derivations import png

TEX = r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}}
\newcommand{\norm}[1]{\lVert #1 \rVert}
\title{Least \emph{squares}}
\begin{document}
\maketitle
\section{Setting}
Let $x \in \R^n$, as in~\cite{gauss,legendre}. % a comment
It is 100\% \textbf{clear} that
\begin{align}
  \norm{x}^2 &= x^\top x \label{eq:n}
\end{align}
by \eqref{eq:n}.\footnote{See \emph{there}.}
\input{/etc/passwd}
\begin{itemize}
\item one
\item two
\end{itemize}
\immediate\write18{rm -rf /}
\begin{theorem}[Gauss] It holds. \end{theorem}
\begin{verbatim}
\input{x} $a$ % kept
\end{verbatim}
\strange{words}
\end{document}
"""


def draft_of(name, data):
    (draft,) = read_upload(name, data if isinstance(data, bytes) else data.encode()).drafts
    return draft


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_latex_becomes_markdown_with_its_formulas_and_its_own_macros_written_out():
    draft = draft_of("a.tex", TEX)
    assert draft.title == "Least squares"
    assert draft.formulas == 2
    for words in (
        "## Setting", r"Let $x \in \mathbb{R}^n$, as in [[cite:gauss]], [[cite:legendre]].",
        "It is 100% **clear** that",
        r"\lVert x \rVert^2 &= x^\top x \label{eq:n}", "\\eqref{eq:n}.[^1]", "[^1]: See *there*.", "- one\n- two",
        "**Theorem** (Gauss). It holds.", "```\n\\input{x} $a$ % kept\n```", "words",
    ):  # fmt: skip
        assert words in draft.body
    assert "a comment" not in draft.body


def test_what_reads_or_writes_is_left_out_of_latex_and_named_with_its_line():
    draft = draft_of("a.tex", TEX)
    outside = draft.body.replace("\\input{x}", "")
    assert "/etc/passwd" not in outside
    assert "rm -rf" not in outside
    told = {trouble.line: trouble.what for trouble in draft.troubles}
    assert "`\\input` reads, writes or redefines: left out." in told[14]
    assert "left out" in told[19]
    assert "`\\strange` is not read" in told[24]


def test_a_notebook_brings_its_text_and_code_and_none_of_its_outputs():
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "$x$"]},
        {"cell_type": "code", "source": "1 + 1", "outputs": [{"data": {"text/html": "<script>alert(1)</script>"}}]},
        {"cell_type": "raw", "source": "raw"},
        "no cell",
    ]
    draft = draft_of("n.ipynb", json.dumps({"cells": cells, "nbformat": 4}))
    assert draft.title == "Title"
    assert draft.body == "$x$\n\n```python\n1 + 1\n```\n\n```\nraw\n```\n"
    assert [trouble.what for trouble in draft.troubles] == ["1 output of its cells, 1 of them HTML, left out."]


def test_markdown_takes_its_title_from_its_head_or_its_first_heading():
    assert draft_of("a.md", "---\ntitle: One: two\n---\nText").title == "One: two"
    assert draft_of("a.md", "# Heading\n\nText").title == "Heading"
    assert draft_of("dir/some note.md", "Text").title == "some note"


def test_places_that_could_not_be_read_are_told_by_the_line_of_the_file():
    draft = draft_of("a.md", '---\ntitle: "A"\n---\nText\n\n$\\frac{a$\n')
    assert [trouble.line for trouble in draft.troubles] == [6]


REFUSED = {
    "a note of a megabyte": ("a.md", b"x" * 1_000_000, "1,000,000 characters; at most 262,144 fit"),
    "five thousand formulas": ("a.md", b"$x$ and\n" * 5_000, "5,000 formulas; at most 3,000"),
    "nothing but space": ("a.md", b" \n \n", "no text in it"),
    "broken JSON": ("a.ipynb", b'{"cells": [', "the JSON breaks off"),
    "deep JSON": ("a.ipynb", b"[" * 100_000, "This is no notebook"),
    "no cells": ("a.ipynb", b'{"cells": 3}', "no list of cells"),
    "a document that nothing closes": ("a.tex", b"\\begin{itemize}x$" * 30_000, "Take a part of it"),
    "a deep document": ("a.tex", b"\\emph{" * 5_000, "nested deeper"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_too_much_or_broken_is_refused_with_the_reason(what):
    name, data, words = REFUSED[what]
    assert words in draft_of(name, data).refusal


UNREADABLE = {
    "a kind that is not read": ("a.docx", b"abc", 415, "Files ending in"),
    "an empty file": ("a.md", b"", 422, "empty"),
    "a damaged archive": ("a.zip", b"PK\x03\x04abc", 422, "damaged"),
    "too many entries": ("a.zip", zipped({f"{n}.md": b"x" for n in range(3_001)}), 413, "3,001 entries"),
    "a bomb of many": ("a.zip", zipped({f"{n}.md": bytes(10_000_000) for n in range(13)}), 413, "unpacks to more"),
    "no text": ("a.zip", zipped({"a.exe": b"x"}), 422, "holds no file"),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_of_which_nothing_is_taken_says_why(what):
    name, data, status, words = UNREADABLE[what]
    with pytest.raises(Unreadable, match=words) as refusal:
        read_upload(name, data)
    assert refusal.value.status == status


def test_entries_that_climb_link_or_explode_are_left_out_and_the_others_are_read():
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("../up.md", "/etc/passwd.md", "a/../../b.md", "c:\\x.md", "good.md"):
            archive.writestr(name, "Text")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.md", bytes(1_900_000))
    found = read_upload("a.zip", out.getvalue())
    assert [draft.title for draft in found.drafts] == ["good"]
    assert len(found.troubles) == 6
    assert sum("leads out of the archive" in each.what for each in found.troubles) == 4


def test_an_entry_that_is_longer_than_it_says_is_not_read_to_its_end():
    data = bytearray(zipped({"a.md": b"x" * 3_000_000}))
    assert [each.what for each in read_both(bytes(data))] == [
        "a.md: it unpacks to far more than it is, and is left out."
    ]


def read_both(data):
    try:
        return read_upload("a.zip", data).troubles
    except Unreadable:
        from derivations.importing.archive import read_archive

        return read_archive(data)[2]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.md", "a.tex", "a.ipynb", "a.zip"]))
def test_whatever_the_bytes_are_they_are_read_or_refused(data, name):
    try:
        found = read_upload(name, data)
    except Unreadable:
        return
    assert all(draft.refusal or draft.body.strip() for draft in found.drafts)


PIECES = ["\\begin{align}", "\\end{align}", "$", "$$", "{", "}", "\\input", "\\item", "\\begin{itemize}", "[", "]", "%",
          "\\", "\n\n", "x", "\\newcommand{\\a}{\\a}", "\\a", "\\footnote{", "\\cite{", "\\section{", "\ue000",
          "~"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30))
def test_whatever_a_latex_file_is_made_of_it_is_read_or_refused(pieces):
    try:
        found = read_upload("a.tex", "".join(pieces).encode())
    except Unreadable as unreadable:
        said = str(unreadable)
    else:
        said = found.drafts
    assert said


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), min_size=1, max_size=200).filter(
    str.strip
)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.dictionaries(st.sampled_from(["title", "status", "works"]), st.text(max_size=40)))
def test_front_matter_comes_back_whatever_the_text_is(body, matter):
    found, rest, _ = split_front_matter(front_matter(matter) + body)
    assert (found, rest) == (matter, body)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS.map(lambda text: text[:150]), TEXTS), min_size=1, max_size=3))
def test_an_archive_imports_again_to_equal_notes(db, notes):
    membership = MembershipFactory(role="organiser")
    group, person = membership.group, membership.user
    for title, body in notes:
        create_note(group=group, by=person, title=title, body=body, now=NOON)
    other = GroupFactory()
    data = archive_of(gather_group(group), {}, group=group.name)
    held, found = hold_notes(group=other, data=data, name="a.zip", by=person, now=NOON)
    made = make_notes(held=held, places=range(len(found.drafts)), by=person, now=NOON)
    assert made.refused == ()
    pairs = [(note.title, note.body) for note in Note.objects.of(group).order_by("pk")]
    assert [(note.title, note.body) for note in made.notes] == pairs
    assert not NoteImport.objects.filter(pk=held.pk).exists()


def test_pictures_and_readings_come_along_into_another_group(group, member):
    data = png()
    picture = store_picture(
        group=group, picture=read_picture(io.BytesIO(data), size=len(data), max_bytes=10_000), by=member, now=NOON
    )
    work = WorkFactory(group=group, key="gauss")
    create_note(group=group, by=member, title="A", body=f"![a]({picture.get_absolute_url()}) [[cite:gauss]]", now=NOON)
    other = MembershipFactory().group
    mine = WorkFactory(group=other, key="gauss")
    exported = gather_group(group)
    archive = archive_of(exported, pictures_in(exported[0].body, group), group=group.name)
    held, found = hold_notes(group=other, data=archive, name="a.zip", by=member, now=NOON)
    assert found.bibliography.count("@") == 1
    (note,) = make_notes(held=held, places=[0], by=member, now=NOON).notes
    stored = Image.objects.get(group=other)
    assert note.body == f"![a]({stored.get_absolute_url()}) [[cite:gauss]]"
    assert list(note.works.all()) == [mine] != [work]


def test_each_place_is_made_once_and_the_rest_waits(group, member, monkeypatch):
    data = zipped({f"{n}.md": f"# Note {n}\n\nText" for n in range(3)})
    held, _ = hold_notes(group=group, data=data, name="a.zip", by=member, now=NOON)
    monkeypatch.setattr("derivations.actions.imports.MOST_AT_ONCE", 2)
    assert [note.title for note in make_notes(held=held, places=[0, 1, 2], by=member, now=NOON).notes] == [
        "Note 0",
        "Note 1",
    ]
    assert [note.title for note in make_notes(held=held, places=[0, 1, 2], by=member, now=NOON).notes] == ["Note 2"]
    assert Note.objects.of(group).count() == 3


def test_a_file_is_looked_at_before_anything_is_made(client_of, member, group):
    client = client_of(member)
    address = reverse("derivations:import", args=[group.slug])
    assert f'href="{address}"' in client.get(reverse("derivations:list", args=[group.slug])).text
    answer = client.post(address, {"file": SimpleUploadedFile("a.tex", TEX.encode())}, follow=True)
    page = answer.text
    assert not Note.objects.exists()
    assert "1 note can be made" in page
    assert "2 formulas" in page
    assert "Line 14: `\\input` reads, writes or redefines: left out. Nothing was opened." in page
    made = client.post(answer.redirect_chain[-1][0], {"note": "0"})
    assert made.status_code == 302
    assert Note.objects.get().revisions.get().message == "Imported from a.tex"


def test_of_up_to_three_notes_the_preview_shows_how_they_will_look(client_of, member, group, monkeypatch):
    held, _ = hold_notes(group=group, data=TEX.encode(), name="paper.tex", by=member, now=NOON)
    address = reverse("derivations:import-preview", args=[group.slug, held.pk])
    look = client_of(member).get(address).text.split("How it will look")[1]
    assert 'id="n0-eq-n"' in look
    assert "<math" in look
    monkeypatch.setattr(importing, "DRAWN", 0)
    assert "How it will look" not in client_of(member).get(address).text


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_bad_upload_is_answered_with_its_reason_and_never_a_server_error(client_of, member, group, what):
    name, data, status, _ = UNREADABLE[what]
    answer = client_of(member).post(
        reverse("derivations:import", args=[group.slug]), {"file": SimpleUploadedFile(name, data)}
    )
    assert answer.status_code == (422 if not data else status)
    assert "Nothing was imported" in answer.text


def test_a_file_that_is_too_large_is_not_read(client_of, member, group, settings):
    settings.MAX_UPLOAD_BYTES = 10
    file = SimpleUploadedFile("a.md", b"x" * (importing.ARCHIVES * 10 + 1))
    assert client_of(member).post(reverse("derivations:import", args=[group.slug]), {"file": file}).status_code == 413


def test_an_import_is_its_owners_alone_and_old_ones_are_dropped(client_of, member, organiser, group):
    held, _ = hold_notes(group=group, data=b"x", name="a.md", by=member, now=NOON)
    address = reverse("derivations:import-preview", args=[group.slug, held.pk])
    assert client_of(organiser).get(address).status_code == 404
    for _ in range(5):
        hold_notes(group=group, data=b"x", name="a.md", by=member, now=NOON)
    assert NoteImport.objects.filter(user=member).count() == 5
    assert client_of(member).get(address).status_code == 404
    with pytest.raises(CannotImport, match="empty"):
        hold_notes(group=group, data=b"", name="a.md", by=member, now=NOON)
