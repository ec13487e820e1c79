"""A step as code: real checker, real process, the page without a script."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from derivations.actions import create_note, run_check
from derivations.checking import CheckStopped, code_step
from derivations.code_trial import try_code
from derivations.models import Check
from derivations.views import coding
from stepcheck import check
from stepcheck.code import CannotPrint, code_of_step
from tests.conftest import NOON

DATA = Path(coding.__file__).parents[1] / "data"
SHOWN = sorted([*DATA.glob("demo/*.md"), *DATA.glob("guide/*.md")])
WITHOUT_CODE = {"07-shapes"}  # its only step is one that no program can run

QUADRATIC = r"""Let $A \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$ with $f(x) := x^\top A x$.

\begin{align}
  \nabla f(x) &= (A + A^\top) x \\
              &= 2 A x .
\end{align}
"""
NORMAL = r"""Let $X \sim \mathcal{N}(0, 1)$.

$$\mathbb{E}[X^2] = \mathbb{E}[X^4] - 2$$
"""


def checked(group, member, body):
    note = create_note(group=group, by=member, title="A note", body=body, now=NOON)
    run_check(check_id=Check.objects.get(revision__note=note).pk, now=NOON)
    note.refresh_from_db()
    return note


def address(note, number):
    return reverse("derivations:code", args=[note.group.slug, note.pk, number])


def test_the_process_answers_with_code_that_agreed_at_five_points_or_more():
    written = code_step(QUADRATIC, 0, seed=0)
    assert set(written["files"]) == {"numpy", "torch", "jax"}
    assert written["points"] >= 5
    assert written["passes"]
    assert not code_step(QUADRATIC, 1, seed=0)["passes"]


@pytest.mark.parametrize("path", SHOWN, ids=[path.stem for path in SHOWN])
def test_the_code_of_a_note_that_we_ship_passes_where_its_step_holds(path):
    note = path.read_text(encoding="utf-8")
    tried = 0
    for step in check(note).steps:
        try:
            code = code_of_step(note, step.index)
        except CannotPrint:
            continue
        tried += 1
        assert try_code(code)["passes"] == (step.verdict == "holds"), step.latex
    assert tried or path.stem in WITHOUT_CODE


def test_a_step_that_cannot_be_written_says_why():
    with pytest.raises(CheckStopped, match="An expectation is not written as code"):
        code_step(NORMAL, 0, seed=0)


def test_the_evidence_leads_to_the_code_with_a_tab_for_each_library(client_of, member, group):
    note = checked(group, member, QUADRATIC)
    client = client_of(member)
    assert 'href="steps/1/code/"' in client.get(note.get_absolute_url()).text
    page = client.get(address(note, 1)).text
    assert "Run here: NumPy; not run here: PyTorch, JAX" in page
    assert re.findall(r'href="\?in=(\w+)"( aria-current="true")?>(\w+)<', page) == [
        ("numpy", ' aria-current="true"', "NumPy"),
        ("torch", "", "PyTorch"),
        ("jax", "", "JAX"),
    ]
    assert "def left(x, A):" in page
    assert "import numpy as np" in page
    assert "import torch" in client.get(address(note, 1), {"in": "torch"}).text
    assert "Its test fails, as the step does" in client.get(address(note, 2)).text


def test_the_code_is_downloaded_as_a_file(client_of, member, group):
    note = checked(group, member, QUADRATIC)
    answer = client_of(member).get(address(note, 1), {"in": "jax", "download": ""})
    assert answer["Content-Disposition"] == f'attachment; filename="note_{note.pk}_step_1_jax.py"'
    assert answer.text.startswith('"""Step 1 in JAX')


def test_a_step_without_code_shows_the_reason_and_an_unknown_step_is_not_found(client_of, member, group):
    note = checked(group, member, NORMAL)
    client = client_of(member)
    answer = client.get(address(note, 1))
    assert answer.status_code == 200
    assert "An expectation is not written as code." in answer.text
    assert client.get(address(note, 9)).status_code == 404


def test_the_code_of_a_text_is_written_once_and_asking_is_limited(client_of, member, group, monkeypatch):
    note = checked(group, member, QUADRATIC)
    client = client_of(member)
    monkeypatch.setattr(coding, "CODES_A_MINUTE", 1)
    assert client.get(address(note, 1)).status_code == 200
    assert client.get(address(note, 1), {"in": "jax"}).status_code == 200
    assert client.get(address(note, 2)).status_code == 429
