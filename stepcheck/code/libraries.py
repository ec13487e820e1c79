"""NumPy, PyTorch and JAX: how each writes what the printer asks for. A new library is one more of these classes.

Arrays: a number has no axis, a column or a row one, a matrix two. Where the three agree the method stands once.
"""

from __future__ import annotations

from .printed import ATOM, LOOSE, SUM, UNARY, Dim, Printed

# Functions that Python's `math` has under the same name, for plain numbers.
_MATH = {
    "log", "exp", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "floor", "ceil",
}  # fmt: skip
_MATH_OTHER = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctanh": "atanh", "arcsinh": "asinh"}
SAME_NAME = (_MATH | set(_MATH_OTHER) | {"sign"}) - {"erf"}


class NumPy:
    """NumPy, float64."""

    name = "NumPy"
    module = "np"
    linalg = "np.linalg"
    header: tuple[str, ...] = ("import math", "", "import numpy as np")
    close = "np.testing.assert_allclose"
    helpers: dict[str, str] = {
        "jacobian": '''def jacobian(f, x, step=1e-6):
    """The derivative of f at x by central differences: the shape of f(x), then that of x."""
    x = np.asarray(x, dtype=float)
    found = np.zeros(np.shape(f(x)) + x.shape)
    for place in np.ndindex(x.shape):
        moved = np.zeros(x.shape)
        moved[place] = step * max(1.0, abs(x[place]))
        ahead, behind = np.asarray(f(x + moved)), np.asarray(f(x - moved))
        found[(..., *place)] = (ahead - behind) / (2 * moved[place])
    return found''',
        "hessian": '''def hessian(f, x, step=1e-4):
    """The second derivative of f at x by central differences."""
    return jacobian(lambda y: jacobian(f, y, step), x, step)''',
        "sigmoid": '''def sigmoid(x):
    """1 / (1 + exp(-x)), without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * x))''',
        "softplus": '''def softplus(x):
    """log(1 + exp(x)), without overflow."""
    return np.logaddexp(0, x)''',
        "softmax": '''def softmax(x):
    """exp(x) / sum(exp(x)) along the last axis, without overflow."""
    weights = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return weights / np.sum(weights, axis=-1, keepdims=True)''',
        "logsumexp": '''def logsumexp(x):
    """log(sum(exp(x))), without overflow."""
    return np.max(x) + np.log(np.sum(np.exp(x - np.max(x))))''',
        "erf": """erf = np.vectorize(math.erf)""",
        "expm": "from scipy.linalg import expm",
    }

    def ready(self, item: Printed) -> str:
        """The text as an argument of one of the library's functions."""
        return item.text

    def call(self, function: str, *args: str) -> str:
        return f"{self.module}.{function}({', '.join(args)})"

    def entrywise(self, name: str, item: Printed) -> str:
        if item.counts and name in _MATH:
            return f"math.{name}({item.text})"
        if item.counts and name in _MATH_OTHER:
            return f"math.{_MATH_OTHER[name]}({item.text})"
        return self.call(name, self.ready(item))

    def helper(self, name: str, item: Printed) -> str:
        """sigmoid, softplus, softmax, logsumexp, erf, expm."""
        return f"{name}({self.ready(item)})"

    def absolute(self, item: Printed) -> str:
        return f"abs({item.text})" if item.counts else self.call("abs", self.ready(item))

    def relu(self, item: Printed) -> str:
        return f"max({item.text}, 0)" if item.counts else self.call("maximum", item.text, "0")

    def total(self, item: Printed) -> str:
        return self.call("sum", item.text)

    def eye(self, size: Dim) -> str:
        return f"{self.module}.eye({size.text})"

    def filled(self, kind: str, sizes: list[Dim]) -> str:
        """`ones` or `zeros` of the sizes, those of one entry left out."""
        axes = ", ".join(each.text for each in sizes)
        return f"{self.module}.{kind}({axes})" if len(sizes) == 1 else f"{self.module}.{kind}(({axes}))"

    def line(self, items: list[Printed]) -> str:
        """Numbers as an array of one axis."""
        return f"{self.module}.array([{', '.join(each.text for each in items)}])"

    def collected(self, item: Printed, loops: str) -> str:
        """The values of a comprehension as an array."""
        return f"{self.module}.array([{item.text} {loops}])"

    def block(self, rows: list[list[Printed]]) -> str:
        """A matrix of blocks."""
        lines = [f"[{', '.join(self.as_matrix(each) for each in row)}]" for row in rows]
        return f"{self.module}.block([{', '.join(lines)}])"

    def as_matrix(self, item: Printed) -> str:
        if item.is_column:
            return f"{item.at_least(ATOM)}[:, None]"
        if item.is_row:
            return f"{item.at_least(ATOM)}[None, :]"
        return self.call("reshape", self.ready(item), "(1, 1)") if item.is_number else item.text

    def reshaped(self, text: str, axes: str) -> str:
        return f"{text}.reshape({axes})"

    def singular_values(self, item: Printed) -> str:
        return f"{self.linalg}.svd({item.text}, compute_uv=False)"

    def largest(self, item: Printed, kind: str) -> str:
        """The largest (`max`) or smallest (`min`) entry."""
        return self.call(kind, item.text)

    def which(self, item: Printed, kind: str) -> str:
        """The place, from zero, of the largest (`argmax`) or smallest entry."""
        return f"int({self.call(kind, item.text)})"

    def choice(self, condition: str, one: Printed, other: Printed, *, on_indices: bool) -> Printed:
        return Printed(f"{one.at_least(SUM)} if {condition} else {other.at_least(LOOSE)}", LOOSE, one.rows, one.cols)

    def joined(self, conditions: list[str], word: str) -> str:
        return f" {word} ".join(conditions)

    def gamma(self, item: Printed) -> str:
        return f"math.gamma({item.text})"

    def jacobian(self, function: str, at: str, *, step: bool) -> str:
        return f"jacobian({function}, {at}, step=1e-4)" if step else f"jacobian({function}, {at})"

    def hessian(self, function: str, at: str) -> str:
        return f"hessian({function}, {at})"

    def value(self, text: str) -> str:
        """A literal list as an array."""
        return f"np.array({text})"

    def number(self, text: str) -> str:
        """A literal number as an argument."""
        return text

    def truth(self, text: str) -> str:
        """Whether a comparison of two values holds everywhere."""
        return f"np.all({text})"

    def smallest_eigenvalue(self, text: str) -> str:
        return f"np.linalg.eigvalsh({text}).min()"


