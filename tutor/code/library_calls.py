"""The functions of NumPy, PyTorch and Python that a program may call while it is worked through: a closed table, a row each.

Whatever is not in the table is not read.  All of them take complex numbers, so that a slope is the imaginary part of a run
(Squire and Trapp, Using complex variables to estimate derivatives of real functions, 1998): maxima and comparisons look at the real part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from tutor.code.code_values import NotRead
from tutor.code.image_columns import view_strided, view_windows
from tutor.code.lane_arrays import make_anew
from tutor.code.size_bounds import LARGEST, refuse_large
from tutor.errors import tell
from tutor.numbers.arrays import np

AXIS_WORDS = {"dim": "axis", "keepdim": "keepdims"}
DROPPED = (
    "dtype",
    "device",
    "requires_grad",
    "generator",
    "out",
    "order",
    "copy",
    "inplace",
    "initial",
    "casting",
    "where",
)
Row = Callable[..., Any]


def take_real(value: Any) -> Any:
    """A value without its imaginary part, where it has one."""
    if isinstance(value, complex):
        return value.real
    return value.real if isinstance(value, np.ndarray | np.generic) and np.iscomplexobj(value) else value


def take_complex(value: Any, *, fresh: bool) -> Any:
    """A ``fresh`` array of floats as one that holds slopes, too; a view stays one."""
    fresh = fresh and isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.base is None
    return value.astype(complex) if fresh else value


def check_size(shape: Sequence[int]) -> tuple[int, ...]:
    """A shape that is small enough."""
    sizes = tuple(int(take_real(size)) for size in shape)
    if prod(abs(size) for size in sizes) > LARGEST:
        raise refuse_large()
    return sizes


def _shape(args: Sequence[Any]) -> tuple[int, ...]:
    if len(args) == 1 and isinstance(args[0], tuple | list):
        args = args[0]
    elif len(args) == 1 and isinstance(args[0], np.ndarray):
        args = args[0].tolist()
    return check_size(args)


def slope_abs(x: Any) -> Any:
    """|x|, by the sign of the real part."""
    return x * np.sign(take_real(x)) if np.iscomplexobj(x) else np.abs(x)


def find_variance(x: Any, axis: Any = None, ddof: Any = 0, keepdims: bool = False, unbiased: bool | None = None) -> Any:
    """The variance, whose square is no absolute value."""
    if unbiased is not None:
        ddof = int(unbiased)
    axis = tuple(axis) if isinstance(axis, list) else axis
    apart = x - np.mean(x, axis=axis, keepdims=True)
    summed = np.sum(apart * apart, axis=axis, keepdims=keepdims)
    return summed / (apart.size / max(1, np.size(summed)) - ddof)


def find_norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The root of the sum of squares."""
    if ord not in (None, 2, "fro"):
        raise NotRead(tell("a norm of this order is not read"))
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def take_sigmoid(x: Any) -> Any:
    """1/(1 + e^-x)."""
    return 1 / (1 + np.exp(-np.asanyarray(x)))


