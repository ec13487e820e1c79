r"""General members: `$x_i \in \mathbb{R}$ for $i = 1, \dots, n$` declares `x_1, \dots, x_n`, not one value `x_i`.

The range stands beside, elsewhere in the prose, or is that of the sums over the members. Where none is said, the member
stays one symbol, and whatever runs over its index is not evaluated (see evaluate.indexing).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from stepcheck.errors import NotationError, Span
from stepcheck.extract import Display, Inline, Piece, chunks
from stepcheck.grammar import Parser, name_of, written
from stepcheck.model import General, Model
from stepcheck.tokens import Token
from stepcheck.tree import Big, Index, Mul, Node, Num, Relation, Sequence, SetOf, Special, Sym, walk

from .names import declared_names, items_of
from .ranges import Range
from .sentences import Sentence, sentences
from .statements import ranges_of_part, statements_of

_DECLARING = ("in", "~", ">", "<", ">=", "<=", "succ", "succeq", "prec", "preceq")

_CHANCE = re.compile(r"\bi\.?\s?i\.?\s?d\b|\bindependent|\brandom|\bdrawn|\bsampled?\b|\bpairs?\b", re.I)


@dataclass(slots=True)
class _Seen:
    """What a note writes: general members, whole symbols, lists, and what sums run over."""

    members: dict[str, set[str]] = field(default_factory=dict)  # root -> letters
    told: set[str] = field(default_factory=set)  # roots whose member stands in a relation that declares it
    defined: set[str] = field(default_factory=set)  # roots of left sides of equations
    tied: set[str] = field(default_factory=set)  # members of random pairs, which depend on each other
    whole: set[str] = field(default_factory=set)
    beside: dict[str, list[Range]] = field(default_factory=dict)  # root -> ranges of its own sentences
    ranges: dict[str, list[Range]] = field(default_factory=dict)  # letter -> ranges anywhere in prose
    listed: dict[str, list[Range]] = field(default_factory=dict)  # root -> `x_1, \dots, x_n`, `x_1, x_2, x_3`
    summed: dict[str, list[Range]] = field(default_factory=dict)  # root -> ranges of sums over it


def find_members(model: Model, found: list[Piece]) -> None:
    """Note in `model` which symbols are introduced by their general member, and from where to where they run."""
    seen = _Seen()
    for sentence in sentences(found):
        model.watch()
        _look_at(seen, sentence)
    for piece in found:
        model.watch()
        for node in formulas_of(piece):
            _look_for_sums(seen, node)
            _look_for_heads(seen, node)
    for root, letters in seen.members.items():
        if root in seen.whole | seen.tied or len(letters) > 1 or (root in seen.defined and root not in seen.told):
            continue
        letter = next(iter(letters))
        choices = (seen.listed.get(root, []), seen.beside.get(root, []), seen.ranges.get(letter, []))
        chosen = next((each for each in (*choices, seen.summed.get(root, [])) if each), [])
        if len({(written(each.low), written(each.high)) for each in chosen}) == 1:
            model.members[root] = General(letter, chosen[0].low, chosen[0].high)


def _look_at(seen: _Seen, sentence: Sentence) -> None:
    here: list[Range] = []
    roots: dict[str, set[str]] = {}
    for part in sentence.parts:
        if not isinstance(part, Inline):
            continue
        here += ranges_of_part(part)[0]
        for node in statements_of(part, Model()):
            here += _stated_range(node)
            for left in _declaring(node):
                tied = isinstance(left, Sequence) and left.brackets == "()" and _CHANCE.search(sentence.words)
                for item in items_of(left):
                    member = _member(item)
                    if member is not None:
                        if tied:
                            seen.tied.add(member[0])
                        roots.setdefault(member[0], set()).add(member[1])
                        if isinstance(node, Relation):
                            seen.told.add(member[0])
                    elif isinstance(item, Sym):
                        seen.whole.add(item.name)
                _look_for_lists(seen, left)
            if isinstance(node, Relation) and node.signs[0] == "~":  # `\\mathcal{N}(\\mu_i, 1)`
                for part_of_law in walk(node.sides[-1]):
                    member = _member(part_of_law)
                    if member is not None and _names_letter(node.sides[0], member[1]):
                        roots.setdefault(member[0], set()).add(member[1])
    for each in here:
        seen.ranges.setdefault(each.letter, []).append(each)
    for root, letters in roots.items():
        seen.members.setdefault(root, set()).update(letters)
        seen.beside.setdefault(root, []).extend(each for each in here if each.letter in letters)


def _declaring(node: Node) -> Iterable[Node]:
    """The parts of a statement that may declare what stands in them."""
    if not isinstance(node, Relation):
        return (node,)
    if node.signs[0] in ("in", "~"):
        return node.sides[:1]
    return node.sides if node.signs[0] in _DECLARING else ()


def _member(node: Node) -> tuple[str, str] | None:
    """The root and the letter of `x_i`."""
    if isinstance(node, Index) and len(node.indices) == 1 and isinstance(node.indices[0], Sym):
        root, letter = name_of(node.base), node.indices[0].name
        if root is not None and len(letter) == 1 and letter.islower():
            return root, letter
    return None


def _names_letter(left: Node, letter: str) -> bool:
    return any((member := _member(item)) is not None and member[1] == letter for item in items_of(left))


def _stated_range(node: Node) -> list[Range]:
    r"""`i \in \{1, \dots, n\}` and `1 \le i \le n`."""
    if not isinstance(node, Relation):
        return []
    if node.signs == ("<=", "<=") and isinstance(node.sides[1], Sym) and len(node.sides[1].name) == 1:
        low, _, high = node.sides
        if isinstance(low, Num) and low.value in (0, 1) and isinstance(high, Sym | Num):
            return [Range(node.sides[1].name, low, high)]
        return []
    target = node.sides[1]
    if node.signs == ("in",) and isinstance(target, SetOf) and target.kind == "finite" and len(target.items) == 3:
        dots = isinstance(target.items[1], Special) and target.items[1].kind == "ellipsis"
        letters = [item.name for item in items_of(node.sides[0]) if isinstance(item, Sym)]
        return [Range(letter, target.items[0], target.items[2]) for letter in letters] if dots else []
    return []


def _look_for_lists(seen: _Seen, left: Node) -> None:
    for root, family, _ in declared_names(left):
        if family is not None:
            seen.listed.setdefault(root, []).append(Range("", *family))
    places: dict[str, list[Num]] = {}
    for item in items_of(left):
        if isinstance(item, Index) and len(item.indices) == 1 and isinstance(item.indices[0], Num):
            places.setdefault(name_of(item.base) or "", []).append(item.indices[0])
    for root, found in places.items():
        values = [int(each.value) for each in found]
        if root and len(found) > 1 and values == list(range(values[0], values[0] + len(values))):
            seen.listed.setdefault(root, []).append(Range("", found[0], found[-1]))


def formulas_of(piece: Piece) -> Iterable[Node]:
    """The statements of a formula, as far as they can be read before anything is known of their letters."""
    if isinstance(piece, Inline):
        yield from statements_of(piece, Model())
    elif isinstance(piece, Display):
        try:
            parts = chunks(piece)
        except NotationError:
            return
        for part in parts:
            if part.tokens:
                end = part.tokens[-1].span.end
                first = [Token("number", "0", Span(end, end))] if part.joins else []
                try:
                    parser = Parser([*first, *part.tokens, Token("end", "", Span(end, end))])
                    yield parser.finished(parser.statement())
                except (NotationError, RecursionError):
                    continue


def _look_for_sums(seen: _Seen, node: Node) -> None:
    for each in walk(node):
        if not isinstance(each, Big):
            continue
        binder = each.binder
        for inner in walk(each.body):
            member = _member(inner)
            if member is None or member[1] not in binder.names:
                continue
            if binder.low is not None and binder.high is not None:
                seen.summed.setdefault(member[0], []).append(Range(member[1], binder.low, binder.high))


def _look_for_heads(seen: _Seen, node: Node) -> None:
    """What the left side of an equation or of a membership is."""
    if not isinstance(node, Relation) or node.signs[0] not in ("=", ":=", "in", "~"):
        return
    for item in items_of(node.sides[0]):
        member = _member(item)
        if isinstance(item, Sym):
            seen.whole.add(item.name)
        elif member is not None and node.signs[0] in ("=", ":="):
            seen.defined.add(member[0])


def with_members(model: Model, nodes: list[Node]) -> list[Node]:
    r"""The statements of a formula, with `x_1, \dots, x_n` where they declare `x_i`."""
    if not model.members:
        return nodes
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Relation) and node.signs[0] in ("in", "~"):
            for left, right in _paired(node):
                sides = (_listed_out(model, left), right, *node.sides[2:])
                found.append(replace(node, sides=sides))
        elif isinstance(node, Relation) and node.signs[0] in _DECLARING:
            found += [_listed_out(model, side) for side in node.sides if _names_member(model, side)]
            found.append(node)
        else:
            found.append(_listed_out(model, node))
    return found


def _names_member(model: Model, side: Node) -> bool:
    return any((member := _member(item)) is not None and member[0] in model.members for item in items_of(side))


def _paired(node: Relation) -> list[tuple[Node, Node]]:
    r"""`(x_i, y_i) \in \mathbb{R}^d \times \mathbb{R}`, one by one."""
    left, right = node.sides[0], node.sides[1]
    sets = right.factors if isinstance(right, Mul) else ()
    if isinstance(left, Sequence) and len(left.items) == len(sets) and all(isinstance(each, SetOf) for each in sets):
        return list(zip(left.items, sets, strict=True))
    return [(left, right)]


def _listed_out(model: Model, left: Node) -> Node:
    r"""`x_i` and `x_1, x_2, x_3` as `x_1, \dots, x_3`."""
    items: list[Node] = []
    done: set[str] = set()
    changed = False
    for item in items_of(left):
        root = name_of(item.base) if isinstance(item, Index) and len(item.indices) == 1 else None
        general = model.members.get(root or "")
        if not isinstance(item, Index) or general is None or root is None:
            if not changed or not isinstance(item, Special):  # the dots of a list that is written anew
                items.append(item)
            continue
        changed = True
        if root in done:
            continue
        done.add(root)
        ends = [replace(item, indices=(place,)) for place in (general.low, general.high)]
        items += [ends[0], Special("ellipsis", None, item.span), ends[1]]
    if not changed:
        return left
    brackets = left.brackets if isinstance(left, Sequence) else ""
    return Sequence(tuple(items), brackets, left.span)
