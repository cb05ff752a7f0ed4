"""The shapes of expressions over whole layers; what does not fit is refused with both shapes named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import TypeAlias

from tutor.errors import GraphError
from tutor.expression.lexicon import STARRED
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Number, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.walk import is_transposed, names, transpose
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
        raise GraphError(f"{expr.func} of one array, {_shorten(first, shapes)} of shape {shape_text(shape)}", hint=_SEVERAL[what])
    for other, second in arrays[1:]:
        if second != shape:
            raise _refuse_misfit(expr, first, shape, other, second, shapes)
    singles = [part for part, size in zip(children(expr), found, strict=True) if not size and names(part)]
    if isinstance(expr, Add) and singles:
        single = singles[0]
        raise GraphError(
            f"a number ({_shorten(single, shapes)}) is added to {_shorten(first, shapes)} of shape {shape_text(shape)}",
            hint=f"write fill({_shorten(single, shapes)}, {', '.join(map(str, shape))}), or give it a shape",
        )
    return shape


_SEVERAL = {
    "max": "max takes several arrays, entry by entry; the largest of n entries is max_pool(x, n)",
    "min": "min takes several arrays, entry by entry",
    "softmax": "softmax(z) takes all entries of z",
}
_WORDS = {Add: "added to", Mul: "multiplied with", Div: "divided by"}


def _refuse_misfit(
    expr: Expr, first: Expr, shape: Shape, other: Expr, second: Shape, shapes: Mapping[str, Shape]
) -> GraphError:
    word = _WORDS.get(type(expr), "combined entry by entry with")
    hint = "both need the same shape"
    if isinstance(expr, Mul):
        hint = "entry by entry (⊙) both need the same shape; W x needs as many columns of W as x has entries"
    if isinstance(expr, Add) and {len(shape), len(second)} == {1, 2}:
        bias, (size,), (rows, columns) = (other, second, shape) if len(second) == 1 else (first, shape, second)
        ways = [f"in columns write columns({_shorten(bias, shapes)}, {columns})"] if size == rows else []
        ways += [f"in rows write rows({_shorten(bias, shapes)}, {rows})"] if size == columns else []
        hint = "for a bias of samples " + ", of samples ".join(ways) if ways else hint
    one, two = _shorten(first, shapes), _shorten(other, shapes)
    return GraphError(f"shapes do not fit: {one} of shape {shape_text(shape)} is {word} {two} of shape {shape_text(second)}", hint=hint)


def _shorten(expr: Expr, shapes: Mapping[str, Shape]) -> str:
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
            f"{_shorten(arg, shapes)} ({shape_text(shape)})" for arg, shape in zip(call.args, arrays, strict=False)
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
                hint = f"{_shorten(arg, shapes)} needs {sizes[name]} where it has {size}"
                raise GraphError(
                    "shapes do not fit: " + _shape_of_both(call, arrays, shapes), hint=hint + _shape_of_transposed(call, arrays, shapes)
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
        f"{_shorten(arg, shapes)} is {shape_text(shape)}" for arg, shape in zip(call.args, arrays, strict=False)
    ) + f", in {_shorten(call, shapes)}"  # fmt: skip


def _shape_of_transposed(call: Call, arrays: Sequence[Shape], shapes: Mapping[str, Shape]) -> str:
    if call.func == "matmul" and len(arrays[0]) == 2 and len(arrays[1]) < 3 and arrays[0][0] == arrays[1][0]:
        return f"; {_shorten(call.args[0], shapes)}^T would fit"
    return ""


def _refuse_axis(call: Call, shape: Shape, shapes: Mapping[str, Shape]) -> GraphError:
    """A softmax of a matrix: which of its last two axes adds up to 1 is to be said."""
    func, of = call.func, _shorten(call.args[0], shapes)
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
            what = f"the label {value} of {_shorten(call, shapes)} is outside of the {most} classes"
            if call.func == "entry":
                shape = shape_text(shape_of(call.args[0], shapes))
                what = f"there is no entry {_shorten(call, shapes)}: {_shorten(call.args[0], shapes)} is {shape}"
            raise GraphError(what, hint=f"it runs from 1 to {most}")


def _result(call: Call, text: str, sizes: Mapping[str, Size], shapes: Mapping[str, Shape]) -> Size:
    """One size of a result: a letter, a sum, a product, or the number of windows."""
    expr = formula(text)
    if type(expr) is Name:
        return sizes[expr.name]
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
            f"the {what} of {_shorten(call, shapes)} has {window} entries and is larger than its input, which has {size}{more}",
            hint=f"make the {what} smaller" + (" or the padding larger" if what == "kernel" else ""),
        )
    return found


def arrange_products(expr: Expr, shapes: Mapping[str, Shape], *, beside: bool = False) -> Expr:
    """A formula as it was written, with ⊙ for products of arrays of one shape and the matrix product for ``W x``.

    Two square matrices of one shape are refused, unless it is known that they stand ``beside`` each other without a sign: a matrix product.

    >>> arrange_products(Mul((Name("W"), Name("x"))), {"W": (2, 3), "x": (3,)})
    Call(func='matmul', args=(Name(name='W'), Name(name='x')))
    """
    return _stand_up(_arrange(expr, shapes, beside), expr, shapes)


def arrange_or_row(expr: Expr, shapes: Mapping[str, Shape], *, beside: bool = False) -> tuple[Expr, bool]:
    """The same, and whether it was written as a row, 1×n: δᵀ W, whose entries are those of Wᵀ δ.

    >>> arrange_or_row(Mul((Call("transpose", (Name("d"),)), Name("W"))), {"W": (2, 3), "d": (2,)})[1]
    True
    """
    done = _arrange(expr, shapes, beside)
    return _stand_up(done, expr, shapes), _find_lying(done, shapes) is not None


def _stand_up(done: Expr, expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """The vector of a row that a product made; a transposed vector that was written stays as it is."""
    made = type(expr) is Mul or (type(expr) is Call and expr.func == "matmul")
    standing = _find_lying(done, shapes) if made else None
    return done if standing is None else standing


def _arrange(expr: Expr, shapes: Mapping[str, Shape], beside: bool) -> Expr:
    """The same, with a product that is a row (1×n) still as the transpose of its vector."""
    parts = children(expr)
    if not parts or (type(expr) is Call and expr.func == INDEXED):
        return expr
    if type(expr) is Call and expr.func == "matmul" and len(parts) == 2 and type(parts[0]) is Mul:
        return _arrange_beside_sign(expr, shapes, beside)
    return _arrange_parts(expr, shapes, beside)


def _arrange_beside_sign(product: Call, shapes: Mapping[str, Shape], beside: bool) -> Expr:
    """``a * W @ d``: from the left, as Python reads it; where only a ⊙ (W d) fits, as mathematics does, readers disagree."""
    try:
        return _arrange_parts(product, shapes, beside)
    except GraphError as error:
        (*first, last), second = children(product.args[0]), product.args[1]
        left, inner = Mul(tuple(first)) if len(first) > 1 else first[0], Call("matmul", (last, second))
        try:
            fits = shape_of(_arrange(left, shapes, beside), shapes) == shape_of(_arrange(inner, shapes, beside), shapes) != ()
        except GraphError:
            raise error from None
        if not fits:
            raise
        one, two, three = (_shorten(part, shapes) for part in (left, last, second))
        raise GraphError(
            f"readers disagree about {_shorten(product, shapes)}: Python takes ({one} * {two}) @ ({three}), which does not fit",
            hint=f"write ({one}) * ({two} @ ({three})), if that is meant",
        ) from None


def _arrange_parts(expr: Expr, shapes: Mapping[str, Shape], beside: bool) -> Expr:
    parts = children(expr)
    product = type(expr) is Mul or (type(expr) is Call and expr.func == "matmul")
    if product:
        done = rebuild(expr, tuple(_arrange(part, shapes, beside) for part in parts))
    else:
        done = rebuild(expr, tuple(arrange_products(part, shapes, beside=beside) for part in parts))
    if type(done) is Call and done.func == "matmul" and len(done.args) == 2:
        return _rows(done.args[0], done.args[1], shapes) or _group_entrywise(done, shapes)
    if type(done) is Call and done.func == ENTRYWISE and len(done.args) != 2:
        raise GraphError(f"hadamard takes two arrays, not {len(done.args)}", hint="write A ⊙ B or hadamard(A, B)")
    if type(done) is not Mul:
        return done
    return _fold_factors(done.args, shapes, beside)


def _group_entrywise(product: Call, shapes: Mapping[str, Shape]) -> Expr:
    """``a ⊙ W @ b`` as a ⊙ (W @ b) where only that fits; any other product as it is."""
    first, second = product.args
    if not (type(first) is Call and first.func == ENTRYWISE):
        return product
    try:
        shape_of(product, shapes)
    except GraphError:
        inner = Call("matmul", (first.args[1], second))
        try:
            if shape_of(first.args[0], shapes) == shape_of(inner, shapes):
                return Call(ENTRYWISE, (first.args[0], inner))
        except GraphError:
            return product
    return product


def _fold_factors(factors: Sequence[Expr], shapes: Mapping[str, Shape], beside: bool) -> Expr:
    """A product from the left; where only that fits, ``a ⊙ W b`` is a ⊙ (W b), as products of matrices are written."""
    first = factors[0]
    if not (type(first) is Call and first.func == ENTRYWISE and len(first.args) == 2):
        return _fold_or_part(factors, shapes, beside)
    try:
        return _fold_from_left(factors, shapes, beside)
    except GraphError as error:
        left, right = first.args
        try:
            inner = _fold_factors((right, *factors[1:]), shapes, beside)
            if shape_of(left, shapes) == shape_of(inner, shapes):
                return Call(ENTRYWISE, (left, inner))
        except GraphError:
            pass
        raise error from None


MOST_PARTED = 8
"""A product of more factors is only read from the left."""


def _fold_or_part(factors: Sequence[Expr], shapes: Mapping[str, Shape], beside: bool) -> Expr:
    """The same for any product without marks: where only that fits, ``a*(1 - a)*W d`` is (a*(1 - a)) ⊙ (W d)."""
    try:
        return _fold_from_left(factors, shapes, beside)
    except GraphError:
        if len(factors) > MOST_PARTED or any((type(factor) is Call and factor.func == STARRED) or _is_fill(factor) for factor in factors):
            raise
        for place in range(1, len(factors) - 1):
            try:
                parts = [_fold_from_left(some, shapes, beside) for some in (factors[:place], factors[place:])]
                if shape_of(parts[0], shapes) == shape_of(parts[1], shapes) != ():
                    return Call(ENTRYWISE, tuple(parts))
            except GraphError:
                continue
        raise


def _is_fill(expr: Expr) -> bool:
    """Whether this is a vector of equal numbers, perhaps lying: how long a 𝟏 is, is found by what fits in one way only."""
    inner = expr.args[0] if type(expr) is Call and expr.func == "transpose" else expr
    return type(inner) is Call and inner.func == "fill"


def _fold_from_left(factors: Sequence[Expr], shapes: Mapping[str, Shape], beside: bool) -> Expr:
    """A product from the left; the matrices after a transposed vector wait for the vector that follows: xᵀ(A x)."""
    result, row, matrix = factors[0], None, None
    for marked in factors[1:]:
        starred = type(marked) is Call and marked.func == STARRED
        factor = marked.args[0] if type(marked) is Call and starred else marked
        if row is not None and matrix is not None:
            matrix = _product(matrix, factor, shapes, beside, starred=starred)
            if len(shape_of(matrix, shapes)) == 1:
                result, row, matrix = Call("matmul", (row, matrix)), None, None
            continue
        row = _find_lying(result, shapes)
        if row is not None and _find_lying(factor, shapes) is None and len(shape_of(factor, shapes)) == 2:
            matrix = factor
        else:
            result = _product(result, factor, shapes, beside, starred=starred)
    return result if row is None or matrix is None else _turn_product(row, matrix)


def _turn_product(row: Expr, matrix: Expr) -> Expr:
    """xᵀA, the transpose of Aᵀx."""
    return Call("transpose", (Call("matmul", (transpose(matrix), row)),))


def _find_lying(expr: Expr, shapes: Mapping[str, Shape]) -> Expr | None:
    """The vector of a transposed vector, w in wᵀ (with numbers before it)."""
    if type(expr) is Mul:
        inner = _find_lying(expr.args[-1], shapes)
        return None if inner is None else Mul((*expr.args[:-1], inner))
    if type(expr) is Call and expr.func == "transpose" and len(expr.args) == 1 and len(shape_of(expr.args[0], shapes)) == 1:
        return expr.args[0]
    return None


def _rows(a: Expr, b: Expr, shapes: Mapping[str, Shape]) -> Expr | None:
    """A product with a transposed vector: wᵀ x, xᵀ A and δ xᵀ; nothing for any other."""
    left, right = _find_lying(a, shapes), _find_lying(b, shapes)
    if left is not None and right is None and shape_of(b, shapes):
        return _turn_product(left, b) if len(shape_of(b, shapes)) == 2 else Call("matmul", (left, b))
    if right is not None and left is None:
        return Call("outer", (a, right)) if shape_of(a, shapes) else Mul((*(a.args if type(a) is Mul else (a,)), b))
    return None


def _product(a: Expr, b: Expr, shapes: Mapping[str, Shape], beside: bool, *, starred: bool = False) -> Expr:
    """Two factors side by side, or with a typed ``*`` between them, which between arrays of one shape is entry by entry."""
    lying = _rows(a, b, shapes)
    if lying is not None:
        return lying
    first, second = shape_of(a, shapes), shape_of(b, shapes)
    if not first or not second:
        return Mul((*(a.args if type(a) is Mul else (a,)), b))
    matrices = len(first) > 1 and len(second) > 0 and row_of("matmul", [len(first), len(second)], 0) is not None
    if first == second and matrices and first[-1] == first[-2]:
        turned = beside or is_transposed(a) or is_transposed(b)
        if turned and not starred:
            return Call("matmul", (a, b))  # nobody writes Q Kᵀ for a product entry by entry
        if turned or not starred:
            ways = "A ⊙ B" if turned else "A ⊙ B (or A * B)"
            raise GraphError(
                f"readers disagree about the product of the square matrices {_shorten(a, shapes)} and {_shorten(b, shapes)}",
                hint=f"write A @ B for the matrix product, or {ways} for the product entry by entry",
            )
    if first == second:
        return Call(ENTRYWISE, (a, b))
    if matrices and first[-1] == (second[-2] if len(second) > 1 else second[0]):
        return Call("matmul", (a, b))
    raise _refuse_misfit(Mul((a, b)), a, first, b, second, shapes)
