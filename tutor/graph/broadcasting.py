"""Broadcasting: arrays of different shapes entry by entry, as NumPy has it, written with the operation that makes them alike.

``X @ W + b`` adds b to each row: ``X W + rows(b, N)``, on paper 𝟏 bᵀ; ``x - mean(x)`` has the mean at every place.  Shapes are compared
from the last axis on; an axis that is missing, or has one entry, is made as long as the other's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.errors import GraphError, tell
from tutor.expression.nodes import Call, Expr, Mul, Name, Neg, Number
from tutor.expression.sizes import Size
from tutor.expression.walk import names
from tutor.graph.shapes import Shape, shape_of, shorten_call, size_expr
from tutor.rules.operations import name_along


def join_shapes(one: Shape, two: Shape) -> Shape | None:
    """The shape that two arrays have entry by entry; nothing where they cannot be broadcast.

    >>> join_shapes(("N", 3), (3,)), join_shapes(("N", 1), (1, 3)), join_shapes((2, 3), (2,))
    (('N', 3), ('N', 3), None)
    """
    count = max(len(one), len(two))
    found: list[Size] = []
    for a, b in zip((1,) * (count - len(one)) + one, (1,) * (count - len(two)) + two, strict=True):
        if a != b and 1 not in (a, b):
            return None
        found.append(b if a == 1 else a)
    return tuple(found)


def spread_array(expr: Expr, own: Shape, whole: Shape) -> Expr:
    """An array of the shape ``own``, made as large as ``whole``.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> [write_plain(spread_array(Name("b"), own, ("N", 3))) for own in ((3,), ("N", 1), ())]
    ['rows(b, N)', 'stretch_row(b, 3)', 'fill(b, N, 3)']
    """
    if own == whole:
        return expr
    if not own or (len(own) == 1 and own != whole[-1:]):
        filled = type(expr) is Call and expr.func == "fill" and len(expr.args) == 2  # keepdims of a vector: one entry
        single = expr.args[0] if type(expr) is Call and filled else Call("entry", (expr, Number("1"))) if own else expr
        return Call("fill", (single, *map(size_expr, whole)))
    for behind, (one, wanted) in enumerate(zip(reversed(own), reversed(whole), strict=False)):
        if one != wanted:
            expr = _stretch(expr, wanted, len(own), len(own) - 1 - behind)
    for count in range(len(own) + 1, len(whole) + 1):
        expr = Call("rows" if count == 2 else "batch", (expr, size_expr(whole[-count])))
    return expr


def fit_single_axes(expr: Expr, own: Shape, wanted: Shape) -> Expr | None:
    """An array of another number of axes that differs by axes of one entry only, with those that are wanted; nothing for any other.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(fit_single_axes(Name("s"), (1, 3), (3,))), fit_single_axes(Name("s"), (3, 1), (1, 3))
    ('drop_column(s)', None)
    """
    inside = [size for size in own if size != 1]
    if len(own) == len(wanted) or not inside or inside != [size for size in wanted if size != 1]:
        return None
    rank = len(own)
    for place in reversed([place for place, size in enumerate(own) if size == 1]):
        expr, rank = Call(name_along("drop", rank, place), (expr,)), rank - 1
    for place in (place for place, size in enumerate(wanted) if size == 1):
        rank += 1
        expr = Call(name_along("keep", rank, place), (expr,))
    return expr


_IN_EACH = {"keep_row": "columns", "keep_column": "rows"}


def _stretch(expr: Expr, size: Size, rank: int, place: int) -> Expr:
    """An axis of one entry made longer; of a vector that was given such an axis, the vector in each column, or in each row."""
    if type(expr) is Call and rank == 2 and expr.func in _IN_EACH and expr.func == name_along("keep", rank, place):
        return Call(_IN_EACH[expr.func], (expr.args[0], size_expr(size)))
    return Call(name_along("stretch", rank, place), (expr, size_expr(size)))


def spread_parts(parts: Sequence[Expr], shapes: Mapping[str, Shape], *, numbers: bool, paper: bool = False) -> tuple[Expr, ...]:
    """The parts of a formula entry by entry, all of one shape; as they are where they do not fit.

    With ``numbers`` single quantities are spread as well, as a sum of arrays needs it.  On ``paper`` W X + b adds b to each column where
    only that fits.  Raises `GraphError` where a column and a row of a square matrix are both meant by somebody.

    >>> from tutor.expression.nodes import Name
    >>> from tutor.expression.plain import write_plain
    >>> shapes = {"Z": (2, 3), "b": (2,)}
    >>> [write_plain(part) for part in spread_parts((Name("Z"), Name("b")), shapes, numbers=True, paper=True)]
    ['Z', 'columns(b, 3)']
    """
    found = [shape_of(part, shapes) for part in parts]
    largest = max(found, key=len)
    if paper and len(largest) == 2:
        done = [_put_in_columns(part, own, largest, shapes) for part, own in zip(parts, found, strict=True)]
        parts, found = done, [shape_of(part, shapes) for part in done]
    whole: Shape = ()
    for shape in found:
        joined = join_shapes(whole, shape)
        if joined is None:
            return tuple(parts)
        whole = joined
    _refuse_column_beside_vector(parts, found, shapes)
    return tuple(
        _spread_part(part, own, whole) if own or (numbers and names(part)) else part for part, own in zip(parts, found, strict=True)
    )


def _refuse_column_beside_vector(parts: Sequence[Expr], found: Sequence[Shape], shapes: Mapping[str, Shape]) -> None:
    """Refuse n entries beside n×1 of them: NumPy makes n×n of both, which hardly anybody means who did not write None or keepdims."""
    for column, own in zip(parts, found, strict=True):
        inner = column.arg if type(column) is Neg else column
        beside = [part for part, shape in zip(parts, found, strict=True) if len(own) == 2 and own[1] == 1 != own[0] and shape == own[:1]]
        if beside and not (type(inner) is Call and inner.func == name_along("keep", 2, 1)):
            vector = beside[0].arg if type(beside[0]) is Neg else beside[0]
            one, two = (shorten_call(part, shapes) if type(part) is Name else f"({shorten_call(part, shapes)})" for part in (vector, inner))
            what = tell("{one} of shape {size} beside {two} of shape {size}×1: NumPy makes {size}×{size} of both", one=one, two=two,
                        size=own[0])  # fmt: skip
            hint = tell("give both one shape, or write {two}[:, 0] for the vector, {one}[:, None] for the column", one=one, two=two)
            raise GraphError(what, hint=hint)


def _spread_part(part: Expr, own: Shape, whole: Shape) -> Expr:
    return Neg(_spread_part(part.arg, own, whole)) if type(part) is Neg else spread_array(part, own, whole)


def _put_in_columns(part: Expr, own: Shape, whole: Shape, shapes: Mapping[str, Shape]) -> Expr:
    """A vector beside a matrix product on paper: in each column, where it is as long as one."""
    if len(own) != 1 or own[0] != whole[0] or own[0] == 1:
        return part
    if own[0] == whole[1]:
        shown = shorten_call(part.arg if type(part) is Neg else part, shapes)
        raise GraphError(
            tell("readers disagree about {shown}, which is added to a square matrix: to each column, or to each row?", shown=shown),
            hint=tell("write columns({shown}, {width}) where every column is a sample, rows({shown}, {height}) where every row is one",
                      shown=shown, width=whole[1], height=whole[0]),
        )
    if type(part) is Neg:
        return Neg(_put_in_columns(part.arg, own, whole, shapes))
    return Call("columns", (part, size_expr(whole[1])))


def is_on_paper(made: Expr, written: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether a term is a product of two matrices that was written without @, W X: nobody writes a program so.

    >>> from tutor.expression.nodes import Name
    >>> product, shapes = Call("matmul", (Name("W"), Name("X"))), {"W": (2, 3), "X": (3, 4)}
    >>> is_on_paper(product, Mul((Name("W"), Name("X"))), shapes), is_on_paper(product, product, shapes)
    (True, False)
    """
    if type(made) is Neg and type(written) is Neg:
        return is_on_paper(made.arg, written.arg, shapes)
    return is_matrix_product(made, shapes) and type(written) is Mul


def is_matrix_product(made: Expr, shapes: Mapping[str, Shape]) -> bool:
    """Whether an arranged term is a product of two matrices, perhaps with a minus: what is added to it as a vector is a bias.

    >>> from tutor.expression.nodes import Name
    >>> is_matrix_product(Call("matmul", (Name("W"), Name("X"))), {"W": (2, 3), "X": (3, 4)})
    True
    """
    inner = made.arg if type(made) is Neg else made
    return type(inner) is Call and inner.func == "matmul" and len(shape_of(inner, shapes)) == 2
