r"""Words that may give a symbol a property, and that no list knows: “Let $A$ be a frobnicated matrix”.

Ordinary adjectives say nothing that a claim could rest on; they are ORDINARY, and what else stands in such a place and
is formed like an adjective or a proper name is taken for a property. What a list knows is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = r"[A-Za-z]+(?:-[A-Za-z]+)*"
_NOUN = r"(?:matri(?:x|ces)|vectors?|functions?|maps?|operators?|sequences?)"
_ARTICLES = r"(?:(?:an?|the|also|both|all|any|some|two|real|square|always)\s+){0,4}"
PLACES = (
    re.compile(  # “$A$ is wobbly”
        rf"^[^.;]{{0,20}}?\b(?:is|are|be|being)\s+(?:(?:also|both|all|always)\s+){{0,4}}(?P<word>{_WORD})"
        r"(?=\s*(?:[.,;:)]|$|and\b|with\b))",
        re.I,
    ),
    # “$A$ be a frobnicated matrix”
    re.compile(rf"^[^.;]{{0,20}}?\b(?:is|are|be|being)\s+{_ARTICLES}(?P<word>{_WORD})(?=\s*{_NOUN}\b)", re.I),
    re.compile(rf"^\s*(?:,\s*)?an?\s+{_ARTICLES}(?P<word>{_WORD})\s+{_NOUN}\b", re.I),  # “$A$, a frobnicated matrix”
    re.compile(rf"^\s*(?P<word>{_WORD})\s+{_NOUN}\b", re.I),  # “$A$ be an $n \times n$ frobnicated matrix”
    re.compile(rf"\b(?:an?|any|some|every|two|let|and|with|the)\s+{_ARTICLES}(?P<word>{_WORD})\s+{_NOUN}\s*$", re.I),
)
_FORMED = re.compile(r"(?:ed|ic|al|able|ible|ive|ous|ar|ant|ent|less|ful|[bdfgklmnprst]y(?<!ity)|bly|ish)$")
_NAMED = re.compile(r"^[A-Z][a-z]{2,}(?:-[A-Z]?[a-z]+)*$")
# of matrices: nouns that say more than a name, if the note does not define the matrix or say what they mean
_TELLING = {
    "gram", "gramian", "kernel", "covariance", "correlation", "precision", "laplacian", "adjacency", "transition",
    "rotation", "reflection", "degree", "incidence", "scatter", "rate", "generator", "householder", "givens",
}  # fmt: skip
ORDINARY = {
    "above", "actual", "additional", "all", "additive", "affine", "arbitrary", "associated", "augmented", "available",
    "bounded", "canonical", "central", "chosen", "classical", "common", "compatible", "concerned", "conditional",
    "conserved", "considered", "constant", "continuous", "convolutional", "corresponding", "critical", "current",
    "declared", "defined", "dense", "dependent", "desired", "deterministic", "different", "differentiable",
    "discrete", "distinct", "dual", "empirical", "empty", "equal", "estimated", "evident", "exact", "expected",
    "external", "feasible", "final", "finite", "fitted", "fixed", "following", "free", "frozen", "general", "generic",
    "given", "global", "good", "hidden", "ideal", "identical", "incoming", "independent", "indexed", "individual",
    "infinite", "initial", "innovative", "internal", "involved", "joint", "known", "large", "latent", "learnable",
    "learned", "learnt", "linear", "local", "logistic", "main", "marginal", "masked", "measurable", "measured",
    "modified", "momentary", "multivariate", "natural", "needed", "new", "noisy", "nominal", "nontrivial",
    "non-random", "numerical", "objective", "observed", "obvious", "one-dimensional", "optimal", "ordinary",
    "original", "other", "partial", "particular", "physical", "plain", "positive", "nonnegative", "possible",
    "possibly", "posterior", "practical", "predicted", "present", "primal", "prior", "purely", "random", "real",
    "real-valued", "rectangular", "recurrent", "regular", "related", "relevant", "required", "residual", "respective",
    "same", "sampled", "scalar", "scalar-valued", "several", "shared", "similar", "simple", "single", "small",
    "smooth", "special", "specific", "square", "stacked", "standard", "stationary", "stochastic", "suitable",
    "temporary", "terminal", "text", "total", "trainable", "trained", "transposed", "trivial", "twice-differentiable",
    "typical", "unbiased", "unconstrained", "undetermined", "unique", "universal", "unknown", "usual", "valid",
    "variable", "variational", "vector-valued", "visible", "weighted", "whole", "column", "row", "input", "output",
    "identity", "zero", "gaussian", "bernoulli", "poisson", "bayesian", "euclidean", "jacobian", "hessian", "fisher",
    "only", "any", "many", "every", "my", "by", "probability", "unity", "not", "diagonal", "nonzero", "sufficient",
    "attentive", "logit", "logits", "activity", "softmax", "relu", "sigmoid", "moment", "gradient", "component",
    "content", "contextual", "context", "event", "element", "coefficient", "parent", "child", "agent",
    "increment", "adjustment", "adjoint", "argument", "experiment", "moderate", "quantity", "entry", "identically",
    "lagrangian", "markov", "dirichlet", "beta", "gamma", "exponential", "categorical", "multinomial", "normal",
    "binomial", "geometric", "hypothetical", "constrained", "unnormalized", "normalized", "normalised", "scaled",
    "rescaled", "perturbed", "regularized", "regularised", "penalized", "penalised", "whitened", "projected",
    "used", "attained", "infeasible", "biased", "nested", "uncorrelated", "subtracted", "merged", "obtained", "applied",
    "computed", "based", "called", "denoted", "satisfied", "reached", "achieved", "taken", "treated", "replaced",
    "minimized", "minimised", "maximized", "maximised", "conditioned", "evaluated", "interested", "suboptimal",
    "labelled", "labeled", "added", "removed", "combined", "transformed", "iterated", "interpreted", "assumed",
    "specified", "unspecified", "prescribed", "stored", "applicable", "important", "irrelevant", "negligible",
    "meaningful", "admissible", "reasonable", "integrable", "unobserved", "multiplied", "divided", "differentiated",
    "embedded", "shifted", "updated", "damped", "preconditioned", "quantized", "pooled", "concatenated",
}  # fmt: skip


def unknown_words(words: str) -> Iterator[tuple[re.Match[str], bool]]:
    """Where `words` beside a formula may give it a property that is not known here: the group `word` of a match, and
    whether it speaks of the formula behind the words rather than of the one in front of them."""
    seen: set[int] = set()
    for pattern in PLACES:
        for match in pattern.finditer(words):
            word = match.group("word")
            if match.start("word") not in seen and _tells(word, words[match.end("word") :]):
                seen.add(match.start("word"))
                yield match, pattern is PLACES[-1]


def _tells(word: str, rest: str) -> bool:
    low = word.lower()
    adverb = low.endswith("ly") and re.match(r"\s*(?:[.,;:)]|$)", rest) is None
    if low in ORDINARY or adverb:
        return False
    if low in _TELLING:
        return re.match(r"\s+matri", rest) is not None
    return bool(_FORMED.search(low)) or (bool(_NAMED.match(word)) and re.match(rf"\s+{_NOUN}", rest) is not None)


__all__ = ["ORDINARY", "PLACES", "unknown_words"]
