"""The answer to one claim: drawn points, both sides, and what follows.

Order: shapes first (a clash fails with both shapes), then values at many points of several sizes and scales, then a
search for a counterexample where the relation is an inequality. An equation is then put to a second engine: compared
over a prime field where both sides are rational, else confirmed with many digits, which also tell round-off from a
small gap. Where engines disagree the step is `unchecked`. At the end mutations of our own must fail on the same points,
unless the prime field has settled the step: a claim whose mutants hold as well was tried on too weak a sample.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, islice
from typing import Literal

import numpy as np

from . import values as v
from .bounds import OutOfTime
from .conditional import averaged
from .errors import NotationError, Span
from .evaluate import NOTHING, Evaluator, NeedsSize, Scope, ShapeClash, World, increments, shape_of
from .exact import Digits, NotExact, Proof, at_point, prove, values_at_point
from .givens import may_not_be_reached, said_at_a_letter, unread_in
from .grammar import name_of
from .hidden import hidden_dependence
from .indices import free_indices
from .model import Assumption, Model
from .other_sizes import grid_of_sizes, larger_naturals, neighbours, size_of, sizes_alone, unusual_sizes
from .proportion import as_equation
from .reading import Claim
from .repair import qualities_hold
from .rewrite import rewritten
from .sample import REACH, Draw, Unsatisfiable, bounds_indices, draw, free_index_scopes, holds_at, moved_nearby
from .search import (
    ORDERS,
    Search,
    approximate,
    assumes_equation,
    differentiates,
    free_tables,
    gathered,
    largest_part,
    tempered,
)
from .special import below, inverts_singular, is_sensitive, letters_of, special_draws
from .strict import STRICT, Ties
from .tree import Apply, At, Call, Deriv, Index, Integral, Law, Logic, Node, Num, Prob, Relation, Sym, walk
from .values import Array, Undefined

Answer = Literal["holds", "fails", "unchecked"]
INCREMENT = r"\mathrm{d}"  # before the name of a letter, in the values of a counterexample
RELATIVE = 1e-7
READINGS = 12  # after so many gaps of a draw were all round-off, one that is no larger is not read with more digits
log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Values at which a claim fails: what was put in, what each side gives, and what is needed to work it again.

    `spans` are the places of the two sides. `replayable`: the values printed are all there is to it, and both sides
    come out as they stand here (see `replay`).
    """

    dims: dict[str, int]
    values: dict[str, object]
    left: object
    right: object
    note: str = ""
    spans: tuple[Span, Span] | None = None
    replayable: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    answer: Answer
    evidence: str = ""
    reason: str = ""
    counterexample: Counterexample | None = None
    points: int = 0


@dataclass(slots=True)
class Trial:
    """What one draw said of a claim."""

    agree: int = 0
    clash: tuple[Draw, int, Scope, Array, Array] | None = None
    one_sided: tuple[Draw, int, Scope, Array, Array] | None = None
    one_sided_count: int = 0
    undefined: int = 0
    unstable: int = 0
    seen: list[tuple[Draw, Scope, Array, Array]] = field(default_factory=list)
    digits: Digits | None = None  # of the clash, where it was read with more digits

    def add(self, other: Trial) -> None:
        self.agree += other.agree
        self.undefined += other.undefined
        self.unstable += other.unstable
        self.seen += other.seen
        self.one_sided = self.one_sided or other.one_sided
        self.one_sided_count += other.one_sided_count