class PyTorch(NumPy):
    """PyTorch, float64; derivatives by autograd."""

    name = "PyTorch"
    module = "torch"
    linalg = "torch.linalg"
    header = ("import math", "", "import torch")
    close = "torch.testing.assert_close"
    helpers = {
        "array": '''def array(x):
    """A number as a tensor, and a tensor as it is."""
    return x if torch.is_tensor(x) else torch.tensor(x, dtype=torch.float64)''',
        "jacobian": '''def jacobian(f, x):
    """The derivative of f at x by autograd: the shape of f(x), then that of x."""
    return torch.autograd.functional.jacobian(lambda y: array(f(y)), array(x), create_graph=True)''',
        "hessian": '''def hessian(f, x):
    """The second derivative of f at x by autograd."""
    return torch.autograd.functional.hessian(lambda y: array(f(y)), array(x), create_graph=True)''',
    }

    def ready(self, item: Printed) -> str:
        return f"array({item.text})" if item.counts else item.text

    def helper(self, name: str, item: Printed) -> str:
        text = self.ready(item)
        match name:
            case "softplus":
                return f"torch.logaddexp(torch.zeros_like({text}), {text})"
            case "softmax":
                return f"torch.softmax({text}, dim=-1)"
            case "logsumexp":
                return f"torch.logsumexp({text}, dim=-1)"
            case "expm":
                return f"torch.linalg.matrix_exp({text})"
            case _:
                return f"torch.{name}({text})"

    def relu(self, item: Printed) -> str:
        return f"max({item.text}, 0)" if item.counts else f"torch.relu({item.text})"

    def eye(self, size: Dim) -> str:
        return f"torch.eye({size.text}, dtype=torch.float64)"

    def filled(self, kind: str, sizes: list[Dim]) -> str:
        return f"torch.{kind}({', '.join(each.text for each in sizes)}, dtype=torch.float64)"

    def line(self, items: list[Printed]) -> str:
        return f"torch.stack([{', '.join(f'array({each.text})' for each in items)}])"

    def collected(self, item: Printed, loops: str) -> str:
        return f"torch.stack([array({item.text}) {loops}])"

    def block(self, rows: list[list[Printed]]) -> str:
        lines = [f"torch.cat([{', '.join(self.as_matrix(each) for each in row)}], dim=1)" for row in rows]
        return lines[0] if len(lines) == 1 else f"torch.cat([{', '.join(lines)}], dim=0)"

    def singular_values(self, item: Printed) -> str:
        return f"torch.linalg.svdvals({item.text})"

    def gamma(self, item: Printed) -> str:
        return f"math.gamma({item.text})" if item.counts else f"torch.exp(torch.lgamma({item.text}))"

    def jacobian(self, function: str, at: str, *, step: bool) -> str:
        return f"jacobian({function}, {at})"

    def value(self, text: str) -> str:
        return f"torch.tensor({text}, dtype=torch.float64)"

    def number(self, text: str) -> str:
        return self.value(text)

    def truth(self, text: str) -> str:
        return f"torch.all({text})"

    def smallest_eigenvalue(self, text: str) -> str:
        return f"torch.linalg.eigvalsh({text}).min()"


