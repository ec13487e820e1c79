"""Temml inside this process: formulas in, MathML out, under hard limits of time and memory.

`mathtext.v8` keeps the context that it runs in.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from importlib import resources
from pathlib import Path

from mathtext.model import Cache, Limits
from mathtext.v8 import Failed, OutOfMemory, ScriptNotFound, Scripts, TookTooLong, find_script

ENVIRONMENT_VARIABLE = "MATHTEXT_TEMML"
_PLACES = ("assets/dist/temml.min.js", "node_modules/temml/dist/temml.min.js")

# Commands of the field's papers that Temml does not know. One place, so that every note of every group reads the same.
MACROS: dict[str, str] = {
    r"\abs": r"\left\lvert #1\right\rvert",
    r"\norm": r"\left\lVert #1\right\rVert",
    r"\inner": r"\left\langle #1, #2\right\rangle",
    r"\E": r"\mathbb{E}",
    r"\R": r"\mathbb{R}",
    r"\N": r"\mathbb{N}",
    r"\Var": r"\operatorname{Var}",
    r"\Cov": r"\operatorname{Cov}",
    r"\KL": r"D_{\mathrm{KL}}",
    r"\tr": r"\operatorname{tr}",
    r"\Tr": r"\operatorname{Tr}",
    r"\diag": r"\operatorname{diag}",
    r"\rank": r"\operatorname{rank}",
    r"\softmax": r"\operatorname{softmax}",
    r"\sgn": r"\operatorname{sgn}",
    r"\given": r"\,\middle|\,",
    r"\indep": r"\perp\!\!\!\perp",
    r"\mathbbm": r"\mathbb{#1}",
    r"\mathds": r"\mathbb{#1}",
}


# What is typeset first: an environment, fences, big operators, fonts, accents, a matrix.
WARMING = (
    r"\begin{align*}\nabla_x f(x) &= \left(A + A^\top\right) x \tag{1} \\ &= \tfrac12 \sum_i \lambda_i \end{align*}",
    r"\hat\theta_{\mathrm{MAP}} = \arg\max_\theta \log p(\theta \mid D) \in \mathbb{R}^n, \; \mathcal{N} \, \text{a}",
    r"\frac{\partial L}{\partial w} = \int \sqrt{x} \, dx \le \begin{pmatrix} a & b \\ c & d \end{pmatrix} \norm{v}",
)


class TemmlNotFound(ScriptNotFound):
    """Temml's script is nowhere: the front end was not built and `npm ci` has not run."""


