"""stepcheck stands alone: what it imports, what it never does, and that it runs in an empty folder."""

import ast
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

import stepcheck
from stepcheck import Budget, check

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "stepcheck"
FILES = [file for file in PACKAGE.rglob("*.py") if PACKAGE / "build" not in file.parents]  # left by an installation
SOURCES = {str(file.relative_to(PACKAGE)): ast.parse(file.read_text(encoding="utf-8")) for file in FILES}
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))

# What may be imported from the standard library: anywhere, or in the named files only.
ANYWHERE = {
    "__future__", "collections", "contextlib", "dataclasses", "enum", "fractions", "functools", "itertools", "logging",
    "math", "operator", "re", "typing",
}  # fmt: skip
ONLY_IN = {
    "argparse": {"cli.py"},
    "atexit": {"second.py"},  # ends the worker that SymPy runs in
    "concurrent": {"cases.py"},
    # random elements of the prime field, from the seed; what a step rests on, as a key
    "hashlib": {"exact/points.py", "exact/scalars.py", "memo.py"},
    "json": {"cli.py", "cases.py"},
    "keyword": {"code/names.py"},  # what no identifier may be
    "os": {"second.py"},
    "pathlib": {"cli.py", "cases.py", "second.py"},
    "pickle": {"second.py", "symbolic.py"},  # questions to a worker of our own, through a pipe of our own
    "resource": {"symbolic.py"},
    "selectors": {"second.py"},
    "statistics": {"cases.py"},
    "struct": {"symbolic.py"},
    "subprocess": {"second.py"},
    "sys": {"__main__.py", "cli.py", "second.py", "symbolic.py"},
    "threading": {"second.py"},
    "time": {"bounds.py", "cases.py"},  # the default clock of the bounds; how long a step of a case took
    "traceback": {"cases.py"},
}
NEVER_CALLED = {
    "eval", "exec", "compile", "__import__", "open", "input", "breakpoint", "print",
    "import_module", "lambdify", "sympify", "parse_expr", "parse_latex",
}  # fmt: skip

SEEDED = {"default_rng", "Generator"}


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.split(".")[0]


def third_party():
    found = {name for tree in SOURCES.values() for name in imports(tree)}
    return found - {"stepcheck"} - set(sys.stdlib_module_names)


def refused_import(name, file):
    return name in sys.stdlib_module_names and name not in ANYWHERE and file not in ONLY_IN.get(name, set())


