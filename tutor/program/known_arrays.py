"""Arrays whose numbers a program makes itself: a triangle of ones, an identity, places in their order; computed while it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from tutor.expression.lexicon import PROGRAM_STARRED
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Neg, Number, Pow, children
from tutor.expression.sizes import Size
from tutor.graph.shapes import Shape, size_expr
from tutor.numbers.arrays import np
from tutor.program.program_values import DrawnArray, Formula, Infinite, KnownArray, write_number

MOST_ENTRIES = 4_096
"""A mask of 64 × 64 places."""
LARGEST = 10**10
"""The largest number that is computed while a program is read."""
MOST_WRITTEN = 144
"""So many numbers are written out in a formula; more are a quantity of their own."""


def make_known(value: Any) -> KnownArray | None:
    """An array of numbers that are known, of what may be one: filled with one number, a range, a list; nothing for any other.

    >>> make_known(range(3)).entries.tolist()
    [0.0, 1.0, 2.0]
    """
    if isinstance(value, KnownArray):
        return value
    if isinstance(value, DrawnArray) and value.fill and all(isinstance(size, int) for size in value.shape):
        sizes = [int(size) for size in value.shape]
        fits = min(sizes, default=1) > 0 and count_known(value.shape) <= MOST_ENTRIES
        return KnownArray(np.full(sizes, float(value.fill))) if fits else None
    if isinstance(value, range) and len(value) <= MOST_ENTRIES:
        return KnownArray(np.array(value, dtype=float))
    if isinstance(value, Infinite):
        return KnownArray(np.array(value.sign * np.inf))
    if isinstance(value, bool | int):
        return KnownArray(np.array(float(value)))
    if isinstance(value, Formula) and not value.shape:
        number = read_literal(value.expr)
        return None if number is None else KnownArray(np.array(number))
    return None


def read_literal(expr: Expr) -> float | None:
    """A number with a sign before it; nothing for any other formula.

    >>> read_literal(Neg(Number("1e9"))), read_literal(Call("pi", ()))
    (-1000000000.0, None)
    """
    if type(expr) is Neg and type(expr.arg) is Number:
        return -float(expr.arg.value)
    return float(expr.value) if type(expr) is Number else None


def read_fraction(expr: Expr) -> Fraction | None:
    """The number that a formula of numbers is; nothing where it is none, or too large.

    >>> read_fraction(Add((Number("1"), Div(Number("4"), Number("2")))))
    Fraction(3, 1)
    """
    if type(expr) is Number:
        return Fraction(expr.value)
    if type(expr) is Neg:
        inner = read_fraction(expr.arg)
        return None if inner is None else -inner
    if type(expr) is Call and expr.func == PROGRAM_STARRED:
        return read_fraction(expr.args[0])
    if type(expr) is Div:
        parts = [read_fraction(part) for part in children(expr)]
        return None if None in parts or parts[1] == 0 else parts[0] / parts[1]  # type: ignore[operator]
    if type(expr) in (Add, Mul):
        total = Fraction(type(expr) is Mul)
        for part in children(expr):
            value = read_fraction(part)
            if value is None:
                return None
            total = total * value if type(expr) is Mul else total + value
        return total
    if type(expr) is Pow:
        base, exponent = (read_fraction(part) for part in children(expr))
        small = exponent is not None and exponent.denominator == 1 and abs(exponent) <= 20
        return base ** int(exponent) if base and small and exponent is not None and abs(base) < LARGEST else None
    return None


def count_known(shape: Shape) -> int:
    """How many entries a shape has whose sizes are numbers.

    >>> count_known((2, 3))
    6
    """
    count = 1
    for size in shape:
        count *= int(size)
    return count


def draw_triangle(fill: DrawnArray, upper: bool, diagonal: int) -> Any:
    """The ones of a square at and below a diagonal, or at and above it; for a size that is a letter only the causal mask or its rest."""
    known = make_known(fill)
    if known is not None:
        return cut_triangle(known, upper, diagonal)
    if len(fill.shape) == 2 and fill.shape[0] == fill.shape[1] and fill.fill == "1" and diagonal == (1 if upper else 0):
        mask = Call("causal_mask", (size_expr(fill.shape[0]),))
        return Formula(Add((ONE, Neg(mask))) if upper else mask, fill.shape)
    return None


def is_identity(array: KnownArray) -> bool:
    """Whether an array is that of np.eye(n).

    >>> is_identity(KnownArray(np.eye(3))), is_identity(KnownArray(np.ones((2, 2))))
    (True, False)
    """
    entries = array.entries
    return entries.ndim == 2 and entries.shape[0] == entries.shape[1] and bool((entries == np.eye(len(entries))).all())


_SIGNS: Mapping[str, str] = {
    "Add": "add", "Sub": "subtract", "Mult": "multiply", "Div": "divide", "Pow": "power", "FloorDiv": "floor_divide",
    "Mod": "mod", "MatMult": "matmul", "BitAnd": "logical_and", "BitOr": "logical_or",
}  # fmt: skip
"""Of each sign the function of NumPy, which is imported when it is first used."""


def combine_numbers(sign: str, one: KnownArray, two: KnownArray) -> KnownArray | None:
    """Two arrays of numbers with a sign of Python's tree between them; nothing for another sign, or for too many numbers.

    Raises `ValueError` where the shapes do not fit.  Zero times infinity is 0: a mask of infinities is masked itself.

    >>> combine_numbers("Mult", KnownArray(np.array([2.0, 3.0])), KnownArray(np.array(2.0))).entries.tolist()
    [4.0, 6.0]
    """
    compute = _SIGNS.get(sign)
    if compute is None or one.entries.size * two.entries.size > MOST_ENTRIES**2:
        return None
    with np.errstate(all="ignore"):
        made = np.asarray(getattr(np, compute)(one.entries, two.entries))
    if made.size > MOST_ENTRIES:
        return None
    if not (is_finite(one) and is_finite(two)):
        made = np.where(np.isnan(made.astype(float)), 0.0, made)
    return KnownArray(made)


def is_finite(array: KnownArray) -> bool:
    """Whether no entry is infinite.

    >>> is_finite(KnownArray(np.array([1.0, np.inf])))
    False
    """
    return bool(np.isfinite(array.entries.astype(float)).all())


def compare_numbers(compare: Callable[[Any, Any], Any], one: KnownArray, two: KnownArray) -> KnownArray:
    """Where a comparison of two arrays of numbers holds."""
    return KnownArray(np.asarray(compare(one.entries, two.entries)))


def choose_numbers(mask: KnownArray, one: KnownArray, two: KnownArray) -> KnownArray:
    """The entries of one where the mask is not 0, else those of two."""
    return KnownArray(np.where(mask.entries.astype(bool), one.entries, two.entries))


def cut_triangle(array: KnownArray, upper: bool, diagonal: int) -> KnownArray:
    """The entries at and below a diagonal, or at and above it; 0 elsewhere."""
    return KnownArray((np.triu if upper else np.tril)(array.entries, diagonal))


def make_identity(size: int, labels: KnownArray | None = None) -> KnownArray:
    """np.eye(size), or its rows by their labels.

    >>> make_identity(2, KnownArray(np.array([1.0]))).entries.tolist()
    [[0.0, 1.0]]
    """
    rows = np.eye(size)
    return KnownArray(rows if labels is None else rows[labels.entries.astype(int)])


def fill_with_infinity(shape: Sequence[int], sign: int) -> KnownArray:
    """Infinity everywhere."""
    return KnownArray(np.full(list(shape), sign * np.inf))


def space_evenly(first: float, last: float, count: int) -> KnownArray:
    """np.linspace."""
    return KnownArray(np.linspace(first, last, count))


COMPUTED: Mapping[str, str | Callable[..., Any]] = {
    "exp": "exp", "log": "log", "sqrt": "sqrt", "sin": "sin", "cos": "cos", "tril": "tril", "triu": "triu", "abs": "abs",
    "transpose": "transpose", "bool": lambda x: x != 0, "logical_not": "logical_not",
    "float": lambda x: x, "long": lambda x: x, "int": lambda x: x, "astype": lambda x, *_: x.copy(), "to": lambda x, *_: x,
    "double": lambda x: x, "contiguous": lambda x: x, "type": lambda x, *_: x, "copy": "copy", "clone": "copy", "flatten": "ravel",
    "view": lambda x, *sizes: np.reshape(x, _take_sizes(sizes)), "reshape": lambda x, *sizes: np.reshape(x, _take_sizes(sizes)),
    "unsqueeze": "expand_dims", "expand_dims": "expand_dims", "t": "transpose",
}  # fmt: skip
"""What is computed of numbers that are known; each is given arrays of a bounded size and whole numbers; a word is NumPy's."""


