"""Members say at which steps they follow and where they got lost; the author sees the map."""

import pytest
from django.urls import reverse

from derivations.actions import create_note, open_thread, react, save_note
from derivations.models import Reaction
from derivations.steps import steps_of
from tests.conftest import NOON
from tests.derivations.judging import judged
from tests.factories import MembershipFactory, SessionFactory


@pytest.fixture
def note(group, member):
    made = create_note(group=group, by=member, title="Softmax", body="$$a = b$$\n\n$$c = d$$\n", now=NOON)
    return judged(made, "holds", "fails", latex=["a = b", "c = d"])


def at(name, note, *args):
    return reverse(f"derivations:{name}", args=[note.group.slug, note.pk, *args])


def test_a_member_follows_a_step_or_is_lost_there_and_takes_it_back(client_of, organiser, note):
    step = steps_of(note)[1]
    client = client_of(organiser)
    page = client.post(at("react", note, step.key), {"kind": "lost"}, follow=True).text
    assert 'value="lost" aria-pressed="true"' in page
    client.post(at("react", note, step.key), {"kind": "follow"})
    assert [(r.member, r.kind, r.key) for r in Reaction.objects.all()] == [(organiser, "follow", step.key)]
    client.post(at("react", note, step.key), {"kind": "follow"})
    assert not Reaction.objects.exists()


def test_htmx_gets_the_talk_with_the_new_count(client_of, organiser, note):
    step = steps_of(note)[0]
    answer = client_of(organiser).post(at("react", note, step.key), {"kind": "lost"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'Lost me here <span class="nums">1</span>' in answer.text


@pytest.mark.parametrize("kind", ["", "love", "lost\0"])
def test_another_reaction_is_refused(client_of, organiser, note, kind):
    response = client_of(organiser).post(at("react", note, steps_of(note)[0].key), {"kind": kind})
    assert response.status_code == 422
    assert "Choose: I follow, or lost me here." in response.text


def test_the_map_shows_where_people_got_lost(client_of, member, organiser, group, note):
    first, second = steps_of(note)
    people = [MembershipFactory(group=group).user for _ in range(3)]
    for person in people:
        react(note=note, step=second, kind="lost", by=person, now=NOON)
    react(note=note, step=first, kind="follow", by=people[0], now=NOON)
    open_thread(note=note, step=second, kind="question", body="Why?", by=people[1], now=NOON)
    assert '<a href="map/">Where people got lost</a>' in client_of(member).get(note.get_absolute_url()).text
    page = client_of(organiser).get(at("map", note)).text
    assert "3 members said how they fare" in page
    assert 'Most got lost at <a href="#map-2">step 2</a> (3).' in " ".join(page.split())
    assert '<progress class="is-lost" value="3" max="3" aria-hidden="true">' in page
    assert people[0].name not in page, "the map counts; it names nobody"


def test_the_session_whose_table_it_lies_on_shows_it_too(client_of, member, organiser, group, note):
    session = SessionFactory(group=group)
    note.sessions.add(session)
    client = client_of(member)
    assert "got lost" not in client.get(session.get_absolute_url()).text
    react(note=note, step=steps_of(note)[0], kind="lost", by=organiser, now=NOON)
    page = client.get(session.get_absolute_url()).text
    assert f'<a href="{at("map", note)}">1 got lost</a>' in page


def test_a_reaction_ends_with_the_text_that_it_was_about(client_of, member, organiser, note):
    for step in steps_of(note):
        react(note=note, step=step, kind="lost", by=organiser, now=NOON)
    saved = save_note(note=note, by=member, base=1, title="Softmax", body="$$a = b$$\n\n$$c = d + 0$$\n", now=NOON).note
    note = judged(saved, "holds", "holds", latex=["a = b", "c = d + 0"])
    assert note.talk["lost"] == 1
    page = client_of(organiser).get(at("talk", note, steps_of(note)[1].key)).text
    assert 'Lost me here <span class="nums">0</span>' in page
    react(note=note, step=steps_of(note)[1], kind="lost", by=organiser, now=NOON)
    assert Reaction.objects.count() == 2, "said anew of the new text, and not taken back"


def test_a_note_without_steps_teaches_what_the_map_is_for(client_of, member, group):
    note = judged(create_note(group=group, by=member, title="Words", body="Only words.", now=NOON))
    assert "No step to map yet" in client_of(member).get(at("map", note)).text
