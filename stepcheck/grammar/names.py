"""The name under which a node could be declared, and what the grammar asks of the declared names."""

from __future__ import annotations

from typing import Protocol

from stepcheck.tree import Add, Index, Mul, Node, Num, Post, Special, Sym, Words


class Names(Protocol):
    """What the grammar asks of the givens."""

    def is_function(self, name: str) -> bool:
        """Whether `name` is declared or defined as a function."""

    def is_variable(self, name: str) -> bool:
        """Whether `name` is declared as a number, vector, matrix or random variable."""

    def is_random(self, name: str) -> bool:
        """Whether `name` is declared as random."""

    def is_column(self, name: str, base: str | None) -> bool:
        """Whether `name`, which is `base` with an index where that is given, is declared as a column."""

    def is_marked(self, name: str) -> bool:
        r"""Whether the note gives a decorated letter, `x^{+}` or `x^{\dagger}`, a meaning of its own."""

    def is_iterate(self, name: str, letters: frozenset[str]) -> bool:
        """Whether a superscript with these letters behind `name` numbers an iterate, and is no exponent."""


class NoNames:
    def is_function(self, name: str) -> bool:
        return False

    def is_variable(self, name: str) -> bool:
        return False

    def is_random(self, name: str) -> bool:
        return False

    def is_column(self, name: str, base: str | None) -> bool:
        return False

    def is_marked(self, name: str) -> bool:
        return False

    def is_iterate(self, name: str, letters: frozenset[str]) -> bool:
        return False


def name_of(node: Node) -> str | None:
    r"""The name under which `node` could be declared: `x`, `x_i`, `W_Q`, `\theta_{t+1}`; None for anything compound."""
    if isinstance(node, Sym):
        return node.name
    if isinstance(node, Special) and node.kind in ("identity", "basis"):
        return {"identity": "I", "basis": "e"}[node.kind]
    if isinstance(node, Index):
        base = name_of(node.base)
        inside = [written(each) for each in node.indices]
        if base is None or any(each is None for each in inside):
            return None
        text = ",".join(each for each in inside if each is not None)
        return f"{base}_{text}" if node.style == "sub" else f"{base}^({text})"
    if isinstance(node, Post) and node.kind in ("prime", "dot"):
        base = name_of(node.base)
        if base is None:
            return None
        return f"{base}'" if node.kind == "prime" else f"\\dot{{{base}}}"
    return None


def written(node: Node) -> str | None:
    """A short canonical text of an index expression, None where it is not short."""
    match node:
        case Num(value):
            return str(value)
        case Sym() | Index():
            return name_of(node)
        case Add(terms):
            parts = [written(term) for _, term in terms]
            if any(part is None for part in parts):
                return None
            signed = zip((sign for sign, _ in terms), parts, strict=True)
            return "".join(("+" if sign > 0 else "-") + str(part) for sign, part in signed).removeprefix("+")
        case Mul(factors):
            parts = [written(factor) for factor in factors]
            return None if any(part is None for part in parts) else "".join(str(part) for part in parts)
        case Words(text):
            return text
        case _:
            return None
