"""The ledger: which letter means what in which note, and where notes do not agree."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.actions import create_note, run_check, save_macros, save_note
from derivations.models import Check, Symbol
from derivations.symbols import Use, clashes_of, find_places, keep_symbols, ledger_of
from tests.conftest import NOON
from tests.factories import NoteFactory


def checked(group, member, title, body):
    note = create_note(group=group, by=member, title=title, body=body, now=NOON)
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    return note


def use(**changed):
    plain = {"note_title": "A", "kind": "vector", "shape": "n", "properties": (), "meaning": ""}
    return Use(**{**plain, **changed})


def test_a_checked_note_tells_its_letters(client_of, member, group):
    body = (
        "Let $w \\in \\mathbb{R}^{1 \\times d}$ and let $S \\succ 0$ with $S \\in \\mathbb{R}^{d \\times d}$.\n\n"
        "$$q := w S w^\\top$$\n\n$$q = w S w^\\top$$\n"
    )
    checked(group, member, "Rows", body)
    found = ledger_of(group)
    find_places(found, group)
    letters = {letter.name: letter.uses[0] for letter in found}
    assert letters["w"].words == "row vector"
    assert (letters["S"].kind, letters["S"].shape, letters["S"].places[0].line) == ("matrix", "d by d", 1)
    assert "q := w S w^\\top" in letters["q"].meaning
    page = client_of(member).get(reverse("derivations:symbols", args=[group.slug])).text
    assert "Rows, line 1</a>" in page
    assert "#line-3" in page


def test_a_row_here_and_a_column_there_is_said(member, group):
    checked(group, member, "Rows", "Let $w \\in \\mathbb{R}^{1 \\times d}$. $$w w^\\top \\ge 0$$")
    checked(group, member, "Columns", "Let $w \\in \\mathbb{R}^d$. $$w^\\top w \\ge 0$$")
    (letter,) = [each for each in ledger_of(group, only_clashes=True) if each.name == "w"]
    assert letter.clashes == ["A row vector in “Rows”, a column vector in “Columns”."]


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"shape": "d", "note_title": "B"}, "As a column vector its sizes have other letters: n in “A”; d in “B”."),
        ({"kind": "number", "shape": "", "note_title": "B"}, "A column vector in “A”; a number in “B”."),
        ({"kind": "index", "shape": "", "note_title": "B"}, "A column vector in “A”; a whole number in “B”."),
    ],
)
def test_what_does_not_agree_is_said_in_words(others, words):
    assert clashes_of([use(), use(**others)]) == [words]


def test_a_definition_is_shown_with_the_groups_macros(client_of, member, group):
    save_macros(group=group, by=member, base=0, text="\\newcommand{\\sq}[1]{#1^2}\n", now=NOON)
    checked(group, member, "Squares", "Let $x \\in \\mathbb{R}$. $$q := \\sq{x}$$ $$q = x x$$")
    (letter,) = [each for each in ledger_of(group) if each.name == "q"]
    assert "is not a command" not in letter.uses[0].meaning_html


def test_what_agrees_is_no_clash():
    assert clashes_of([use(), use(note_title="B", properties=("unit",))]) == []
    assert clashes_of([use(meaning="f = x^2"), use(meaning="f=x^{2} .")]) == []


def test_two_definitions_of_one_letter_clash():
    assert clashes_of([use(meaning="f = x^2"), use(meaning="f = x^3", note_title="B")]) == [
        "It is defined in different ways in “A” and “B”."
    ]


def test_the_latest_check_of_a_note_is_what_stands(member, group):
    note = checked(group, member, "One", "Let $x \\in \\mathbb{R}$. $$x = x$$")
    saved = save_note(note=note, by=member, base=1, title="One", body="Let $y \\in \\mathbb{R}$. $$y = y$$", now=NOON)
    run_check(check_id=Check.objects.get(revision__note=saved.note, revision__number=2).pk, now=NOON)
    assert [letter.name for letter in ledger_of(group)] == ["y"]


def test_one_note_has_one_row_a_letter(group):
    note = NoteFactory(group=group)
    Symbol.objects.create(note=note, name="x", kind="number", line=1)
    with pytest.raises(IntegrityError):
        Symbol.objects.create(note=note, name="x", kind="vector", line=2)


def fill(group, notes):
    for n in range(notes):
        note = NoteFactory(group=group, title=f"Note {n}")
        keep_symbols(
            note,
            {
                "givens": [
                    {"name": f"x_{n}", "kind": "vector", "shape": "n", "properties": [], "line": 1},
                    {
                        "name": "A",
                        "kind": "matrix",
                        "shape": f"n by {'mn'[n % 2]}",
                        "properties": ["symmetric"],
                        "line": 2,
                    },
                ],
                "definitions": [],
            },
        )


def test_the_ledger_costs_the_same_with_one_note_and_with_thirty(client_of, member, group):
    client, url = client_of(member), reverse("derivations:symbols", args=[group.slug])
    counts = []
    for notes in (1, 29):
        fill(group, notes)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_letters_are_found_by_name_and_by_what_they_are(client_of, member, group):
    fill(group, 2)
    assert [letter.name for letter in ledger_of(group, words="$A$")] == ["A"]
    assert [letter.name for letter in ledger_of(group, words="symmetric matrix")] == ["A"]
    assert ledger_of(group, sort="notes")[0].name == "A"
    url = reverse("derivations:symbols", args=[group.slug])
    assert "No letter matches." in client_of(member).get(url, {"q": "zebra"}).text
    assert "<html" not in client_of(member).get(url, headers={"HX-Request": "true"}).text


def test_a_deleted_note_and_another_groups_note_are_left_out(group):
    gone = NoteFactory(group=group, deleted_at=NOON)
    other = NoteFactory()
    for note in (gone, other):
        Symbol.objects.create(note=note, name="x", kind="number", line=1)
    assert ledger_of(group) == []


def test_notes_that_agree_share_a_line_and_only_some_are_named(client_of, member, group):
    for n in range(9):
        keep_symbols(
            NoteFactory(group=group, title=f"Note {n}"),
            {"givens": [{"name": "x", "kind": "vector", "shape": "n", "properties": [], "line": n + 1}]}
            | {"definitions": [{"name": f"y_{n}", "latex": "y = x", "line": 1}]},
        )
    url = reverse("derivations:symbols", args=[group.slug])
    page = client_of(member).get(url).text
    assert "Note 4, line 5" in page
    assert "Note 5, line 6" not in page
    assert "and 4 more" in page
    assert "Note 8, line 9" in client_of(member).get(url, {"q": "x"}).text
