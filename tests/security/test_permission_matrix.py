"""Who gets which answer from every URL, as one table. matrix.py says how a room adds its rows."""

import re

import pytest
from django.db import connection, transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from .matrix import PEOPLE, all_rows, every_url, is_excluded, make_world
from .public_urls import PUBLIC

ROWS = all_rows()


def browser_of(person, world, row):
    client = Client(headers={"HX-Request": "true"} if row.htmx else {})
    if person != "anonymous":
        client.force_login(getattr(world, person), backend="django.contrib.auth.backends.ModelBackend")
    return client


def writes_in(queries):
    """The statements that change something other than the session of the browser."""
    changing = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session")', re.IGNORECASE)
    return [query["sql"] for query in queries if changing.match(query["sql"])]


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "furnish"), ROWS, ids=[row.id for row, _ in ROWS])
def test_each_person_is_answered_as_the_matrix_says(row, furnish):
    world = make_world()
    furnish(world)
    address = reverse(row.name, kwargs=row.resolved_kwargs(world))
    for person in PEOPLE:
        expected = getattr(row, person)
        expected = expected if isinstance(expected, set) else {expected}
        with transaction.atomic():
            client, data = browser_of(person, world, row), row.resolved_data(world)
            with CaptureQueriesContext(connection) as queries:
                response = getattr(client, row.method.lower())(address, data)
            if row.method == "GET":
                assert writes_in(queries) == [], f"{person}: GET changes nothing"
            assert response.status_code in expected, f"{person}: {response.status_code}, not {expected}"
            if person == "anonymous" and response.status_code == 302 and row.name not in PUBLIC:
                assert response["Location"].startswith(resolve_url("account_login"))
            transaction.set_rollback(True)


def test_every_url_stands_in_the_matrix():
    in_matrix = {row.name for row, _ in ROWS}
    named = {name for name, _route, _view in every_url() if not is_excluded(name)}
    missing = named - in_matrix - set(PUBLIC)
    assert missing == set(), "add rows to tests/security/rows_<room>.py (matrix.py says how), or to public_urls.py"
    assert in_matrix - named == set(), "rows for URLs that do not exist"


def test_exactly_the_listed_urls_are_public():
    public = {name for name, _route, view in every_url() if getattr(view, "login_required", True) is False}
    assert public == set(PUBLIC)


def test_each_public_url_has_a_reason():
    assert [name for name, reason in PUBLIC.items() if len(reason) < 15] == []


@pytest.mark.django_db
def test_the_admin_lets_only_staff_in(client_of):
    world = make_world()
    assert client_of(world.organiser).get(reverse("admin:index")).status_code == 302
    world.stranger.is_staff = world.stranger.is_superuser = True
    world.stranger.save()
    assert client_of(world.stranger).get(reverse("admin:index")).status_code == 200
