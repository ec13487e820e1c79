"""Several workers extend one series, and two organisers change it, at the same time, on the database of DATABASE_URL.

`python -m tests.sessions.race` makes the tables, lets them run, and prints as JSON what came of it. Run by test_race.py
in a process of its own, on SQLite and on PostgreSQL.
"""

import json
import os
import sys
import threading
from datetime import date, time

import django

WORKERS = 4


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studygroup.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from members.models import Group, User
    from sessions.actions import CannotChange, change_series_from, extend_series
    from sessions.models import Series, Session
    from tests.sessions.factories import NOON, plan

    call_command("migrate", verbosity=0)
    group = Group.objects.create(name="Race", slug="race", time_zone="Europe/Berlin")
    people = [User.objects.create_user(f"p{n}@example.org", name=f"P{n}") for n in range(2)]
    series = Series.objects.create(
        group=group,
        title="Race",
        starts_on=date(2026, 11, 24),
        local_time=time(19),
        time_zone="Europe/Berlin",
    )
    made: list[int] = []
    refused: list[str] = []
    trouble: list[str] = []

    def run(start: threading.Barrier, work) -> None:
        start.wait()
        try:
            work()
        except CannotChange as reason:
            refused.append(str(reason))
        except Exception as error:  # whatever it is, the test is to see it
            trouble.append(repr(error))
            raise
        finally:
            connection.close()

    def together(works) -> None:
        start = threading.Barrier(len(works))
        threads = [threading.Thread(target=run, args=(start, work)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    together([lambda: made.append(len(extend_series(series=series, now=NOON)))] * WORKERS)
    after_extending = Session.objects.count()
    from_on = date(2026, 12, 8)
    together(
        [
            lambda person=person: change_series_from(
                series=series, from_on=from_on, plan=plan(starts_on=from_on, at=time(18)), by=person, now=NOON
            )
            for person in people
        ]
    )
    json.dump(
        {
            "made": sorted(made),
            "after_extending": after_extending,
            "after_changing": Session.objects.count(),
            "series": Series.objects.count(),
            "refused": refused,
            "trouble": trouble,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
