"""The words that the grammar knows, kind by kind. A new name of a function, a law, a relation or a letter is one entry.

A command with arguments of its own is an entry of `commands.COMMANDS`, a word in roman type with a reading of its own
an entry of `words.KINDS`.
"""

from __future__ import annotations

RELATIONS = {
    "=": "=", "<": "<", ">": ">", "leq": "<=", "geq": ">=", "neq": "!=", "preceq": "preceq", "succeq": "succeq",
    "prec": "prec", "succ": "succ", "approx": "~=", "simeq": "~=", "propto": "propto", ":=": ":=", "in": "in",
    "sim": "~", "ll": "<<", "gg": ">>", "perp": "perp", "subset": "subset", "subseteq": "subset", "notin": "notin",
    "lesssim": "~=", "cong": "~=",
}  # fmt: skip
FUNCTIONS = {
    "log": "log", "ln": "log", "exp": "exp", "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec",
    "csc": "csc", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "coth": "coth", "arcsin": "arcsin",
    "arccos": "arccos", "arctan": "arctan", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "det": "det",
    "tr": "tr", "Tr": "tr", "trace": "tr", "rank": "rank", "rk": "rank", "diag": "diag", "Diag": "diag", "vec": "vec",
    "sign": "sign", "sgn": "sign", "ReLU": "relu", "relu": "relu", "softmax": "softmax", "logsumexp": "logsumexp",
    "LSE": "logsumexp", "lse": "logsumexp", "sigmoid": "sigmoid", "softplus": "softplus", "erf": "erf",
    "logit": "logit", "expm": "expm", "logdet": "logdet", "span": "span", "dim": "dim", "sech": "sech",
    "arctanh": "arctanh", "artanh": "arctanh", "arcsinh": "arcsinh", "arsinh": "arcsinh",
}  # fmt: skip
LAWS = {
    "Bernoulli": "Bernoulli", "Bern": "Bernoulli", "Ber": "Bernoulli", "Uniform": "Uniform", "Unif": "Uniform",
    "U": "Uniform", "Exponential": "Exponential", "Exp": "Exponential", "Expo": "Exponential", "Poisson": "Poisson",
    "Pois": "Poisson", "Poi": "Poisson", "Categorical": "Categorical", "Cat": "Categorical", "Gamma": "Gamma",
    "Beta": "Beta", "Binomial": "Binomial", "Bin": "Binomial", "Geometric": "Geometric", "Geom": "Geometric",
    "Laplace": "Laplace", "Normal": "Normal", "Dirichlet": "Dirichlet", "Rademacher": "Rademacher",
    "Lap": "Laplace", "LogNormal": "LogNormal", "Lognormal": "LogNormal", "lognormal": "LogNormal", "LN": "LogNormal",
    "Log-Normal": "LogNormal", "Log-normal": "LogNormal", "log-normal": "LogNormal", "Gumbel": "Gumbel",
    "Multinomial": "Multinomial", "Geo": "Geometric",
}  # fmt: skip
TWO_PARAMETERS = {"Normal", "Gamma", "Beta", "Binomial", "Laplace", "LogNormal", "Gumbel"}
GREEK = {
    *("alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "pi", "varpi", "rho", "varrho", "sigma", "varsigma", "tau", "upsilon", "phi"),
    *("varphi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi"),
    *("Psi", "Omega", "ell", "hbar", "imath", "jmath"),
}
FONTS = {"mathbf", "boldsymbol", "mathcal", "mathbb", "mathfrak", "mathscr", "mathtt", "symbf", "symbfit"}
ACCENTS = {
    "hat",
    "bar",
    "tilde",
    "widehat",
    "widetilde",
    "overline",
    "vec",
    "check",
    "breve",
    "acute",
    "grave",
    "underline",
    "mathring",
}
PLAIN_ACCENT = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}
STARS = {"star", "*", "prime", "dagger", "circ"}
MARKS = {  # behind a letter, as the superscript of another letter
    "+": "+", "-": "-", "dagger": "\\dagger", "ddagger": "\\ddagger", "perp": "\\perp", "parallel": "\\parallel",
    "Vert": "\\parallel", "sharp": "\\sharp", "flat": "\\flat", "natural": "\\natural", "circ": "\\circ",
    "diamond": "\\diamond", "bullet": "\\bullet",
}  # fmt: skip
PSEUDO = {"+", "dagger", "circ"}  # with a meaning of their own where the note gives them none
BIG = {
    "sum": "sum", "prod": "prod", "max": "max", "min": "min", "sup": "sup", "inf": "inf",
    "union": "max", "intersection": "min",  # of events, which are 0 or 1
}  # fmt: skip
MATRICES = {"pmatrix", "bmatrix", "matrix", "vmatrix", "Vmatrix", "Bmatrix", "smallmatrix", "array", "psmallmatrix"}
CLOSERS = {")", "]", "}", "}lit", "rangle", "rfloor", "rceil", "end", "row", "amp", "quad", "rightnull"}
