"""Our Markdown: CommonMark with tables, strikethrough, footnotes, tasks, and mathematics read before anything else.

mdit-py-plugins' dollarmath and amsmath are not used: they read neither `\\(…\\)` nor `\\[…\\]`, take `$$…$$ text` at
the end of a line for text, and know no place of a formula in its source.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

from mathtext.references import reference_rule
from mathtext.tex import NUMBERED_ENVIRONMENTS, PLAIN_ENVIRONMENTS

Env = MutableMapping[str, Any]

# Stands for `|` inside a formula while tables are cut into cells; a private-use character that input may not hold.
PIPE = "\ue07c"

_BEGIN = re.compile(r"\\begin\{([a-zA-Z]+)(\*?)\}")
_CLOSING_PUNCTUATION = re.compile(r"[ \t]*([.,;:]?)[ \t]*$")
_INLINE_DOLLAR = re.compile(
    r"\\(?:text|mbox|textbf|textit|textrm)\s*\{[^{}$]*(?:\$[^{}$]*\$[^{}$]*)*\}|\\.|\$", re.DOTALL
)
_INLINE_REFERENCE = re.compile(r"\\(eqref|ref)\{([^{}\n]{1,200})\}")
_PIPED_DOLLARS = re.compile(
    r"\[\[[^\[\]\n]{1,400}\]\]|(?<![\\$])\$\$[^$\n]+\$\$|(?<![\\$])\$(?![\s$])(?:\\.|[^$\\\n])+(?<!\s)\$(?![\d$])|\\\((?:\\(?!\))|[^\\\n]){1,500}\\\)"
)


@dataclass(slots=True)
class Formula:
    """A formula as found in the text. `source` is what stood there with its delimiters."""

    tex: str
    display: bool
    source: str
    line: int
    column: int | None
    in_paragraph: bool = False


def protect_pipes(text: str) -> str:
    """Hide the `|` of formulas and of `[[…|…]]` from the table rule, on lines that could be rows of a table."""
    text = text.replace(PIPE, "\ufffd")
    if "|" not in text:
        return text
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if "|" in line and ("$" in line or "\\(" in line or "[[" in line):
            lines[i] = _PIPED_DOLLARS.sub(lambda match: match.group().replace("|", PIPE), line)
    return "\n".join(lines)


def reveal_pipes(text: str) -> str:
    return text.replace(PIPE, "|") if PIPE in text else text


def problem(env: Env, line: int, column: int | None, source: str, message: str) -> None:
    """Note a problem once; rules run more than once over the same place."""
    env.setdefault("problems", {}).setdefault((line, column, message), reveal_pipes(source))


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _math_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    end = state.eMarks[start_line]
    opening = _block_opening(state.src, start, end)
    if opening is None:
        return False
    opener, closer, is_environment = opening
    failed = state.env.setdefault("unclosed", {}).get(closer)
    if failed is not None and failed[0] <= start_line < failed[1] and failed[2] == end_line:
        return False

    line, found, depth = start_line, -1, 0
    while True:
        here = state.bMarks[line] + state.tShift[line] + (len(opener) if line == start_line else 0)
        if line > start_line and state.tShift[line] + state.bMarks[line] < state.eMarks[line]:
            if state.sCount[line] < state.blkIndent:
                break  # the list item or quote ends before the formula does
        elif line > start_line and not is_environment:
            break  # an empty line ends a paragraph in TeX, and a formula with it
        found, depth = _find_closer(state.src, here, state.eMarks[line], opener, closer, is_environment, depth)
        if found >= 0:
            break
        line += 1
        if line >= end_line:
            break
    if found < 0:
        state.env["unclosed"][closer] = (start_line, line, end_line)
        if not silent:
            problem(
                state.env, start_line + 1, 1, state.src[start : min(end, start + 60)],
                f"`{opener}` opens a formula that no `{closer}` closes before the paragraph ends.",
            )  # fmt: skip
        return False

    rest = state.src[found + len(closer) : state.eMarks[line]]
    punctuation = _CLOSING_PUNCTUATION.match(rest)
    if punctuation is None and line == start_line:
        return False  # `$$a$$ and more` on one line: a display inside a paragraph
    pieces = []
    for i in range(start_line, line + 1):
        a = state.bMarks[i] + state.tShift[i]
        pieces.append(state.src[a : found if i == line else state.eMarks[i]])
    tex = "\n".join(pieces)
    if not is_environment:
        tex = tex[len(opener) :]
        if not tex.strip():
            return False
    if silent:
        return True
    mark = punctuation.group(1) if punctuation else ""
    written = tex + (closer if is_environment else "")
    tex = tex + mark + (closer if is_environment else "")
    token = state.push("math_block", "math", 0)
    token.block = True
    token.map = [start_line, line + 1]
    token.meta["formula"] = Formula(
        tex=reveal_pipes(tex),
        display=True,
        source=reveal_pipes(written if is_environment else f"{opener}{written}{closer}"),
        line=start_line + 1,
        column=None,
    )
    if punctuation:
        state.line = line + 1
    else:  # text after the formula on its last line begins a paragraph of its own
        after = found + len(closer)
        state.bMarks[line] = after
        state.tShift[line] = len(rest) - len(rest.lstrip())
        state.sCount[line] = state.blkIndent
        state.line = line
    return True


def _block_opening(src: str, start: int, end: int) -> tuple[str, str, bool] | None:
    """Return (opener, closer, is an environment) of a formula that opens at `start`."""
    if src.startswith("$$", start) and start + 2 <= end:
        return "$$", "$$", False
    if src.startswith("\\[", start):
        return "\\[", "\\]", False
    match = _BEGIN.match(src, start, end)
    if match and match.group(1) in NUMBERED_ENVIRONMENTS | PLAIN_ENVIRONMENTS:
        return match.group(), f"\\end{{{match.group(1)}{match.group(2)}}}", True
    return None


def _find_closer(
    src: str, here: int, end: int, opener: str, closer: str, is_environment: bool, depth: int
) -> tuple[int, int]:
    """Return (index of the closer between `here` and `end` or -1, nesting depth after it)."""
    if not is_environment:
        position = here
        while (position := src.find(closer, position, end)) >= 0:
            if (closer == "$$" and _is_escaped(src, position, here)) or (
                closer == "\\]" and _is_escaped(src, position, here)
            ):
                position += 1
                continue
            return position, depth
        return -1, depth
    for match in re.finditer(re.escape(opener) + "|" + re.escape(closer), src[here:end]):
        if match.group() == opener:
            depth += 1
        elif depth == 0:
            return here + match.start(), depth
        else:
            depth -= 1
    return -1, depth


def _is_escaped(src: str, position: int, start: int) -> bool:
    backslashes = 0
    while position - backslashes - 1 >= start and src[position - backslashes - 1] == "\\":
        backslashes += 1
    return backslashes % 2 == 1


# ── inline ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _math_inline(state: StateInline, silent: bool) -> bool:
    """`$…$`, `$$…$$`, `\\(…\\)`, `\\[…\\]`, `\\begin{…}…\\end{…}` and `\\eqref{…}` inside a paragraph."""
    src, start = state.src, state.pos
    character = src[start]
    if character == "$":
        found = _dollars(state)
    elif character == "\\" and start + 1 < state.posMax:
        following = src[start + 1]
        if following in "([":
            found = _bracketed(state, "\\" + following, "\\)" if following == "(" else "\\]")
        elif following == "b":
            found = _environment(state)
        elif following in "er":
            return _reference(state, silent)
        else:
            return False
    else:
        return False
    if found is None:
        return False
    opened, closed, stop, display = found
    tex = src[opened:closed]
    if not tex.strip():
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.meta["formula"] = Formula(
            tex=reveal_pipes(tex),
            display=display,
            source=reveal_pipes(src[start:stop]),
            line=0,
            column=None,
            in_paragraph=True,
        )
        _place(token, state, start)
    state.pos = stop
    return True


def _place(token: Token, state: StateInline, start: int) -> None:
    """Remember how many lines into its paragraph the token stands; the block's own line is known later."""
    token.meta["newlines"] = state.src.count("\n", 0, start)


