"""The demo notes read without a problem and cite only what is there."""

import tomllib

import pytest
from django.core.management import call_command

from derivations.addresses import text_of
from derivations.demo import _read, demo_notes
from derivations.macros import STARTERS
from derivations.rendering import markdownify, render_note
from stepcheck import check, read_macros
from studygroup.demo import DATA
from tests.factories import NoteFactory


def test_there_are_seven_and_each_status_is_among_them():
    notes = demo_notes()
    assert [note.key for note in notes] == [
        "adam-bias-correction", "attention-scaling", "gaussian-kl", "least-squares-and-ridge", "log-determinant",
        "projection", "softmax-cross-entropy",
    ]  # fmt: skip
    assert {note.status for note in notes} == {"draft", "in-review", "reviewed", "changed"}


@pytest.mark.parametrize("note", demo_notes(), ids=lambda note: note.key)
def test_a_demo_note_is_drawn_without_a_problem(note):
    rendered = render_note(note.body)
    assert rendered.problems == ()
    assert len(rendered.equations) >= 4
    assert markdownify(note.body) == rendered.html


def test_a_demo_note_with_a_broken_head_is_named():
    with pytest.raises(ValueError, match="needs a head with title and status"):
        _read("odd.md", "---\ntitle: A\n---\nbody")


def test_render_notes_draws_every_note_anew(db, capsys):
    note = NoteFactory(body="$x$", body_html="<p>old</p>")
    call_command("render_notes")
    note.refresh_from_db()
    assert note.body_html == render_note("$x$").html
    assert note.revisions.count() == 1
    assert "1 notes drawn anew." in capsys.readouterr().out


VERDICTS = {
    "adam-bias-correction": (5, 0, 0),
    "attention-scaling": (11, 0, 0),
    "gaussian-kl": (7, 0, 1),
    "least-squares-and-ridge": (11, 0, 0),
    "log-determinant": (6, 1, 0),
    "projection": (6, 0, 0),
    "softmax-cross-entropy": (11, 0, 0),
}


@pytest.mark.parametrize("note", demo_notes(), ids=lambda note: note.key)
def test_the_checker_says_of_a_demo_note_what_its_review_says(note):
    """Real verdicts: one note has a slip, its reviewer found it too, and little is left unchecked."""
    report = check(note.body, macros=read_macros(STARTERS))
    verdicts = [step.verdict for step in report.steps]
    assert tuple(map(verdicts.count, ("holds", "fails", "unchecked"))) == VERDICTS[note.key]
    assert bool(note.objection) == ("fails" in verdicts)
    if note.objection:
        assert f"Step {verdicts.index('fails') + 1} " in note.objection
    said_at = tomllib.loads(DATA.read_text(encoding="utf-8"))["steps"].get(note.key, {})
    found = {number: text_of(report.steps[int(number) - 1].latex) for number in said_at}
    assert found == {number: text_of(latex) for number, latex in said_at.items()}
