r"""The LaTeX of an export compiles as it is: by pdfTeX where there is one, and by what can be told without it."""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from derivations.cookbook import cookbook_latex
from derivations.exporting import Exported, latex_of
from derivations.exporting.commands import ALIASES, COMMANDS, ENVIRONMENTS, PACKAGES, UNKNOWN_TO_LATEX
from derivations.exporting.latex import PREAMBLE, PREAMBLE_END, for_latex
from derivations.exporting.letters import declarations
from derivations.exporting.markdown import split_front_matter
from derivations.models import Statement
from mathtext.engine import MACROS
from tests.conftest import NOON
from tests.derivations.test_cookbook import chain, logdet  # noqa: F401 - fixtures
from tests.factories import WorkFactory

# TeX is no part of continuous integration, unlike the services: without it these are left out there too.
needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None,
    reason="pdflatex is not installed. Install it: apt-get install --no-install-recommends texlive-latex-extra "
    "texlive-fonts-recommended texlive-plain-generic lmodern cm-super",
)
DATA = Path(__file__).resolve().parents[2] / "derivations/data"
FILES = sorted([*DATA.glob("*/*.md"), *(Path(__file__).parent / "notes_for_latex").glob("*.md")])
ODD_TITLE = r"100% of A_b & #1 {x} ^ ~ \ $x$ 王 [[y]]"


def body_of(file):
    text = file.read_text(encoding="utf-8")
    return split_front_matter(text)[1] if text.startswith("---\n") else text


def exported(body, title="A note"):
    when = datetime(2026, 11, 23, 12, tzinfo=UTC)
    kinds = frozenset({"cite", "note", "idea"})
    return Exported(1, title, body, "draft", ("王小明", "Łukasz Žižek_%"), when, when, 3, kinds=kinds)


LONG = "is said at some length, so that no line of a page could hold the two cells of this row beside each other"
TABLE = "| Norm | What it does |\n| --- | --- |\n" + f"| $\\lVert x \\rVert_p$ {LONG} | {LONG} |\n" * 60
DOCUMENTS = [*(pytest.param(body_of(file), id=file.stem) for file in FILES), pytest.param(TABLE, id="long-table")]


