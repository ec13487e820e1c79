"""A saved revision is checked, and its verdicts stand on the page: real checker, real process."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from derivations.actions import checks, create_note, run_check, save_note
from derivations.checking import CheckStopped, check_body, checker_version, replay_step
from derivations.models import Check, Note
from derivations.tasks import check_forgotten_notes
from derivations.verdicts import checked_html
from tests.conftest import NOON

TRUE = "Let $x \\in \\mathbb{R}$.\n\n$$(x+1)^2 = x^2 + 2x + 1$$\n"
FALSE = """Let $A \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}^n$ with $f(x) := x^\\top A x$.

\\begin{align}
  \\nabla f(x) &= (A + A^\\top) x \\label{eq:grad} \\\\
              &= 2 A x .
\\end{align}
"""
IN_A_LIST = """Let $x \\in \\mathbb{R}$.

- Two

  \\begin{align}
    2x &= x + x \\\\
       &\\ge x + x
  \\end{align}
"""
LATER = NOON + timedelta(minutes=1)


def written(group, member, body, title="Quadratic"):
    return create_note(group=group, by=member, title=title, body=body, now=NOON)


def checked(note):
    run_check(check_id=Check.objects.get(revision__note=note, revision__number=note.number).pk, now=LATER)
    note.refresh_from_db()
    return note


def test_a_posted_note_is_to_be_checked_and_then_shows_its_verdicts(client_of, member, group):
    note = written(group, member, FALSE)
    client = client_of(member)
    assert "The steps are being checked." in client.get(note.get_absolute_url()).text
    checked(note)
    assert (note.steps_hold, note.steps_fail, note.steps_unchecked) == (1, 1, 0)
    page = client.get(note.get_absolute_url()).text
    assert "1 of 2 steps hold" in page
    assert '<a href="#verdict-2">step 2</a>' in page
    name = 'id="step-{0}" tabindex="0" aria-label="Step {0} {1}">=</mo>'
    assert f'class="math-step math-holds" {name.format(1, "holds")}' in page
    assert f'class="math-step math-fails" {name.format(2, "fails")}' in page
    assert "It fails for these values:" in page
    assert "being checked" not in page


def test_the_verdict_is_kept_with_its_seed_and_the_version_of_the_checker(member, group):
    note = checked(written(group, member, FALSE))
    check = Check.objects.get()
    assert (check.state, check.seed, check.version, check.finished_at) == ("done", 0, checker_version(), LATER)
    assert [step["verdict"] for step in check.report["steps"]] == ["holds", "fails"]
    assert note.outline["check"]["doubts"] == [{"number": 2, "verdict": "fails"}]


def test_only_the_latest_revision_puts_its_verdicts_on_the_page(member, group):
    note = written(group, member, FALSE)
    first = Check.objects.get()
    save_note(note=note, by=member, base=1, title=note.title, body=TRUE, now=NOON)
    run_check(check_id=first.pk, now=LATER)  # its task came late
    note.refresh_from_db()
    assert (note.checked_html, note.is_checked) == ("", False)
    assert checked(note).steps_hold == 1
    first.refresh_from_db()
    assert first.state == "done"


def test_a_change_takes_the_verdicts_off_until_the_new_text_is_checked(member, group):
    note = checked(written(group, member, TRUE))
    assert note.is_checked
    saved = save_note(note=note, by=member, base=1, title=note.title, body=FALSE, now=NOON).note
    assert (saved.checked_html, saved.steps, saved.is_checked) == ("", 0, False)


def test_a_waiting_page_is_told_once_the_verdicts_are_there(client_of, member, stranger, group):
    note = written(group, member, TRUE)
    url = reverse("derivations:checked", args=[group.slug, note.pk])
    assert client_of(member).get(url).status_code == 204
    checked(note)
    answer = client_of(member).get(url)
    assert answer.status_code == 200
    assert "The step holds" in answer.text
    assert "hx-get" not in answer.text
    assert client_of(stranger).get(url).status_code == 404


def test_a_check_runs_once_however_often_it_is_asked_for(member, group, monkeypatch):
    note = checked(written(group, member, TRUE))
    monkeypatch.setattr(checks, "check_body", lambda *args, **more: pytest.fail("checked again"))
    assert checked(note).steps_hold == 1


def test_a_note_without_steps_says_nothing_of_verdicts(client_of, member, group):
    note = checked(written(group, member, "Only words, and $x$ inline."))
    page = client_of(member).get(note.get_absolute_url()).text
    assert 'class="verdict-strip"' not in page
    assert "hx-get" not in page.split('id="note-checked"')[1].split("<article")[0]


def test_a_note_that_the_checker_does_not_take_says_why(client_of, member, group):
    note = checked(written(group, member, TRUE + "Words. " * 15_000))
    check = Check.objects.get()
    assert check.state == "stopped"
    page = client_of(member).get(note.get_absolute_url()).text
    assert "Not checked. A note may have 100,000 characters. Split it." in page


def test_an_error_of_the_checker_is_tried_again_and_then_said(client_of, member, group, monkeypatch):
    def broken(body, *, seed, macros):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(checks, "check_body", broken)
    note = written(group, member, TRUE)
    check = Check.objects.get()
    for _ in range(checks.MOST_TRIES - 1):
        with pytest.raises(RuntimeError):
            run_check(check_id=check.pk, now=LATER)
    run_check(check_id=check.pk, now=LATER)
    check.refresh_from_db()
    assert (check.state, check.tries) == ("stopped", checks.MOST_TRIES)
    assert "The checker itself failed on this note." in client_of(member).get(note.get_absolute_url()).text


def test_a_lost_check_is_found_again(member, group, monkeypatch):
    written(group, member, TRUE)
    asked = []
    monkeypatch.setattr("derivations.tasks.check_note.delay", asked.append)
    Check.objects.update(asked_at=NOON - timedelta(days=1))
    check_forgotten_notes()
    assert asked == [Check.objects.get().pk]


def test_a_check_that_ends_its_worker_each_time_is_stopped_with_a_reason(client_of, member, group, monkeypatch):
    def deadly(body, **how):
        raise SystemExit  # nothing after it runs, as in a worker that is killed

    note = written(group, member, TRUE)
    Check.objects.update(asked_at=NOON - timedelta(days=1))
    monkeypatch.setattr(checks, "check_body", deadly)
    runs = []
    monkeypatch.setattr("derivations.tasks.check_note.delay", runs.append)
    for times in range(1, checks.MOST_TRIES + 1):
        check_forgotten_notes()
        with pytest.raises(SystemExit):
            run_check(check_id=runs[-1], now=LATER)
        check = Check.objects.get()
        assert (check.state, check.tries) == ("waiting", times)
    check_forgotten_notes()
    stopped = run_check(check_id=runs[-1], now=LATER)
    assert (stopped.state, stopped.tries) == ("stopped", checks.MOST_TRIES)
    assert "Not checked. Checking it ended its worker 3 times" in client_of(member).get(note.get_absolute_url()).text
    check_forgotten_notes()
    assert len(runs) == checks.MOST_TRIES + 1
    again = checks.ask_again(note=note, now=LATER)
    assert (again.state, again.tries) == ("waiting", 0)


def test_a_process_without_memory_is_said_in_words(monkeypatch):
    monkeypatch.setattr("derivations.checking.MEGABYTES", 64)
    with pytest.raises(CheckStopped, match="used up its time or memory"):
        check_body("\n\n".join([FALSE] * 200), seed=0)


def test_the_same_note_has_the_same_report(answers_of_the_checker):
    once = check_body(FALSE, seed=3)
    answers_of_the_checker.clear()
    assert check_body(FALSE, seed=3) == once


@pytest.mark.parametrize(
    ("body", "signs"),
    [
        ("Let $x \\in \\mathbb{R}$.\n\n1. One: $$x = x + 0$$ and $$x \\le x + 1$$\n", 2),
        (IN_A_LIST, 2),
        ("Let $x \\in \\mathbb{R}$.\n\n$$ x\n= x + 0\n= x $$\n", 2),
        ("Let $x \\in \\mathbb{R}$.\n\n\\[ x = x \\tag{A} \\]\n", 1),
    ],
)
def test_every_sign_carries_its_verdict_wherever_the_display_stands(body, signs):
    report = check_body(body, seed=0)
    html = checked_html(body, report)
    assert html.count("math-step math-holds") == signs == len(report["steps"])
    assert html.count('class="verdicts"') >= 1
    assert not any(0xF0000 <= ord(letter) <= 0xFFFFD for letter in html)


def test_what_a_member_writes_cannot_pretend_to_be_a_verdict(client_of, member, group):
    body = 'Text <details class="verdict"><summary>✓</summary></details>\n\n'
    body += "$$\\class{math-step}{x} = \\href{javascript:alert(1)}{x}$$\n"
    note = checked(written(group, member, body))
    page = client_of(member).get(note.get_absolute_url()).text
    assert '<details class="verdict">' not in page
    assert 'href="javascript' not in page


def test_all_notes_are_checked_anew_after_an_upgrade(member, group, capsys):
    note = checked(written(group, member, FALSE))
    fine = checked(written(group, member, TRUE, title="Square"))
    before = Check.objects.get(revision__note=note)
    before.version = "an older one"
    before.report["steps"][1]["verdict"] = "unchecked"
    before.save()
    call_command("check_notes")
    said = capsys.readouterr().out
    assert "1 checked, 1 with another verdict than before." in said
    assert "step 2: unchecked → fails" in said
    assert fine.title not in said
    assert Check.objects.get(revision__note=note).version == checker_version()
    call_command("check_notes")
    assert "0 checked" in capsys.readouterr().out


def test_the_list_says_how_a_note_stands_at_the_same_number_of_queries(
    client_of, member, group, django_assert_max_num_queries
):
    checked(written(group, member, FALSE))
    page = client_of(member).get(reverse("derivations:list", args=[group.slug])).text
    assert "1 of 2 steps fails" in page
    assert Note.objects.get().steps == 2


def test_a_report_is_json_that_any_program_reads(member, group):
    checked(written(group, member, FALSE))
    assert json.loads(json.dumps(Check.objects.get().report, allow_nan=False))["steps"][0]["latex"]


def test_a_failing_step_is_worked_again_part_by_part(client_of, member, stranger, group):
    note = checked(written(group, member, FALSE))
    url = reverse("derivations:replay", args=[group.slug, note.pk, 2])
    assert 'href="steps/2/replay/"' in client_of(member).get(note.get_absolute_url()).text
    page = client_of(member).get(url).text
    step = Check.objects.get().report["steps"][1]
    again = replay_step(note.body, step)
    assert (again["left"], again["right"]) == (step["counterexample"]["left"], step["counterexample"]["right"])
    assert "Left side" in page
    parts = {part["latex"] for part in again["parts"]} - step["counterexample"]["values"].keys()
    assert page.count("<tr>") == len(parts) + 3
    fragment = client_of(member).get(url, headers={"hx-request": "true"}).text
    assert "<html" not in fragment
    assert "Left side" in fragment
    assert client_of(stranger).get(url).status_code == 404
    holding = reverse("derivations:replay", args=[group.slug, note.pk, 1])
    assert client_of(member).get(holding).status_code == 404


def test_a_failure_that_is_not_of_values_alone_says_so(client_of, member, group):
    note = checked(written(group, member, FALSE))
    check = Check.objects.get()
    check.report["steps"][1]["counterexample"]["replayable"] = False
    check.save()
    page = client_of(member).get(reverse("derivations:replay", args=[group.slug, note.pk, 2])).text
    assert "This failure is not one of values alone." in page
