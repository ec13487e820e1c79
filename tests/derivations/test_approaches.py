"""Several derivations of one statement stand together, compared side by side."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from derivations.actions import (
    CannotApproach,
    add_approach,
    create_note,
    delete_note,
    move_approach,
    remove_approach,
    run_check,
    share_statement,
    undelete_note,
)
from derivations.actions import approaches as actions
from derivations.approaching import set_beside
from derivations.models import Approach, Check, Note, SharedStatement
from tests.conftest import NOON
from tests.factories import GroupFactory, NoteFactory

BODY = "# How\n\nLet $x \\in \\mathbb{R}$.\n\n$$\nx + x = 2 x \\label{q}\n$$\n\n"
BODY += "By \\eqref{q}, see [the other](../7/).\n"


@pytest.fixture
def notes(group, member):
    return [create_note(group=group, by=member, title=f"Way {n}", body=BODY, now=NOON) for n in range(3)]


@pytest.fixture
def statement(notes, member):
    made = share_statement(note=notes[0], title="Least squares", kind="algebraic", by=member, now=NOON)
    for note, kind in zip(notes[1:], ("geometric", "other"), strict=True):
        add_approach(statement=made, note=note, kind=kind, by=member)
    return made


def at(name, group, *args):
    return reverse(f"derivations:{name}", args=[group.slug, *args])


def order(statement):
    return [way.note.title for way in statement.approaches.select_related("note")]


def words(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_from_a_note_to_its_other_approaches(client_of, member, group, notes):
    client = client_of(member)
    assert "approach/" in client.get(notes[0].get_absolute_url()).text
    said = {"title": "Least squares", "text": "$$\\hat\\beta$$", "kind": "algebraic", "label": ""}
    response = client.post(at("approach-note", group, notes[0].pk), said)
    statement = SharedStatement.objects.get()
    assert response.url == at("approach", group, statement.pk) + "#add"
    added = {"note": notes[1].pk, "kind": "geometric", "label": " by  projection "}
    assert client.post(at("add-way", group, statement.pk), added).status_code == 302
    page = client.get(at("approach", group, statement.pk)).text
    assert re.findall(r'<p class="way-name">([^<]+)', page) == ["Algebraic", "by projection "]
    assert "<math" in page.split("way-statement")[1][:300]
    margin = words(client.get(notes[0].get_absolute_url()).text.split("Other approaches")[1])
    assert "by projection: Way 1" in margin
    assert "Least squares" in words(client.get(at("approaches", group)).text)


def test_a_new_note_can_be_written_as_another_approach(client_of, member, group, statement):
    client = client_of(member)
    response = client.post(at("add-way", group, statement.pk), {"note": "new", "kind": "probabilistic", "label": "MLE"})
    assert response.url.startswith(at("new", group))
    posted = client.post(response.url, {"title": "As an estimate", "body": "x"})
    assert posted.url == statement.get_absolute_url()
    way = Approach.objects.get(note__title="As an estimate")
    assert (way.statement, way.kind, way.name, way.position) == (statement, "probabilistic", "MLE", 3)


@pytest.mark.parametrize("query", ["approach=99", "approach=x&kind=y", "approach=-1", "kind=other"])
def test_a_new_note_for_no_statement_stands_by_itself(client_of, member, group, query):
    response = client_of(member).post(f"{at('new', group)}?{query}", {"title": "Alone", "body": "x"})
    assert response.url == Note.objects.get().get_absolute_url()
    assert not Approach.objects.exists()


def test_each_way_stands_with_its_verdicts_and_no_anchor_twice(client_of, member, group, statement, notes):
    for check in Check.objects.all():
        run_check(check_id=check.pk, now=NOON)
    Note.objects.filter(pk=notes[2].pk).update(steps_hold=0, steps_fail=1)
    page = client_of(member).get(at("approach", group, statement.pk)).text
    said = words(page)
    assert said.count("✓ 1 of 1 holds") == 2
    assert "✕ 1 of 1 fails" in said
    ids = re.findall(r'<[^>]*\sid="([^"]+)"', page)
    assert [each for each in ids if ids.count(each) > 1] == []
    for note in notes:
        assert f'id="a{note.pk}-step-1"' in page
        assert f'href="#a{note.pk}-eq-q"' in page
        assert f'href="{note.get_absolute_url()}../7/"' in page
    assert "14 words" not in said
    assert re.search(r"\d+ words, 2 formulas", said)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p id="a">x</p>', '<p id="p-a">x</p>'),
        ('<a href="#a">x</a>', '<a href="#p-a">x</a>'),
        ('<a class="k" href="steps/1/">x</a>', '<a class="k" href="/n/steps/1/">x</a>'),
        ('<a href="/abs">x</a><a href="https://e.org/">y</a>', '<a href="/abs">x</a><a href="https://e.org/">y</a>'),
        ('<a href="mailto:a@e.org">y</a>', '<a href="mailto:a@e.org">y</a>'),
        ('<p>an id="a" in text, href="#b"</p>', '<p>an id="a" in text, href="#b"</p>'),
        ('<code title="a > b id=x" id="c">x</code>', '<code title="a > b id=x" id="p-c">x</code>'),
        ('<p aria-labelledby="a b">x</p>', '<p aria-labelledby="p-a p-b">x</p>'),
        ("<p>1 < 2</p>", "<p>1 < 2</p>"),
    ],
)
def test_only_anchors_and_relative_links_are_set_anew(html, expected):
    assert set_beside(html, prefix="p-", address="/n/") == expected


def test_the_order_is_changed_by_a_button(client_of, member, group, statement):
    client = client_of(member)
    second = statement.approaches.get(note__title="Way 1")
    for do, expected in (("earlier", [1, 0, 2]), ("earlier", [1, 0, 2]), ("later", [0, 1, 2]), ("later", [0, 2, 1])):
        response = client.post(at("arrange-way", group, statement.pk, second.pk), {"do": do})
        assert response.url == f"{statement.get_absolute_url()}#way-{second.pk}"
        assert order(statement) == [f"Way {n}" for n in expected]


def test_a_deleted_note_leaves_the_page_and_comes_back_with_it(client_of, member, group, statement, notes):
    delete_note(note=notes[0], by=member, now=NOON)
    client = client_of(member)
    assert "Way 0" not in client.get(at("approach", group, statement.pk)).text
    assert "Way 0" not in client.get(notes[1].get_absolute_url()).text.split("Other approaches")[1]
    move_approach(approach=statement.approaches.get(note=notes[2]), by_places=-1, by=member)
    undelete_note(note=notes[0], by=member, now=NOON)
    assert "Way 0" in client.get(at("approach", group, statement.pk)).text
    gone = delete_note(note=notes[0], by=member, now=NOON)
    with pytest.raises(CannotApproach, match="deleted meanwhile"):
        add_approach(statement=statement, note=gone, kind="other", by=member)


def test_taken_out_a_note_stands_by_itself_and_the_last_ends_the_page(client_of, member, group, statement, notes):
    client = client_of(member)
    for n, way in enumerate(statement.approaches.all()):
        response = client.post(at("arrange-way", group, statement.pk, way.pk), {"do": "remove"})
        assert response.url == (statement.get_absolute_url() if n < 2 else at("approaches", group))
    assert not SharedStatement.objects.exists()
    assert Note.objects.count() == 3
    assert "Other approaches" not in client.get(notes[0].get_absolute_url()).text
    with pytest.raises(CannotApproach, match="took them apart"):
        remove_approach(approach=Approach(statement=statement, note=notes[0]), by=member)


def test_names_and_kinds_are_said_anew(client_of, member, group, statement):
    client = client_of(member)
    way = statement.approaches.first()
    client.post(
        at("arrange-way", group, statement.pk, way.pk), {"do": "rename", "kind": "algorithmic", "label": "by QR"}
    )
    way.refresh_from_db()
    assert (way.kind, way.name) == ("algorithmic", "by QR")
    assert client.post(at("rename-ways", group, statement.pk), {"title": "OLS", "text": "$x$"}).status_code == 302
    statement.refresh_from_db()
    assert (statement.title, statement.text) == ("OLS", "$x$")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("add-way", {"note": "1000", "kind": "other"}, "Choose a note."),
        ("add-way", {"note": "9" * 30, "kind": "other"}, "Choose a note."),
        ("rename-ways", {"title": " ", "text": "kept"}, "Say in a few words"),
        ("rename-ways", {"title": "A" * 201, "text": "kept"}, "at most 200 fit"),
        ("rename-ways", {"title": "A", "text": "kept" + "x" * 4000}, "at most 4,000 fit"),
    ],
)
def test_what_cannot_stand_is_refused_with_the_reason(client_of, member, group, statement, name, data, reason):
    response = client_of(member).post(at(name, group, statement.pk), data)
    assert response.status_code == 422
    assert reason in response.text
    assert "text" not in data or "kept" in response.text
    statement.refresh_from_db()
    assert statement.title == "Least squares"


def test_what_must_not_be_stored_cannot_be(group, member, statement, notes, monkeypatch):
    with pytest.raises(IntegrityError), transaction.atomic():
        Approach.objects.create(statement=statement, note=notes[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Approach.objects.filter(statement=statement).update(kind="magical")
    with pytest.raises(IntegrityError), transaction.atomic():
        SharedStatement.objects.create(group=group, title="")
    with pytest.raises(CannotApproach, match="another group"):
        add_approach(statement=statement, note=NoteFactory(group=GroupFactory()), kind="other", by=member)
    with pytest.raises(CannotApproach, match="what kind"):
        add_approach(statement=statement, note=notes[0], kind="magical", by=member)
    monkeypatch.setattr(actions, "MOST_APPROACHES", 3)
    with pytest.raises(CannotApproach, match="as many as a page shows well"):
        add_approach(statement=statement, note=NoteFactory(group=group), kind="other", by=member)


def test_statements_are_listed_by_their_title(client_of, observer, group, member, notes):
    for title in ("Ridge", "Attention", "Least squares"):
        share_statement(note=notes[0], title=title, kind="other", by=member, now=NOON)
    page = client_of(observer).get(at("approaches", group)).text
    assert re.findall(r'class="row-name"[^>]*>([^<]+)', page) == ["Attention", "Least squares", "Ridge"]
    assert page.count("1 approach<") == 3


def test_an_observer_compares_and_arranges_nothing(client_of, observer, group, statement):
    page = client_of(observer).get(at("approach", group, statement.pk)).text
    assert "Way 2" in page
    assert 'name="do"' not in page
    assert "Add an approach" not in page


def test_a_statement_in_mathematics_is_inert(client_of, member, group, statement):
    SharedStatement.objects.update(text="<script>alert(1)</script> $\\href{javascript:alert(1)}{x}$ [a](javascript:b)")
    page = client_of(member).get(at("approach", group, statement.pk)).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_pages_cost_the_same_with_two_ways_and_with_many(client_of, member, group, statement):
    client, counts = client_of(member), []
    client.get(at("approach", group, statement.pk))
    for n in range(2):
        for address in (at("approach", group, statement.pk), at("approaches", group)):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
        for more in range(6 if n == 0 else 0):
            note = NoteFactory(group=group)
            add_approach(statement=statement, note=note, kind="other", by=member)
            share_statement(note=note, title=f"Other {more}", kind="other", by=member, now=NOON)
    assert counts[:2] == counts[2:]


def test_a_note_without_other_approaches_costs_its_page_no_query(client_of, member, group, notes):
    client = client_of(member)
    client.get(notes[0].get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(notes[0].get_absolute_url())
    alone = len(queries)
    share_statement(note=notes[0], title="Least squares", kind="other", by=member, now=NOON)
    client.get(notes[0].get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(notes[0].get_absolute_url())
    assert len(queries) == alone + 1
    assert alone <= 11
