"""The group's macros: the one place that page, preview, checker and exports ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from mathtext import MacroRefused
from members.models import Group
from stepcheck import Macros, NotationError, read_macros

from .models import MacroRevision

# What most papers of the field define; taken with one click, and then the group's own.
STARTERS = r"""% Sets and letters
\newcommand{\R}{\mathbb{R}}  % the real numbers
\newcommand{\N}{\mathbb{N}}  % the natural numbers
\newcommand{\eps}{\varepsilon}  % a small number

% Brackets
\newcommand{\abs}[1]{\left\lvert #1 \right\rvert}  % absolute value
\newcommand{\norm}[1]{\left\lVert #1 \right\rVert}  % a norm; write \norm{x}_1 for another
\newcommand{\inner}[2]{\left\langle #1, #2 \right\rangle}  % inner product

% Probability
\newcommand{\E}{\mathbb{E}}  % expectation
\newcommand{\Var}{\operatorname{Var}}  % variance
\newcommand{\Cov}{\operatorname{Cov}}  % covariance
\newcommand{\KL}[2]{D_{\mathrm{KL}}(#1 \,\|\, #2)}  % Kullback–Leibler divergence of #1 from #2
\newcommand{\Normal}{\mathcal{N}}  % the normal law

% Linear algebra and calculus
\DeclareMathOperator{\tr}{tr}  % trace
\DeclareMathOperator{\diag}{diag}  % diagonal
\DeclareMathOperator{\rank}{rank}  % rank
\newcommand{\T}{^\top}  % transpose: A\T
\newcommand{\inv}{^{-1}}  % inverse: A\inv
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}  % partial derivative

% Optimization and learning
\DeclareMathOperator*{\argmin}{arg\,min}  % where it is smallest
\DeclareMathOperator*{\argmax}{arg\,max}  % where it is largest
\DeclareMathOperator{\softmax}{softmax}  % softmax
"""


@dataclass(frozen=True, slots=True)
class GroupMacros:
    """The macros of a group in force: revision `number` (0 where there is none), their text, and the table of it."""

    number: int
    text: str
    table: Macros

    def written_out(self, tex: str) -> str:
        """`tex` with every macro written out. Raises MacroRefused, as `mathtext` asks."""
        if not self.table.used_in(tex):
            return tex
        try:
            return _written_out(self.text, tex)
        except NotationError as problem:
            raise MacroRefused(problem.remedy) from problem


@lru_cache(maxsize=128)
def table_of(text: str) -> Macros:
    """The table of a text that was read before. A text that a later version refuses is answered with no macros."""
    try:
        return read_macros(text)
    except NotationError:
        return Macros()


@lru_cache(maxsize=8192)
def _written_out(text: str, tex: str) -> str:
    """Most formulas of a preview are those of the preview before."""
    return table_of(text).written_out(tex)


NO_MACROS = GroupMacros(0, "", Macros())


def macros_of(group: Group | int, *, number: int | None = None) -> GroupMacros:
    """The macros in force in a group, given by itself or its id, or those of its revision `number`. One query."""
    revisions = MacroRevision.objects.filter(group=group if isinstance(group, int) else group.pk)
    if number is not None:
        revisions = revisions.filter(number=number)
    latest = revisions.order_by("-number").values_list("number", "text").first()
    return GroupMacros(latest[0], latest[1], table_of(latest[1])) if latest is not None else NO_MACROS


__all__ = ["NO_MACROS", "STARTERS", "GroupMacros", "macros_of", "table_of"]
