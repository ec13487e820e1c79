"""A note as a file of another program: what stands in it, that it can be read, and that nothing in a note runs."""

import ast
import io
import json
import re
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pypandoc
import pytest
from django.urls import reverse

from derivations.actions import create_note, run_check
from derivations.exporting import Exported, gather, latex_of, markdown_of, notebook_of, pdf_of
from derivations.exporting.latex import harmless, is_balanced
from derivations.exporting.markdown import split_front_matter
from derivations.models import Check
from tests.conftest import NOON
from tests.factories import WorkFactory

DEMO = sorted((Path(__file__).resolve().parents[2] / "derivations/data/demo").glob("*.md"))
BODY = r"""Let $A \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$; see [[cite:magnus]] and [[Other note]].

\begin{align}
  \nabla_x (x^\top A x) &= (A + A^\top) x \label{eq:grad} \\
              &= 2 A x . \notag
\end{align}

By \eqref{eq:grad}, 100% of _this_ & that # works[^1].

[^1]: A **footnote**.

| $a$ | b |
|-----|---|
| 1   | 2 |
"""


def exported(body, title="Quadratic"):
    when = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return Exported(1, title, body, "draft", ("Ana", "Bo"), when, when, 3, kinds=frozenset({"cite", "note"}))


def read_by_pandoc(latex):
    command = [pypandoc.get_pandoc_path(), "--sandbox", "-f", "latex", "-t", "json", "--fail-if-warnings"]
    return subprocess.run(command, input=latex.encode(), capture_output=True, check=False)


@pytest.mark.parametrize("file", DEMO, ids=[file.stem for file in DEMO])
def test_the_latex_of_every_demo_note_is_read_without_a_warning_and_keeps_its_labels(file):
    _, body, _ = split_front_matter(file.read_text(encoding="utf-8"))
    latex = latex_of(exported(body))
    ended = read_by_pandoc(latex)
    assert ended.returncode == 0, ended.stderr.decode()
    assert re.findall(r"\\label\{(.*?)\}", latex) == re.findall(r"\\label\{(.*?)\}", body)
    assert latex.count(r"\begin{equation}") == body.count(r"\begin{equation}")


def test_latex_escapes_text_and_keeps_environments_references_notes_and_citations(group, member):
    work = WorkFactory(group=group, key="magnus", title="Matrix Differential Calculus", year="2019")
    note = create_note(group=group, by=member, title="50% & more", body=BODY, now=NOON)
    latex = latex_of(gather(note))
    assert r"\title{50\% \& more}" in latex
    assert r"\cite{magnus}" in latex
    assert rf"\bibitem{{magnus}} {work.author_line}" in latex
    assert r"By \eqref{eq:grad}, 100\% of \emph{this} \& that \# works\footnote{A \textbf{footnote}.}" in latex
    assert r"\begin{tabular}{ll}" in latex
    assert read_by_pandoc(latex).returncode == 0


def test_verdicts_are_written_where_they_are_asked_for(group, member):
    note = create_note(group=group, by=member, title="Quadratic", body=BODY, now=NOON)
    run_check(check_id=Check.objects.get().pk, now=NOON)
    note.refresh_from_db()
    assert "step 1 holds, step 2 fails" in latex_of(gather(note), marks=True)
    assert "step 1 holds" not in latex_of(gather(note))
    matter, body, _ = split_front_matter(markdown_of(gather(note), marks=True))
    assert matter["verdicts"] == ["1 holds", "2 fails"]
    assert body == note.body
    assert matter["givens"] == ["n dimension", "A matrix n by n", "x vector n"]


