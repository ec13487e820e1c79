"""A note, read: its model, and its claims in the order they are written, each with the conditions in force."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .bounds import unwatched
from .errors import NotationError, Span
from .extract import SIGNS, Chunk, Display, Heading, Inline, Text, by_commas, chunks, pieces, unquoted
from .givens import (
    Sentence,
    declare_arguments,
    declare_iterates,
    declare_limits,
    define,
    find_marks,
    find_members,
    find_recurrences,
    fit_families,
    fit_sizes,
    formulas_of,
    head_of,
    is_sibling,
    may_define,
    names_mentioned,
    read_givens,
    read_statement,
    sentences,
    tell_letters_from_constants,
    write_out,
)
from .grammar import Parser, name_of
from .model import Assumption, Model
from .stationary import conditions_of, is_solved, speaks_of_setting
from .tokens import Token
from .tree import Apply, Call, Index, Logic, Node, Num, Relation, Sequence, Special, Sym, walk

RESERVED = {"H", "P", "E", "D"}
_NO_CLAIM_YET = (
    r"(?:(?!\b(?:hence|so|thus|therefore|then|gives?|yields?|leaves|becomes|that|we have|get|obtain)\b)[^.]){0,80}$"
)
CONDITION_LEAD = re.compile(
    r"(?:\b(?:setting|equating|requiring|demanding|imposing|forcing)\b"
    r"|\bwe (?:(?:now|also|then|next|further|additionally|moreover|may|must|shall|will|can) )*"
    r"(?:require|demand|impose|need|set|insist on|ask for|assume|suppose)\b"
    r"|\b(?:stationarity|optimality|feasibility|normali[sz]ation|the constraints?) (?:\w+ ){0,2}?"
    r"(?:requires?|demands?|needs?|means?|asks? for)\b"
    r"|\b(?:stationarity|optimality|first[- ]order|KKT|feasibility) conditions? (?:is|are|reads?|says?|means?)\b"
    r"|\bat (?:the|an?|any|every) (?:optimum|optimal \w+|solution|equilibrium|minimum|maximum|minimi[sz]er|maximi[sz]er"
    r"|(?:stationary|critical|fixed|saddle) points?)\b"
    r"|\b(?:suppose|assume)(?: (?:now|further|also|moreover|in addition|next|for now))? that\b"
    r"|\bsubject to\b|\bunder the (?:\w+ )?(?:constraints?|conditions?|assumptions?)\b|\bmust vanish\b)"
    + _NO_CLAIM_YET
    # what ends with these words leaves the display no other part than to be assumed
    + r"|\b(?:suppose|assume|assuming|let us (?:suppose|assume))"
    r"(?: (?:now|further|also|moreover|in addition|next|for now))?(?: that)?[\s:,]*$"
    r"|\b(?:suppose|assume|assuming|let|consider|given|choose|pick|take|for)\b"
    r"(?:(?!\b(?:then|hence|so|thus)\b)[^.]){0,80}\b(?:satisf(?:y|ies|ying)|such that|obeys?|solves?|with)[\s:]*$"
    r"|\b(?:whenever|when|provided(?: that)?|as long as|(?<!only )if)[\s:]*$",
    re.I,
)


# what begins a sentence behind a display, unless it goes on with what was said in front of that
_TURNS = re.compile(
    r"\s*(?!(?:Hence|So|Thus|Therefore|Then|It follows|Consequently|This|That|Here|Now|And|Its?|In particular)\b)[A-Z]"
)
_GENERALLY = re.compile(r"\b(?:in|for) general\b|\bmore generally\b", re.I)
INTRODUCES = re.compile(r"\b(let|define|denote|write|consider|introduce|call|take)\b(?![^.]*\bthen\b)", re.I)


@dataclass(slots=True)
class Claim:
    """One relation to be judged, or why it could not be read."""

    index: int
    left: Node | None
    sign: str
    right: Node | None
    span: Span
    latex: str
    problem: NotationError | None = None
    whole: Node | None = None
    conditions: tuple[Assumption, ...] = ()
    sign_span: Span | None = None
    small: tuple[str, int] | None = None  # of `\\approx`: in which quantity, and to which order (0: not said)


@dataclass(slots=True)
class Reading:
    model: Model
    claims: list[Claim] = field(default_factory=list)
    problems: list[NotationError] = field(default_factory=list)


def read(note: str, watch: Callable[[], None] = unwatched) -> Reading:
    """Read `note`. Raises NotationError only where nothing of it can be read (it is too long)."""
    found = pieces(note)
    note = unquoted(note)
    model = Model(watch=watch)
    reading = Reading(model)
    shown = [piece.span.start for piece in found if isinstance(piece, Display)]
    find_marks(model, found)
    find_members(model, found)
    find_recurrences(model, found, formulas_of)
    for sentence in sentences(found):
        watch()
        last = sentence.parts[-1]
        following = next((start for start in shown if start >= last.span.end), None)
        model.below = bool(shown) and sentence.parts[0].span.start > shown[0]
        model.leads = following is not None and not re.search(r"\w|[.!?]", note[last.span.end : following])
        model.leads = model.leads and not (isinstance(last, Text) and re.search(r"[.!?]\s*$", last.words))
        read_givens(model, sentence)
    displays = {piece.span: _chunked(piece) for piece in found if isinstance(piece, Display)}
    for each in displays.values():
        watch()
        _declare_in_displays(model, each)
    declare_iterates(model)
    formulas = [part.tokens for each in displays.values() if isinstance(each, list) for part in each]
    declare_limits(model, formulas)
    tell_letters_from_constants(model, formulas)
    lead, lead_from = "", 0
    inline: list[Inline] = []
    conditions: list[tuple[int, Assumption]] = []
    level = 0
    mentioned: set[str] = set()
    for piece in found:
        match piece:
            case Heading():
                level = piece.level
                conditions = [(deep, each) for deep, each in conditions if deep < level]
                lead = ""
            case Text(words, _):
                turns = re.split(r"(?<=[.!?])\s+", words)
                if _GENERALLY.search(words) or any(_TURNS.match(each) for each in turns[bool(lead) :]):
                    conditions = [(deep, each) for deep, each in conditions if each.words != "instance"]
                lead = (lead + words)[-300:]
            case Inline():
                lead += "§"
                conditions += [(level, each) for each in model.sizes if each.span == piece.span]
                inline.append(piece)
            case Display():
                watch()
                if INTRODUCES.search(_last_sentence(lead)):  # `Let $A$ be the matrix $$A = …$$` names it only
                    begins = piece.span.start - len(_last_sentence(note[lead_from : piece.span.start]))
                    for name, place in model.mentioned.items():
                        if begins <= place < piece.span.start:
                            model.mentioned[name] = piece.span.end
                said = inline[len(inline) - _last_sentence(lead).count("§") :]
                _read_display(reading, piece, displays[piece.span], note, lead, mentioned, conditions, level, said)
                conditions = [(deep, each) for deep, each in conditions if each.words != "this display"]
                lead, lead_from, inline = "", piece.span.end, []
    parts = [side for claim in reading.claims for side in (claim.left, claim.right, claim.whole) if side is not None]
    declare_arguments(model, parts)
    fit_families(model, parts)
    fit_sizes(model, parts)
    return reading


def _last_sentence(lead: str) -> str:
    return re.split(r"[.!?]\s", lead)[-1]


def _chunked(display: Display) -> list[Chunk] | NotationError:
    try:
        return chunks(display)
    except NotationError as problem:
        return problem


def _declare_in_displays(model: Model, parts: list[Chunk] | NotationError) -> None:
    r"""`\text{where } …`, `w \in \mathbb{R}^d` and `x \sim p` in a display declare, wherever in the note they stand."""
    for part in parts if isinstance(parts, list) else ():
        if part.prose or _is_membership(part):
            _as_prose(model, part)


def _is_membership(part: Chunk) -> bool:
    r"""Whether a chunk says what its names are, and claims nothing: `A \in S, B \in T`, `X \sim \mathcal{N}(0, 1)`."""
    depth = 0
    for place, token in enumerate(part.tokens):
        depth += (token.value in ("(", "[", "{", "{lit")) - (token.value in (")", "]", "}", "}lit"))
        if depth == 0 and token.value in SIGNS and token.kind not in ("letter", "text", "name"):
            names = all(
                each.kind in ("letter", "command", "number", "{", "}", "_", ",") for each in part.tokens[:place]
            )
            return token.value == "in" or (token.value == "sim" and names)
    return False


def _read_display(
    reading: Reading,
    display: Display,
    parts: list[Chunk] | NotationError,
    note: str,
    lead: str,
    mentioned: set[str],
    conditions: list[tuple[int, Assumption]],
    level: int,
    formulas: list[Inline],
) -> None:
    model = reading.model
    if isinstance(parts, NotationError):
        _unread(reading, parts, display.span, note)
        return
    previous: Node | None = None
    words = re.split(r"\n\s*\n", _last_sentence(lead.strip()))[-1]
    slopes = [claim.whole or claim.left for claim in reading.claims]
    small = _order_of(model, words, formulas)
    started = len(reading.claims)
    is_setting = speaks_of_setting(model, words, formulas, [each for each in slopes if each is not None])
    is_condition = not is_setting and bool(CONDITION_LEAD.search(words))
    for part in parts:
        if part.prose or not part.tokens or _is_membership(part):
            continue
        span = Span(part.tokens[0].span.start, part.tokens[-1].span.end)
        try:
            if part.problem is not None:
                raise part.problem
            local = tuple(_conditions_of(model, part))
            takes = is_condition
            if is_setting and not part.joins:
                takes = _read_setting(reading, part, span, words, formulas, mentioned, conditions, level)
            previous = _read_chunk(reading, part, span, note, previous, mentioned, conditions, level, takes, local)
        except NotationError as problem:
            _unread_part(reading, part, problem, span, note)
            previous = None
        except RecursionError:
            deep = NotationError("too-deep", span, "This formula is nested deeper than the bound. Name a part of it.")
            _unread_part(reading, part, deep, span, note)
            previous = None
    for claim in reading.claims[started:]:
        claim.small = small


_ORDERS = {"first": 1, "linear": 1, "second": 2, "quadratic": 2, "third": 3}
_ORDER = re.compile(
    r"\b(?:to|up to) (?:the )?(first|second|third|linear|quadratic)[- ](?:order|terms?)(?: terms?)? in §|\bfor small §",
    re.I,
)


def _order_of(model: Model, words: str, formulas: list[Inline]) -> tuple[str, int] | None:
    r"""“To first order in $\epsilon$”, “for small $h$”: the quantity, and the order to which `\approx` is meant."""
    match = _ORDER.search(words)
    place = words[: match.end()].count("§") - 1 if match else -1
    if match is None or not 0 <= place < len(formulas):
        return None
    name = formulas[place].latex.strip()
    symbol = model.symbols.get(name)
    if symbol is None or not symbol.is_number or symbol.domain != "real" or symbol.kind != "value":
        return None
    return name, _ORDERS.get((match.group(1) or "").lower(), 0)


def _read_setting(
    reading: Reading,
    part: Chunk,
    span: Span,
    words: str,
    formulas: list[Inline],
    mentioned: set[str],
    conditions: list[tuple[int, Assumption]],
    level: int,
) -> bool:
    """Whether a display behind “setting the gradient to zero gives” is the condition; else adds that for its claims."""
    model = reading.model
    end = Token("end", "", Span(span.end, span.end))
    parser = Parser([*part.tokens, end], _WithNewFunctions(model, part.tokens))
    node = parser.finished(parser.statement())
    if not isinstance(node, Relation) or _defines(model, node, mentioned):
        return False
    if not is_solved(model, node):
        return True
    known = [each.relation for _, each in conditions]
    unknown = name_of(node.sides[0])
    if any(name == unknown for each in known for name, _ in names_mentioned(model, each)):
        return False
    earlier = [claim.left for claim in reading.claims if claim.left is not None]
    try:
        conditions += [(level, each) for each in conditions_of(model, node, words, formulas, earlier)]
    except NotationError:
        if not known:
            raise
    return False


def _unread_part(reading: Reading, part: Chunk, problem: NotationError, span: Span, note: str) -> None:
    for _ in range(max(1, _count_signs(part))):
        _unread(reading, problem, span, note)


def _count_signs(part: Chunk) -> int:
    depth = found = 0
    for token in part.tokens:
        depth += (token.value in ("(", "[", "{", "{lit")) - (token.value in (")", "]", "}", "}lit"))
        if depth == 0 and token.value in SIGNS and token.kind not in ("letter", "text", "name"):
            found += 1
    return found


def _unread(reading: Reading, problem: NotationError, span: Span, note: str) -> None:
    latex = note[span.start : span.end]
    reading.claims.append(Claim(len(reading.claims), None, "", None, span, latex, problem))
    reading.problems.append(problem)


def _conditions_of(model: Model, part: Chunk) -> list[Assumption]:
    found: list[Assumption] = []
    for tokens in [each for condition in part.conditions for each in by_commas(condition)]:
        tokens = [token for token in tokens if token.kind != "quad"]
        if not tokens:
            continue
        end = tokens[-1].span.end
        try:
            parser = Parser([*tokens, Token("end", "", Span(end, end))], model)
            node = parser.finished(parser.statement())
        except NotationError:
            first = tokens[0].span
            raise NotationError("condition", first, "The condition that begins here is not read.") from None
        node = _range(node) or node
        if isinstance(node, Relation):
            if node.signs[0] in ("in", "~"):
                read_statement(model, node, "for", "", node.span)
            else:
                found.append(Assumption(node, node.span, "local"))
    return found


def _range(node: Node) -> Relation | None:
    r"""`i = 1, \dots, n` as `1 \le i \le n`."""
    if not isinstance(node, Relation) or node.signs != ("=",) or not isinstance(node.sides[1], Sequence):
        return None
    index, items, span = node.sides[0], node.sides[1].items, node.span
    if not isinstance(index, Sym) or not any(isinstance(each, Special) and each.kind == "ellipsis" for each in items):
        return None
    return Relation((items[0], index, items[-1]), ("<=", "<="), (span, span), span)


def _as_prose(model: Model, part: Chunk) -> None:
    if not part.tokens:
        return
    end = part.tokens[-1].span.end
    try:
        parser = Parser([*part.tokens, Token("end", "", Span(end, end))], model)
        node = parser.finished(parser.statement())
    except NotationError:
        return
    read_statement(model, node, "where", "", node.span)


def _read_chunk(
    reading: Reading,
    part: Chunk,
    span: Span,
    note: str,
    previous: Node | None,
    mentioned: set[str],
    conditions: list[tuple[int, Assumption]],
    level: int,
    is_condition: bool,
    local: tuple[Assumption, ...],
) -> Node | None:
    model = reading.model
    end = Token("end", "", Span(span.end, span.end))
    names = _WithNewFunctions(model, part.tokens)
    if part.joins:
        first = part.tokens[0].span
        parser = Parser([Token("number", "0", Span(first.start, first.start)), *part.tokens, end], names)
        node = parser.finished(parser.statement())
        if not isinstance(node, Relation):
            raise NotationError("unread-token", first, "A relation without a left side is not read.")
        if previous is None:
            raise NotationError("no-left-side", first, "This relation goes on with a chain, and none stands before it.")
        sides: tuple[Node, ...] = (previous, *node.sides[1:])
        node = Relation(sides, node.signs, node.sign_spans, span)
    else:
        parser = Parser([*part.tokens, end], names)
        node = parser.finished(parser.statement())
    write_out(model, node)
    if isinstance(node, Logic):
        mentioned |= _names_in(model, node)
        claim = Claim(len(reading.claims), None, node.kind, None, span, note[span.start : span.end], whole=node)
        claim.conditions = (*[each for _, each in conditions], *local)
        reading.claims.append(claim)
        return None
    if not isinstance(node, Relation):
        mentioned |= _names_in(model, node)
        return node
    if is_condition and not part.joins and not _defines(model, node, mentioned):
        conditions.append((level, Assumption(node, span, "condition")))
        return None
    start = 0
    if not part.joins and _defines(model, node, mentioned):
        head = head_of(node.sides[0])
        if head is None or head[0] not in model.definitions:
            define(model, node.sides[0], node.sides[1], span)
        start = 1
    mentioned |= _names_in(model, node)
    _note_differentials(model, node)
    for place in range(start, len(node.signs)):
        left, right = node.sides[place], node.sides[place + 1]
        if node.signs[place] == "in":  # `… = Wx \\in \\mathbb{R}^m` says where it is, and is no step
            continue
        if node.signs[place] == ":=":
            define(model, left, right, span)
            continue
        begins = node.sign_spans[place - 1].end if place else span.start
        ends = node.sign_spans[place + 1].start if place + 1 < len(node.signs) else span.end
        extent = _trimmed(note, begins, ends)
        claim = Claim(len(reading.claims), left, node.signs[place], right, extent, note[extent.start : extent.end])
        claim.conditions = (*[each for _, each in conditions], *local)
        claim.sign_span = node.sign_spans[place]
        reading.claims.append(claim)
    return node.sides[-1]


def _note_differentials(model: Model, node: Node) -> None:
    r"""`\mathrm{d}X` of a declared letter says that it varies, in all differentials of the note."""
    if isinstance(node, Relation) and isinstance(node.sides[-1], Num) and node.sides[-1].value == 0:
        return  # `\\mathrm{d}A = 0` says that it does not
    for each in walk(node):
        if isinstance(each, Call) and each.name == "differential":
            name = name_of(each.args[0])
            if name in model.symbols and name not in model.definitions:
                model.differentials.add(name)


def _trimmed(note: str, start: int, end: int) -> Span:
    """The range without the space, alignment marks and punctuation at its ends."""
    while start < end and note[start] in " \t\r\n&":
        start += 1
    while end > start and note[end - 1] in " \t\r\n&.,;":
        end -= 1
    return Span(start, end)


class _WithNewFunctions:
    """The model's names, and the head of a definition about to be made: in `H(w) = …` a new `H` is a function."""

    def __init__(self, model: Model, tokens: list[Token]) -> None:
        self.model = model
        self.new: str | None = None
        values = [token.value for token in tokens]
        if tokens and tokens[0].kind == "letter" and values[0] in RESERVED and values[1:2] == ["("] and ")" in values:
            close = values.index(")")
            inside = Parser([*tokens[2:close], Token("end", "", tokens[close].span)], model)
            try:
                argument = name_of(inside.finished(inside.expression()))
            except NotationError:
                argument = None
            if _is_plain(model, argument) and values[close + 1 : close + 2] in (["="], [":="]):
                self.new = values[0]

    def is_function(self, name: str) -> bool:
        return name == self.new or self.model.is_function(name)

    def is_variable(self, name: str) -> bool:
        return self.model.is_variable(name)

    def is_column(self, name: str, base: str | None) -> bool:
        return self.model.is_column(name, base)

    def is_random(self, name: str) -> bool:
        return self.model.is_random(name)

    def is_marked(self, name: str) -> bool:
        return self.model.is_marked(name)

    def is_iterate(self, name: str, letters: frozenset[str]) -> bool:
        return self.model.is_iterate(name, letters)