def compiled(folder, latex):
    """The log of the second run; an error ends the first."""
    (folder / "note.tex").write_text(latex, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    for option in ("-draftmode", "-output-format=pdf"):
        ended = subprocess.run(
            [*command, option, "note.tex"], cwd=folder, capture_output=True, check=False, timeout=120
        )
        log = ended.stdout.decode(errors="replace")
        assert ended.returncode == 0, log[log.find("\n!") :][:600]
    assert (folder / "note.pdf").read_bytes().startswith(b"%PDF")
    return log


@needs_tex
@pytest.mark.slow
@pytest.mark.parametrize("body", DOCUMENTS)
def test_a_note_compiles(tmp_path, body):
    compiled(tmp_path, latex_of(exported(body, ODD_TITLE)))


@needs_tex
@pytest.mark.slow
def test_a_bibliography_and_the_verdicts_compile_and_every_reference_is_found(tmp_path, group):
    works = [
        WorkFactory(
            group=group, key="a_%b", title="Matrix 100% & 王小明 d_c", venue="J. of # {x}", doi="10.1/a_b(c)<d>"
        ),
        WorkFactory(group=group, key="ünï", title="Ḧ ∂", url="https://a.b/c_d%20e#f"),
    ]
    steps = ({"line": 1, "index": 0, "verdict": "holds"},)
    body = "$$a = b \\label{e}$$\n\nBy \\eqref{e} and [[cite:a_%b]], [[cite:ünï]]."
    log = compiled(tmp_path, latex_of(replace(exported(body), works=tuple(works), steps=steps), marks=True))
    assert "undefined" not in log


@needs_tex
@pytest.mark.slow
@pytest.mark.usefixtures("logdet", "chain")
def test_the_cookbook_compiles(tmp_path, group):
    assert Statement.objects.of(group).count() >= 3
    compiled(tmp_path, cookbook_latex(group, site="https://study.example.org", now=NOON))


@needs_tex
@pytest.mark.slow
def test_a_long_table_goes_on_on_the_next_page_and_long_cells_break(tmp_path):
    log = compiled(tmp_path, latex_of(exported(TABLE)))
    pages = re.search(r"Output written on note\.pdf \((\d+) pages", log)
    assert int(pages[1]) >= 3
    assert "Overfull" not in log


@needs_tex
@pytest.mark.slow
def test_latex_knows_every_command_that_is_let_through(tmp_path):
    named = sorted(COMMANDS - UNKNOWN_TO_LATEX - {name[1:] for name in (*MACROS, *ALIASES)})
    asked = "".join(f"\\ifdefined\\{name}\\else\\errmessage{{{name} is not defined}}\\fi\n" for name in named)
    packages = "".join(f"\\usepackage{{{name}}}\n" for name in PACKAGES)
    compiled(tmp_path, f"{PREAMBLE}{packages}{PREAMBLE_END}\\begin{{document}}\n{asked}x\\end{{document}}\n")


# Without TeX ----------------------------------------------------------------------------------------------------------

# What the writer itself puts around the text.
STRUCTURE = set(
    re.findall(
        r"[A-Za-z]+",
        """
        documentclass usepackage ifPDFTeX else fi title author date begin end maketitle section subsection subsubsection
        paragraph subparagraph item footnote protect textbf emph sout texttt href url cite bibitem label ref eqref hline
        bigskip hrule includegraphics linewidth textheight IfFileExists fbox par small itshape boxtimes square ldots
        textendash textbackslash textasciicircum textasciitilde textless textgreater checkmark to le ge times infty in
        text textperthousand texteuro endhead
        """,
    )
)


@pytest.mark.parametrize("body", DOCUMENTS)
def test_without_tex_every_environment_ends_and_every_command_and_letter_is_known(body):
    latex = latex_of(exported(body, ODD_TITLE))
    head, text = latex.split("\\begin{document}")
    text = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", text, flags=re.DOTALL)
    plain = re.sub(r"\\(?:url|href)\{[^}]*\}", "", text)

    open_ones = ["document"]
    for which, name in re.findall(r"\\(begin|end)\{([A-Za-z]+\*?)\}", text):
        if which == "begin":
            open_ones.append(name)
        else:
            assert open_ones.pop() == name
    assert open_ones == []
    assert set(re.findall(r"\\begin\{([A-Za-z]+)\*?\}", text)) <= ENVIRONMENTS - {"darray"} | {
        "itemize", "enumerate", "quote", "flushleft", "tabular", "longtable", "thebibliography",
    }  # fmt: skip

    used = set(re.findall(r"(?<!\\)(?:\\\\)*\\([A-Za-z]+)", plain))
    defined = set(re.findall(r"\\providecommand\{\\([A-Za-z]+)\}", head))
    loaded = set(re.findall(r"\\usepackage(?:\[[^]]*\])?\{([a-z]+)\}", head))
    by_package = {name: package for package, names in PACKAGES.items() for name in names}
    assert used - STRUCTURE - defined <= COMMANDS - UNKNOWN_TO_LATEX - set(ALIASES)
    assert {by_package[name] for name in used & by_package.keys()} <= loaded
    assert declarations(latex) == declarations("".join(sorted(set(latex)))), "a letter is declared whatever its place"
    known = set(re.findall(r"\\DeclareUnicodeCharacter\{([0-9A-F]+)\}", head))
    assert set(re.findall(r"\{([0-9A-F]+)\}\{", declarations(latex))) <= known


def test_a_package_is_loaded_only_where_it_is_used():
    assert "{ulem}" not in latex_of(exported("plain"))
    assert r"\usepackage[normalem]{ulem}" in latex_of(exported("~~gone~~"))
    assert r"\usepackage{cancel}" in latex_of(exported(r"$\cancel{x}$"))
    assert "{longtable}" not in latex_of(exported("| a | b |\n| --- | --- |\n| 1 | 2 |\n"))
    assert r"\usepackage{longtable}" in latex_of(exported(TABLE))


def test_a_long_table_within_a_list_stays_whole_since_it_can_go_on_nowhere():
    assert "longtable" not in latex_of(exported("- one\n\n" + "".join(f"  {line}\n" for line in TABLE.splitlines())))


@pytest.mark.parametrize(
    ("tex", "written"),
    [
        (r"a \gt b", r"a \gt b"),
        (r"\fullouterjoin x", r"\texttt{fullouterjoin} x"),
        (r"x^2' + x^{2}'", r"x^2{}' + x^{2}{}'"),
        (r"f' + a_1'", r"f' + a_1'"),
        (r"\kern1em \kern{1em} \mkern-2mu \mkern 2em", r"\kern1em \texttt{kern}{1em} \mkern-2mu \texttt{mkern} 2em"),
        (r"\textcolor{red}{x} \colorbox{red}{y}", r"{x} \boxed{y}"),
        (r"\text{Erd\H{o}s}", r"\text{Erd\text{\H{o}}s}"),
    ],
)
def test_what_would_stop_latex_is_written_otherwise(tex, written):
    assert for_latex(tex) == written


def test_letters_are_set_as_mathematics_with_accents_or_as_a_box_with_their_number():
    lines = declarations("aé∂αΩℝ₁ạ王\u200b")
    assert "{00E9}" not in lines, "LaTeX knows it"
    for code, written in [
        ("2202", r"\ensuremath{\partial}"), ("03B1", r"\ensuremath{\alpha}"), ("03A9", r"\ensuremath{\Omega}"),
        ("211D", r"\ensuremath{\mathbb{R}}"), ("2081", r"\ensuremath{_{1}}"), ("1EA1", r"\d{a}"),
        ("738B", r"\unknownletter{738B}"), ("200B", ""),
    ]:  # fmt: skip
        assert rf"\DeclareUnicodeCharacter{{{code}}}{{{written}}}" in lines
    assert declarations("plain é") == ""


def test_a_formula_that_the_page_cannot_draw_stands_as_its_source():
    assert r"\texttt{\$a\textasciicircum{}b\textasciicircum{}c\$}" in latex_of(exported("$a^b^c$ and $d$"))
    assert "$d$" in latex_of(exported("$a^b^c$ and $d$"))
