r"""How operations on whole layers are written: W x, Wᵀ, ⊙, Σ_v, entries, matrices.

A row of `tutor.rules.operations` says in a few words how it is printed (``written``); here is what those words mean in LaTeX and in text,
how tightly what is printed holds together (as in `tutor.render.maths`), and what only documents have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.program_signs import BROADCAST, OWN, SUMMED
from tutor.expression.sizes import list_ends
from tutor.expression.walk import names
from tutor.notation.symbol import Symbol, lower_index
from tutor.render.matrix_maths import write_block, write_matrix, write_slice, write_slices
from tutor.render.window_settings import write_slide, write_slide_back, write_stride, write_window
from tutor.rules.layer_row import Layer
from tutor.rules.operations import JOINED, LAYERS, OF_EACH, ONE_OF

if TYPE_CHECKING:
    from tutor.render.maths import Writer

Write = Callable[["Writer", tuple[Expr, ...]], str]
_RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᴸ⁻′")
_SUM, _QUOTIENT, _PRODUCT, _FACTOR, _POWER, _ATOM = 1, 3, 4, 5, 6, 7


@dataclass(frozen=True, slots=True)
class PrintedOperation:
    """One row: how tightly it holds together, what writes it, and for which operands it is written as a single sign (𝟏)."""

    level: int
    write: Write
    is_sign: Callable[[tuple[Expr, ...]], bool] = lambda args: False


def _write_both(writer: Writer, latex: str, text: str) -> str:
    return latex if writer.style.markup else text


def _is_multiple(expr: Expr) -> bool:
    """Whether a number stands before an array: beside a matrix it needs brackets, W (b·𝟏)."""
    return type(expr) is Mul or (type(expr) is Call and expr.func == "fill" and expr.args[0] not in (ONE, ZERO))


def _product(writer: Writer, args: tuple[Expr, ...]) -> str:
    left, right = writer.write_within(args[0], _PRODUCT), writer.write_within(args[1], _FACTOR if _is_multiple(args[1]) else _PRODUCT)
    return left + _write_between(writer, args[0], args[1]) + right


def _write_between(writer: Writer, before: Expr, after: Expr) -> str:
    """What stands between the factors of a product of arrays: room, and beside a word (dout, weight) a sign."""
    return writer.join_factors(before, after, _write_both(writer, "\\,", " "))


def _write_transposed(writer: Writer, expr: Expr) -> str:
    if type(expr) is Call and expr.func == "shaped":  # the sizes are those of what is printed
        return writer.show(Call("shaped", (Call("transpose", expr.args[:1]), *reversed(expr.args[1:]))))
    inner = writer.show(expr)
    loose = type(expr) is not Name and writer.write_within(expr, _ATOM) != inner
    if loose or "^" in inner or "\\frac" in inner or "/" in inner or not _RAISED.isdisjoint(inner):
        return writer.bracket(inner) + _write_both(writer, "^{\\top}", "ᵀ")
    return _write_both(writer, inner + "^{\\top}", inner + "ᵀ")


def _write_outer(writer: Writer, args: tuple[Expr, ...]) -> str:
    left = _PRODUCT if type(args[0]) is Mul else _FACTOR  # 2(h − y) xᵀ
    return writer.write_within(args[0], left) + _write_between(writer, args[0], args[1]) + _write_transposed(writer, args[1])


def _dot(writer: Writer, args: tuple[Expr, ...]) -> str:
    return _write_transposed(writer, args[0]) + _write_between(writer, args[0], args[1]) + writer.write_within(args[1], _FACTOR)


def _sign(latex: str, text: str) -> Write:
    def write(writer: Writer, args: tuple[Expr, ...]) -> str:
        first, second = (writer.write_within(arg, _FACTOR) for arg in args[:2])
        return f"{first}{_write_both(writer, f' {latex} ', f' {text} ')}{second}"

    return write


def _write_hadamard(writer: Writer, args: tuple[Expr, ...]) -> str:
    sign = _write_both(writer, " \\odot ", " ⊙ ")
    return f"{writer.write_within(args[0], level_before(args[0]))}{sign}{writer.write_within(args[1], _FACTOR)}"


OVER = frozenset({"sum_over", "max_over"})
"""What reaches as far as it can: it needs no bracket where nothing follows."""


_PRODUCTS = frozenset({"matmul", "outer", "columns", "rows", "row_sums", "column_sums"})


def is_array_product(expr: Expr) -> bool:
    """A product of matrices, of ones among them, which needs no bracket behind a number: 2 W x is both (2 W) x and 2 (W x)."""
    return type(expr) is Call and expr.func in _PRODUCTS


def is_last_factor(expr: Expr, before: Sequence[Expr]) -> bool:
    """Whether the last factor of a product needs no bracket: Σ, a product of matrices, and a ⊙ b behind numbers."""
    return is_array_product(expr) or is_loose_factor(expr, before)


def is_loose_factor(expr: Expr, before: Sequence[Expr]) -> bool:
    """Whether the last factor holds together less than a product does, so that the whole needs a bracket in another product."""
    return type(expr) is Call and (expr.func == "sum_over" or (expr.func == "hadamard" and not any(map(_names_array, before))))


def _names_array(expr: Expr) -> bool:
    """Whether a factor may be more than a number, as 2/n is one."""
    if type(expr) is Div:
        return _names_array(expr.num)
    return bool(names(expr)) or type(expr) is Partial


def level_before(expr: Expr) -> int:
    """How tight the left side of ⊙ has to be: a multiple and another ⊙ stand there as they are, 2·(h − y) ⊙ h ⊙ (1 − h)."""
    if type(expr) is Mul and is_array_product(expr.args[-1]):
        return _FACTOR
    return _QUOTIENT if type(expr) is Mul or (type(expr) is Call and expr.func == "hadamard") else _FACTOR


def _write_ones(writer: Writer) -> str:
    return _write_both(writer, "\\mathbf{1}", "𝟏")


def _transpose(writer: Writer, args: tuple[Expr, ...]) -> str:
    return _write_transposed(writer, args[0])


def _fill(writer: Writer, args: tuple[Expr, ...]) -> str:
    if args[0] == ONE:
        return _write_ones(writer)
    if args[0] == ZERO:
        return _write_both(writer, "\\mathbf{0}", "𝟎")
    within = _PRODUCT if type(args[0]) is Mul and writer.style.markup else _FACTOR  # ∂L/∂μ·𝟏 could be read in two ways
    return writer.write_within(args[0], within) + _write_both(writer, "\\,", "·") + _write_ones(writer)


def find_subtracted(call: Call) -> Call | None:
    """What a sum subtracts where an array of a negative number is added, x − 𝟏; nothing for any other call.

    >>> find_subtracted(Call("fill", (Neg(ONE), Name("n")))) == find_subtracted(Call("fill", (Number("-1"), Name("n"))))
    True
    """
    if call.func != "fill":
        return None
    first, *sizes = call.args
    if type(first) is Number and first.text.startswith("-"):
        return Call("fill", (Number(first.text[1:]), *sizes))
    return Call("fill", (first.arg, *sizes)) if type(first) is Neg else None


def _is_ones(args: tuple[Expr, ...]) -> bool:
    return args[0] in (ONE, ZERO)


_SUMMED_ROWS = frozenset(name for name, rows in LAYERS.items() if rows[0].written == "times ones")


def _columns(writer: Writer, args: tuple[Expr, ...]) -> str:
    top = _write_both(writer, "\\,\\mathbf{1}^{\\top}", " 𝟏ᵀ")
    summed = type(args[0]) is Call and args[0].func in _SUMMED_ROWS  # A 𝟏 𝟏ᵀ, whichever is first
    return writer.write_within(args[0], _PRODUCT if summed else _FACTOR) + top


def _rows(writer: Writer, args: tuple[Expr, ...]) -> str:
    summed = args[0]
    if type(summed) is Call and summed.func == "column_sums":  # 𝟏 (𝟏ᵀ A) rather than 𝟏 (Aᵀ 𝟏)ᵀ
        inner = _write_both(writer, "\\mathbf{1}^{\\top}\\,", "𝟏ᵀ ") + writer.write_within(summed.args[0], _FACTOR)
        return _write_ones(writer) + _write_both(writer, "\\,", " ") + writer.bracket(inner)
    return _write_ones(writer) + _write_both(writer, "\\,", " ") + _write_transposed(writer, summed)


def _write_itself(writer: Writer, args: tuple[Expr, ...]) -> str:
    """An array with an axis of one entry more or less: on paper a vector is such a matrix."""
    return writer.write_within(args[0], _PRODUCT)


def _stretch_column(writer: Writer, args: tuple[Expr, ...]) -> str:
    return _write_ones(writer) + _write_both(writer, "\\,", " ") + writer.write_within(args[0], _FACTOR)


def _row_sums(writer: Writer, args: tuple[Expr, ...]) -> str:
    return writer.write_within(args[0], _PRODUCT) + _write_both(writer, "\\,", " ") + _write_ones(writer)


def _column_sums(writer: Writer, args: tuple[Expr, ...]) -> str:
    return _write_transposed(writer, args[0]) + _write_both(writer, "\\,", " ") + _write_ones(writer)


def _write_named(
    latex: str, text: str, operands: int = 1, index: Callable[[Writer, Sequence[Expr]], str] | None = None, *, labels: bool = False
) -> Write:
    """A function by its name; ``index`` writes its settings as an index.  Without operands it is of its settings, or of its ``labels``,
    which its sizes follow."""

    def write(writer: Writer, args: tuple[Expr, ...]) -> str:
        shown = args[: operands or (len(args) // 2 if labels else len(args))]
        below = index(writer, args[operands:]) if index else ""
        head = _write_both(writer, f"\\operatorname{{{latex}}}", text)
        if below:
            head += _write_both(writer, f"_{{{below}}}", f"[{below}]")
        inner = ", ".join(writer.show(arg) for arg in shown)
        closed = operands == 1 and type(args[0]) is Call and args[0].func == "size" and not writer.style.markup
        return head + (inner if closed else writer.style.applied + writer.bracket(inner))

    return write


def _write_labels(writer: Writer, labels: Sequence[Expr]) -> str:
    return ", ".join(writer.show(label) for label in labels)


def _write_among(writer: Writer, settings: Sequence[Expr]) -> str:
    """Labels, and before them how many rows there are."""
    size, *labels = settings
    return f"{writer.show(size)}{_write_both(writer, chr(92) + 'colon ', ': ')}{_write_labels(writer, labels)}"


def _write_looked_up(writer: Writer, args: tuple[Expr, ...]) -> str:
    """Rows by their labels, as NumPy writes them: E[[2, 0, 2]]."""
    return f"{writer.write_within(args[0], _ATOM)}[[{_write_labels(writer, args[1:])}]]"


def _write_looked_up_in_rows(writer: Writer, args: tuple[Expr, ...]) -> str:
    array, count, *labels = args
    width = len(labels) // int(count.text) if type(count) is Number else len(labels)
    rows = [f"[{_write_labels(writer, labels[place : place + width])}]" for place in range(0, len(labels), width)]
    return f"{writer.write_within(array, _ATOM)}[[{', '.join(rows)}]]"


def _part(writer: Writer, settings: Sequence[Expr]) -> str:
    """The first and the last entry of a part, from where it begins and how long it is."""
    first, last = (writer.show(part).replace(" ", "") for part in list_ends(settings))
    return f"{first}{_write_both(writer, chr(92) + 'dots ', '..')}{last}"


def _write_part(word: str) -> Write:
    """A part by its places, rows[1..2](A), and a single one by its own: row[1](A)."""
    several = _write_named(word, word, 1, _part)
    one = ONE_OF.get(word, word)
    single = _write_named(one, one, 1, lambda writer, settings: _write_index(writer, list_ends(settings)[0]))

    def write(writer: Writer, args: tuple[Expr, ...]) -> str:
        first, last = list_ends(args[1:])
        return (single if first == last else several)(writer, args)

    return write


def _write_margins(writer: Writer, settings: Sequence[Expr]) -> str:
    """How many zeros stand before and behind."""
    return ", ".join(writer.show(part) for part in settings)


def _size(writer: Writer, settings: Sequence[Expr]) -> str:
    return _write_both(writer, " \\times ", "×").join(_write_size(writer, part) for part in settings)


def _write_size(writer: Writer, size: Expr) -> str:
    """A size beside a ×: 4h, (h + k)."""
    return writer.bracket(writer.show(size)) if type(size) is Add else writer.show(size)


def _write_by(word: str) -> Callable[[Writer, Sequence[Expr]], str]:
    return lambda writer, settings: _write_both(writer, f"\\text{{{word}}}", word)


def _windows(latex: str, text: str, *, swap: bool = False, full: bool = False) -> Write:
    """Convolution and correlation; ``full`` also where the windows reach over the border."""

    def write(writer: Writer, args: tuple[Expr, ...]) -> str:
        first, second = (writer.write_within(arg, _FACTOR) for arg in (args[1::-1] if swap else args[:2]))
        below = write_stride(writer, args[2:], "d" if swap or full else "s")
        if full:
            below = ", ".join(part for part in ("\\mathrm{full}" if writer.style.markup else "full", below) if part)
        sign = _write_both(writer, latex + (f"_{{{below}}}" if below else ""), text + (f"[{below}]" if below else ""))
        return f"{first} {sign} {second}"

    return write


def _write_index(writer: Writer, index: Expr) -> str:
    """An index as short as it can be: in markup it is a part of a symbol, which has no marks."""
    style, short = writer.style, writer.show(index).replace(" ", "")
    return short.replace(style.touch, "").replace(style.applied, "") if style.markup else short


def _entry(writer: Writer, args: tuple[Expr, ...]) -> str:
    array, *index = args
    if not index:
        return writer.show(array)
    shown = [Symbol(short, short.replace("−", "-")) for short in (_write_index(writer, one) for one in index)]
    name = derivative_key(array.of, array.wrt) if type(array) is Partial else array.name if type(array) is Name else ""
    if not name:
        return writer.write_within(array, _ATOM) + _write_both(writer, "_{" + ",".join(i.latex for i in shown) + "}",
                                                   lower_index("".join(i.text for i in shown)))  # fmt: skip
    symbol = writer.notation.entry(name, shown)
    return symbol.latex if writer.style.markup else symbol.text


def _write_over(func: str, latex: str, sign: str = "") -> Write:
    """A sum or a maximum over letters; letters that run equally far stand together: Σ_(a,b=1..3)."""

    text = sign or latex.removeprefix("\\")

    def write(writer: Writer, args: tuple[Expr, ...]) -> str:
        letters, last, body = [args[0]], args[1:-1], args[-1]
        while type(body) is Call and body.func == func and body.args[1:-1] == last:
            letters.append(body.args[0])
            body = body.args[-1]
        nested = type(body) is Call and body.func == func
        inner = writer.show(body) if nested else writer.write_within(body, _QUOTIENT)
        runs = ",".join(writer.show(letter) for letter in letters)
        if not last:
            return _write_both(writer, f"{latex}_{{{runs}}} {inner}", f"{text}_{runs} {inner}")
        end = writer.show(last[0])
        return _write_both(writer, f"{latex}_{{{runs}=1}}^{{{end}}} {inner}", f"{text}_({runs}=1..{end}) {inner}")

    return write


def _write_sum_over_times(writer: Writer, args: tuple[Expr, ...]) -> str:
    """A sum over times: Σ_(t=1..T)."""
    index, first, last = (writer.show(arg) for arg in args[:3])
    inner = writer.write_within(args[3], _QUOTIENT)
    return _write_both(writer, f"\\sum_{{{index}={first}}}^{{{last}}} {inner}", f"Σ_({index}={first}..{last}) {inner}")


def _write_norm(writer: Writer, args: tuple[Expr, ...]) -> str:
    """The norm of an array."""
    inner = writer.show(args[0])
    return _write_both(writer, f"\\left\\lVert {inner} \\right\\rVert", f"‖{inner}‖")


def _write_equal(writer: Writer, args: tuple[Expr, ...]) -> str:
    """1 where an index is a label, else 0."""
    index, label = (writer.show(arg) for arg in args)
    return _write_both(writer, f"\\mathbf{{1}}_{{{index} = {label}}}", f"1[{index} = {label}]")


def _write_shaped(writer: Writer, args: tuple[Expr, ...]) -> str:
    body = writer.show(args[0])
    if not writer.style.markup:
        return body
    sizes = _size(writer, args[1:])
    return f"\\underset{{\\;{sizes}\\;}}{{{body}}}"  # room on both sides: the shapes of neighbours must not run into each other


def _write_sized(writer: Writer, args: tuple[Expr, ...]) -> str:
    sizes = _size(writer, args[1:])
    return writer.show(args[0]) + _write_both(writer, f"_{{{sizes}}}", lower_index(sizes))


def _sizes(writer: Writer, args: tuple[Expr, ...]) -> str:
    return f"({_size(writer, args)})"


_PHRASES: dict[str, PrintedOperation] = {
    "beside": PrintedOperation(_PRODUCT, _product),
    "beside transposed": PrintedOperation(_PRODUCT, _write_outer),
    "transposed": PrintedOperation(_POWER, _transpose),
    "multiple of ones": PrintedOperation(_PRODUCT, _fill, _is_ones),
    "times ones": PrintedOperation(_PRODUCT, _row_sums),
    "times ones lying": PrintedOperation(_PRODUCT, _columns),
    "ones times lying": PrintedOperation(_PRODUCT, _rows),
    "transposed times ones": PrintedOperation(_PRODUCT, _column_sums),
    "indexed": PrintedOperation(_ATOM, _entry),
    "looked up": PrintedOperation(_ATOM, _write_looked_up),
    "looked up rows": PrintedOperation(_ATOM, _write_looked_up_in_rows),
    "itself": PrintedOperation(_PRODUCT, _write_itself),
    "itself times ones lying": PrintedOperation(_PRODUCT, _columns),
    "ones times": PrintedOperation(_PRODUCT, _stretch_column),
}
"""How a row's ``written`` is printed; besides, "name sum" is a function and "sign star" a sign between its operands."""
_SIGNS = {"star": ("\\star", "⋆"), "asterisk": ("\\ast", "∗")}
_INDICES = {
    "window": write_window, "slide": write_slide, "back": write_slide_back, "labels": _write_labels, "among": _write_among,
    "sizes": _size, "margins": _write_margins,
    **{axis: _write_by(axis) for axis in ("col", "row", "batch", "channel", "sample", "set")},
}  # fmt: skip
"""What is written as an index of a function's name: "name maxpool by window"."""


