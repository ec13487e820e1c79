r"""Prose to givens: what `Let $A \in \mathbb{R}^{n \times n}$ be symmetric` says of `A`.

Each sentence is read with its inline mathematics in order. Memberships and laws declare; relations declare, bound or
define; words beside a symbol give it properties. What is not understood adds nothing: a claim that needs it is then
`unchecked`, because its symbol is not declared, or because a given that speaks of it was not understood.
"""

from .arguments import declare_arguments, declare_limits, tell_letters_from_constants
from .definitions import define, head_of, is_sibling, may_define, names_mentioned
from .entries import fit_families
from .fitting import fit_sizes
from .marks import find_marks
from .members import find_members, formulas_of
from .pointwise import said_at_a_letter
from .reader import read_givens
from .recurrences import declare_iterates, find_recurrences, may_not_be_reached, write_out
from .relations import read_statement
from .sentences import Sentence, sentences
from .unread import unread_in

__all__ = [
    "Sentence",
    "declare_arguments",
    "declare_iterates",
    "declare_limits",
    "define",
    "find_marks",
    "find_members",
    "find_recurrences",
    "fit_families",
    "fit_sizes",
    "formulas_of",
    "head_of",
    "is_sibling",
    "may_define",
    "may_not_be_reached",
    "names_mentioned",
    "read_givens",
    "read_statement",
    "said_at_a_letter",
    "sentences",
    "tell_letters_from_constants",
    "unread_in",
    "write_out",
]