HOSTILE = [
    r"$\input{/etc/passwd}$", r"$$\write18{rm -rf /}$$", r"$\immediate\write18{id}$", r"$\csname input\endcsname$",
    "```\n\\end{verbatim}\n\\input{/etc/passwd}\n```", r"\input{/etc/passwd} in text", r"$a \end{document} b$",
    r"$\catcode`\%=12$", r"$\def\x{\x\x}\x$", r"[a](https://x.y/\input{/etc/passwd})", r"$\openin5=/etc/passwd$",
    r"![\input{/etc/passwd}](/pictures/../x.png)", r"$\begin{filecontents}{x}\end{filecontents}$",
    r"`\input{/etc/passwd}`",
    "$a^{$", "$$\\begin{align} a$$", "# \\input{/etc/passwd}", r"$\text{\input{/etc/passwd}}$",
    r"[[\input{/etc/passwd}]]",
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE)
def test_no_command_of_a_note_that_reads_or_writes_reaches_the_latex(body):
    document = latex_of(exported(body, title=r"\input{/etc/passwd}"))
    text = document.partition(r"\maketitle")[2]
    text = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", text, flags=re.DOTALL)
    assert re.search(r"\\(input|write|immediate|csname|openin|catcode|def)(?![A-Za-z])", text) is None
    assert document.count(r"\end{document}") == 1
    assert r"\title{\textbackslash{}input\{/etc/passwd\}}" in document


def test_a_formula_that_does_not_close_what_it_opens_stands_as_its_source():
    assert [is_balanced(tex) for tex in ("a^{b}", "a^{", "}a{", r"\left( x \right)", r"\left(", "a$b", r"\{")] == [
        True, False, False, True, False, False, True,
    ]  # fmt: skip
    assert harmless(r"\input x + \includegraphics") == r"\texttt{input} x + \texttt{includegraphics}"
    assert r"\texttt{\$a\textasciicircum{}\{\$}" in latex_of(exported("$a^{$"))


def test_the_pdf_is_made_with_mathematics_and_without_tex():
    pdf = pdf_of(exported(BODY))
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 8_000


@pytest.mark.parametrize("body", [r"$\input{/etc/passwd}$ x", '#import "@preview/x:1.0.0"\n\n#read("/etc/passwd")'])
def test_text_that_looks_like_commands_of_the_typesetter_is_text(body):
    assert pdf_of(exported(body)).startswith(b"%PDF")


def test_the_notebook_is_of_the_format_and_its_code_runs():
    body = r"""Let $a > 0$ and $b > 0$.

$$(a + b)^2 = a^2 + 2ab + b^2$$

The end.
"""
    step = {"index": 0, "line": 3, "verdict": "holds", "relation": "="}
    note = exported(body)
    with_step = Exported(**{name: getattr(note, name) for name in note.__slots__} | {"steps": (step,)})
    made = json.loads(notebook_of(with_step, codes={0: "import numpy as np\nprint(1)\n"}))
    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert [cell["cell_type"] for cell in made["cells"]] == ["markdown", "markdown", "code", "markdown"]
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"]) for cell in made["cells"])
    assert len({cell["id"] for cell in made["cells"]}) == 4
    assert all({"outputs", "execution_count"} <= cell.keys() for cell in made["cells"] if cell["cell_type"] == "code")
    ast.parse("".join(made["cells"][2]["source"]))
    assert "".join(made["cells"][3]["source"]) == "The end."


def test_each_format_is_given_as_a_file_with_a_name_of_its_own(client_of, member, group):
    note = create_note(group=group, by=member, title='Über "x" & y', body=BODY, now=NOON)
    run_check(check_id=Check.objects.get().pk, now=NOON)
    client = client_of(member)
    address = reverse("derivations:export", args=[group.slug, note.pk])
    assert 'name="format" value="pdf"' in client.get(address).text
    assert 'href="export/"' in client.get(note.get_absolute_url()).text
    for kind, begins in (
        ("md", b"---\ntitle: "),
        ("tex", b"\\documentclass"),
        ("pdf", b"%PDF"),
        ("ipynb", b"{"),
        ("bib", b""),
    ):
        answer = client.get(address, {"format": kind, "marks": "1"})
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="ber-x-y.{kind}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.content.startswith(begins)
    notebook = json.loads(client.get(address, {"format": "ipynb"}).content)
    assert any("def left(" in "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code")


def test_all_notes_are_one_archive_with_a_manifest(client_of, member, group):
    WorkFactory(group=group, key="magnus")
    for title in ("One", "Two"):
        create_note(group=group, by=member, title=title, body=BODY, now=NOON)
    answer = client_of(member).get(reverse("derivations:export-all", args=[group.slug]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert [note["title"] for note in manifest["notes"]] == ["One", "Two"]
        assert split_front_matter(archive.read(manifest["notes"][0]["file"]).decode())[1] == BODY
        assert b"@" in archive.read("readings.bib")
