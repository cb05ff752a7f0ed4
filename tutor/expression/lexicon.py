"""What a reader of formulas knows: names with their spellings, functions with theirs, and what any other name means.

A lexicon is data, made by whoever knows the quantities: `tutor.expression.parse` makes one of plain names for exercises and the
command line, `tutor.answer.read.vocabulary` one of all symbols of a course for the answers to an exercise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from tutor.expression.computed_index import read_computed
from tutor.expression.limits import MAX_TOKENS
from tutor.expression.nodes import Call, Expr, Name, Number
from tutor.expression.spelling import CALLED, Key
from tutor.expression.tokens import EULER

ALIASES = {
    "sigma": "sigmoid", "sigm": "sigmoid", "logistic": "sigmoid", "ln": "log", "atan": "arctan", "tg": "tan", "ctg": "cot",
    "cosec": "csc", "asin": "arcsin", "acos": "arccos", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "arcsinh": "arsinh",
    "arccosh": "arcosh", "arctanh": "artanh", "sgn": "sign", "signum": "sign", "soft_relu": "softplus",
    "maxout": "max", "step": "heaviside", "H": "heaviside", "phi": "sigmoid", "BCE": "binary_cross_entropy", "CE": "cross_entropy",
    "vec": "flatten", "reshape": "unflatten", "maximum": "max", "minimum": "min",
    "swish": "silu", "logsumexp": "lse", "log_sum_exp": "lse", "logsoftmax": "log_softmax",
    "logsigmoid": "log_sigmoid", "hardtanh": "hard_tanh", "hardsigmoid": "hard_sigmoid",
    "logcosh": "log_cosh", "smoothl1": "smooth_l1", "pinball": "quantile",
    "kl": "kl_divergence", "kl_gauss": "kl_gaussians", "kl_normal": "kl_standard_normal", "nll_poisson": "poisson_nll",
    "nll_logpoisson": "log_poisson_nll", "nll_gauss": "gaussian_nll", "hinge_margin": "multi_hinge", "smooth": "smooth_label",
    "smoothl_1": "smooth_l1", "relu_6": "relu6", "zeroone": "zero_one",
    **{f"conv{axes}d": "correlate" for axes in (1, 2, 3)}, **{f"conv_transpose{axes}d": "transposed_convolution" for axes in (1, 2, 3)},
    "max_pool1d": "max_pool_1d", "max_pool2d": "max_pool", "avg_pool1d": "average_pool_1d", "avg_pool2d": "average_pool",
    "max_pool3d": "max_pool_3d", "avg_pool3d": "average_pool_3d",
    "embedding": "embed", "concatenate": "concat", "cat": "concat", "expand_dims": "unsqueeze",
}  # fmt: skip
"""Functions by other names; a quantity that is called so wins."""

ALWAYS_IN_BRACKETS = frozenset({"H", "phi", "step", "maxout", "vec", "BCE", "CE"})
"""Names of functions that nobody writes without brackets: H x is rather a product with a quantity that is not there."""
ALSO_QUANTITIES = ALWAYS_IN_BRACKETS | {"sigma", "sigm", "logistic"}
"""Names of functions that are as often a quantity: sigma^2 x is rather a variance times x."""
NEVER_QUANTITIES = frozenset(CALLED) - {"max", "min"}
"""Names of functions that no quantity has unless it is declared: exp - x is no difference, max - min may be one."""

MODULES = ("np", "numpy", "jnp", "math", "cmath", "torch", "tf", "keras", "jax", "sp", "sympy", "scipy", "nn", "F")
"""What may stand before a function with a point between them: np.exp, torch.sigmoid, F.relu."""
OTHERWISE = {
    "maximum": "max", "minimum": "min", "absolute": "abs", "fabs": "abs", "expit": "sigmoid", "dot": "matmul", "mm": "matmul",
    "mv": "matmul", "multiply": "hadamard", "mul": "hadamard",
}  # fmt: skip
"""What these modules call functions that have another name here."""

BEFORE_UPDATE = ("(0)", "old", "alt", "(t)", "(k)")
"""Superscripts of a parameter before an update, where an exercise has updates."""
DECLARED, OWN, OWN_UPDATED, SPELLED, RUN_TOGETHER, OTHER, OTHER_UPDATED, OTHER_TOGETHER, COMMON = range(9)
"""How good the reason is for which a spelling stands for something, the best first."""


STARRED, PROGRAM_STARRED = "*", "* of a program"
"""Marks a factor that stands behind a typed ``*``, where that is asked for: between matrices it says more than ``A B`` does.
Whoever reads steps over arrays takes the marks away (`tutor.graph.array_products.arrange_products`); nobody can type the name."""


@dataclass(frozen=True, slots=True)
class Several:
    """A spelling that fits several things equally well: how each of them is typed."""

    names: tuple[str, ...]


Known: TypeAlias = Expr | Several


@dataclass(frozen=True, slots=True)
class IndexedSpelling:
    """How the entries of an array are spelled: the parts of the index, with the number of the axis where a letter stands."""

    parts: tuple[str | int, ...]
    node: Expr


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the reader knows.

    ``declared`` are the quantities by their names, ``spelled`` everything by its `Key` with how good the reason is, ``literal`` the few
    symbols that are no single spelling (``(W_2)_{11}``).  ``functions`` are the functions by what is typed, ``calls`` those that are
    applied although a quantity is called so too.  ``arity`` raises a `TutorError` for a wrong number of arguments and gives the right
    one.  With ``free`` every other name is a quantity, too; ``applied`` are the quantities that are written with arguments, which
    ``literal`` has.  ``indexed`` are the entries of arrays with letters as indices, by base and superscript: w²ⱼᵥ.
    ``sizes`` are the letters of sizes: behind a ^ T is transposed, even where it is one of them.
    ``named`` are the operations on arrays that are written with settings, by their word and the kind of settings: maxpool[2](X).
    ``words`` is the reader's memory of single words, ``both`` has those among them that are a quantity and a function, too;
    ``most`` is how many tokens the reader takes.
    With ``stars`` a factor behind a typed ``*`` is marked (see `STARRED`).  ``keywords`` may stand before an equals sign in the brackets
    of a function.
    """

    declared: dict[str, Name]
    spelled: dict[Key, tuple[int, Known]]
    literal: Mapping[str, Known] = field(default_factory=dict)
    literals: re.Pattern[str] | None = None
    functions: dict[str, str] = field(default_factory=dict)
    calls: frozenset[str] = frozenset()
    words: dict[str, tuple[str, object]] = field(default_factory=dict)
    both: set[str] = field(default_factory=set)
    arity: Callable[[str, int], int] | None = None
    free: bool = False
    applied: frozenset[str] = frozenset()
    indexed: Mapping[tuple[str, str], tuple[IndexedSpelling, ...]] = field(default_factory=dict)
    named: Mapping[tuple[str, str], str] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()
    most: int = MAX_TOKENS
    stars: bool = False
    keywords: frozenset[str] = frozenset()
    noun: str = "expression"
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names as declared, for hints: of several for one thing, its own."""
        return tuple(name for name, node in self.declared.items() if node.name == name)

    def axes(self, array: Name) -> int:
        """How many indices the entries of an array have; 0 where it has none."""
        spellings = (spelling for some in self.indexed.values() for spelling in some if spelling.node == array)
        return max((sum(type(part) is int for part in spelling.parts) for spelling in spellings), default=0)

    @property
    def upright_e(self) -> tuple[str, object]:
        """What an e set upright is: Euler's number, or a quantity that is called so."""
        return ("a", self.declared["e"]) if "e" in self.declared else ("e", EULER)

    @property
    def arrays(self) -> bool:
        """Whether there are matrices, and signs for them."""
        return "matmul" in self.functions


