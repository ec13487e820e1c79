"""Shims of PyTorch and JAX: the calls that written code makes, implemented with NumPy. Neither library is installed.

They show that the written source runs, calls only what is listed here, and gives what the checker gives. They are
stricter than NumPy where the libraries are: PyTorch's functions take tensors and no plain numbers, JAX's arrays take no
part in a Python `if`. They show nothing of the libraries' own numerics.
"""

import sys
import types
from contextlib import contextmanager

import numpy as np
from scipy import linalg, special


def _differences(f, x, step):
    x = np.asarray(x, dtype=float)
    found = np.zeros(np.shape(f(x)) + x.shape)
    for place in np.ndindex(x.shape):
        moved = np.zeros(x.shape)
        moved[place] = step
        found[(..., *place)] = (np.asarray(f(x + moved)) - np.asarray(f(x - moved))) / (2 * step)
    return found


def _is_tensor(x):
    return isinstance(x, np.ndarray | np.generic)


def _strict(function):
    def of_tensors(*args, **kwargs):
        first = args[0][0] if isinstance(args[0], list) else args[0]
        if not _is_tensor(first):
            raise TypeError(f"{function.__name__}(): argument must be Tensor, not {type(first).__name__}")
        return function(*args, **kwargs)

    return of_tensors


def _module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    return made


SAME = [
    "abs",
    "exp",
    "log",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "arcsin",
    "arccos",
    "arctan",
    "arctanh",
    "arcsinh",
    "sign",
    "floor",
    "ceil",
    "outer",
    "trace",
    "sum",
    "max",
    "min",
    "argmax",
    "argmin",
    "diag",
    "kron",
    "reshape",
    "zeros_like",
    "logaddexp",
]
LINALG = {
    "inv": np.linalg.inv, "det": np.linalg.det, "slogdet": np.linalg.slogdet, "norm": np.linalg.norm,
    "pinv": np.linalg.pinv, "matrix_power": np.linalg.matrix_power, "matrix_rank": np.linalg.matrix_rank,
    "eigvalsh": np.linalg.eigvalsh,
}  # fmt: skip


def torch_shim():
    def jacobian(f, x, create_graph=False):
        return _differences(f, x, 1e-5)

    def hessian(f, x, create_graph=False):
        return _differences(lambda y: _differences(f, y, 1e-4), x, 1e-4)

    functional = _module("torch.autograd.functional", jacobian=jacobian, hessian=hessian)
    inner = {name: _strict(function) for name, function in LINALG.items()}
    inner["svdvals"] = _strict(lambda a: np.linalg.svd(a, compute_uv=False))
    inner["matrix_exp"] = _strict(linalg.expm)
    return _module(
        "torch",
        **{name: _strict(getattr(np, name)) for name in SAME},
        float64=float,
        Tensor=type("Tensor", (), {}),  # SciPy, which the shim rests on, asks for it
        tensor=lambda x, dtype: np.array(x, dtype=dtype)[()],
        as_tensor=lambda x, dtype: np.array(x, dtype=dtype)[()],
        is_tensor=_is_tensor,
        eye=lambda n, dtype: np.eye(n),
        ones=lambda *sizes, dtype: np.ones(sizes),
        zeros=lambda *sizes, dtype: np.zeros(sizes),
        stack=_strict(np.stack),
        cat=_strict(lambda parts, dim: np.concatenate(parts, axis=dim)),
        all=lambda x: np.all(x),
        allclose=_strict(np.allclose),
        relu=_strict(lambda x: np.maximum(x, 0)),
        sigmoid=_strict(special.expit),
        erf=_strict(special.erf),
        lgamma=_strict(special.gammaln),
        softmax=_strict(lambda x, dim: special.softmax(x, axis=dim)),
        logsumexp=_strict(lambda x, dim: special.logsumexp(x, axis=dim)),
        linalg=_module("torch.linalg", **inner),
        autograd=_module("torch.autograd", functional=functional),
    )


class Traced(np.ndarray):
    """An array of which a Python `if` cannot be asked, as when JAX traces."""

    def __bool__(self):
        raise TypeError("Attempted boolean conversion of traced array")


def _traced(x):
    return np.asarray(x, dtype=float).view(Traced)


def jax_shim():
    def jacobian(f):
        return lambda x: _differences(lambda y: f(_traced(y)), x, 1e-5)

    def hessian(f):
        return lambda x: _differences(lambda y: _differences(lambda z: f(_traced(z)), y, 1e-4), x, 1e-4)

    numpy = _module(
        "jax.numpy",
        **{name: getattr(np, name) for name in SAME},
        **{name: getattr(np, name) for name in ("array", "eye", "ones", "zeros", "block", "where", "all", "maximum")},
        linalg=_module("jax.numpy.linalg", **LINALG, svd=np.linalg.svd),
    )  # fmt: skip
    numpy.asarray = lambda x, dtype=None: x if isinstance(x, Traced) else np.asarray(x, dtype=dtype)
    nn = _module(
        "jax.nn",
        sigmoid=special.expit,
        softplus=lambda x: np.logaddexp(0, x),
        softmax=lambda x: special.softmax(x, axis=-1),
        relu=lambda x: np.maximum(x, 0),
    )
    scipy = _module(
        "jax.scipy",
        special=_module("special", erf=special.erf, logsumexp=special.logsumexp, gammaln=special.gammaln),
        linalg=_module("linalg", expm=linalg.expm),
    )
    config = types.SimpleNamespace(update=lambda name, value: None)
    made = _module(
        "jax",
        Array=type("Array", (), {}),
        numpy=numpy,
        nn=nn,
        scipy=scipy,
        config=config,
        jacobian=jacobian,
        hessian=hessian,
    )
    return {"jax": made, "jax.numpy": numpy}


@contextmanager
def shims():
    """While it lasts, `import torch` and `import jax` find the shims."""
    before = {name: sys.modules.get(name) for name in ("torch", "jax", "jax.numpy")}
    sys.modules.update({"torch": torch_shim(), **jax_shim()})
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module
