"""Two people, or two tabs, save one note."""

import html
import random
import re
import shutil
import subprocess
import threading
from collections import Counter

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derivations import merging
from derivations.actions import CannotSave, SavedMeanwhile, create_note, restore_revision, save_note
from derivations.merging import Agreed, Clash, LineKind, compare, merge_parts, together
from derivations.models import Note
from derivations.views.conflicts import fingerprint
from mathtext.v8 import ScriptNotFound, Scripts, Stopped, find_script
from tests.conftest import NOON
from tests.factories import GroupFactory, MembershipFactory


def merge(base, mine, theirs):
    return together(merge_parts(base, mine, theirs))


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
    assert "Both changed the same lines" in page
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


# V8 starts with the first text, and the machine may be busy.
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow])
LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "", "d\n", "e"]), max_size=8).map("".join)


@UNHURRIED
@given(LINES, LINES, LINES)
def test_taking_one_side_everywhere_gives_that_text_with_what_only_the_other_changed(base, mine, theirs):
    parts = merge_parts(base, mine, theirs)
    if not any(isinstance(part, Clash) for part in parts):
        assert merge(base, mine, theirs) == "".join(part.text for part in parts)
    for mirrored, part in zip(merge_parts(base, theirs, mine), parts, strict=True):
        if isinstance(part, Clash):
            assert (mirrored.mine, mirrored.theirs) == (part.theirs, part.mine)
            assert part.mine != part.theirs
            assert part.mine in mine
            assert part.theirs in theirs
            assert part.mine in part.both
            assert part.both.endswith(part.theirs)
        else:
            assert mirrored == part


def changed_lines(seed, size):
    """Lines that are all different, with some changed, some taken out, some put in."""
    choice = random.Random(seed)
    return "".join(
        choice.choice([f"line {n}\n"] * 6 + [f"line {n} of {seed}\n", "", f"line {n}\nnew of {seed} at {n}\n"])
        for n in range(size)
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="git is what this is held against")
@pytest.mark.parametrize("seed", range(25))
def test_a_merge_is_what_git_would_make_of_it(tmp_path, seed):
    base = "".join(f"line {n}\n" for n in range(12))
    texts = {"mine": changed_lines(seed, 12), "base": base, "theirs": changed_lines(seed + 1000, 12)}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    git = subprocess.run(
        ["git", "merge-file", "-p", "mine", "base", "theirs"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    merged = merge(base, texts["mine"], texts["theirs"])
    if git.returncode == 0:
        assert merged == git.stdout
    else:
        assert merged is None


WORDS = st.lists(st.sampled_from(["a\n", "b\n", "\n", "\n", "c\n", "d d\n"]), max_size=14).map("".join)


@UNHURRIED
@given(WORDS, WORDS, WORDS)
def test_every_line_that_one_wrote_stands_in_the_merge_or_in_a_place_to_choose(base, mine, theirs):
    parts = merge_parts(base, mine, theirs)
    for whose, text in (("mine", mine), ("theirs", theirs)):
        kept = Counter()
        for part in parts:
            kept.update((part.text if isinstance(part, Agreed) else getattr(part, whose)).splitlines())
        assert Counter(text.splitlines()) - Counter(base.splitlines()) <= kept


@UNHURRIED
@given(WORDS, WORDS)
def test_a_text_merged_with_one_that_nobody_changed_is_that_text(base, mine):
    assert merge(base, mine, base) == merge(base, base, mine) == mine


def test_two_who_change_the_two_ends_of_a_long_note_are_merged_within_the_bound():
    base = "".join(f"Step {n} of the derivation.\n\n" for n in range(2_000))
    mine, theirs = base.replace("Step 3 ", "Mine 3 "), base.replace("Step 1990 ", "Theirs 1990 ")
    assert merge(base, mine, theirs) == mine.replace("Step 1990 ", "Theirs 1990 ")


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        ("\n" * 260_000, "x\n" + "\n" * 250_000, "\n" * 250_000 + "y\n"),
        ("a\n\n" * 80_000, "a\n\nb\n\n" * 40_000, "b\n\na\n\n" * 40_000),
        ("a\nb\n" * 60_000, "b\na\n" * 60_000, "b\nb\na\n" * 40_000),
        ("constructor\n__proto__\n", "__proto__\n\ud800\n", "constructor\n\u2028\x85"),
    ],
)
def test_a_text_made_to_be_slow_ends_in_a_choice_that_has_both_whole(base, mine, theirs, ends):
    with ends():
        parts = merge_parts(base, mine, theirs)
    assert any(isinstance(part, Clash) for part in parts)
    for whose, text in (("mine", mine), ("theirs", theirs)):
        assert "".join(part.text if isinstance(part, Agreed) else getattr(part, whose) for part in parts) == text


