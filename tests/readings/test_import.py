"""Importing and exporting: from the pasted text to the list, and back."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from readings.actions import (
    CannotImport,
    add_shipped_bibliography,
    confirm_import,
    hold_import,
    mark_section,
    undo_import,
)
from readings.actions.imports import entries_of
from readings.bibtex import parse
from readings.curricula import shipped_bibliography
from readings.models import ImportDraft, Section, Work
from tests.conftest import NOON
from tests.factories import SectionFactory, WorkFactory
from tests.work import calls_of

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
THREE = r"""
@book{one, title={One {GAN}}, author={Ada A}, year=2001, chapters={1 First; 2 Second}}
@article{broken, title={Never closed, year=2000
@article{two, title={The {$\ell_2$} norm and \(O(n^2)\)}, author={Müller, J.}, year=2002, pages={1--2}}
@misc{nameless, author={B}}
@book{three, title={线性代数应该这样学}}
"""


@pytest.fixture
def ben(client_of, member):
    return client_of(member)


def draft_of(group, member, text=THREE):
    return hold_import(group=group, data=text, source_name="", by=member, now=NOON)


def post_text(ben, group, text):
    return ben.post(reverse("readings:import", args=[group.slug]), {"text": text})


def post_file(ben, group, name, data):
    return ben.post(reverse("readings:import", args=[group.slug]), {"file": SimpleUploadedFile(name, data)})


def test_a_draft_holds_what_was_read_and_adds_nothing(group, member):
    draft = draft_of(group, member)
    assert [entry.key for entry in entries_of(draft)] == ["one", "two", "three"]
    assert entries_of(draft) == list(parse(THREE).entries)
    assert Work.objects.count() == 0


def test_what_is_chosen_is_added_once_with_its_sections(group, member):
    draft = draft_of(group, member)
    result = confirm_import(draft=draft, chosen=[0, 2, 99], by=member, now=LATER)
    assert (result.done, result.left) == (2, 1)
    assert [(work.key, work.sections.count()) for work in Work.objects.all()] == [("one", 2), ("three", 1)]
    with pytest.raises(CannotImport, match="already"):
        confirm_import(draft=draft, chosen=[0], by=member, now=LATER)


def test_nothing_chosen_is_refused(group, member):
    with pytest.raises(CannotImport, match="Nothing is ticked"):
        confirm_import(draft=draft_of(group, member), chosen=[], by=member, now=LATER)


def test_a_key_taken_meanwhile_gets_a_number(group, member):
    draft = draft_of(group, member)
    WorkFactory(group=group, key="ONE")
    confirm_import(draft=draft, chosen=[0], by=member, now=LATER)
    assert Work.objects.filter(key="one-2").exists()


def test_undoing_takes_back_what_nobody_has_used(group, member):
    draft = draft_of(group, member)
    confirm_import(draft=draft, chosen=[0, 1, 2], by=member, now=LATER)
    mark_section(section=Section.objects.filter(work__key="two").get(), user=member, status="reading", now=LATER)
    result = undo_import(draft=draft, by=member, now=LATER)
    assert (result.done, result.left) == (2, 1)
    assert [work.key for work in Work.objects.all()] == ["two"]
    with pytest.raises(CannotImport, match="nothing to undo"):
        undo_import(draft=draft, by=member, now=LATER)


def test_undoing_leaves_what_was_assigned_or_edited(group, member):
    from sessions.models import Assignment
    from tests.factories import SessionFactory

    draft = draft_of(group, member)
    confirm_import(draft=draft, chosen=[0, 1, 2], by=member, now=LATER)
    Assignment.objects.create(session=SessionFactory(group=group), section=Section.objects.get(work__key="three"))
    Work.objects.filter(key="one").update(changed_at=LATER + timedelta(minutes=1))
    assert undo_import(draft=draft, by=member, now=LATER).left == 2


def test_old_drafts_that_were_never_confirmed_go(group, member):
    draft_of(group, member)
    hold_import(group=group, data=THREE, source_name="", by=member, now=NOON + timedelta(days=8))
    assert ImportDraft.objects.count() == 1


def test_pasting_leads_to_a_preview_of_new_listed_and_lost(ben, group):
    listed = WorkFactory(group=group, title="One GAN", year="2001", key="here")
    response = post_text(ben, group, THREE)
    assert response.status_code == 302
    page = ben.get(response.url)
    assert page.context["number_fresh"] == 2
    assert [row["twin"].pk for row in page.context["listed"]] == [listed.pk]
    assert [problem.line for problem in page.context["lost"]] == [3, 5]
    html = page.content.decode()
    assert "line 3" in html
    assert "same title and year" in html
    assert html.count("<math") == 2
    done = ben.post(response.url, {"entry": ["1", "2"]})
    assert done.status_code == 302
    assert set(Work.objects.values_list("key", flat=True)) == {"here", "two", "three"}


def test_a_work_that_stands_twice_in_the_file_is_offered_once(ben, group):
    response = post_text(ben, group, "@book{a, title={A}, year=2000}\n@book{b, title={a}, year=2000}")
    page = ben.get(response.url)
    assert page.context["number_fresh"] == 1
    assert "stands twice in this file" in page.content.decode()


def test_posting_the_preview_twice_adds_once(ben, group):
    url = post_text(ben, group, THREE).url
    ben.post(url, {"entry": ["0"]})
    assert ben.post(url, {"entry": ["0"]}).status_code == 302
    assert Work.objects.count() == 1
    assert "Undo this import" in ben.get(url).content.decode()
    ben.post(url + "undo/")
    assert Work.objects.count() == 0
    assert "was undone" in ben.get(url).content.decode()
    assert ben.post(url + "undo/", follow=True).status_code == 200


def test_ticking_nothing_keeps_the_preview(ben, group):
    url = post_text(ben, group, THREE).url
    response = ben.post(url, {})
    assert response.status_code == 422
    assert "Nothing is ticked" in response.content.decode()


def test_the_text_can_be_corrected_where_it_stands(ben, group):
    pk = post_text(ben, group, THREE).url.split("/")[-2]
    form = ben.get(reverse("readings:import", args=[group.slug]) + f"?draft={pk}").context["form"]
    assert form["text"].value().strip() == THREE.strip()
    assert ben.get(reverse("readings:import", args=[group.slug]) + "?draft=x").status_code == 200


def test_a_draft_is_its_owners_own(client_of, organiser, ben, group):
    url = post_text(ben, group, THREE).url
    assert client_of(organiser).get(url).status_code == 404


def test_a_long_file_is_previewed_in_part_and_added_whole(ben, group):
    text = "".join(f"@book{{k{n}, title={{Work {n}}}}}\n" for n in range(350))
    url = post_text(ben, group, text).url
    page = ben.get(url)
    assert (len(page.context["fresh"]), page.context["number_rest"]) == (300, 50)
    ben.post(url, {"entry": [str(n) for n in range(300)], "rest": "1"})
    assert Work.objects.count() == 350


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "Paste BibTeX"), ("   ", "Paste BibTeX"), ("hello", "No entry was found"), ("<html>x", "web page")],
)
def test_refused_text_stays_in_the_form(ben, group, text, reason):
    response = post_text(ben, group, text)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert response.context["form"]["text"].value() == text


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("page.bib", b"<!DOCTYPE html><html>@book{a, title={A}}", "web page"),
        ("rubbish.bib", bytes(range(256)) * 100, "not a text file"),
        ("empty.bib", b"", "empty"),
        ("paper.pdf", b"%PDF-1.7\n\0\xff", "not a text file"),
    ],
)
def test_a_file_that_is_no_bibliography_is_refused_at_the_field(ben, group, name, data, reason):
    response = post_file(ben, group, name, data)
    assert response.status_code == 422
    assert reason in " ".join(response.context["form"].errors["file"])
    assert ImportDraft.objects.count() == 0


def test_an_upload_of_50_mb_is_refused_with_words(ben, group):
    response = post_file(ben, group, "big.bib", b"@book{a, title={A}}\n" * 2_500_000)
    assert response.status_code == 413
    assert "50 MB" in response.content.decode()


def test_a_latin_1_file_arrives_and_says_so(ben, group):
    response = post_file(ben, group, "old.bib", "@book{a, title={Über}}".encode("latin-1"))
    page = ben.get(response.url).content.decode()
    assert "Über" in page
    assert "Latin-1" in page


def test_the_export_of_a_list_imports_to_the_same_list(ben, group, member):
    confirm_import(draft=draft_of(group, member), chosen=[0, 1, 2], by=member, now=LATER)
    response = ben.get(reverse("readings:export", args=[group.slug]))
    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert f'filename="{group.slug}.bib"' in response["Content-Disposition"]
    assert parse(response.content).entries == parse(THREE).entries
    assert "pages = {1--2}" in response.content.decode()


def test_the_shipped_bibliography_survives_the_database(ben, group, member):
    add_shipped_bibliography(group=group, by=member, now=NOON)
    exported = parse(ben.get(reverse("readings:export", args=[group.slug])).content)
    assert exported.entries == tuple(shipped_bibliography().values())
    assert add_shipped_bibliography(group=group, by=member, now=NOON) == []


def test_ticked_works_are_exported_alone_and_of_the_own_group_only(ben, group):
    first, _, third = WorkFactory.create_batch(3, group=group)
    foreign = WorkFactory()
    query = f"?work={first.pk}&work={third.pk}&work={foreign.pk}&work=x"
    entries = parse(ben.get(reverse("readings:export", args=[group.slug]) + query).content).entries
    assert [entry.key for entry in entries] == [first.key, third.key]


def test_the_export_follows_the_filters(ben, group):
    book = WorkFactory(group=group, kind="book")
    WorkFactory(group=group, kind="paper")
    entries = parse(ben.get(reverse("readings:export", args=[group.slug]) + "?kind=book").content).entries
    assert [entry.key for entry in entries] == [book.key]


def test_one_work_is_given_as_bibtex_with_its_sections(ben, group):
    section = SectionFactory(work__group=group, number="1", title="One", pages="2–3")
    text = ben.get(reverse("readings:bibtex", args=[group.slug, section.work_id])).content.decode()
    assert "chapters = {1 One (pp. 2–3)}" in text


def many(number, *, of):
    return "".join(
        f'@article{{{of}{n}, title={{On the {{N}}umber {of}{n} and its M{{\\"u}}ller form}},\n'
        f" author={{Vaswani, Ashish and Noam Shazeer and Jakob Uszkoreit}}, journal={{Journal of Tests}},"
        f" year={{{1900 + n % 120}}},\n"
        f" doi={{10.1000/{of}{n}}}, abstract={{{'words ' * 40}}}}}\n"
        for n in range(number)
    )


@pytest.mark.slow
def test_twice_as_many_entries_are_twice_the_work(ben, group):
    def import_all(text, number):
        url = post_file(ben, group, "long.bib", text.encode()).url
        assert ben.get(url).context["number_fresh"] == number
        ben.post(url, {"entry": [str(n) for n in range(300)], "rest": "1"})

    import_all(many(30, of="a"), 30)  # what is remembered from the first time on is remembered
    calls = {
        number: calls_of(partial(import_all, many(number, of=of), number)) for of, number in (("b", 400), ("c", 800))
    }
    assert calls[800] < 2.2 * calls[400]
    assert Work.objects.count() == 1230


def test_pasting_more_than_a_form_may_carry_is_refused_with_words(ben, group):
    response = post_text(ben, group, "x" * 7_000_000)
    assert response.status_code in (400, 413)
    assert "<h1" in response.content.decode()


PUBLISHED = "@inproceedings{p, title={A Preprint}, author={Ada, A.}, year=2020, doi={10.1000/1}, booktitle={Proc. X}}"


def test_a_preprint_learns_where_it_was_published(ben, group):
    preprint = WorkFactory(
        group=group,
        title="A preprint",
        authors=[{"family": "Ada"}],
        year="2019",
        arxiv_id="2001.00001",
        changed_at=NOON,
    )
    url = post_text(ben, group, PUBLISHED).url
    page = ben.get(url)
    assert [row["brings"] for row in page.context["listed"]] == [["DOI", "venue"]]
    assert "Fill in DOI, venue" in page.content.decode()
    done = ben.post(url, {"complete": ["0"]}, follow=True)
    assert "filled in 1 that were there" in done.content.decode()
    preprint.refresh_from_db()
    assert (preprint.doi, preprint.venue, preprint.arxiv_id) == ("10.1000/1", "Proc. X", "2001.00001")
    assert (preprint.year, preprint.title) == ("2019", "A preprint")
    assert "10.1000/1" in preprint.search_text
    assert Work.objects.count() == 1


def test_nothing_is_filled_in_where_the_work_has_gone(group, member):
    draft = draft_of(group, member, PUBLISHED)
    with pytest.raises(CannotImport, match="Nothing is ticked"):
        confirm_import(draft=draft, chosen=[], completing=[0, 7], by=member, now=LATER)
