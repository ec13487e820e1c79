"""The group's macros: one versioned place, read alike by page, preview and checker."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from derivations.actions import (
    CannotSaveMacros,
    MacrosChangedMeanwhile,
    create_note,
    draw_again,
    restore_macros,
    run_check,
    save_macros,
    take_starters,
)
from derivations.macros import STARTERS, macros_of
from derivations.models import Check, MacroRevision
from derivations.rendering import render_note
from derivations.tasks import draw_forgotten_notes, draw_notes_again
from stepcheck import read_macros
from tests.conftest import NOON

TWICE = "\\newcommand{\\op}[1]{2 #1}\n"
THRICE = "\\newcommand{\\op}[1]{3 #1}\n"
BODY = "Let $x \\in \\mathbb{R}$.\n\n$$\\op{x} = x + x$$\n"


def saved(group, member, text, base=0):
    return save_macros(group=group, by=member, base=base, text=text, now=NOON)


def checked(note):
    run_check(check_id=Check.objects.get(revision__note=note, revision__number=note.number).pk, now=NOON)
    note.refresh_from_db()
    return note


def test_a_macro_is_drawn_on_the_page_and_read_by_the_checker(client_of, member, group):
    saved(group, member, TWICE)
    note = checked(create_note(group=group, by=member, title="Twice", body=BODY, now=NOON))
    assert (note.steps_hold, note.macros_number) == (1, 1)
    page = client_of(member).get(note.get_absolute_url()).text
    assert "All" not in page
    assert "The step holds" in page
    assert "\\op{x} = x + x" in page  # what is copied from it is what was typed
    assert "is not a command" not in page


def test_the_preview_knows_the_macros(client_of, member, group):
    saved(group, member, TWICE)
    answer = client_of(member).post(reverse("derivations:preview", args=[group.slug]), {"content": BODY}).json()
    assert answer["problems"] == []
    assert answer["html"] == render_note(BODY, macros=macros_of(group)).html


def test_an_unknown_macro_is_named_where_it_stands_and_the_rest_is_drawn(client_of, member, group):
    body = "First $x$.\n\nThen $\\nope{x}$ and $y$.\n"
    answer = client_of(member).post(reverse("derivations:preview", args=[group.slug]), {"content": body}).json()
    (problem,) = answer["problems"]
    assert problem["line"] == 3
    assert "`\\nope`" in problem["message"]
    assert answer["html"].count("<math") == 2


def test_a_macro_without_its_argument_is_named_where_it_stands(member, group):
    saved(group, member, TWICE)
    rendered = render_note("One $x$.\n\n$$x = \\op$$\n", macros=macros_of(group))
    assert [(each.line, each.message) for each in rendered.problems] == [
        (3, "The macro `\\op` takes 1 argument in braces, and none stands here.")
    ]
    assert rendered.html.count("<math") == 1


def test_a_change_draws_and_checks_the_notes_that_use_it_and_no_other(member, group):
    saved(group, member, TWICE)
    note = checked(create_note(group=group, by=member, title="Twice", body=BODY, now=NOON))
    other = checked(create_note(group=group, by=member, title="Other", body="$$1 = 1$$", now=NOON))
    before = note.body_html
    saved(group, member, THRICE, base=1)
    assert draw_again(group_id=group.pk, now=NOON) == 1
    note.refresh_from_db()
    other.refresh_from_db()
    assert note.body_html != before
    assert (note.steps_hold, note.checked_html, note.number) == (None, "", 1)  # no verdict of the old formula stays
    assert (other.steps_hold, other.macros_number) == (1, 2)
    assert draw_again(group_id=group.pk, now=NOON) == 0
    assert (checked(note).steps_hold, note.steps_fail) == (0, 1)


def test_a_check_with_macros_that_changed_meanwhile_is_thrown_away(member, group, monkeypatch):
    from derivations.actions import checks

    saved(group, member, TWICE)
    note = create_note(group=group, by=member, title="Twice", body=BODY, now=NOON)
    judge = checks.check_body

    def slowly(body, **more):
        report = judge(body, **more)
        saved(group, member, THRICE, base=1)
        draw_again(group_id=group.pk, now=NOON)
        return report

    monkeypatch.setattr(checks, "check_body", slowly)
    assert checked(note).steps_hold is None
    monkeypatch.setattr(checks, "check_body", judge)
    assert checked(note).steps_fail == 1


def test_notes_whose_turn_was_lost_are_drawn_by_the_beat(member, group, monkeypatch):
    asked = []
    monkeypatch.setattr("derivations.tasks.draw_notes_again.delay", asked.append)
    saved(group, member, TWICE)
    note = create_note(group=group, by=member, title="Twice", body=BODY, now=NOON)
    saved(group, member, THRICE, base=1)
    draw_forgotten_notes()
    assert asked == [group.pk]
    draw_notes_again(*asked)
    note.refresh_from_db()
    assert note.macros_number == 2
    draw_forgotten_notes()
    assert asked == [group.pk]


def test_two_people_at_the_macros_lose_nothing(client_of, member, organiser, group):
    saved(group, organiser, TWICE)
    saved(group, organiser, THRICE, base=1)
    with pytest.raises(MacrosChangedMeanwhile):
        saved(group, member, "\\newcommand{\\mine}{y}", base=1)
    url = reverse("derivations:edit-macros", args=[group.slug])
    answer = client_of(member).post(url, {"text": "\\newcommand{\\mine}{y}", "base": "1", "message": "mine"})
    assert answer.status_code == 409
    assert "Ana Organiser saved revision 2 while you were writing." in answer.text
    assert "\\newcommand{\\mine}{y}" in answer.text
    assert 'name="base" value="2"' in answer.text


def test_one_who_saved_macros_in_another_tab_is_told_so(client_of, organiser, group):
    saved(group, organiser, TWICE)
    saved(group, organiser, THRICE, base=1)
    url = reverse("derivations:edit-macros", args=[group.slug])
    answer = client_of(organiser).post(url, {"text": "\\newcommand{\\mine}{y}", "base": "1"})
    assert "You saved revision 2 while you were writing here, in another tab" in answer.text


def test_what_cannot_be_read_is_refused_with_its_line_and_kept_in_the_form(client_of, member, group):
    text = "\\newcommand{\\a}{\\b}\n\\newcommand{\\b}{\\a}\n"
    with pytest.raises(CannotSaveMacros, match=r"Line 1: `\\a` calls itself"):
        saved(group, member, text)
    answer = client_of(member).post(reverse("derivations:edit-macros", args=[group.slug]), {"text": text})
    assert answer.status_code == 422
    assert "Line 1: `\\a` calls itself" in answer.text
    assert "\\newcommand{\\b}{\\a}" in answer.text
    assert not MacroRevision.objects.exists()


def test_the_usual_macros_leave_those_of_the_group_alone(member, group):
    saved(group, member, "\\newcommand{\\E}{\\mathrm{E}}\n")
    take_starters(group=group, by=member, now=NOON)
    found = macros_of(group)
    assert found.table.table["E"].body == "\\mathrm{E}"
    assert found.table.table.keys() >= {"Var", "KL", "norm", "inner", "R", "argmin"}
    assert take_starters(group=group, by=member, now=NOON) is None


def test_each_of_the_usual_macros_is_drawn():
    from stepcheck import sample_call

    macros = read_macros(STARTERS)
    for macro in macros:
        call = f"A{sample_call(macro)}"
        assert render_note(f"${call}$", macros=macros).problems == ()


def test_macros_have_a_history_and_come_back(client_of, member, group):
    saved(group, member, TWICE)
    saved(group, member, THRICE, base=1)
    restore_macros(group=group, number=1, by=member, now=NOON)
    assert (macros_of(group).number, macros_of(group).text) == (3, TWICE)
    page = client_of(member).get(reverse("derivations:macros-history", args=[group.slug])).text
    assert "Restored revision 1" in page
    page = client_of(member).get(reverse("derivations:macros-revision", args=[group.slug, 2])).text
    assert "Restore revision 2" in page


def test_the_table_shows_each_macro_as_it_looks_and_how_far_the_notes_are(client_of, member, group):
    url = reverse("derivations:macros", args=[group.slug])
    assert "Take the field's usual ones" in client_of(member).get(url).text.replace("&#x27;", "'")
    saved(group, member, TWICE.strip() + "  % twice <b>\n")
    note = create_note(group=group, by=member, title="Twice", body=BODY, now=NOON)
    saved(group, member, THRICE, base=1)
    page = client_of(member).get(url).text
    assert "<code>\\op{x}</code>" in page
    assert "1 note is still to be looked at" in page
    draw_again(group_id=group.pk, now=NOON)
    checked(note)
    assert "still to be" not in client_of(member).get(reverse("derivations:macros-progress", args=[group.slug])).text


def test_a_hostile_macro_is_inert_everywhere(client_of, member, group):
    text = "\\newcommand{\\x}{\\text{<script>alert(1)</script>}}  % <img src=x onerror=alert(1)>\n"
    saved(group, member, text)
    for name in ("macros", "edit-macros", "macros-history"):
        page = client_of(member).get(reverse(f"derivations:{name}", args=[group.slug])).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "<script" not in render_note("$\\x$", macros=macros_of(group)).html


def test_render_notes_draws_with_the_macros(member, group, capsys):
    saved(group, member, TWICE)
    note = create_note(group=group, by=member, title="Twice", body=BODY, now=NOON)
    html = note.body_html
    call_command("render_notes")
    note.refresh_from_db()
    assert note.body_html == html
