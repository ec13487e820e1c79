"""Notes are found by their words, in the same way on each database, whoever saved them."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from derivations.actions import create_note, hold_notes, make_notes, restore_revision, save_note
from derivations.models import Note, NoteWords
from derivations.words import looked_for, words_of
from readings.models import folded
from studygroup.demo import make_demo
from tests.conftest import NOON
from tests.factories import NoteFactory

BODY = "Let $\\Sigma^{-1}$ be the précision of Schrödinger's “kernel” (log-determinant).\n\n$$a_i = \\lambda b_i$$\n"


@pytest.fixture
def note(group):
    return NoteFactory(group=group, title="Straße to Ridge", body=BODY)


def found(words):
    return list(Note.objects.matching(words).order_by("pk"))


@pytest.mark.parametrize(
    "words",
    [
        "ridge",  # in the title
        "RIDGE precision",  # title and text, without case and accent
        "PRÉCISION",
        "schrodinger's",
        "Schrödinger",  # the beginning of a word
        "determin",  # the inside of one
        "STRASSE",
        '"kernel"',
        "“kernel” ridge",
        "“kernel",
        "\\sigma^{-1}",
        "a_i = b_i",
        "   ridge \t precision  ",
        "lambda\0",
    ],
)
def test_a_note_is_found_by(note, words):
    assert found(words) == [note]


@pytest.mark.parametrize("words", ["hessian", "ridge hessian", "ridgekernel", "%", "_i_", "\\sigma^{-2}", "precise"])
def test_a_note_is_not_found_by(note, words):
    assert found(words) == []


def test_only_the_first_eight_words_are_asked_for(note):
    assert found("let be the of to ridge a_i b_i hessian") == [note]


@given(st.text(max_size=60), st.text(max_size=60))
def test_each_part_of_a_word_of_the_text_stands_in_the_words_kept_of_it(title, body):
    kept = words_of(title, body)
    for word in folded(f"{title} {body}").split():
        for start in range(len(word)):
            assert word[start : start + 3] in kept
    for word in looked_for(body):
        assert (word in kept) == (word in folded(f"{title} {body}"))


def test_what_is_saved_is_found_and_what_it_was_before_is_not(member, group):
    note = create_note(group=group, by=member, title="First", body="On the hessian.", now=NOON)
    assert (found("first hessian"), found("second")) == ([note], [])
    save_note(note=note, by=member, base=1, title="Second", body="On the gradient.", now=NOON)
    assert (found("second gradient"), found("first"), found("hessian")) == ([note], [], [])
    restore_revision(note=note, number=1, by=member, now=NOON)
    assert (found("first hessian"), found("gradient")) == ([note], [])


def test_imported_notes_are_found(member, group):
    held, _ = hold_notes(group=group, data=b"# Lemma\n\nAbout eigenvalues.\n", name="one.md", by=member, now=NOON)
    (note,) = make_notes(held=held, places=[0], by=member, now=NOON).notes
    assert found("lemma eigenvalues") == [note]


def test_a_note_that_comes_back_from_a_backup_is_found(note):
    kept = serializers.serialize("json", [note])
    Note.objects.filter(pk=note.pk).delete()
    assert found("ridge") == []
    for back in serializers.deserialize("json", kept):
        back.save()
    assert found("ridge precision") == [note]


def test_a_save_of_something_else_leaves_the_words_alone(note, django_assert_num_queries):
    with django_assert_num_queries(1):
        Note(pk=note.pk, group=note.group, talk={}).save(update_fields=["talk"])
    assert found("ridge") == [note]


def test_what_was_written_around_save_is_found_once_the_notes_are_drawn_anew(group):
    Note.objects.bulk_create([Note(group=group, title="In bulk", body="hessian", body_html="")])
    Note.objects.filter(title="In bulk").update(body="gradient")
    call_command("render_notes")
    assert [each.title for each in found("bulk gradient")] == ["In bulk"]
    assert found("hessian") == []


def test_the_migration_gives_the_notes_that_are_there_the_same_words(note):
    NoteFactory.create_batch(3, group=note.group)
    before = dict(NoteWords.objects.values_list("pk", "words"))
    NoteWords.objects.exclude(pk=note.pk).delete()
    migration = import_module("derivations.migrations.0015_words_of_notes")
    migration.BATCH = 2
    migration.keep_words(apps, None)
    assert dict(NoteWords.objects.values_list("pk", "words")) == before


def test_the_demo_s_notes_are_found(db):
    make_demo(now=NOON)
    assert found("softmax cross-entropy gradient")
    assert NoteWords.objects.count() == Note.objects.count()
