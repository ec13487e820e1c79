"""A whole file for one library: its imports, the two functions, and a test that runs them against each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .libraries import NumPy
from .place import indented
from .printed import Printed, shape_text

LINE = 100


@dataclass(frozen=True, slots=True)
class Points:
    """What the sides are tried at: values by argument, and what the checker makes of each side there."""

    values: tuple[Mapping[str, object], ...]
    left: tuple[object, ...]
    right: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """The body of one side, and its shape; or why there is none."""

    lines: list[str] = field(default_factory=list)
    shape: str = ""
    refusal: str = ""


def write_file(
    library: NumPy,
    title: str,
    arguments: Mapping[str, Printed],
    sizes: Mapping[str, str],
    sides: Mapping[str, Written],
    sign: str,
    points: Points,
    tolerance: float,
) -> str:
    """The source. `arguments` by identifier; `sizes`: how each size that occurs is read from an argument, or empty."""
    functions: list[str] = []
    for name, side in sides.items():
        if not side.refusal:
            functions += ["", "", *_function(name, arguments, sizes, side)]
    test = _test(library, sides, sign, tolerance)
    body = "\n".join([*functions, "", "", *_points(library, arguments, sizes, sides, points), "", "", *test])
    helpers = _helpers(library, body)
    imports = [
        line for line in library.header if line != "import math" or re.search(r"\bmath\.", body + "".join(helpers))
    ]
    while imports and not imports[0]:
        imports.pop(0)
    if not re.search(r"(?<![.\w])np\.", body) and library.name == "JAX":
        imports = [line for line in imports if line != "import numpy as np"]
    imports += [each for each in helpers if each.startswith("from ")]
    defined = [line for each in helpers if not each.startswith("from ") for line in ("", "", each)]
    return "\n".join([f'"""{title}"""', "", *imports, *defined]) + "\n" + body.lstrip("\n").join(["\n\n", "\n"])


def _helpers(library: NumPy, body: str) -> list[str]:
    """The helpers that `body` calls, and those that they call, the latter first."""
    found: dict[str, str] = {}

    def need(text: str) -> None:
        for name, source in library.helpers.items():
            if name not in found and source != text and re.search(rf"(?<![.\w]){name}\(", text):
                need(source)
                found.setdefault(name, source)

    need(body)
    return list(found.values())


def _function(name: str, arguments: Mapping[str, Printed], sizes: Mapping[str, str], side: Written) -> list[str]:
    text = "\n".join(side.lines)
    passed = [*arguments, *(each for each, source in sizes.items() if not source)]
    read = [f"{each} = {source}" for each, source in sizes.items() if source and _occurs(each, text)]
    shapes = ", ".join(
        [f"{each} {shape_text(item)}" for each, item in arguments.items()]
        + [f"{each} an int" for each, source in sizes.items() if not source]
    )
    lines = [f"def {name}({', '.join(passed)}):", f'    """The {name} side.', ""]
    lines += [f"    {each}" for each in _wrapped(f"Shapes: {shapes or 'no argument'} -> {side.shape}.")]
    nested = [""] if side.lines[0].startswith("def ") and not read else []
    return [*lines, '    """', *nested, *indented([*read, *side.lines])]


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines


def _occurs(name: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _points(
    library: NumPy,
    arguments: Mapping[str, Printed],
    sizes: Mapping[str, str],
    sides: Mapping[str, Written],
    points: Points,
) -> list[str]:
    lines = ["# Drawn by the checker, as the note declares each letter.", "POINTS = ["]
    for values in points.values:
        parts = []
        for name, item in arguments.items():
            value = values[name]
            if isinstance(value, list):
                parts.append(f"{name}={library.value(_literal(value))}")
            else:
                text = repr(value)
                parts.append(f"{name}={text if item.counts else library.number(text)}")
        parts += [f"{name}={values[name]!r}" for name, source in sizes.items() if not source]
        lines.append(f"    dict({', '.join(parts)}),")
    lines.append("]")
    if any(side.refusal for side in sides.values()):
        kept = points.right if sides["right"].refusal else points.left
        missing = "right" if sides["right"].refusal else "left"
        lines.append(f"# What the checker makes of the {missing} side at each of them.")
        lines += ["EXPECTED = [", *(f"    {library.value(_literal(each))}," for each in kept), "]"]
    return lines


def _literal(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_literal(each) for each in value)}]"
    return repr(value)


def _test(library: NumPy, sides: Mapping[str, Written], sign: str, tolerance: float) -> list[str]:
    lines = ["def test_the_sides_agree():"]
    if sides["right"].refusal:
        lines += [
            "    for point, right in zip(POINTS, EXPECTED):",
            "        left_side, right_side = left(**point), right",
        ]
    elif sides["left"].refusal:
        lines += [
            "    for point, left in zip(POINTS, EXPECTED):",
            "        left_side, right_side = left, right(**point)",
        ]
    else:
        lines += ["    for point in POINTS:", "        left_side, right_side = left(**point), right(**point)"]
    lines.append(f"        {_assertion(library, sign, tolerance)}")
    return [*lines, "", "", 'if __name__ == "__main__":', "    test_the_sides_agree()"]


def _assertion(library: NumPy, sign: str, tolerance: float) -> str:
    one, other = "left_side", "right_side"
    match sign:
        case "=":
            if library.name == "PyTorch":
                return (
                    f"assert torch.allclose(torch.as_tensor({one}, dtype=torch.float64), "
                    f"torch.as_tensor({other}, dtype=torch.float64), rtol={tolerance}, atol={tolerance})"
                )
            return f"np.testing.assert_allclose({one}, {other}, rtol={tolerance}, atol={tolerance})"
        case "!=":
            return f"assert {library.truth(f'abs({one} - {other}) > {tolerance}')}"
        case "<=" | "<":
            return f"assert {library.truth(f'{one} <= {other} + {tolerance}')}"
        case ">=" | ">":
            return f"assert {library.truth(f'{one} >= {other} - {tolerance}')}"
        case "preceq" | "prec":
            return f"assert {library.smallest_eigenvalue(f'{other} - {one}')} >= -{tolerance}"
        case _:
            return f"assert {library.smallest_eigenvalue(f'{one} - {other}')} >= -{tolerance}"


def join_sizes(arguments: Mapping[str, Printed], needed: Sequence[str]) -> dict[str, str]:
    """How each of the `needed` sizes is read from an argument; empty where it must be passed itself."""
    found: dict[str, str] = {}
    for size in needed:
        found[size] = ""
        for name, item in arguments.items():
            axes = [each.text for each in (item.rows, item.cols) if each.text != "1"]
            if item.low is not None:
                axes.insert(0, item.count.text)
            if size in axes:
                found[size] = f"{name}.shape[{axes.index(size)}]"
                break
    return found
