r"""Ranges of indices in prose: `for $i = 1, \dots, n$`, `$\{x_i\}_{i=1}^n$`. They declare `n`, and define no `i`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stepcheck.errors import NotationError
from stepcheck.grammar import Parser
from stepcheck.tokens import Token
from stepcheck.tree import Node

OPEN, CLOSE = ("(", "[", "{", "{lit", "begin"), (")", "]", "}", "}lit", "end")
_DOTS = ("dots", "ldots", "cdots", "dotsc")


@dataclass(frozen=True, slots=True)
class Range:
    """From where to where an index runs."""

    letter: str
    low: Node
    high: Node


def split_ranges(tokens: list[Token]) -> tuple[list[Token], list[Range]]:
    r"""The tokens without `i = 1, \dots, n`, and with `\{x_i\}_{i=1}^n` as its general member `x_i`; and the ranges."""
    found: list[Range] = []
    tokens = _unwrapped(tokens, found)
    kept: list[Token] = []
    place = depth = 0
    while place < len(tokens):
        token = tokens[place]
        free = depth == 0 and (not kept or kept[-1].value == "," or kept[-1].kind in ("quad", "text"))
        ends = _range_at(tokens, place, found) if free else None
        if ends is None:
            depth += (token.value in OPEN) - (token.value in CLOSE)
            kept.append(token)
            place += 1
            continue
        while kept and (kept[-1].value == "," or kept[-1].kind == "quad"):
            kept.pop()
        place = ends
    return kept, found


def _range_at(tokens: list[Token], place: int, found: list[Range]) -> int | None:
    r"""Where the range that begins at `place` ends, `i = 1, \dots, n` or `i = 1, 2`; None where none begins."""
    letter, sign = [*tokens[place : place + 2], None, None][:2]
    if letter is None or sign is None or letter.kind != "letter":
        return None
    if sign.value == "in" and place + 2 < len(tokens) and tokens[place + 2].value == "[":  # `i \\in [n]`
        close = _closing(tokens, place + 2)
        inside = tokens[place + 3 : close]
        one = [Token("number", "1", sign.span)]
        plain = inside and all(token.value != "," for token in inside)
        return close + 1 if plain and _note(letter, one, inside, found) else None
    if sign.value != "=":
        return None
    parts: list[list[Token]] = [[]]
    depth = 0
    end = place + 2
    while end < len(tokens):
        token = tokens[end]
        depth += (token.value in OPEN) - (token.value in CLOSE)
        dotted = len(parts) > 1 and any(part and part[-1].value in _DOTS for part in parts)
        if depth == 0 and (token.kind in ("quad", "text") or token.value == ";"):
            break
        if depth == 0 and token.value == ",":
            if dotted and parts[-1] and parts[-1][-1].value not in _DOTS:
                break
            parts.append([])
        else:
            parts[-1].append(token)
        end += 1
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return None
    dots = [at for at, part in enumerate(parts) if part[0].value in _DOTS]
    if dots:
        last = [*parts[dots[0]][1:], *(each for part in parts[dots[0] + 1 :] for each in part)]
        if len(dots) > 1 or dots[0] == 0:
            return None
    else:
        values = [part[0].value if len(part) == 1 and part[0].kind == "number" else "" for part in parts]
        if not all(values) or [int(each) for each in values] != list(
            range(int(values[0]), int(values[0]) + len(parts))
        ):
            return None
        last = parts[-1]
    return end if _note(letter, parts[0], last, found) else None


def _note(letter: Token, low: list[Token], high: list[Token], found: list[Range]) -> bool:
    first, last = _node(low), _node(high)
    if first is None or last is None:
        return False
    found.append(Range(letter.value, first, last))
    return True


def _node(tokens: list[Token]) -> Node | None:
    if not tokens:
        return None
    end = tokens[-1].span.end
    try:
        parser = Parser([*tokens, Token("end", "", replace(tokens[-1].span, start=end, end=end))])
        return parser.finished(parser.expression())
    except NotationError:
        return None


def _unwrapped(tokens: list[Token], found: list[Range]) -> list[Token]:
    r"""`\{x_i\}_{i=1}^n \subset S` as `x_i \in S`."""
    if not tokens or tokens[0].value not in ("{lit", "("):
        return tokens
    close = _closing(tokens, 0)
    scripts: dict[str, list[Token]] = {}
    place = close + 1
    while place < len(tokens) and tokens[place].value in ("_", "^"):
        which, start = tokens[place].value, place + 1
        if start < len(tokens) and tokens[start].kind == "{":
            place = _closing(tokens, start) + 1
            scripts[which] = tokens[start + 1 : place - 1]
        else:
            place = start + 1
            scripts[which] = tokens[start:place]
    below = scripts.get("_", [])
    if "^" not in scripts or len(below) < 3 or below[0].kind != "letter" or below[1].value != "=":
        return tokens
    if not _note(below[0], below[2:], scripts["^"], found):
        return tokens
    inside, rest = tokens[1:close], tokens[place:]
    if inside and inside[0].value == "(" and _closing(inside, 0) == len(inside) - 1:
        inside = inside[1:-1]
    if any(token.value == "," for token in inside):
        inside = [tokens[0], *inside, tokens[close]]
        if tokens[0].value == "{lit":
            inside[0], inside[-1] = replace(inside[0], kind="(", value="("), replace(inside[-1], kind=")", value=")")
    if rest and rest[0].value in ("subset", "subseteq"):
        rest = [replace(rest[0], value="in"), *rest[1:]]
    return [*inside, *rest]


def _closing(tokens: list[Token], start: int) -> int:
    depth = 0
    for place in range(start, len(tokens)):
        depth += (tokens[place].value in OPEN) - (tokens[place].value in CLOSE)
        if depth == 0:
            return place
    return len(tokens) - 1
