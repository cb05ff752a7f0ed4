"""The shapes of expressions over whole layers; what does not fit is refused with both shapes named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import TypeAlias

from tutor.errors import GraphError
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.rules.operations import ENTRYWISE, LAYERS, Layer, formula, row_of

Size: TypeAlias = int | str
"""A number of entries, or a letter for one."""
Shape: TypeAlias = tuple[Size, ...]

MAX_ENTRIES = 10**5
"""So many entries may an array have, and all arrays of an exercise together: each is proved one by one."""
INDEXED = "indexed"
"""A formula in index form as an array: ``indexed(form, j, 3, i, 2)`` has the entries that ``form`` gives for j = 1..3, i = 1..2."""
AXES = "an array has one axis (a vector), two (a matrix), three or four"


def shape_text(shape: Shape) -> str:
    """A shape for people: 2×3, 4, "a number".

    >>> shape_text((2, "n"))
    '2×n'
    """
    return "×".join(str(size) for size in shape) if shape else "a number"


def size_expr(size: Size) -> Expr:
    """A size inside a formula."""
    return Number(str(size)) if isinstance(size, int) else Name(size)


def size_of(expr: Expr) -> Size:
    """A whole number, or the letter of a size, in the place of a setting."""
    if type(expr) is Number and expr.text.isdigit():
        return int(expr.text)
    if type(expr) is Name:
        return expr.name
    if type(expr) is Neg and isinstance(size := size_of(expr.arg), int):
        return -size
    if type(expr) is Add and not any(isinstance(size, str) for size in map(size_of, expr.args)):
        return sum(int(size_of(part)) for part in expr.args)
    raise GraphError(f"{write_plain(expr, as_written=True)} is no size", hint="a stride, a padding or a size is a whole number such as 2")


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
    found = [shape_of(part, shapes) for part in children(expr)]
    arrays = [(part, shape) for part, shape in zip(children(expr), found, strict=True) if shape]
    if not arrays:
        return ()
    first, shape = arrays[0]
    if isinstance(expr, Call) and len(expr.args) == 1 and expr.func.partition("_")[0] in _SEVERAL:
        what = expr.func.partition("_")[0]
        raise GraphError(f"{expr.func} of one array, {shorten_call(first, shapes)} of shape {shape_text(shape)}", hint=_SEVERAL[what])
    for other, second in arrays[1:]:
        if second != shape:
            raise refuse_misfit(expr, first, shape, other, second, shapes)
    singles = [part for part, size in zip(children(expr), found, strict=True) if not size and names(part)]
    if isinstance(expr, Add) and singles:
        single = singles[0]
        raise GraphError(
            f"a number ({shorten_call(single, shapes)}) is added to {shorten_call(first, shapes)} of shape {shape_text(shape)}",
            hint=f"write fill({shorten_call(single, shapes)}, {', '.join(map(str, shape))}), or give it a shape",
        )
    return shape


_SEVERAL = {
    "max": "max takes several arrays, entry by entry; the largest of n entries is max_pool(x, n)",
    "min": "min takes several arrays, entry by entry",
    "softmax": "softmax(z) takes all entries of z",
}
_WORDS = {Add: "added to", Mul: "multiplied with", Div: "divided by"}


def refuse_misfit(
    expr: Expr, first: Expr, shape: Shape, other: Expr, second: Shape, shapes: Mapping[str, Shape]
) -> GraphError:
    """The refusal of two arrays that do not fit: both are named, with their shapes."""
    word = _WORDS.get(type(expr), "combined entry by entry with")
    hint = _name_axis(shape, second)
    one, two = shorten_call(first, shapes), shorten_call(other, shapes)
    if type(expr) is Call and (fits := _bind_alike("matmul", id(LAYERS["matmul"]), (shape, second), ())):
        hint = f"entry by entry (⊙) both need the same shape; as a matrix product, {one} @ {two}, it is {shape_text(fits[2])}"
    if isinstance(expr, Mul):
        hint = "entry by entry (⊙) both need the same shape; W x needs as many columns of W as x has entries"
    if isinstance(expr, Add) and {len(shape), len(second)} == {1, 2}:
        bias, (size,), (rows, columns) = (other, second, shape) if len(second) == 1 else (first, shape, second)
        ways = [f"in columns write columns({shorten_call(bias, shapes)}, {columns})"] if size == rows else []
        ways += [f"in rows write rows({shorten_call(bias, shapes)}, {rows})"] if size == columns else []
        hint = f"{hint}; for a bias of samples {', of samples '.join(ways)}" if ways else hint
    return GraphError(f"shapes do not fit: {one} of shape {shape_text(shape)} is {word} {two} of shape {shape_text(second)}", hint=hint)


def _name_axis(one: Shape, two: Shape) -> str:
    """Along which axis two arrays differ, as NumPy counts and compares: from the last one on."""
    rank = max(len(one), len(two))
    places = [axis for axis in range(-1, -min(len(one), len(two)) - 1, -1) if one[axis] != two[axis] and 1 not in (one[axis], two[axis])]
    if not places:
        return "both need the same shape"
    axis = places[0]
    return (
        f"along axis {rank + axis} one has {one[axis]} entries and the other {two[axis]}; "
        "from the last axis on both have the same number, or one has 1 or no such axis"
    )


def shorten_call(expr: Expr, shapes: Mapping[str, Shape]) -> str:
    """A formula as it is named in an error: with its transposes, and cut where it is long."""
    text = write_plain(_show_transposes(expr, shapes), as_written=True)
    return text if len(text) <= 60 else text[:57] + "…"


def _show_transposes(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A formula with the transposes that are written in it: of two vectors the product is xᵀ y."""
    parts = tuple(_show_transposes(part, shapes) for part in children(expr))
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
        raise GraphError(f"{call.func} takes {operands} operand(s), not {len(call.args)}", hint=_usage(rows))
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
        given = " and ".join(
            f"{shorten_call(arg, shapes)} ({shape_text(shape)})" for arg, shape in zip(call.args, arrays, strict=False)
        )
        extra = len(call.args) - operands
        settings = f" with {extra} setting{'s' if extra > 1 else ''}" if extra else ""
        hint = _usage(rows)
        if f"{call.func}_columns" in LAYERS and len(arrays[0]) > 1:
            raise _refuse_axis(call, arrays[0], shapes)
        if call.func == "matmul" and max(map(len, arrays)) > 2:
            hint = _BATCHED
        if call.func == "transpose":
            hint = "a vector is transposed in a product only, such as w^T x or x w^T; " + hint
        raise GraphError(f"{operation_text(call.func)} does not take {given}{settings}", hint=hint)
    sizes: dict[str, Size] = {}
    products: list[tuple[str, Size]] = []
    for (_, letters), shape, arg in zip(row.operands, arrays, call.args, strict=False):
        for name, size in zip(letters, shape, strict=True):
            if not name.isidentifier():
                products.append((name, size))
            elif sizes.setdefault(name, size) != size:
                hint = f"{shorten_call(arg, shapes)} needs {sizes[name]} where it has {size}"
                raise GraphError(
                    "shapes do not fit: " + _shape_of_both(call, arrays, shapes), hint=hint + _name_what_fits(call, arrays, shapes)
                )
    _settings(call, row, operands, sizes, shapes)
    for text, size in products:
        if (wanted := _result(call, text, sizes, shapes)) != size:
            both = _shape_of_both(call, arrays, shapes)
            raise GraphError(f"shapes do not fit: {both}", hint=f"it needs {wanted} entries where it has {size}")
    result = tuple(_result(call, text, sizes, shapes) for text in row.result)
    if prod(size for size in result if isinstance(size, int)) > MAX_ENTRIES:
        what = f"{operation_text(call.func)} makes an array of {shape_text(result)}"
        raise GraphError(what, hint=f"the limit is {MAX_ENTRIES:,} entries")
    return row, sizes, result


