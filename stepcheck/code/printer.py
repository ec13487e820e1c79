"""The printer: which function prints which node, and what all of them ask of it.

It walks the tree as the evaluator does and follows the same rules; what the evaluator makes of a shape, the printer
makes of it too. The text it writes holds no text of the note but identifiers from `names`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from stepcheck.evaluate import Evaluator
from stepcheck.model import Model
from stepcheck.tree import (
    Add,
    Apply,
    At,
    Big,
    Call,
    Cases,
    Deriv,
    Div,
    Expect,
    Grid,
    Index,
    Infix,
    Info,
    Integral,
    Law,
    Limit,
    Logic,
    Mul,
    Node,
    Num,
    Post,
    Pow,
    Prob,
    Relation,
    Sequence,
    SetOf,
    Special,
    Sym,
    Words,
)

from .arithmetic import print_infix, print_mark, print_power, print_product, print_quotient, print_sum
from .calculus import print_derivative
from .conditions import print_cases, print_condition
from .functions import print_call
from .indexing import print_index
from .libraries import NumPy
from .matrices import print_grid, print_special
from .names import Identifiers
from .parts import NeedsSize, fixed, is_zero, number
from .place import Block, Place, indented
from .printed import NOTHING, ONE, PRODUCT, CannotPrint, Printed, Want, shape_text
from .probability import print_information, print_law
from .sums import print_big
from .symbols import print_application, print_symbol

MOST_PARTS = 4_000
_WORDS = {
    Integral: "An integral",
    Limit: "A limit",
    Expect: "An expectation",
    Prob: "A probability",
    SetOf: "A set",
    Words: "Text",
    Sequence: "A list",
}


@dataclass(slots=True)
class Printer:
    """Prints the sides of one claim for one library. `arguments`: what a side asks for, by the names of the note."""

    library: NumPy
    model: Model
    evaluator: Evaluator
    identifiers: Identifiers
    nested: bool = False  # derivatives of derivatives: finite differences take longer steps
    arguments: dict[str, Printed] = field(default_factory=dict)
    count: int = 0
    shape: str = ""
    outcome: Want = NOTHING
    root: Block = field(default_factory=Block)

    def function(self, node: Node, indices: dict[str, Printed], want: Want = NOTHING) -> list[str]:
        """The lines of the body of a function that returns the value of `node`."""
        self.root = Block(bound=indices)
        place = Place(self.root, indices)
        made = self.sized_zero(want) if is_zero(node) and want != NOTHING else self.printed(node, place, want)
        self.outcome = made.shape
        self.shape = shape_text(replace(made, counts=False))
        return [*self.root.lines, f"return {made.text}"]

    def printed(self, node: Node, place: Place, want: Want = NOTHING) -> Printed:
        """The code of `node`. Raises CannotPrint."""
        self.count += 1
        if self.count > MOST_PARTS:
            raise CannotPrint(node.span, "Written out, this is longer than the bound.")
        match node:
            case Num(value):
                return number(value)
            case Sym():
                return print_symbol(self, node.name, node, place, want)
            case Special():
                return print_special(self, node, place, want)
            case Index():
                return print_index(self, node, place, want)
            case Add():
                return print_sum(self, node, place, want)
            case Mul():
                return print_product(self, node, place, want)
            case Div():
                return print_quotient(self, node, place, want)
            case Pow():
                return print_power(self, node, place, want)
            case Post():
                return print_mark(self, node, place, want)
            case Infix():
                return print_infix(self, node, place, want)
            case Call():
                return print_call(self, node, place, want)
            case Apply():
                return print_application(self, node, place)
            case Big():
                return print_big(self, node, place, want)
            case Deriv():
                return print_derivative(self, node, place)
            case At():
                named = {name: self.printed(each, place) for name, each in zip(node.names, node.values, strict=True)}
                return self.printed(node.body, place.with_names(named))
            case Grid():
                return print_grid(self, node, place, want)
            case Cases():
                return print_cases(self, node, place, want)
            case Law():
                return print_law(self, node, place)
            case Info():
                return print_information(self, node, place)
            case Relation() | Logic():
                text = print_condition(self, node, place).text
                return Printed(f"1.0 * ({text})", PRODUCT)
            case Sequence(items, brackets) if brackets in ("()", "[]") and len(items) > 1:
                parts = [self.scalar(each, place) for each in items]
                return Printed(self.library.line(parts), rows=fixed(len(parts)))
            case _:
                raise CannotPrint(node.span, f"{_WORDS.get(type(node), 'This')} is not written as code.")

    def scalar(self, node: Node, place: Place) -> Printed:
        made = self.printed(node, place)
        if not made.is_number or made.low is not None:
            raise CannotPrint(node.span, "A number is expected here.")
        return made

    def whole(self, node: Node, place: Place) -> Printed:
        """A plain Python integer: an index, a size, a bound of a sum."""
        made = self.scalar(node, place)
        if not made.counts:
            raise CannotPrint(node.span, "An index that is no whole number of the note's own is not written as code.")
        return made

    def all_of(self, nodes: list[Node], place: Place, want: Want) -> list[Printed]:
        """Things that must have one shape: those that know theirs first."""
        made: list[Printed | None] = []
        refusal: CannotPrint | None = None
        for node in nodes:
            try:
                made.append(None if is_zero(node) and len(nodes) > 1 else self.printed(node, place))
            except NeedsSize as missing:
                refusal = missing
                made.append(None)
        known = [each.shape for each in made if each is not None]
        big = next((shape for shape in known if shape != (ONE, ONE)), None)
        fit: Want = big or (want if want != NOTHING else (known[0] if known else NOTHING))
        found = []
        for node, each in zip(nodes, made, strict=True):
            if each is not None:
                found.append(each)
            elif fit == NOTHING and refusal is not None:
                raise refusal
            elif is_zero(node) and fit == NOTHING:
                found.append(number(Fraction(0)))
            else:
                found.append(self.sized_zero(fit) if is_zero(node) else self.printed(node, place, fit))
        return found

    def sized_zero(self, want: Want) -> Printed:
        rows, cols = want[0] or ONE, want[1] or ONE
        sizes = [each for each in (rows, cols) if each != ONE]
        if not sizes:
            return number(Fraction(0))
        return Printed(self.library.filled("zeros", sizes), rows=rows, cols=cols)

    def assigned(self, name: str, block: Block, item: Printed) -> Printed:
        """A line that gives `name` the value of `item`; the name from then on."""
        identifier = self.identifiers.of(name)
        block.lines.append(f"{identifier} = {item.text}")
        return replace(item, text=identifier, strength=5)

    def defined(self, identifier: str, params: list[str], body: Block, result: Printed, into: Block) -> None:
        """A nested function in the block `into`."""
        into.lines += [f"def {identifier}({', '.join(params)}):", *indented([*body.lines, f"return {result.text}"]), ""]


__all__ = ["Printer"]
