"""The symbols that the editor's palette offers: how each looks, its command, and words it is found by."""

from __future__ import annotations

_GREEK = (
    "α alpha, β beta, γ gamma, δ delta, ε epsilon, ζ zeta, η eta, θ theta, κ kappa, λ lambda, μ mu, ν nu, ξ xi, π pi, "
    "ρ rho, σ sigma, τ tau, φ phi, χ chi, ψ psi, ω omega, Γ Gamma, Δ Delta, Θ Theta, Λ Lambda, Ξ Xi, Π Pi, Σ Sigma, "
    "Φ Phi, Ψ Psi, Ω Omega, ℓ ell"
)
_RELATIONS = (
    "≤ le less equal at most, ≥ ge greater equal at least, ≠ ne not equal, ≈ approx about, ∝ propto proportional, "
    "≔ coloneqq is defined as, ⪰ succeq positive semidefinite, ≻ succ positive definite, ⪯ preceq, ≺ prec, ∼ sim law, "
    "∈ in element, ∉ notin, ⊂ subset, ⊆ subseteq, ⟂ perp orthogonal independent, ∣ mid given, ≡ equiv"
)
_OPERATORS = (
    "∑ sum, ∏ prod product, ∫ int integral, ∂ partial, ∇ nabla gradient, · cdot dot, × times cross, ⊙ odot elementwise "
    "Hadamard, ⊗ otimes Kronecker, ⊕ oplus, ∘ circ, ± pm plus minus, ∗ ast, ⊤ top transpose, "
    "∞ infty infinity"
)
_ARROWS = (
    "→ to arrow, ↦ mapsto, ← leftarrow, ⇒ implies, ⇔ iff equivalent, ∀ forall all, ∃ exists, ¬ neg not, ∧ land and, "
    "∨ lor or, ∅ emptyset, ∪ cup union, ∩ cap intersection, ∖ setminus, … ldots dots, ⋯ cdots dots"
)
_SETS = {
    "ℝ": (r"\mathbb{R}", "real numbers"),
    "ℕ": (r"\mathbb{N}", "natural numbers"),
    "𝔼": (r"\mathbb{E}", "expectation"),
    "𝒩": (r"\mathcal{N}", "normal law"),
    "ℒ": (r"\mathcal{L}", "loss likelihood"),
    "𝟏": (r"\mathbf{1}", "ones"),
    "Aᵀ": (r"^\top", "transpose"),
    "A⁻¹": (r"^{-1}", "inverse"),
    "‖ ‖": (r"\lVert x \rVert", "norm"),
    "⟨ ⟩": (r"\langle x, y \rangle", "inner product"),
    "x̂": (r"\hat{x}", "hat estimate"),
    "x̄": (r"\bar{x}", "bar mean"),
}


def _group(text: str) -> list[tuple[str, str, str]]:
    found = []
    for each in text.split(", "):
        looks, command, *words = each.split(" ")
        found.append((looks, f"\\{command}", " ".join(words)))
    return found


PALETTE = (
    ("Greek", _group(_GREEK)),
    ("Relations", _group(_RELATIONS)),
    ("Operators", _group(_OPERATORS)),
    ("Arrows, logic and sets", _group(_ARROWS)),
    ("Letters and marks", [(looks, tex, words) for looks, (tex, words) in _SETS.items()]),
)

__all__ = ["PALETTE"]
