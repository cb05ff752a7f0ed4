"""Formulas over layers as they are printed: every product of vectors with its transpose, shapes under the factors, arrays of numbers.

A graph knows `matmul` of two vectors as their scalar product; on paper it is xᵀ y, wherever it stands.  What is printed goes through
`make_explicit` first, so that no printed product depends on shapes that the reader does not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.explain.axis_chains import gather_axes
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Neg, Number, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.sizes import Size
from tutor.expression.walk import names, transpose
from tutor.graph.entries import Array
from tutor.graph.nouns import Graph, Quantity
from tutor.graph.shapes import Shape, shape_of, size_expr
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_printed, is_in_short_fractions
from tutor.rules.operations import ENTRYWISE, LAYERS, OF_EACH

MAX_COLUMNS = 4
MAX_ROWS = 6
MAX_SLICES = 4
MAX_NARROW = 10
"""So many columns are shown when a row of them has so few characters: a picture of digits."""


def make_explicit(expr: Expr, shapes: Mapping[str, Shape], *, sized: bool = False) -> Expr:
    """The expression with every product of a vector as a product of matrices, at any depth: xᵀ y, Bᵀ x.

    ``sized``: ones have their number as an index, where no shape can stand below them.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(make_explicit(Call("sigmoid", (Call("matmul", (Name("u"), Name("v"))),)), {"u": (3,), "v": (3,)}))
    'sigmoid(matmul(transpose(u), v))'
    """
    parts = children(expr)
    if not parts:
        return expr
    if gathered := gather_axes(expr, shapes):
        name, inner, axes = gathered
        within = make_explicit(inner, shapes, sized=sized)
        return Call(name, (within, *axes)) if name else within
    if type(expr) is Call and expr.func in UNSEEN:
        return make_explicit(expr.args[0], shapes, sized=sized)
    if sized and type(expr) is Call and (ones := _find_ones(expr, shapes)):
        return ones
    done = rebuild(expr, tuple(make_explicit(part, shapes, sized=sized) for part in parts))
    if type(done) is Call and done.func in OF_EACH:
        return Call(_name_on_paper(expr, shapes), done.args)
    if type(expr) is not Call or type(done) is not Call or expr.func != "matmul" or len(shape_of(expr.args[0], shapes)) != 1:
        return done
    first, second = done.args
    if len(shape_of(expr.args[1], shapes)) == 1:
        return Call("matmul", (Call("transpose", (first,)), second))
    return Call("matmul", (transpose(second), first))


_OF_ONES = frozenset(name for name, rows in LAYERS.items() if rows[0].written == "multiple of ones")
_FILL = min(_OF_ONES)
UNSEEN = frozenset(name for name, rows in LAYERS.items() if rows[0].written == "itself")
"""Operations that put in an axis of one entry, or leave it out: on paper a vector is such a matrix."""


def dress_expr(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """The expression for print: `make_explicit`, its factors with their shapes.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(dress_expr(Call("outer", (Name("d"), Name("x"))), {"d": (2,), "x": (3,)}))
    'matmul(shaped(d, 2, 1), shaped(transpose(x), 1, 3))'
    """
    shape = shape_of(expr, shapes)
    if gathered := gather_axes(expr, shapes):
        name, inner, axes = gathered
        return Call(name, (dress_expr(inner, shapes), *axes)) if name else _dress_within(inner, shape, shapes)
    match expr:
        case Call(func, (inner, *_)) if func in UNSEEN:
            return _dress_within(inner, shape, shapes)
        case Call("outer", (first, second)):
            raised = Call("transpose", (make_explicit(second, shapes),))
            return Call("matmul", (dress_expr(first, shapes), _shape_expr(raised, (1, *shape_of(second, shapes)))))
        case Call("matmul", (first, second)) if len(own := shape_of(first, shapes)) == 1 and not shape:
            raised = Call("transpose", (make_explicit(first, shapes),))
            return Call("matmul", (_shape_expr(raised, (1, *own)), dress_expr(second, shapes)))
        case Call("matmul", (first, second)) if len(shape_of(first, shapes)) == 1:
            return dress_expr(Call("matmul", (transpose(second), first)), shapes)
        case Call(func, (first, *sizes)) if func in _OF_ONES and shape:
            return _dress_multiple(first, Call(func, (ONE, *sizes)), shape, shapes)
        case Call(func, (first, *_)) if func in _BESIDE_ONES and max(len(shape), len(shape_of(first, shapes))) <= 2:
            return _dress_ones(_BESIDE_ONES[func], first, shape, shapes)
        case Call(func, args) if func in _OPENED:
            operands = _OPENED[func]
            return Call(_name_on_paper(expr, shapes), (*(dress_expr(arg, shapes) for arg in args[:operands]), *args[operands:]))
        case Div(num, den) if shape and not shape_of(den, shapes):
            return Div(dress_expr(num, shapes), den)
        case Add() | Neg() | Mul() if shape:
            return rebuild(expr, tuple(dress_expr(part, shapes) for part in children(expr)))
        case _ if not shape and _has_arrays(expr, shapes) and not (type(expr) is Call and expr.func in _WHOLE):
            return rebuild(expr, tuple(dress_expr(part, shapes) for part in children(expr)))
    return _shape_expr(make_explicit(expr, shapes, sized=not _is_ones(expr)), shape) if shape else expr


def _is_ones(expr: Expr) -> bool:
    """Whether ones or zeros stand there alone, above their shape."""
    return type(expr) is Call and (expr.func in _OF_ONES or (expr.func == "transpose" and _is_ones(expr.args[0])))


def _find_ones(call: Call, shapes: Mapping[str, Shape]) -> Expr | None:
    """An operation that is printed with ones, whose number is their index; nothing for any other.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(_find_ones(Call("row_sums", (Name("A"),)), {"A": (2, 3)}))
    'matmul(A, sized(fill(1, 3), 3))'
    """
    shape, first = shape_of(call, shapes), call.args[0] if call.args else ZERO
    if call.func in _OF_ONES and shape:
        ones = _size_ones(Call(call.func, (ZERO if first == ZERO else ONE, *call.args[1:])), shape)
        return ones if first in (ONE, ZERO) else Mul((make_explicit(first, shapes, sized=True), ones))
    if call.func in _BESIDE_ONES and max(len(shape), len(shape_of(first, shapes))) <= 2:
        return _dress_ones(_BESIDE_ONES[call.func], first, shape, shapes, inside=True)
    return None


def _size_ones(expr: Expr, shape: Shape) -> Expr:
    """Ones with their number as an index."""
    return Call("sized", (expr, *(size_expr(size) for size in shape)))


def _dress_multiple(factor: Expr, ones: Call, shape: Shape, shapes: Mapping[str, Shape]) -> Expr:
    """A multiple of ones, whose size stands below the ones; of zeros below these."""
    if factor in (ONE, ZERO):
        return _shape_expr(Call(ones.func, (factor, *ones.args[1:])), shape)
    if type(factor) is Neg:
        return Neg(_dress_multiple(factor.arg, ones, shape, shapes))
    if type(factor) is Number and factor.text.startswith("-"):
        return Neg(_dress_multiple(Number(factor.text[1:]), ones, shape, shapes))
    return Mul((dress_expr(factor, shapes), _shape_expr(ones, shape)))


_BESIDE_ONES = {name: rows[0].written.split() for name, rows in LAYERS.items() if {"ones", "times"} <= set(rows[0].written.split())}
"""Operations that are printed as a product with a vector of ones, and how: A 1, Aᵀ 1, b 1ᵀ, 1 bᵀ."""


def _dress_ones(written: Sequence[str], operand: Expr, shape: Shape, shapes: Mapping[str, Shape], *, inside: bool = False) -> Expr:
    """A product with a vector of ones, whose size stands below it as those of the other factors do; ``inside`` a function as its index."""
    own = shape_of(operand, shapes)

    def make_ones(size: Size) -> Expr:
        ones = Call(_FILL, (ONE, size_expr(size)))
        return _size_ones(ones, (size,)) if inside else _shape_expr(ones, (size,))

    def make_lying(size: Size) -> Expr:
        if inside:
            return Call("transpose", (make_ones(size),))
        return _shape_expr(Call("transpose", (Call(_FILL, (ONE, size_expr(size))),)), (1, size))

    def dress(part: Expr) -> Expr:
        return make_explicit(part, shapes, sized=True) if inside else dress_expr(part, shapes)

    def dress_raised(shape: Shape) -> Expr:
        raised = transpose(make_explicit(operand, shapes, sized=True))
        return raised if inside else _shape_expr(raised, shape)

    if written[-1] == "lying" and written[0] != "ones":
        return Call("matmul", (dress(operand), make_lying(shape[-1])))
    if written == ["times", "ones"]:
        return Call("matmul", (dress(operand), make_ones(own[-1])))
    if written[0] == "transposed":
        return Call("matmul", (dress_raised(own[::-1]), make_ones(own[0])))
    if type(operand) is Call and _BESIDE_ONES.get(operand.func, [""])[0] == "transposed":  # 1 (1ᵀ A)
        first = operand.args[0]
        return Call("matmul", (make_ones(shape[0]), Call("matmul", (make_lying(shape_of(first, shapes)[0]), dress(first)))))
    return Call("matmul", (make_ones(shape[0]), dress_raised((1, *own)) if "lying" in written else dress(operand)))


def _dress_within(inner: Expr, shape: Shape, shapes: Mapping[str, Shape]) -> Expr:
    """What has axes of one entry that are not printed, with the shape that it has with them."""
    dressed = dress_expr(inner, shapes)
    return _shape_expr(dressed.args[0], shape) if type(dressed) is Call and dressed.func == "shaped" else dressed


def has_sized_ones(expr: Expr) -> bool:
    """Whether ones stand in a formula for print with their number as an index."""
    return (type(expr) is Call and expr.func == "sized" and expr.args[0] != Call(_FILL, (ZERO, *expr.args[1:]))) or any(
        map(has_sized_ones, children(expr))
    )


_WHOLE = frozenset(name for name, rows in LAYERS.items() if rows[0].whole)
_OPENED = {name: len(rows[0].arrays) for name, rows in LAYERS.items() if name not in _WHOLE} | {ENTRYWISE: 2}
"""The operations whose operands have their shapes below them, and how many they have."""


def _name_on_paper(call: Expr, shapes: Mapping[str, Shape]) -> str:
    """What an operation is called on paper: by another name where it is done to each matrix of a batch."""
    assert type(call) is Call
    first = LAYERS[call.func][0].operands if call.func in OF_EACH else ()
    of_each = first and len(shape_of(call.args[0], shapes)) > len(first[0][1])
    return OF_EACH[call.func] if of_each else call.func


def _has_arrays(expr: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether arrays stand somewhere in an expression that is a single number."""
    return bool(shape_of(expr, shapes)) or any(_has_arrays(part, shapes) for part in children(expr))


