"""Formulas over arrays as people write them, made whole: index forms with the sizes of their letters, 𝟏 with its length, diag(v).

δ_j = Σ_v w_jv δ_v σ′(z_j) is read as ``sum_over(v, at(W, j, v)*at(d, v)*sigmoid'(at(z, j)))``; as an array it is
``indexed(form, j, 3)``.  Which index is which axis of the result is told by the left side (δ_j = …, ∂L/∂w_ij = …); without one, every
order is a reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product

from tutor.errors import GraphError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.graph.shapes import (
    INDEXED,
    SeenShapes,
    Shape,
    Size,
    arrange_or_row,
    arrange_products,
    shape_of,
    shape_text,
    size_expr,
)
from tutor.rules.operations import ENTRYWISE

MOST_ONES = 3
"""So many vectors of ones in one formula have their lengths found."""
MOST_TRIED = 60
MOST_RUN = 1_000
"""So far a sum may be written to run."""


@dataclass(frozen=True, slots=True)
class ArrayFormula:
    """A formula over arrays that fits: its tree, the shape of what it stands for, and whether it is written as a row (1×n)."""

    expr: Expr
    shape: Shape
    row: bool = False


def array_formulas(
    tree: Expr, shapes: Mapping[str, Shape], *, index: Sequence[str] = (), wanted: Shape = (), beside: bool = False
) -> list[ArrayFormula]:
    """The readings of a formula over arrays as it was written, the likeliest first.

    ``index`` are the letters at its left side (δ_j = …), ``wanted`` the shape that is asked for: it decides how long a 𝟏 is.  With
    ``beside`` no product in it has a sign, so that two square matrices beside each other multiply.

    Raises `GraphError` where it does not fit, with both shapes.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.expression.nodes import Mul
    >>> found = array_formulas(Mul((Name("d"), Call("transpose", (Name("x"),)))), {"d": (2,), "x": (3,)})
    >>> [(write_plain(formula.expr), formula.shape) for formula in found]
    [('outer(d, x)', (2, 3))]
    """
    called, shapes = _list_called(tree), SeenShapes(shapes)
    alike = bool(index and wanted) and not _has_arrays(tree, shapes)  # ∂S/∂σ_j = 1
    if alike or not called.isdisjoint(("at", "sum_over")):
        return list(_index_tree(tree, shapes, index, wanted))
    problem: GraphError | None = None
    found: list[ArrayFormula] = []
    for candidate in [tree] if called.isdisjoint(("ones", "zeros")) else _fill_lengths(tree, shapes, wanted):
        try:
            plain = _drop_diagonals(candidate, shapes, beside) if "diag" in called else candidate
            expr, row = arrange_or_row(plain, shapes, beside=beside)
            if row and type(expr) is Call and expr.func == "transpose" and len(shape_of(expr.args[0], shapes)) == 1:
                expr = expr.args[0]  # (Wᵀ δ)ᵀ: a row that is written as one
            formula = ArrayFormula(expr, shape_of(expr, shapes), row)
        except GraphError as error:
            problem = problem or error
            continue
        if formula.shape == wanted:
            return [formula]
        found.append(formula)
    if not found and problem is not None:
        raise problem
    return found[:1]


def _has_arrays(expr: Expr, shapes: Mapping[str, Shape]) -> bool:
    if type(expr) in (Name, Partial):
        return bool(shape_of(expr, shapes))
    return any(_has_arrays(part, shapes) for part in children(expr))


def _list_called(expr: Expr) -> set[str]:
    """The functions that a formula calls."""
    found: set[str] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Call:
            found.add(node.func)
        stack.extend(children(node))
    return found


# vectors of ones, diagonals


def _fill_lengths(tree: Expr, shapes: Mapping[str, Shape], wanted: Shape) -> Iterator[Expr]:
    """The tree with every 𝟏 of some length, all lengths of the exercise in turn."""
    count = _count_ones(tree)
    if count > MOST_ONES:
        raise GraphError(f"more than {MOST_ONES} vectors of ones", hint="write the sums of rows or columns as row_sums(A), column_sums(A)")
    sizes = list(dict.fromkeys([*wanted, *(size for shape in shapes.values() for size in shape), 1]))
    for number, lengths in enumerate(product(sizes, repeat=count)):
        if number >= MOST_TRIED:
            return
        yield _fill_ones(tree, iter(lengths))


def _count_ones(expr: Expr) -> int:
    return int(type(expr) is Call and expr.func in ("ones", "zeros")) + sum(map(_count_ones, children(expr)))


def _fill_ones(expr: Expr, lengths: Iterator[Size]) -> Expr:
    if type(expr) is Call and expr.func in ("ones", "zeros"):
        return Call("fill", (ONE if expr.func == "ones" else ZERO, size_expr(next(lengths))))
    parts = children(expr)
    return rebuild(expr, tuple(_fill_ones(part, lengths) for part in parts)) if parts else expr


def _drop_diagonals(expr: Expr, shapes: Mapping[str, Shape], beside: bool) -> Expr:
    """The tree with diag(v) as v in columns, entry by entry with the identity."""
    parts = children(expr)
    if not parts:
        return expr
    done = rebuild(expr, tuple(_drop_diagonals(part, shapes, beside) for part in parts))
    if type(done) is not Call or done.func != "diag":
        return done
    vector = arrange_products(done.args[0], shapes, beside=beside) if len(done.args) == 1 else done
    shape = shape_of(vector, shapes) if len(done.args) == 1 else ()
    if len(shape) != 1:
        raise GraphError(f"diag of {write_plain(done, as_written=True)[:60]}", hint="diag(v) makes a matrix of a vector v")
    size = size_expr(shape[0])
    inside = Call("inside", (Add((Name(" i"), Neg(Name(" j")), ONE)), ONE))
    identity = Call(INDEXED, (inside, Name(" i"), size, Name(" j"), size))
    return Call(ENTRYWISE, (Call("columns", (vector, size)), identity))


# index forms


def _index_tree(tree: Expr, shapes: Mapping[str, Shape], index: Sequence[str], wanted: Shape) -> Iterator[ArrayFormula]:
    sizes: dict[str, Size] = {}
    form = _name_arrays(tree, shapes, sizes, frozenset())
    free = [letter for letter in sizes if letter.startswith(" ")]
    if index:
        missing = [letter for letter in free if letter.strip() not in index]
        if missing:
            letter = missing[0].strip()
            raise GraphError(f"the index {letter} stands at the right side only", hint=f"is a sum Σ_{letter} missing?")
        orders: Iterable[Sequence[str]] = [[f" {letter}" for letter in index]]
        sizes |= {f" {letter}": size for letter, size in zip(index, wanted, strict=False) if f" {letter}" not in sizes}
    else:
        orders = permutations(free) if len(free) <= 3 else [free]
    listed = []
    for order in orders:
        shape = tuple(sizes[letter] for letter in order if letter in sizes)
        places = [part for letter, size in zip(order, shape, strict=True) for part in (Name(letter), size_expr(size))]
        listed.append(ArrayFormula(Call(INDEXED, (form, *places)), shape))
    yield from sorted(listed, key=lambda formula: formula.shape != wanted)


def _name_arrays(expr: Expr, shapes: Mapping[str, Shape], sizes: dict[str, Size], bound: frozenset[str]) -> Expr:
    """The form with arrays by their names, letters apart from all names, and how far each sum runs; ``sizes`` are those of free letters."""
    match expr:
        case Call("at", (array, *index)):
            return _entry(array, index, shapes, sizes)
        case Call("sum_over", (Name(letter), *last, body)):
            inner: dict[str, Size] = {}
            done = _name_arrays(body, shapes, inner, bound | {letter})
            size = inner.pop(f" {letter}", None)
            if last:
                _check_bound(last[0], shapes)
            if size is None:
                what = f"the sum runs over {letter}, and nothing behind it has this index"
                raise GraphError(what, hint=f"write Σ_{letter} w_j{letter} x_{letter}")
            for other, own in inner.items():
                _check_same(sizes, other, own)
            if last and type(last[0]) is Number and int(last[0].text) > (size if isinstance(size, int) else MOST_RUN):
                raise GraphError(f"shapes do not fit: the sum over {letter} runs to {last[0].text[:20]}, and its arrays to {size}")
            return Call("sum_over", (Name(f" {letter}"), last[0] if last else size_expr(size), done))
        case Name() | Partial():
            if shape := shape_of(expr, shapes):
                shown = write_plain(expr, as_written=True)
                what = f"{shown} of shape {shape_text(shape)} stands without an index in an index form"
                raise GraphError(what, hint=f"write {shown}_j")
            return Name(derivative_key(expr.of, expr.wrt)) if type(expr) is Partial else expr
    parts = children(expr)
    return rebuild(expr, tuple(_name_arrays(part, shapes, sizes, bound) for part in parts)) if parts else expr


def _check_bound(last: Expr, shapes: Mapping[str, Shape]) -> None:
    """A sum runs to a number, or to a size by its letter."""
    if type(last) is Name and not any(last.name in shape for shape in shapes.values()):
        raise GraphError(f"a sum does not run to {last.name[:20]}", hint="write Σ_v, which runs as far as its arrays do")


def _entry(array: Expr, index: Sequence[Expr], shapes: Mapping[str, Shape], sizes: dict[str, Size]) -> Expr:
    shape = shape_of(array, shapes)
    shown = write_plain(array, as_written=True)
    if len(index) != len(shape):
        raise GraphError(f"{shown} of shape {shape_text(shape)} has {len(shape)} index, not {len(index)}", hint="one letter for each axis")
    letters: list[Expr] = []
    for part, size in zip(index, shape, strict=True):
        if type(part) is Name:
            _check_same(sizes, f" {part.name}", size)
            letters.append(Name(f" {part.name}"))
        else:
            assert type(part) is Number
            if isinstance(size, int) and not 1 <= int(part.text) <= size:
                what = f"there is no entry {part.text} of {shown}, which is {shape_text(shape)}"
                raise GraphError(what, hint="entries are counted from 1")
            letters.append(part)
    name = derivative_key(array.of, array.wrt) if type(array) is Partial else array.name if type(array) is Name else ""
    return Call("at", (Name(name), *letters))


def _check_same(sizes: dict[str, Size], letter: str, size: Size) -> None:
    known = sizes.setdefault(letter, size)
    if known != size:
        raise GraphError(
            f"shapes do not fit: the index {letter.strip()} runs to {known} at one place and to {size} at another",
            hint="exchange the two indices of one of the matrices",
        )
