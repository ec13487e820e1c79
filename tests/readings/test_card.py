"""The card of a reading, for a link to it."""

import pytest
from django.urls import reverse

from readings.models import Progress
from tests.factories import SectionFactory, WorkFactory


@pytest.fixture
def work(group):
    work = WorkFactory(group=group, title="On $\\ell_2$ <b>", year="2004")
    for n in range(3):
        SectionFactory(work=work, position=n)
    return work


def card(client_of, user, work):
    return client_of(user).get(reverse("readings:card", args=[work.group.slug, work.pk])).text


def test_a_card_names_title_authors_year_and_my_own_progress(client_of, member, organiser, work):
    section = work.sections.first()
    Progress.objects.create(section=section, user=organiser, status="done")
    text = card(client_of, organiser, work)
    assert "<math" in text
    assert "<b>" not in text
    assert "Wasserman, 2004" in text
    assert "You are reading it: 1 of 3 sections done" in text
    assert "You have not begun it" in card(client_of, member, work)
    for each in work.sections.all():
        Progress.objects.update_or_create(section=each, user=organiser, defaults={"status": "done"})
    assert "You have read it" in card(client_of, organiser, work)
