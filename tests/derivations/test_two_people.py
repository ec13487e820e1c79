"""Two people, or two tabs, save one note."""

import html
import re
import threading

import pytest
from django.db import connection
from django.urls import reverse

from derivations.actions import CannotSave, SavedMeanwhile, create_note, restore_revision, save_note
from derivations.merging import LineKind, compare, merge
from derivations.models import Note
from tests.conftest import NOON
from tests.factories import GroupFactory, MembershipFactory

BASE = "one\n\ntwo\n\nthree\n\nfour\n"


@pytest.fixture
def note(group, member):
    return create_note(group=group, by=member, title="Softmax", body=BASE, now=NOON)


def edit(note):
    return reverse("derivations:edit", args=[note.group.slug, note.pk])


def save(client, note, *, base, body, title="Softmax", message=""):
    return client.post(edit(note), {"title": title, "body": body, "message": message, "base": base})


def test_a_save_makes_a_revision_with_its_message(client_of, member, note):
    save(client_of(member), note, base=1, body=BASE + "five\n", message="Add five")
    note.refresh_from_db()
    assert note.number == 2
    assert [(r.number, r.message) for r in note.revisions.all()] == [(2, "Add five"), (1, "")]


def test_saving_nothing_new_makes_no_revision(client_of, member, note):
    response = save(client_of(member), note, base=1, body=BASE.replace("\n", "\r\n"))
    assert response.status_code == 302
    note.refresh_from_db()
    assert note.number == 1


def test_the_second_to_save_is_shown_both_texts_and_loses_nothing(client_of, member, organiser, note):
    save(client_of(organiser), note, base=1, body=BASE.replace("two", "two by Ana"), message="Mend two")
    response = save(client_of(member), note, base=1, body=BASE.replace("two", "two by Ben"), title="Mine")
    page = html.unescape(response.text)
    assert response.status_code == 409
    assert "Ana Organiser saved revision 2 while you were writing" in page
    assert "two by Ben" in page
    assert "two by Ana" in page
    assert "You both changed the same lines" in page
    assert 'value="Mine"' in page
    assert re.search(r'name="base" value="2"', page)
    note.refresh_from_db()
    assert (note.number, note.body) == (2, BASE.replace("two", "two by Ana"))


def test_saving_again_after_seeing_both_keeps_theirs_in_the_history(client_of, member, organiser, note):
    save(client_of(organiser), note, base=1, body=BASE.replace("two", "two by Ana"))
    client = client_of(member)
    save(client, note, base=1, body=BASE.replace("two", "two by Ben"))
    save(client, note, base=2, body=BASE.replace("two", "two by Ben"))
    note.refresh_from_db()
    assert note.body == BASE.replace("two", "two by Ben")
    assert note.revisions.get(number=2).body == BASE.replace("two", "two by Ana")


def test_changes_that_do_not_touch_are_offered_together(client_of, member, organiser, note):
    save(client_of(organiser), note, base=1, body=BASE.replace("one", "ONE"))
    client = client_of(member)
    response = save(client, note, base=1, body=BASE.replace("four", "FOUR"))
    assert response.status_code == 409
    together = re.search(r'<textarea name="body" hidden[^>]*>\n(.*?)</textarea>', response.text, re.DOTALL).group(1)
    assert together == BASE.replace("one", "ONE").replace("four", "FOUR")
    assert save(client, note, base=2, body=together).status_code == 302
    note.refresh_from_db()
    assert note.body == together


def test_the_second_tab_of_one_person_is_treated_the_same(client_of, member, note):
    client = client_of(member)
    save(client, note, base=1, body="first tab\n")
    assert save(client, note, base=1, body="second tab\n").status_code == 409


@pytest.mark.parametrize("base", ["", "0", "77", "-3"])
def test_a_form_without_a_known_base_never_overwrites(client_of, member, note, base):
    response = save(client_of(member), note, base=base, body="other\n")
    assert response.status_code == 409
    note.refresh_from_db()
    assert note.body == BASE


def test_a_base_that_is_no_number_is_refused(client_of, member, note):
    assert save(client_of(member), note, base="x", body="other\n").status_code == 422


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_stored_and_one_is_shown_both():
    if connection.vendor == "sqlite":
        pytest.skip(
            "SQLite in memory refuses where it should wait for a lock: this runs with DATABASE_URL on PostgreSQL"
        )
    group = GroupFactory()
    people = [MembershipFactory(group=group).user for _ in range(2)]
    note = create_note(group=group, by=people[0], title="A", body=BASE, now=NOON)
    start, outcomes = threading.Barrier(2), []

    def work(n):
        start.wait()
        try:
            save_note(note=note, by=people[n], base=1, title="A", body=f"{n}\n", now=NOON)
            outcomes.append("stored")
        except SavedMeanwhile:
            outcomes.append("both shown")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["both shown", "stored"]
    assert Note.objects.get().number == 2


