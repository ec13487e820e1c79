"""The pages of the readings room."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import Role
from readings.models import Progress, Work
from tests.conftest import NOON
from tests.factories import MembershipFactory, SectionFactory, WorkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(client_of, member):
    return client_of(member)


def address(name, group, *args):
    return reverse(f"readings:{name}", args=[group.slug, *args])


def queries_of(client, url, **headers):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url, **headers).status_code == 200
    return len(queries)


def listed(client, group, query=""):
    return [work.key for work in client.get(address("list", group) + query).context["works"]]


def fill(group, number):
    for _ in range(number):
        work = WorkFactory(group=group)
        for section in SectionFactory.create_batch(3, work=work):
            for membership in group.memberships.all():
                Progress.objects.create(section=section, user=membership.user, status="done")


def test_the_list_costs_the_same_with_one_work_and_with_thirty(ben, group):
    MembershipFactory.create_batch(5, group=group)
    fill(group, 1)
    ben.get(address("list", group))
    one = queries_of(ben, address("list", group))
    fill(group, 29)
    assert queries_of(ben, address("list", group)) == one
    assert one <= 12


def test_a_reading_costs_the_same_with_one_section_and_with_thirty(ben, group):
    section = SectionFactory(work__group=group)
    url = address("detail", group, section.work_id)
    ben.get(url)
    one = queries_of(ben, url)
    for more in SectionFactory.create_batch(29, work=section.work):
        for membership in MembershipFactory.create_batch(2, group=group):
            Progress.objects.create(section=more, user=membership.user, status="done")
    assert queries_of(ben, url) == one
    assert one <= 12


def test_the_list_shows_thirty_a_page_with_the_count(ben, group):
    WorkFactory.create_batch(31, group=group)
    assert len(listed(ben, group)) == 30
    assert len(listed(ben, group, "?page=2")) == 1
    assert "1–30 of 31 readings" in ben.get(address("list", group)).content.decode()
    assert len(listed(ben, group, "?page=nonsense")) == 30


def test_filters_stand_in_the_address_and_combine(ben, group, member):
    book = WorkFactory(group=group, kind="book", key="book", title="Éléments de statistique", year="1990")
    paper = WorkFactory(group=group, kind="paper", key="paper", year="2020")
    gone = WorkFactory(group=group, key="gone", archived_at=NOON)
    first, _second = SectionFactory.create_batch(2, work=book)
    only = SectionFactory(work=paper)
    SectionFactory(work=gone)
    assert listed(ben, group) == ["book", "paper"]
    assert listed(ben, group, "?kind=book") == ["book"]
    assert listed(ben, group, "?q=elements") == ["book"]
    assert listed(ben, group, "?q=WASSERMAN+2020") == ["paper"]
    assert listed(ben, group, "?order=year") == ["paper", "book"]
    assert listed(ben, group, "?status=archived") == ["gone"]
    assert listed(ben, group, "?status=to-read") == ["book", "paper"]
    Progress.objects.create(section=first, user=member, status="done")
    Progress.objects.create(section=only, user=member, status="done")
    assert listed(ben, group, "?status=reading") == ["book"]
    assert listed(ben, group, "?status=done") == ["paper"]
    assert listed(ben, group, "?status=done&kind=book") == []
    assert listed(ben, group, "?status=burnt&kind=x&order=y") == ["book", "paper"]


def test_a_row_tells_my_progress_and_the_groups(ben, group, member, organiser, observer):
    section, other = SectionFactory.create_batch(2, work=WorkFactory(group=group))
    for user in (organiser, observer):
        for each in (section, other):
            Progress.objects.create(section=each, user=user, status="done")
    Progress.objects.create(section=section, user=member, status="done")
    html = ben.get(address("list", group)).content.decode()
    assert "1 of 2 sections" in html
    assert "1 of 2 done" in html


def test_who_left_does_not_count_for_the_group(ben, group, member, former):
    section = SectionFactory(work__group=group)
    Progress.objects.create(section=section, user=former, status="done")
    assert "0 of 1 done" in ben.get(address("list", group)).content.decode()
    assert former.display_name not in ben.get(address("detail", group, section.work_id)).content.decode()


def test_htmx_gets_the_list_alone(ben, group):
    WorkFactory(group=group)
    response = ben.get(address("list", group), headers={"HX-Request": "true"})
    assert "HX-Request" in response["Vary"]
    html = response.content.decode()
    assert html.lstrip().startswith('<div id="works"')
    assert "<html" not in html


def test_an_empty_list_says_what_it_is_for(ben, client_of, observer, group):
    html = ben.get(address("list", group)).content.decode()
    assert "The list is empty" in html
    assert address("add", group) in html
    assert address("add", group) not in client_of(observer).get(address("list", group)).content.decode()
    assert "Nothing matches" in ben.get(address("list", group) + "?q=x").content.decode()


def test_a_title_with_mathematics_and_markup_is_shown_as_such(ben, group):
    work = WorkFactory(group=group, title=r"The $\ell_2$ norm <script>alert(1)</script> and $\frobnicate{$")
    html = ben.get(address("detail", group, work.pk)).content.decode()
    assert "<math" in html
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_reading_shows_everybodys_marks_mine_first(ben, group, member, organiser):
    section = SectionFactory(work__group=group, number="1", title="One")
    SectionFactory(work=section.work, number="2", title="Two")
    Progress.objects.create(section=section, user=organiser, status="done")
    standing = ben.get(address("detail", group, section.work_id)).context["standing"]
    assert [(reader.user, reader.done) for reader in standing.readers] == [(member, 0), (organiser, 1)]
    assert [cell.status for cell in standing.readers[1].cells] == ["done", "to-read"]


def test_a_large_group_is_shown_in_part(ben, group):
    MembershipFactory.create_batch(60, group=group)
    work = SectionFactory(work__group=group).work
    page = ben.get(address("detail", group, work.pk))
    assert len(page.context["standing"].readers) == 40
    assert "and 21 more members" in page.content.decode()


def test_marking_is_one_tap_with_and_without_htmx(ben, group, member):
    section = SectionFactory(work__group=group)
    url = address("mark", group, section.pk)
    assert ben.post(url, {"status": "reading"}).status_code == 302
    fragment = ben.post(url, {"status": "done"}, headers={"HX-Request": "true"})
    assert fragment.content.decode().lstrip().startswith('<div id="sections" data-announce=')
    assert 'value="done" aria-pressed="true"' in fragment.content.decode()
    assert Progress.objects.get(user=member).status == "done"


def test_marking_from_home_leads_back_home(ben, group):
    section = SectionFactory(work__group=group)
    response = ben.post(address("mark", group, section.pk), {"status": "done", "back": "home"})
    assert response.url == reverse("group-home", args=[group.slug])


def test_marking_all_sections_at_once(ben, group, member):
    work = WorkFactory(group=group)
    SectionFactory.create_batch(3, work=work)
    ben.post(address("mark-all", group, work.pk), {"status": "done"})
    assert Progress.objects.filter(user=member, status="done").count() == 3


def test_a_section_of_another_group_is_not_found(ben, group):
    foreign = SectionFactory()
    assert ben.post(address("mark", group, foreign.pk), {"status": "done"}).status_code == 404
    assert ben.get(address("detail", group, foreign.work_id)).status_code == 404


TYPED = {
    "kind": "paper",
    "title": "Attention  Is All You Need",
    "authors": "Vaswani, Ashish\nNoam Shazeer\n{Google Brain}",
    "year": "2017",
    "arxiv_id": "https://arxiv.org/abs/1706.03762v7",
    "doi": "",
    "sections": "1 One\n\n2 Two",
}


def test_a_reading_is_added_by_form_with_its_ids_in_normal_form(ben, group):
    response = ben.post(address("add", group), TYPED)
    work = Work.objects.get()
    assert response.url == work.get_absolute_url()
    assert (work.title, work.arxiv_id, work.key) == ("Attention Is All You Need", "1706.03762", "vaswani2017attention")
    assert [str(name) for name in work.names] == ["Ashish Vaswani", "Noam Shazeer", "Google Brain"]
    assert work.author_line == "Vaswani, Shazeer and Google Brain"
    assert work.sections.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", "", "required"),
        ("title", "x" * 501, "at most 500"),
        ("why", "a\0b", "Null characters"),
        ("year", "17", "four digits"),
        ("year", "２０１７", "four digits"),
        ("doi", "not a doi", "no DOI"),
        ("arxiv_id", "17.1", "no arXiv"),
        ("isbn", "9780262035610", "check digit"),
        ("url", "javascript:alert(1)", "no web address"),
        ("kind", "scroll", "not one of the available"),
        ("key", "a b", "no blanks"),
        ("sections", "x\n" * 301, "up to 300"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(ben, group, field, value, reason):
    response = ben.post(address("add", group), {**TYPED, field: value})
    assert response.status_code == 422
    form = response.context["form"]
    assert reason in " ".join(form.errors[field])
    assert form["authors"].value() == TYPED["authors"]
    assert form[field].value() == value
    assert Work.objects.count() == 0


def test_a_twin_is_shown_before_it_is_added_a_second_time(ben, group):
    ben.post(address("add", group), TYPED)
    response = ben.post(address("add", group), TYPED)
    assert response.status_code == 422
    html = response.content.decode()
    assert "already, with the same arXiv 1706.03762" in html
    assert "Add reading all the same" in html
    ben.post(address("add", group), {**TYPED, "although_listed": "on"})
    assert Work.objects.count() == 2


def test_a_taken_key_is_said_at_the_key(ben, group):
    WorkFactory(group=group, key="mine")
    response = ben.post(address("add", group), {**TYPED, "key": "mine"})
    assert response.status_code == 422
    assert "taken" in " ".join(response.context["form"].errors["key"])


def test_a_twin_is_noticed_while_typing(ben, group):
    WorkFactory(group=group, doi="10.1000/182", title="Known")
    url = address("twin", group)
    assert "Known" in ben.get(url, {"doi": "https://doi.org/10.1000/182"}).content.decode()
    assert "Known" not in ben.get(url, {"title": "Other", "year": "20x7"}).content.decode()


def test_editing_changes_the_work_and_shows_it(ben, group):
    work = WorkFactory(group=group, authors=[{"given": "A", "family": "B"}], changed_at=NOON)
    form = ben.get(address("edit", group, work.pk)).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    assert typed["authors"] == "B, A"
    response = ben.post(address("edit", group, work.pk), {**typed, "title": "New title"})
    assert response.status_code == 302
    work.refresh_from_db()
    assert work.title == "New title"


def test_a_second_tab_does_not_overwrite_in_silence(ben, group):
    work = WorkFactory(group=group, changed_at=NOON)
    form = ben.get(address("edit", group, work.pk)).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    Work.objects.filter(pk=work.pk).update(title="By another", changed_at=NOON + timedelta(minutes=1))
    response = ben.post(address("edit", group, work.pk), {**typed, "title": "Mine"})
    assert response.status_code == 422
    assert "Someone changed this reading" in response.content.decode()
    form = response.context["form"]
    assert form["title"].value() == "Mine"
    again = {name: form[name].value() or "" for name in form.fields}
    assert ben.post(address("edit", group, work.pk), again).status_code == 302
    work.refresh_from_db()
    assert work.title == "Mine"


def test_a_forged_state_of_the_form_is_no_error(ben, group):
    work = WorkFactory(group=group)
    response = ben.post(address("edit", group, work.pk), {**TYPED, "seen": "yesterday"})
    assert response.status_code == 302


def test_archiving_can_be_undone_from_the_page(client_of, organiser, group):
    work = WorkFactory(group=group)
    ana = client_of(organiser)
    page = ana.post(address("archive", group, work.pk), follow=True).content.decode()
    assert "Bring back to the list" in page
    page = ana.post(address("archive", group, work.pk), follow=True).content.decode()
    assert "in the archive already" in page
    page = ana.post(address("restore", group, work.pk), follow=True).content.decode()
    assert "is on the list again" in page
    assert "on the list already" in ana.post(address("restore", group, work.pk), follow=True).content.decode()


def test_removing_asks_first_and_says_what_goes(client_of, organiser, group, member):
    section = SectionFactory(work__group=group)
    Progress.objects.create(section=section, user=member, status="done")
    ana = client_of(organiser)
    url = address("remove", group, section.work_id)
    assert "1 marks of progress" in ana.get(url).content.decode()
    assert Work.objects.exists()
    assert ana.post(url).url == address("list", group)
    assert not Work.objects.exists()


def test_sections_are_added_renamed_moved_and_removed(ben, group):
    work = WorkFactory(group=group)
    ben.post(address("sections-add", group, work.pk), {"lines": "1 One\n2 Two\n3 Three"})
    one, two, three = work.sections.all()
    ben.post(address("section-edit", group, two.pk), {"number": "2", "title": "Zwei", "pages": "5–6"})
    ben.post(address("section-move", group, three.pk), {"to": "up"})
    ben.post(address("section-remove", group, one.pk))
    assert [str(section) for section in work.sections.all()] == ["3 Three", "2 Zwei"]
    assert "pp. 5–6" in ben.get(address("detail", group, work.pk)).content.decode()
    assert ben.get(address("section-edit", group, two.pk)).context["form"]["title"].value() == "Zwei"


def test_refused_sections_stay_in_the_form(ben, group):
    work = WorkFactory(group=group)
    response = ben.post(address("sections-add", group, work.pk), {"lines": "x\n" * 301})
    assert response.status_code == 422
    assert "up to 300" in response.content.decode()
    section = SectionFactory(work=work)
    assert ben.post(address("section-edit", group, section.pk), {"title": ""}).status_code == 422
    page = ben.post(address("section-remove", group, section.pk), follow=True)
    assert "only section" in page.content.decode()


def test_an_observer_reads_without_marks_or_forms(client_of, observer, group):
    section = SectionFactory(work__group=group)
    html = client_of(observer).get(address("detail", group, section.work_id)).content.decode()
    assert 'name="status"' not in html
    assert "Edit reading" not in html


def test_home_shows_what_i_am_reading(ben, group, member, client_of, organiser):
    section = SectionFactory(work__group=group, work__title="Deep Learning", number="3", title="Probability")
    SectionFactory(work=WorkFactory(group=group, archived_at=NOON), title="Hidden")
    Progress.objects.create(section=section, user=member, status="reading")
    home = reverse("group-home", args=[group.slug])
    html = ben.get(home).content.decode()
    assert "Reading now" in html
    assert "3 Probability" in html
    assert "Reading now" not in client_of(organiser).get(home).content.decode()


def test_what_others_added_is_told_together():
    from members.models import Group
    from readings.panels import readings_added
    from tests.factories import GroupFactory, UserFactory

    group: Group = GroupFactory()
    me, other = UserFactory(), UserFactory(name="Ada")
    WorkFactory(group=group, added_by=me, added_at=NOON)
    WorkFactory.create_batch(3, group=group, added_by=other, added_at=NOON)
    WorkFactory(group=group, added_by=None, added_at=NOON + timedelta(minutes=1), title="Lone")
    WorkFactory(group=group, added_by=other, added_at=NOON - timedelta(days=2))
    found = readings_added(group=group, since=NOON - timedelta(days=1), until=NOON + timedelta(days=1), user=me)
    assert [(change.who, change.text) for change in found] == [
        ("Someone", "added the reading “Lone”"),
        ("Ada", "added 3 readings"),
    ]


def test_a_member_who_becomes_an_observer_keeps_marks_out_of_the_matrix(ben, group):
    membership = MembershipFactory(group=group, role=Role.OBSERVER, user__name="Olga Observer")
    section = SectionFactory(work__group=group)
    Progress.objects.create(section=section, user=membership.user, status="done")
    assert "Olga Observer" not in ben.get(address("detail", group, section.work_id)).content.decode()


def test_numbers_that_no_row_can_have_are_not_found(ben, group):
    for name in ("detail", "edit", "section-edit", "import-preview"):
        assert ben.get(address(name, group, 10**30)).status_code == 404
    assert ben.get(address("export", group) + f"?work={10**30}").status_code == 200
    assert ben.get(address("import", group) + f"?draft={10**30}").status_code == 200
