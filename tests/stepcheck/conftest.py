"""What a step comes to must not depend on who else uses the machine: its bound of time is of the processor's here."""

import sys
import time
from functools import partial

import pytest

from stepcheck import Budget

# Coverage looks at every line, which makes the checker about four times as slow.
TRACED = 4


def processor_time() -> float:
    return time.thread_time() / (TRACED if sys.gettrace() else 1)


@pytest.fixture(autouse=True)
def _processor_time(monkeypatch):
    monkeypatch.setattr("stepcheck.report.Budget", partial(Budget, clock=processor_time))
