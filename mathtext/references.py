"""`[[…]]` in a text: links to other things of the house by their names.

`[[Ridge regression]]`, `[[cite:bishop2006]]`, `[[Ridge regression#step-3|the closed form]]`. This module finds them and
prints what a resolver makes of them; what things there are, and what they are called, it does not know.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

PIPE = "\ue07c"  # as in mathtext.markdown: a `|` that the table rule is not to see
MOST_CHARS = 400
_KIND = re.compile(r"\s*([a-z]{2,20})\s*:\s*")
_BAR = re.compile(r"(?<!\\)[|\ue07c]")
_ESCAPED = re.compile(r"\\([|#\[\]\ue07c])")
_DOLLAR = re.compile(r"(?<!\\)\$")


@dataclass(frozen=True, slots=True)
class Reference:
    """One `[[…]]`. `source` is what stands between the brackets; `kind` is empty where none was named.

    A title may itself hold `#` or `|`, so that a resolver tries `names` in their order. `step` is what follows the `#`
    of the last of them, `shown` is empty where the text shows what the thing is called.
    """

    source: str
    kind: str
    names: tuple[str, ...]
    step: str = ""
    shown: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class Linked:
    """A reference that leads somewhere: `text` is what the thing is called now, `problem` a doubt about it."""

    href: str
    text: str
    css: str = ""
    title: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A reference that leads nowhere: why, and what to do, with the address where it is done. `problem` is set where
    that is a slip, and not a thing to come."""

    text: str
    why: str
    action: str = ""
    href: str = ""
    problem: str = ""


class Resolver(Protocol):
    """Says where references lead. `kinds` are the words that may stand before a colon; any other is part of a name."""

    kinds: frozenset[str]

    def __call__(self, references: Sequence[Reference]) -> Sequence[Linked | Missing]:
        """Return one answer for each of `references`, in their order."""


def parse_reference(inner: str, kinds: frozenset[str]) -> Reference | None:
    """Read what stands between the brackets; None where that is no name of anything."""
    inner = inner.replace(PIPE, "|")
    source, kind = inner, ""
    if (named := _KIND.match(inner)) and named[1] in kinds:
        kind, inner = named[1], inner[named.end() :]
    bars = [match.start() for match in _BAR.finditer(inner)]
    left, shown = (inner[: bars[-1]], inner[bars[-1] + 1 :]) if bars else (inner, "")
    stem, hash_sign, step = left.rpartition("#")
    if not hash_sign or left[: len(stem)].endswith("\\"):
        stem, step = left, ""
    names = []
    # With a kind, or with a text to show, the whole is still tried first: titles are older than this notation.
    for candidate in (inner, left, _unescaped(left), stem, _unescaped(stem)):
        name = " ".join(candidate.split())
        if name and name not in names:
            names.append(name)
    if not " ".join(stem.split()):
        return None
    return Reference(source, kind, tuple(names), step=" ".join(step.split()), shown=" ".join(shown.split()))


def written_name(name: str) -> str:
    """`name` as it is written between the brackets, so that it is read as this name and nothing else."""
    return re.sub(r"([|#\[\]])", r"\\\1", name)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: match[1].replace(PIPE, "|"), text)


def _closing(src: str, start: int, end: int) -> int:
    """The index of the `]]` that closes a reference whose inside begins at `start`; -1 where there is none.

    Brackets inside a title are read in pairs, `[[On [0, 1]]]`, and where they have no partner, `[[On [0, 1)]]`, alone.
    """
    depth, position = 0, start
    end = min(end, start + MOST_CHARS)
    another = src.find("[[", start, end)
    end = end if another < 0 else another  # a name holds no reference
    first = -1
    while position < end:
        character = src[position]
        if character == "\n" and src.startswith("\n", position + 1):
            break
        if character == "\\":
            position += 2
            continue
        if src.startswith("]]", position) and depth == 0:
            return position
        if first < 0 and src.startswith("]]", position):
            first = position
        depth += (character == "[") - (character == "]" and depth > 0)
        position += 1
    return first


def reference_rule(state: StateInline, silent: bool) -> bool:
    """`[[…]]` where the text has a resolver. Code and formulas were read before; `[[a]](b)` is Markdown's own."""
    src, start = state.src, state.pos
    resolver: Resolver | None = state.env.get("resolver")
    if resolver is None or not src.startswith("[[", start) or src.startswith("[[[", start) or state.linkLevel > 0:
        return False
    close = _closing(src, start + 2, state.posMax)
    if close < 0 or src.startswith("(", close + 2):
        return False
    inner = src[start + 2 : close]
    if "`" in inner or "[[" in inner or len(_DOLLAR.findall(inner)) % 2:
        return False
    reference = parse_reference(inner, resolver.kinds)
    if reference is None:
        return False
    if not silent:
        opening = state.push("reference_open", "a", 1)
        opening.meta["reference"] = reference
        opening.meta["newlines"] = src.count("\n", 0, start)
        if reference.shown:
            bar = [match.start() for match in _BAR.finditer(inner)][-1]
            before = state.pos, state.posMax
            state.pos, state.posMax = start + 2 + bar + 1, close
            state.linkLevel += 1
            state.md.inline.tokenize(state)
            state.linkLevel -= 1
            state.pos, state.posMax = before
        else:
            text = state.push("reference_text", "", 0)
            text.meta["of"] = opening
        closing = state.push("reference_close", "a", -1)
        closing.meta["of"] = opening
    state.pos = close + 2
    return True


def resolve_references(tokens: Sequence[Token], resolver: Resolver) -> tuple[list[Reference], list[Linked | Missing]]:
    """Ask once for all references among `tokens`, and write their HTML into these. Returns them with the answers."""
    openings = [token for token in tokens if token.type == "reference_open"]
    if not openings:
        return [], []
    references = [replace(token.meta["reference"], line=token.meta.get("line", 0)) for token in openings]
    answers = list(resolver(references))
    for token, reference, answer in zip(openings, references, answers, strict=True):
        before, after = _tags(answer)
        token.meta.update(html=before, closing=after, text=html.escape(answer.text), reference=reference)
    for token in tokens:
        if token.type == "reference_text":
            token.meta["html"] = token.meta["of"].meta["text"]
        elif token.type == "reference_close":
            token.meta["html"] = token.meta["of"].meta["closing"]
    return references, answers


def _tags(answer: Linked | Missing) -> tuple[str, str]:
    match answer:
        case Linked(href, _, css, title, _):
            shown = f' title="{html.escape(title)}"' if title else ""
            return f'<a class="ref{f" {css}" if css else ""}" href="{html.escape(href)}"{shown}>', "</a>"
        case Missing(_, why, action, href, _):
            link = f' <a href="{html.escape(href)}">{html.escape(action)}</a>' if href else ""
            note = f' <small class="ref-note">{html.escape(why)}{link}</small>'
            return '<span class="ref-missing">', f"</span>{note}"