def take_softmax(x: Any, axis: Any = -1) -> Any:
    """The softmax along an axis."""
    powers = np.exp(x - np.max(take_real(x), axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)


def take_log_softmax(x: Any, axis: Any = -1) -> Any:
    """Its logarithm."""
    shifted = x - np.max(take_real(x), axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def write_one_hot(labels: Any, num_classes: int = -1) -> Any:
    """Rows of 0 and 1."""
    count = int(num_classes) if num_classes != -1 else int(np.max(labels)) + 1
    return np.eye(count, dtype=int)[np.asarray(labels, dtype=int)]


def find_label_loss(logits: Any, target: Any, reduction: str = "mean") -> Any:
    """The cross-entropy of scores with labels, or with rows that sum to 1."""
    return find_log_loss(take_log_softmax(logits), target, reduction)


def find_log_loss(logs: Any, target: Any, reduction: str = "mean") -> Any:
    """The mean of the logarithms at the labels, turned."""
    rows = write_one_hot(target, logs.shape[-1]) if np.ndim(target) < np.ndim(logs) else target
    return reduce_losses(-np.sum(rows * logs, axis=-1), reduction)


def reduce_losses(losses: Any, reduction: str) -> Any:
    """The mean, the sum, or each."""
    if reduction == "none":
        return losses
    return np.mean(losses) if reduction == "mean" else np.sum(losses)


def limit_values(x: Any, low: Any = None, high: Any = None, **named: Any) -> Any:
    """Between two bounds."""
    low, high = named.get("a_min", named.get("min", low)), named.get("a_max", named.get("max", high))
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def add_at(array: Any, index: Any, value: Any) -> None:
    """NumPy's addition at places that may come more than once."""
    np.add.at(array, index, value)


def move_columns(x: Any, shape: Any, *rest: Any) -> Any:
    """A change of shape."""
    sizes = _shape((shape, *rest)) if rest or not isinstance(shape, tuple | list) else check_size(shape)
    return np.reshape(x, sizes)


def _compare(func: Any) -> Row:
    return lambda x, y: func(take_real(x), take_real(y))


def pick_where(condition: Any, *values: Any) -> Any:
    """One or the other, by a condition; alone the places where it holds."""
    return np.where(take_real(condition), *values) if values else np.where(take_real(condition))


def _call_pad(*args: Any, **named: Any) -> Any:
    found: Any = np.pad
    return found(*args, **named)


def add_zeros(x: Any, pad_width: Any = None, mode: str = "constant", constant_values: Any = 0, **named: Any) -> Any:
    """Zeros around an array."""
    return _call_pad(x, named.get("pad", pad_width), mode=mode, constant_values=constant_values)


def add_last_zeros(x: Any, pad: Sequence[Any], mode: str = "constant", value: Any = 0) -> Any:
    """PyTorch's zeros around an array: pairs of widths, those of the last axis first.

    >>> add_last_zeros(np.ones((1, 2)), (1, 0)).shape
    (1, 3)
    """
    widths = [int(take_real(width)) for width in pad]
    pairs = [*zip(widths[::2], widths[1::2], strict=True)][::-1]
    return _call_pad(x, [(0, 0)] * (np.ndim(x) - len(pairs)) + pairs, mode=mode, constant_values=value)


def put_along(x: Any, axis: int, places: Any, value: Any) -> Any:
    """PyTorch's ``x.scatter_(1, places, value)``."""
    value = np.asarray(value)[tuple(map(slice, np.shape(places)))] if np.ndim(value) else value
    np.put_along_axis(x, np.asarray(places), value, axis)
    return x


def take_along(x: Any, axis: int, places: Any) -> Any:
    """PyTorch's ``x.gather(1, places)``: from the first rows, where there are fewer places."""
    rows = tuple(slice(None if one == axis % np.ndim(x) else size) for one, size in enumerate(np.shape(places)))
    return np.take_along_axis(np.asanyarray(x)[rows], np.asarray(places), axis)


def _call_plain(func: Any) -> Row:
    return lambda *args, **named: func(*args, **named)


SAME = ["exp", "log", "sqrt", "tanh", "sin", "cos", "tan", "sinh", "cosh", "log2", "log10", "log1p", "expm1", "dot", "matmul",
    "outer", "inner", "tensordot", "einsum", "multiply", "divide", "add", "subtract", "negative", "square", "power", "reciprocal",
    "sum", "mean", "prod", "cumsum", "maximum", "minimum", "transpose", "concatenate", "stack", "vstack", "hstack", "column_stack",
    "squeeze", "expand_dims", "tile", "repeat", "ravel", "swapaxes", "moveaxis", "argmax", "argmin", "argsort", "flip", "rot90",
    "diag", "trace", "zeros_like", "empty_like", "ones_like", "full_like", "eye", "identity", "arange", "linspace", "array",
    "asarray", "atleast_2d", "broadcast_to", "broadcast_arrays", "vdot", "kron", "triu", "tril", "unique", "roll", "split",
    "array_split", "isnan", "ndim", "size", "shape", "copy", "true_divide", "floor_divide", "mod", "ix_", "meshgrid", "floor",
    "ceil", "round", "any", "all", "count_nonzero", "nonzero", "sort", "average", "diagflat", "ascontiguousarray", "logical_and",
    "logical_or", "logical_not", "logical_xor", "fill_diagonal", "rollaxis", "unravel_index", "add.reduce", "take",
    "take_along_axis", "float64", "float32", "int64", "int32", "float_", "bool_", "amax", "amin", "max", "min", "sign", "isfinite",
    "allclose", "diff", "dstack", "append", "delete", "searchsorted", "bincount"]  # fmt: skip


def _find(path: str) -> Any:
    found: Any = np
    for word in path.split("."):
        found = getattr(found, word, None)
        if found is None:
            return None
    return found


def make_table(draw: Callable[[tuple[int, ...], str], Any], number: Callable[[], Any]) -> Mapping[str, Row]:
    """The functions by their names; ``draw`` makes an array of numbers that nobody gives, ``number`` the type of new arrays."""

    def fill(value: float) -> Row:
        return lambda *shape, **named: np.full(
            _shape((named["shape"],) if "shape" in named else shape or ((),)), value, dtype=number()
        )

    def fill_with(shape: Any, value: Any, **named: Any) -> Any:
        return np.full(_shape((shape,)), value, dtype=None if np.asarray(value).dtype.kind == "b" else number())

    def make_like(value: float | None) -> Row:
        def make(x: Any, fill_value: Any = value, **named: Any) -> Any:
            shape = np.shape(x) if "shape" not in named else _shape(named["shape"])
            kind = number() if np.asarray(x).dtype.kind in "fc" else np.asarray(x).dtype
            return np.full(shape, 0 if fill_value is None else fill_value, dtype=kind)

        return make

    def array(x: Any, **named: Any) -> Any:
        made = make_anew(x)
        return made.astype(number()) if made.dtype.kind == "f" else made

    table: dict[str, Row] = {word: _call_plain(func) for word in SAME if (func := _find(word)) is not None}
    table |= {
        "result_type": lambda *args: float, "promote_types": lambda *args: float,
        "zeros": fill(0.0), "ones": fill(1.0), "empty": fill(0.0), "full": fill_with,
        "zeros_like": make_like(0.0), "ones_like": make_like(1.0), "empty_like": make_like(0.0), "full_like": make_like(None),
        "array": array, "asarray": array,
        "tensor": array, "as_tensor": array, "float_power": np.power, "abs": slope_abs, "absolute": slope_abs, "fabs": slope_abs,
        "var": find_variance, "std": lambda *args, **named: np.sqrt(find_variance(*args, **named)), "linalg.norm": find_norm,
        "norm": find_norm, "where": pick_where, "clip": limit_values, "clamp": limit_values, "clamp_min": limit_values,
        "clamp_max": lambda x, high: limit_values(x, None, high), "add.at": add_at, "reshape": move_columns,
        "sigmoid": take_sigmoid, "expit": take_sigmoid, "softmax": take_softmax, "log_softmax": take_log_softmax,
        "relu": lambda x: np.maximum(x, 0), "one_hot": write_one_hot, "cross_entropy": find_label_loss, "nll_loss": find_log_loss,
        "mse_loss": lambda x, y, reduction="mean": reduce_losses((x - y) ** 2, reduction),
        "binary_cross_entropy": lambda x, y, reduction="mean": reduce_losses(-(y * np.log(x) + (1 - y) * np.log(1 - x)), reduction),
        "greater": _compare(np.greater), "less": _compare(np.less), "greater_equal": _compare(np.greater_equal),
        "less_equal": _compare(np.less_equal), "equal": _compare(np.equal), "not_equal": _compare(np.not_equal), "heaviside": lambda x, at:
        np.heaviside(take_real(x), at), "pad": add_zeros, "mm": np.matmul, "bmm": np.matmul, "cat": np.concatenate, "mul": np.multiply,
        "pow": np.power, "ger": np.outer, "rsqrt": lambda x: 1 / np.sqrt(x), "logsumexp": lambda x, axis=None, keepdims=False:
        np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims)), "sign": lambda x: np.sign(take_real(x)),
        "random.permutation": lambda count: _count_up(count) if isinstance(count, int) else count,
        "randperm": _count_up, "random.seed": lambda *args: None, "manual_seed": lambda *args: None,
        "random.shuffle": lambda *args: None, "isclose": np.isclose, "unsqueeze": np.expand_dims, "t": np.transpose,
        "set_printoptions": lambda *args, **named: None, "seterr": lambda **named: None, "fsum": sum, "sum": lambda x, *args, **named:
        np.sum(np.asanyarray(x), *args, **named), "fill_diagonal": np.fill_diagonal, "special.expit": take_sigmoid,
        "conj": lambda x: x, "real": lambda x: x, "float64": lambda x=0.0: x, "float32": lambda x=0.0: x, "squeeze": np.squeeze,
        "erf": compute_erf, "uint8": _as_whole, "int8": _as_whole, "int": _as_whole, "int_": _as_whole, "long": _as_whole,
        "special.erf": lambda x: compute_erf(x), "nan_to_num": lambda x, **named: x,
        "lib.stride_tricks.as_strided": view_strided, "lib.stride_tricks.sliding_window_view": view_windows,
        "ascontiguousarray": make_anew, "choose": lambda places, rows: np.choose(take_real(places), rows),
        "ma.mask_or": np.logical_or, "mv": np.matmul,
        "div": np.divide, "sub": np.subtract, "neg": np.negative, "gather": take_along, "torch pad": add_last_zeros,
        "masked_fill": lambda x, mask, value: np.where(take_real(mask), value, x), "Parameter": lambda x, **named: x,
        "addmm": lambda x, one, other: x + one @ other, "scatter_": put_along, "scatter": lambda x, *rest: put_along(make_anew(x), *rest),
        "nansum": np.nansum, "nanmean": np.nanmean,
    }  # fmt: skip
    return {word: row for word, row in table.items() if row is not None} | _make_random_rows(draw)


