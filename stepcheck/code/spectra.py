r"""Eigenvalues and singular values: `\lambda_{\max}(A)`, `\lambda_i(A)`, `\sigma_i(A)`, largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepcheck.grammar import name_of
from stepcheck.tree import Apply, Index, Node, Sym

from .place import Place
from .printed import ATOM, CannotPrint, Printed, shifted

if TYPE_CHECKING:
    from .printer import Printer


def print_spectral(printer: Printer, head: Node, node: Apply, place: Place) -> Printed | None:
    name = name_of(head) or ""
    root, _, which = name.partition("_")
    definitions = printer.model.definitions
    if root not in ("\\lambda", "\\sigma", "s") or not which or len(node.args) != 1:
        return None
    if name in definitions or root in definitions or not isinstance(head, Index | Sym):
        return None
    inner = printer.printed(node.args[0], place)
    if inner.is_number:
        return None
    if not inner.is_matrix:
        raise CannotPrint(node.span, "This is of a matrix.")
    library = printer.library
    named = which in ("max", "min")
    place_text = "" if named or not isinstance(head, Index) else printer.whole(head.indices[0], place).text
    if root == "\\lambda":
        values = f"{library.linalg}.eigvalsh({inner.text})"  # smallest first; the checker takes symmetric ones only
        at = {"max": "-1", "min": "0"}.get(which) or f"-({place_text})"
    else:
        values = library.singular_values(inner)
        at = {"max": "0", "min": "-1"}.get(which) or shifted(place_text, -1)
    return Printed(f"{values}[{at}]", ATOM)
