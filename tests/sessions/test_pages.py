"""The pages of the room, by link and form and by htmx."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from readings.models import Progress
from sessions import actions
from sessions.models import Attendance, Rsvp, Series, Session
from tests.factories import MembershipFactory, SectionFactory, SessionFactory, WorkFactory

from .factories import NOON, AgendaItemFactory, AssignmentFactory, AttendanceFactory, RsvpFactory, plan

HTMX = {"HX-Request": "true"}
SERIES = {
    "title": "Study session",
    "interval_weeks": "1",
    "starts_on": "2026-11-24",
    "at": "19:00",
    "length": "90",
    "time_zone": "Europe/Berlin",
}


def to(name, session, **more):
    return reverse(f"sessions:{name}", kwargs={"slug": session.group.slug, "pk": session.pk, **more})


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def furnished(session, group, section, organiser, member):
    """A session with something of everything; `more` times over."""

    def furnish(more):
        for n in range(more):
            person = MembershipFactory(group=group).user
            RsvpFactory(session=session, user=person, answer=("yes", "no", "maybe")[n % 3], comment="x")
            AgendaItemFactory(session=session, presenter=person, position=n)
            AssignmentFactory(session=session, section=SectionFactory(work=WorkFactory(group=group)))
            AttendanceFactory(session=session, user=person)

    return furnish


class TestDetail:
    def test_it_says_when_for_me_and_for_the_group(self, client_of, session, member, now):
        member.time_zone = "America/New_York"
        member.save()
        page = text_of(client_of(member).get(to("detail", session)))
        assert "Wednesday 25 November 2026, 13:00–14:30 EST" in page
        assert "<dt>For the group</dt><dd>Wed 25 Nov, 19:00 CET</dd>" in page

    def test_the_groups_hour_is_left_out_where_it_is_mine(self, client_of, session, member, now):
        page = text_of(client_of(member).get(to("detail", session)))
        assert "Wednesday 25 November 2026, 19:00–20:30 CET" in page
        assert "For the group" not in page

    def test_it_says_that_it_was_moved_and_from_where(self, client_of, session, organiser, member, now):
        RsvpFactory(session=session, user=member, answered_at=NOON - timedelta(days=1))
        actions.move_session(
            session=session,
            on=date(2026, 11, 26),
            at=session.starts_at.time(),
            time_zone="Europe/Berlin",
            duration=session.duration,
            by=organiser,
            now=NOON,
        )
        page = text_of(client_of(member).get(to("detail", session)))
        assert "<strong>Moved</strong> from Wed 25 Nov, 19:00 CET" in page
        assert "You answered before it was moved. Is it still so?" in page
        assert "answered before the move" in page

    def test_it_says_that_it_is_cancelled_and_why(self, client_of, session, organiser, member, now):
        actions.cancel_session(session=session, because="A <b>strike</b>", by=organiser, now=NOON)
        page = text_of(client_of(member).get(to("detail", session)))
        assert "<strong>Cancelled</strong>: A &lt;b&gt;strike&lt;/b&gt;" in page
        assert 'name="answer"' not in page
        assert "Restore session" not in page
        assert "Restore session" in text_of(client_of(organiser).get(to("detail", session)))

    def test_it_says_that_the_clocks_skip_its_hour(self, client_of, group, organiser, time_machine):
        april = datetime(2026, 4, 1, tzinfo=UTC)
        time_machine.move_to(april, tick=False)
        series = actions.start_series(
            group=group,
            plan=plan(starts_on=date(2026, 4, 5), at=datetime(2026, 1, 1, 2, 30).time()),
            by=organiser,
            now=april,
        )
        actions.extend_series(series=series, now=datetime(2027, 1, 1, tzinfo=UTC))
        page = text_of(client_of(organiser).get(to("detail", series.sessions.get(slot_on=date(2027, 3, 28)))))
        assert "The clocks skip 02:30 on this day" in page

    def test_the_call_is_the_first_thing_shortly_before(self, client_of, session, member, time_machine):
        session.call_url = "https://meet.example.org/x"
        session.save()
        time_machine.move_to(session.starts_at - timedelta(minutes=31), tick=False)
        assert "Join the call" not in text_of(client_of(member).get(to("detail", session)))
        time_machine.move_to(session.starts_at - timedelta(minutes=30), tick=False)
        assert "Join the call" in text_of(client_of(member).get(to("detail", session)))

    def test_a_session_of_another_group_is_not_found(self, client_of, group, member, now):
        foreign = SessionFactory()
        address = reverse("sessions:detail", args=[group.slug, foreign.pk])
        assert client_of(member).get(address).status_code == 404

    def test_the_number_of_queries_does_not_grow_and_stays_below_twelve(
        self, client_of, session, member, furnished, now, django_assert_num_queries
    ):
        session.starts_at = NOON - timedelta(hours=1)
        session.save()
        client = client_of(member)
        furnished(1)
        client.get(to("detail", session))
        with CaptureQueriesContext(connection) as few:
            client.get(to("detail", session))
        furnished(30)
        with django_assert_num_queries(len(few)):
            client.get(to("detail", session))
        assert len(few) <= 10


class TestList:
    def test_the_coming_ones_by_month_with_my_answer(self, client_of, group, session, member, now):
        december = SessionFactory(group=group, title="Advent", starts_at=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
        SessionFactory(group=group, title="Long ago", starts_at=NOON - timedelta(days=9))
        RsvpFactory(session=session, user=member)
        response = client_of(member).get(reverse("sessions:list", args=[group.slug]))
        months = [(month, [each.title for each in rows]) for month, rows in response.context["months"]]
        assert months == [("November 2026", [session.title]), ("December 2026", [december.title])]  # as in Berlin
        page = text_of(response)
        assert "1 coming" in page
        assert "not answered" in page

    def test_the_past_with_minutes_and_attendance(self, client_of, group, member, now):
        held = SessionFactory(group=group, title="Held", starts_at=NOON - timedelta(days=9))
        actions.write_minutes(session=held, text="Done", based_on=0, by=member, now=NOON)
        AttendanceFactory(session=held, user=member)
        SessionFactory(group=group, title="Silent", starts_at=NOON - timedelta(days=20))
        client, address = client_of(member), reverse("sessions:list", args=[group.slug])
        page = text_of(client.get(address + "?show=past"))
        assert page.index("Held") < page.index("Silent")
        assert "1 there" in page
        assert "Silent" not in text_of(client.get(address + "?show=minutes"))

    def test_what_i_present(self, client_of, group, session, member, now):
        SessionFactory(group=group, title="Other", starts_at=session.starts_at)
        AgendaItemFactory(session=session, presenter=member)
        response = client_of(member).get(reverse("sessions:list", args=[group.slug]) + "?show=presenting")
        assert [each.title for _, rows in response.context["months"] for each in rows] == [session.title]

    def test_a_clock_change_is_marked_where_it_moves_my_hour(self, client_of, group, organiser, member, now):
        actions.start_series(group=group, plan=plan(), by=organiser, now=NOON)
        for zone, expected in (("Europe/Berlin", 0), ("America/New_York", 2)):
            member.time_zone = zone
            member.save()
            page = text_of(client_of(member).get(reverse("sessions:list", args=[group.slug])))
            assert page.count("for you: the clocks change") == expected

    def test_an_empty_room_teaches(self, client_of, group, organiser, observer, now):
        page = text_of(client_of(organiser).get(reverse("sessions:list", args=[group.slug])))
        assert "No session is planned" in page
        assert "Schedule series" in page
        assert "Schedule series" not in text_of(client_of(observer).get(reverse("sessions:list", args=[group.slug])))

    @pytest.mark.parametrize("show", ["upcoming", "past", "minutes", "presenting", "nonsense"])
    def test_one_row_and_thirty_take_the_same_number_of_queries(
        self, client_of, group, member, now, show, django_assert_num_queries
    ):
        def more(number):
            for n in range(number):
                for sign in (1, -1):
                    each = SessionFactory(group=group, starts_at=NOON + sign * timedelta(days=n + 1))
                    actions.write_minutes(session=each, text=str(n), based_on=0, by=member, now=NOON)
                    AgendaItemFactory(session=each, presenter=member)
                    RsvpFactory(session=each, user=member)

        client, address = client_of(member), reverse("sessions:list", args=[group.slug]) + f"?show={show}"
        more(1)
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        more(30)
        with django_assert_num_queries(len(few)):
            response = client.get(address)
        assert sum(len(rows) for _, rows in response.context["months"]) == 30
        assert len(few) <= 7


class TestAnswering:
    def test_one_tap_without_a_script(self, client_of, session, member, now):
        response = client_of(member).post(to("answer", session), {"answer": "maybe", "comment": "Late"})
        assert response["Location"] == to("detail", session) + "#answers"
        assert Rsvp.objects.values_list("answer", "comment").get() == ("maybe", "Late")

    def test_htmx_gets_my_answer_and_who_comes(self, client_of, session, member, now):
        response = client_of(member).post(to("answer", session), {"answer": "yes"}, headers=HTMX)
        page = text_of(response)
        assert 'value="yes" aria-pressed="true"' in page
        assert 'id="who-comes" aria-labelledby="who-comes-title" hx-swap-oob="true"' in page
        assert "<html" not in page

    def test_at_home_only_the_pressed_part_comes_back(self, client_of, session, member, now):
        headers = {**HTMX, "HX-Target": f"quick-answer-{session.pk}"}
        page = text_of(client_of(member).post(to("answer", session), {"answer": "no"}, headers=headers))
        assert page.startswith('<form class="quick-answer"')
        assert 'value="no" aria-pressed="true"' in page
        assert "who-comes" not in page

    def test_from_home_without_a_script_one_returns_home(self, client_of, group, session, member, now):
        response = client_of(member).post(to("answer", session), {"answer": "no", "back": "home"})
        assert response["Location"] == group.get_absolute_url()

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_refusal_is_said(self, client_of, session, organiser, member, now, headers):
        actions.cancel_session(session=session, because="Ill", by=organiser, now=NOON)
        response = client_of(member).post(to("answer", session), {"answer": "yes"}, headers=headers)
        assert response.status_code == 422
        assert "This session is cancelled, so there is nothing to answer." in text_of(response)

    def test_all_answers_of_a_large_group_stand_on_their_own_page(self, client_of, session, member, furnished, now):
        furnished(50)
        page = text_of(client_of(member).get(to("people", session)))
        assert page.count('class="avatar-mark avatar-sm') == 52  # and the two who are silent


class TestScheduling:
    def post(self, client_of, organiser, group, **changes):
        data = {"title": "Extra", "on": "2026-12-01", "at": "19:00", "length": "60", "time_zone": "Europe/Berlin"}
        return client_of(organiser).post(reverse("sessions:new", args=[group.slug]), data | changes)

    def test_a_session_is_added(self, client_of, organiser, group, now):
        response = self.post(client_of, organiser, group)
        session = Session.objects.get()
        assert response["Location"] == session.get_absolute_url()
        assert session.starts_at == datetime(2026, 12, 1, 18, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"on": "2027-03-28", "at": "02:30"}, "02:30 does not exist on Sun 28 March 2027 in Europe/Berlin"),
            ({"time_zone": "Mars/Olympus"}, "“Mars/Olympus” is not a time zone we know"),
            ({"on": "2026-11-01"}, "has passed"),
            ({"on": "2026-02-30"}, "Enter a valid date"),
            ({"length": "2000"}, "less than or equal to 1440"),
            ({"call_url": "javascript:alert(1)"}, "Enter a valid URL"),
            ({"title": ""}, "This field is required"),
        ],
    )
    def test_a_refused_session_keeps_what_was_typed(self, client_of, organiser, group, now, changes, words):
        typed = {"title": "My long title", "place": "Room 7"} | changes
        response = self.post(client_of, organiser, group, **typed)
        page = text_of(response)
        assert response.status_code == 422
        assert words in page
        assert "What you typed is still here" in page
        assert 'value="Room 7"' in page
        assert Session.objects.count() == 0

    def test_move_cancel_and_edit_end_in_their_actions(self, client_of, organiser, session, now):
        client = client_of(organiser)
        gap = client.post(
            to("move", session),
            {"on": "2027-03-28", "at": "02:30", "length": "90", "time_zone": "Europe/Berlin"},
        )
        assert gap.status_code == 422
        assert "Choose 03:30" in text_of(gap)
        moved = client.post(
            to("move", session),
            {"on": "2026-11-27", "at": "18:00", "length": "90", "time_zone": "Europe/Berlin"},
        )
        assert moved.status_code == 302
        assert client.post(to("cancel", session), {"because": ""}).status_code == 422
        assert client.post(to("cancel", session), {"because": "Ill"}).status_code == 302
        again = client.post(to("cancel", session), {"because": "Ill"})
        assert (again.status_code, "cancelled already" in text_of(again)) == (422, True)
        assert client.post(to("restore", session)).status_code == 302
        assert client.post(to("restore", session), follow=True).status_code == 200
        edited = client.post(to("edit", session), {"title": "New", "length": "45", "description": "$x$"})
        assert edited.status_code == 302
        session.refresh_from_db()
        assert (session.title, session.sequence, session.duration) == ("New", 4, timedelta(minutes=45))

    def test_the_forms_open_with_what_stands(self, client_of, organiser, session, now):
        client = client_of(organiser)
        assert 'value="2026-11-25"' in text_of(client.get(to("move", session)))
        assert 'value="Log-determinant gradients"' in text_of(client.get(to("edit", session)))
        assert client.get(to("cancel", session)).status_code == 200
        assert 'value="2026-11-30"' in text_of(client.get(reverse("sessions:new", args=[session.group.slug])))


class TestSeriesPages:
    def test_a_series_is_scheduled(self, client_of, organiser, group, now):
        response = client_of(organiser).post(reverse("sessions:series-new", args=[group.slug]), SERIES)
        assert response.status_code == 302
        assert Series.objects.get().sessions.count() == 26

    def test_the_preview_shows_both_clocks_and_where_my_hour_moves(self, client_of, organiser, group, now):
        organiser.time_zone = "America/New_York"
        organiser.save()
        client = client_of(organiser)
        fragment = text_of(client.get(reverse("sessions:series-preview", args=[group.slug]), SERIES, headers=HTMX))
        assert "<td>Tue 24 Nov, 19:00 CET</td><td>Tue 24 Nov, 13:00 EST</td>" in fragment
        assert "<td>Tue 16 Mar, 19:00 CET</td><td>Tue 16 Mar, 14:00 EDT<br>" in fragment
        assert "1 h later for you: the clocks change" in fragment
        assert "1 h earlier for you: the clocks change" in fragment
        page = client.post(reverse("sessions:series-new", args=[group.slug]), SERIES | {"preview": "1"})
        assert "<td>Tue 24 Nov, 13:00 EST</td>" in text_of(page)
        assert Series.objects.count() == 0

    def test_the_preview_of_half_a_form_asks_for_the_rest(self, client_of, organiser, group, now):
        address = reverse("sessions:series-preview", args=[group.slug])
        assert "Fill in the day" in text_of(client_of(organiser).get(address, {"title": "x"}))
        gap = client_of(organiser).get(address, SERIES | {"starts_on": "2026-11-29", "at": "02:30"})
        assert "02:30 does not exist on Sun 28 March 2027" in text_of(gap)

    @pytest.mark.parametrize("extra", [{}, {"preview": "1"}])
    def test_a_gap_is_refused_and_everything_typed_kept(self, client_of, organiser, group, now, extra):
        data = SERIES | {"starts_on": "2026-11-29", "at": "02:30", "title": "Night watch"} | extra
        response = client_of(organiser).post(reverse("sessions:series-new", args=[group.slug]), data)
        page = text_of(response)
        assert response.status_code == 422
        assert "02:30 does not exist on Sun 28 March 2027 in Europe/Berlin" in page
        assert 'value="Night watch"' in page
        assert 'value="02:30"' in page

    def test_changing_from_here_on_keeps_or_replaces_what_was_edited(self, client_of, organiser, group, now):
        client = client_of(organiser)
        client.post(reverse("sessions:series-new", args=[group.slug]), SERIES)
        series = Series.objects.get()
        kept, replaced = series.sessions.filter(slot_on__in=["2026-12-08", "2026-12-15"])
        for each in (kept, replaced):
            client.post(to("cancel", each), {"because": "Holidays"})
        address = reverse("sessions:series-change", args=[group.slug, series.pk])
        page = text_of(client.get(address + "?from=2026-12-08"))
        assert "Change the series from Tue 8 Dec on" in page
        assert page.count('name="replace"') == 2
        data = SERIES | {"starts_on": "2026-12-08", "from_on": "2026-12-08", "at": "18:00", "replace": [replaced.pk]}
        response = client.post(address, data, follow=True)
        assert "23 carried over with their answers, 1 kept as it was edited" in text_of(response)
        kept.refresh_from_db()
        replaced.refresh_from_db()
        assert (kept.is_cancelled, replaced.is_cancelled) == (True, False)

    @pytest.mark.parametrize("asked", ["", "2026-02-30", "soon"])
    def test_a_change_without_a_good_date_begins_with_the_next_session(self, client_of, organiser, group, now, asked):
        client = client_of(organiser)
        client.post(reverse("sessions:series-new", args=[group.slug]), SERIES)
        address = reverse("sessions:series-change", args=[group.slug, Series.objects.get().pk])
        assert "Change the series from Tue 24 Nov on" in text_of(client.get(address, {"from": asked}))

    def test_a_stale_change_is_refused_and_keeps_what_was_typed(self, client_of, organiser, group, now):
        client = client_of(organiser)
        client.post(reverse("sessions:series-new", args=[group.slug]), SERIES)
        series = Series.objects.get()
        address = reverse("sessions:series-change", args=[group.slug, series.pk])
        data = SERIES | {"from_on": "2026-12-08", "starts_on": "2026-12-08", "title": "Second tab"}
        assert client.post(address, data).status_code == 302
        stale = client.post(address, data)
        assert stale.status_code == 422
        assert "changed in another tab" in text_of(stale)
        assert 'value="Second tab"' in text_of(stale)

    def test_stopping_says_what_became_of_the_sessions(self, client_of, organiser, group, now):
        client = client_of(organiser)
        client.post(reverse("sessions:series-new", args=[group.slug]), SERIES)
        address = reverse("sessions:series-stop", args=[group.slug, Series.objects.get().pk])
        assert "Nothing was changed" in text_of(client.post(address, {"last_on": "someday"}, follow=True))
        page = text_of(client.post(address, {"last_on": "2026-12-08"}, follow=True))
        assert "Sessions: 23 taken off the calendar." in page
        assert "already ends on Tue 8 December" in text_of(client.post(address, {"last_on": "2026-12-15"}, follow=True))

    def test_the_series_page_takes_the_same_number_of_queries_however_long(
        self, client_of, organiser, group, now, django_assert_num_queries
    ):
        series = actions.start_series(group=group, plan=plan(ends_on=date(2026, 11, 24)), by=organiser, now=NOON)
        long = actions.start_series(group=group, plan=plan(), by=organiser, now=NOON)
        client = client_of(organiser)
        client.get(reverse("sessions:series", args=[group.slug, series.pk]))
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("sessions:series", args=[group.slug, series.pk]))
        with django_assert_num_queries(len(few)):
            client.get(reverse("sessions:series", args=[group.slug, long.pk]))


class TestAgendaPages:
    def test_a_member_adds_an_item_and_presents_it(self, client_of, session, member, now):
        client = client_of(member)
        choices = text_of(client.get(to("agenda-add", session)))
        assert f'<option value="{member.pk}" selected>{member.name}</option>' in choices
        data = {"title": "Proof", "minutes": "20", "presenter": member.pk}
        assert client.post(to("agenda-add", session), data)["Location"].endswith("#agenda")
        assert session.agenda.get().presenter == member

    def test_a_member_cannot_put_down_someone_else(self, client_of, session, member, organiser, now):
        data = {"title": "Proof", "minutes": "20", "presenter": organiser.pk}
        response = client_of(member).post(to("agenda-add", session), data)
        assert response.status_code == 422
        assert session.agenda.count() == 0

    def test_an_organiser_can(self, client_of, session, member, organiser, now):
        data = {"title": "Proof", "minutes": "20", "presenter": member.pk}
        assert client_of(organiser).post(to("agenda-add", session), data).status_code == 302
        assert session.agenda.get().presenter == member

    def test_an_item_moves_by_keyboard_with_and_without_a_script(self, client_of, session, organiser, now):
        first, second = (AgendaItemFactory(session=session, title=title) for title in ("First", "Second"))
        client = client_of(organiser)
        fragment = client.post(to("agenda-move", session, item_pk=first.pk), {"direction": "down"}, headers=HTMX)
        page = text_of(fragment)
        assert page.index("Second") < page.index("First")
        assert "<html" not in page
        client.post(to("agenda-move", session, item_pk=first.pk), {"direction": "up"})
        client.post(to("agenda-move", session, item_pk=first.pk), {"direction": "sideways"})
        assert list(session.agenda.all()) == [first, second]

    def test_a_presenter_edits_and_removes_their_item(self, client_of, session, member, now):
        item = AgendaItemFactory(session=session, presenter=member)
        client = client_of(member)
        data = {"title": "Shorter", "minutes": "5", "presenter": member.pk}
        assert client.post(to("agenda-edit", session, item_pk=item.pk), data).status_code == 302
        item.refresh_from_db()
        assert (item.title, item.minutes) == ("Shorter", 5)
        assert client.post(to("agenda-edit", session, item_pk=item.pk), {"title": ""}).status_code == 422
        assert client.post(to("agenda-remove", session, item_pk=item.pk)).status_code == 302
        assert session.agenda.count() == 0

    def test_an_item_of_another_session_is_not_found(self, client_of, session, group, member, now):
        other = AgendaItemFactory(session=SessionFactory(group=group))
        assert client_of(member).post(to("agenda-take", session, item_pk=other.pk)).status_code == 404

    def test_taking_what_was_taken_is_said(self, client_of, session, organiser, member, now):
        item = AgendaItemFactory(session=session, presenter=organiser)
        response = client_of(member).post(to("agenda-take", session, item_pk=item.pk), follow=True)
        assert "Someone else has just taken this item." in text_of(response)


class TestReadingPages:
    def test_an_organiser_chooses_and_a_member_marks(self, client_of, session, section, organiser, member, now):
        address = to("readings", session)
        assert "The Matrix Cookbook" in text_of(client_of(organiser).get(address))
        assert client_of(organiser).post(address, {"section": [section.pk]}).status_code == 302
        client = client_of(member)
        page = text_of(client.get(to("detail", session)))
        assert "2.4 Derivatives of determinants · 0 of 2 have read it" in page
        mark = to("read", session, section_pk=section.pk)
        fragment = text_of(client.post(mark, {"status": "done"}, headers=HTMX))
        assert "1 of 2 have read it" in fragment
        assert 'name="status" value="done"' in fragment
        assert client.post(mark, {"status": "reading"})["Location"].endswith("#readings")
        assert client.post(mark, {"status": "burnt"}).status_code == 302
        assert Progress.objects.get().status == "reading"

    def test_a_foreign_section_is_refused(self, client_of, session, organiser, now):
        foreign = SectionFactory()
        response = client_of(organiser).post(to("readings", session), {"section": [foreign.pk, "x"]})
        assert response.status_code == 422
        assert "no longer on the group" in text_of(response)

    def test_what_is_not_assigned_cannot_be_marked_here(self, client_of, session, section, member, now):
        mark = to("read", session, section_pk=section.pk)
        assert client_of(member).post(mark, {"status": "done"}).status_code == 404

    def test_an_empty_list_leads_to_the_readings(self, client_of, session, organiser, now):
        assert "reading list is empty" in text_of(client_of(organiser).get(to("readings", session)))


class TestAttendancePage:
    @pytest.fixture
    def held(self, session):
        session.starts_at = NOON - timedelta(hours=2)
        session.save()
        return session

    def test_answers_are_proposed_and_nothing_is_stored_by_looking(
        self, client_of, held, organiser, member, observer, now
    ):
        RsvpFactory(session=held, user=organiser, answer="yes")
        RsvpFactory(session=held, user=member, answer="no")
        response = client_of(organiser).get(to("attendance", held))
        assert [(row["person"], row["shown"]) for row in response.context["rows"]] == [
            (organiser, "present"),
            (member, "excused"),
        ]
        assert Attendance.objects.count() == 0

    def test_saved_marks_stand_and_proposals_stop(self, client_of, held, organiser, member, now):
        RsvpFactory(session=held, user=organiser, answer="yes")
        client = client_of(organiser)
        saved = client.post(to("attendance", held), {f"mark-{member.pk}": "absent", f"mark-{organiser.pk}": ""})
        assert saved.status_code == 302
        response = client.get(to("attendance", held))
        assert [row["shown"] for row in response.context["rows"]] == ["", "absent"]
        assert "<strong>1 absent</strong>: Ben Member" in text_of(client.get(to("detail", held)))

    def test_who_wrote_the_minutes_takes_it_too(self, client_of, held, organiser, member, now):
        client = client_of(member)
        assert client.get(to("attendance", held)).status_code == 403
        actions.write_minutes(session=held, text="Done", based_on=0, by=member, now=NOON)
        assert client.get(to("attendance", held)).status_code == 200

    def test_before_the_session_it_is_closed_and_says_so(self, client_of, session, organiser, now):
        client = client_of(organiser)
        assert "Attendance opens when the session begins" in text_of(client.get(to("attendance", session)))
        response = client.post(to("attendance", session), {f"mark-{organiser.pk}": "present"})
        assert response.status_code == 422
        assert Attendance.objects.count() == 0

    def test_an_unknown_mark_is_refused_and_the_others_kept(self, client_of, held, organiser, member, now):
        data = {f"mark-{organiser.pk}": "asleep", f"mark-{member.pk}": "absent"}
        response = client_of(organiser).post(to("attendance", held), data)
        assert response.status_code == 422
        assert [row["shown"] for row in response.context["rows"]] == ["asleep", "absent"]
