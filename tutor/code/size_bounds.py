"""How large what a program makes may become while it is worked through: told before anything is made."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from tutor.code.code_values import NotRead
from tutor.errors import tell
from tutor.numbers.arrays import np

LARGEST = 200_000
"""So many entries has an array at most."""
LONGEST = 5_000
"""So many entries has a list at most, and a loop so many rounds."""
MOST_AXES = 16
"""So many axes has an array at most: images in columns have six."""
DEEPEST = 8
"""So deep may lists stand in one another."""
_NESTED = frozenset({list, tuple, dict})
_FEW = 10_000_000
"""So many entries may be made by the way, where only a bound is known."""


def read_constant(node: ast.Constant) -> Any:
    """What stands there, a number or a text.  Raises `NotRead` for a number that is too large, and for a complex one.

    >>> read_constant(ast.Constant(2.5))
    2.5
    """
    if isinstance(node.value, int) and abs(node.value) > 10**12:
        raise NotRead(tell("a whole number that is too large"), node)
    if isinstance(node.value, bytes) or (isinstance(node.value, complex) and not node.value.real):  # 1j; else it is a number with its slope
        raise NotRead(tell("complex numbers and bytes are not read"), node)
    return node.value


def refuse_large() -> NotRead:
    """The refusal of an array that is too large."""
    return NotRead(tell("an array of more than {limit:,} entries", limit=LARGEST))


def check_size(shape: Sequence[int]) -> None:
    """Raise `NotRead` for the shape of an array that would be too large, whoever says it: a documentation, an option."""
    if prod(shape) > LARGEST:
        raise refuse_large()


def check_grown(value: Any) -> Any:
    """A value that is small enough.  Raises `NotRead` for a list, a text or an array that grew too large.

    >>> check_grown([1, 2])
    [1, 2]
    """
    if isinstance(value, np.ndarray):
        if value.size > LARGEST:
            raise refuse_large()
        if value.ndim > MOST_AXES:
            raise NotRead(tell("an array with more than {limit} axes", limit=MOST_AXES))
    elif isinstance(value, list | tuple | dict):
        if len(value) > 2 * LONGEST:
            raise NotRead(tell("a list of more than {limit:,} entries", limit=LONGEST))
        _check_depth(value)
    elif isinstance(value, str) and len(value) > 2 * LONGEST:
        raise NotRead(tell("a text of more than {limit:,} letters", limit=2 * LONGEST))
    return value


def _check_depth(value: Any) -> None:
    """Refuse lists in lists in lists: a few lines make one whose text, or whose comparison with itself, takes forever."""
    level: dict[int, Any] = {id(value): value}
    for _ in range(DEEPEST):
        inside = (part for one in level.values() for part in (one.values() if type(one) is dict else one))
        level = {id(part): part for part in inside if type(part) in _NESTED}
        if not level:
            return
    raise NotRead(tell("lists that are nested deeper than {limit}", limit=DEEPEST))


def weigh_value(value: Any) -> int:
    """How many parts of a program a value weighs besides its own: large arrays take time, the usual ones weigh nothing.

    >>> weigh_value(np.ones(100)), weigh_value(np.ones(200_000)), weigh_value([1] * 40)
    (0, 1000, 2)
    """
    if isinstance(value, np.ndarray):
        return int(value.size) // 200 if value.size > 20_000 else 0
    return len(value) // 20 if isinstance(value, list | tuple | dict | str) else 0


def weigh_product(left: Any, right: Any) -> int:
    """How many parts of a program a product of matrices weighs besides its own: usual ones nothing.

    >>> weigh_product(np.ones((7, 5)), np.ones((5, 3))), weigh_product(np.ones((400, 400)), np.ones((400, 400)))
    (0, 10666)
    """
    count = np.size(left) * (np.shape(right)[-1] if np.ndim(right) > 1 else 1)
    return int(count) // 6_000 if count > 1_000_000 else 0


def weigh_call(word: str, values: Sequence[Any]) -> int:
    """How many parts of a program a function weighs that works out more than it gives: the products of ``einsum``, the rounds of ``erf``.

    >>> weigh_call("einsum", ["ij,jk->ik", np.ones((99, 99)), np.ones((99, 99))]), weigh_call("exp", [np.ones(99)])
    (485, 0)
    """
    if word == "einsum":
        return (_size_einsum(values) or 0) // 200
    slow = _SLOW.get(word, 0)
    return slow * int(np.size(values[0])) // 200 if slow and values and np.size(values[0]) > 2_000 else 0


def check_pair(sign: str, left: Any, right: Any) -> None:
    """Whether two values with a sign between them make something small enough.  Raises `NotRead` where they do not."""
    if isinstance(left, list | tuple | str) or isinstance(right, list | tuple | str):
        sizes = [len(one) if isinstance(one, list | tuple | str) else 0 for one in (left, right)]
        counts = [int(one) for one in (left, right) if isinstance(one, int | np.integer)]
        if sum(sizes) > 2 * LONGEST or (sign == "*" and counts and sum(sizes) * counts[0] > LONGEST):
            raise NotRead(tell("a list of more than {limit:,} entries", limit=LONGEST))
        return
    if getattr(left, "size", 1) * getattr(right, "size", 1) <= LARGEST:  # what is no array has one entry
        return
    found = _size_product([left, right]) if sign == "@" else _size_broadcast([left, right])
    if found is not None and found > LARGEST:
        raise refuse_large()


def check_picked(array: Any, index: Any) -> None:
    """Whether entries that are picked by arrays of places are few enough.  Raises `NotRead` where they are not."""
    parts = index if isinstance(index, tuple) else (index,)
    places = [part for part in parts if isinstance(part, np.ndarray | list)]
    picked = prod(max(1, int(np.size(part))) for part in places)
    if picked > 1 and picked * int(np.size(array)) > _FEW and _count_picked(np.shape(array), parts, places) > LARGEST:
        raise refuse_large()


def _count_picked(shape: tuple[int, ...], parts: Sequence[Any], places: Sequence[Any]) -> int:
    """The entries that are picked: places go together one by one, the axes beside them are there in whole."""
    if any(part is Ellipsis or part is None for part in parts) or any(np.asarray(part).dtype.kind == "b" for part in places):
        return prod(max(1, int(np.size(part))) for part in places) * prod(shape)
    beside = prod(size for axis, size in enumerate(shape) if axis >= len(parts) or isinstance(parts[axis], slice))
    together = _size_broadcast_all(places)
    return 0 if together is None else together * beside


def check_call(word: str, values: Sequence[Any], named: Sequence[Any] = ()) -> None:
    """Whether a function of a library makes something small enough of these values.  Raises `NotRead` where it does not.

    >>> check_call("exp", [np.ones(3)])
    """
    if word in _NEVER_GROWS or word.startswith("random."):
        return
    rule = _SIZES.get(word)
    found = rule(values) if rule is not None else prod(max(1, _count(value)) for value in (*values, *named))
    if found is not None and found > (_FEW if rule is None else LARGEST):
        raise refuse_large()


def _count(value: Any) -> int:
    """How often something may be repeated: a whole number itself, the product of several, the entries of anything else."""
    if isinstance(value, int | np.integer):
        return abs(int(value))
    if isinstance(value, list | tuple) and all(isinstance(part, int | np.integer) for part in value):
        return prod(max(1, abs(int(part))) for part in value[:32])
    return _count_entries(value)


def _count_entries(value: Any, deep: int = 0) -> int:
    """The entries of an array, or of lists in one another; the count ends where there are too many."""
    if not isinstance(value, list | tuple):
        return int(np.size(value)) if isinstance(value, np.ndarray) else 1
    if deep >= DEEPEST:
        return LARGEST + 1
    total = 0
    for part in value:
        total += _count_entries(part, deep + 1)
        if total > LARGEST:
            break
    return total


def _size_broadcast(values: Sequence[Any]) -> int | None:
    return _size_broadcast_all(values[:2])


def _size_broadcast_all(values: Sequence[Any]) -> int | None:
    try:
        return prod(np.broadcast_shapes(*(np.shape(value) for value in values)))
    except ValueError:
        return None


def _size_product(values: Sequence[Any]) -> int:
    one, two = (np.shape(value) for value in values[:2])
    inner = one[-1] if one else 1
    found: int = (prod(one) // max(1, inner)) * (prod(two) // max(1, inner)) if one and two else prod(one) * prod(two)
    return found


def _size_einsum(values: Sequence[Any]) -> int | None:
    """Over all letters: so many products are worked out."""
    if not values or not isinstance(values[0], str):
        return None
    sizes: dict[str, int] = {}
    for letters, value in zip(values[0].partition("->")[0].replace(" ", "").split(","), values[1:], strict=False):
        sizes |= dict(zip(letters, np.shape(value), strict=False))
    return prod(sizes.values()) // 10


def _size_square(values: Sequence[Any]) -> int:
    return _count(values[0]) ** 2 if values and np.ndim(values[0]) < 2 else 1


def _size_added(values: Sequence[Any]) -> int:
    """The places to which something is added: ``np.add.at(array, places, values)``."""
    if len(values) < 2 or not isinstance(values[0], np.ndarray):
        return 1
    parts = values[1] if isinstance(values[1], tuple) else (values[1],)
    return _count_picked(np.shape(values[0]), parts, [part for part in parts if isinstance(part, np.ndarray | list)])


def _size_together(values: Sequence[Any]) -> int:
    return sum(int(np.size(part)) for part in values[0]) if values and isinstance(values[0], list | tuple) else 1


_SLOW = {"erf": 90, "special.erf": 90, "sort": 4, "argsort": 8, "cumsum": 2, "add.at": 8, "unique": 4}
"""Functions that take so many times as long as a sum of two arrays."""
_NEVER_GROWS = frozenset({"reshape", "view", "sum", "mean", "clip", "clamp", "max", "min", "print", "manual_seed", "transpose",
                          "swapaxes", "argmax", "argmin", "squeeze", "expand_dims", "round", "zeros", "ones", "empty", "full",
                          "zeros_like", "ones_like", "empty_like", "full_like", "randint", "randn", "rand",
                          "lib.stride_tricks.as_strided", "lib.stride_tricks.sliding_window_view"})  # fmt: skip
"""Functions that make nothing larger than what they are given, or look at the size themselves."""
_SIZES: dict[str, Callable[[Sequence[Any]], int | None]] = {
    **dict.fromkeys(("dot", "matmul", "mm", "bmm", "inner", "vdot"), _size_product),
    **dict.fromkeys(("multiply", "add", "subtract", "divide", "maximum", "minimum", "power", "mul", "pow", "greater", "less", "equal",
                     "true_divide", "floor_divide", "mod", "logical_and", "logical_or"), _size_broadcast),
    **dict.fromkeys(("concatenate", "stack", "vstack", "hstack", "column_stack", "dstack", "cat"), _size_together),
    "einsum": _size_einsum, "add.at": _size_added,
    **dict.fromkeys(("array", "asarray", "tensor", "as_tensor"), lambda values: _count_entries(values[0]) if values else 1),
    **dict.fromkeys(("eye", "identity", "diag", "diagflat"), _size_square),
}  # fmt: skip
