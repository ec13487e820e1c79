"""Two revisions as they look, side by side: what changed, what stayed, and what became of the verdicts."""

import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from derivations.actions import create_note, run_check, save_note
from derivations.comparing import MoveKind, RowKind, _in_order, compare_notes
from derivations.models import Check
from tests.conftest import NOON

RIGHT = """Let $A \\in \\mathbb{R}^{n \\times n}$ be symmetric and $x \\in \\mathbb{R}^n$.

$$
\\nabla_x \\left( x^\\top A x \\right) = 2 A x
$$

The factor comes from both places in which $x$ stands.

$$
x^\\top A x = \\operatorname{tr}(A x x^\\top)
$$
"""
TABLE = "| a |\n| - |\n| 1 |\n"
WRONG = RIGHT.replace("= 2 A x", "= A x")


def report(*verdicts, lines=(), latex=()):
    steps = [
        {
            "index": n, "line": lines[n] if lines else 1, "latex": latex[n] if latex else f"x_{n} = y", "relation": "=",
            "verdict": verdict, "evidence": "", "reason": "because", "counterexample": None, "span": [0, 1],
            "sign": None,
        }
        for n, verdict in enumerate(verdicts)
    ]  # fmt: skip
    return {"steps": steps}


def kinds(comparison):
    return [row.kind.value for part in comparison.parts for row in part.rows]


def of_texts(old, new):
    return compare_notes(old, new, old_report=None, new_report=None)


def test_what_stayed_is_folded_and_what_changed_stands_side_by_side():
    found = of_texts("a one\n\nb two\n\nc three\n\nd four\n", "a one\n\nb two\n\nc other three\n\nd four\n")
    assert [(part.number, len(part.rows)) for part in found.parts] == [(None, 2), (1, 1), (None, 1)]
    row = found.parts[1].row
    assert (row.kind, row.old.source, row.new.source) == (RowKind.CHANGED, "c three", "c other three")
    assert '<p data-line="5">c other three</p>' in row.new.html


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a b c\n\nd e f\n", "a b c\n\nnew words here\n\nd e f\n", ["same", "added", "same"]),
        ("a b c\n\nold words here\n\nd e f\n", "a b c\n\nd e f\n", ["same", "removed", "same"]),
        ("a b c\n\nx y\n", "a b c\n\nq r\n", ["same", "changed"]),
        ("a  b\nc\n", "a b c\n", ["same"]),
        ("", "a\n", ["added"]),
        ("# H\n\n- one\n- two\n\n" + TABLE, "# H\n\n- one\n- three\n\n" + TABLE, ["same", "changed", "same"]),
        ("a[^1]\n\n[^1]: foot\n", "a[^1]\n\n[^1]: other\n", ["changed", "changed"]),
        ("---\n\n```\n$x$\n```\n\n$$\nx\n$$\n", "---\n\n```\n$y$\n```\n\n$$\nx\n$$\n", ["same", "changed", "same"]),
        ("first\n\nsecond\n", "second\n\nfirst\n", ["added", "same", "removed"]),
    ],
)  # fmt: skip
def test_blocks_are_told_apart_by_what_was_typed(old, new, expected):
    assert kinds(of_texts(old, new)) in (expected, expected[::-1])


texts = st.lists(
    st.sampled_from(["one two", "$$x = y$$", "- a\n- b", "# H", "three", "> q\n>\n> r", "***"]), max_size=7
)


@given(texts, texts)
def test_each_block_of_both_sides_shows_exactly_once_and_in_its_order(old, new):
    old, new = "\n\n".join(old), "\n\n".join(new)
    rows = [row for part in of_texts(old, new).parts for row in part.rows]
    for text, side in ((old, "old"), (new, "new")):
        shown = [getattr(row, side).source for row in rows if getattr(row, side) is not None]
        assert "".join("".join(shown).split()) == "".join(text.split())


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9)))
def test_pairs_that_are_kept_do_not_cross(pairs):
    kept = sorted(_in_order(pairs).items())
    assert all(one[1] < other[1] for one, other in pairwise(kept))
    assert all(pairs[before] == after for before, after in kept)


def test_a_verdict_that_moved_shows_although_its_text_stayed():
    body = "Given.\n\n$$\nx = y\n$$\n"
    found = compare_notes(
        body.replace("Given", "Said"),
        body,
        old_report=report("fails", lines=[3]),
        new_report=report("holds", lines=[3]),
    )
    assert kinds(found) == ["changed", "verdict"]
    move = found.parts[1].row.moves[0]
    assert (move.old_number, move.new_number, move.old_verdict, move.new_verdict) == (1, 1, "fails", "holds")
    assert found.moved == [move]
    assert (found.changed, found.added, found.removed) == (0, 0, 0)


def test_steps_are_followed_when_others_come_before_them():
    old = report("unchecked", "holds", lines=[1, 3], latex=["a = b", "p = q"])
    new = report("holds", "holds", "fails", lines=[1, 3, 5], latex=["r = s + t", "a = b", "p = q"])
    found = compare_notes("$$a$$\n\n$$p$$", "$$r$$\n\n$$a$$\n\n$$p$$", old_report=old, new_report=new)
    told = [(m.kind, m.old_number, m.new_number, m.old_verdict, m.new_verdict) for m in found.moves]
    assert told == [
        (MoveKind.ADDED, None, 1, "", "holds"),
        (MoveKind.SAME, 1, 2, "unchecked", "holds"),
        (MoveKind.SAME, 2, 3, "holds", "fails"),
    ]
    assert all(move.is_renumbered for move in found.moves[1:])


