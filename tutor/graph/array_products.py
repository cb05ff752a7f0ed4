"""Which product a formula over arrays means: ⊙ between arrays of one shape, the matrix product for ``W x``, a vector lying or standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tutor.errors import GraphError, tell
from tutor.expression.lexicon import PROGRAM_STARRED, STARRED
from tutor.expression.nodes import Add, Call, Expr, Mul, Name, Neg, Number, children, rebuild
from tutor.expression.program_signs import ALL_AXES
from tutor.expression.tokens import GIVEN, LIST
from tutor.expression.walk import is_transposed, transpose
from tutor.graph.axis_forms import is_along_axes, write_along_axes
from tutor.graph.broadcasting import is_on_paper, join_shapes, spread_array, spread_parts
from tutor.graph.python_slices import is_slice, take_slice
from tutor.graph.shape_forms import is_shape_form, open_lists, write_shape_form
from tutor.graph.shapes import INDEXED, Shape, refuse_misfit, shape_of, shorten_call
from tutor.graph.window_forms import is_window_form, write_window_form
from tutor.rules.operations import ALIKE, ENTRYWISE, LAYERS, name_along, row_of


def arrange_products(expr: Expr, shapes: Mapping[str, Shape], *, beside: bool = False) -> Expr:
    """A formula as it was written, with ⊙ for products of arrays of one shape and the matrix product for ``W x``.

    Two square matrices of one shape are refused, unless it is known that they stand ``beside`` each other without a sign: a matrix product.

    >>> from tutor.expression.nodes import Mul, Name
    >>> arrange_products(Mul((Name("W"), Name("x"))), {"W": (2, 3), "x": (3,)})
    Call(func='matmul', args=(Name(name='W'), Name(name='x')))
    """
    return _stand_up(_arrange(expr, shapes, beside), expr, shapes)


def arrange_or_row(expr: Expr, shapes: Mapping[str, Shape], *, beside: bool = False) -> tuple[Expr, bool]:
    """The same, and whether it was written as a row, 1×n: δᵀ W, whose entries are those of Wᵀ δ.

    >>> from tutor.expression.nodes import Call, Mul, Name
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
        one, two, three = (shorten_call(part, shapes) for part in (left, last, second))
        raise GraphError(
            tell("readers disagree about {product}: Python takes ({one} * {two}) @ ({three}), which does not fit",
                 product=shorten_call(product, shapes), one=one, two=two, three=three),
            hint=tell("write ({one}) * ({two} @ ({three})), if that is meant", one=one, two=two, three=three),
        ) from None


def _arrange_parts(expr: Expr, shapes: Mapping[str, Shape], beside: bool) -> Expr:
    expr = open_lists(expr) if type(expr) is Call else expr
    expr = _settle_transposes(expr, shapes)
    parts = children(expr)
    product = type(expr) is Mul or (type(expr) is Call and expr.func == "matmul")
    if product:
        done = rebuild(expr, tuple(_arrange(part, shapes, beside) for part in parts))
    else:
        done = rebuild(expr, tuple(arrange_products(part, shapes, beside=beside) for part in parts))
    if type(done) is Call and done.func == "matmul" and len(done.args) == 2:
        return _rows(done.args[0], done.args[1], shapes) or _group_entrywise(done, shapes)
    if type(done) is Call and done.func == ENTRYWISE and len(done.args) != 2:
        raise GraphError(tell("hadamard takes two arrays, not {count}", count=len(done.args)), hint=tell("write A ⊙ B or hadamard(A, B)"))
    if type(done) is Mul:
        return _fold_factors(done.args, shapes, beside)
    return _make_alike(done, expr, shapes)


