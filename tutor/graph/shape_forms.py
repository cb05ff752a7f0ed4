"""What changes the shape of arrays, as NumPy writes it: ``concat(A, B, axis=1)``, ``stack(x, y)``, ``X.reshape(2, -1)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from tutor.errors import GraphError, Told, tell
from tutor.expression.nodes import Call, Expr, Neg, Number
from tutor.expression.program_signs import AXIS_WORD, BROADCAST, KEPT_WORD, OWN, PIECE, SUMMED
from tutor.expression.sizes import Size, add_sizes, divide_size, is_at_least, multiply_sizes, show_size, sum_sizes
from tutor.expression.tokens import LIST
from tutor.graph.axis_forms import arrange_axes, read_axis, write_along_axes
from tutor.graph.einsum_forms import write_einsum
from tutor.graph.shapes import Shape, shape_of, shape_text, shorten_call, size_expr, size_of
from tutor.rules.operations import LONGER, SPLITS, name_along


def is_shape_form(call: Call, shapes: Mapping[str, Shape]) -> bool:
    """Whether this is read by `write_shape_form`, and is not yet the operation itself.

    >>> from tutor.expression.nodes import Name
    >>> shapes = {"x": (2,), "X": (2, 3)}
    >>> [is_shape_form(Call("unflatten", (Name(name), Number("2"), Number("1"))), shapes) for name in ("x", "X")]
    [False, True]
    """
    form = _FORMS.get(call.func)
    if form is None or not call.args:
        return False
    if call.func == "unflatten":
        return len(shape_of(call.args[0], shapes)) != 1 or any(type(part) is Neg for part in call.args[1:])
    if call.func == "flatten" and len(call.args) == 1:
        return len(shape_of(call.args[0], shapes)) == 1
    if call.func in ("transpose", "flatten"):
        return len(call.args) > 1
    return call.func != "concat" or len(call.args) != 2 or _is_axis(call.args[-1])


def open_lists(call: Call) -> Expr:
    """The call with the arrays, the sizes or the axes of a list as its arguments: concat([X, Y]), X.transpose((0, 2, 1)).

    >>> from tutor.expression.nodes import Name
    >>> open_lists(Call("concat", (Call("list", (Name("x"), Name("y"))),)))
    Call(func='concat', args=(Name(name='x'), Name(name='y')))
    """
    if call.func not in _FORMS or call.func in _OF_LISTS or not any(map(_is_list, call.args)):
        return call
    return Call(call.func, tuple(part for arg in call.args for part in (arg.args if type(arg) is Call and _is_list(arg) else (arg,))))


def _is_list(expr: Expr) -> bool:
    return type(expr) is Call and expr.func == LIST


def write_shape_form(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """A form that changes shapes, by the operations of `tutor.rules.operations`.  Raises `GraphError` where it does not fit.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(write_shape_form(Call("stack", (Name("x"), Name("y"))), {"x": (3,), "y": (3,)}))
    'concat(keep_column(x), keep_column(y))'
    """
    return _FORMS[call.func](call, shapes)


def _is_axis(expr: Expr) -> bool:
    return type(expr) is Call and expr.func in (AXIS_WORD, KEPT_WORD)


def _split_axis(call: Call) -> tuple[tuple[Expr, ...], Expr | None]:
    """The operands of a call, and the axis at its end."""
    last = call.args[-1]
    if type(last) is Call and _is_axis(last):
        return call.args[:-1], last.args[0] if last.args else None
    return call.args, None


def _join(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    parts, axis = _split_axis(call)
    if len(parts) < 2:
        raise GraphError(tell("{func} of one array", func=call.func), hint=tell("write {func}(A, B) with two or more", func=call.func))
    shape = shape_of(parts[0], shapes)
    place = 0 if axis is None else read_axis(call, parts[0], shape, axis)
    return reduce(lambda done, part: Call(name_along("concat", len(shape), place), (done, part)), parts)


def _stack(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """Arrays of one shape side by side along a new axis."""
    parts, axis = _split_axis(call)
    rank = len(shape_of(parts[0], shapes)) + 1
    if rank > len(LONGER):
        raise GraphError(tell("one axis more for {shown}", shown=shorten_call(parts[0], shapes)),
                         hint=tell("an array has at most {count} axes", count=len(LONGER)))
    place = 0 if axis is None else read_axis(call, parts[0], (1,) * rank, axis)
    one = Number("1")
    kept = [Call(name_along("keep", rank, place), (part,)) if rank > 1 else Call("fill", (part, one)) for part in parts]
    return kept[0] if len(kept) == 1 else reduce(lambda done, part: Call(name_along("concat", rank, place), (done, part)), kept)


def _reshape(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    array, *parts = call.args
    shape = shape_of(array, shapes)
    sizes = [-1 if part == Neg(Number("1")) else size_of(part) for part in parts]
    if sizes.count(-1) == 1:
        sizes[sizes.index(-1)] = _find_rest(array, shape, sizes)
    if len(sizes) > len(LONGER) or not sizes or any(isinstance(size, int) and size < 1 for size in sizes):
        raise GraphError(tell("{array} cannot be given {count} axes of these sizes", array=shorten_call(array, shapes), count=len(sizes)),
                         hint=tell("write reshape(A, 2, 3)"))
    flat = array if len(shape) == 1 else Call("flatten", (array,))
    return flat if len(sizes) == 1 else Call("unflatten", (flat, *map(size_expr, sizes)))


def _find_rest(array: Expr, shape: Shape, sizes: Sequence[Size]) -> Size:
    """The size that is written -1: what the others leave."""
    whole, rest = (multiply_sizes(some) for some in (shape, [size for size in sizes if size != -1]))
    left = divide_size(whole, rest) if whole is not None and rest else None
    if left is None:
        raise GraphError(tell("{array} of shape {shape}: what -1 stands for is not clear", array=shorten_call(array, {}),
                              shape=shape_text(shape)),
                         hint=tell("write all sizes"))
    return left


def _transpose(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """An array with its axes in another order, as NumPy lists them: X.transpose(0, 2, 1)."""
    array, *parts = call.args
    shape = shape_of(array, shapes)
    listed = [part for setting in parts for part in (setting.args if type(setting) is Call and _is_axis(setting) else (setting,))]
    axes = [read_axis(call, array, shape, part) for part in listed] if listed else list(reversed(range(len(shape))))
    if len(axes) == 2 and (len(shape) > 2 or call.func == "swapaxes"):  # as PyTorch has it: two that change places
        order = list(range(len(shape)))
        order[axes[0]], order[axes[1]] = axes[1], axes[0]
        axes = order
    if sorted(axes) != list(range(len(shape))):
        raise GraphError(
            tell("transpose of {array} of shape {shape}: each axis once", array=shorten_call(array, shapes), shape=shape_text(shape)),
            hint=tell("such as transpose(A, {axes})", axes=", ".join(map(str, reversed(range(len(shape)))))),
        )
    return arrange_axes(array, axes, shapes)


def _squeeze(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """An array without its axes of one entry, or without those that are listed."""
    array, *parts = call.args
    shape = shape_of(array, shapes)
    listed = [part for setting in parts for part in (setting.args if type(setting) is Call and _is_axis(setting) else (setting,))]
    places = [read_axis(call, array, shape, part) for part in listed] or [place for place, size in enumerate(shape) if size == 1]
    if long := [place for place in places if shape[place] != 1]:
        raise GraphError(tell("{array} of shape {shape}: axis {axis} has more than one entry", array=shorten_call(array, shapes),
                              shape=shape_text(shape), axis=long[0]), hint=tell("squeeze leaves out axes of one entry"))  # fmt: skip
    for place, rank in zip(sorted(places, reverse=True), range(len(shape), 0, -1), strict=False):
        array = Call(name_along("drop", rank, place), (array,)) if rank > 1 else Call("entry", (array, Number("1")))
    return array


def _add_axis(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """An array with one axis more, of one entry, as PyTorch's unsqueeze and NumPy's expand_dims."""
    array, *parts = call.args
    listed = [part for setting in parts for part in (setting.args if type(setting) is Call and _is_axis(setting) else (setting,))]
    rank = len(shape_of(array, shapes)) + 1
    if len(listed) != 1 or rank > len(LONGER):
        raise GraphError(tell("one axis more for {shown}", shown=shorten_call(array, shapes)),
                         hint=tell("write unsqueeze(x, 0), for at most {count} axes", count=len(LONGER)))  # fmt: skip
    place = read_axis(call, array, (1,) * rank, listed[0])
    return Call(name_along("keep", rank, place), (array,)) if rank > 1 else Call("fill", (array, Number("1")))


def _flatten_from(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """The axes from one on as one axis: flatten(X, 1) of a batch.  A vector is what it is."""
    array, *more = call.args
    shape = shape_of(array, shapes)
    if len(shape) == 1 and not more:
        return array
    first = more[0]
    part = first.args[0] if type(first) is Call and _is_axis(first) else first
    kept = shape[: read_axis(call, array, shape, part)]
    return _reshape(Call("unflatten", (array, *map(size_expr, kept), Neg(Number("1")))), shapes)


def _put_on_top(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """Vectors as rows below each other, matrices along the first axis: np.vstack."""
    one = len(shape_of(call.args[0], shapes)) == 1
    return _stack(Call("stack", call.args), shapes) if one else _join(Call("concat", call.args), shapes)


def _put_beside(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """Vectors behind each other, matrices along the second axis: np.hstack."""
    one = len(shape_of(call.args[0], shapes)) == 1
    return _join(Call("concat", call.args if one else (*call.args, Call(AXIS_WORD, (Number("1"),)))), shapes)


def _write_broadcast(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """broadcast[N×·](x): an array with more axes, or longer ones, where a size stands, and its own where a dot does."""
    array, *axes = call.args
    rank = len(shape_of(array, shapes))
    if rank not in (len(axes), sum(axis == OWN for axis in axes)):
        raise _refuse_axes(call, shapes)
    kept = rank == len(axes)
    for place, size in enumerate(axes):
        if size == OWN:
            continue
        if not kept:
            rank += 1
            array = Call(name_along("keep", rank, place), (array,)) if rank > 1 else Call("fill", (array, Number("1")))
        if size != Number("1"):
            one = Call("entry", (array, Number("1")))
            array = Call(name_along("stretch", rank, place), (array, size)) if rank > 1 else Call("fill", (one, size))
    return array


def _write_sum(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """sum[N×·](X): the sum along the axes where a size stands."""
    array, *axes = call.args
    shape = shape_of(array, shapes)
    summed = tuple(Number(str(place)) for place, axis in enumerate(axes) if axis != OWN)
    if len(shape) != len(axes) or any(axis not in (OWN, size_expr(size)) for axis, size in zip(axes, shape, strict=True)):
        raise _refuse_axes(call, shapes)
    return write_along_axes(Call("sum", (array, Call(AXIS_WORD, summed))), shapes)


def _refuse_axes(call: Call, shapes: Mapping[str, Shape]) -> GraphError:
    array = call.args[0]
    return GraphError(
        tell("{array} of shape {shape} has not the axes of {name}", array=shorten_call(array, shapes),
             shape=shape_text(shape_of(array, shapes)), name=call.func.partition(" ")[0]),
        hint=tell("write a dot for each axis that stays, and the size of each other"),
    )


def _refuse_single(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    what = tell("{func} gives several arrays", func=call.func)
    raise GraphError(what, hint=tell("write a step with a name for each: a, b = split(x, 2)"))


def _take_piece(call: Call, shapes: Mapping[str, Shape]) -> Expr:
    """One of the arrays that a split gives.

    ``split(x, 2)`` are two equal parts, as NumPy has it, where there are two targets, and else parts of 2 entries, as PyTorch has it; of a
    list the numbers are lengths (PyTorch) where there are as many as targets, and places between the parts (NumPy) where there is one less.
    """
    func = call.func.removeprefix(f"{PIECE} ")
    *given, place, count = call.args
    settings, axis = _split_axis(Call(func, tuple(given)))
    array, *more = settings
    shape = shape_of(array, shapes)
    axis = more.pop() if axis is None and len(more) == 2 else axis
    if func in ("hsplit", "vsplit"):
        axis = Number("1" if func == "hsplit" and len(shape) > 1 else "0")
    along = read_axis(Call(func, ()), array, shape, axis or Number("0"))
    if len(more) != 1:
        raise GraphError(tell("{func} needs to know into how many parts", func=func), hint=_SPLIT)
    lengths = _measure_pieces(func, more[0], shape[along], int(count.text) if type(count) is Number else 0)
    number = int(place.text) if type(place) is Number else 1
    if isinstance(lengths, str):
        raise GraphError(tell("{array} of shape {shape}: {why}", array=shorten_call(array, shapes), shape=shape_text(shape), why=lengths),
                         hint=_SPLIT)  # fmt: skip
    begin = sum_sizes(lengths[: number - 1])
    return Call(name_along("part", len(shape), along), (array, size_expr(begin), size_expr(lengths[number - 1])))


_SPLIT = tell("a, b = split(x, 2) are two equal parts, a, b = split(x, [2, 3]) two of 2 and of 3 entries; axis=1 says along which axis")


def _measure_pieces(func: str, setting: Expr, size: Size, count: int) -> list[Size] | Told:
    """How long each of the parts is, or what is wrong."""
    shown = show_size(size)
    if type(setting) is Call and setting.func == LIST:
        listed = [size_of(part) for part in setting.args]
        if len(listed) == count - 1:  # as NumPy has it: the places between the parts
            listed = [add_sizes(end, begin, -1) for begin, end in zip([0, *listed], [*listed, size], strict=True)]
        if len(listed) != count:
            return tell("{listed} numbers for {count} arrays", listed=len(listed), count=count)
        if sum_sizes(listed) != size or any(is_at_least(length, 1) is False for length in listed):
            return tell("parts of {parts} entries are not the {size} along this axis", parts=", ".join(map(show_size, listed)), size=shown)
        return listed
    number = size_of(setting)
    if func == "chunk" and isinstance(size, int) and isinstance(number, int) and number > 0:  # as PyTorch has it, the last one is the rest
        number = -(-size // number)
    elif func == "chunk" or number == count:
        part = divide_size(size, number)
        if number != count or part is None:
            return tell("{size} entries along this axis are not {count} equal parts", size=shown, count=count)
        return [part] * count
    if isinstance(size, int) and isinstance(number, int) and number > 0 and -(-size // number) == count:
        return [*[number] * (count - 1), size - number * (count - 1)]
    if divide_size(size, number) == count:
        return [number] * count
    return tell("{number} equal parts are not {count} arrays, and parts of {number} entries neither", number=show_size(number), count=count)


_FORMS: dict[str, Callable[[Call, Mapping[str, Shape]], Expr]] = {
    "concat": _join, "stack": _stack, "unflatten": _reshape, "transpose": _transpose, "permute": _transpose, "swapaxes": _transpose,
    "squeeze": _squeeze, "unsqueeze": _add_axis, "flatten": _flatten_from, "vstack": _put_on_top, "hstack": _put_beside,
    "einsum": write_einsum,
    **dict.fromkeys(SPLITS, _refuse_single), **{f"{PIECE} {func}": _take_piece for func in SPLITS},
    BROADCAST: _write_broadcast,
    SUMMED: _write_sum,
}  # fmt: skip
_OF_LISTS = frozenset({"einsum", *(f"{PIECE} {func}" for func in SPLITS)})
"""What has a list as one of its settings."""