@pytest.mark.parametrize(
    "broken",
    [
        Scripts(lambda: ["function regions() { for (;;); }"]),
        Scripts(lambda: ["function regions() { throw new Error('no'); }"]),
        Scripts(lambda: [find_script(["nowhere/diff3.js"]).read_text()]),
    ],
)
def test_where_the_merge_fails_both_texts_are_shown_whole_and_the_next_is_merged(monkeypatch, broken, caplog):
    monkeypatch.setattr(merging, "MERGE_SECONDS", 0.05)
    monkeypatch.setattr(merging, "_v8", broken)
    mine, theirs = BASE.replace("one", "ONE"), BASE.replace("four", "FOUR")
    assert merge_parts(BASE, mine, theirs) == [Clash(BASE, mine, theirs)]
    assert "both are shown whole" in caplog.text
    monkeypatch.undo()
    assert merge(BASE, mine, theirs) == mine.replace("four", "FOUR")


FOREVER = Scripts(lambda: ["function f() { for (;;); }"])  # kept: V8 may still answer a call that was given up


def test_what_stops_a_script_says_so():
    with pytest.raises(Stopped):
        FOREVER.call("f", "", seconds=0.05, memory_bytes=1 << 27)
    with pytest.raises(ScriptNotFound, match=r"`npm ci && npm run build`"):
        find_script(["nowhere/diff3.js"])


# A conflict, place by place -------------------------------------------------------------------------------------------

OPENED = "one\n\ntwo\n\nthree\n\nfour\n\nfive\n"
MINE = "one\n\ntwo by Ben\n\nthree\n\nfour by Ben\n\nfive\n\nsix by Ben\n"
THEIRS = "zero by Ana\n\none\n\ntwo by Ana\n\nthree\n\nfour by Ana\n\nfive\n"


@pytest.fixture
def clashing(group, member, organiser):
    note = create_note(group=group, by=member, title="Softmax", body=OPENED, now=NOON)
    save_note(note=note, by=organiser, base=1, title="Softmax", body=THEIRS, now=NOON)
    return note


def choose(client, note, *, how="save", body=MINE, base=2, title="Softmax", **choices):
    shown = merge_parts(OPENED, body, note.revisions.get(number=base).body)
    data = {
        "choose": how,
        "opened": 1,
        "places": fingerprint(shown),
        "base": base,
        "title": title,
        "body": body.replace("\n", "\r\n"),
        "message": "M",
    }
    return client.post(edit(note), {**data, **{name.replace("_", "-"): value for name, value in choices.items()}})


def test_each_place_that_clashes_is_asked_about_by_itself(client_of, member, clashing):
    page = save(client_of(member), clashing, base=1, body=MINE).text
    assert "Place 1 of 2" in page
    assert "Place 2 of 2" in page
    assert re.findall(r'name="(choice-\d)" value="(\w+)"', page) == [
        (f"choice-{n}", which) for n in (1, 2) for which in ("mine", "theirs", "both")
    ]
    assert " checked" not in page.split("Save what I chose")[0].split("note-conflict")[1]
    assert re.search(r'name="opened" value="1"', page)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("mine", "theirs", ("two by Ben\n", "four by Ana\n")),
        ("theirs", "mine", ("two by Ana\n", "four by Ben\n")),
        ("both", "mine", ("two by Ben\ntwo by Ana\n", "four by Ben\n")),
    ],
)
def test_what_was_chosen_is_saved_with_what_only_one_changed(client_of, member, clashing, first, second, expected):
    assert choose(client_of(member), clashing, choice_1=first, choice_2=second).status_code == 302
    clashing.refresh_from_db()
    two, four = expected
    assert clashing.body == f"zero by Ana\n\none\n\n{two}\nthree\n\n{four}\nfive\n\nsix by Ben\n"
    assert clashing.revisions.first().message == "M"


def test_a_place_without_a_choice_is_named_and_nothing_is_lost(client_of, member, clashing):
    response = choose(client_of(member), clashing, choice_2="both")
    page = html.unescape(response.text)
    assert response.status_code == 422
    assert 'Choose what stays at place <a href="#clash-1">1</a>' in page
    assert re.search(r'name="choice-2" value="both" checked', page)
    assert "two by Ben" in page
    assert "six by Ben" in page
    clashing.refresh_from_db()
    assert clashing.number == 2


