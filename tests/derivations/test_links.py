"""`[[…]]` in notes: where they lead, what links back, and what a new name does to them."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.actions import (
    create_note,
    delete_note,
    find_late_targets,
    redraw_stale,
    run_check,
    save_note,
    undelete_note,
)
from derivations.linking import present_source
from derivations.models import Check, Link, Note
from derivations.tasks import redraw_forgotten_notes, redraw_linking_notes
from ideas.actions import edit_idea
from readings.models import Work
from tests.conftest import NOON
from tests.factories import GroupFactory, IdeaFactory, NoteFactory, SessionFactory, WorkFactory


@pytest.fixture
def write(group, member):
    def written(title, body="Let $x \\in \\mathbb{R}$.", **kwargs):
        return create_note(**{"group": group, "by": member, "title": title, "body": body, "now": NOON, **kwargs})

    return written


@pytest.fixture
def resave(member):
    def saved(note, *, title=None, body=None):
        note.refresh_from_db()
        title, body = title or note.title, body or note.body
        return save_note(note=note, by=member, base=note.number, title=title, body=body, now=NOON).note

    return saved


def drawn(note):
    """The note's HTML after a worker has drawn what is to be drawn."""
    redraw_stale()
    note.refresh_from_db()
    return note.body_html


def link_to(note, text=None):
    return f'<a class="ref" href="{note.get_absolute_url()}" rel="nofollow noopener">{text or note.title}</a>'


def test_a_title_in_brackets_leads_to_the_note(write):
    ridge = write("Ridge regression")
    assert link_to(ridge) in write("A", "By [[ridge  regression]].").body_html
    assert link_to(ridge, "the closed form") in write("B", "By [[Ridge regression|the closed form]].").body_html


def test_a_step_an_equation_and_a_heading_can_be_linked_to(write):
    body = "Let $x \\in \\mathbb{R}$.\n\n## Twice\n\n\\begin{equation}x + x = 2x \\label{eq:twice}\\end{equation}"
    twice = write("Doubling", body)
    run_check(check_id=Check.objects.get(revision__note=twice).pk, now=NOON)
    html = write("A", "[[Doubling#1]], [[Doubling#eq:twice]], [[Doubling#Twice]], [[Doubling#step-1|this]]").body_html
    url = twice.get_absolute_url()
    assert f'href="{url}#step-1" rel="nofollow noopener">Doubling, step 1</a>' in html
    assert f'href="{url}#eq-twice" rel="nofollow noopener">Doubling, (1)</a>' in html
    assert f'href="{url}#s-twice" rel="nofollow noopener">Doubling, Twice</a>' in html
    assert f'href="{url}#step-1" rel="nofollow noopener">this</a>' in html


def test_a_step_that_is_not_there_is_named_and_leads_to_the_top(write):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge#77]].")
    assert link_to(ridge) in note.body_html
    assert "“Ridge” has no step, equation or heading “77”" in note.outline["problems"][0]["message"]


def test_readings_sessions_and_ideas_are_linked_by_their_names(write, group):
    work = WorkFactory(group=group, key="bishop2006", title="Pattern Recognition", year="2006")
    session = SessionFactory(group=group, title="Week 3")
    idea = IdeaFactory(group=group, title="Does it scale?")
    body = f"[[cite:bishop2006]] [[session:week 3]] [[session:{session.pk}]] [[session:2026-11-25]]"
    body += " [[idea:does it scale?]]"
    html = write("A", body).body_html
    work_url = reverse("readings:detail", args=[group.slug, work.pk])
    assert f'<a class="ref ref-cite" href="{work_url}" title="Pattern Recognition"' in html
    assert ">Wasserman, 2006</a>" in html
    assert html.count(f'href="{session.get_absolute_url()}"') == 3
    assert f'href="{idea.get_absolute_url()}"' in html


def test_things_of_another_group_are_not_found(write):
    other = GroupFactory()
    NoteFactory(group=other, title="Ridge")
    WorkFactory(group=other, key="bishop2006")
    SessionFactory(group=other, title="Week 3")
    foreign = IdeaFactory(group=other, title="Scale")
    html = write(
        "A", f"[[Ridge]] [[cite:bishop2006]] [[session:Week 3]] [[idea:Scale]] [[note:{foreign.pk}]]"
    ).body_html
    assert 'class="ref"' not in html
    assert html.count('class="ref-missing"') == 5


def test_an_unknown_note_can_be_written_with_its_title(write, client_of, member, group):
    note = write("A", "By [[Lemma 3 & more]].")
    address = reverse("derivations:new", args=[group.slug]) + "?title=Lemma+3+%26+more"
    assert f'href="{address.replace("&", "&amp;")}"' in note.body_html
    assert "No note has this title yet." in note.body_html
    assert note.outline["problems"] == [], "a note to come is no slip"
    page = client_of(member).get(address).text
    assert 'value="Lemma 3 &amp; more"' in page
    lemma = write("Lemma 3 & more")
    assert link_to(lemma, "Lemma 3 &amp; more") in drawn(note)


