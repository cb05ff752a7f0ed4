"""The shapes of expressions over whole layers; what does not fit is refused with both shapes named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from math import prod
from typing import TypeAlias

from tutor.errors import GraphError, ShapeError, Told, tell
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Number, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.program_signs import ALL_AXES
from tutor.expression.sizes import Size, compute_size, divide_size, is_at_least, show_size, write_size
from tutor.expression.tokens import GIVEN, LIST
from tutor.rules.layer_row import Layer
from tutor.rules.operations import ENTRYWISE, LAYERS, POOLS, SLIDING, SUMS, formula, name_along, row_of

Shape: TypeAlias = tuple[Size, ...]

MAX_ENTRIES = 10**5
"""So many entries may an array have, and all arrays of an exercise together: each is proved one by one."""
INDEXED = "indexed"
"""A formula in index form as an array: ``indexed(form, j, 3, i, 2)`` has the entries that ``form`` gives for j = 1..3, i = 1..2."""
AXES = tell("an array has one axis (a vector), two (a matrix), three, four or five")


def shape_text(shape: Shape) -> str:
    """A shape for people: 2×3, 4, "a number".

    >>> shape_text((2, "n"))
    '2×n'
    """
    return "×".join(map(show_size, shape)) if shape else "a number"


def size_expr(size: Size) -> Expr:
    """A size inside a formula."""
    return write_size(size)


def size_of(expr: Expr) -> Size:
    """A whole number, the letter of a size, or what is computed of them, in the place of a setting."""
    size = compute_size(expr)
    if size is not None:
        return size
    raise GraphError(tell("{expr} is no size", expr=write_plain(expr, as_written=True)),
                     hint=tell("a stride, a padding or a size is a whole number such as 2"))


def fold_settings(expr: Expr) -> Expr:
    """The formula with the settings of its operations worked out: from 3·2 on is from 6 on.

    >>> fold_settings(Call("fill", (Name("c"), Add((Name("h"), Name("h"))))))
    Call(func='fill', args=(Name(name='c'), Mul(args=(Number(text='2'), Name(name='h')))))
    """
    parts = tuple(map(fold_settings, children(expr)))
    if type(expr) is Call and expr.func in LAYERS:
        count = len(LAYERS[expr.func][0].arrays)
        parts = (*parts[:count], *(size_expr(size_of(part)) if type(part) in (Add, Mul) else part for part in parts[count:]))
    return rebuild(expr, parts) if parts else expr


class SeenShapes(dict[str, Shape]):
    """The shapes of arrays by name, which remember those of expressions: of a long formula each part is looked at once."""

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        super().__init__(shapes)
        self.seen: dict[int, tuple[Expr, Shape]] = {}


def shape_of(expr: Expr, shapes: Mapping[str, Shape]) -> Shape:
    """The shape of an expression; numbers and single quantities have the shape ().

    Raises `GraphError` with both shapes where they do not fit.

    >>> shape_of(Call("matmul", (Name("W"), Name("x"))), {"W": (2, 3), "x": (3,)})
    (2,)
    """
    if type(expr) is Name:
        return shapes.get(expr.name, ())
    if type(expr) is Partial:
        return shapes.get(expr.wrt, ())
    if type(expr) is Number:
        return ()
    if type(shapes) is not SeenShapes:
        return _find_shape(expr, shapes)
    seen = shapes.seen.get(id(expr))
    if seen is None:
        seen = shapes.seen[id(expr)] = expr, _find_shape(expr, shapes)  # the expression is kept with it: its id stays its own
    return seen[1]


def _find_shape(expr: Expr, shapes: Mapping[str, Shape]) -> Shape:
    if type(expr) is Call and expr.func in LAYERS:
        return bind(expr, shapes)[2]
    if type(expr) is Call and expr.func == INDEXED:
        return tuple(size_of(size) for size in expr.args[2::2])
    if type(expr) is Call and (expr.func == LIST or expr.func.startswith(GIVEN)):
        raise GraphError(tell("a list or a setting where an array belongs"),
                         hint=tell("such as concat([X, Y]), conv2d(X, K, stride=2), E[[2, 0]]"))
    found = [shape_of(part, shapes) for part in children(expr)]
    arrays = [(part, shape) for part, shape in zip(children(expr), found, strict=True) if shape]
    if not arrays:
        return ()
    first, shape = arrays[0]
    if isinstance(expr, Call) and len(expr.args) == 1 and expr.func.partition("_")[0] in _SEVERAL:
        what = expr.func.partition("_")[0]
        raise GraphError(tell("{func} of one array, {first} of shape {shape}", func=expr.func, first=shorten_call(first, shapes),
                              shape=shape_text(shape)), hint=_SEVERAL[what])
    for other, second in arrays[1:]:
        if second != shape:
            raise refuse_misfit(expr, first, shape, other, second, shapes)
    return shape


_SEVERAL = {
    "softmax": tell("softmax(z) takes all entries of z"),
}
_WORDS = {Add: tell("added to"), Mul: tell("multiplied with"), Div: tell("divided by")}


def refuse_misfit(
    expr: Expr, first: Expr, shape: Shape, other: Expr, second: Shape, shapes: Mapping[str, Shape]
) -> ShapeError:
    """The refusal of two arrays that do not fit: both are named, with their shapes."""
    word = _WORDS.get(type(expr), tell("combined entry by entry with"))
    hint = _name_axis(shape, second)
    one, two = shorten_call(first, shapes), shorten_call(other, shapes)
    if type(expr) is Call and (fits := _bind_alike("matmul", id(LAYERS["matmul"]), (shape, second), ())):
        hint = tell("entry by entry (⊙) both need the same shape; as a matrix product, {one} @ {two}, it is {fits}", one=one, two=two,
                    fits=shape_text(fits[2]))
    if isinstance(expr, Mul):
        hint = tell("entry by entry (⊙) both need the same shape; W x needs as many columns of W as x has entries")
    if isinstance(expr, Add) and {len(shape), len(second)} == {1, 2}:
        bias, (size,), (rows, columns) = (other, second, shape) if len(second) == 1 else (first, shape, second)
        places = {"bias": shorten_call(bias, shapes), "width": columns, "height": rows}
        if _is_along(bias):
            hint = tell("write keepdims=True there, and the axis stays, with one entry")
        elif size == rows == columns:
            hint = tell("for a bias of samples in columns write columns({bias}, {width}), of samples in rows write rows({bias}, {height})",
                        **places)  # fmt: skip
        elif size in (rows, columns):
            hint = (tell("for a bias of samples in columns write columns({bias}, {width})", **places) if size == rows
                    else tell("for a bias of samples in rows write rows({bias}, {height})", **places))  # fmt: skip
    return ShapeError(tell("shapes do not fit: {one} of shape {shape} is {word} {two} of shape {second}", one=one,
                           shape=shape_text(shape), word=word, two=two, second=shape_text(second)), hint=hint)


_ALONG = frozenset({*chain(*SUMS.values()), *(name_along("largest", 2, place) for place in (0, 1))})


def _is_along(expr: Expr) -> bool:
    """Whether this was added up along an axis, or is the largest along one."""
    return (type(expr) is Call and expr.func in _ALONG) or any(map(_is_along, children(expr)))


def _name_axis(one: Shape, two: Shape) -> Told:
    """Along which axis two arrays differ, as NumPy counts and compares: from the last one on."""
    rank = max(len(one), len(two))
    places = [axis for axis in range(-1, -min(len(one), len(two)) - 1, -1) if one[axis] != two[axis] and 1 not in (one[axis], two[axis])]
    if not places:
        return tell("both need the same shape")
    axis = places[0]
    return tell(
        "along axis {axis} one has {one} entries and the other {two}; "
        "from the last axis on both have the same number, or one has 1 or no such axis",
        axis=rank + axis, one=one[axis], two=two[axis],
    )


def shorten_call(expr: Expr, shapes: Mapping[str, Shape]) -> str:
    """A formula as it is named in an error: with its transposes, and cut where it is long."""
    text = write_plain(_show_transposes(expr, shapes), as_written=True)
    return text if len(text) <= 60 else text[:57] + "…"


def _show_transposes(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A formula with the transposes that are written in it: of two vectors the product is xᵀ y."""
    parts = tuple(_show_transposes(part, shapes) for part in children(expr))
    if type(expr) is Call and expr.func == "transpose" and expr.args[1:] == (ALL_AXES,):
        return Call("transpose", parts[:1])
    if type(expr) is Call and expr.func == "matmul" and len(expr.args) == 2:
        ranks = [len(_find_known_shape(part, shapes)) for part in expr.args]
        if ranks[0] == 1:
            parts = (Call("transpose", (parts[0],)), parts[1])
    return rebuild(expr, parts) if parts else expr


