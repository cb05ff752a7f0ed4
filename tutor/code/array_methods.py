"""What stands behind an array, a list, a dictionary or a text and a point, while a program is worked through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.code.code_values import NotRead
from tutor.code.formatted_texts import fill_fields
from tutor.code.image_columns import ITEM, list_strides
from tutor.code.lane_arrays import make_anew
from tutor.code.library_calls import check_size, find_variance, take_real
from tutor.code.size_bounds import check_grown
from tutor.errors import tell
from tutor.numbers.arrays import np

Method = Callable[..., Any]
SAME = ["dot", "sum", "mean", "prod", "cumsum", "argmax", "argmin", "transpose", "squeeze", "swapaxes", "repeat", "ravel", "take",
    "trace", "diagonal", "round", "nonzero", "any", "all", "argsort", "tolist", "fill"]  # fmt: skip
UNARY = ("exp", "log", "sqrt", "tanh", "sin", "cos", "square", "sigmoid", "relu", "abs", "sign", "softmax", "log_softmax", "pow",
    "mm", "matmul", "t",
         "unsqueeze", "norm", "clamp", "clip", "clamp_min", "clamp_max", "outer", "bmm", "mul", "rsqrt", "logsumexp",
         "flip", "tril", "triu", "mv", "minimum", "maximum", "div", "add", "sub", "neg", "reciprocal", "gather", "expm1", "log1p",
         "masked_fill", "logical_not", "amax", "amin")  # fmt: skip
"""Methods that are functions of the library's table."""
KEPT = frozenset({"detach", "cpu", "numpy", "contiguous", "item", "requires_grad_", "cuda", "view_as", "conj", "retain_grad"})
"""Methods that give the array itself: they change nothing of the mathematics."""
KINDS = frozenset({"float", "double", "half", "long", "int", "to", "type"})
"""Methods that give it with entries of another kind: of floats the same, but truth values become numbers."""


CHANGES = {"add_": "add", "sub_": "subtract", "mul_": "multiply", "div_": "divide"}
COMPARISONS = {"eq": "equal", "ne": "not_equal", "gt": "greater", "lt": "less", "ge": "greater_equal", "le": "less_equal"}


def call_array(array: Any, name: str, table: Mapping[str, Method], torch: bool) -> Method:
    """The method of an array by its name.  Raises `NotRead` for one that there is not."""
    if name in KEPT:
        return lambda *args, **named: array
    if name in KINDS:
        return lambda *kinds, **named: _make_numbers(array, name, *kinds)
    if name in ("copy", "clone"):
        return lambda *args, **named: make_anew(array)
    if name == "flatten" and not torch:
        return lambda *args: make_anew(np.ravel(array))
    if name in ("reshape", "view"):
        return lambda *shape: np.reshape(array, _sizes(shape))
    if name == "flatten":
        return lambda start=0, end=-1: np.reshape(array, (*np.shape(array)[: int(start)], -1))
    if name in ("max", "min"):
        if torch and np.ndim(array):
            return lambda *args, **named: compare_two(array, name, *args, **named)
        return lambda *args, **named: take_extreme(array, name, torch, *args, **named)
    if name in ("amax", "amin"):
        return lambda axis=None, keepdims=False: take_extreme(array, name[1:], False, axis, keepdims)
    if name == "var":
        return lambda *args, **named: find_variance(array, *args, **{**({"ddof": 1} if torch else {}), **named})
    if name == "std":
        return lambda *args, **named: np.sqrt(
            find_variance(array, *args, **{**({"ddof": 1} if torch else {}), **named})
        )
    if name == "astype":
        return lambda kind=None, **named: convert_array(array, kind)
    if name == "size" and torch:
        return lambda axis=None: np.shape(array) if axis is None else np.shape(array)[axis]
    if name in ("dim", "numel", "nelement"):
        return lambda: np.ndim(array) if name == "dim" else np.size(array)
    if name in ("expand", "broadcast_to"):
        return lambda *shape: np.broadcast_to(array, _grow_sizes(array, shape))
    if name == "permute" or (name == "transpose" and not torch):
        return lambda *axes, **named: np.transpose(array, _flatten_sizes(axes) or None)
    if name == "transpose":
        return lambda one, two: np.swapaxes(array, one, two)
    if name.startswith("new_") and torch:
        return lambda *shape, **named: table[name.removeprefix("new_")](*shape)
    if name in ("expand_as", "type_as", "reshape_as"):
        return lambda other: np.broadcast_to(array, np.shape(other)) if name == "expand_as" else (
            _make_numbers(array, "float") if name == "type_as" else np.reshape(array, np.shape(other)))
    if name in ("zero_", "fill_"):
        return lambda value=0: _change(array, value)
    if name in CHANGES:
        return lambda value: _change(array, getattr(np, CHANGES[name])(array, value))
    if name in ("scatter", "scatter_"):
        return lambda axis, places, value: table[name](array, axis, places, value)
    if name in ("scatter_add_", "index_add_"):
        return lambda axis, index, value: add_rows(array, axis, index, value)
    if name in COMPARISONS:
        return lambda other: table[COMPARISONS[name]](array, other)
    if name in SAME and isinstance(array, np.ndarray | np.generic):
        return getattr(array, name)  # type: ignore[no-any-return]
    if name in UNARY and name in table:
        return lambda *args, **named: table[name](array, *args, **named)
    raise NotRead(tell("the method {word} of an array is not read", word=name))


