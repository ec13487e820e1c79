"""One sentence, read: what it declares, defines and assumes."""

from __future__ import annotations

import re

from stepcheck.extract import Inline
from stepcheck.grammar import name_of
from stepcheck.model import Model
from stepcheck.tree import Apply, Node, walk

from .decompositions import read_decompositions
from .definitions import names_mentioned
from .dependence import read_dependence
from .entries import note_range
from .equations import read_commuting
from .events import read_events, speaks_of_events
from .families import merge_members, read_families_inside, read_rows_and_columns
from .laws import read_mass_functions
from .members import with_members
from .properties import read_properties, read_spaces
from .randomness import read_moments, read_random
from .relations import read_statement
from .sentences import Sentence
from .shapes import read_shapes
from .statements import statements_of
from .tables import read_tables, speaks_of_tables
from .unread import read_unread

# the variable in which `\\propto` is meant
_IN_VARIABLE = re.compile(
    r"\b(?:as (?:an? )?(?:\w+ )?functions? of|proportional in|posterior (?:density |distribution )?(?:of|for|over)"
    r"|(?:factors?|constants?|terms?) (?:that )?(?:is |are |do |does )?(?:free of|independent of|not depend(?:ing)? on)"
    r")\s*$",
    re.I,
)


def read_givens(model: Model, sentence: Sentence) -> None:
    """Add what `sentence` declares, defines and assumes to `model`."""
    model.words += " " + sentence.words
    if re.search(r"denominator layout", sentence.words, re.I):
        model.denominator_layout = True
    if speaks_of_events(sentence):  # first, for the other formulas of the sentence are of these events
        inline = {place: part for place, part in enumerate(sentence.parts) if isinstance(part, Inline)}
        read_events(model, sentence, {place: statements_of(part, model) for place, part in inline.items()})
    if speaks_of_tables(sentence):
        inline = {place: part for place, part in enumerate(sentence.parts) if isinstance(part, Inline)}
        read_tables(model, sentence, {place: statements_of(part, model) for place, part in inline.items()})
    formulas: dict[int, list[Node]] = {}
    for place, part in enumerate(sentence.parts):
        if isinstance(part, Inline):
            nodes = with_members(model, statements_of(part, model))
            formulas[place] = nodes
            before = sentence.before(place)
            after = sentence.after(place)
            for node in nodes:
                note_range(model, node)
                read_statement(model, node, before, after, part.span)
    for place in formulas:
        if _IN_VARIABLE.search(sentence.before(place)) and len(formulas[place]) == 1:
            name = name_of(formulas[place][0])
            if name is not None:
                model.proportional.append((sentence.parts[place].span.start, name))
    read_shapes(model, sentence, formulas)
    read_decompositions(model, sentence, formulas)
    read_properties(model, sentence, formulas)
    read_commuting(model, sentence, formulas)
    read_random(model, sentence, formulas)
    read_spaces(model, sentence, formulas)
    read_moments(model, sentence, formulas)
    read_mass_functions(model, sentence, formulas)
    read_dependence(model, sentence, formulas)
    if not re.search(r"\b(?:number|constant)\b", sentence.words):  # "with stationary distribution $\\pi$"
        model.is_pi_a_letter |= any(name_of(node) == "\\pi" for nodes in formulas.values() for node in nodes)
    for nodes in formulas.values():
        for node in nodes:
            for name, each in names_mentioned(model, node):
                model.mentioned[name] = min(each.span.start, model.mentioned.get(name, each.span.start))
            for each in walk(node):
                read_families_inside(model, each)
                head = name_of(each.head) if isinstance(each, Apply) else None
                if isinstance(each, Apply) and head in model.symbols and model.symbols[head].kind == "function":
                    model.arguments.setdefault(head, each.args)
    merge_members(model)
    read_rows_and_columns(model, sentence, formulas)
    read_unread(model, sentence, formulas)