def _shape_of_both(call: Call, arrays: Sequence[Shape], shapes: Mapping[str, Shape]) -> str:
    return " and ".join(
        f"{shorten_call(arg, shapes)} is {shape_text(shape)}" for arg, shape in zip(call.args, arrays, strict=False)
    ) + f", in {shorten_call(call, shapes)}"  # fmt: skip


def _name_what_fits(call: Call, arrays: Sequence[Shape], shapes: Mapping[str, Shape]) -> str:
    """What may have been meant by a matrix product that does not fit: a transpose, or the product entry by entry."""
    if call.func != "matmul":
        return ""
    one, two = (shorten_call(arg, shapes) for arg in call.args[:2])
    turned = len(arrays[0]) == 2 and len(arrays[1]) < 3 and arrays[0][0] == arrays[1][0]
    entrywise = f"; entry by entry it is {one} ⊙ {two} (or {one} * {two})" if arrays[0] == arrays[1] else ""
    return (f"; {one}^T would fit" if turned else "") + entrywise


def _refuse_axis(call: Call, shape: Shape, shapes: Mapping[str, Shape]) -> GraphError:
    """A softmax of a matrix: which of its last two axes adds up to 1 is to be said."""
    func, of = call.func, shorten_call(call.args[0], shapes)
    return GraphError(
        f"{func} of the {'matrix' if len(shape) == 2 else 'array'} {of} of shape {shape_text(shape)}: along which axis?",
        hint=f"write {func}_columns({of}) where every column is a sample, {func}_rows({of}) where every row is one",
    )