_INDEX_PART = re.compile(r"[0-9]+|[A-Za-z]")
_COMPUTED = re.compile(r"[-+·*()]")


def split_index(sub: str) -> tuple[str, ...]:
    """The parts of an index, numbers and single letters.

    >>> split_index("1,jv"), split_index("12,j")
    (('1', 'j', 'v'), ('12', 'j'))
    """
    return tuple(_INDEX_PART.findall(sub))


def find_indexed_entry(key: Key, vocabulary: Vocabulary, word: str = "") -> Expr | None:
    """The entry of an array that a spelling with an index means, ``at(W, j, v)``; nothing for any other spelling.

    A ``word`` that begins with the name of an array as it is declared, W1_jv, means that one.
    An index may be computed: ``at(x, j - a + 3)``.
    """
    base, sub, sup = key
    known = vocabulary.indexed.get((base, sup))
    if known is None or not sub:
        return None
    own = vocabulary.declared.get(word.rpartition("_")[0])
    ranked = sorted(known, key=lambda spelling: spelling.node != own) if own is not None else known
    found = None
    if not _COMPUTED.search(sub):
        found = _match_entry([Name(part) if part.isalpha() else Number(part) for part in split_index(sub)], ranked)
    if found is None and sub.isdigit():  # P_12 is the entry 1, 2
        found = _match_entry(list(map(Number, sub)), ranked)
    if found is None and not sub.isalpha() and (computed := read_computed(sub)) is not None:  # 2i,2j, too
        found = _match_entry(computed, ranked)
    return found


def _match_entry(parts: Sequence[Expr], known: Sequence[IndexedSpelling]) -> Expr | None:
    """The first of the spellings that these parts of an index fit."""
    for spelling in known:
        if len(spelling.parts) != len(parts):
            continue
        found: dict[int, Expr] = {place: part for place, part in zip(spelling.parts, parts, strict=True) if type(place) is int}
        alike = all(type(place) is int or place == _show_part(part) for place, part in zip(spelling.parts, parts, strict=True))
        if alike:
            return Call("at", (spelling.node, *(found[axis] for axis in sorted(found))))
    return None


def _show_part(part: Expr) -> str:
    return part.name if type(part) is Name else part.text if type(part) is Number else ""


def function_word(key: Key) -> str:
    """The key of a function as it is typed: ``leaky_relu``, ``softmax_2``."""
    base, sub, _ = key
    return f"{base}_{sub}" if sub else base