def _count_up(count: Any) -> Any:
    """The numbers below one, as an array that is small enough."""
    return np.arange(*check_size((count,)))


def _make_random_rows(draw: Callable[[tuple[int, ...], str], Any]) -> dict[str, Row]:
    """The functions that draw numbers, which nobody gives."""

    def norm_random(*shape: Any, **named: Any) -> Any:
        return draw(_shape(shape or (named.get("size", ()),)), "normal")

    def random_between(*shape: Any, **named: Any) -> Any:
        return draw(_shape(shape or (named.get("size", ()),)), "uniform")

    def random_at(loc: Any = 0.0, scale: Any = 1.0, size: Any = ()) -> Any:
        return loc + scale * draw(_shape((size,)), "normal")

    def random_from(low: Any = 0.0, high: Any = 1.0, size: Any = ()) -> Any:
        return low + (high - low) * draw(_shape((size,)), "uniform")

    def random_yes(n: Any, p: Any, size: Any = ()) -> Any:
        return (draw(_shape((size,)), "uniform") < take_real(p)) * 1

    def random_whole(low: Any, high: Any = None, size: Any = (), *more: Any) -> Any:
        begin, end = (0, low) if high is None or isinstance(high, tuple) else (low, high)
        shape = high if isinstance(high, tuple) else size
        return (begin + np.floor(draw(_shape((shape,)), "uniform") * (end - begin))).astype(int)

    def choose(count: Any, size: Any = (), replace: Any = True, p: Any = None) -> Any:
        among = _count_up(count) if isinstance(count, int | np.integer) else np.asarray(take_real(np.asarray(count)))
        if among.ndim != 1 or among.dtype.kind not in "ifb" or not among.size:
            raise NotRead(tell("a choice among things that are no numbers is not read"))
        chances = np.full(among.size, 1 / among.size) if p is None else take_real(np.asarray(p, dtype=complex))
        if np.shape(chances) != among.shape:
            raise ValueError("'a' and 'p' must have same size")
        places = np.searchsorted(np.cumsum(chances)[:-1], draw(_shape((size,)), "uniform"), side="right")
        return among[places]

    return {
        "random.randn": norm_random, "randn": norm_random, "random.rand": random_between, "rand": random_between,
        "random.random": random_between, "random.random_sample": random_between, "random.standard_normal": norm_random,
        "random.normal": random_at, "random.uniform": random_from, "random.binomial": random_yes, "random.randint": random_whole,
        "randint": random_whole, "random.choice": choose,
    }  # fmt: skip


def _as_whole(x: Any) -> Any:
    return take_real(np.asarray(x)).astype(int)


def compute_erf(x: Any) -> Any:
    """The error function, by its power series: for the small numbers of a run."""
    x = np.asanyarray(x)
    term, total = x, x
    for place in range(1, 90):
        term = term * (-x * x) / place
        total = total + term / (2 * place + 1)
    return total * 2 / np.sqrt(np.pi)
