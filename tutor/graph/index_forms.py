"""Formulas over arrays as people write them, made whole: index forms with the sizes of their letters, 𝟏 with its length, diag(v).

δ_j = Σ_v w_jv δ_v σ′(z_j) is read as ``sum_over(v, at(W, j, v)*at(d, v)*sigmoid'(at(z, j)))``; as an array it is
``indexed(form, j, 3)``.  Which index is which axis of the result is told by the left side (δ_j = …, ∂L/∂w_ij = …); without one, every
order is a reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, permutations, product, repeat

from tutor.errors import GraphError, tell
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.plain import write_plain
from tutor.expression.sizes import Size
from tutor.graph.array_products import arrange_or_row, arrange_products
from tutor.graph.broadcasting import fit_single_axes
from tutor.graph.letter_ranges import (
    EQUAL,
    LOOPS,
    LetterRanges,
    count_from_1,
    has_computed,
    list_free_letters,
    name_letters,
    weigh_index,
)
from tutor.graph.named_forms import LEAVING_OUT, Resolver
from tutor.graph.nouns import Step
from tutor.graph.shapes import INDEXED, SeenShapes, Shape, shape_of, shape_text, size_expr
from tutor.rules.operations import ENTRYWISE, name_along

MOST_ONES = 3
"""So many vectors of ones in one formula have their lengths found one by one."""
MOST_TRIED = 60
MOST_IN_PARTS = 24
"""With more than the former and up to so many, the lengths are found part by part."""
MOST_SETTLED = 240
"""So many lengths are tried in all parts of a formula."""
MOST_RUN = 1_000
"""So far a sum may be written to run."""


@dataclass(frozen=True, slots=True)
class ArrayFormula:
    """A formula over arrays that fits: its tree, the shape of what it stands for, and whether it is written as a row (1×n)."""

    expr: Expr
    shape: Shape
    row: bool = False


def array_formulas(
    tree: Expr, shapes: Mapping[str, Shape], *, index: Sequence[str] = (), wanted: Shape = (), beside: bool = False,
    steps: Iterable[Step] = (),
) -> list[ArrayFormula]:
    """The readings of a formula over arrays as it was written, the likeliest first.

    ``index`` are the letters at its left side (δ_j = …), ``wanted`` the shape that is asked for: it decides how long a 𝟏 is.  With
    ``beside`` no product in it has a sign, so that two square matrices beside each other multiply.
    ``steps`` are those of the exercise, whose poolings have the windows of ``route(G, X)``.

    Raises `GraphError` where it does not fit, with both shapes.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.expression.nodes import Mul
    >>> found = array_formulas(Mul((Name("d"), Call("transpose", (Name("x"),)))), {"d": (2,), "x": (3,)})
    >>> [(write_plain(formula.expr), formula.shape) for formula in found]
    [('outer(d, x)', (2, 3))]
    """
    called, shapes = _list_called(tree), SeenShapes(shapes)
    alike = bool(index and wanted) and not _has_arrays(tree, shapes)  # ∂S/∂σ_j = 1
    if alike or not called.isdisjoint((EQUAL, *LOOPS)) or ("at" in called and _has_letters(tree)):
        return [found for form in count_from_1(tree) for found in _index_tree(form, shapes, index, wanted)]
    problem: GraphError | None = None
    found: list[ArrayFormula] = []
    tree = _pick_entries(tree) if "at" in called else tree
    for candidate in [tree] if called.isdisjoint(("ones", "zeros", "one_hot")) else _fill_lengths(tree, shapes, wanted, beside):
        try:
            plain = _drop_diagonals(candidate, shapes, beside) if "diag" in called else candidate
            plain = Resolver(shapes, wanted, steps, beside).resolve(plain) if not called.isdisjoint(LEAVING_OUT) else plain
            expr, row = arrange_or_row(plain, shapes, beside=beside)
            if row and type(expr) is Call and expr.func == "transpose" and len(shape_of(expr.args[0], shapes)) == 1:
                expr = expr.args[0]  # (Wᵀ δ)ᵀ: a row that is written as one
            formula = ArrayFormula(expr, shape_of(expr, shapes), row)
            if (fitted := fit_single_axes(expr, formula.shape, wanted)) is not None:
                formula = ArrayFormula(fitted, wanted, row)
        except GraphError as error:
            problem = problem or error
            continue
        if formula.shape == wanted:
            return [formula]
        found.append(formula)
    if wanted and (other := _read_ones(tree)) is not None and _count_ones(other) <= MOST_ONES:  # 1ᵀ (P − Y), where no number fits
        try:
            return [array_formulas(other, shapes, wanted=wanted, beside=beside, steps=steps)[0]]
        except GraphError:
            pass
    if not found and problem is not None:
        standing = _read_columns(tree, shapes)
        if standing == tree:
            raise problem
        try:
            return array_formulas(standing, shapes, wanted=wanted, beside=beside, steps=steps)
        except GraphError:
            raise problem from None
    return found[:1]


_FROM_COLUMN = name_along("drop", 2, 1)


def _read_columns(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """The tree with matrices of one column as vectors, which on paper they are, beside A 𝟏 and ε·𝟏."""
    if type(expr) in (Name, Partial):
        own = shape_of(expr, shapes)
        return Call(_FROM_COLUMN, (expr,)) if len(own) == 2 and own[1] == 1 != own[0] else expr
    parts = children(expr)
    if not parts or (type(expr) is Call and expr.func == _FROM_COLUMN):
        return expr
    return rebuild(expr, tuple(_read_columns(part, shapes) for part in parts))


def _read_ones(expr: Expr) -> Expr | None:
    """The tree with a plain 1 in a product, or transposed, as a vector of ones; nothing where there is none."""
    parts = children(expr)
    product = type(expr) is Mul or (type(expr) is Call and expr.func in ("matmul", "transpose"))
    done = tuple(Call("ones", ()) if part == ONE and product else _read_ones(part) or part for part in parts)
    return rebuild(expr, done) if done != parts else None


def _has_arrays(expr: Expr, shapes: Mapping[str, Shape]) -> bool:
    if type(expr) in (Name, Partial):
        return bool(shape_of(expr, shapes))
    return any(_has_arrays(part, shapes) for part in children(expr))


def _has_letters(expr: Expr) -> bool:
    """Whether a letter is an index in a formula: x_1 is an entry, x_j an index form."""
    if type(expr) is Call and expr.func == "at":
        return any(type(part) is not Number for part in expr.args[1:])
    return any(map(_has_letters, children(expr)))


def _pick_entries(expr: Expr) -> Expr:
    """The tree with x_1 as the entry of an array."""
    if type(expr) is Call and expr.func == "at":
        return Call("entry", expr.args)
    parts = children(expr)
    return rebuild(expr, tuple(map(_pick_entries, parts))) if parts else expr


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


def _fill_lengths(tree: Expr, shapes: Mapping[str, Shape], wanted: Shape, beside: bool) -> Iterator[Expr]:
    """The tree with every 𝟏 of some length, all lengths of the exercise in turn."""
    count = _count_ones(tree)
    sizes = list(dict.fromkeys([*wanted, *(size for shape in shapes.values() for size in shape), 1]))
    settled = tree
    if MOST_ONES < count <= MOST_IN_PARTS:
        settled = _settle_lengths(tree, shapes, [size for size in sizes if size != 1], iter(range(MOST_SETTLED)), beside)
    left = _count_ones(settled)
    if left <= MOST_ONES:
        for some in islice(product(sizes, repeat=left), MOST_TRIED):
            yield _fill_ones(settled, iter(some))
    if count > MOST_ONES:  # u vᵀ + u vᵀ, or all alike
        alike: list[Iterator[Size]] = [cycle(wanted or sizes), *map(repeat, sizes)]
        for lengths in alike:
            yield _fill_ones(tree, lengths)


def settle_lengths(tree: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """A formula over arrays with its products arranged; each onehot(k) in it, which does not say how long it is, is as long as fits.

    Raises `GraphError` where nothing does.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(settle_lengths(Add((Name("p"), Neg(Call("one_hot", (Number("2"),))))), {"p": (3,)}))
    'p - one_hot(2, 3)'
    """
    problem: GraphError | None = None
    for candidate in [tree] if "one_hot" not in _list_called(tree) else _fill_lengths(tree, shapes, (), beside=False):
        try:
            done = arrange_products(candidate, shapes)
            shape_of(done, shapes)
        except GraphError as error:
            problem = problem or error
        else:
            return done
    assert problem is not None
    raise problem


def _settle_lengths(expr: Expr, shapes: Mapping[str, Shape], sizes: Sequence[Size], tries: Iterator[int], beside: bool) -> Expr:
    """The tree with each 𝟏 that fits its part of the formula with one length only: in X − 𝟏 μᵀ it has one entry for each row of X."""
    parts = children(expr)
    if not parts or not _count_ones(expr):
        return expr
    done = rebuild(expr, tuple(_settle_lengths(part, shapes, sizes, tries, beside) for part in parts))
    count = _count_ones(done)
    if len(parts) < 2 or not 0 < count <= MOST_ONES or len(sizes) ** count > MOST_TRIED:
        return done
    fitting = []
    for lengths in product(sizes, repeat=count):
        if next(tries, None) is None:
            return done
        candidate = _fill_ones(done, iter(lengths))
        try:
            shape_of(arrange_products(candidate, shapes, beside=beside), shapes)
        except GraphError:
            continue
        fitting.append(candidate)
    return fitting[0] if len(fitting) == 1 else done


def _count_ones(expr: Expr) -> int:
    return int(_is_without_length(expr)) + sum(map(_count_ones, children(expr)))


def _is_without_length(expr: Expr) -> bool:
    """Whether this is 𝟏, 𝟎, or the onehot(k) of a vector, which do not say how long they are."""
    return type(expr) is Call and ((expr.func in ("ones", "zeros") and not expr.args) or (expr.func == "one_hot" and len(expr.args) == 1))


def _fill_ones(expr: Expr, lengths: Iterator[Size]) -> Expr:
    if type(expr) is Call and expr.func in ("ones", "zeros") and len(expr.args) == 1:  # np.ones(4)
        return Call("fill", (ONE if expr.func == "ones" else ZERO, *expr.args))
    if type(expr) is Call and _is_without_length(expr):
        size = size_expr(next(lengths))
        return Call("one_hot", (*expr.args, size)) if expr.args else Call("fill", (ONE if expr.func == "ones" else ZERO, size))
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
        raise GraphError(tell("diag of {done}", done=write_plain(done, as_written=True)[:60]),
                         hint=tell("diag(v) makes a matrix of a vector v"))
    size = size_expr(shape[0])
    inside = Call("inside", (Add((Name(" i"), Neg(Name(" j")), ONE)), ONE))
    identity = Call(INDEXED, (inside, Name(" i"), size, Name(" j"), size))
    return Call(ENTRYWISE, (Call("columns", (vector, size)), identity))


def spread_vectors(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """The tree with a vector that is added to a matrix in each of its columns, or else in each of its rows: W X + b.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(spread_vectors(Add((Name("Z"), Name("b"))), {"Z": (3, 2), "b": (3,)}))
    'Z + columns(b, 2)'
    """
    def spread(done: Expr, sizes: Sequence[Shape]) -> Expr:
        matrix = next((size for size in sizes if len(size) == 2), None)
        if matrix is None:
            return done
        return Add(tuple(_spread(part, size, matrix) for part, size in zip(children(done), sizes, strict=True)))

    return _change_each(expr, Add, shapes, spread)


def dot_vectors(expr: Expr, shapes: Mapping[str, Shape]) -> Expr:
    """The tree with two vectors of one shape beside each other as their scalar product, w · x, and not entry by entry.

    >>> from tutor.expression.plain import write_plain
    >>> write_plain(dot_vectors(Mul((Name("w"), Name("x"))), {"w": (3,), "x": (3,)}))
    'matmul(w, x)'
    """
    def dot(done: Expr, sizes: Sequence[Shape]) -> Expr:
        factors = children(done)
        pair = next((place for place in range(1, len(sizes)) if len(sizes[place]) == 1 and sizes[place - 1] == sizes[place]), 0)
        if not pair:
            return done
        found = Call("matmul", factors[pair - 1 : pair + 1])
        return found if len(sizes) == 2 else Mul((*factors[: pair - 1], found, *factors[pair + 1 :]))

    return _change_each(expr, Mul, shapes, dot)


def _change_each(
    expr: Expr, kind: type[Add] | type[Mul], shapes: Mapping[str, Shape], change: Callable[[Expr, Sequence[Shape]], Expr]
) -> Expr:
    """The tree with each sum, or each product, changed by the shapes of its parts, from the leaves up; one whose parts do not fit stays."""
    parts = children(expr)
    if not parts:
        return expr
    done = rebuild(expr, tuple(_change_each(part, kind, shapes, change) for part in parts))
    if not isinstance(done, kind):
        return done
    try:
        sizes = [shape_of(arrange_products(part, shapes), shapes) for part in children(done)]
    except GraphError:
        return done
    return change(done, sizes)


def _spread(part: Expr, size: Shape, matrix: Shape) -> Expr:
    if size == matrix[:1]:
        return Call("columns", (part, size_expr(matrix[1])))
    return Call("rows", (part, size_expr(matrix[0]))) if size == matrix[1:] else part


# index forms


def _index_tree(tree: Expr, shapes: Mapping[str, Shape], index: Sequence[str], wanted: Shape) -> Iterator[ArrayFormula]:
    lefts: list[dict[str, Size]] = [{f" {letter}": size for letter, size in zip(index, wanted, strict=False)}]
    if not index and has_computed(tree):  # z_j = … is not said: every order of the letters
        letters = list(dict.fromkeys(f" {letter}" for letter in list_free_letters(tree)))
        if 0 < len(letters) == len(wanted) <= 3:
            lefts = [dict(zip(order, wanted, strict=True)) for order in permutations(letters)]
    found: list[ArrayFormula] = []
    problem: GraphError | None = None
    for left in lefts:
        try:
            found += _read_form(tree, shapes, index, left)
        except GraphError as error:
            problem = problem or error
    if problem is not None and not found:
        raise problem
    yield from sorted((_fit_formula(formula, wanted) for formula in found), key=lambda formula: formula.shape != wanted)


def _fit_formula(formula: ArrayFormula, wanted: Shape) -> ArrayFormula:
    """A formula with the axes of one entry that are wanted, whose index is a number: m_i1 = …."""
    fitted = fit_single_axes(formula.expr, formula.shape, wanted)
    return formula if fitted is None else ArrayFormula(fitted, wanted, formula.row)


def _read_form(tree: Expr, shapes: Mapping[str, Shape], index: Sequence[str], left: Mapping[str, Size]) -> Iterator[ArrayFormula]:
    ranges = LetterRanges({}, left)
    form = _name_arrays(tree, shapes, ranges)
    sizes = ranges.sizes
    free = [letter for letter in sizes if letter.startswith(" ")]
    if index:
        met = [*free, *(letter for computed in ranges.computed for letter in computed.weights)]
        missing = [letter for letter in met if letter and letter.strip() not in index]
        if missing:
            letter = missing[0].strip()
            raise GraphError(tell("the index {letter} stands at the right side only", letter=letter),
                             hint=tell("is a sum Σ_{letter} missing?", letter=letter))
        orders: Iterable[Sequence[str]] = [[f" {letter}" for letter in index]]
        sizes |= {letter: size for letter, size in left.items() if letter not in sizes or _is_part(size, sizes[letter])}
    elif left:
        orders = [list(left)]
        sizes |= {letter: size for letter, size in left.items() if letter not in sizes}
    else:
        if unknown := [letter for index in ranges.computed for letter in index.weights if letter and letter not in sizes]:
            raise GraphError(tell("how far the index {letter} runs is not clear", letter=unknown[0].strip()),
                             hint=tell("write the left side, too: z_j = …"))
        orders = permutations(free) if len(free) <= 3 else [free]
    for order in orders:
        shape = tuple(sizes[letter] for letter in order if letter in sizes)
        places = [part for letter, size in zip(order, shape, strict=True) for part in (Name(letter), size_expr(size))]
        yield ArrayFormula(Call(INDEXED, (form, *places)), shape)


def _is_part(size: Size, whole: Size) -> bool:
    """Whether an index of the left side runs over the first entries of a longer axis: ∂L/∂x_j = ∂L/∂C_j, where C goes on."""
    return isinstance(size, int) and isinstance(whole, int) and size < whole


def _name_arrays(expr: Expr, shapes: Mapping[str, Shape], ranges: LetterRanges) -> Expr:
    """The form with arrays by their names, letters apart from all names, and how far each sum runs; ``ranges`` are of free letters."""
    match expr:
        case Call("at", (array, *index)):
            return _entry(array, index, shapes, ranges)
        case Call("equal", (one, two)):
            return Call("inside", (Add((name_letters(one), Neg(name_letters(two)), ONE)), ONE))
        case Call(func, (Name(letter), *last, body)) if func in LOOPS:
            return _name_loop(Call(func, expr.args), letter, last, body, shapes, ranges)
        case Name() | Partial():
            if shape := shape_of(expr, shapes):
                shown = write_plain(expr, as_written=True)
                what = tell("{shown} of shape {shape} stands without an index in an index form", shown=shown, shape=shape_text(shape))
                raise GraphError(what, hint=tell("write {shown}_j", shown=shown))
            return Name(derivative_key(expr.of, expr.wrt)) if type(expr) is Partial else expr
    parts = children(expr)
    return rebuild(expr, tuple(_name_arrays(part, shapes, ranges) for part in parts)) if parts else expr


def _name_loop(loop: Call, letter: str, last: Sequence[Expr], body: Expr, shapes: Mapping[str, Shape], ranges: LetterRanges) -> Expr:
    """A sum or a maximum over a letter."""
    own, what = f" {letter}", tell("a sum") if loop.func == "sum_over" else tell("a maximum")
    reached = {own: int(last[0].text)} if last and type(last[0]) is Number else {}
    inner = LetterRanges({}, {**ranges.left, **ranges.sizes}, written={**ranges.written, **reached})
    done = _name_arrays(body, shapes, inner)
    if last:
        _check_bound(last[0], shapes)
    size = inner.sizes.pop(own, None)
    until = last[0] if last else None
    for other, known in inner.sizes.items():
        ranges.note_size(other, known)
    if size is None:
        if not any(own in index.weights for index in inner.computed):
            raise GraphError(
                tell("{what} runs over {letter}, and nothing behind it has this index", what=what, letter=letter),
                hint=tell("write Σ_{letter} w_j{letter} x_{letter}", letter=letter)
            )
        size = inner.find_last(own) if until is None else int(until.text) if type(until) is Number else str(write_plain(until))
        if isinstance(size, int) and until is not None:
            inner.check_last(own, size)
    reach = size if until is None else int(until.text) if type(until) is Number else ""
    ranges.computed += [index.close(own, reach) for index in inner.computed]
    if type(until) is Number and int(until.text) > (size if isinstance(size, int) else MOST_RUN):
        raise GraphError(tell("shapes do not fit: {what} over {letter} runs to {last}, and its arrays to {size}", what=what,
                              letter=letter, last=until.text[:20], size=size))
    return Call(loop.func, (Name(own), until if until is not None else size_expr(size), done))


def _check_bound(last: Expr, shapes: Mapping[str, Shape]) -> None:
    """A sum runs to a number, or to a size by its letter."""
    if type(last) is Name and not any(last.name in shape for shape in shapes.values()):
        raise GraphError(tell("a sum does not run to {name}", name=last.name[:20]),
                         hint=tell("write Σ_v, which runs as far as its arrays do"))


def _entry(array: Expr, index: Sequence[Expr], shapes: Mapping[str, Shape], ranges: LetterRanges) -> Expr:
    shape = shape_of(array, shapes)
    shown = write_plain(array, as_written=True)
    if len(index) != len(shape):
        raise GraphError(tell("{shown} of shape {shape} has {count} index, not {given}", shown=shown, shape=shape_text(shape),
                              count=len(shape), given=len(index)), hint=tell("one letter for each axis"))
    for part, size in zip(index, shape, strict=True):
        if type(part) is Name:
            ranges.note_size(f" {part.name}", size)
        elif type(part) is not Number:
            ranges.computed.append(weigh_index(part, size))
        elif isinstance(size, int) and not 1 <= int(part.text) <= size:
            what = tell("there is no entry {text} of {shown}, which is {shape}", text=part.text, shown=shown, shape=shape_text(shape))
            raise GraphError(what, hint=tell("entries are counted from 1"))
    name = derivative_key(array.of, array.wrt) if type(array) is Partial else array.name if type(array) is Name else ""
    return Call("at", (Name(name), *map(name_letters, index)))