def _dollars(state: StateInline) -> tuple[int, int, int, bool] | None:
    src, start = state.src, state.pos
    if src.startswith("$$", start):
        if _known_missing(state, "$$"):
            return None
        position = start + 2
        while (position := src.find("$$", position, state.posMax)) >= 0:
            if not _is_escaped(src, position, start):
                return start + 2, position, position + 2, True
            position += 1
        _remember_missing(state, "$$")
        return None
    if start + 1 >= state.posMax or src[start + 1].isspace() or _known_missing(state, "$"):
        return None
    for match in _INLINE_DOLLAR.finditer(src, start + 1, state.posMax):
        if match.group() != "$":
            continue
        close = match.start()
        after = src[close + 1] if close + 1 < state.posMax else ""
        # As Pandoc reads it: `$5 and $6` is money, for no space stands before a closing dollar and no digit after it.
        if src[close - 1].isspace() or after.isdigit():
            return None
        return start + 1, close, close + 1, False
    _remember_missing(state, "$")
    return None


def _bracketed(state: StateInline, opener: str, closer: str) -> tuple[int, int, int, bool] | None:
    if _known_missing(state, closer):
        return None
    position = state.pos + 2
    while (position := state.src.find(closer, position, state.posMax)) >= 0:
        if not _is_escaped(state.src, position, state.pos):
            return state.pos + 2, position, position + 2, opener == "\\["
        position += 1
    _remember_missing(state, closer)
    return None


