"""Several people move cards on one board at the same time, on the database that DATABASE_URL names.

`python -m tests.ideas.race` makes the tables, lets them move, and prints as JSON what each was last told and what the
database holds. Run by test_race.py in a process of its own, on SQLite and on PostgreSQL.
"""

import json
import os
import random
import sys
import threading

import django

PEOPLE, MOVES, CARDS = 4, 12, 9


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studygroup.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from ideas.actions import CannotMove, Place, move_idea, order_of
    from ideas.models import Board, Idea
    from members.models import Group, User

    call_command("migrate", verbosity=0)
    group = Group.objects.create(name="Race", slug="race")
    cards = [Idea.objects.create(group=group, title=f"Card {n}", position=n) for n in range(CARDS)]
    people = [User.objects.create_user(f"p{n}@example.org", name=f"P{n}") for n in range(PEOPLE)]
    start = threading.Barrier(PEOPLE)
    told: list[tuple[int, dict[str, list[int]]]] = []
    trouble: list[str] = []
    refused = 0

    def play(person: User, seed: int) -> None:
        nonlocal refused
        dice = random.Random(seed)
        start.wait()
        try:
            for _ in range(MOVES):
                card, neighbour = dice.sample(cards, 2)
                stage = dice.choice(["spark", "exploring"])
                edge = dice.choice([f"after-{neighbour.pk}", f"before-{neighbour.pk}", "first", "last"])
                try:
                    moved = move_idea(idea=card, to=Place.read(f"{stage} {edge}"), by=person, now=timezone.now())
                except CannotMove:
                    refused += 1
                else:
                    told.append((moved.version, moved.order))
        except Exception as error:  # whatever it is, the test is to see it
            trouble.append(repr(error))
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=play, args=(person, n)) for n, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = list(Idea.objects.order_by("stage", "position").values_list("stage", "position", "pk"))
    json.dump(
        {
            "told": sorted(told),
            "order": order_of(group),
            "stored": stored,
            "version": Board.objects.get().version,
            "refused": refused,
            "trouble": trouble,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
