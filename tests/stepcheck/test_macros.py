"""Macros are read within bounds, written out in a note's formulas, and answers still point at what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepcheck import NotationError, check, read_macros, replay, sample_call
from stepcheck.macros import source_of

TABLE = r"""
% of the group
\newcommand{\E}{\mathbb{E}}  % expectation
\newcommand{\norm}[1]{\left\lVert #1 \right\rVert}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\sq}[1][x]{#1^\top #1}
\DeclareMathOperator*{\argmin}{arg\,min}
\def\half{\tfrac12}
\newcommand\isdef{:=}
\newcommand{\eqq}{=}
"""
# each three times the one before
BOMB = "\\newcommand{\\a}{xx}\n" + "\n".join(
    f"\\newcommand{{\\{b}}}{{\\{a}\\{a}\\{a}}}" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
)


@pytest.mark.parametrize(
    ("call", "written"),
    [
        (r"\E[X]", r"\mathbb{E}[X]"),
        (r"\norm{Ax}_2", r"\left\lVert Ax \right\rVert_2"),
        (r"\norm x", r"\left\lVert x \right\rVert"),
        (r"\norm{\norm{x}}", r"\left\lVert \left\lVert x \right\rVert \right\rVert"),
        (r"\pd{f}{x}", r"\frac{\partial f}{\partial x}"),
        (r"\sq", r"x^\top x"),
        (r"\sq[y]", r"y^\top y"),
        (r"\argmin_x", r"\operatorname*{arg\,min}_x"),
        (r"2^\half", r"2^{\tfrac12}"),
        (r"\Expected \\E", r"\Expected \\E"),
        (r"\alpha % \norm", r"\alpha % \norm"),
    ],
)
def test_a_macro_is_written_out(call, written):
    assert read_macros(TABLE).written_out(call) == written


def test_letters_never_run_together():
    macros = read_macros(r"\newcommand{\d}[1]{\partial#1} \newcommand{\a}{\alpha}")
    assert macros.written_out(r"\d{x} \a{}x") == r"\partial x \alpha{}x"


def test_a_comment_says_what_a_macro_is_for():
    macro = read_macros(TABLE).table["E"]
    assert (macro.words, macro.line) == ("expectation", 3)
    assert sample_call(read_macros(TABLE).table["pd"]) == r"\pd{x}{y}"


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("\n\\newcommand{\\a}{\\b}\n\\newcommand{\\b}{x\\a}", r"`\a` calls itself: `\a` → `\b` → `\a`", 2),
        (r"\newcommand{\a}{\a}", r"`\a` calls itself", 1),
        (
            BOMB,
            r"`\g` written out is too long to read",
            7,
        ),
        (r"\newcommand{\x}{$y$}", "may not hold `$`", 1),
        (r"\input{/etc/passwd}", "A definition was expected here", 1),
        (r"\newcommand{\x}{\write18{ls}}", r"may not hold `\write`", 1),
        (r"\newcommand{\x}{\href{javascript:1}{y}}", r"may not hold `\href`", 1),
        (r"\newcommand{\x}{\htmlData{a=b}{y}}", r"may not hold `\htmlData`", 1),
        (r"\newcommand{\x}[1]{#2}", "asks for another", 1),
        (r"\newcommand{\x}{#}", "asks for another", 1),
        (r"\newcommand{\x}{a", "never closed", 1),
        (r"\newcommand{\x}", "is missing", 1),
        (r"\newcommand{\begin}{a}", "a meaning of its own", 1),
        (r"\newcommand{\x}{\begin{align}a\end{align}}", "stands by itself", 1),
        (r"\newcommand{\x}{\begin{pmatrix}a}", "does not close it", 1),
        (r"\newcommand{\x}{a & b}", "only inside an environment", 1),
        (r"\newcommand{\x}{\[ y \]}", "may not open or close a formula", 1),
        (r"\newcommand{\x}{> y}", "opens a quotation", 1),
        ("\\newcommand{\\x}{1}\n\\newcommand{\\x}{2}", "was defined on line 1 already", 2),
        (r"\newcommand{\x}{" + "y" * 501 + "}", "at most 500", 1),
        ("%" * 20_001, "at most 20,000", 1),
    ],
)  # fmt: skip
def test_what_is_no_macro_is_refused_with_its_place(text, words, line):
    with pytest.raises(NotationError) as caught:
        read_macros(text)
    assert words in caught.value.remedy
    assert text.count("\n", 0, caught.value.span.start) + 1 == line


def test_answers_point_at_what_was_typed():
    note = (
        "Let $x \\in \\mathbb{R}^n$ and $A \\in \\mathbb{R}^{m \\times n}$.\n\n"
        "$$f \\isdef \\half\\norm{A x}^2$$\n\n"
        "\\begin{align}\n\\pd{f}{x} &= A^\\top A x \\\\\n\\norm{\nx}^2 &\\eqq 2 \\sq\n\\end{align}\n"
    )
    macros = read_macros(TABLE)
    report = check(note, macros=macros)
    first, second = report.steps
    assert (first.verdict, first.line, first.latex) == ("holds", 6, "\\pd{f}{x} &= A^\\top A x")
    assert (second.verdict, second.line, second.latex) == ("fails", 7, "\\norm{\nx}^2 &\\eqq 2 \\sq")
    assert note[second.sign_span.start : second.sign_span.end] == "\\eqq"
    assert report.definitions[0].latex == "f \\isdef \\half\\norm{A x}^2"
    again = replay(note, 1, second.counterexample, macros=macros)
    assert (again.left, again.right) == (second.counterexample.left, second.counterexample.right)
    assert "\\norm{ x}" in [part.latex for part in again.parts]


def test_a_macro_of_the_group_goes_before_what_the_checker_knows_by_that_name():
    note = "Let $x \\in \\mathbb{R}$ and $x > 1$. $$\\R{x} = x^2$$"
    assert [step.verdict for step in check(note, macros=read_macros(r"\newcommand{\R}[1]{#1^2}")).steps] == ["holds"]
    assert check(note).steps[0].verdict != "holds"


def test_a_formula_that_grows_past_its_bound_is_unchecked_and_the_rest_is_not():
    note = "Let $x \\in \\mathbb{R}$. $$" + "\\d{" * 20 + "x" + "}" * 20 + " = x$$ And $$x + x = 2x$$"
    first, second = check(note, macros=read_macros(r"\newcommand{\d}[1]{#1#1}")).steps
    assert first.verdict == "unchecked"
    assert "The macro `\\d` makes this formula too long" in first.reason
    assert second.verdict == "holds"


@pytest.mark.parametrize("broken", ["\\norm", "\\norm{x", "\\pd{x}", "\\norm}"])
def test_an_argument_that_is_missing_is_said_where_it_is(broken):
    note = f"Let $x \\in \\mathbb{{R}}$.\n\n$${broken} = x$$\n\n$$x = x$$\n"
    first, second = check(note, macros=read_macros(TABLE)).steps
    assert (first.verdict, first.line) == ("unchecked", 3)
    assert "\\norm" in first.reason or "\\pd" in first.reason
    assert second.verdict == "holds"


def test_code_and_words_keep_their_backslashes():
    note = "The macro \\E and `$\\E$`:\n\n```\n$$\\E$$\n```\n\n$\\E[X]$"
    assert source_of(note, read_macros(TABLE), limit=10_000).text == note[:-6] + "\\mathbb{E}[X]$"


@given(
    st.lists(
        st.sampled_from(
            ["\\norm", "\\sq", "\\E", "{", "}", "[", "]", "x", " ", "\n", "^", "%", "\\", "&", "=", "\\half"]
        )
    )
)
def test_any_text_is_written_out_or_refused_and_every_character_has_its_place(parts):
    note = f"$${''.join(parts)}$$ and $x = \\sq$"
    source = source_of(note, read_macros(TABLE), limit=100_000)
    from stepcheck import Span

    for place in range(len(source.text)):
        found = source.place(Span(place, place + 1))
        assert 0 <= found.start < found.end <= len(note)
        if found.end - found.start == 1 and source.text[place] != "\ufffd":
            assert note[found.start] == source.text[place]
