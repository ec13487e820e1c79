"""One process of a race: `python -m tests.services.racer sweep|send`. Says "ready", waits for a line, then does it.

It knows one kind of reminder, due now for everyone, so that the race does not depend on other rooms.
"""

import os
import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

import django

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def main(verb: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studygroup.settings")
    django.setup()
    from members.models import User
    from reminders.actions import send_due, sweep_kind
    from reminders.actions import sweeps as sweeping
    from reminders.nudges import KINDS, Nudge, Window, nudge_kind

    @nudge_kind(key="race", title="A race", explanation="you are in this race", mail=True, bell=True)
    def everyone(*, window: Window, user_ids: Collection[int] | None = None) -> Iterator[Nudge]:
        people = User.objects.all() if user_ids is None else User.objects.filter(pk__in=user_ids)
        for pk in people.values_list("pk", flat=True):
            yield Nudge(
                user_id=pk,
                group_id=None,
                key="race",
                due_at=NOON,
                expires_at=NOON + timedelta(hours=9),
                subject="Now",
                url="/",
            )

    sweeping.wake_workers = lambda waiting: None  # this race is about the database; the broker has tests of its own
    print("ready", flush=True)  # noqa: T201  # the test reads it
    sys.stdin.readline()
    if verb == "sweep":
        sweep_kind(kind=KINDS["race"], now=NOON)
    else:
        while send_due(now=NOON, worker=str(os.getpid()), limit=3).claimed:
            pass


if __name__ == "__main__":
    main(sys.argv[1])
