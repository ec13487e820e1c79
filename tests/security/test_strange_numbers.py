"""No number in an address is a server error, in any room, for anyone."""

import re

import pytest
from django.test import Client

from .matrix import every_url, make_world

WITH_NUMBERS = sorted(
    {(name, route) for name, route, _view in every_url() if "<int:" in route and not name.startswith("admin:")}
)


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_is_nothings_is_not_found(number):
    world = make_world()
    client = Client(raise_request_exception=False)
    client.force_login(world.organiser, backend="django.contrib.auth.backends.ModelBackend")
    answers = {}
    for name, route in WITH_NUMBERS:
        address = re.sub(r"<int:\w+>", str(number), route).replace("<slug:slug>", world.group.slug)
        address = re.sub(r"<\w+:\w+>", "x", address)
        for method in (client.get, client.post):
            answers[name, method.__name__] = method(address).status_code
    assert {each: status for each, status in answers.items() if status not in (404, 405)} == {}