def _environment(state: StateInline) -> tuple[int, int, int, bool] | None:
    match = _BEGIN.match(state.src, state.pos, state.posMax)
    if match is None or match.group(1) not in NUMBERED_ENVIRONMENTS | PLAIN_ENVIRONMENTS:
        return None
    opener, closer = match.group(), f"\\end{{{match.group(1)}{match.group(2)}}}"
    if _known_missing(state, closer):
        return None
    found, _ = _find_closer(state.src, match.end(), state.posMax, opener, closer, True, 0)
    if found < 0:
        _remember_missing(state, closer)
        return None
    stop = found + len(closer)
    return state.pos, stop, stop, True


def _known_missing(state: StateInline, closer: str) -> bool:
    """True where an earlier scan of this very text went to its end without a closer: keeps the work linear."""
    known = state.env.get("missing", {}).get(closer)
    return known is not None and known[0] is state.src and known[1] <= state.pos


def _remember_missing(state: StateInline, closer: str) -> None:
    state.env.setdefault("missing", {})[closer] = (state.src, state.pos)


def _reference(state: StateInline, silent: bool) -> bool:
    match = _INLINE_REFERENCE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("equation_reference", "a", 0)
        token.content = match.group(2).strip()
        token.meta["with_parentheses"] = match.group(1) == "eqref"
        _place(token, state, state.pos)
    state.pos = match.end()
    return True


# ── after parsing ────────────────────────────────────────────────────────────────────────────────────────────────────


def _finish(state: StateCore) -> None:
    """Give lines to formulas, ids to headings, boxes to tasks, `data-line` to top blocks; bring the pipes back."""
    env = state.env
    taken: set[str] = set()
    headings: list[tuple[int, str, str]] = []
    line = 1
    for i, token in enumerate(state.tokens):
        if token.map is not None:
            line = token.map[0] + 1
            if token.level == 0 and token.nesting >= 0 and token.type != "inline":
                token.attrSet("data-line", str(line))
        token.content = reveal_pipes(token.content)
        token.info = reveal_pipes(token.info)
        for child in token.children or ():
            child.content = reveal_pipes(child.content)
            for name, value in child.attrs.items():
                if isinstance(value, str):
                    child.attrs[name] = reveal_pipes(value).replace("%EE%81%BC", "%7C")
            if child.type in ("math_inline", "equation_reference", "reference_open"):
                child.meta["line"] = line + int(child.meta.get("newlines", 0))
                if (formula := child.meta.get("formula")) is not None:
                    formula.line = child.meta["line"]
        if token.type == "heading_open":
            inline = state.tokens[i + 1]
            text = _plain(inline)
            anchor = _unique(env.get("anchor_prefix", "") + "s-" + slug(text), taken)
            token.attrSet("id", anchor)
            headings.append((int(token.tag[1]), text, anchor))
        elif token.type == "inline" and i >= 2 and state.tokens[i - 2].type == "list_item_open":
            _task(token, state.tokens, i)
    shift = int(env.get("heading_shift", 0))
    if shift:
        # The levels in use close up, so that the highest follows the page's own title whatever it is written as.
        used = sorted({level for level, _text, _anchor in headings})
        for token in state.tokens:
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(6, used.index(int(token.tag[1])) + 1 + shift)}"
    env["headings"] = headings


def _plain(inline: Token) -> str:
    parts = []
    for child in inline.children or ():
        if (formula := child.meta.get("formula")) is not None:
            parts.append(str(formula.tex))
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type == "reference_open" and not child.meta["reference"].shown:
            parts.append(child.meta["reference"].name)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts).strip()


def slug(text: str) -> str:
    """Return letters and digits of `text` joined by hyphens, at most 60 characters; `x` where there is none."""
    return re.sub(r"[^\w]+|_", "-", text.lower()).strip("-")[:60].strip("-") or "x"


def _unique(anchor: str, taken: set[str]) -> str:
    candidate, n = anchor, 2
    while candidate in taken:
        candidate, n = f"{anchor}-{n}", n + 1
    taken.add(candidate)
    return candidate


def _task(inline: Token, tokens: Sequence[Token], i: int) -> None:
    children = inline.children or []
    if not children or children[0].type != "text":
        return
    match = re.match(r"\[([ xX])\](?= |$)", children[0].content)
    if match is None:
        return
    done = match.group(1) != " "
    children[0].content = children[0].content[match.end() :]
    box = Token("task_box", "span", 0)
    box.meta["done"] = done
    children.insert(0, box)
    tokens[i - 2].attrJoin("class", "task")