def _shape_expr(expr: Expr, shape: Shape) -> Expr:
    full = shape if len(shape) != 1 else (*shape, 1)
    return Call("shaped", (expr, *(size_expr(size) for size in full)))


_KINDS = ("input", "weight", "bias", "constant", "target")


def sort_leaves(graph: Graph) -> list[Quantity]:
    """What a graph starts from, in the order of the computation; of one step what comes in, then weights, then biases.

    What is given at each time stands behind that, a family by itself: x₁, x₂, x₃.

    >>> from tutor.graph.layered import from_layers
    >>> shapes = {"x": (2,), "y": (2,), "W": (2, 2), "b": (2,)}
    >>> [q.name for q in sort_leaves(from_layers(["z = W x + b", "L = sum((z - y)^2)"], shapes, parameters=["W", "b"]).graph)]
    ['x', 'W', 'b', 'y']
    """
    known = {quantity.name: quantity for quantity in graph.leaves}
    found: dict[str, Quantity] = {}
    for step in graph.steps:
        used = [known[name] for name in names(step.expr) if name in known]
        used.sort(key=lambda quantity: _KINDS.index(quantity.kind) if quantity.kind in _KINDS else len(_KINDS))
        found.update({quantity.name: quantity for quantity in used if quantity.name not in found})
    ordered = [*(found | {name: quantity for name, quantity in known.items() if name not in found}).values()]
    families: dict[str, list[Quantity]] = {}
    for quantity in ordered:
        families.setdefault(quantity.name.removesuffix("_" + "_".join(quantity.time)) if quantity.time else "", []).append(quantity)
    return [*families.pop("", []), *(quantity for family in families.values() for quantity in family)]


