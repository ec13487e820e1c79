r"""Letters that only a definition speaks of, the `x` of `\sigma(x) = \frac{1}{1 + e^{-x}}`: real numbers, where all
that stands beside them is built of numbers, so that they can be nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stepcheck.evaluate.entrywise import ENTRYWISE
from stepcheck.grammar import name_of
from stepcheck.model import Model, Symbol
from stepcheck.tokens import Token
from stepcheck.tree import (
    Add,
    Apply,
    At,
    Call,
    Cases,
    Deriv,
    Div,
    Index,
    Integral,
    Limit,
    Logic,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Relation,
    Sym,
    walk,
)

_CALLS = frozenset(ENTRYWISE) | {"bars", "max", "min"}
_MARKS = frozenset({"prime"})  # a factorial is of what counts
_BUILT_OF_NUMBERS = (
    Add, Apply, At, Call, Cases, Deriv, Div, Index, Integral, Limit, Logic, Mul, Num, Post, Pow, Relation, Sym,
)  # fmt: skip


def declare_arguments(model: Model, claims: Sequence[Node]) -> None:
    """Declare the parameters of definitions that the claims use and nothing declares."""
    letters = {param: name for name, each in model.definitions.items() for param in each.params}
    for letter, function in letters.items():
        if _is_known(model, letter):
            continue
        used = [claim for claim in claims if any(isinstance(each, Sym) and each.name == letter for each in walk(claim))]
        if used and all(_is_of_numbers(model, node, letters) for node in _with_definitions(model, used)):
            definition = model.definitions[function]
            model.declare(Symbol(letter, definition.span, declared_by="argument"))


def declare_limits(model: Model, displays: Sequence[Sequence[Token]]) -> None:
    r"""Declare what counts and nothing declares: the `n` in the upper limit of `\sum_{i=1}^n i`.

    Before the displays are read, since `n(n+1)` and `\gamma^T` are a product and a power then. A `T` that may turn
    something round anywhere stays as it is.
    """
    for tokens in displays:
        for place, token in enumerate(tokens):
            if token.kind != "command" or token.value not in ("sum", "prod"):
                continue
            for letter in _upper_limit(tokens, place + 1):
                if letter.kind != "letter" or letter.value == "e" or _is_known(model, letter.value):
                    continue
                if letter.value != "T" or not any(_turns_round(model, each) for each in displays):
                    model.declare(Symbol(letter.value, letter.span, domain="natural", declared_by="limit"))


def tell_letters_from_constants(model: Model, displays: Sequence[Sequence[Token]]) -> None:
    r"""`\pi_i` and `\pi^\top` are of a letter, and not of the constant."""
    for tokens in displays:
        for one, two, three in zip(tokens, tokens[1:], tokens[2:], strict=False):
            has_mark = two.value == "_" or (two.value, three.value) == ("^", "top")
            if one.kind == "command" and one.value == "pi" and has_mark:
                model.is_pi_a_letter = True


def _upper_limit(tokens: Sequence[Token], place: int) -> Sequence[Token]:
    """The tokens of the superscript of the sign in front of `place`; none where it has none."""
    while place < len(tokens) and tokens[place].value in ("_", "^"):
        end = _group_end(tokens, place + 1)
        if tokens[place].value == "^":
            return tokens[place + 1 : end]
        place = end
    return ()


def _group_end(tokens: Sequence[Token], place: int) -> int:
    """Where the group, or the one token, that begins at `place` has ended."""
    depth, end = 0, place
    while end < len(tokens):
        depth += (tokens[end].value == "{") - (tokens[end].value == "}")
        end += 1
        if depth <= 0:
            break
    return end


def _turns_round(model: Model, tokens: Sequence[Token]) -> bool:
    """Whether a superscript `T` stands on anything but a declared number, a sum or a product."""
    signs = [place for place, token in enumerate(tokens) if token.value in ("sum", "prod")]
    limits = {id(each) for place in signs for each in _upper_limit(tokens, place + 1)}
    for place in range(1, len(tokens) - 1):
        script = tokens[place + 1 : _group_end(tokens, place + 1)]
        letters = [each for each in script if each.value not in ("{", "}")]
        if tokens[place].value != "^" or [each.value for each in letters] != ["T"] or id(letters[0]) in limits:
            continue
        base = tokens[place - 1]
        symbol = model.symbols.get(f"\\{base.value}" if base.kind == "command" else base.value)
        if base.kind != "number" and (symbol is None or not symbol.is_number or symbol.kind != "value"):
            return True
    return False


def _is_known(model: Model, name: str) -> bool:
    known = (
        model.symbols,
        model.definitions,
        model.tables,
        model.laws,
        model.recurrences,
        model.iterates,
        model.members,
    )
    return any(name in each for each in known)


def _with_definitions(model: Model, nodes: Iterable[Node]) -> list[Node]:
    """The nodes, and the bodies of all definitions that they rest on."""
    found = list(nodes)
    seen: set[str] = set()
    for node in found:  # grows on the way
        for each in walk(node):
            name = name_of(each)
            if name in model.definitions and name not in seen:
                seen.add(name)
                found.append(model.definitions[name].body)
    return found


def _is_of_numbers(model: Model, node: Node, letters: dict[str, str]) -> bool:
    return all(_is_number(model, each, letters) for each in walk(node))


def _is_number(model: Model, node: Node, letters: dict[str, str]) -> bool:
    if not isinstance(node, _BUILT_OF_NUMBERS):
        return False
    if isinstance(node, Call):
        return node.name in _CALLS
    if isinstance(node, Post):
        return node.kind in _MARKS
    if isinstance(node, Deriv):
        return node.style == "partial"
    name = name_of(node)
    if isinstance(node, Index):
        return name in model.symbols or name in model.definitions
    if isinstance(node, Sym):
        symbol = model.symbols.get(node.name)
        if symbol is not None:
            return symbol.is_number and symbol.kind == "value" and symbol.family is None
        return node.name in model.definitions or node.name in letters or node.name in ("e", "\\pi", "\\sigma")
    return True
