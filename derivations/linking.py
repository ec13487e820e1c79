"""Where the `[[…]]` of a note lead: what they led to before, what is called so now, what was called so once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, Case, Q, When

from commons.links import Linker, Target, key_of, linkers
from mathtext import Linked, Missing, Reference, written_name
from members.models import Group

from .models import Link, Note


class NoteLinks:
    """Resolves the links of one text of `group`; of `note`, where it is one that was saved before.

    A link keeps the target that it had in the note's last text, whatever that is called now: a rename breaks nothing,
    and a later note of the same title does not take the link over. A new link leads to what is called so now, the
    oldest of two notes; else to what other notes meant by this name, as by a former title. With `keeps_deleted` a link
    stays with a deleted target, to come alive again with it; a person who saves lets go of it if something else is
    called so. At most one query, and one for each kind of thing; none for a text without links.
    """

    def __init__(self, group: Group, note: Note | None = None, *, keeps_deleted: bool = False) -> None:
        self.group = group
        self.note = note
        self.keeps_deleted = keeps_deleted
        self.kinds = frozenset(linkers())
        self.found: list[tuple[Reference, Target | None]] = []

    def __call__(self, references: Sequence[Reference]) -> list[Linked | Missing]:
        keys = {key_of(name) for reference in references for name in reference.names}
        known = self._known(keys)
        targets = self._targets(references, known)
        self.found = [(reference, self._target(reference, known, targets)) for reference in references]
        return [self._answer(reference, target, targets) for reference, target in self.found]

    def _known(self, keys: set[str]) -> dict[tuple[str, str], list[tuple[bool, int]]]:
        """What links of these names lead to, in this note (True) and in the group's others."""
        mine = Q(note=self.note.pk if self.note is not None else None)
        rows = Link.objects.filter(note__group=self.group, key__in=keys, target__isnull=False)
        rows = rows.annotate(is_mine=Case(When(mine, then=True), default=False, output_field=BooleanField()))
        known: dict[tuple[str, str], list[tuple[bool, int]]] = defaultdict(list)
        for kind, key, is_mine, pk in (
            rows.values_list("kind", "key", "is_mine", "target").distinct().order_by("target")
        ):
            known[kind, key].append((is_mine, pk))
        return known

    def _targets(
        self, references: Sequence[Reference], known: Mapping[tuple[str, str], list[tuple[bool, int]]]
    ) -> dict[str, list[Target]]:
        names: dict[str, set[str]] = defaultdict(set)
        pks: dict[str, set[int]] = defaultdict(set)
        for reference in references:
            kind = reference.kind or "note"
            names[kind].update(reference.names)
            for name in reference.names:
                pks[kind].update(target for _, target in known.get((kind, key_of(name)), ()))
        return {kind: linkers()[kind].find(group=self.group, names=names[kind], pks=pks[kind]) for kind in names}

    def _target(
        self,
        reference: Reference,
        known: Mapping[tuple[str, str], list[tuple[bool, int]]],
        targets: Mapping[str, list[Target]],
    ) -> Target | None:
        kind = reference.kind or "note"
        by_pk = {target.pk: target for target in targets[kind]}
        deleted: Target | None = None
        for name in reference.names:
            key = key_of(name)
            before = [by_pk[pk] for is_mine, pk in known.get((kind, key), ()) if is_mine and pk in by_pk]
            now = [target for target in targets[kind] if target.answers_to(key)]
            # A number is meant only where no title is that number.
            now.sort(key=lambda target: key_of(target.name) != key)
            once = [by_pk[pk] for _, pk in known.get((kind, key), ()) if pk in by_pk]
            if self.keeps_deleted and before:
                return before[0]
            for target in (*before, *now, *once):
                if not target.gone:
                    return target
                deleted = deleted or target
        return deleted

    def _answer(
        self, reference: Reference, target: Target | None, targets: Mapping[str, list[Target]]
    ) -> Linked | Missing:
        linker = linkers()[reference.kind or "note"]
        if target is None:
            return self._nothing(reference, linker)
        if target.gone:
            return Missing(reference.shown or target.text, target.gone)
        href, text, problem = target.href, target.text, self._doubt(reference, target, targets)
        # Where the whole was a title, `#` and what follows it belong to that title.
        if reference.step and not any(target.answers_to(key_of(name)) for name in reference.names if "#" in name):
            anchor, shown = target.anchors.get(reference.step, ("", ""))
            if anchor:
                href, text = f"{href}#{anchor}", f"{text}, {shown}"
            else:
                problem = f"“{target.text}” has no step, equation or heading “{reference.step}”; this leads to its top."
        return Linked(href, text, css=linker.css, title=target.title, problem=problem)

    def _nothing(self, reference: Reference, linker: Linker) -> Missing:
        problem = linker.missing if linker.is_expected else ""
        where = linker.where(self.group, reference.name)
        return Missing(reference.name, linker.missing, linker.action, where, problem=problem)

    def _doubt(self, reference: Reference, target: Target, targets: Mapping[str, list[Target]]) -> str:
        """Two notes of one title: the link leads to one of them, and it is said which and how to mean the other."""
        if reference.kind or not any(key_of(target.name) == key_of(name) for name in reference.names):
            return ""
        twins = [
            each for each in targets["note"] if each.pk != target.pk and not each.gone and each.name == target.name
        ]
        if not twins:
            return ""
        return (
            f"{len(twins) + 1} notes have this title; this leads to number {target.pk}. "
            f"For another write [[note:{twins[0].pk}]]."
        )


def links_of(note: Note) -> NoteLinks:
    """The links of a note drawn as it was saved: a rename, a check, an upgrade changes no target."""
    return NoteLinks(note.group, note, keeps_deleted=True)


def with_former_names(notes: Sequence[Note], group: Group) -> set[int]:
    """Those of the notes whose text calls something by a former name. One query, and one for each kind."""
    rows = Link.objects.filter(note__in=[note.pk for note in notes], target__isnull=False)
    links = list(rows.values_list("note", "kind", "key", "target"))
    found = set()
    for kind in {kind for _, kind, _, _ in links} & linkers().keys():
        pks = {target for _, of, _, target in links if of == kind}
        present = {each.pk: each for each in linkers()[kind].find(group=group, names=(), pks=pks)}
        for note, of, key, target in links:
            if of == kind and target in present and not present[target].answers_to(key):
                found.add(note)
    return found


def present_source(note: Note, body: str | None = None) -> str:
    """The note's text with each link by the name that its target has now: what an export takes along."""
    from .rendering import render_note

    body = note.body if body is None else body
    if "[[" not in body:
        return body
    resolver = links_of(note)
    rendered = render_note(body, links=resolver)
    lines = body.split("\n")
    targets: dict[str, Any] = {reference.source: (reference, target) for reference, target in resolver.found}
    for reference in rendered.references:
        _, target = targets[reference.source]
        if target is None or target.answers_to(key_of(reference.name)) or target.answers_to(key_of(reference.names[0])):
            continue
        kind = f"{reference.kind}:" if reference.kind else ""
        step = f"#{reference.step}" if reference.step else ""
        shown = f"|{reference.shown}" if reference.shown else ""
        new = f"[[{kind}{written_name(target.name)}{step}{shown}]]"
        place = reference.line - 1
        lines[place] = lines[place].replace(f"[[{reference.source}]]", new)
    return "\n".join(lines)