def strip_shapes(expr: Expr) -> Expr:
    """The expression for print without the shapes."""
    if type(expr) is Call and expr.func in ("shaped", "sized"):
        return strip_shapes(expr.args[0])
    parts = children(expr)
    return rebuild(expr, tuple(strip_shapes(part) for part in parts)) if parts else expr


def matrix(
    array: Array[Value], digits: int, *, whole: bool = False, fractions: bool | None = None, at: tuple[int, ...] = (), width: int = 36
) -> Expr:
    """Numbers as a matrix, of more axes as its slices, each with its place (``at`` is that of all of them).

    Of a large one that is not to be ``whole`` stand the first rows and columns and the last, with dots between; ``width`` letters have
    room in a row whose columns are all shown.  ``fractions``: all are, or none is; where nobody says, as the array itself is best read.

    >>> from fractions import Fraction
    >>> matrix(Array((2,), (Fraction(1), Fraction(1, 2))), 6)
    Call(func='matrix', args=(Number(text='1'), Number(text='1'), Number(text='0.5')))
    """
    if not array.shape:
        return as_printed(array.items[0], digits, fractions=fractions)
    fractions = is_in_short_fractions(array.items) if fractions is None else fractions
    if len(array.shape) > 2:
        chosen = _list_some(array.shape[0], array.shape[0] if whole else MAX_SLICES)
        slices = (
            Call("dots", ())
            if i is None
            else matrix(_slice(array, i), digits, whole=whole, fractions=fractions, at=(*at, i + 1), width=width)
            for i in chosen
        )
        return Call("slices", tuple(slices))
    rows, columns = (array.shape[0], 1) if len(array.shape) == 1 else array.shape
    longest = max(len(write_plain(as_printed(item, digits, fractions=fractions))) for item in array.items)
    narrow = whole or (columns <= MAX_NARROW and longest * columns <= width)
    places = [_list_some(rows, rows if whole else MAX_ROWS), _list_some(columns, columns if narrow else MAX_COLUMNS)]
    entries: list[Expr] = []
    for row in places[0]:
        for column in places[1]:
            if row is None:
                entries.append(Call("down", ()))
            elif column is None:
                entries.append(Call("dots", ()))
            else:
                entries.append(as_printed(array.items[row * columns + column], digits, fractions=fractions))
    made = Call("matrix", (Number(str(len(places[1]))), *entries))
    return Call("slice", (made, *(Number(str(place)) for place in at))) if at else made


