"""Fixtures of the derivations room."""

import time
from collections import Counter

import pytest
from django.core.signals import request_finished, request_started


@pytest.fixture(autouse=True)
def _requests_come_to_their_end(request):
    """A page that is closed may send its last words: they are answered before the tables of the test are emptied."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")
    running: Counter[str] = Counter()

    def begun(**_kwargs):
        running["now"] += 1

    def ended(**_kwargs):
        running["now"] -= 1

    request_started.connect(begun)
    request_finished.connect(ended)
    yield
    quiet, deadline = time.monotonic() + 0.15, time.monotonic() + 5
    while time.monotonic() < min(quiet, deadline):
        if running["now"] > 0:
            quiet = time.monotonic() + 0.15
        time.sleep(0.01)
    request_started.disconnect(begun)
    request_finished.disconnect(ended)