def test_a_note_deleted_while_being_edited_says_so(member, note):
    Note.objects.filter(pk=note.pk).update(deleted_at=NOON)
    with pytest.raises(CannotSave, match="deleted meanwhile"):
        save_note(note=note, by=member, base=1, title="A", body="b", now=NOON)
    with pytest.raises(CannotSave, match="not there any more"):
        restore_revision(note=note, number=1, by=member, now=NOON)


def test_an_old_revision_comes_back_as_a_new_one(client_of, member, group, note):
    client = client_of(member)
    save(client, note, base=1, body="new\n", title="New title")
    url = reverse("derivations:restore", args=[group.slug, note.pk, 1])
    client.post(url)
    note.refresh_from_db()
    assert (note.number, note.title, note.body) == (3, "Softmax", BASE)
    assert note.revisions.get(number=3).message == "Restored revision 1"
    assert "reads as in revision 1 already" in client.post(url, follow=True).text
    missing = client.post(reverse("derivations:restore", args=[group.slug, note.pk, 9]), follow=True)
    assert "not there any more" in missing.text


def test_any_two_revisions_are_compared_in_words_and_as_they_look(client_of, member, group, note):
    client = client_of(member)
    save(client, note, base=1, body="one\n\n$$a = b \\label{q}$$\n\ntwo and a half\n")
    save(client, note, base=2, body="one\n\n$$a = c \\label{q}$$\n\ntwo and a half\n", title="Named")
    page = client.get(reverse("derivations:compare", args=[group.slug, note.pk]) + "?old=3&new=2").text
    assert "Revision 2 and 3" in page
    assert "<del>$$a = <strong>b</strong> \\label{q}$$</del>" in page
    assert "<ins>$$a = <strong>c</strong> \\label{q}$$</ins>" in page
    assert 'id="old-eq-q"' in page
    assert 'id="new-eq-q"' in page
    assert "<ins>Named</ins>" in page
    same = client.get(reverse("derivations:compare", args=[group.slug, note.pk]) + "?old=2&new=2").text
    assert "The text is the same in both." in same
    for query in ("?old=1&new=99", "?old=x", "?old=-1", "?new=99999999999"):
        assert client.get(reverse("derivations:compare", args=[group.slug, note.pk]) + query).status_code == 404


def test_the_history_lists_who_changed_what(client_of, member, group, note):
    client = client_of(member)
    save(client, note, base=1, body="x\n", message="Shorten")
    page = client.get(reverse("derivations:history", args=[group.slug, note.pk])).text
    assert "Shorten" in page
    assert "First text" in page
    old = client.get(reverse("derivations:revision", args=[group.slug, note.pk, 1])).text
    assert "<p data-line" in old
    assert "Restore revision 1" in old


@pytest.mark.parametrize(
    ("mine", "theirs", "together"),
    [
        ("A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n"),
        ("a\nb\nc\nd\ne\n", "Z\na\nb\nc\nd\n", "Z\na\nb\nc\nd\ne\n"),
        ("a\nb\nd\n", "X\nb\nc\nd\n", "X\nb\nd\n"),
        ("a\nc\nd\n", "a\nb\nX\nd\n", None),
        ("A\nb\nc\nd\n", "A\nb\nc\nD\n", "A\nb\nc\nD\n"),
        ("a\nX\nc\nd\n", "a\nY\nc\nd\n", None),
        ("a\nb\nX\nc\nd\n", "a\nb\nY\nc\nd\n", None),
        ("a\nc\nd\n", "a\nb\nc\nd\nz\n", "a\nc\nd\nz\n"),
        ("a\nb\nc\nd\n", "other\n", "other\n"),
        ("mine\n", "a\nb\nc\nd\n", "mine\n"),
        ("", "a\nb\nc\nD\n", None),
        ("same\n", "same\n", "same\n"),
    ],
)
def test_a_merge_keeps_both_changes_or_refuses(mine, theirs, together):
    assert merge("a\nb\nc\nd\n", mine, theirs) == together


def test_a_merge_is_the_same_whoever_comes_second():
    base = "".join(f"line {n}\n" for n in range(50))
    mine, theirs = base.replace("line 3\n", "mine\n"), base.replace("line 40\n", "")
    assert merge(base, mine, theirs) == merge(base, theirs, mine)


def test_a_comparison_skips_what_stayed_and_marks_words():
    old = "".join(f"line {n}\n" for n in range(30))
    new = old.replace("line 15", "line fifteen") + "end\n"
    lines = compare(old, new)
    assert [line.skipped for line in lines if line.kind is LineKind.SKIPPED] == [12, 8]
    removed = next(line for line in lines if line.kind is LineKind.REMOVED)
    assert removed.pieces == (("line ", False), ("15", True))
    assert lines[-1].pieces == (("end", False),)
    assert compare("", "") == []


def test_a_comparison_of_long_texts_is_quick():
    old = "\n".join(f"$x_{n}$ some words here\n" for n in range(4000))
    new = "\n".join(f"$y_{n}$ some other words\n" for n in range(4000))
    assert len(compare(old, new)) > 4000
