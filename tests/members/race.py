"""Several people at the same door at once, on the database that DATABASE_URL names.

`python -m tests.members.race` makes the tables, runs each race, and prints as JSON what each person was told and what
the database holds. Run by test_races.py in a process of its own, on SQLite and on PostgreSQL.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

PEOPLE = 20
USES = 5


def at_once(works: list[Callable[[], str]]) -> list[str]:
    """Run all `works` from one start; return what each says, an unexpected exception as its text."""
    from django.db import connection

    start = threading.Barrier(len(works))
    said = [""] * len(works)

    def run(place: int) -> None:
        try:
            start.wait()
            said[place] = works[place]()
        except Exception as error:  # whatever it is, the test is to see it
            said[place] = f"unexpected: {error!r}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studygroup.settings")
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from members import actions
    from members.models import Group, Invitation, Membership, User

    call_command("migrate", verbosity=0)
    now = timezone.now()
    seen: dict[str, Any] = {}

    def first_account(number: int) -> str:
        try:
            actions.make_first_account(
                name=f"P{number}", email=f"first{number}@example.org", password="long enough", time_zone="UTC", now=now
            )
        except actions.CannotSetUp:
            return "told why"
        return "made"

    said = at_once([lambda number=number: first_account(number) for number in range(4)])
    seen["first_account"] = {"said": sorted(said), "accounts": User.objects.count()}

    people = [User.objects.create_user(f"p{number}@example.org", name=f"P{number}") for number in range(PEOPLE)]
    ana, ben = people[0], people[1]

    said = at_once([lambda: actions.make_group(by=ana, name="Kernel Club", now=now).slug for _ in range(4)])
    seen["slugs"] = said

    group = Group.objects.create(name="Race", slug="race")
    link = Invitation.objects.create(group=group, created_by=ana, max_uses=USES, expires_at=now + timedelta(days=1))

    def join(person: User) -> str:
        mine = Invitation.objects.select_related("group", "created_by").get(pk=link.pk)
        try:
            actions.accept_invitation(invitation=mine, by=person, now=now)
        except actions.CannotJoin as reason:
            return str(reason)
        return "in"

    said = at_once([lambda person=person: join(person) for person in people])
    link.refresh_from_db()
    seen["redeem"] = {"said": said, "uses": link.uses, "members": group.memberships.count()}

    again = Invitation.objects.create(group=group, created_by=ana, max_uses=USES, expires_at=now + timedelta(days=1))
    newcomer = User.objects.create_user("newcomer@example.org", name="Newcomer")

    def join_twice() -> str:
        mine = Invitation.objects.select_related("group", "created_by").get(pk=again.pk)
        actions.accept_invitation(invitation=mine, by=User.objects.get(pk=newcomer.pk), now=now)
        return "in"

    said = at_once([join_twice for _ in range(4)])
    again.refresh_from_db()
    rows = Membership.objects.filter(user=newcomer, group=group).count()
    seen["one_person_in_four_tabs"] = {"said": said, "uses": again.uses, "rows": rows}

    pair = Group.objects.create(name="Pair", slug="pair")
    rows_of = [Membership.objects.create(user=each, group=pair, role="organiser") for each in (ana, ben)]

    def leave(row: Membership) -> str:
        try:
            actions.leave_group(membership=row, now=now)
        except actions.CannotChangeMembership:
            return "stays"
        return "left"

    said = at_once([lambda row=row: leave(row) for row in rows_of])
    seen["both_organisers_leave"] = {
        "said": sorted(said),
        "organisers": Membership.objects.current().filter(group=pair, role="organiser").count(),
    }
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main()
