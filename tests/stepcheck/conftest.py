"""What a step comes to must not depend on who else uses the machine: its bound of time is of the processor's here."""

import time
from functools import partial

import pytest

from stepcheck import Budget


@pytest.fixture(autouse=True)
def _processor_time(monkeypatch):
    monkeypatch.setattr("stepcheck.report.Budget", partial(Budget, clock=time.thread_time))