# ── output ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _marked_place(marks: Sequence[int]) -> str:
    """Where a page puts what belongs to the marks of the display before."""
    return f'<div class="math-marked" data-line="{" ".join(map(str, marks))}"></div>\n' if marks else ""


class Renderer(RendererHTML):
    """HTML of our tokens. Formulas were typeset before: their HTML stands in `token.meta["html"]`."""

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        token = tokens[idx]
        line = token.attrGet("data-line")
        return (
            f'<div class="math-block"{f" data-line={line!r}" if line else ""} tabindex="0">{token.meta["html"]}</div>\n'
            f"{_marked_place(token.meta.get('marks', ()))}"
        )

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        token = tokens[idx]
        if token.meta["formula"].display:
            # Nothing but phrasing fits into a paragraph: what its displays are marked with comes after it.
            env.setdefault("marked", []).extend(token.meta.get("marks", ()))
            return f'<span class="math-block" tabindex="0">{token.meta["html"]}</span>'
        return str(token.meta["html"])

    def paragraph_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        closing: str = self.renderToken(tokens, idx, options, env)
        return closing + _marked_place(env.pop("marked", ()))

    def equation_reference(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return str(tokens[idx].meta["html"])

    def reference_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return str(tokens[idx].meta["html"])

    reference_text = reference_close = reference_open

    def task_box(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        done = tokens[idx].meta["done"]
        state, word = ("done", "done") if done else ("open", "to do")
        return f'<span class="task-box task-{state}" role="img" aria-label="{word}"></span>'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        token = tokens[idx]
        words = token.info.strip().split(maxsplit=1)
        language = f' class="language-{escapeHtml(slug(words[0]))}"' if words else ""
        return f'<pre{self._line(token)} tabindex="0"><code{language}>{escapeHtml(token.content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        token = tokens[idx]
        return f'<pre{self._line(token)} tabindex="0"><code>{escapeHtml(token.content)}</code></pre>\n'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return f'<div class="table-box"{self._line(tokens[idx])} tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        return "</table></div>\n"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        token = tokens[idx]
        source = str(token.attrGet("src") or "")
        words = self.renderInlineAsText(token.children, options, env) if token.children else ""
        title = token.attrGet("title")
        title_attribute = f' title="{escapeHtml(str(title))}"' if title else ""
        if not is_allowed_image(source, env.get("image_prefixes", ())):
            # Pictures from elsewhere would tell that server who reads this note: they become a link.
            return f'<a href="{escapeHtml(source)}"{title_attribute}>{escapeHtml(words or source)}</a>'
        size = re.search(r"-(\d{1,5})x(\d{1,5})\.[a-z]+$", source)  # the name of a stored picture tells its size
        dimensions = f' width="{size.group(1)}" height="{size.group(2)}"' if size else ""
        return f'<img src="{escapeHtml(source)}" alt="{escapeHtml(words)}"{title_attribute}{dimensions} loading="lazy">'

    def _line(self, token: Token) -> str:
        line = token.attrGet("data-line")
        return f' data-line="{line}"' if line else ""


def is_allowed_image(source: str, prefixes: Sequence[str]) -> bool:
    """True for a path under one of `prefixes`; never for another host, a scheme, or a path that climbs."""
    if not source.startswith(tuple(prefixes)) or "\\" in source or "%5c" in source.lower():
        return False
    return ".." not in source.replace("%2e", ".").replace("%2E", ".")


_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*:")
_SCHEMES = frozenset({"http:", "https:", "mailto:"})


def is_allowed_link(url: str) -> bool:
    """True for http, https and mailto, and for addresses without a scheme, which stay on this site."""
    scheme = _SCHEME.match(re.sub(r"[\x00-\x20]", "", url))  # browsers leave out what stands in between
    return scheme is None or scheme.group().lower() in _SCHEMES


def build() -> MarkdownIt:
    """Return the parser. It keeps no state between texts, so one serves all threads."""
    md = MarkdownIt("commonmark", {"html": False}, renderer_cls=Renderer)
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin)
    md.disable(["html_block", "html_inline"])
    md.block.ruler.before(
        "fence", "math_block", _math_block, {"alt": ["paragraph", "reference", "blockquote", "list", "footnote_def"]}
    )
    md.inline.ruler.before("escape", "math_inline", _math_inline)
    md.inline.ruler.before("link", "reference", reference_rule)
    md.core.ruler.push("mathtext_finish", _finish)
    md.validateLink = is_allowed_link  # type: ignore[method-assign]  # its documented hook
    return md
