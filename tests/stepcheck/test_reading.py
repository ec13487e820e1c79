"""Tokens, trees, pieces of a note, and givens."""

import pytest

from stepcheck import NotationError, check
from stepcheck.extract import Display, Inline, pieces
from stepcheck.grammar import Parser
from stepcheck.reading import read
from stepcheck.tokens import tokenise


def tree(latex):
    """A short text of the tree: class names and leaves."""
    parser = Parser(tokenise(latex, 0))
    return short(parser.finished(parser.statement()))


def short(node):
    from stepcheck.tree import Add, Num, Sym, children

    name = type(node).__name__
    if isinstance(node, Num):
        return str(node.value)
    if isinstance(node, Sym):
        return node.name
    if isinstance(node, Add):
        return "Add(" + ", ".join(("-" if sign < 0 else "") + short(term) for sign, term in node.terms) + ")"
    kind = getattr(node, "kind", None) or getattr(node, "name", None)
    label = f"{name}:{kind}" if isinstance(kind, str) else name
    inside = ", ".join(short(each) for each in children(node))
    return f"{label}({inside})" if inside else label


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("a + b - c", "Add(a, b, -c)"),
        ("A B", "Mul(A, B)"),
        ("A^\\top A", "Mul(Post:transpose(A), A)"),
        ("A^T A", "Mul(Post:transpose(A), A)"),
        ("A^{-1}", "Post:inverse(A)"),
        ("A^{-\\top}", "Post:inverse-transpose(A)"),
        ("-x^2", "Add(-Pow(x, 2))"),
        ("\\frac12 x", "Mul(Div(1, 2), x)"),
        ("a / b", "Div(a, b)"),
        ("a \\odot b", "Infix:hadamard(a, b)"),
        ("a \\otimes b", "Infix:kron(a, b)"),
        ("x_i", "Index(x, i)"),
        ("a = b \\le c", "Relation(a, b, c)"),
        ("\\operatorname{tr}(A)", "Call:tr(A)"),
        ("\\nabla_x x^\\top x", "Deriv(Mul(Post:transpose(x), x), x)"),
        ("\\nabla_x \\tfrac12 x^\\top x", "Deriv(Mul(Div(1, 2), Post:transpose(x), x), x)"),
        ("a \\implies b", "Logic:implies(a, b)"),
        ("n!", "Post:factorial(n)"),
    ],
)
def test_latex_is_read_as_this_tree(latex, expected):
    assert tree(latex) == expected


@pytest.mark.parametrize(
    ("latex", "kind"),
    [
        ("x +", "incomplete"),
        ("(x", "incomplete"),
        ("\\foo x", "unknown-command"),
        ("a \\pm b", "plus-minus"),
        ("х", "unknown-character"),
        ("\\text{a", "unclosed-brace"),
    ],
)
def test_what_is_not_read_is_named_with_its_place(latex, kind):
    with pytest.raises(NotationError) as caught:
        tree(latex)
    assert caught.value.remedy
    assert 0 <= caught.value.span.start <= len(latex)
    assert caught.value.kind == kind


def test_mathematics_in_code_is_not_mathematics():
    note = "`$a$` and $b$\n\n```\n$$c = d$$\n```\n\n$$e = f$$"
    found = [piece for piece in pieces(note) if isinstance(piece, Inline | Display)]
    assert [piece.latex for piece in found] == ["b", "e = f"]
    assert [note[piece.span.start : piece.span.end] for piece in found] == ["b", "e = f"]


@pytest.mark.parametrize(
    ("note", "verdicts"),
    [
        ("> $$\n> x \\le x + 1\n> $$\n", ["holds"]),
        ("> $$\n> x + 1\n> \\le x\n> $$\n", ["fails"]),
        ("> > $$x\n> > > x - 1$$", ["holds"]),  # the third is a relation sign
        ("> \\begin{align}\n> x &= x \\\\\n> &= x + 1\n> \\end{align}", ["holds", "fails"]),
        ("$$\nx + 1\n> x\n$$", ["holds"]),
        ("$$\nx\n> x + 1\n$$", ["fails"]),
        ("> ```\n> $$x = x$$\n> ```\n\n$$x = x$$", ["holds"]),
    ],
)
def test_the_marks_of_a_quotation_are_no_relation_signs(note, verdicts):
    whole = f"Let $x \\in \\mathbb{{R}}$.\n\n{note}"
    report = check(whole)
    assert [step.verdict for step in report.steps] == verdicts
    assert whole[report.steps[0].span.start] == "x"


@pytest.mark.parametrize(
    ("note", "count"),
    [
        ("$$x = x$$", 1),
        ("$$x = x \\le x$$", 2),
        ("\\begin{align} x &= x \\\\ &= x \\end{align}", 2),
        ("$$x = x, \\qquad x \\le x$$", 2),
        ("$$y := x$$", 0),
        ("$$y = x$$", 0),
        ("$$x = x \\quad (\\text{since } x = x)$$", 1),
        ("$$\\sum_{i \\ne 2}^{3} x = x$$", 1),
        ("$$x = x \\implies x = x$$", 1),
    ],
)
def test_claims_are_counted_one_a_relation(note, count):
    assert len(read("Let $x \\in \\mathbb{R}$.\n\n" + note).claims) == count


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Let $x \\in \\mathbb{R}^n$.", ("x", "vector", "n", ())),
        ("Let $A \\in \\mathbb{R}^{m \\times n}$.", ("A", "matrix", "m by n", ())),
        ("Let $A \\in \\mathbb{R}^{n \\times n}$ be symmetric.", ("A", "matrix", "n by n", ("symmetric",))),
        ("Let $\\alpha \\in \\mathbb{R}$.", ("\\alpha", "number", "", ())),
    ],
)
def test_givens_are_read_with_shape_and_properties(given, expected):
    report = check(given)
    found = {each.name: (each.name, each.kind, each.shape, each.properties) for each in report.givens}
    assert found[expected[0]] == expected