def test_a_step_that_is_gone_is_told_where_it_stood():
    old, new = report("fails", "holds", lines=[1, 3]), report("holds", lines=[1], latex=["x_1 = y"])
    found = compare_notes("$$x_0 = y$$\n\n$$x_1 = y$$", "$$x_1 = y$$", old_report=old, new_report=new)
    assert [(m.kind.value, m.old_number) for m in found.moves] == [("removed", 1), ("same", 2)]
    assert kinds(found) == ["removed", "same"]
    assert [m.kind.value for m in found.parts[0].row.moves] == ["removed"]


def test_long_texts_are_compared_in_little_time():
    old = "\n\n".join(f"line {n} of many" for n in range(700))
    new = old.replace("line 300 of", "line three hundred of").replace("line 500 of many\n\n", "")
    assert [kind for kind in kinds(of_texts(old, new)) if kind != "same"] == ["changed", "removed"]


# The pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def note(group, member):
    note = create_note(group=group, by=member, title="Quadratic form", body=WRONG, now=NOON)
    return save_note(note=note, by=member, base=1, title="Quadratic form", body=RIGHT, now=NOON).note


@pytest.fixture
def checked(note):
    for check in Check.objects.all():
        run_check(check_id=check.pk, now=NOON)
    return note


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def words(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_page_says_how_the_verdicts_moved_and_shows_both_sides(client_of, observer, group, checked):
    page = client_of(observer).get(at("compare", group, checked.pk)).text
    said = words(page)
    assert "1 step changed." in said
    assert re.search(r"Step 1 : ✕ fails → then ✓ holds", said)
    assert "Steps that hold: 1 → 2. Fail: 1 → 0. Unchecked: 0 → 0." in said
    assert 'id="old-verdict-1"' in page
    assert 'id="new-verdict-1"' in page
    assert "2 unchecked" not in said
    assert said.count("unchanged paragraph") == 2
    assert "Restore revision 1" not in said
    assert len(re.findall(r' id="([^"]+)"', page)) == len(set(re.findall(r' id="([^"]+)"', page)))


def test_no_check_is_made_to_compare(client_of, member, group, note):
    said = words(client_of(member).get(at("compare", group, note.pk)).text)
    assert "Revision 1 is being checked" in said
    assert set(Check.objects.values_list("state", flat=True)) == {"waiting"}
    Check.objects.filter(revision__number=1).update(state="stopped", finished_at=NOON, reason="It took too long.")
    Check.objects.filter(revision__number=2).delete()
    said = words(client_of(member).get(at("compare", group, note.pk)).text)
    assert "Revision 1 has no verdicts: It took too long." in said
    assert "Revision 2 was saved before steps were checked" in said


def test_the_source_is_a_view_of_its_own_reached_by_a_link(client_of, member, group, note):
    client = client_of(member)
    page = client.get(at("compare", group, note.pk)).text
    assert "?old=1&amp;new=2&amp;view=source" in page
    source = client.get(at("compare", group, note.pk) + "?old=1&new=2&view=source").text
    assert re.search(r"<del>.*</del>", source)
    assert re.search(r"<ins>.*<strong>2 </strong>.*</ins>", source)
    assert "compare-sides" not in source


def test_one_walks_from_change_to_change(client_of, member, group, note):
    save_note(note=note, by=member, base=2, title="Quadratic form", body=RIGHT + "\nDone.\n", now=NOON)
    client = client_of(member)
    first = client.get(at("compare", group, note.pk) + "?old=1&new=2").text
    assert 'rel="next" href="?old=2&amp;new=3"' in first
    assert 'rel="prev"' not in first
    last = client.get(at("compare", group, note.pk)).text
    assert 'rel="prev" href="?old=1&amp;new=2"' in last
    assert 'rel="next"' not in last


def test_the_page_costs_the_same_for_one_step_and_for_many(client_of, member, group, checked):
    long = create_note(group=group, by=member, title="Long", body="\n\n".join([WRONG] * 5), now=NOON)
    save_note(note=long, by=member, base=1, title="Long", body="\n\n".join([RIGHT] * 5), now=NOON)
    client, counts = client_of(member), []
    for note in (checked, checked, long):  # the first visit fills what pages keep
        with CaptureQueriesContext(connection) as queries:
            client.get(at("compare", group, note.pk))
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert counts[1] <= 8


def test_restoring_is_confirmed_with_what_it_changes(client_of, member, group, checked):
    client = client_of(member)
    said = words(client.get(at("restore", group, checked.pk, 1)).text)
    assert "Restore revision 1?" in said
    assert "becomes revision 3" in said
    assert re.search(r"Step 1 : ✓ holds → then ✕ fails", said)
    checked.refresh_from_db()
    assert checked.number == 2
    assert client.post(at("restore", group, checked.pk, 1), {"seen": "2"}).status_code == 302
    checked.refresh_from_db()
    assert (checked.number, checked.body) == (3, WRONG)


def test_what_was_saved_since_is_shown_before_it_is_replaced(client_of, member, group, note):
    save_note(note=note, by=member, base=2, title="Quadratic form", body=RIGHT + "\nDone.\n", now=NOON)
    response = client_of(member).post(at("restore", group, note.pk, 1), {"seen": "2"}, follow=True)
    assert "Revision 3 was saved since you looked" in response.text
    note.refresh_from_db()
    assert note.number == 3


def test_restoring_what_stands_already_changes_nothing(client_of, member, group, note):
    assert "nothing to restore" in client_of(member).get(at("restore", group, note.pk, 2)).text