def _settle_transposes(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A product with ``x.T`` of vectors as what it means: beside each other without a sign as on paper, xᵀ; in a program x itself.

    ``d @ x.T`` is d xᵀ where only that fits: for NumPy it is a number where both are equally long, and refused.
    """
    parts = children(expr)
    places = [place for place, part in enumerate(parts) if _is_turned(part)]
    sign = type(expr) is Call and expr.func == "matmul" and len(parts) == 2
    if not places or not (sign or type(expr) is Mul) or any(type(part) is Call and part.func in _STARS for part in parts):
        return expr
    settled = list(parts)
    for place in places:
        vector = parts[place].args[0]  # type: ignore[union-attr]
        own = shape_of(arrange_products(vector, shapes), shapes)
        if len(own) != 1:
            continue
        other = shape_of(arrange_products(parts[0], shapes), shapes) if sign and place else ()
        if len(other) == 1 and other == own:
            one, two = (shorten_call(part, shapes) for part in (parts[0], vector))
            what = tell("readers disagree about {one} @ {two}.T: of vectors it is a number in NumPy, on paper a matrix", one=one, two=two)
            raise GraphError(what, hint=tell("write outer({one}, {two}) or {one} {two}^T for the matrix, {one} @ {two} for the number",
                                             one=one, two=two))  # fmt: skip
        settled[place] = vector if sign and len(other) != 1 else Call("transpose", (vector,))
    return rebuild(expr, tuple(settled))


def _is_turned(expr: Expr) -> bool:
    """Whether this is an array with all axes turned, X.T."""
    return type(expr) is Call and expr.func == "transpose" and expr.args[1:] == (ALL_AXES,)


def _make_alike(done: Expr, expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A sum, a quotient, a function of several arrays with its parts broadcast to one shape."""
    parts = children(done)
    if type(done) is Call and (done.func == LIST or done.func.startswith(GIVEN)):
        return done
    if type(done) is Call and is_along_axes(done):
        return write_along_axes(done, shapes)
    if type(done) is Call and is_window_form(done, shapes):
        return write_window_form(done, shapes)
    if type(done) is Call and is_shape_form(done, shapes):
        return write_shape_form(done, shapes)
    if type(done) is Call and is_slice(done):
        return take_slice(done, shapes)
    if type(done) is Add:
        paper = any(is_on_paper(part, written, shapes) for part, written in zip(parts, children(expr), strict=True))
        return rebuild(done, spread_parts(parts, shapes, numbers=True, paper=paper))
    if len(parts) < 2 or (type(done) is Call and done.func in LAYERS and done.func not in ALIKE):
        return done
    return rebuild(done, spread_parts(parts, shapes, numbers=False))


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
        if len(factors) > MOST_PARTED or any((type(factor) is Call and factor.func in _STARS) or _is_fill(factor) for factor in factors):
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
    rest = [one.args[0] if type(one) is Call and one.func in _STARS else one for one in factors[1:]]
    if all(type(one) is Number or (type(one) is Name and not shape_of(one, shapes)) for one in rest) and not shape_of(result, shapes):
        return Mul((*(result.args if type(result) is Mul else (result,)), *rest))  # numbers, perhaps many
    for marked in factors[1:]:
        starred = marked.func if type(marked) is Call and marked.func in _STARS else ""
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
        if len(shape_of(a, shapes)) == 2 and shape_of(a, shapes)[1] == 1:  # a matrix of one column, as keepdims leaves it
            a = Call(name_along("drop", 2, 1), (a,))
        return Call("outer", (a, right)) if shape_of(a, shapes) else Mul((*(a.args if type(a) is Mul else (a,)), b))
    return None


def read_as_program(expr: Expr) -> Expr:
    """The formula with every typed ``*`` entry by entry, as a program has it, also where on paper it may be a product of matrices.

    >>> from tutor.expression.nodes import Name
    >>> marked = Mul((Name("X"), Call(STARRED, (Name("g"),))))
    >>> arrange_products(read_as_program(marked), {"X": (4, 3), "g": (3,)})
    Call(func='hadamard', args=(Name(name='X'), Call(func='rows', args=(Name(name='g'), Number(text='4')))))
    """
    parts = tuple(map(read_as_program, children(expr)))
    done = rebuild(expr, parts) if parts else expr
    return Call(PROGRAM_STARRED, done.args) if type(done) is Call and done.func == STARRED else done


def read_as_matrices(expr: Expr) -> Expr:
    """The formula with no typed ``*``, as if its factors stood side by side, as on paper.

    >>> from tutor.expression.nodes import Name
    >>> arrange_products(read_as_matrices(Mul((Name("W"), Call(STARRED, (Name("x"),))))), {"W": (2, 3), "x": (3,)})
    Call(func='matmul', args=(Name(name='W'), Name(name='x')))
    """
    parts = tuple(map(read_as_matrices, children(expr)))
    done = rebuild(expr, parts) if parts else expr
    return done.args[0] if type(done) is Call and done.func == STARRED else done


_STARS = (STARRED, PROGRAM_STARRED)


def _product(a: Expr, b: Expr, shapes: Mapping[str, Shape], beside: bool, *, starred: str = "") -> Expr:
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
            hint = tell("write A @ B for the matrix product, or A ⊙ B for the product entry by entry")
            if not turned:
                hint = tell("write A @ B for the matrix product, or A ⊙ B (or A * B) for the product entry by entry")
            raise GraphError(
                tell("readers disagree about the product of the square matrices {a} and {b}", a=shorten_call(a, shapes),
                     b=shorten_call(b, shapes)),
                hint=hint,
            )
    if first == second:
        return Call(ENTRYWISE, (a, b))
    fits = matrices and first[-1] == (second[-2] if len(second) > 1 else second[0])
    whole = join_shapes(first, second) if starred else None
    if len(first) == 1 and len(second) == 2 and second[0] == 1 != first[0] and not starred:  # 𝟏 R of a matrix of one row
        return Call("outer", (a, Call(name_along("drop", 2, 0), (b,))))
    numpy = whole is not None and (starred == PROGRAM_STARRED or len(whole) > 2 or _is_kept(a) or _is_kept(b))
    if fits and whole is not None and first[-1] != 1 and not numpy:  # a column times a row is the same in both
        raise _refuse_either(a, b, shapes)
    if fits and not numpy:
        return Call("matmul", (a, b))
    if whole is not None:
        return Call(ENTRYWISE, (spread_array(a, first, whole), spread_array(b, second, whole)))
    raise refuse_misfit(Mul((a, b)), a, first, b, second, shapes)


_KEPT = frozenset(name_along("keep", 2, place) for place in (0, 1))


def _is_kept(expr: Expr) -> bool:
    """Whether this has an axis of one entry as only programs write it, with keepdims or None: there * is entry by entry."""
    return type(expr) is Call and expr.func in _KEPT


def _refuse_either(a: Expr, b: Expr, shapes: Mapping[str, Shape]) -> GraphError:
    """A typed ``*`` that is a matrix product for some and NumPy's product entry by entry for others."""
    one, two = (f"({shorten_call(part, shapes)})" if type(part) in (Add, Neg) else shorten_call(part, shapes) for part in (a, b))
    return GraphError(
        tell("readers disagree about {one} * {two}", one=one, two=two),
        hint=tell("write {one} @ {two} for the matrix product, hadamard({one}, {two}) for the product entry by entry, as NumPy has it",
                  one=one, two=two),
    )