_BY_SIGNS = {
    "matmul": ("the matrix product", "write W x or A @ B, with as many columns of the first as the second has rows"),
    "transpose": ("the transpose", "write W^T for a matrix W"),
    "outer": ("the product x y^T", "write x y^T for vectors x and y"),
    ENTRYWISE: ("the product entry by entry", "write A ⊙ B"),
}
"""What is written with signs and not by its name, and how."""


_BATCHED = (
    "of arrays of three and four axes the last two multiply: A @ B with equal axes in front, or with a matrix on one side; "
    "a vector of n entries is given the shape [n, 1]"
)


def operation_text(func: str) -> str:
    """What an operation is called in a message: as its sign is read, or by the name that is typed.

    >>> operation_text("matmul"), operation_text("convolve")
    ('the matrix product', 'convolve')
    """
    return _BY_SIGNS[func][0] if func in _BY_SIGNS else func


def _usage(rows: Sequence[Layer]) -> str:
    if rows[0].name in _BY_SIGNS:
        return _BY_SIGNS[rows[0].name][1]
    written = []
    for row in rows:
        parts = [f"{name} of {len(sizes)} dimension{'s' if len(sizes) > 1 else ''}" if sizes else f"the number {name}"
                 for name, sizes in row.operands]  # fmt: skip
        written.append(f"{row.name}({', '.join(parts + [name for name, _ in row.settings])})")
    return "write " + " or ".join(dict.fromkeys(written))


def _settings(call: Call, row: Layer, operands: int, sizes: dict[str, Size], shapes: Mapping[str, Shape]) -> None:
    words = {"s": "the stride", "p": "the padding", "k": "the window"}
    given = [size_of(arg) for arg in call.args[operands:]]
    missing = len(row.settings) - len(given)
    for default in row.defaults[len(row.defaults) - missing :] if missing else ():
        given.append(sizes.get(default, default) if isinstance(default, str) else default)
        if isinstance(given[-1], str) and given[-1] == default:
            given[-1] = given[[name for name, _ in row.settings].index(default)]
    for (name, least), value in zip(row.settings, given, strict=True):
        if isinstance(value, int) and value < least:
            raise GraphError(
                f"{words.get(name, name)} of {row.name} is {value}", hint=f"it is a whole number from {least}"
            )
        sizes[name] = value
    for setting, limit in zip(row.within[::2], row.within[1::2], strict=True):
        value, most = sizes[setting], sizes[limit]
        if isinstance(value, int) and isinstance(most, int) and value > most:
            what = f"the label {value} of {shorten_call(call, shapes)} is outside of the {most} classes"
            if call.func == "entry":
                shape = shape_text(shape_of(call.args[0], shapes))
                what = f"there is no entry {shorten_call(call, shapes)}: {shorten_call(call.args[0], shapes)} is {shape}"
            raise GraphError(what, hint=f"it runs from 1 to {most}")


def _result(call: Call, text: str, sizes: Mapping[str, Size], shapes: Mapping[str, Shape]) -> Size:
    """One size of a result: a letter, a sum, a product, or the number of windows."""
    expr = formula(text)
    if type(expr) is Name:
        return sizes[expr.name]
    if type(expr) is Number:
        return int(expr.text)
    parts = [sizes[part.name] if type(part) is Name else int(part.text) for part in children(expr)]  # type: ignore[union-attr]
    if any(isinstance(part, str) for part in parts):
        raise GraphError(
            f"{call.func} needs sizes that are numbers, not letters", hint="give its operands shapes such as [4, 4]"
        )
    numbers = [int(part) for part in parts]
    if type(expr) is Add:
        return sum(numbers)
    if type(expr) is Mul:
        return prod(numbers)
    size, window, stride, padding = numbers
    found = (size + 2 * padding - window) // stride + 1
    if found < 1 or window > size + 2 * padding:
        what = "kernel" if call.func in ("correlate", "convolve") else "window"
        more = f" with its padding of {padding}" if padding else ""
        raise GraphError(
            f"the {what} of {shorten_call(call, shapes)} has {window} entries and is larger than its input, which has {size}{more}",
            hint=f"make the {what} smaller" + (" or the padding larger" if what == "kernel" else ""),
        )
    return found
