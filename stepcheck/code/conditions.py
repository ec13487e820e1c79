"""Conditions, and what is defined by cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.tree import Cases, Logic, Node, Num, Relation, Sequence, SetOf, Words

from .printed import LOOSE, ONE, SUM, CannotPrint, Printed, Want

if TYPE_CHECKING:
    from .place import Place
    from .printer import Printer

SIGNS = {"=": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}


def print_condition(printer: Printer, node: Node, place: Place) -> Printed:
    """A condition as an expression that is true or false; `counts` where it speaks of indices and sizes alone."""
    match node:
        case Relation(sides, signs):
            parts: list[Printed] = []
            for at, sign in enumerate(signs):
                if sign in ("in", "notin"):
                    parts.append(_element(printer, sides[at], sides[at + 1], place, sign))
                    continue
                left, right = (printer.scalar(each, place) for each in sides[at : at + 2])
                if sign not in SIGNS:
                    raise CannotPrint(node.span, "This condition is not written as code.")
                text = f"{left.at_least(SUM)} {SIGNS[sign]} {right.at_least(SUM)}"
                parts.append(Printed(text, LOOSE, counts=left.counts and right.counts))
            return _joined(printer, parts, "and")
        case Sequence(items):
            return _joined(printer, [print_condition(printer, each, place) for each in items], "and")
        case Logic(kind, joined) if kind in ("and", "or"):
            return _joined(printer, [print_condition(printer, each, place) for each in joined], kind)
        case _:
            raise CannotPrint(node.span, "This condition is not written as code.")


def _joined(printer: Printer, parts: list[Printed], word: str) -> Printed:
    if len(parts) == 1:
        return parts[0]
    counts = all(each.counts for each in parts)
    if counts:
        return Printed(f" {word} ".join(each.text for each in parts), LOOSE, counts=True)
    return Printed(printer.library.joined([each.text for each in parts], word), LOOSE)


def _element(printer: Printer, item: Node, of: Node, place: Place, sign: str) -> Printed:
    value = printer.scalar(item, place)
    if isinstance(of, SetOf) and of.kind == "finite" and all(isinstance(each, Num) for each in of.items):
        equals = "==" if sign == "in" else "!="
        tests = [
            Printed(f"{value.at_least(SUM)} {equals} {printer.scalar(each, place).at_least(SUM)}", LOOSE)
            for each in of.items
        ]
        return _joined(printer, tests, "or" if sign == "in" else "and")
    if isinstance(of, SetOf) and of.kind == "interval" and sign == "in":
        low, high = (printer.scalar(each, place) for each in of.dims)
        marks = of.items[0].text if isinstance(of.items[0], Words) else "()"
        above = Printed(f"{low.at_least(SUM)} {'<=' if marks[0] == '[' else '<'} {value.at_least(SUM)}", LOOSE)
        below = Printed(f"{value.at_least(SUM)} {'<=' if marks[-1] == ']' else '<'} {high.at_least(SUM)}", LOOSE)
        return _joined(printer, [above, below], "and")
    raise CannotPrint(of.span, "This membership is not written as code.")


def print_cases(printer: Printer, node: Cases, place: Place, want: Want) -> Printed:
    """The branches from the last to the first; without an `otherwise` the last one stands for the rest."""
    made: Printed | None = None
    for value, condition in reversed(node.branches):
        part = printer.printed(value, place, want)
        if made is None:
            made = part  # where no case applies the note says nothing, and the checker looks at no such point
            continue
        if condition is None:
            raise CannotPrint(node.span, "“Otherwise” must come last.")
        if part.shape != made.shape and part.shape != (ONE, ONE) != made.shape:
            raise CannotPrint(node.span, "The shapes of these cases do not conform.")
        test = print_condition(printer, condition, place)
        shape = made.shape if part.is_number else part.shape
        counts = part.counts and made.counts and test.counts
        choice = printer.library.choice(test.text, part, made, on_indices=test.counts)
        made = Printed(choice.text, choice.strength, *shape, counts=counts)
    assert made is not None
    return made