def split_wide(made: Expr, most: int | None = None) -> Expr:
    """A matrix that is wider than a line of a page (than ``most`` letters), in blocks of columns, each with its places.

    >>> row = Call("matrix", (Number("12"), *(Number(str(entry)) for entry in range(12))))
    >>> [write_plain(block.args[1]) for block in split_wide(row).args]
    ['1', '10']
    """
    if type(made) is not Call or made.func != "matrix" or type(made.args[0]) is not Number:
        return made
    count, entries = int(made.args[0].text), made.args[1:]
    texts = [write_plain(entry) for entry in entries]
    widths = [max(len(text) + 4 * ("e" in text) for text in texts[column::count]) + 2 for column in range(count)]  # 1e-5 is 1 × 10⁻⁵
    blocks: list[list[int]] = [[]]
    for column, width in enumerate(widths):
        if blocks[-1] and (len(blocks[-1]) == MOST_COLUMNS or sum(widths[one] for one in blocks[-1]) + width > (most or MOST_CELLS)):
            blocks.append([])
        blocks[-1].append(column)
    if len(blocks) == 1:
        return made
    parts = []
    for block in blocks:
        chosen = tuple(entries[start + column] for start in range(0, len(entries), count) for column in block)
        ends = (Number(str(block[0] + 1)), Number(str(block[-1] + 1)))
        parts.append(Call("block", (Call("matrix", (Number(str(len(block))), *chosen)), *ends)))
    return Call("slices", tuple(parts))


MOST_COLUMNS, MOST_CELLS = 9, 75
"""Columns of a matrix on a line, and the letters in them; TeX has ten columns at most."""


def _slice(array: Array[Value], first: int) -> Array[Value]:
    """The part of an array at one place of its first axis."""
    count = len(array.items) // array.shape[0]
    return Array(array.shape[1:], array.items[first * count : (first + 1) * count])


def _list_some(count: int, most: int) -> list[int | None]:
    if count <= most:
        return list(range(count))
    return [*range(most - 2), None, count - 1]