def _find_known_shape(expr: Expr, shapes: Mapping[str, Shape]) -> Shape:
    try:
        return shape_of(expr, shapes)
    except GraphError:
        return ()


Bound: TypeAlias = tuple[Layer, dict[str, Size], Shape]


def bind(call: Call, shapes: Mapping[str, Shape]) -> Bound:
    """The row of a call, its sizes and settings by name, and the shape of its result.

    Raises `GraphError` with the operands as they are written where they do not fit.
    """
    rows = LAYERS[call.func]
    operands = len(rows[0].arrays)
    if len(call.args) < operands:
        raise GraphError(tell("{func} takes {operands} operand(s), not {count}", func=call.func, operands=operands, count=len(call.args)),
                         hint=_usage(rows))
    arrays = [shape_of(arg, shapes) for arg in call.args[:operands]]
    found = _bind_alike(call.func, id(rows), tuple(arrays), call.args[operands:])
    return _bind_operands(call, arrays, shapes) if found is None else (found[0], dict(found[1]), found[2])


@lru_cache(1024)
def _bind_alike(func: str, table: int, arrays: tuple[Shape, ...], settings: tuple[Expr, ...]) -> Bound | None:
    """What `bind` gives for all operands of these shapes; nothing where they do not fit.  ``table`` tells which rows were meant."""
    labels = [f" {place}" for place in range(len(arrays))]  # no quantity is called so
    try:
        return _bind_operands(Call(func, (*map(Name, labels), *settings)), arrays, dict(zip(labels, arrays, strict=True)))
    except GraphError:
        return None