def test_an_unknown_key_is_named_as_a_problem(write):
    note = write("A", "x\n\nBy [[cite:nobody]].")
    assert [(p["line"], p["message"]) for p in note.outline["problems"]] == [(3, "No reading has this key.")]


def test_a_rename_keeps_the_link_and_shows_the_new_title(write, resave):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge]] and [[ridge|so]].")
    number, changed = note.number, note.changed_at
    resave(ridge, title="Ridge regression")
    ridge.refresh_from_db()
    html = drawn(note)
    assert link_to(ridge) in html
    assert link_to(ridge, "so") in html
    assert (note.number, note.changed_at, note.body) == (number, changed, "By [[Ridge]] and [[ridge|so]].")
    assert not Link.objects.filter(is_stale=True).exists()


def test_a_later_note_of_the_old_title_does_not_take_the_link_over(write, resave):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge]].")
    resave(ridge, title="Ridge regression")
    drawn(note)
    second = write("Ridge", "Another one.")
    assert link_to(ridge, "Ridge regression") in drawn(note)
    note = resave(note, body="By [[Ridge]] again.")
    assert link_to(ridge, "Ridge regression") in note.body_html
    assert link_to(second) in write("B", "By [[Ridge]].").body_html, "a new link leads to what is called so now"


def test_a_former_title_is_understood_where_a_link_had_it(write, resave):
    ridge = write("Ridge")
    write("A", "By [[Ridge]].")
    resave(ridge, title="Ridge regression")
    assert link_to(ridge, "Ridge regression") in write("B", "By [[Ridge]].").body_html


def test_of_two_notes_of_one_title_the_older_is_meant_and_the_other_can_be(write):
    first, second = write("Ridge"), write("Ridge", "Another one.")
    note = write("A", "By [[Ridge]].")
    assert link_to(first) in note.body_html
    assert f"For another write [[note:{second.pk}]]." in note.outline["problems"][0]["message"]
    assert link_to(second) in write("B", f"By [[note:{second.pk}]].").body_html


def test_a_deleted_note_is_said_to_be_deleted_and_comes_back(write, member):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge]].")
    delete_note(note=ridge, by=member, now=NOON)
    assert '<span class="ref-missing">Ridge</span> <small class="ref-note">This note was deleted.</small>' in drawn(
        note
    )
    undelete_note(note=ridge, by=member, now=NOON)
    assert link_to(ridge) in drawn(note)


def test_whoever_saves_a_link_to_a_deleted_title_means_the_living_one(write, resave, member):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge]].")
    delete_note(note=ridge, by=member, now=NOON)
    second = write("Ridge", "Another one.")
    assert "This note was deleted." in drawn(note), "a page does not change what it means by itself"
    assert link_to(second) in resave(note, body="Now by [[Ridge]].").body_html


def test_a_reading_with_another_key_keeps_its_links(write, group):
    work = WorkFactory(group=group, key="bishop2006")
    note = write("A", "By [[cite:bishop2006]].")
    work.key, work.authors = "prml", [{"given": "Chris", "family": "Bishop"}]
    work.save()
    html = drawn(note)
    assert reverse("readings:detail", args=[group.slug, work.pk]) in html
    assert ">Bishop, 2004</a>" in html
    Work.objects.get(pk=work.pk).delete()
    assert "No reading has this key." in drawn(note)


def test_a_session_and_an_idea_with_another_title_keep_their_links(write, group, member):
    session, idea = SessionFactory(group=group, title="Week 3"), IdeaFactory(group=group, title="Scale")
    note = write("A", "[[session:Week 3]] [[idea:Scale]]")
    session.title = "Week three"
    session.save(update_fields=["title"])
    edit_idea(
        idea=idea, version=0, title="Scaling", body="", owner=None, next_step="", next_step_on=None, by=member, now=NOON
    )
    html = drawn(note)
    assert ">Week three</a>" in html
    assert ">Scaling</a>" in html
    session.delete()
    assert "No session has this title, number or day." in drawn(note)


def test_works_that_came_in_bulk_are_found_by_and_by(write, group):
    note = write("A", "By [[cite:late2020]].")
    Work.objects.bulk_create([Work(group=group, key="late2020", title="Late")])
    assert find_late_targets() == 1
    assert 'class="ref ref-cite"' in drawn(note)
    assert find_late_targets() == 0


def test_what_a_lost_task_left_is_drawn_by_the_clock(write, resave):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge]].")
    resave(ridge, title="Ridge regression")
    redraw_forgotten_notes()
    note.refresh_from_db()
    assert "Ridge regression" in note.body_html
    redraw_linking_notes(group_id=note.group_id)