def _take_sizes(sizes: Sequence[Any]) -> Any:
    return sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes


def compute_known(word: str, array: KnownArray, values: Sequence[Any]) -> KnownArray | None:
    """A function of numbers that are known; nothing where it is none that is computed here."""
    compute = COMPUTED.get(word)
    if compute is None or not all(isinstance(value, int) or (isinstance(value, tuple) and all(isinstance(one, int) for one in value))
                                  for value in values):  # fmt: skip
        return None
    try:
        with np.errstate(all="ignore"):
            made = np.asarray((getattr(np, compute) if isinstance(compute, str) else compute)(array.entries, *values))
    except (TypeError, ValueError, IndexError):
        return None
    return KnownArray(made) if made.size <= MOST_ENTRIES else None


def write_known(array: KnownArray) -> Formula | None:
    """Numbers that are known as a formula: one number, one number everywhere, a causal mask, or all of them; nothing for too many.

    >>> write_known(KnownArray(np.tril(np.ones((2, 2)))))
    Formula(expr=Call(func='causal_mask', args=(Number(text='2'),)), shape=(2, 2))
    """
    entries = array.entries.astype(float)
    shape: tuple[Size, ...] = tuple(map(int, entries.shape))
    if not np.isfinite(entries).all():
        return None
    if not shape:
        return write_number(_write_entry(float(entries)))
    flat = entries.ravel().tolist()
    if all(value == flat[0] for value in flat):
        number = write_number(_write_entry(flat[0])).expr
        return Formula(Call("fill", (number, *map(size_expr, shape))), shape)
    if len(shape) == 2 and shape[0] == shape[1]:
        below, above = flat[0], flat[1]
        if (entries == np.where(np.tril(np.ones_like(entries)) > 0, below, above)).all():
            mask = Call("causal_mask", (size_expr(shape[0]),))
            rest: Expr = Add((ONE, Neg(mask)))
            parts = [_scale(below, mask), _scale(above, rest)]
            given = [part for part in parts if part is not None]
            return Formula(given[0] if len(given) == 1 else Add(tuple(given)), shape)
    if len(flat) > MOST_WRITTEN:
        return None
    return Formula(_write_stack(entries), shape)


def _scale(factor: float, array: Expr) -> Expr | None:
    if factor == 0:
        return None
    return array if factor == 1 else Mul((write_number(_write_entry(factor)).expr, array))


def _write_entry(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value).replace("e+", "e")


def _write_stack(entries: Any) -> Expr:
    if entries.ndim == 0:
        return write_number(_write_entry(float(entries))).expr
    return Call("stack", tuple(_write_stack(part) for part in entries))
