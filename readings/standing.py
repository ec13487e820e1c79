"""Who stands where with a work: the members × sections matrix."""

from __future__ import annotations

from dataclasses import dataclass

from members.models import Membership, Role, User

from .conversion import is_whole
from .models import Progress, Section, Work

MOST_ROWS = 40

WORDS = {"to-read": "To read", "reading": "Reading", "done": "Done"}


@dataclass(frozen=True)
class Cell:
    section: Section
    status: str

    @property
    def word(self) -> str:
        return WORDS[self.status]


@dataclass(frozen=True)
class Reader:
    """One member's row of the matrix."""

    user: User
    cells: tuple[Cell, ...]
    is_me: bool

    @property
    def done(self) -> int:
        return sum(cell.status == "done" for cell in self.cells)

    @property
    def reading(self) -> int:
        return sum(cell.status == "reading" for cell in self.cells)

    @property
    def reading_now(self) -> str:
        """`3 Probability, 4`: what this member has begun; the first in full, further ones by number."""
        begun = [cell.section for cell in self.cells if cell.status == "reading"]
        return ", ".join([str(begun[0]), *(section.number or section.title for section in begun[1:4])]) if begun else ""

    @property
    def all_done(self) -> bool:
        return self.done == len(self.cells) > 0


@dataclass(frozen=True)
class Standing:
    """The sections with my marks, everybody's rows (mine first, then the furthest), and how many are not shown."""

    sections: tuple[Section, ...]
    mine: Reader | None
    readers: tuple[Reader, ...]
    number_of_readers: int
    number_done: int
    is_whole: bool

    @property
    def not_shown(self) -> int:
        return self.number_of_readers - len(self.readers)


def standing_of(work: Work, sections: list[Section], *, user: User) -> Standing:
    """Costs two queries: who reads with the group, and their marks. Sections get `my_status`."""
    people = [
        membership.user
        for membership in Membership.objects.current()
        .filter(group=work.group_id, role__in=(Role.ORGANISER, Role.MEMBER))
        .select_related("user")
        .order_by("user__name", "user_id")
    ]
    marks = {
        (user_id, section_id): status
        for user_id, section_id, status in Progress.objects.filter(section__work=work).values_list(
            "user", "section", "status"
        )
    }
    readers = [
        Reader(
            user=person,
            cells=tuple(Cell(section, marks.get((person.pk, section.pk), "to-read")) for section in sections),
            is_me=person.pk == user.pk,
        )
        for person in people
    ]
    mine = next((reader for reader in readers if reader.is_me), None)
    for section in sections:
        section.my_status = marks.get((user.pk, section.pk), "to-read")  # type: ignore[attr-defined]
    readers.sort(key=lambda reader: (not reader.is_me, -reader.done, -reader.reading))
    return Standing(
        sections=tuple(sections),
        mine=mine,
        readers=tuple(readers[:MOST_ROWS]),
        number_of_readers=len(readers),
        number_done=sum(reader.all_done for reader in readers),
        is_whole=len(sections) == 1 and is_whole(sections[0], work),
    )