def _bind_operands(call: Call, arrays: Sequence[Shape], shapes: Mapping[str, Shape]) -> Bound:
    rows, operands = LAYERS[call.func], len(arrays)
    row = row_of(call.func, [len(shape) for shape in arrays], len(call.args) - operands)
    if row is None:
        given = [f"{shorten_call(arg, shapes)} ({shape_text(shape)})" for arg, shape in zip(call.args, arrays, strict=False)]
        hint = _usage(rows)
        if f"{call.func}_columns" in LAYERS and len(arrays[0]) > 1:
            raise _refuse_axis(call, arrays[0], shapes)
        if call.func == "matmul" and max(map(len, arrays)) > 2:
            hint = _BATCHED
        if call.func == "transpose":
            hint = tell("a vector is transposed in a product only, such as w^T x or x w^T; {more}", more=hint)
        kind = ShapeError if call.func in ("matmul", "outer") else GraphError
        raise kind(_refuse_operands(operation_text(call.func), given, len(call.args) - operands), hint=hint)
    sizes: dict[str, Size] = {}
    products: list[tuple[str, Size]] = []
    for (_, letters), shape, arg in zip(row.operands, arrays, call.args, strict=False):
        for name, size in zip(letters, shape, strict=True):
            if not name.isidentifier():
                products.append((name, size))
            elif sizes.setdefault(name, size) != size:
                hint = tell("{arg} needs {sizes} where it has {size}", arg=shorten_call(arg, shapes), sizes=sizes[name], size=size)
                if name == "c" and call.func in SLIDING:
                    hint = _name_channels(call, sizes[name], size, shapes)
                both = _shape_of_both(call, arrays, shapes)
                raise ShapeError(tell("shapes do not fit: {both}", both=both), hint=_name_what_fits(call, arrays, shapes, hint))
    _settings(call, row, operands, sizes, shapes)
    for text, size in products:
        if (wanted := _result(call, text, sizes, shapes)) != size:
            both = _shape_of_both(call, arrays, shapes)
            hint = tell("it needs {wanted} entries where it has {size}", wanted=wanted, size=size)
            if call.func in SLIDING:
                hint = tell("{groups} groups of kernels for {channels} channels each need {wanted} channels, and there are {size}",
                            groups=sizes["g"], channels=sizes["c"], wanted=wanted, size=size)
            raise ShapeError(tell("shapes do not fit: {both}", both=both), hint=hint)
    result = tuple(_result(call, text, sizes, shapes) for text in row.result)
    if prod(size for size in result if isinstance(size, int)) > MAX_ENTRIES:
        what = tell("{func} makes an array of {result}", func=operation_text(call.func), result=shape_text(result))
        raise GraphError(what, hint=tell("the limit is {limit:,} entries", limit=MAX_ENTRIES))
    return row, sizes, result