class Jax(NumPy):
    """JAX, float64; derivatives by autodiff. Branches on values are written so that they can be traced."""

    name = "JAX"
    module = "jnp"
    linalg = "jnp.linalg"
    header = (
        "import math", "", "import jax", "import jax.numpy as jnp", "import numpy as np", "",
        'jax.config.update("jax_enable_x64", True)',
    )  # fmt: skip
    helpers = {
        "jacobian": '''def jacobian(f, x):
    """The derivative of f at x: the shape of f(x), then that of x."""
    return jax.jacobian(lambda y: jnp.asarray(f(y)))(jnp.asarray(x, dtype=float))''',
        "hessian": '''def hessian(f, x):
    """The second derivative of f at x."""
    return jax.hessian(lambda y: jnp.asarray(f(y)))(jnp.asarray(x, dtype=float))''',
    }

    def helper(self, name: str, item: Printed) -> str:
        match name:
            case "erf":
                return f"jax.scipy.special.erf({item.text})"
            case "expm":
                return f"jax.scipy.linalg.expm({item.text})"
            case "logsumexp":
                return f"jax.scipy.special.logsumexp({item.text})"
            case _:
                return f"jax.nn.{name}({item.text})"

    def choice(self, condition: str, one: Printed, other: Printed, *, on_indices: bool) -> Printed:
        if on_indices:
            return super().choice(condition, one, other, on_indices=True)
        return Printed(f"jnp.where({condition}, {one.text}, {other.text})", ATOM, one.rows, one.cols)

    def joined(self, conditions: list[str], word: str) -> str:
        return f" {'&' if word == 'and' else '|'} ".join(f"({each})" for each in conditions)

    def gamma(self, item: Printed) -> str:
        if item.counts:
            return f"math.gamma({item.text})"
        return f"jnp.exp(jax.scipy.special.gammaln({item.text}))"

    def jacobian(self, function: str, at: str, *, step: bool) -> str:
        return f"jacobian({function}, {at})"

    def which(self, item: Printed, kind: str) -> str:
        return self.call(kind, item.text)

    def value(self, text: str) -> str:
        return f"jnp.array({text})"

    def number(self, text: str) -> str:
        return self.value(text)

    def truth(self, text: str) -> str:
        return f"jnp.all({text})"

    def smallest_eigenvalue(self, text: str) -> str:
        return f"jnp.linalg.eigvalsh({text}).min()"


LIBRARIES: dict[str, type[NumPy]] = {"numpy": NumPy, "torch": PyTorch, "jax": Jax}

__all__ = ["LIBRARIES", "SAME_NAME", "UNARY", "Jax", "NumPy", "PyTorch"]
