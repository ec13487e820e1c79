"""No letter in an address is a server error, in any room: not even the one that PostgreSQL and file names refuse."""

import re

import pytest
from django.test import Client

from .matrix import every_url, make_world

WITH_TEXT = sorted(
    {(name, route) for name, route, _view in every_url() if re.search(r"<(str|path):", route) and "admin" not in route}
)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["%00", "a%00b", "..", "%2e%2e%2f", "%ff", "%F0%9F%92%A9", "x" * 3000, "<script>"])
def test_strange_text_in_an_address_is_not_found(text):
    world = make_world()
    client = Client(raise_request_exception=False)
    client.force_login(world.organiser, backend="django.contrib.auth.backends.ModelBackend")
    answers = {}
    for name, route in WITH_TEXT:
        address = re.sub(r"<(str|path):\w+>", text, route).replace("<slug:slug>", world.group.slug)
        address = re.sub(r"<\w+:\w+>", "1", address)
        for method in (client.get, client.post):
            answers[name, method.__name__] = method(address).status_code
    assert {each: status for each, status in answers.items() if status >= 500} == {}


@pytest.mark.django_db
def test_a_query_with_a_letter_that_no_text_may_contain_is_a_bad_request(client_of):
    world = make_world()
    response = client_of(world.organiser).get(f"/groups/{world.group.slug}/members/?page=%00")
    assert response.status_code == 400
    assert "no text may contain" in response.content.decode()