def _name_channels(call: Call, channels: Size, own: Size, shapes: Mapping[str, Shape]) -> Told:
    one, two = (shorten_call(arg, shapes) for arg in call.args[:2])
    if isinstance(channels, int) and isinstance(own, int) and own and channels % own == 0:
        return tell("{one} has {channels} channels, and each kernel of {two} is for {own}: is groups={groups} missing?", one=one, two=two,
                    channels=channels, own=own, groups=channels // own)
    return tell("{one} has {channels} channels, and each kernel of {two} is for {own}", one=one, two=two, channels=channels, own=own)


def _refuse_operands(func: str, given: list[str], extra: int) -> Told:
    if extra == 1:
        return tell("{func} does not take {given} with 1 setting", func=func, given=given)
    if extra:
        return tell("{func} does not take {given} with {extra} settings", func=func, given=given, extra=extra)
    return tell("{func} does not take {given}", func=func, given=given)


def _shape_of_both(call: Call, arrays: Sequence[Shape], shapes: Mapping[str, Shape]) -> Told:
    each = [
        tell("{arg} is {shape}", arg=shorten_call(arg, shapes), shape=shape_text(shape)) for arg,
        shape in zip(call.args, arrays, strict=False)
    ]
    return tell("{each}, in {call}", each=each, call=shorten_call(call, shapes))


def _name_what_fits(call: Call, arrays: Sequence[Shape], shapes: Mapping[str, Shape], hint: Told) -> Told:
    """A hint, and what may have been meant by a matrix product that does not fit: a transpose, or the product entry by entry."""
    if call.func != "matmul":
        return hint
    one, two = (shorten_call(arg, shapes) for arg in call.args[:2])
    turned = len(arrays[0]) == 2 and len(arrays[1]) < 3 and arrays[0][0] == arrays[1][0]
    if turned:
        hint = tell("{hint}; {one}^T would fit", hint=hint, one=one)
    if arrays[0] == arrays[1]:
        hint = tell("{hint}; entry by entry it is {one} ⊙ {two} (or {one} * {two})", hint=hint, one=one, two=two)
    return hint


def _refuse_axis(call: Call, shape: Shape, shapes: Mapping[str, Shape]) -> GraphError:
    """A softmax of a matrix: which of its last two axes adds up to 1 is to be said."""
    func, of = call.func, shorten_call(call.args[0], shapes)
    places = {"func": func, "of": of, "shape": shape_text(shape)}
    return GraphError(
        tell("{func} of the matrix {of} of shape {shape}: along which axis?", **places) if len(shape) == 2
        else tell("{func} of the array {of} of shape {shape}: along which axis?", **places),
        hint=tell("write {func}_columns({of}) where every column is a sample, {func}_rows({of}) where every row is one", func=func, of=of),
    )


_BY_SIGNS: Mapping[str, tuple[Told, Told]] = {
    "matmul": (tell("the matrix product"), tell("write W x or A @ B, with as many columns of the first as the second has rows")),
    "transpose": (tell("the transpose"), tell("write W^T for a matrix W")),
    "outer": (tell("the product x y^T"), tell("write x y^T for vectors x and y")),
    ENTRYWISE: (tell("the product entry by entry"), tell("write A ⊙ B")),
}
"""What is written with signs and not by its name, and how."""


_BATCHED = (
    tell("of arrays of three and four axes the last two multiply: A @ B with equal axes in front, or with a matrix on one side; "
    "a vector of n entries is given the shape [n, 1]")
)


def operation_text(func: str) -> str:
    """What an operation is called in a message: as its sign is read, or by the name that is typed.

    >>> operation_text("matmul"), operation_text("convolve")
    ('the matrix product', 'convolve')
    """
    return _BY_SIGNS[func][0] if func in _BY_SIGNS else func


def _name_operand(name: str, count: int) -> Told:
    if not count:
        return tell("the number {name}", name=name)
    return tell("{name} of 1 dimension", name=name) if count == 1 else tell("{name} of {count} dimensions", name=name, count=count)


_SLIDES = (
    tell("an array is n or h×w and its kernel m or m×q; with channels it is c×n or c×h×w, of a batch N×c×n or N×c×h×w, and the kernels are "
         "o×c×m or o×c×m×q; then stride=1, padding=0, dilation=1, groups=1")
)


def _usage(rows: Sequence[Layer]) -> Told:
    name = rows[0].name
    if name in _BY_SIGNS:
        return _BY_SIGNS[name][1]
    if name in SLIDING:
        return _SLIDES
    if name in POOLS:
        return (tell("write {func}(X, 2, stride=2), of n, c×n or N×c×n", func=name) if name.endswith("_1d")
                else tell("write {func}(X, 2, stride=2), of n, h×w, c×h×w or N×c×h×w", func=name))  # fmt: skip
    written = []
    for row in rows:
        parts = [_name_operand(name, len(sizes)) for name, sizes in row.operands]
        pattern = ", ".join(f"{{operand{place}}}" for place in range(len(parts)))  # a call has no words of its own
        operands = {f"operand{place}": part for place, part in enumerate(parts)}
        settings = "".join(f", {name}" for name, _ in row.settings)
        written.append(tell(f"{row.name}({pattern}{settings})", **operands))
    return tell("write {names}", names=tuple(dict.fromkeys(written)))


def _settings(call: Call, row: Layer, operands: int, sizes: dict[str, Size], shapes: Mapping[str, Shape]) -> None:
    words = {"s": tell("the stride"), "p": tell("the padding"), "k": tell("the window"), "d": tell("the dilation"), "g": tell("the groups")}
    given = [size_of(arg) for arg in call.args[operands:]]
    missing = len(row.settings) - len(given)
    for default in row.defaults[len(row.defaults) - missing :] if missing else ():
        given.append(sizes.get(default, default) if isinstance(default, str) else default)
        if isinstance(given[-1], str) and given[-1] == default:
            given[-1] = given[[name for name, _ in row.settings].index(default)]
    for label, limit in zip(row.below[::2], row.below[1::2], strict=True):
        place = [name for name, _ in row.settings].index(label)
        _check_label(call, given[place], given[0] if limit == row.settings[0][0] else sizes[limit], shapes)
    for (name, least), value in zip(row.settings, given, strict=True):
        if isinstance(value, int) and value < least:
            what = tell("{setting} of {name} is {value}", setting=words.get(name.rstrip("123"), name), name=row.name, value=value)
            raise GraphError(what, hint=tell("it is a whole number from {least}", least=least))
        sizes[name] = value
    for setting, whole in zip(row.divides[::2], row.divides[1::2], strict=True):
        _check_groups(call, sizes[setting], sizes[whole], shapes)
    for setting, limit in zip(row.within[::2], row.within[1::2], strict=True):
        value, most = _result(call, setting, sizes, shapes), sizes[limit]
        if is_at_least(most, value) is False:
            what = tell("the label {value} of {call} is outside of the {limit} classes", value=value, call=shorten_call(call, shapes),
                        limit=most)
            if call.func == "entry":
                shape = shape_text(shape_of(call.args[0], shapes))
                what = tell("there is no entry {call}: {array} is {shape}", call=shorten_call(call, shapes),
                            array=shorten_call(call.args[0], shapes), shape=shape)
            if setting not in sizes:
                what = tell("{call} reaches to the place {value} of {limit}", call=shorten_call(call, shapes), value=show_size(value),
                            limit=show_size(most))
            raise GraphError(what, hint=tell("it runs from 1 to {limit}", limit=most))


def _check_label(call: Call, label: Size, limit: Size, shapes: Mapping[str, Shape]) -> None:
    """Refuse a label that the table does not have: labels are counted from 0, as in NumPy."""
    if isinstance(label, str):
        raise GraphError(tell("the label {label} of {call} is no number", label=label, call=shorten_call(call, shapes)),
                         hint=tell("labels are whole numbers, such as E[[2, 0, 2]]"))
    if label < 0 or (isinstance(limit, int) and label >= limit):
        array = shorten_call(call.args[0], shapes)
        what = tell("there is no label {label} in {array} of shape {shape}", label=label, array=array,
                    shape=shape_text(shape_of(call.args[0], shapes)))
        last = int(limit) - 1 if isinstance(limit, int) else tell("{limit} − 1", limit=limit)
        raise GraphError(what, hint=tell("labels are counted from 0, as in NumPy: here they run from 0 to {last}", last=last))


def _check_groups(call: Call, groups: Size, kernels: Size, shapes: Mapping[str, Shape]) -> None:
    """Refuse groups that do not divide the kernels."""
    if isinstance(groups, int) and isinstance(kernels, int) and kernels % groups:
        kernel = shorten_call(call.args[1], shapes)
        what = tell("{groups} groups do not divide the {kernels} kernels of {kernel} of shape {shape}", groups=groups, kernels=kernels,
                    kernel=kernel, shape=shape_text(shape_of(call.args[1], shapes)))
        raise GraphError(what, hint=tell("each group has as many kernels as another"))


def _result(call: Call, text: str, sizes: Mapping[str, Size], shapes: Mapping[str, Shape]) -> Size:
    """One size of a result: a letter, a sum, a product, the number of windows, or how far windows span."""
    return _work_out(call, formula(text), sizes, shapes)


def _work_out(call: Call, expr: Expr, sizes: Mapping[str, Size], shapes: Mapping[str, Shape]) -> Size:
    if type(expr) is Name:
        return sizes[expr.name]
    if type(expr) is Number:
        return int(expr.text)
    parts = [_work_out(call, part, sizes, shapes) for part in children(expr)]
    if type(expr) in (Add, Mul):
        return size_of(rebuild(expr, tuple(map(size_expr, parts))))
    if any(isinstance(part, str) for part in parts):
        if type(expr) is Call and expr.func == "quotient" and (whole := divide_size(parts[0], parts[1])) is not None:
            return whole
        raise GraphError(
            tell("{func} needs sizes that are numbers, not letters", func=call.func), hint=tell("give its operands shapes such as [4, 4]")
        )
    numbers = [int(part) for part in parts]
    func = expr.func if type(expr) is Call else ""
    if func == "quotient":
        return numbers[0] // numbers[1]
    size, window, stride, padding, *more = numbers
    reach = (more[0] if more else 1) * (window - 1) + 1
    if func == "spans":
        return _span(call, size, reach, stride, padding, shapes)
    return _count_windows(call, size, window, reach, stride, padding, shapes)


def _span(call: Call, size: int, reach: int, stride: int, padding: int, shapes: Mapping[str, Shape]) -> int:
    """How far the windows of a transposed convolution span, without the padding."""
    found = stride * (size - 1) + reach - 2 * padding
    if found < 1:
        what = tell("nothing is left of {call} without its padding of {padding}", call=shorten_call(call, shapes), padding=padding)
        raise GraphError(what, hint=tell("make the padding smaller"))
    return found


def _count_windows(call: Call, size: int, window: int, reach: int, stride: int, padding: int, shapes: Mapping[str, Shape]) -> int:
    found = (size + 2 * padding - reach) // stride + 1
    if found < 1 or reach > size + 2 * padding:
        what, hint = tell("the window"), tell("make the window smaller")
        if call.func in ("correlate", "convolve"):
            what, hint = tell("the kernel"), tell("make the kernel smaller or the padding larger")
        places = {"what": what, "call": shorten_call(call, shapes), "window": window, "size": size, "padding": padding, "reach": reach}
        if reach != window:
            told = tell("{what} of {call} has {window} entries that reach over {reach}, and is larger than its input, "
                        "which has {size} and a padding of {padding}", **places)
        elif padding:
            told = tell(
                "{what} of {call} has {window} entries and is larger than its input, which has {size} with its padding of {padding}",
                **places,
            )
        else:
            told = tell("{what} of {call} has {window} entries and is larger than its input, which has {size}", **places)
        raise GraphError(told, hint=hint)
    return found