@dataclass(slots=True)
class Checker:
    """Judges the claims of one model, each as if it were alone. `seed` makes it repeatable; claims share draws.

    `read` is the model as it was read, which stays as it is; `model` is that of the claim at hand.
    """

    read: Model
    seed: int = 0
    points: int = 24
    model: Model = field(init=False)
    draws: dict[tuple[object, ...], list[Draw]] = field(default_factory=dict)
    kept: list[Assumption] = field(default_factory=list)
    models: dict[tuple[int, ...], Model] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)  # what was taken for granted for the step that was checked last
    settled: list[float] = field(default_factory=list)  # gaps of the present inequality that more digits have closed

    def __post_init__(self) -> None:
        self.turn_to(())

    def model_under(self, conditions: tuple[Assumption, ...]) -> Model:
        """The model as it is under `conditions`: what a draw learns of its symbols there (`A ⪰ 0` makes A symmetric)
        is true of no other step."""
        key = tuple(id(each) for each in conditions)
        if key not in self.models:
            known = self.read.symbols
            symbols = {name: replace(each, properties=set(each.properties)) for name, each in known.items()}
            self.models[key] = replace(self.read, symbols=symbols, conditions=list(conditions))
        return self.models[key]

    def turn_to(self, conditions: tuple[Assumption, ...]) -> None:
        self.model = self.model_under(conditions)
        self.model.assumed = self.assumed

    def check(self, claim: Claim) -> Verdict:
        self.assumed, self.settled = [], []
        self.turn_to(claim.conditions)
        if claim.problem is not None:
            return Verdict("unchecked", reason=claim.problem.remedy)
        complex_name = self._complex(claim)
        if complex_name is not None:
            reason = f"`{complex_name}` is complex, and only real values are tried."
            return Verdict("unchecked", reason=reason)
        hidden = hidden_dependence(self.model, [each for each in (claim.left, claim.right, claim.whole) if each])
        if hidden is not None:
            name, letter = hidden
            reason = f"How `{name}` depends on `{letter}` is not written. Define it, as in `f(x) = …`."
            return Verdict("unchecked", reason=reason)
        try:
            return self._unless_unread(claim, self._check(claim))
        except ShapeClash as clash:
            if self._holds_as_arrays(claim, clash):
                rows, cols = max(clash.left, clash.right)
                meant = "as `c \\mathbf{1}`" if cols == 1 else "as `c I` or as `c \\mathbf{1} \\mathbf{1}^\\top`"
                reason = f"A number is added to what is {rows} by {cols} here. Write it with that shape, {meant}."
                return Verdict("unchecked", reason=reason)
            return self._unless_unread(claim, self._shape_failure(clash))
        except NotationError as problem:
            return Verdict("unchecked", reason=problem.remedy)
        except NeedsSize as missing:
            return self._with_one_size(claim, missing.what)
        except Undefined as problem:
            return Verdict("unchecked", reason=str(problem))
        except np.linalg.LinAlgError:
            return Verdict("unchecked", reason="A matrix of this step could not be decomposed at the points tried.")
        except Unsatisfiable as problem:
            return Verdict("unchecked", reason=str(problem) or "No point satisfies the givens.")

    def _complex(self, claim: Claim) -> str | None:
        """A complex symbol that the claim rests on."""
        names = [name for name, symbol in self.model.symbols.items() if symbol.domain == "complex"]
        if not names:
            return None
        parts = [each for each in (claim.left, claim.right, claim.whole) if each is not None]
        used = {name_of(base) for each in below(self.model, *parts) for base in (each, getattr(each, "base", each))}
        return next((name for name in names if name in used), None)

    def _unless_unread(self, claim: Claim, verdict: Verdict) -> Verdict:
        """A failure means nothing where a given that speaks of the claim's symbols was not understood.

        Shapes that clash do so whatever a word says of a symbol; a formula may have said its shape.
        """
        if verdict.answer != "fails":
            return verdict
        sides = [each for each in (claim.left, claim.right, claim.whole) if each is not None]
        found = unread_in(self.model, sides)
        if found is None and verdict.evidence != "shapes" and (member := may_not_be_reached(self.model, sides)):
            reason = (
                f"This step fails for some values of `{member}`, and whether its sequence comes there from where it "
                f"begins is not known. Say what holds for every `{member}`, or take one step of the sequence at a time."
            )
            return Verdict("unchecked", reason=reason)
        if found is None and verdict.evidence != "shapes" and (point := said_at_a_letter(self.model, sides)):
            function, letter = point
            reason = (
                f"What is given of `{function}` is given at `{letter}`, and this step asks for it elsewhere, where it "
                f"fails. If it is meant for every `{letter}`, define `{function}({letter})`."
            )
            return Verdict("unchecked", reason=reason)
        if found is None or (verdict.evidence == "shapes" and not found[1].startswith("$")):
            return verdict
        name, given = found
        reason = (
            f"The given “{given}” of `{name}` is not understood, and without it this step fails. "
            f"Write what it says as an equation or an inequality, or as a word that is read."
        )
        return Verdict("unchecked", reason=reason)

    def _with_one_size(self, claim: Claim, what: str) -> Verdict:
        """Where nothing fixes the size of `I` or of a vector of ones: the one size of which the note speaks."""
        sizes = [name for name, symbol in self.read.symbols.items() if symbol.kind == "dimension"]
        if len(sizes) == 1 and not self.read.one_size:
            alike = Checker(replace(self.read, one_size=True), self.seed, self.points)
            verdict = alike.check(claim)
            if verdict.answer != "unchecked" and verdict.evidence != "shapes":
                self.assumed = [*alike.assumed, f"`{what}` has the size `{sizes[0]}`, the only one in this note."]
                return verdict
        return Verdict("unchecked", reason=f"The size of `{what}` is not said and nothing here fixes it.")

    def _holds_as_arrays(self, claim: Claim, clash: ShapeClash) -> bool:
        """Whether all that is wrong is a number added to a vector, and nothing once it is added to each entry."""
        if clash.operation != "a sum" or (1, 1) not in (clash.left, clash.right) or self.read.spreads:
            return False
        return Checker(replace(self.read, spreads=True), self.seed, self.points).check(claim).answer != "fails"

    def _shape_failure(self, clash: ShapeClash) -> Verdict:
        left, right = f"{clash.left[0]} by {clash.left[1]}", f"{clash.right[0]} by {clash.right[1]}"
        note = f"Shapes do not conform in {clash.operation}: {left} and {right}."
        return Verdict(
            "fails", evidence="shapes", reason=note, counterexample=Counterexample({}, {}, left, right, note)
        )

    # -- draws ------------------------------------------------------------------------------------------------------

    def worlds(self, conditions: tuple[Assumption, ...]) -> Iterator[Draw]:
        """The draws under `conditions`, each untouched by the steps that were tried at it before."""
        key = tuple(id(each) for each in conditions)
        known = self.draws.setdefault(key, [])
        for earlier in [*known]:
            self._assume(earlier.assumed)
            yield untouched(earlier)
        plans = [
            (0, 1.0, "real"), (1, 0.4, "real"), (2, 2.0, "real"), (0, 1.0, "integer"), (1, 1.0, "small"),
        ]  # fmt: skip
        for place in range(len(known), len(plans)):
            variant, scale, style = plans[place]
            self.model.assumed = []
            try:
                made = self._draw(conditions, variant, scale, style, place)
            finally:
                words, self.model.assumed = tuple(self.model.assumed), self.assumed
                self._assume(words)
            if made is not None:
                known.append(replace(made, assumed=words))
                yield untouched(made)

    def _assume(self, words: tuple[str, ...]) -> None:
        self.assumed += [each for each in words if each not in self.assumed]

    def _draw(
        self,
        conditions: tuple[Assumption, ...],
        variant: int,
        scale: float,
        style: str,
        place: int,
        dims: dict[str, int] | None = None,
    ) -> Draw | None:
        rng = np.random.default_rng((self.seed, place, variant))
        best: Draw | None = None
        random = any(symbol.kind == "random" for symbol in self.model.symbols.values()) or bool(self.model.laws)
        points = 6 if random else self.points
        for attempt in range(4):
            try:
                more = points * (1 + 3 * (attempt > 0))
                made = draw(self.model, rng, points=more, variant=variant, scale=scale, style=style, dims=dims)
            except Unsatisfiable:
                if place == 0:
                    raise
                return None
            good = self._good(made)
            if good.sum() >= min(8, points // 3):
                _keep(made, good)
                return made
            best = made if best is None else best
        if place == 0:
            raise Unsatisfiable("Too few points satisfy the givens, so nothing can be tried.")
        return None

    def _good(self, made: Draw, *, exactly: bool = False) -> Array:
        good = well_conditioned(self.model, made) & qualities_hold(self.model, made.evaluator)
        told = [
            each for each in self.model.probabilities if each.words != "joint-law"
        ]  # `Cov(X, Y) = 1`: not to be lost
        for assumption in [*self.model.assumptions, *self.model.conditions, *told]:
            mask = holds_at(made.evaluator, assumption, exactly=exactly, closely=True)
            if mask is not None:
                good &= mask
        return good

    # -- one claim --------------------------------------------------------------------------------------------------

    def _check(self, claim: Claim) -> Verdict:
        self.turn_to(claim.conditions)
        verdict = self._both_readings(claim, self._at_drawn_sizes(claim))
        if verdict.answer == "fails" or claim.left is None or claim.right is None or isinstance(claim.whole, Logic):
            return verdict
        return self._at_other_sizes(claim, claim.left, claim.right, verdict)

    def _both_readings(self, claim: Claim, verdict: Verdict) -> Verdict:
        """Where a divergence of conditional laws may be meant as its mean, what both readings agree on."""
        other = averaged(self.model, claim)
        if other is None or verdict.answer == "unchecked":
            return verdict
        meant, letters = other
        if self._at_drawn_sizes(meant).answer == verdict.answer:
            return verdict
        reason = (
            f"A divergence given {letters} is meant for each {letters} or as the mean over {letters}, and this step "
            f"is not the same in both. Write the mean, or “for each {letters}”."
        )
        return Verdict("unchecked", reason=reason)

    def _at_drawn_sizes(self, claim: Claim) -> Verdict:
        if isinstance(claim.whole, Logic):
            return self._check_logic(claim, claim.whole)
        if claim.sign == "propto" and claim.left is not None and claim.right is not None:
            model, products = as_equation(self.model, claim)
            crosswise = Checker(model, self.seed, self.points)
            judged = crosswise.check(products)
            self._assume(tuple(crosswise.assumed))
            if judged.answer != "fails" or judged.counterexample is None:
                return judged
            note = "The quotient of the sides is not the same at both values; here they are multiplied crosswise."
            example = replace(judged.counterexample, note=note, spans=None, replayable=False)
            return replace(judged, counterexample=example)
        if claim.sign == "~=" and claim.small is not None:
            name, order = claim.small
            return self._check_order(claim, name, max(order, 1), loosely=not order)
        total = Trial()
        undefined_here = False
        heavy = _nested_integrals(claim)
        draws: list[Draw] = []
        for made in self.worlds(claim.conditions):
            trial = self._try(claim, made)
            draws.append(made)
            if trial.clash is not None and len(draws) > 1 and self._by_quadrature():
                reason = "The sides differ at large parameters only, where the quadrature of a law is not exact enough."
                return Verdict("unchecked", reason=reason)
            if trial.clash is not None:
                return self._failure(claim, trial)
            if not draws[1:]:  # later draws are of other sizes, where a matrix may be singular to rounding only
                undefined_here = trial.one_sided_count > 0.2 * (trial.one_sided_count + trial.agree)
            total.add(trial)
            if heavy and total.agree >= 16:
                break
        if undefined_here and total.one_sided_count > 0.2 * (total.one_sided_count + total.agree):
            lone = total.one_sided
            parts = [side for side in (claim.left, claim.right) if side is not None]
            if lone is not None and inverts_singular(self.model, lone[0], lone[1], lone[2], *parts):
                reason = "A matrix that is inverted here is singular at points tried. Say what makes it invertible."
                return Verdict("unchecked", reason=reason)
            return self._failure(claim, total)
        agree = total.agree
        proof = self._proof(claim, draws) if agree else None
        if proof is not None and proof.equal and agree + total.unstable >= 8:
            return Verdict("holds", evidence=proof.evidence, points=agree)
        if claim.sign in STRICT and not heavy:
            exception = self._exception(claim, draws)
            if exception is not None:
                return exception
        if total.unstable > 0.5 * (total.unstable + agree):
            return Verdict("unchecked", reason="Round-off is larger than the gap between the sides at most points.")
        if agree < 8:
            return Verdict("unchecked", reason="Both sides were defined at too few points to say anything.")
        closer = self._confirmed(claim, draws)
        if closer is not None and closer.clash is not None:
            return self._failure(claim, closer)
        if proof is not None and proof.conclusive:  # not equal there, and no gap seen here
            return self._disagreement(claim, "they differ over a prime field and agree at real points")
        weak = self._weak(claim, total)
        if weak is not None:
            return weak
        if claim.sign in ORDERS and not heavy:
            found = self._search(claim, draws, total)
            if found is not None:
                return self._failure(claim, found)
            agree = total.agree
        if claim.sign not in STRICT and not heavy:
            exception = self._exception(claim, draws)
            if exception is not None:
                return exception
        kind = "no counterexample in" if claim.sign not in ("=",) else "both sides agree at"
        closely = f", at {closer.agree} of them to 25 digits or more" if closer is not None and closer.agree else ""
        return Verdict("holds", evidence=f"numeric: {kind} {agree} points{closely}", points=agree)

    def _at_other_sizes(self, claim: Claim, left: Node, right: Node, verdict: Verdict) -> Verdict:
        """What holds at the drawn sizes, at sizes of 1, at equal ones and at many."""
        usual = next(self.worlds(claim.conditions), None)
        if usual is None or claim.sign in ("propto", "~="):
            return verdict
        names = sizes_alone(self.model, usual.evaluator, left, right)
        if names:
            return self._on_grid(claim, left, right, verdict, usual, names)
        if verdict.answer != "holds" or claim.sign not in (*ORDERS, *STRICT):
            return verdict
        if _nested_integrals(claim) or self._by_quadrature():
            return verdict
        larger = larger_naturals(self.model, usual, left, right)
        trial = self._at_points(claim, larger) if larger is not None and larger.world.weights is None else None
        if trial is not None and trial.clash is not None:
            return self._failure(claim, trial)
        for place, dims in enumerate(unusual_sizes(self.model, usual, left, right)):
            trial = self._at_sizes(claim, dims, 30 + place)
            if trial is None:
                continue
            if claim.sign in STRICT and trial.seen and all(_equal(a, b).all() for *_, a, b in trial.seen):
                sizes = ", ".join(f"{name} = {size}" for name, size in dims.items())
                reason = f"The sides are equal where {sizes}, and the sign is strict. Say which sizes are meant."
                return Verdict("unchecked", reason=reason)
            if trial.clash is not None:
                return self._failure(claim, trial)
        return verdict

    def _at_sizes(self, claim: Claim, dims: dict[str, int], place: int) -> Trial | None:
        """The claim at points of these sizes; None where it cannot be tried there."""
        try:
            made = self._draw(claim.conditions, 0, 1.0, "real", place, dims)
            return self._try(claim, made) if made is not None else None
        except (OutOfTime, Unsatisfiable, ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
            return None

    def _at_points(self, claim: Claim, made: Draw) -> Trial | None:
        """The claim at those of these points that meet the givens; None where it cannot be tried there."""
        try:
            _keep(made, self._good(made))
            return self._try(claim, made) if made.world.points else None
        except (OutOfTime, ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
            return None

    def _on_grid(
        self, claim: Claim, left: Node, right: Node, verdict: Verdict, usual: Draw, names: list[str]
    ) -> Verdict:
        """A claim on sizes alone, at a grid of them."""
        undefined: list[str] = []
        tried = 0
        for made in grid_of_sizes(self.model, usual, names, left, right):
            if not self._good(made).all():
                continue
            try:
                trial = self._try(claim, made)
            except (Unsatisfiable, ShapeClash, NotationError, NeedsSize, Undefined):
                continue
            if trial.clash is not None:
                return self._failure(claim, trial)
            tie = self._tie_of_sizes(claim, made, trial, names) if claim.sign in STRICT else None
            if tie is not None:
                note = "The sides are equal at these sizes, and the sign is strict."
                return self._failure(claim, Trial(clash=tie), note)
            tried += trial.agree > 0
            if trial.one_sided_count and len(undefined) < 3:
                undefined.append(", ".join(f"{name} = {size_of(made, name)}" for name in names))
        if verdict.answer != "holds":
            return verdict
        evidence = f"{verdict.evidence}, and at {tried} choices of sizes" if tried else verdict.evidence
        if undefined:
            evidence += f"; not defined at {'; '.join(undefined)}"
        return replace(verdict, evidence=evidence)

    def _tie_of_sizes(
        self, claim: Claim, made: Draw, trial: Trial, names: list[str]
    ) -> tuple[Draw, int, Scope, Array, Array] | None:
        """Equality of the numbers themselves, and not of a function that saturates: one size on, a gap shows."""
        assert claim.left is not None
        assert claim.right is not None
        for _, scope, a, b in trial.seen:
            if not _equal(a, b)[0]:
                continue
            try:
                digits = at_point(self.model, claim.conditions, made.evaluator, 0, scope, claim.left, claim.right)
                if digits.verdict != "agree":
                    continue
            except NotExact:
                pass
            for other in neighbours(self.model, made, names, claim.left, claim.right):
                try:
                    x, y = sides(other.evaluator, claim.left, claim.right, claim.sign, scope)
                except (ShapeClash, NotationError, NeedsSize, Undefined):
                    continue
                if np.isfinite(x - y).all() and np.abs(x - y).max(initial=0) > 1e-9:
                    return made, 0, scope, a[0], b[0]
        return None

    def _proof(self, claim: Claim, draws: list[Draw]) -> Proof | None:
        """What the prime field says of an equation, at the sizes of the first draws; None where it says nothing."""
        if claim.sign != "=" or claim.left is None or claim.right is None:
            return None
        companions: dict[tuple[tuple[str, int], ...], Evaluator] = {}
        for made in draws:
            companions.setdefault(tuple(made.world.dims.items()), made.evaluator)
        try:
            return prove(
                self.model, claim.conditions, list(companions.values())[:3], claim.left, claim.right, seed=self.seed
            )
        except NotExact:
            return None

    def _confirmed(self, claim: Claim, draws: list[Draw]) -> Trial | None:
        """Two points of an equation read with many digits, of the smallest sizes drawn: how many agree, and a clash
        where they differ, at short values if it shows there. None for what is no equation."""
        if claim.sign != "=" or claim.left is None or claim.right is None:
            return None
        trial = Trial()
        smallest = min(draws, key=lambda each: sum(each.world.dims.values()))
        for point in range(min(2, smallest.world.points)):
            found = self._closely(claim, smallest, point)
            if found.clash is not None:
                shorter = (self._closely(claim, made, 0) for made in reversed(draws))
                return next((each for each in shorter if each.clash is not None), found)
            trial.add(found)
        return trial

    def _closely(self, claim: Claim, made: Draw, point: int) -> Trial:
        assert claim.left is not None
        assert claim.right is not None
        whole = Relation((claim.left, claim.right), (claim.sign,), (claim.span,), claim.span)
        scope = next(iter(free_index_scopes(made.evaluator, whole)), None)
        if scope is None:
            return Trial()
        try:
            digits = at_point(
                self.model, claim.conditions, made.evaluator, point, scope, claim.left, claim.right, first=40
            )
        except NotExact:
            return Trial()
        if digits.verdict != "differ":
            return Trial(agree=int(digits.verdict == "agree"))
        a, b = sides(made.evaluator, claim.left, claim.right, claim.sign, scope)
        x, y = (side[point if side.shape[0] > 1 else 0] for side in (a, b))
        return Trial(clash=(made, point, scope, x, y), digits=digits)

    def _read_digits(self, made: Draw, point: int, scope: Scope, pair: tuple[Node, Node, str]) -> Digits | None:
        """The gap at this point with more digits; None where they cannot be had."""
        left, right, sign = pair
        where = (self.model, self.model.conditions, made.evaluator, point, scope, left, right)
        try:
            if sign == "=":
                return at_point(*where)
            if sign in ("<=", ">=", "preceq", "succeq") and agrees(*values_at_point(*where), sign):
                return Digits("agree", 16)
        except NotExact:
            pass
        return None

    def _disagreement(self, claim: Claim, what: str) -> Verdict:
        log.warning(
            "Engines disagree on claim %d (seed %d): the sides are said to be such that %s.",
            claim.index,
            self.seed,
            what,
        )
        return Verdict("unchecked", reason=f"Two ways of computing this step disagree: {what}.")

    def _exception(self, claim: Claim, draws: list[Draw]) -> Verdict | None:
        """A failure at a point of special structure: equality under a strict sign, a rank that drops."""
        assert claim.left is not None
        assert claim.right is not None
        left, right, sign = claim.left, claim.right, claim.sign
        if sign not in STRICT and not is_sensitive(self.model, left, right):
            return None
        whole = Relation((left, right), (sign,), (claim.span,), claim.span)
        if sign in STRICT and self.model.tables and self._touches(claim, draws):
            reason = "The sides are equal where two tables are the same or one is uniform, and the sign is strict."
            return Verdict("unchecked", reason=reason)
        ties = Ties(
            self.model, sign, lambda at, scope: sides(at, left, right, sign, scope),
            letters_of(self.model, draws[0].evaluator, left, right),
        )  # fmt: skip
        special = special_draws(self.model, draws, (left, right), np.random.default_rng((self.seed, 80)))
        for made in chain(special, draws if sign in STRICT else ()):
            good = self._good(made)
            if sign in STRICT:
                tie = ties.find(made, free_index_scopes(made.evaluator, whole), good)
                if tie is not None:
                    return self._failure(claim, Trial(clash=tie), "The sides are equal here, and the sign is strict.")
            if not good.all():
                _keep(made, good)
            if made.world.points and all(made is not each for each in draws):
                trial = self._try(claim, made)
                if trial.clash is not None:
                    return self._failure(claim, trial)
        if sign == "!=":
            for made in draws[:2]:
                tie = ties.between(made, free_index_scopes(made.evaluator, whole), self._good)
                if tie is not None:
                    return self._failure(claim, Trial(clash=tie), "The sides are equal here, and the sign is strict.")
        return None

    def _touches(self, claim: Claim, draws: list[Draw]) -> bool:
        """Whether the sides of a claim on tables meet at a point drawn for that."""
        for made in draws:
            for _, _, left, right in self._try(claim, made).seen:
                a, b = np.broadcast_arrays(left, right)
                gap = np.abs(a - b).reshape(len(a), -1).max(axis=1)
                if np.any(gap <= 1e-13 * (1 + np.abs(a).reshape(len(a), -1).max(axis=1))):
                    return True
        return False

    def _search(self, claim: Claim, draws: list[Draw], total: Trial) -> Trial | None:
        """A trial at a point where an inequality fails, found at corners or by a descent on the gap."""
        assert claim.left is not None
        assert claim.right is not None
        left, right, sign = claim.left, claim.right, claim.sign
        whole = Relation((left, right), (sign,), (claim.span,), claim.span)
        if self._by_quadrature() or approximate(self.model, whole):
            return None  # at corners the error of a quadrature, a limit or a tail is larger than a gap

        def both(made: Draw) -> Iterator[tuple[Array, Array]]:
            for scope in free_index_scopes(made.evaluator, whole):
                yield sides(made.evaluator, left, right, sign, scope)

        def valid(made: Draw) -> Array:
            return self._good(made, exactly=True)

        # second differences of exponentials are lost in round-off soonest
        largest = 4.0 if differentiates(self.model, whole) else 12.0
        search = Search(self.model, sign, both, valid, np.random.default_rng((self.seed, 70)), largest)
        for made in chain(search.run(draws), self._random_corners(claim, draws)):
            trial = self._try(claim, made)
            if trial.clash is None:
                total.agree += trial.agree
            elif self._is_marked(whole, trial.clash):
                return trial
        total.agree += search.tried
        return None

    def _is_marked(self, whole: Relation, clash: tuple[Draw, int, Scope, Array, Array]) -> bool:
        """Whether a gap that was searched for is larger than what a search makes of round-off and of tolerances.

        It is compared with the largest part of either side at that point; where an equation is assumed, which points
        meet to a tolerance only, it must be a thousandth of that.
        """
        made, point, scope, a, b = clash
        world = gathered(made.world, np.array([point]))
        parts = largest_part(Evaluator(self.model, world), whole, scope)
        gap = float(np.abs(a - b).max(initial=0))
        return gap > (1e-3 if assumes_equation(self.model) else 1e-8) * parts

    def _random_corners(self, claim: Claim, draws: list[Draw]) -> Iterator[Draw]:
        """Where something is random: parameters near the ends of their ranges, tables sharpened and flattened."""
        if draws[0].world.weights is None:
            return
        rng = np.random.default_rng((self.seed, 71))
        for place in (60, 61):
            try:
                made = self._draw(claim.conditions, place % 2, 1.0, "corner", place)
            except Unsatisfiable:
                made = None
            if made is not None:
                yield made
        for made in draws[:2]:
            sharp = tempered(made, rng) if free_tables(self.model) else None
            if sharp is not None:
                _keep(sharp, self._good(sharp))
                yield sharp

    def _by_quadrature(self) -> bool:
        """Whether a declared continuous law stands behind the values: its nodes are exact for moderate parameters."""
        laws = [symbol.law for symbol in self.model.symbols.values()]
        return any(
            isinstance(law, Law)
            and law.name in ("Normal", "Exponential", "Gamma", "Beta", "Laplace", "LogNormal", "Gumbel")
            for law in laws
        )

    def _try(self, claim: Claim, made: Draw) -> Trial:
        trial = Trial()
        evaluator = made.evaluator
        evaluator.calls = 0
        assert claim.left is not None
        assert claim.right is not None
        whole = Relation((claim.left, claim.right), (claim.sign,), (claim.span,), claim.span)
        for scope in free_index_scopes(evaluator, whole):
            left, right = sides(evaluator, claim.left, claim.right, claim.sign, scope)
            trial.seen.append((made, scope, left, right))
            self._compare((claim.left, claim.right, claim.sign), left, right, made, scope, trial)
            if trial.clash is not None:
                return trial
        return trial

    def _is_round_off(
        self, made: Draw, point: int, scope: Scope, pair: tuple[Node, Node, str], a: Array, b: Array
    ) -> bool:
        """Whether the gap at this point is noise of the arithmetic: it changes when every input is nudged by 1e-12, or
        by 1e-8, which reaches what has saturated (`1 - \\sigma(20)`).

        A gap that stays is a failure; so is one of some size that a nudge closes, as at a tie.
        """
        gap = float(np.abs(a - b).max(initial=0))
        if gap <= 1e-5 * max(float(np.abs(a).max(initial=0)), float(np.abs(b).max(initial=0))):
            return True  # a wrong claim shows more than this at most points; where none does, the step is unchecked
        moved = 0
        for attempt in range(3):
            world = nudged(self.model, made.world, attempt)
            try:
                there = self._gap_in(world, point, scope, pair)
            except (ShapeClash, NotationError, NeedsSize, Undefined):
                return False
            if there is None:
                moved += 1  # one step from a singular matrix
            elif abs(there - gap) <= 0.01 * gap:
                return self._moves_farther_off(made, point, scope, pair, gap)
            elif there > 0:
                moved += 1
        return moved > 0 or gap < 1e-6

    def _moves_farther_off(
        self, made: Draw, point: int, scope: Scope, pair: tuple[Node, Node, str], gap: float
    ) -> bool:
        """Whether a small gap that nudges of 1e-12 leave as it is turns out to be noise at each of 1e-8."""
        if gap > 1e-5:
            return False
        for attempt in range(3):
            try:
                there = self._gap_in(nudged(self.model, made.world, attempt, 1e-8), point, scope, pair)
            except (ShapeClash, NotationError, NeedsSize, Undefined):
                return False
            if there is not None and abs(there - gap) <= 0.2 * gap:
                return False
        return True

    def _gap_in(self, world: World, point: int, scope: Scope, pair: tuple[Node, Node, str]) -> float | None:
        """The gap at a point of another world: 0 where the claim holds there, None where a side has no value."""
        left, right = sides(Evaluator(self.model, world), *pair, scope)
        shape = np.broadcast_shapes(left.shape, right.shape, (world.points, 1, 1, 1))
        x, y = np.broadcast_to(left, shape)[point], np.broadcast_to(right, shape)[point]
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return None
        return 0.0 if agrees(x, y, pair[2]) is not False else float(np.abs(x - y).max(initial=0))

    def _is_of_tolerance(
        self, made: Draw, point: int, scope: Scope, pair: tuple[Node, Node, str], a: Array, b: Array
    ) -> bool:
        """Whether a small gap is of the tolerance to which this point meets the equations that are given.

        At x = 1e-7 the premise of `x^2 = 0 \\implies x = 0` is met as well as numbers can tell, and nothing fails.
        """
        gap = float(np.abs(a - b).max(initial=0))
        size = 1 + float(np.abs(a).max(initial=0)) + float(np.abs(b).max(initial=0))
        if gap > 1e-4 * size or not assumes_equation(self.model):
            return False
        seen = 0.0
        for attempt in range(3):
            moved = Evaluator(self.model, moved_nearby(made.evaluator, np.random.default_rng((attempt, 18))))
            try:
                left, right = sides(moved, pair[0], pair[1], pair[2], scope)
            except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
                return False
            change = [side[point if side.shape[0] > 1 else 0] for side in (left, right)]
            seen = max(seen, float(np.abs(change[0] - change[1] - (a - b)).max(initial=0)))
        return gap <= REACH * seen

    def _compare(
        self, pair: tuple[Node, Node, str], left: Array, right: Array, made: Draw, scope: Scope, trial: Trial
    ) -> None:
        sign = pair[2]
        points = made.world.points
        shape = np.broadcast_shapes(left.shape, right.shape)
        left, right = np.broadcast_to(left, shape), np.broadcast_to(right, shape)
        if shape[0] != points:
            left = np.broadcast_to(left, (points, *shape[1:]))
            right = np.broadcast_to(right, (points, *shape[1:]))
        settled: list[float] = [] if sign == "=" else self.settled  # gaps that more digits have closed
        for point in range(points):
            a, b = left[point], right[point]
            fine_a, fine_b = np.isfinite(a).all(), np.isfinite(b).all()
            if (not fine_a and not fine_b) or np.isinf(a).any() or np.isinf(b).any():  # an overflow says nothing
                trial.undefined += 1
                continue
            if fine_a != fine_b:
                trial.one_sided_count += 1
                if trial.one_sided is None:
                    trial.one_sided = (made, point, scope, a, b)
                continue
            verdict = agrees(a, b, sign)
            if verdict is None:
                trial.undefined += 1
            elif verdict:
                trial.agree += 1
            else:
                gap = float(np.abs(a - b).max(initial=0))
                if self._is_of_tolerance(made, point, scope, pair, a, b):
                    trial.unstable += 1
                    continue
                if len(settled) >= READINGS and gap <= max(settled):
                    trial.undefined += 1
                    continue
                digits = self._read_digits(made, point, scope, pair)
                if digits is not None and digits.verdict == "agree":
                    trial.agree += 1
                    settled.append(gap)
                elif (digits is None or digits.verdict == "unclear") and self._is_round_off(
                    made, point, scope, pair, a, b
                ):
                    trial.unstable += 1
                else:
                    trial.clash, trial.digits = (made, point, scope, a, b), digits
                    return

    def _check_order(self, claim: Claim, name: str, order: int, *, loosely: bool) -> Verdict:
        """`L ≈ R` to an order in a small quantity: both and their derivatives up to that order are equal at zero."""
        left, right = claim.left, claim.right
        assert left is not None
        assert right is not None
        if all(name_of(each) != name for side in (left, right) for each in walk(side)):
            return Verdict("unchecked", reason=f"`{name}` is small here, and does not stand in this step.")
        points = 0
        for times in range(order + 1):
            small = Sym(name, claim.span)
            parts: list[Node] = [left, right]
            if times:
                parts = [Deriv(each, (small,) * times, "partial", each.span) for each in parts]
            zero = Num(Fraction(0), claim.span)
            a, b = (At(each, (name,), (zero,), each.span) for each in parts)
            verdict = self._check(replace(claim, left=a, sign="=", right=b, small=None))
            if verdict.evidence == "shapes":
                return verdict
            if verdict.answer == "fails" and (verdict.reason or (loosely and times)):
                return Verdict("unchecked", reason=f"To which order in `{name}` this is meant is not clear.")
            if verdict.answer == "fails" and verdict.counterexample is not None:
                note = f"The derivatives of order {times} in {name} differ at {name} = 0." if times else ""
                note = note or f"The sides differ at {name} = 0."
                shown = replace(verdict.counterexample, note=note, replayable=False)
                return replace(verdict, reason=note, counterexample=shown)
            if verdict.answer != "holds":
                return verdict
            points += verdict.points
        return Verdict("holds", evidence=f"numeric: equal to order {order} in {name} at {points} points", points=points)

    def _check_logic(self, claim: Claim, logic: Logic, *, again: bool = False) -> Verdict:
        """`L implies R`: R is tried where L holds; `iff` both ways. `again`: the same was judged at another index."""
        indexed = [] if again else self._at_each_index(claim, logic)
        if indexed:
            points = 0
            for place, each in enumerate(indexed):
                verdict = self._check_logic(claim, each, again=place > 0)
                if verdict.answer != "holds":
                    return verdict
                points += verdict.points
            return Verdict("holds", evidence=_TRIED.format(points), points=points)
        left, right = logic.parts
        ways = [(left, right), (right, left)] if logic.kind == "iff" else [(left, right)]
        points = 0
        for given, wanted in ways:
            if not isinstance(given, Relation) or not isinstance(wanted, Relation):
                return Verdict("unchecked", reason="An implication is tried between two relations only.")
            assumption = Assumption(given, given.span, "implied")
            self.kept.append(assumption)  # draws are known by the identity of their conditions
            for place, sign in enumerate(wanted.signs):
                part = Claim(
                    claim.index, wanted.sides[place], sign, wanted.sides[place + 1], wanted.span, claim.latex,
                    conditions=(*claim.conditions, assumption),
                )  # fmt: skip
                verdict = self._check_once_more(part) if again else self._check(part)
                if verdict.answer != "holds":
                    return verdict
                points += verdict.points
        return Verdict("holds", evidence=_TRIED.format(points), points=points)

    def _check_once_more(self, claim: Claim) -> Verdict:
        """A claim at two draws; in full where that is too little to say anything, but at no sizes below 2."""
        self.turn_to(claim.conditions)
        total = Trial()
        for made in islice(self.worlds(claim.conditions), 2):
            trial = self._try(claim, made)
            if trial.clash is not None or trial.one_sided is not None:
                return self._at_drawn_sizes(claim)
            total.add(trial)
        return Verdict("holds", points=total.agree) if total.agree >= 8 else self._at_drawn_sizes(claim)

    def _at_each_index(self, claim: Claim, logic: Logic) -> list[Logic]:
        """An implication whose two sides have a free index in common is of each value of it alone: of the first two and
        the last. Nothing where there is none, or a condition speaks of it."""
        if _shares_no_index(logic):
            return []
        self.turn_to(claim.conditions)
        made = next(iter(self.worlds(claim.conditions)), None)
        if made is None:
            return []
        ends = {size: name for name, size in made.world.dims.items()}
        shared = [free_indices(made.evaluator, part, Scope()) for part in logic.parts]
        told = {each.name for given in claim.conditions for each in walk(given.relation) if isinstance(each, Sym)}
        for name, places in shared[0].items():
            if name not in shared[1] or name in told or places.start != 1 or len(places) not in ends:
                continue
            last = Sym(ends[len(places)], logic.span)
            at: list[Node] = [Num(Fraction(1), logic.span), Num(Fraction(2), logic.span), last]
            return [_with_letter(logic, name, each) for each in at]
        return []

    def _failure(self, claim: Claim, trial: Trial, tie: str = "") -> Verdict:
        found = trial.clash or trial.one_sided
        assert found is not None
        unmet = self._not_evaluated(claim, found[0])
        if unmet is not None:
            return Verdict("unchecked", reason=unmet)
        note = tie or "Only one side is defined at this point."
        if trial.clash is not None and not tie:
            proof = self._proof(claim, [found[0]])
            if proof is not None and proof.equal:
                return self._disagreement(claim, "they are equal over a prime field and differ at a real point")
            plainer = self._plainer(claim)
            if plainer is not None and plainer.clash is not None:
                trial, found = plainer, plainer.clash
            note = ""
        made, point, scope, a, b = found
        left, right = tidy(a), tidy(b)
        if trial.digits is not None and trial.digits.verdict == "differ":
            left, right = trial.digits.left, trial.digits.right
            if trial.digits.small:
                note = f"The sides differ by {trial.digits.gap}, and this stays so with {trial.digits.digits} digits."
        assert claim.left is not None
        assert claim.right is not None
        exact, small = False, trial.digits is not None and trial.digits.small
        plain = self._shrunk(claim, found) if not small and trial.clash is not None and not tie else None
        if plain is not None and self._survives(claim, plain, scope.at_point(point)):
            made, point, scope, exact = plain, 0, scope.at_point(point), True
            a, b = (side[0] for side in sides(made.evaluator, claim.left, claim.right, claim.sign, scope))
            left, right = tidy(a), tidy(b)
        outcome = 0
        if len(a) > 1 or len(b) > 1:  # a claim between random quantities: the outcome at which it is most wrong
            outcome = int(np.argmax(np.abs(a - b).reshape(max(len(a), len(b)), -1).max(axis=1)))
            left, right = (tidy(side[min(outcome, len(side) - 1)][None]) for side in (a, b))
        example = Counterexample(
            dict(made.world.dims), shown_values(self.model, made, point, claim, scope, outcome), left, right, note,
            (claim.left.span, claim.right.span), exact,
        )  # fmt: skip
        return Verdict("fails", evidence="counterexample", reason=note, counterexample=example)

    def _survives(self, claim: Claim, plain: Draw, scope: Scope) -> bool:
        """Whether the failure at plainer values is one with more digits too."""
        if claim.left is None or claim.right is None:
            return False
        digits = self._read_digits(plain, 0, scope, (claim.left, claim.right, claim.sign))
        return digits is None or digits.verdict != "agree"

    def _shrunk(self, claim: Claim, found: tuple[Draw, int, Scope, Array, Array]) -> Draw | None:
        """One point with plain values, as they are printed, at which the claim fails; None where values are not all."""
        from .shrink import plainer, printed

        made, point, scope, *_ = found
        scope = scope.at_point(point)
        left, right, sign = claim.left, claim.right, claim.sign
        if made.world.weights is not None or made.world.functions or left is None or right is None:
            return None

        def fails(draw: Draw) -> Array:
            points = draw.world.points
            try:
                a, b = sides(draw.evaluator, left, right, sign, scope)
            except (ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
                return np.zeros(points, dtype=bool)
            shape = np.broadcast_shapes(a.shape, b.shape, (points, 1, 1, 1))
            a, b = np.broadcast_to(a, shape), np.broadcast_to(b, shape)
            size = 1e-4 * np.maximum(np.abs(a), np.abs(b)).max(axis=(1, 2, 3))
            marked = np.isfinite(a - b).all(axis=(1, 2, 3)) & (np.abs(a - b).max(axis=(1, 2, 3)) > size)
            wrong = np.array([marked[p] and agrees(a[p], b[p], sign) is False for p in range(points)])
            return np.asarray(wrong & self._good(draw))

        try:
            alone = plainer(self.model, made, point, fails)
            for digits in (6, 17):
                shown = printed(self.model, alone, digits)
                if fails(shown)[0]:
                    return shown
        except (OutOfTime, Unsatisfiable, ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
            return None  # the failure stands without plain values
        return None

    def _plainer(self, claim: Claim) -> Trial | None:
        """The same failure at small sizes with whole numbers or one decimal, where it survives there."""
        for place, style in enumerate(("integer", "small")):
            try:
                made = self._draw(claim.conditions, 1, 1.0, style, 90 + place)
                trial = self._try(claim, made) if made is not None else None
            except (OutOfTime, Unsatisfiable, ShapeClash, NotationError, NeedsSize, Undefined, np.linalg.LinAlgError):
                return None
            if trial is not None and trial.clash is not None:
                return trial
        return None

    def _not_evaluated(self, claim: Claim, made: Draw) -> str | None:
        """A premise of this claim that could not be evaluated: without it a failure means nothing."""
        indices: set[str] = set()
        for side in (claim.left, claim.right):
            indices |= set(free_indices(made.evaluator, side, Scope())) if side is not None else set()
        for assumption in claim.conditions:
            if bounds_indices(made.evaluator, assumption.relation, frozenset(indices)):
                continue
            if holds_at(made.evaluator, assumption) is None:
                return "The condition that this step stands under could not be evaluated."
        return None

    def _weak(self, claim: Claim, total: Trial) -> Verdict | None:
        """Why the points were too weak to tell this claim from a wrong one, or what further points showed."""
        from .guard import REVERSED, guard_equation, reversed_fails, vanishes

        if claim.left is None or claim.right is None or (claim.sign != "=" and claim.sign not in REVERSED):
            return None
        if claim.sign in REVERSED and reversed_fails(claim, total.seen):
            return None
        guarded = guard_equation(claim, self.model, total.seen, cheaply=_nested_integrals(claim))
        if guarded.is_strong and not guarded.same and claim.sign == "=":
            return None
        further = self._further(claim)
        if further.clash is not None:
            return self._failure(claim, further)
        if guarded.is_strong:
            return None
        seen = [*total.seen, *further.seen]
        if vanishes(seen):
            return None
        guarded = guard_equation(claim, self.model, seen)
        if guarded.is_strong:
            return None
        reason = "The points tried cannot tell this claim from a wrong one: slips of our own hold as well."
        return Verdict("unchecked", reason=reason)

    def _further(self, claim: Claim) -> Trial:
        """The claim at further points of other sizes."""
        total = Trial()
        for place, variant, scale in ((40, 2, 1.3), (41, 1, 1.0)):
            try:
                made = self._draw(claim.conditions, variant, scale, "real", place)
            except Unsatisfiable:
                continue
            trial = self._try(claim, made) if made is not None else Trial()
            if trial.clash is not None and not self._by_quadrature():
                return trial
            total.add(trial)
        return total


def _equal(a: Array, b: Array) -> Array:
    """Where two sides (P, A, r, c) are equal up to the last digits, (P,)."""
    gap, size = np.abs(a - b), 1 + np.maximum(np.abs(a), np.abs(b))
    return np.asarray(np.all(gap <= 1e-13 * size, axis=(1, 2, 3)))


def _shares_no_index(logic: Logic) -> bool:
    """Whether no letter stands in subscripts on both sides."""
    letters = [
        {
            index.name
            for each in walk(part)
            if isinstance(each, Index)
            for inner in each.indices
            for index in walk(inner)
            if isinstance(index, Sym)
        }
        for part in logic.parts
    ]
    return not letters[0] & letters[1]


_TRIED = "numeric: tried at {} points where the premise holds"


def _with_letter(logic: Logic, name: str, value: Node) -> Logic:
    """`logic` with the letter `name` replaced."""
    parts = (
        rewritten(part, lambda each: value if isinstance(each, Sym) and each.name == name else None)
        for part in logic.parts
    )
    return replace(logic, parts=tuple(parts))


def _nested_integrals(claim: Claim) -> bool:
    """Whether a step holds integrals within integrals, which cost a thousand times what others do."""
    integrals = [
        each
        for side in (claim.left, claim.right)
        if side is not None
        for each in walk(side)
        if isinstance(each, Integral)
    ]
    return any(isinstance(each, Integral) for outer in integrals for each in walk(outer.body))


def well_conditioned(model: Model, made: Draw) -> Array:
    """Points at which what the note calls invertible or of full rank is so with room to spare."""
    good = np.ones(made.world.points, dtype=bool)
    for name, symbol in model.symbols.items():
        if symbol.properties & {"invertible", "full-column-rank", "full-row-rank", "spd"} and name in made.world.values:
            a = v.plain(made.world.values[name])
            if a.shape[-1] > 1 or a.shape[-2] > 1:
                s = np.linalg.svd(a, compute_uv=False)
                good &= np.broadcast_to((s[..., -1] > 1e-4 * s[..., 0]).all(axis=-1), good.shape)
    return good


def sides(evaluator: Evaluator, left: Node, right: Node, sign: str, scope: Scope) -> tuple[Array, Array]:
    """Both sides as arrays of one shape. Raises ShapeClash where they differ."""
    if sign in ("preceq", "succeq", "prec", "succ"):
        parts = _ordered(evaluator, left, right, scope)
    else:
        parts = evaluator._all([left, right], scope, NOTHING)
    a, b = v.plain(parts[0]), v.plain(parts[1])
    if shape_of(a) != shape_of(b):
        raise ShapeClash(right.span, shape_of(a), shape_of(b), "the two sides")
    if a.ndim != v.CORE or b.ndim != v.CORE:
        raise NotationError("derivative", left.span, "A derivative within the givens of this step is not resolved.")
    if evaluator.unsettled is not None:
        outside = evaluator.unsettled[:, None, None, None]
        a, b = np.where(outside, np.inf, a), np.where(outside, np.inf, b)
    if a.shape[1] != 1 or b.shape[1] != 1:
        return _at_outcomes(evaluator, a, b)
    return a, b


def _at_outcomes(evaluator: Evaluator, a: Array, b: Array) -> tuple[Array, Array]:
    """Both sides of a claim between random quantities at every outcome that has a weight; such a claim is about all of
    them."""
    weights = evaluator.world.weights
    shape = np.broadcast_shapes(a.shape, b.shape)
    a, b = np.broadcast_to(a, shape), np.broadcast_to(b, shape)
    if weights is None or weights.shape[1] != shape[1]:
        return a, b
    never = np.broadcast_to(weights <= 0, (*np.broadcast_shapes(weights.shape[:2], shape[:2]), *shape[2:]))
    return np.where(never, 0.0, a), np.where(never, 0.0, b)


def _ordered(evaluator: Evaluator, left: Node, right: Node, scope: Scope) -> list[v.Value]:
    return evaluator._all([left, right], scope, NOTHING)


def agrees(a: Array, b: Array, sign: str) -> bool | None:
    """Whether `a sign b` at one point; None where round-off cannot decide."""
    scale = max(1e-300, float(np.abs(a).max(initial=0)), float(np.abs(b).max(initial=0)))
    gap = float(np.abs(a - b).max(initial=0))
    tolerance = RELATIVE * max(scale, 1e-3)
    match sign:
        case "=":
            return gap <= tolerance
        case "!=":
            return gap > tolerance
        case "<=":
            return bool(np.all(a <= b + tolerance))
        case ">=":
            return bool(np.all(a >= b - tolerance))
        case "<":
            return (
                True if np.all(a < b - tolerance) else (False if np.any(a > b + tolerance) else None if gap else False)
            )
        case ">":
            return (
                True if np.all(a > b + tolerance) else (False if np.any(a < b - tolerance) else None if gap else False)
            )
        case "preceq" | "succeq" | "prec" | "succ":
            diff = (b - a if sign.startswith("prec") else a - b)[0]
            if diff.shape[-1] != diff.shape[-2]:
                raise NotationError("ordering", Span(0, 0), "An ordering of matrices needs square ones.")
            if np.abs(diff - diff.T).max() > tolerance:
                return False
            low = float(np.linalg.eigvalsh((diff + diff.T) / 2).min())
            if sign in ("prec", "succ"):
                return True if low > tolerance else (False if low < -tolerance else None)
            return low >= -tolerance
        case _:
            raise NotationError("relation", Span(0, 0), f"The relation `{sign}` is not judged.")


def nudged(model: Model, world: World, seed: int, size: float = 1e-12) -> World:
    """The same world with every real value changed by a part of about `size`."""
    rng = np.random.default_rng((seed, 12))

    def nudge(name: str, x: v.Value) -> v.Value:
        symbol = model.symbols.get(name)
        if symbol is not None and symbol.domain != "real":
            return x
        a = v.plain(x)
        return a * (1 + size * rng.normal(size=a.shape))

    return replace(
        world,
        values={name: nudge(name, x) for name, x in world.values.items()},
        families={name: {k: nudge(name, x) for k, x in members.items()} for name, members in world.families.items()},
    )


def untouched(made: Draw) -> Draw:
    """The same points for one more step: what a step does to them, or found unsettled there, is no other's concern."""
    world = made.world
    copied = replace(
        world,
        values=dict(world.values),
        families={name: dict(members) for name, members in world.families.items()},
        tables=dict(world.tables),
        levels=dict(world.levels),
        thin=dict(world.thin),
    )
    return Draw(copied, Evaluator(made.evaluator.model, copied), made.scale)


def _keep(made: Draw, good: Array) -> None:
    """Drop the points that violate an assumption."""
    world = made.world
    places = np.flatnonzero(good)

    def kept(x: v.Value) -> v.Value:
        a = v.plain(x)
        return a[places] if a.shape[0] == good.size else a

    world.values = {name: kept(x) for name, x in world.values.items()}
    world.families = {name: {k: kept(x) for k, x in members.items()} for name, members in world.families.items()}
    world.tables = {name: v.plain(kept(x)) for name, x in world.tables.items()}
    world.levels = {name: v.plain(kept(x)) for name, x in world.levels.items()}
    if world.weights is not None and world.weights.shape[0] == good.size:
        world.weights = world.weights[places]
    world.points = len(places)
    made.evaluator.memo.clear()
    made.evaluator.unsettled = None


def shown_values(
    model: Model, made: Draw, point: int, claim: Claim, scope: Scope, outcome: int = 0
) -> dict[str, object]:
    """The values of what the claim mentions, directly or through definitions."""
    names: dict[str, None] = {}
    nodes = [each for each in (claim.left, claim.right, claim.whole) if each is not None]
    for node in nodes:
        for each in walk(node):
            for name in (name_of(each), name_of(each.base) if isinstance(each, Index) else None):
                if name is not None:
                    for below in sorted(made.evaluator.depends(name)):
                        names[below] = None
    shown: dict[str, object] = {}

    def here(x: v.Value) -> object:
        a = v.plain(x)
        at = a[point if a.shape[0] > point else 0]
        return tidy(at[outcome:] if len(at) > outcome else at)

    for name in names:
        if name in made.world.values:
            shown[name] = here(made.world.values[name])
        elif name in made.world.families:
            for k, member in made.world.families[name].items():
                shown[f"{name}_{k}"] = here(member)
    for node in nodes:
        for each in walk(node):
            head = each.head if isinstance(each, Apply) else each
            table = each.name if isinstance(each, Prob) else name_of(head)
            if table in made.world.tables:
                entries = made.world.tables[table]
                shown[table] = entries[point if len(entries) > point else 0].round(6).tolist()
    for name, value in scope.bound.items():
        shown[name] = here(value)
    shown.update(_increments(made, nodes, scope))
    return shown


def _increments(made: Draw, nodes: list[Node], scope: Scope) -> dict[str, object]:
    r"""The increments of the differentials in `nodes` and in the definitions that they rest on, as `\mathrm{d}X`."""
    definitions = made.evaluator.model.definitions
    resting = {name for node in nodes for each in walk(node) if (name := name_of(each)) in definitions}
    shown: dict[str, object] = {}
    for node in (*nodes, *(definitions[name].body for name in sorted(resting))):
        for each in walk(node):
            if isinstance(each, Call) and each.name == "differential":
                try:
                    found = increments(made.evaluator, each, scope)
                except NotationError:
                    continue  # it stands where nothing was evaluated
                shown.update({f"{INCREMENT}{name}": tidy(d[0]) for name, d in found.items()})
    return shown


def tidy(a: Array) -> object:
    """An array (A, r, c) as a number, a list or a list of rows, in short decimals."""
    x = np.asarray(a)[0] if np.asarray(a).ndim == 3 else np.asarray(a)
    rounded = [[float(f"{entry:.6g}") for entry in row] for row in x]
    if len(rounded) == 1 and len(rounded[0]) == 1:
        return rounded[0][0]
    if all(len(row) == 1 for row in rounded):
        return [row[0] for row in rounded]
    return rounded
