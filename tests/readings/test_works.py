"""Adding, editing, archiving and removing works, and their sections."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from readings.actions import (
    AlreadyListed,
    CannotChangeSections,
    CannotChangeWork,
    WorkData,
    add_sections,
    add_work,
    archive_work,
    edit_section,
    edit_work,
    mark_section,
    mark_work,
    move_section,
    remove_section,
    remove_work,
    restore_work,
    uses_of,
)
from readings.bibtex import Kind, Name
from readings.conversion import section_parts, section_text
from readings.models import Progress, Section, Work
from tests.conftest import NOON
from tests.factories import SectionFactory, SessionFactory, WorkFactory

LATER = NOON + timedelta(hours=1)
ATTENTION = WorkData(
    kind=Kind.PAPER,
    title="Attention Is All You Need",
    authors=(Name("Vaswani", "Ashish"), Name("Shazeer", "Noam")),
    year="2017",
    arxiv_id="1706.03762",
)


def titles(work):
    return [str(section) for section in work.sections.all()]


def test_a_work_gets_a_key_a_place_and_a_section_for_the_whole(group, member):
    first = add_work(group=group, data=ATTENTION, by=member, now=NOON)
    second = add_work(group=group, data=WorkData(kind=Kind.BOOK, title="Calculus"), by=member, now=NOON)
    assert (first.key, first.position, titles(first)) == ("vaswani2017attention", 1, ["Whole paper"])
    assert (second.key, second.position, titles(second)) == ("calculus", 2, ["Whole book"])


def test_a_work_with_chapters_has_them_as_sections(group, member):
    data = WorkData(kind=Kind.BOOK, title="B", sections=("3.2 Convex sets (pp. 27–40)", "Appendix"))
    work = add_work(group=group, data=data, by=member, now=NOON)
    first, second = work.sections.all()
    assert (first.number, first.title, first.pages) == ("3.2", "Convex sets", "27–40")
    assert (second.number, second.title) == ("", "Appendix")


@pytest.mark.parametrize(
    ("again", "by"),
    [
        (WorkData(kind=Kind.PAPER, title="Other", arxiv_id="1706.03762"), "arXiv 1706.03762"),
        (WorkData(kind=Kind.PAPER, title="attention is all you need!", year="2017"), "title and year"),
        (
            WorkData(kind=Kind.PAPER, title="Attention is all you need", year="2018", authors=(Name("vaswani"),)),
            "title and first author",
        ),
        (WorkData(kind=Kind.PAPER, title="Attention Is All You Need", year="2019"), ""),
    ],
)
def test_a_work_that_is_listed_is_noticed(group, member, again, by):
    add_work(group=group, data=ATTENTION, by=member, now=NOON)
    if not by:
        add_work(group=group, data=again, by=member, now=NOON)
        return
    with pytest.raises(AlreadyListed) as refusal:
        add_work(group=group, data=again, by=member, now=NOON)
    assert refusal.value.twin.by == by
    added = add_work(group=group, data=again, by=member, now=NOON, although_listed=True)
    assert added.key != "vaswani2017attention"


def test_an_archived_twin_is_named_as_archived(group, member):
    work = add_work(group=group, data=ATTENTION, by=member, now=NOON)
    archive_work(work=work, by=member, now=NOON)
    with pytest.raises(AlreadyListed, match="archived readings"):
        add_work(group=group, data=ATTENTION, by=member, now=NOON)


def test_the_same_work_may_stand_on_two_groups_lists(group, member):
    add_work(group=group, data=ATTENTION, by=member, now=NOON)
    other = WorkFactory().group
    assert add_work(group=other, data=ATTENTION, by=member, now=NOON).key == "vaswani2017attention"


def test_a_key_is_never_given_twice(group, member):
    work = WorkFactory(group=group, key="taken")
    with pytest.raises(CannotChangeWork, match="taken"):
        add_work(group=group, data=WorkData(kind=Kind.BOOK, title="B", key="Taken"), by=member, now=NOON)
    other = WorkFactory(group=group)
    with pytest.raises(CannotChangeWork, match="taken"):
        edit_work(work=other, data=WorkData(kind=Kind.BOOK, title="B", key="TAKEN"), by=member, now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkFactory(group=work.group, key="taken")


@pytest.mark.parametrize("broken", [{"title": ""}])
def test_a_work_without_a_title_cannot_be_stored(group, broken):
    with pytest.raises(IntegrityError):
        WorkFactory(group=group, **broken)


def test_a_section_without_a_title_cannot_be_stored(group):
    work = WorkFactory(group=group)
    with pytest.raises(IntegrityError):
        SectionFactory(work=work, title="")


def test_an_edit_keeps_sections_and_renews_what_follows(group, member):
    work = add_work(group=group, data=ATTENTION, by=member, now=NOON)
    data = WorkData(kind=Kind.PAPER, title=r"The $\ell_2$ norm", authors=(Name("Šidák", "Zbyněk"),), year="1967")
    edited = edit_work(work=work, data=data, by=member, now=LATER, seen=NOON)
    assert edited.key == "vaswani2017attention"
    assert "<math" in edited.title_html
    assert list(Work.objects.matching("sidak zbynek ELL_2")) == [edited]
    assert edited.changed_at == LATER


def test_a_stale_edit_is_refused(group, member):
    work = add_work(group=group, data=ATTENTION, by=member, now=NOON)
    edit_work(work=work, data=ATTENTION, by=member, now=LATER)
    with pytest.raises(CannotChangeWork, match="Someone changed"):
        edit_work(work=work, data=ATTENTION, by=member, now=LATER, seen=NOON)


def test_an_archived_work_leaves_the_list_and_comes_back(group, member):
    work = WorkFactory(group=group)
    archive_work(work=work, by=member, now=NOON)
    assert list(Work.objects.on_list_of(group)) == []
    with pytest.raises(CannotChangeWork):
        archive_work(work=work, by=member, now=NOON)
    restore_work(work=work, by=member, now=NOON)
    assert list(Work.objects.on_list_of(group)) == [work]
    with pytest.raises(CannotChangeWork):
        restore_work(work=work, by=member, now=NOON)


def test_removing_names_what_goes_with_the_work(group, member):
    from sessions.models import Assignment

    section = SectionFactory(work__group=group)
    mark_section(section=section, user=member, status="done", now=NOON)
    Assignment.objects.create(session=SessionFactory(group=group), section=section)
    assert [(use.number, use.what) for use in uses_of(section.work)] == [(1, "marks of progress"), (1, "assignments")]
    assert remove_work(work=section.work, by=member, now=NOON) == section.work.title
    assert not Section.objects.filter(pk=section.pk).exists()


def test_the_first_sections_take_the_place_of_the_whole_while_nobody_marked_it(group, member):
    work = add_work(group=group, data=ATTENTION, by=member, now=NOON)
    whole = work.sections.get()
    add_sections(work=work, lines=["1 One", "2 Two"], by=member, now=LATER)
    assert titles(work) == ["1 One", "2 Two"]
    assert work.sections.first().pk == whole.pk


def test_a_marked_whole_stays_beside_new_sections(group, member):
    work = add_work(group=group, data=ATTENTION, by=member, now=NOON)
    mark_section(section=work.sections.get(), user=member, status="done", now=NOON)
    add_sections(work=work, lines=["1 One"], by=member, now=LATER)
    assert titles(work) == ["Whole paper", "1 One"]


@pytest.mark.parametrize("lines", [[], [" "], ["x"] * 301])
def test_no_sections_or_too_many_are_refused(group, member, lines):
    with pytest.raises(CannotChangeSections):
        add_sections(work=WorkFactory(group=group), lines=lines, by=member, now=NOON)


def test_sections_move_and_stay_at_the_ends(group, member):
    work = WorkFactory(group=group)
    one, two = (SectionFactory(work=work, title=title, position=7) for title in ("One", "Two"))
    move_section(section=two, up=True, by=member, now=NOON)
    assert titles(work) == ["Two", "One"]
    move_section(section=two, up=True, by=member, now=NOON)
    assert titles(work) == ["Two", "One"]
    move_section(section=two, up=False, by=member, now=NOON)
    assert titles(work) == ["One", "Two"]
    one.delete()
    one.pk = 10**6
    with pytest.raises(CannotChangeSections):
        move_section(section=one, up=True, by=member, now=NOON)


def test_the_last_section_stays(group, member):
    work = WorkFactory(group=group)
    one, _ = SectionFactory(work=work), SectionFactory(work=work)
    remove_section(section=one, by=member, now=NOON)
    with pytest.raises(CannotChangeSections, match="only section"):
        remove_section(section=work.sections.get(), by=member, now=NOON)


def test_a_section_is_renamed_and_never_nameless(group, member):
    section = SectionFactory(work__group=group)
    edit_section(section=section, number="2", title="Two", pages="3–4", by=member, now=NOON)
    assert section_text(Section.objects.get()) == "2 Two (pp. 3–4)"
    with pytest.raises(CannotChangeSections):
        edit_section(section=section, number="", title=" ", pages="", by=member, now=NOON)


@pytest.mark.parametrize(
    ("text", "number", "title", "pages"),
    [
        ("3.2 Convex sets (pp. 27–40)", "3.2", "Convex sets", "27–40"),
        ("Introduction", "", "Introduction", ""),
        ("A.1 Proofs (p. 9)", "A.1", "Proofs", "9"),
        ("I. Data Compression", "I", "Data Compression", ""),
        ("A Theory of Everything", "", "A Theory of Everything", ""),
        ("I am a title", "", "I am a title", ""),
        ("第3章 线性映射", "第3章", "线性映射", ""),
        ("18", "", "18", ""),
    ],
)
def test_a_line_is_read_as_a_section(text, number, title, pages):
    assert section_parts(text) == {"number": number, "title": title, "pages": pages}


def test_a_mark_is_one_row_that_changes(group, member):
    section = SectionFactory(work__group=group)
    for status in ("reading", "done", "done", "to-read"):
        mark_section(section=section, user=member, status=status, now=NOON)
    assert Progress.objects.get().status == "to-read"
    with pytest.raises(CannotChangeSections):
        mark_section(section=section, user=member, status="burnt", now=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Progress.objects.create(section=section, user=member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Progress.objects.update(status="burnt")


def test_marking_a_work_marks_each_section_once(group, member):
    work = WorkFactory(group=group)
    first = SectionFactory(work=work)
    SectionFactory.create_batch(2, work=work)
    mark_section(section=first, user=member, status="reading", now=NOON)
    assert mark_work(work=work, user=member, status="done", now=NOON) == 3
    assert mark_work(work=work, user=member, status="done", now=NOON) == 0
    assert Progress.objects.filter(user=member, status="done").count() == 3


def test_sections_open_for_a_member_leave_out_what_is_done_and_archived(group, member):
    done, begun, untouched = SectionFactory.create_batch(3, work=WorkFactory(group=group))
    SectionFactory(work=WorkFactory(group=group, archived_at=NOON))
    mark_section(section=done, user=member, status="done", now=NOON)
    mark_section(section=begun, user=member, status="reading", now=NOON)
    rows = Section.objects.on_list_of(group).open_for(member)
    assert [(row.pk, row.my_status) for row in rows] == [(begun.pk, "reading"), (untouched.pk, "to-read")]