def _is_reserved(model: Model, left: Node) -> bool:
    """Whether `left` is `E(…)`, `P(…)`, `H(…)` or `D(…)` of what is random or of a law; of weights it is a function."""
    if not isinstance(left, Apply) or name_of(left.head) not in RESERVED:
        return False
    return not all(_is_plain(model, name_of(arg)) for arg in left.args)


def _is_plain(model: Model, name: str | None) -> bool:
    """Whether `name` is declared as a vector or a matrix that is neither random nor a law."""
    symbol = model.symbols.get(name or "")
    if symbol is None or symbol.kind != "value" or name in model.laws or "simplex" in symbol.properties:
        return False
    return not symbol.is_number


def _names_in(model: Model, node: Node) -> set[str]:
    return {name for name, _ in names_mentioned(model, node)}


def _defines(model: Model, node: Relation, mentioned: set[str]) -> bool:
    """Whether the first `=` of a chain gives a new symbol its meaning."""
    left, right = node.sides[0], node.sides[1]
    if node.signs[0] == ":=":
        return True
    if node.signs[0] != "=":
        return False
    head = head_of(left)
    if head is None or _is_reserved(model, left):
        return False
    name = head[0]
    whole = name_of(left)
    known = {whole} if is_sibling(model, left) else {name, whole} - {None}
    if any(each in model.symbols or each in model.definitions or each in mentioned for each in known):
        return False
    here = node.span.start
    if any(model.mentioned.get(each or "", here) < here for each in known):
        return False
    if isinstance(left, Index) and not is_sibling(model, left):
        base = name_of(left.base)
        if base in model.symbols or base in model.definitions:
            return False
    return may_define(model, left, right)


__all__ = ["Claim", "Reading", "Sentence", "Sym", "read"]