def make_printed(row: Layer) -> PrintedOperation:
    """How a row of the table is printed, from its ``written``.

    >>> from tutor.rules.operations import LAYERS
    >>> make_printed(LAYERS["matmul"][0]).level == _PRODUCT
    True
    """
    if row.written in _PHRASES:
        return _PHRASES[row.written]
    kind, name, *more = (row.written or f"name {row.name}").split()
    if kind == "sign":
        write = _windows(*_SIGNS[name], swap="swapped" in more, full="full" in more)
        return PrintedOperation(_ATOM, _flip_operands(write)) if "flipped" in more else PrintedOperation(_QUOTIENT, write)
    if more == ["by", "place"]:
        return PrintedOperation(_ATOM, _write_part(name))
    index = _INDICES[more[1]] if more else None
    if row.name in JOINED:
        joined = _write_named(name, name, 0, index)
        return PrintedOperation(_ATOM, lambda writer, args: joined(writer, list_joined(Call(row.name, args))))
    return PrintedOperation(_ATOM, _write_named(name, name, len(row.arrays), index, labels=bool(row.within) and not row.arrays))


def list_joined(call: Call) -> tuple[Expr, ...]:
    """Several arrays one after the other: of concat(concat(a, b), c), which are joined two by two, a, b and c."""
    return tuple(part for arg in call.args for part in (list_joined(arg) if type(arg) is Call and arg.func == call.func else (arg,)))


