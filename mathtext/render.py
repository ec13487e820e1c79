"""The pipeline: text → tokens → equation numbers → MathML → HTML → sanitised HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from markdown_it.token import Token

from mathtext import engine as engines
from mathtext import markdown, tex
from mathtext.marks import Mark, place_marks, show_marks, without_private
from mathtext.model import Cache, Equation, Heading, Limits, MacroRefused, Macros, Problem, Rendered
from mathtext.references import Reference, Resolver, resolve_references
from mathtext.sanitise import sanitise

DEFAULT_LIMITS = Limits()
_ANNOTATED_CHARS = 1_000  # longer TeX is left out of the page; the note's source has it
_SHOWN_SOURCE_CHARS = 400
_parser = markdown.build()


def render(
    text: str,
    *,
    image_prefixes: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
    cache: Cache | None = None,
    engine: engines.Engine | None = None,
    heading_shift: int = 1,
    anchor_prefix: str = "",
    marks: Sequence[Mark] = (),
    macros: Macros | None = None,
    links: Resolver | None = None,
) -> Rendered:
    """Return `text` as safe HTML, with what could not be read named and left standing as its source.

    Pictures show only from `image_prefixes` (such as "/media/"); others become links. Headings stand `heading_shift`
    levels below the h1 of the page around, the levels in use closed up. `anchor_prefix` keeps ids apart where two texts
    stand on one page. `marks` point at signs in displays; after a display that has some stands
    `<div class="math-marked" data-line="3 4"></div>`, with their numbers. `links` says where `[[…]]`
    lead; without it they are plain text. `macros` are written out in every formula; what is
    copied from the page is the TeX as it was typed. `cache` holds typeset formulas beyond
    this process. Never raises for what a member wrote; raises TemmlNotFound where the front end was not built.
    """
    if len(text) > limits.note_chars:
        message = (
            f"This text has {len(text):,} characters; at most {limits.note_chars:,} are read. Split it into several."
        )
        return Rendered(
            html=f'<p class="math-error">{html.escape(message)}</p>', problems=(Problem(1, None, text[:60], message),)
        )
    source = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    source = source.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored or hashed
    source = without_private(source)
    env: dict[str, Any] = {
        "image_prefixes": tuple(image_prefixes), "heading_shift": heading_shift, "anchor_prefix": anchor_prefix,
        "resolver": links,
    }  # fmt: skip
    if anchor_prefix:
        env["docId"] = anchor_prefix.strip("-")
    tokens = _parser.parse(markdown.protect_pipes(source), env)

    formulas = [token for token in _walk(tokens) if "formula" in token.meta]
    if marks:
        place_marks([token for token in formulas if token.meta["formula"].display], source, marks)
    equations, labels = _number(formulas, env, anchor_prefix)
    _typeset(
        formulas, labels, env, limits=limits, cache=cache, engine=engine or engines.engine, marks=marks, macros=macros
    )
    for token in _walk(tokens):
        if token.type == "equation_reference":
            token.meta["html"] = _reference(token, labels, env)

    references = _resolve(tokens, links, env) if links is not None else ()
    page = _parser.renderer.render(tokens, _parser.options, env)
    lines = source.split("\n")
    problems = tuple(
        Problem(line, column or _column(lines, line, shown), shown, message)
        for (line, column, message), shown in sorted(
            env.get("problems", {}).items(), key=lambda item: (item[0][0], item[0][1] or 0)
        )
    )
    return Rendered(
        html=sanitise(page, image_prefixes=image_prefixes),
        problems=problems,
        equations=tuple(equations),
        headings=tuple(Heading(*heading) for heading in env.get("headings", ())),
        references=tuple(references),
    )


def _resolve(tokens: Sequence[Token], links: Resolver, env: dict[str, Any]) -> tuple[Reference, ...]:
    """Write where references lead into their tokens, and name those that lead nowhere and should."""
    references, answers = resolve_references(_walk(tokens), links)
    for reference, answer in zip(references, answers, strict=True):
        if answer.problem:
            markdown.problem(env, reference.line, None, f"[[{reference.source}]]", answer.problem)
    return tuple(references)


def _column(lines: list[str], line: int, shown: str) -> int | None:
    """Find where in its line the source of a problem begins."""
    if not 1 <= line <= len(lines):
        return None
    found = lines[line - 1].find(shown.split("\n", 1)[0])
    return found + 1 if found >= 0 else None


def _walk(tokens: Sequence[Token]) -> list[Token]:
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        if token.children:
            found.extend(_walk(token.children))
    return found


def _number(formulas: list[Token], env: dict[str, Any], prefix: str) -> tuple[list[Equation], dict[str, Equation]]:
    """Give each numbered row of each display its number, and each label its equation."""
    equations: list[Equation] = []
    labels: dict[str, Equation] = {}
    taken: set[str] = set()
    count = 0
    for token in formulas:
        formula: markdown.Formula = token.meta["formula"]
        if not formula.display:
            continue
        display = token.meta["display"] = tex.read_display(token.meta.get("marked", formula.tex))
        for row in display.rows:
            if row.tag is not None:
                shown = row.tag if row.tag_is_starred else f"({row.tag})"
            elif (display.numbers_itself and not row.unnumbered) or (not display.environment and row.label is not None):
                count += 1
                row.number = str(count)
                shown = f"({count})"
            else:
                if row.label is not None:
                    markdown.problem(
                        env, formula.line, None, f"\\label{{{row.label}}}",
                        f"The label `{row.label}` stands on an equation without a number. "
                        "Take the star or `\\notag` away, or give it a `\\tag`.",
                    )  # fmt: skip
                continue
            names = [name for name in (row.label, *row.extra_labels) if name is not None]
            # `eq:loss`, as most label, becomes eq-loss and not eq-eq-loss.
            stem = (
                f"eq-{markdown.slug(names[0].removeprefix('eq:'))}"
                if names
                else f"eqn-{markdown.slug(row.number or row.tag or '')}"
            )
            anchor, n = prefix + stem, 2
            while anchor in taken:
                anchor, n = f"{prefix}{stem}-{n}", n + 1
            taken.add(anchor)
            row.anchor = anchor
            equation = Equation(shown, names[0] if names else None, anchor, formula.line)
            equations.append(equation)
            for name in names:
                if name in labels:
                    markdown.problem(
                        env, formula.line, None, f"\\label{{{name}}}",
                        f"The label `{name}` is used twice; references lead to the first, on line {labels[name].line}.",
                    )  # fmt: skip
                else:
                    labels[name] = equation
    return equations, labels


def _typeset(
    formulas: list[Token], labels: dict[str, Equation], env: dict[str, Any],
    *, limits: Limits, cache: Cache | None, engine: engines.Engine, marks: Sequence[Mark], macros: Macros | None,
) -> None:  # fmt: skip
    """Put the HTML of each formula into its token."""
    read = formulas[: limits.max_formulas]
    for token in formulas[limits.max_formulas :]:
        reason = f"Only the first {limits.max_formulas:,} formulas of a text are drawn. Split it into several notes."
        formula = token.meta["formula"]
        markdown.problem(env, read[-1].meta["formula"].line, None, "", reason)
        token.meta["html"] = f'<code class="math-error">{html.escape(formula.source[:_SHOWN_SOURCE_CHARS])}</code>'
    texts: list[str] = []
    refused: dict[int, engines.Unread] = {}
    for token in read:
        formula = token.meta["formula"]
        display: tex.Display | None = token.meta.get("display")
        written = display.tex() if display is not None else formula.tex

        def number_of(match: Any, line: int = formula.line) -> str:
            equation = labels.get(match.group(2).strip())
            if equation is None:
                _missing_label(env, line, match.group(), match.group(2).strip())
                return r"\text{(??)}"
            shown = equation.number
            return f"\\text{{{shown if match.group(1) == 'eqref' else shown.strip('()')}}}"

        shown = tex.REFERENCE.sub(number_of, written)
        try:
            texts.append(macros.written_out(shown) if macros is not None else shown)
        except MacroRefused as refusal:
            refused[len(texts)] = engines.Unread(str(refusal))
            texts.append("")
    outcomes = engine.typeset(
        [(text, token.meta["formula"].display) for text, token in zip(texts, read, strict=True)],
        limits=limits,
        cache=cache,
    )
    for nth, (token, text, typeset) in enumerate(zip(read, texts, outcomes, strict=True)):
        outcome = refused.get(nth, typeset)
        match outcome:
            case engines.Typeset(mathml):
                if "marked" in token.meta:
                    mathml = show_marks(mathml, marks)
                token.meta["html"] = _annotated(mathml, token.meta["formula"].tex)
            case engines.Unread():
                token.meta["html"] = _unread(token.meta["formula"], outcome, text, env)


def _annotated(mathml: str, source: str) -> str:
    """Put the TeX beside the MathML, for copying and for readers that prefer it."""
    source = source.strip()
    if len(source) > _ANNOTATED_CHARS or not mathml.endswith("</math>"):
        return mathml
    opening_end = mathml.index(">") + 1
    body = mathml[opening_end : -len("</math>")]
    annotation = f'<annotation encoding="application/x-tex">{html.escape(source, quote=False)}</annotation>'
    return f"{mathml[:opening_end]}<semantics>{body}{annotation}</semantics></math>"


def _unread(formula: markdown.Formula, outcome: engines.Unread, text: str | None, env: dict[str, Any]) -> str:
    """The source of a formula that could not be read, with the reason; also noted as a problem."""
    line = formula.line
    if text is not None and outcome.position is not None:
        # What we wrote around the TeX may hold newlines that the member did not write.
        line += min(text.count("\n", 0, outcome.position), formula.source.count("\n"))
    shown = formula.source.strip()
    if len(shown) > _SHOWN_SOURCE_CHARS:
        shown = shown[:_SHOWN_SOURCE_CHARS] + " …"
    markdown.problem(env, line, None, shown, outcome.reason)
    return (
        f'<code class="math-error" title="{html.escape(outcome.reason)}">{html.escape(shown)}</code> '
        f'<small class="math-error-reason">{html.escape(outcome.reason)}</small>'
    )


def _missing_label(env: dict[str, Any], line: int, source: str, label: str) -> None:
    markdown.problem(env, line, None, source, f"No equation has the label `{label}`.")


def _reference(token: Token, labels: dict[str, Equation], env: dict[str, Any]) -> str:
    equation = labels.get(token.content)
    if equation is None:
        source = f"\\{'eqref' if token.meta['with_parentheses'] else 'ref'}{{{token.content}}}"
        _missing_label(env, token.meta["line"], source, token.content)
        return f'<code class="math-error" title="No equation has this label.">{html.escape(source)}</code>'
    shown = equation.number if token.meta["with_parentheses"] else equation.number.strip("()")
    return f'<a class="eq-ref" href="#{html.escape(equation.anchor)}">{html.escape(shown)}</a>'