def _change(array: Any, value: Any) -> Any:
    array[...] = value
    return array


def add_rows(array: Any, axis: int, index: Any, value: Any) -> Any:
    """Rows added at places that may come more than once."""
    if axis != 0:
        raise NotRead(tell("an addition at places of another axis than the first"))
    np.add.at(array, np.asarray(index), value)
    return array


def _flatten_sizes(shape: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], tuple | list) else tuple(shape)


def _sizes(shape: Sequence[Any]) -> tuple[int, ...]:
    return check_size(_flatten_sizes(shape))


def _grow_sizes(array: Any, shape: Sequence[Any]) -> tuple[int, ...]:
    wanted = _sizes(shape)
    own = (1,) * (len(wanted) - np.ndim(array)) + np.shape(array)
    return tuple(mine if size == -1 else size for size, mine in zip(wanted, own, strict=True))


def convert_array(array: Any, kind: Any) -> Any:
    """An array as whole numbers, as truth values, or as it is."""
    word = str(getattr(kind, "path", kind)).rpartition(".")[2]
    if word.startswith(("int", "uint", "long")):
        return take_real(np.asarray(array)).astype(int)
    if word.startswith("bool"):
        return np.asarray(take_real(array)).astype(bool)
    return np.asanyarray(array) * 1.0


def _make_numbers(array: Any, name: str, *kinds: Any) -> Any:
    """Truth values as numbers, ``mask.to(x.dtype)``: what is put in would be a truth value else; what is none is kept."""
    if np.asarray(array).dtype.kind != "b":
        return array
    words = [str(getattr(kind, "path", getattr(kind, "name", ""))).rpartition(".")[2] for kind in kinds if not isinstance(kind, str)]
    word = name if name not in ("to", "type") else next((word for word in words if word and word not in ("device", "cuda", "cpu")), "")
    return array if not word and kinds else convert_array(array, word)


def take_extreme(array: Any, name: str, torch: bool, axis: Any = None, keepdims: bool = False, **named: Any) -> Any:
    """The largest or the smallest entries; in PyTorch along an axis with their places."""
    found = getattr(np, name)(array, axis=axis, keepdims=keepdims)
    if torch and axis is not None:
        places = getattr(np, f"arg{name}")(take_real(array), axis=axis)
        return Pair((found, np.expand_dims(places, axis) if keepdims else places))
    return found


def compare_two(array: Any, name: str, *args: Any, **named: Any) -> Any:
    """PyTorch's ``x.max(y)`` of two tensors, entry by entry; with an axis the largest along it."""
    if args and isinstance(args[0], np.ndarray) and args[0].ndim:
        return np.maximum(array, args[0]) if name == "max" else np.minimum(array, args[0])
    return take_extreme(array, name, True, *args, **named)


class Pair(tuple[Any, Any]):
    """Largest entries and their places, which have names of their own."""

    __slots__ = ()

    @property
    def values(self) -> Any:
        """The entries."""
        return self[0]

    @property
    def indices(self) -> Any:
        """Their places."""
        return self[1]


def read_array_word(array: Any, name: str, torch: bool) -> Any:
    """An attribute of an array that is no method; nothing where there is none."""
    if name in ("T", "mT"):
        return np.transpose(array) if name == "T" else np.swapaxes(array, -1, -2)
    if name == "shape":
        return np.shape(array)
    if name == "ndim":
        return np.ndim(array)
    if name == "size" and not torch:
        return int(np.size(array))
    if name in ("data", "real"):
        return array
    if name in ("itemsize", "strides"):
        return ITEM if name == "itemsize" else list_strides(array)
    return take_real(array) * 0 if name == "imag" else None


def call_list(value: list[Any], name: str) -> Method:
    """The methods of a list."""
    if name in ("append", "insert", "reverse", "pop", "extend", "index", "copy", "clear", "remove", "count"):
        check_grown(value)
        return getattr(value, name)  # type: ignore[no-any-return]
    raise NotRead(tell("the method {word} of a list is not read", word=name))


def call_dictionary(value: dict[Any, Any], name: str) -> Method:
    """The methods of a dictionary."""
    name = name.removeprefix("iter") if name in ("iterkeys", "itervalues", "iteritems") else name  # Python 2
    if name in ("keys", "values", "items"):
        return lambda: list(getattr(value, name)())
    if name in ("get", "setdefault", "pop", "update", "copy"):
        return getattr(value, name)  # type: ignore[no-any-return]
    raise NotRead(tell("the method {word} of a dictionary is not read", word=name))


def call_text(value: str, name: str) -> Method:
    """The methods of a text that change nothing."""
    if (
        name in ("lower", "upper", "strip", "startswith", "endswith", "split", "replace", "title")
        and len(value) < 10_000
    ):
        return getattr(value, name)  # type: ignore[no-any-return]
    if name == "format":
        return lambda *args, **named: fill_fields(value, args, named)
    raise NotRead(tell("the method {word} of a text is not read", word=name))