def _flip_operands(write: Write) -> Write:
    def write_flipped(writer: Writer, args: tuple[Expr, ...]) -> str:
        return _write_both(writer, "\\operatorname{flip}", "flip") + writer.style.applied + writer.bracket(write(writer, args))

    return write_flipped


_ON_PAPER: dict[str, PrintedOperation] = {
    "dot": PrintedOperation(_PRODUCT, _dot),
    OF_EACH["columns"]: PrintedOperation(_ATOM, _write_named("columns", "columns", 1, _size)),
    OF_EACH["rows"]: PrintedOperation(_ATOM, _write_named("rows", "rows", 1, _size)),
    OF_EACH["row_sums"]: PrintedOperation(_ATOM, _write_named("sum", "sum", 1, _write_by("row"))),
    OF_EACH["column_sums"]: PrintedOperation(_ATOM, _write_named("sum", "sum", 1, _write_by("col"))),
    BROADCAST: PrintedOperation(_ATOM, _write_named("broadcast", "broadcast", 1, _size)),
    SUMMED: PrintedOperation(_ATOM, _write_named("sum", "sum", 1, _size)),
    OWN.func: PrintedOperation(_ATOM, lambda writer, args: _write_both(writer, "\\cdot", "·")),
    "hadamard": PrintedOperation(_QUOTIENT, _write_hadamard),
    "at": PrintedOperation(_ATOM, _entry),
    "sum_over": PrintedOperation(_SUM, _write_over("sum_over", "\\sum", "Σ")),
    "sum_times": PrintedOperation(_SUM, _write_sum_over_times),
    "norm_of": PrintedOperation(_ATOM, _write_norm),
    "max_over": PrintedOperation(_SUM, _write_over("max_over", "\\max")),
    "equal": PrintedOperation(_ATOM, _write_equal),
    "shaped": PrintedOperation(_ATOM, _write_shaped),
    "sized": PrintedOperation(_ATOM, _write_sized),
    "size": PrintedOperation(_ATOM, _sizes),
    "matrix": PrintedOperation(_ATOM, write_matrix),
    "slices": PrintedOperation(_ATOM, write_slices),
    "slice": PrintedOperation(_ATOM, write_slice),
    "block": PrintedOperation(_ATOM, write_block),
    "dots": PrintedOperation(_ATOM, lambda writer, args: _write_both(writer, "\\cdots", "⋯")),
    "down": PrintedOperation(_ATOM, lambda writer, args: _write_both(writer, "\\vdots", "⋮")),
}
ARRAYS: dict[str, PrintedOperation] = {name: make_printed(rows[0]) for name, rows in LAYERS.items()} | _ON_PAPER
"""The operations of `tutor.rules.operations` and what only documents have: entries, sums over a letter, matrices, shapes under factors."""


def shapes_of(expr: Expr) -> Expr | None:
    """The expression with the shape of each factor in its place, or nothing where no shapes are known."""
    return _replace_calls(expr) if _has_shapes(expr) else None


def _has_shapes(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func == "shaped") or any(_has_shapes(part) for part in children(expr))


def _replace_calls(expr: Expr) -> Expr:
    if type(expr) is Call and expr.func == "shaped":
        return Call("size", expr.args[1:])
    parts = children(expr)
    return rebuild(expr, tuple(_replace_calls(part) for part in parts)) if parts else expr