def test_a_redrawn_note_keeps_its_verdicts(write, resave):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge]], let $x \\in \\mathbb{R}$.\n\n$$(x+1)^2 = x^2 + 2x + 1$$\n")
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    note.refresh_from_db()
    assert link_to(ridge) in note.checked_html
    resave(ridge, title="Ridge regression")
    drawn(note)
    assert ">Ridge regression</a>" in note.checked_html
    assert 'id="step-1"' in note.checked_html
    assert note.is_checked


def test_links_back_stand_on_every_page(write, client_of, member, group):
    ridge, work = write("Ridge"), WorkFactory(group=group, key="bishop2006")
    session, idea = SessionFactory(group=group, title="Week 3"), IdeaFactory(group=group, title="Scale")
    write("The one that links", "[[Ridge]] [[cite:bishop2006]] [[session:Week 3]] [[idea:Scale]]")
    client = client_of(member)
    for page in (
        ridge.get_absolute_url(),
        reverse("readings:detail", args=[group.slug, work.pk]),
        session.get_absolute_url(),
        idea.get_absolute_url(),
    ):
        assert "The one that links" in client.get(page).text, page


def test_a_note_that_was_deleted_links_to_nothing(write, client_of, member):
    ridge = write("Ridge")
    linking = write("The one that links", "[[Ridge]]")
    delete_note(note=linking, by=member, now=NOON)
    assert "Linked from" not in client_of(member).get(ridge.get_absolute_url()).text


def test_links_back_cost_no_query_where_there_are_none_and_one_for_thirty(write, client_of, member):
    ridge, client = write("Ridge"), client_of(member)

    def queries():
        client.get(ridge.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            client.get(ridge.get_absolute_url())
        return len(captured)

    without = queries()
    write("A", "[[Ridge]]")
    with_one = queries()
    for n in range(30):
        write(f"B{n}", "[[Ridge]]")
    assert (with_one, queries()) == (without + 1, without + 1)


def test_a_text_with_many_links_asks_as_often_as_one_with_two(write, group):
    for n in range(20):
        write(f"N{n}")
        WorkFactory(group=group, key=f"k{n}")

    def queries(body):
        with CaptureQueriesContext(connection) as captured:
            write("A", body)
        return len(captured)

    few = queries("[[N0]] [[cite:k0]]")
    many = queries(" ".join(f"[[N{n}]] [[cite:k{n}]]" for n in range(20)))
    assert many <= few + 1


def test_the_preview_is_the_saved_page_with_its_links(client_of, member, group, write, resave):
    ridge = write("Ridge")
    note = write("A", "By [[Ridge]].")
    resave(ridge, title="Ridge regression")
    write("Ridge", "Another one.")
    client = client_of(member)
    body = "By [[Ridge]] and [[nobody]]."
    preview = reverse("derivations:preview", args=[group.slug])
    answer = client.post(f"{preview}?note={note.pk}", {"content": body}).json()
    assert answer["html"] == resave(note, body=body).body_html
    assert f"{preview}?note={note.pk}" in client.get(f"{note.get_absolute_url()}edit/").text


def test_an_export_takes_the_present_names_along(write, resave, group):
    ridge, work = write("Ridge"), WorkFactory(group=group, key="old")
    note = write("A", "x\n\nBy [[Ridge#1|so]], [[Ridge]] and [[cite:old]]; `[[Ridge]]` is code, [[nobody]] unknown.")
    resave(ridge, title="Ridge | or # Tikhonov")
    work.key = "new"
    work.save()
    drawn(note)
    source = present_source(note)
    assert "[[Ridge \\| or \\# Tikhonov#1|so]]" in source
    assert "[[cite:new]]" in source
    assert "[[nobody]] unknown" in source
    fresh = write("B", source)
    assert {link.target for link in fresh.links.filter(kind="note")} == {ridge.pk, None}


def test_every_note_can_be_drawn_and_its_links_be_found_anew(write, capsys):
    write("Ridge")
    note = write("A", "By [[Ridge]].")
    Link.objects.all().delete()
    Note.objects.update(body_html="")
    call_command("render_notes")
    note.refresh_from_db()
    assert 'class="ref"' in note.body_html
    assert Link.objects.count() == 1


def test_every_export_takes_the_present_names_along(write, resave, group):
    from derivations.exporting import gather_group

    ridge = write("Ridge")
    write("A", "By [[Ridge]].")
    write("B", "By nothing.")
    resave(ridge, title="Ridge regression")
    bodies = {each.title: each.body for each in gather_group(group)}
    assert (bodies["A"], bodies["B"]) == ("By [[Ridge regression]].", "By nothing.")
