"""Every step has an address that survives edits elsewhere."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.actions import ask_again, create_note, run_check, save_note
from derivations.addresses import Addressed, keys_for, text_of, with_keys
from derivations.models import Check
from tests.conftest import NOON
from tests.work import calls_of

STEPS = st.lists(st.sampled_from(["a = b", "= c", "= 2 A x", "\\le c", "x = x"]), max_size=12)
DIFFERENT = st.lists(st.integers(0, 999), max_size=20, unique=True).map(lambda ns: [f"f = {n}" for n in ns])


def named(texts, before=()):
    return [Addressed(key, text) for key, text in zip(keys_for(texts, before), texts, strict=True)]


@given(STEPS, STEPS)
def test_two_steps_never_share_an_address(old, new):
    keys = keys_for(new, named(old))
    assert len(set(keys)) == len(keys) == len(new)


@given(STEPS)
def test_a_save_that_changes_no_step_changes_no_address(steps):
    before = named(steps)
    assert keys_for(steps, before) == [each.key for each in before]


@given(STEPS, STEPS, STEPS, STEPS)
def test_what_stands_before_an_edit_keeps_its_address(head, old, new, tail):
    before = named(head + old + tail)
    assert keys_for(head + new + tail, before)[: len(head)] == [each.key for each in before][: len(head)]


@given(DIFFERENT, st.data())
def test_edits_elsewhere_never_change_an_address(steps, data):
    before = named(steps)
    after, kept, fresh = [], {}, 0
    for place, step in enumerate(steps):
        edit = data.draw(st.sampled_from(["keep", "keep", "remove", "replace", "insert"]))
        if edit in ("replace", "insert"):
            after.append(f"g({fresh}) \\ne \\log h_{{{fresh}}}")  # nothing like any of the others
            fresh += 1
        if edit in ("keep", "insert"):
            kept[len(after)] = before[place].key
            after.append(step)
    keys = keys_for(after, before)
    assert {place: keys[place] for place in kept} == kept


@given(STEPS)
def test_addresses_depend_on_nothing_but_the_steps(steps):
    assert keys_for(steps) == keys_for(steps)


def test_a_changed_step_keeps_its_address_between_its_neighbours():
    before = named(["\\nabla f(x) = (A + A^\\top) x", "= 2 A x", "= 0"])
    after = ["\\nabla f(x) = (A + A^\\top) x", "= A x + A^\\top x", "= 2 B x", "= 0"]
    keys = keys_for(after, before)
    assert [keys[0], keys[2], keys[3]] == [each.key for each in before]
    assert keys[1] not in {each.key for each in before}


def test_a_side_that_is_written_out_is_the_same_step():
    before = named(["\\nabla f(x) = \\tfrac{1}{2} (A + A^\\top) x - b", "= A x - b", "= 0"])
    after = [before[0].text, "= \\tfrac{1}{2} A x + \\tfrac{1}{2} A^\\top x - b", "= 0"]
    assert keys_for(after, before) == [each.key for each in before]
    assert keys_for(["= 0 + \\sum_i c_i - \\sum_i c_i"], before[2:]) != [before[2].key]


def test_a_step_that_says_something_else_is_another_step():
    (old,) = named(["\\sum_i p_i = 1"])
    assert keys_for(["\\det A \\ne 0"], [old]) != [old.key]


def test_a_moved_step_takes_its_address_along():
    before = named(["a = b", "c = d", "e = f"])
    assert keys_for(["e = f", "a = b", "c = d"], before) == [before[2].key, before[0].key, before[1].key]


def test_of_two_equal_steps_the_one_that_stays_between_its_neighbours_keeps_its_address():
    before = named(["a = b", "= 0", "c = d", "= 0"])
    assert keys_for(["c = d", "= 0"], before) == [before[2].key, before[3].key]
    assert keys_for(["a = b", "= 0", "= 0", "c = d", "= 0"], before)[-2:] == [before[2].key, before[3].key]


def test_a_step_that_is_taken_out_and_put_back_has_its_old_address():
    first = named(["a = b", "= c"])
    second = named(["a = b"], first)
    assert named(["a = b", "= c"], second) == first


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("= 2 A x .", "= 2Ax"),
        ("\\nabla f &= x \\label{eq:a}", "\\nabla f = x"),
        ("a = b \\tag{1},", "a\n=\\, b"),
        ("a &= b \\\\", "a = b"),
    ],
)
def test_spacing_and_numbering_are_not_what_a_step_says(one, other):
    assert text_of(one) == text_of(other)


def test_what_a_step_says_tells_signs_and_names_apart():
    assert len({text_of(each) for each in ["a = b", "a \\le b", "a = -b", "a = \\beta", "a = b^2", "ab ="]}) == 6


def test_changed_steps_are_set_side_by_side_with_no_more_work_than_their_pairs():
    calls = {}
    for number in (100, 200):
        before = named([f"x_{{{n}}} = {n} + y" for n in range(number)])
        after = [f"x_{{{n}}} = {n} + z" for n in range(number)]
        calls[number] = calls_of(partial(keys_for, after, before))
        assert keys_for(after, before) == [each.key for each in before]
    assert calls[200] < 4.4 * calls[100]


def test_a_report_with_strange_text_is_addressed_too():
    report = {"steps": [{"latex": "\ud800 = \x00"}, {"latex": ""}, {"latex": ""}]}
    assert len({step["key"] for step in with_keys(report, None)["steps"]}) == 3


# ------------------------------------------------------------------------------------------------ kept with the check
BODY = "Let $x \\in \\mathbb{R}$.\n\n$$(x+1)^2 = x^2 + 2x + 1$$\n\n$$ 2x = x + x $$\n"


def check(note):
    found = Check.objects.get(revision__note=note, revision__number=note.number)
    run_check(check_id=found.pk, now=NOON)
    found.refresh_from_db()
    return [step["key"] for step in found.report["steps"]]


def saved(note, body):
    note.refresh_from_db()
    return save_note(note=note, by=note.author, base=note.number, title=note.title, body=body, now=NOON).note


def test_the_check_of_a_revision_carries_on_the_addresses_of_the_one_before(member, group):
    note = create_note(group=group, by=member, title="Square", body=BODY, now=NOON)
    first, second = check(note)
    note = saved(note, "Let $x \\in \\mathbb{R}$.\n\n$$x \\ge x$$\n\n" + BODY.replace("2x = x + x", "2x = 0 + x + x"))
    fresh, same, changed = check(note)
    assert (same, changed) == (first, second)
    assert fresh not in (first, second)


def test_a_revision_whose_check_is_still_to_come_is_passed_over(member, group):
    note = create_note(group=group, by=member, title="Square", body=BODY, now=NOON)
    keys = check(note)
    note = saved(note, BODY + "\nMore.\n")
    note = saved(note, BODY.replace("2x = x + x", "2x = 0 + x + x"))
    assert check(note) == keys


def test_checking_anew_keeps_the_addresses(member, group):
    note = create_note(group=group, by=member, title="Square", body=BODY, now=NOON)
    keys = check(saved(note, BODY.replace("2x = x + x", "2x = 0 + x + x")))
    note.refresh_from_db()
    ask_again(note=note, now=NOON)
    assert check(note) == keys