@dataclass(frozen=True, slots=True)
class Typeset:
    """MathML of one formula."""

    mathml: str


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a formula could not be read; `position` is an index into its TeX where it is known."""

    reason: str
    position: int | None = None


type_of_outcome = Typeset | Unread


def find_temml(start: Path | None = None) -> Path:
    """Return the path of temml.min.js: from MATHTEXT_TEMML, else from the first parent folder that holds it.

    Raises TemmlNotFound, naming the two commands that bring it.
    """
    if named := os.environ.get(ENVIRONMENT_VARIABLE):
        path = Path(named)
        if path.is_file():
            return path
        raise TemmlNotFound(f"{ENVIRONMENT_VARIABLE} names {named}, which is not a file.")
    try:
        return find_script(_PLACES, start=start)
    except ScriptNotFound as missing:
        raise TemmlNotFound(
            "temml.min.js was not found. Run `npm ci && npm run build`, or set MATHTEXT_TEMML to its path."
        ) from missing


class Engine:
    """Typesets formulas with Temml, keeping what it has typeset before. Safe to share between threads."""

    def __init__(self, temml: Path | None = None, *, remembered: int = 8192) -> None:
        self._lock = threading.Lock()
        self._scripts = Scripts(partial(_sources, temml))
        self._known: OrderedDict[str, type_of_outcome] = OrderedDict()
        self._remembered = remembered

    def typeset(
        self, formulas: list[tuple[str, bool]], *, limits: Limits, cache: Cache | None = None
    ) -> list[type_of_outcome]:
        """Return the outcome of each (tex, is_display), in order. Never raises for what a member wrote.

        Raises TemmlNotFound where there is no Temml.
        """
        keys = [_key(tex, display) for tex, display in formulas]
        answers: dict[str, type_of_outcome] = {}
        wanted: dict[str, tuple[str, bool]] = {}
        for key, (tex, display) in zip(keys, formulas, strict=True):
            known = self._known.get(key)
            if known is not None:
                answers[key] = known
            elif len(tex) > limits.formula_chars:
                answers[key] = Unread(
                    f"This formula has {len(tex):,} characters; at most {limits.formula_chars:,} are read. Split it up."
                )
            else:
                wanted[key] = (tex, display)
        if wanted and cache is not None:
            for key, mathml in cache.get_many(wanted).items():
                answers[key] = self._remember(key, Typeset(mathml))
                del wanted[key]
        if wanted:
            fresh = self._typeset_fresh(wanted, limits=limits)
            answers.update(fresh)
            if cache is not None:
                good = {key: outcome.mathml for key, outcome in fresh.items() if isinstance(outcome, Typeset)}
                if good:
                    cache.set_many(good)
        return [answers[key] for key in keys]

    def warm(self) -> None:
        """Start V8 and have it compile what most formulas need, so that the first text does not wait for it.

        It compiles what it has run a few times: five rounds take 30 ms longer than one, and the first text of 78
        formulas 40 ms less. Raises TemmlNotFound.
        """
        for turn in range(5):
            self.typeset([(f"{tex} {turn}", display) for tex in WARMING for display in (True, False)], limits=Limits())

    def forget_after_fork(self) -> None:
        """A lock that another thread of the parent holds is never given back in this process."""
        self._lock = threading.Lock()

    def _remember(self, key: str, outcome: type_of_outcome) -> type_of_outcome:
        self._known[key] = outcome
        while len(self._known) > self._remembered:
            try:
                self._known.popitem(last=False)
            except KeyError:  # another thread emptied it first
                break
        return outcome

    def _typeset_fresh(self, wanted: Mapping[str, tuple[str, bool]], *, limits: Limits) -> dict[str, type_of_outcome]:
        deadline = time.monotonic() + limits.total_seconds
        outcomes: dict[str, type_of_outcome] = {}
        with self._lock:
            keys = list(wanted)
            # Many at once: a call across the border costs as much as a formula. A batch that breaks goes one by one.
            for start in range(0, len(keys), 64):
                batch = keys[start : start + 64]
                left = deadline - time.monotonic()
                results = self._call([wanted[key] for key in batch], seconds=min(left, 2.0), limits=limits)
                if isinstance(results, Unread):
                    for key in batch:
                        left = min(deadline - time.monotonic(), limits.formula_seconds)
                        single = self._call([wanted[key]], seconds=left, limits=limits)
                        outcomes[key] = single if isinstance(single, Unread) else single[0]
                else:
                    outcomes.update(zip(batch, results, strict=True))
        for key, outcome in outcomes.items():
            if isinstance(outcome, Typeset) or outcome.position is not None:
                self._remember(key, outcome)
        return outcomes

    def _call(
        self, formulas: list[tuple[str, bool]], *, seconds: float, limits: Limits
    ) -> list[type_of_outcome] | Unread:
        if seconds <= 0:
            return Unread("The formulas of this text together took too long to draw. Shorten it, or split it in two.")
        request = json.dumps(
            {"formulas": formulas, "options": {"maxExpand": limits.max_expand, "macros": MACROS}}, ensure_ascii=True
        )
        try:
            answer = self._scripts.call("typeset", request, seconds=seconds, memory_bytes=limits.memory_bytes)
        except TookTooLong:
            return Unread("This formula took too long to draw. Split it up.")
        except OutOfMemory:
            return Unread("This formula needed too much memory to draw. Split it up.")
        except Failed:  # the stack of a formula nested too deep, mostly
            return Unread("This formula is nested too deeply to draw. Split it up.")
        return [
            Typeset(item["ok"]) if "ok" in item else Unread(_in_words(item["error"]), item["position"])
            for item in json.loads(answer)
        ]

    def read_temml_from(self, path: Path) -> None:
        self._scripts = Scripts(partial(_sources, path))


def _sources(temml: Path | None) -> list[str]:
    bridge = resources.files("mathtext").joinpath("bridge.js")
    return [(temml or find_temml()).read_text(encoding="utf-8"), bridge.read_text(encoding="utf-8")]


def _key(tex: str, display: bool) -> str:
    # The version is raised whenever the same TeX would come out as other MathML.
    return (
        "mathtext2:" + blake2b(f"{'D' if display else 'I'}{tex}".encode("utf-8", "replace"), digest_size=20).hexdigest()
    )


_MESSAGES: Iterable[tuple[re.Pattern[str], str]] = (
    (re.compile(r"Unsupported function name: (\\\S+)"), r"`\1` is not a command that can be read here."),
    (re.compile(r"Function \"(\\\S+)\" is not trusted"), r"`\1` is not allowed in notes."),
    (re.compile(r"No such environment: (\S+)"), r"There is no environment `\1`."),
    (re.compile(r"Too many expansions"), "A macro in this formula calls itself without end."),
    (re.compile(r"Unexpected end of input in a macro argument, expected '\}'"), "A `}` is missing."),
    (re.compile(r"Expected '\}', got 'EOF'"), "A `}` is missing."),
    (re.compile(r"Expected 'EOF', got '\}'"), "There is a `}` too many."),
    (re.compile(r"Expected 'EOF', got '&'"), "`&` has a meaning only inside `align`, `cases` or a matrix."),
    (re.compile(r"Expected '\\right', got (.+)"), r"A `\\left` has no `\\right`: \1."),
    (re.compile(r"Expected '(.+)', got 'EOF'"), r"`\1` is missing at the end."),
    (re.compile(r"Expected '(.+)', got '(.+)'"), r"`\1` was expected where `\2` stands."),
    (re.compile(r"Double superscript"), "Two superscripts follow each other: put braces around the first."),
    (re.compile(r"Double subscript"), "Two subscripts follow each other: put braces around the first."),
    (re.compile(r"Maximum call stack"), "This formula is nested too deeply to draw. Split it up."),
)


def _in_words(message: str) -> str:
    """Say Temml's message the way a colleague would; what is not in the table keeps Temml's own first clause."""
    clause = re.split(r" at position \d+| at end of input", message.strip(), maxsplit=1)[0].strip()
    for pattern, words in _MESSAGES:
        if match := pattern.search(clause):
            return match.expand(words)
    return f"{clause.rstrip('.')}." if clause else "This formula cannot be read."


def use_temml(path: Path | str) -> None:
    """Read Temml from `path` in this process, rather than from where `find_temml` looks."""
    engine.read_temml_from(Path(path))


engine = Engine()
os.register_at_fork(after_in_child=engine.forget_after_fork)
