"""What takes an axis, as NumPy counts it: ``sum(X, axis=0)``, ``softmax(S, axis=-1)``, ``var(x)``, made of the operations that there are.

An axis is counted from 0, or from the end with a minus; several stand in brackets.  ``keepdims=True`` leaves an axis of one entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod

from tutor.errors import GraphError, Told, tell
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Neg, Number, Pow
from tutor.expression.program_signs import AXIS_WORD, KEPT_WORD
from tutor.graph.broadcasting import spread_parts
from tutor.graph.shapes import SeenShapes, Shape, shape_of, shape_text, shorten_call, size_expr
from tutor.rules.operations import ALONG_AXES, SUMS, name_along, name_permutation

TWO = Number("2")


def is_along_axes(call: Call) -> bool:
    """Whether this is read by `write_along_axes`: a form of its own, or an operation that is given an axis.

    >>> from tutor.expression.nodes import Name
    >>> is_along_axes(Call("var", (Name("x"),))), is_along_axes(Call("sum", (Name("x"),)))
    (True, False)
    """
    if call.func == "size" or call.func in ALONG_AXES or (call.func in _LARGEST and len(call.args) == 1):
        return True
    if call.func == "softmax" and len(call.args) == 2 and _is_place(call.args[1]):  # as PyTorch has it: softmax(X, 1)
        return True
    return call.func in _FORMS and len(call.args) > 1 and (call.func not in _ENTRYWISE or _is_axis(call.args[1]))


def _is_place(expr: Expr) -> bool:
    inner = expr.arg if type(expr) is Neg else expr
    return type(inner) is Number and inner.text in ("0", "1", "2", "3", "4")


def _is_axis(expr: Expr) -> bool:
    return type(expr) is Call and expr.func in (AXIS_WORD, KEPT_WORD)


def write_along_axes(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """A form along axes, by the operations of `tutor.rules.operations`.

    Raises `GraphError` for an axis that the array does not have, and for settings that are no axis.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(write_along_axes(Call("mean", (Name("X"), Call("axis", (Number("0"),)))), {"X": ("N", 3)}))
    'column_sums(X)/N'
    """
    array, *settings = call.args or (ONE,)
    shape = shape_of(array, shapes)
    keep = any(type(part) is Call and part.func == KEPT_WORD for part in settings)
    given = [part for setting in settings for part in (setting.args if type(setting) is Call and _is_axis(setting) else (setting,))]
    axes = sorted(read_axis(call, array, shape, part) for part in given)
    if len(set(axes)) < len(axes):
        raise GraphError(tell("{form}: the same axis twice", form=_name_form(call, array, shape, shapes)),
                         hint=tell("write each axis once"))
    if len(shape) and len(axes) == len(shape) and not keep:
        axes = []
    return _FORMS[call.func](_Along(call, array, shape, axes, keep, shapes))


class _Along:
    """An array and the axes along which something is done; none are all of them."""

    def __init__(self, call: Call, array: Expr, shape: Shape, axes: Sequence[int], keep: bool, shapes: Mapping[str, Shape]) -> None:
        self.call, self.array, self.shape, self.axes, self.keep, self.shapes = call, array, shape, axes, keep, shapes

    @property
    def all_axes(self) -> Sequence[int]:
        return self.axes or range(len(self.shape))

    def count(self) -> Expr:
        """How many entries are taken together."""
        sizes = [self.shape[axis] for axis in self.all_axes]
        numbers = prod(size for size in sizes if isinstance(size, int))
        factors = [size_expr(size) for size in sizes if not isinstance(size, int)]
        if numbers != 1 or not factors:
            factors.insert(0, Number(str(numbers)))
        return factors[0] if len(factors) == 1 else Mul(tuple(factors))

    def keep_axes(self, expr: Expr) -> Expr:
        """What was done along axes, with an axis of one entry in the place of each, where that is asked for."""
        if not self.keep:
            return expr
        for count, axis in enumerate(self.all_axes):
            rank = len(self.shape) - len(self.all_axes) + count + 1
            expr = Call(name_along("keep", rank, axis), (expr,)) if rank > 1 else Call("fill", (expr, ONE))
        return expr

    def sum(self, array: Expr) -> Expr:
        return self.keep_axes(self.add_up(array))

    def add_up(self, array: Expr) -> Expr:
        if not self.axes and not self.keep:
            return Call("sum", (array,))
        for count, axis in enumerate(reversed(self.all_axes)):
            rank = len(self.shape) - count
            array = Call("sum", (array,)) if rank == 1 else Call(SUMS[rank][axis], (array,))
        return array

    def mean(self, array: Expr) -> Expr:
        if not self.axes and not self.keep:
            return Call("mean", (array,))
        return self.keep_axes(Div(self.add_up(array), self.count()))

    def take_largest(self, array: Expr) -> Expr:
        for count, axis in enumerate(reversed(self.all_axes)):
            array = Call(name_along("largest", len(self.shape) - count, axis), (array,))
        return self.keep_axes(array)

    def deviate(self) -> Expr:
        """The array without its mean along the axes."""
        kept = _Along(self.call, self.array, self.shape, self.axes, bool(self.axes), self.shapes)
        return Add(spread_parts((self.array, Neg(kept.mean(self.array))), SeenShapes(self.shapes), numbers=True))

    def refuse(self, hint: Told) -> GraphError:
        """The refusal of a form that this array does not have."""
        return GraphError(_name_form(self.call, self.array, self.shape, self.shapes), hint=hint)


def _name_form(call: Call, array: Expr, shape: Shape, shapes: Mapping[str, Shape]) -> Told:
    return tell("{func} of {array} of shape {shape}", func=call.func, array=shorten_call(array, shapes), shape=shape_text(shape))


def read_axis(call: Call, array: Expr, shape: Shape, part: Expr) -> int:
    """The number of an axis, from 0.  Raises `GraphError` for one that the array does not have.

    >>> from tutor.expression.nodes import Name
    >>> read_axis(Call("sum", ()), Name("X"), (2, 3), Neg(Number("1")))
    1
    """
    inner = part.arg if type(part) is Neg else part
    shown = _name_form(call, array, shape, {})
    if type(inner) is not Number or not inner.text.isdigit() or len(inner.text) > 2:
        raise GraphError(tell("{form}: {part} is no axis", form=shown, part=shorten_call(part, {})),
                         hint=tell("write axis=0, axis=1, or axis=-1 for the last one"))
    axis = -int(inner.text) if type(part) is Neg else int(inner.text)
    own = axis + len(shape) if axis < 0 else axis
    if not 0 <= own < len(shape):
        hint = tell("axes are counted from 0 to {count}", count=len(shape) - 1) if shape else tell("a number has no axes")
        raise GraphError(tell("{form} has no axis {axis}", form=shown, axis=axis), hint=hint)
    return own


MAX_PERMUTED = 4
"""Of how many axes an array may have to be given another order of them, beside the last two."""


def arrange_axes(array: Expr, axes: Sequence[int], shapes: Mapping[str, Shape]) -> Expr:
    """An array with its axes in another order.  Raises `GraphError` for an array of more axes than that is done for.

    >>> from tutor.expression.nodes import Name
    >>> arrange_axes(Name("A"), [1, 0, 2], {})
    Call(func='axes_213', args=(Name(name='A'),))
    """
    name = name_permutation(axes)
    if name not in ("", "transpose") and len(axes) > MAX_PERMUTED:
        raise GraphError(
            tell("{array} has {count} axes: they are put in another order of up to {most} only", array=shorten_call(array, shapes),
                 count=len(axes), most=MAX_PERMUTED),
            hint=tell("transpose(A) changes the last two"),
        )  # fmt: skip
    return Call(name, (array,)) if name else array


def _softmax(along: _Along) -> Expr:
    if len(along.all_axes) > 1:
        raise along.refuse(tell("write softmax(Z, axis=-1) where every row is a sample, softmax(Z, axis=-2) where every column is one"))
    func, behind = along.call.func, len(along.shape) - 1 - along.all_axes[0]
    if len(along.shape) == 1:
        return Call(func, (along.array,))
    if behind < 2:
        return Call(f"{func}_{'columns' if behind else 'rows'}", (along.array,))
    rank, axis = len(along.shape), along.all_axes[0]  # the axis last, and back again
    last = [*(place for place in range(rank) if place != axis), axis]
    done = Call(f"{func}_rows", (arrange_axes(along.array, last, along.shapes),))
    return done if func == "logsumexp" else arrange_axes(done, [last.index(place) for place in range(rank)], along.shapes)


def _size(along: _Along) -> Expr:
    if not along.shape:
        raise along.refuse(tell("a number has no axes"))
    return size_expr(along.shape[along.axes[0] if along.axes else 0])


_FORMS: dict[str, Callable[[_Along], Expr]] = {
    "sum": lambda along: along.sum(along.array),
    "mean": lambda along: along.mean(along.array),
    "max": lambda along: along.take_largest(along.array),
    "min": lambda along: Neg(along.take_largest(Neg(along.array))),
    "softmax": _softmax,
    "log_softmax": _softmax,
    "logsumexp": lambda along: along.keep_axes(_softmax(along)),
    "norm": lambda along: Call("sqrt", (along.sum(Pow(along.array, TWO)),)),
    "var": lambda along: along.mean(Pow(along.deviate(), TWO)),
    "std": lambda along: Call("sqrt", (along.mean(Pow(along.deviate(), TWO)),)),
    "size": _size,
}
_LARGEST = frozenset({"max", "min"})
"""Of one array alone they are its largest and its smallest entry."""
_ENTRYWISE = frozenset({"max", "min", "softmax"})
"""What takes several arrays entry by entry, too: it is along an axis where that is written."""