def test_one_who_saved_in_another_tab_is_not_told_of_someone_else(client_of, member, note):
    save(client_of(member), note, base=1, body=BASE.replace("two", "two there"))
    page = html.unescape(save(client_of(member), note, base=1, body=BASE.replace("two", "two here")).text)
    assert "You saved revision 2 while you were writing here, in another tab or on another device." in page
    assert "Save this text over the other" in page
    assert "The other text" in page
    assert not re.search(r"\b([Tt]heirs?|Mine)\b", re.sub(r"<[^>]*>", " ", page))


def test_one_goes_on_writing_with_what_was_chosen(client_of, member, clashing):
    response = choose(client_of(member), clashing, how="edit", choice_1="both", choice_2="mine")
    assert response.status_code == 200
    assert "two by Ben\ntwo by Ana" in response.text
    assert "note-conflict" not in response.text
    assert re.search(r'name="base" value="2"', response.text)
    clashing.refresh_from_db()
    assert clashing.number == 2


def test_a_third_save_meanwhile_is_a_conflict_again_with_what_was_chosen(client_of, member, organiser, clashing):
    save_note(note=clashing, by=organiser, base=2, title="Softmax", body=THEIRS.replace("four", "vier"), now=NOON)
    response = choose(client_of(member), clashing, choice_1="mine", choice_2="mine")
    page = html.unescape(response.text)
    assert response.status_code == 409
    assert "saved revision 3 while you were writing" in page
    assert "vier by Ana" in page
    assert "four by Ben" in page


def test_choices_about_other_places_than_there_are_are_asked_for_again(client_of, member, clashing, monkeypatch):
    client = client_of(member)
    with monkeypatch.context() as during:
        during.setattr(merging, "_v8", Scripts(lambda: ["function regions() { throw new Error('no'); }"]))
        page = html.unescape(save(client, clashing, base=1, body=MINE).text)
    assert "Place 1 of 1" in page
    assert "could not be laid together line by line" in page
    places = re.search(r'name="places" value="(\w+)"', page).group(1)
    data = {"choose": "save", "opened": 1, "base": 2, "title": "Softmax", "body": MINE, "message": ""}
    response = client.post(edit(clashing), {**data, "places": places, "choice-1": "mine", "choice-2": "mine"})
    assert response.status_code == 422
    assert "Place 1 of 2" in response.text
    assert " checked" not in response.text.split("Save what I chose")[0].split("note-conflict")[1]
    clashing.refresh_from_db()
    assert clashing.number == 2


def test_what_could_be_merged_after_all_is_offered_together(client_of, member, organiser, note, monkeypatch):
    save(client_of(organiser), note, base=1, body=BASE.replace("one", "ONE"))
    client, mine = client_of(member), BASE.replace("four", "FOUR")
    data = {"choose": "save", "opened": 1, "base": 2, "title": "Softmax", "body": mine, "message": ""}
    with monkeypatch.context() as during:
        during.setattr(merging, "_v8", Scripts(lambda: ["function regions() { throw new Error('no'); }"]))
        page = save(client, note, base=1, body=mine).text
        places = re.search(r'name="places" value="(\w+)"', page).group(1)
        chosen = client.post(edit(note), {**data, "places": places, "choose": "edit", "choice-1": "both"})
        assert chosen.status_code == 200
    response = client.post(edit(note), {**data, "places": places, "choice-1": "mine"})
    assert response.status_code == 422
    assert "Save both together" in response.text


@pytest.mark.parametrize(("opened", "base"), [("", ""), ("99", "2"), ("x", "9" * 30)])
def test_choices_on_revisions_that_never_were_overwrite_nothing(client_of, member, clashing, opened, base):
    data = {"choose": "save", "opened": opened, "base": base, "title": "Softmax", "body": MINE, "choice-1": "mine"}
    assert client_of(member).post(edit(clashing), data).status_code in (400, 409)
    clashing.refresh_from_db()
    assert clashing.revisions.get(number=2).body == THEIRS


def test_a_title_that_only_they_changed_stays_theirs(client_of, member, organiser, note):
    save(client_of(organiser), note, base=1, body=BASE, title="Softmax and its gradient")
    page = save(client_of(member), note, base=1, body=BASE + "five\n").text
    assert 'name="title" value="Softmax"' not in page
    assert page.count('value="Softmax and its gradient"') == 2


def test_two_new_titles_are_chosen_between(client_of, member, organiser, clashing):
    save_note(note=clashing, by=organiser, base=2, title="Theirs", body=THEIRS, now=NOON)
    client = client_of(member)
    assert 'name="title-choice" value="theirs"' in save(client, clashing, base=1, body=MINE, title="Mine").text
    answers = {"choice_1": "mine", "choice_2": "mine", "title_choice": "theirs"}
    assert choose(client, clashing, base=3, title="Mine", **answers).status_code == 302
    clashing.refresh_from_db()
    assert clashing.title == "Theirs"
