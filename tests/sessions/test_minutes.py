"""Minutes, and the second tab."""

import pytest

from sessions import actions
from sessions.actions import MinutesChanged

from .factories import NOON


def write(session, text, based_on, by):
    return actions.write_minutes(session=session, text=text, based_on=based_on, by=by, now=NOON)


def test_minutes_are_rendered_when_they_are_saved(session, member):
    session = write(session, "We saw $\\nabla f$.\r\n", 0, member)
    assert session.minutes == "We saw $\\nabla f$."
    assert "<math" in session.minutes_html
    assert (session.minutes_version, session.minutes_by, session.minutes_at) == (1, member, NOON)


def test_a_stale_text_stores_nothing_and_hands_back_what_stands_there(session, member, organiser):
    write(session, "Theirs", 0, organiser)
    with pytest.raises(MinutesChanged) as conflict:
        write(session, "Mine", 0, member)
    assert (conflict.value.current, conflict.value.version) == ("Theirs", 1)
    session.refresh_from_db()
    assert session.minutes == "Theirs"
    assert write(session, "Both", 1, member).minutes == "Both"


def test_the_same_text_twice_is_no_conflict_and_no_version(session, member, organiser):
    write(session, "Same", 0, organiser)
    assert write(session, "Same", 0, member).minutes_version == 1


class TestEditor:
    @pytest.fixture
    def url(self, group, session):
        return f"/groups/{group.slug}/sessions/{session.pk}/minutes/"

    def test_a_second_tab_is_shown_both_texts_and_the_next_save_stands(
        self, client_of, url, session, member, organiser, now
    ):
        client_of(organiser).post(url, {"text": "Theirs, saved first", "based_on": 0})
        client = client_of(member)
        stale = client.post(url, {"text": "Mine, typed meanwhile", "based_on": 0})
        page = stale.content.decode()
        assert stale.status_code == 409
        assert "Theirs, saved first" in page
        assert "Mine, typed meanwhile</textarea>" in page
        assert 'name="based_on" value="1"' in page
        saved = client.post(url, {"text": "Both", "based_on": 1})
        assert saved.status_code == 302
        session.refresh_from_db()
        assert (session.minutes, session.minutes_version) == ("Both", 2)

    def test_the_preview_is_what_the_page_will_show(self, client_of, url, session, member, now):
        client = client_of(member)
        text = "# Decided\n\nLet $x \\in \\mathbb{R}^n$. <script>alert(1)</script>"
        fragment = client.post(url + "preview/", {"text": text}, headers={"HX-Request": "true"}).content.decode()
        client.post(url, {"text": text, "based_on": 0})
        session.refresh_from_db()
        assert session.minutes_html.strip() in fragment
        assert "<script>" not in fragment

    def test_previewing_without_a_script_saves_nothing(self, client_of, url, session, member, now):
        page = client_of(member).post(url, {"text": "**Bold**", "based_on": 0, "preview": "1"})
        assert "<strong>Bold</strong>" in page.content.decode()
        session.refresh_from_db()
        assert session.minutes_version == 0

    def test_a_text_that_is_too_long_comes_back_whole(self, client_of, url, session, member, now):
        text = "x" * 100_001
        refused = client_of(member).post(url, {"text": text, "based_on": 0})
        page = refused.content.decode()
        assert refused.status_code == 422
        assert "100001 characters; 100000 are the most" in page
        assert text in page

    def test_a_forged_version_is_refused_in_words(self, client_of, url, member, now):
        assert client_of(member).post(url, {"text": "Typed", "based_on": "x"}).status_code == 422