def refused_calls(tree):
    """Calls of what runs text as code or reaches outside, and random numbers without a seed."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in NEVER_CALLED:
                yield name
            case ast.Call(func=ast.Attribute(attr=name)) if name in NEVER_CALLED - {"compile"}:
                yield name
            case ast.Call(func=ast.Attribute(attr="default_rng"), args=[], keywords=[]):
                yield "default_rng()"
            case ast.Attribute(value=ast.Attribute(attr="random"), attr=name) if name not in (
                "default_rng",
                "Generator",
                "seed",  # of SymPy's own generator
            ):
                yield f"random.{name}"


@pytest.mark.parametrize("file", sorted(SOURCES))
def test_a_module_imports_only_what_it_may(file):
    assert [name for name in imports(SOURCES[file]) if refused_import(name, file)] == []


@pytest.mark.parametrize("file", sorted(SOURCES))
def test_a_module_runs_no_text_as_code_and_draws_nothing_without_a_seed(file):
    assert list(refused_calls(SOURCES[file])) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("eval('1')", ["eval"]),
        ("x.exec('1')", ["exec"]),
        ("re.compile('a')", []),
        ("np.random.default_rng()", ["default_rng()"]),
        ("np.random.default_rng(3)", []),
        ("np.random.normal(3)", ["random.normal"]),
        ("sympy.sympify(text)", ["sympify"]),
    ],
)
def test_what_is_refused_is_found(source, found):
    assert list(refused_calls(ast.parse(source))) == found


def test_an_import_that_is_refused_is_found():
    assert [refused_import(*each) for each in [("socket", "cli.py"), ("time", "verdict.py"), ("re", "tokens.py")]] == [
        True,
        True,
        False,
    ]


def test_what_it_needs_is_said_and_locked():
    assert sorted(third_party()) == sorted(PROJECT["project"]["dependencies"])
    locked = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    assert [name for name in third_party() if f"\n{name}==" not in f"\n{locked}"] == []


def test_who_reads_macros_only_does_not_load_what_judges():
    program = (
        "import sys, stepcheck; stepcheck.read_macros('')\nassert 'scipy' not in sys.modules\n"
        "print({name: getattr(stepcheck, name).__module__ for name in stepcheck.__all__ if name != 'Memo'})"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    from_where = ast.literal_eval(ran.stdout)
    assert (from_where["check"], from_where["replay"]) == ("stepcheck.report", "stepcheck.replaying")
    assert set(from_where) == set(stepcheck.__all__) - {"Memo"}


def test_the_site_itself_does_not_load_what_judges():
    program = "import django, sys; django.setup(); import studygroup.urls; print('scipy' in sys.modules)"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "studygroup.settings"}
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_every_part_of_it_is_packed():
    folders = [file.parent.relative_to(PACKAGE).parts for file in FILES if file.name == "__init__.py"]
    packages = sorted(".".join(["stepcheck", *folder]) for folder in folders)
    assert PROJECT["tool"]["setuptools"]["packages"] == packages


def test_no_clock_is_asked_but_the_one_that_is_given(monkeypatch):
    def refuse(*arguments):
        raise AssertionError("A clock was asked.")

    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time", "time_ns", "monotonic_ns"):
        monkeypatch.setattr(time, name, refuse)
    note = "Let $A, B \\in \\mathbb{R}^{n \\times n}$.\n\n$$(AB)^\\top = B^\\top A^\\top$$\n\n$$AB = BA$$\n"
    report = check(note, budget=Budget(clock=lambda: 0.0))
    assert [step.verdict for step in report.steps] == ["holds", "fails"]


# -- in an empty folder -----------------------------------------------------------------------------------------------

NOTE = """Let $A \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}^n$, and let $K \\sim \\mathrm{Poisson}(2)$.

$$\\nabla_x\\, x^\\top A x = (A + A^\\top) x$$

$$\\mathbb{E}[K] = 2$$

$$A^\\top = A$$
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A folder with the package and, beside it, only what it says that it needs."""
    folder = tmp_path_factory.mktemp("alone")
    shutil.copytree(PACKAGE, folder / "stepcheck", ignore=shutil.ignore_patterns("__pycache__", "build"))
    needs = folder / "needs"
    needs.mkdir()
    for name in PROJECT["project"]["dependencies"]:
        files = distribution(name).files
        for top in {file.parts[0] for file in files if file.parts[0] != ".."} - {"__pycache__"}:
            (needs / top).symlink_to(distribution(name).locate_file(top))
    (folder / "note.md").write_text(NOTE, encoding="utf-8")
    return folder


def run(folder, *arguments):
    environment = {"PYTHONPATH": str(folder / "needs"), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", *arguments]  # -S: without the packages of this environment
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_it_answers_in_an_empty_folder_with_only_its_own_requirements(alone):
    done = run(alone, "-m", "stepcheck", "note.md", "--json")
    assert (done.stderr, done.returncode) == ("", 1)
    assert [step["verdict"] for step in json.loads(done.stdout)["steps"]] == ["holds", "holds", "fails"]


def test_nothing_of_the_house_is_there_and_nothing_is_loaded_beside(alone):
    code = (
        "import sys; from stepcheck.cli import main; main(['note.md']);"
        "tops = {name.partition('.')[0] for name in sys.modules} - set(sys.stdlib_module_names);"
        "sys.exit(' '.join(sorted(top for top in tops if not top.startswith('_') and top != 'stepcheck')))"
    )
    done = run(alone, "-c", code)
    assert set(done.stderr.split()) <= set(PROJECT["project"]["dependencies"]) | {"cython_runtime"}
    assert "django" not in done.stderr
    assert run(alone, "-c", "import django").returncode == 1
