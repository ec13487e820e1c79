r"""LaTeX names to identifiers: `\hat{\beta}` is `beta_hat`, `\lambda` is `lambda_`, `x^{\star}` is `x_star`.

No text of a note reaches code but through here, and what leaves is ASCII letters, digits and underscores, begins with a
letter, is no keyword and no name that the written code uses itself.
"""

from __future__ import annotations

import re
from keyword import iskeyword, issoftkeyword

# Names that the written code uses itself: libraries, builtins, helpers.
TAKEN = frozenset(
    {
        *("abs", "bool", "dict", "enumerate", "float", "int", "len", "list", "max", "min", "print", "range", "reduce"),
        *("round", "set", "slice", "str", "sum", "tuple", "type", "zip", "math", "np", "torch", "jax", "jnp", "scipy"),
        *("left", "right", "left_side", "right_side", "point", "POINTS", "EXPECTED", "test_the_sides_agree"),
        *("jacobian", "hessian", "sigmoid", "softmax", "softplus", "logsumexp", "array", "erf", "expm"),
    }
)
LONGEST = 40
_ACCENT = re.compile(r"\\(hat|bar|tilde|vec|check|breve|acute|grave|underline|mathring|dot|ddot)\{([^{}]*)\}")
_FONT = re.compile(
    r"\\(?:mathbf|boldsymbol|mathcal|mathbb|mathfrak|mathscr|mathtt|symbf|symbfit|mathrm|text)\{([^{}]*)\}"
)
_WORDS = {"*": " star ", "+": " plus ", "-": " minus ", "'": " prime ", "∗": " star ", "′": " prime "}


class Identifiers:
    """Gives each name of a note one identifier, and no two the same."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.used: set[str] = set()

    def of(self, name: str) -> str:
        """The identifier of a name of the note; the same each time."""
        if name not in self.known:
            self.known[name] = self.fresh(plain_identifier(name))
        return self.known[name]

    def fresh(self, wanted: str) -> str:
        """`wanted`, or where that is taken the next that is free."""
        made, count = wanted, 1
        while made in self.used or made in TAKEN:
            count += 1
            made = f"{wanted}{'_' if wanted[-1].isdigit() else ''}{count}"
        self.used.add(made)
        return made


def plain_identifier(name: str) -> str:
    """An identifier that reads like `name`; different names may give the same."""
    text = name[:400]
    for _ in range(8):  # accents and fonts within each other
        before = text
        text = _FONT.sub(lambda match: f"{match[1]}", text)
        text = _ACCENT.sub(lambda match: f"{match[2]}_{match[1]}", text)
        if text == before:
            break
    for sign, word in _WORDS.items():
        text = text.replace(sign, word)
    text = re.sub(r"[^A-Za-z0-9]+", "_", _ascii(text)).strip("_")[:LONGEST].rstrip("_")
    if not text:
        text = "symbol"
    if not text[0].isalpha():
        text = f"x_{text}"
    return f"{text}_" if iskeyword(text) or issoftkeyword(text) else text


def _ascii(text: str) -> str:
    return "".join(char if char.isascii() else f" u{ord(char):x} " for char in text)
