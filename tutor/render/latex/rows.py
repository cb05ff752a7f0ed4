r"""Equations as rows that fit on the page.

A row is broken before a relation, then before a top-level ``+`` or ``-``, then before a ``·``; a fraction that is wider
than a row becomes ``(a + b)/c`` and is broken outside of it.  Widths are measured (`tutor.render.latex.widths`), so that no
row runs off the page and none is broken without need.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from tutor.explain.document import Equation, Side
from tutor.expression.nodes import ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.expression.walk import as_indicator
from tutor.render.array_seams import seams
from tutor.render.latex.widths import measure
from tutor.render.layer_maths import ARRAYS
from tutor.render.maths import Piece, Writer

RELATIONS = {
    "=": "=", "+": "\\mathrel{+}", "-": "\\mathrel{-}", "−": "\\mathrel{-}", "←": "\\leftarrow", "→": "\\rightarrow",
    "≈": "\\approx", "≠": "\\neq", "<": "<", ">": ">", "≤": "\\leq", "≥": "\\geq", "∝": "\\propto", "≡": "\\equiv",
    ":=": "\\coloneqq", "·": "\\mathrel{\\cdot}",
}  # fmt: skip
"""The signs that may stand before a member of an equation."""

_NESTED = r"(?:[^{}]|\{[^{}]*\})*"
_HIGH = re.compile(rf"\\(?:left|[bB]iggl)\(|\\frac\{{{_NESTED}\}}\{{{_NESTED}\\sqrt")
"""A bracket round something high, and a fraction with a root below: larger than the brackets of plain fractions."""
_INDENT = "\\qquad{}"
_PAD = "\\phantom"
_MARGIN = 0.4
_BELOW = 1
"""How far members are indented that stand below their left side, in em."""
_NARROW = 9.0
"""However wide the left side is, a row keeps so many em for what follows."""


class Chunk(NamedTuple):
    """A piece of a formula that is never broken: as it goes on in a row, and as it begins one."""

    flow: str
    start: str


@dataclass(frozen=True, slots=True)
class LatexRow:
    """One row of a display: what stands left of the relation and right of it, and the members whose notes end it.

    ``alone`` marks a left side that has the row for itself, and members below their left side; such a row begins ``shift`` em (one
    digit) left of where the others have their relation.
    """

    left: str
    body: str
    noted: tuple[Side, ...] = ()
    alone: bool = False
    shift: int = 2

    @property
    def width(self) -> float:
        """The width of the part right of the alignment point, in em."""
        return measure(self.left) - self.shift if self.alone else measure(self.body)


def relation(sign: str) -> str:
    """A relation sign in LaTeX; a sign that no table knows is not set at all but shown as a colon."""
    return RELATIONS.get(sign, "\\mathrel{:}")


def _begin_sign(sign: str) -> str:
    """The sign as it begins a row: a thin space is no sign there."""
    return "{}" + (sign.strip() if sign.strip() not in ("", "\\,") else "\\cdot") + " "


def _shrink_symbol(latex: str, limit: float) -> Chunk:
    """A single symbol that is wider than a row: the only thing that is made smaller."""
    small = f"\\resizebox{{{limit:.2f}em}}{{!}}{{$\\displaystyle {latex}$}}"
    return Chunk(small, small)


def _wrap_chunks(chunks: list[Chunk], before: str, after: str) -> list[Chunk]:
    """The same chunks with something glued to the first and to the last."""
    first = Chunk(before + chunks[0].flow, before + chunks[0].start)
    chunks = [first, *chunks[1:]]
    last = Chunk(chunks[-1].flow + after, chunks[-1].start + after)
    return [*chunks[:-1], last]


def _bracket_chunks(chunks: list[Chunk], left: str = "(", right: str = ")") -> list[Chunk]:
    flow = "".join(chunk.flow for chunk in chunks)
    big = "Bigg" if _HIGH.search(flow) else "bigg" if "\\frac" in flow else "big"  # as high as what stands in them
    return _wrap_chunks(chunks, f"\\{big}l{left}", f"\\{big}r{right}")


def explode(writer: Writer, expr: Expr, limit: float, lead: bool = True) -> list[Chunk]:
    """The expression in pieces of which none is wider than ``limit`` em; one piece when it fits.

    >>> from tutor.expression.parse import parse
    >>> from tutor.notation.profile import Notation
    >>> from tutor.render.maths import LATEX
    >>> [chunk.flow for chunk in explode(Writer(LATEX, Notation()), parse("a*b + c*d"), 3)]
    ['a\\\\,b', ' + c\\\\,d']
    """
    whole = writer.show(expr, lead)
    if measure(whole) <= limit:
        return [Chunk(whole, whole)]
    match expr:
        case Add(args) if args:
            return _break_joined(writer, writer.terms(expr), limit, False)
        case Mul(args) if args:
            return _break_joined(writer, writer.factors(expr, lead), limit, True)
        case Neg(arg):
            return _wrap_chunks(_break_inner(writer, arg, limit - measure("-"), isinstance(arg, Add | Neg)), "-", "")
        case Div(num, den):
            upper = _break_inner(writer, num, limit, not _is_closed(num) and not isinstance(num, Mul))
            lower = _break_inner(writer, den, limit - measure("/"), not _is_closed(den))
            return [*upper, Chunk("/" + lower[0].flow, "{}/" + lower[0].start), *lower[1:]]
        case Pow(base, exp):
            power = "^{" + writer.show(exp) + "}"
            if measure(power) <= limit / 2:
                closed = isinstance(base, Name | Call) and not (isinstance(base, Call) and base.func == "sqrt")  # broken, it is a power
                return _wrap_chunks(_break_inner(writer, base, limit - measure(power), not closed), "", power)
        case Call(func) if func in ARRAYS:
            parted = seams(writer, expr)
            if parted is not None:
                pieces = [Piece(sign, writer.bracket(writer.show(part)) if closed else writer.show(part), part, closed)
                          for sign, part, closed in parted.parts]  # fmt: skip
                return _wrap_chunks(
                    _break_joined(writer, pieces, limit - measure(parted.before + parted.after), False),
                    parted.before,
                    parted.after,
                )
        case Call(func, args) if args:
            return _break_call(writer, func, args, limit)
    return [_shrink_symbol(whole, limit)]


def _is_closed(expr: Expr) -> bool:
    return isinstance(expr, Name | Call | Pow) or (isinstance(expr, Number) and expr.text[0] != "-")


def _break_inner(writer: Writer, expr: Expr, limit: float, bracketed: bool) -> list[Chunk]:
    chunks = explode(writer, expr, max(limit - 1.5, 2.0), bracketed)
    return _bracket_chunks(chunks) if bracketed else chunks


def _break_joined(writer: Writer, pieces: Sequence[Piece], limit: float, product: bool) -> list[Chunk]:
    """The terms of a sum or the factors of a product; one that does not fit is broken in its turn."""
    chunks: list[Chunk] = []
    for sign, body, expr, bracketed in pieces:
        if measure(sign + body) <= limit:
            inner = [Chunk(body, body)]
        elif type(expr) is Call and writer.is_lone_indicator(expr):  # alone it would be cases
            inner = _break_call(writer, expr.func, expr.args, max(limit - 3.0, 2.0))
        else:
            inner = _break_inner(writer, expr, limit - 2.0, bracketed or (product and isinstance(expr, Div)))
        head = inner[0].flow
        if chunks and sign.startswith(","):  # a comma stands behind what is before it, not at the beginning of a row
            chunks[-1] = Chunk(chunks[-1].flow + ",", chunks[-1].start + ",")
            chunks += [Chunk(f"{sign[1:].strip() or '{}'} {head}", head), *inner[1:]]
            continue
        chunks.append(Chunk(sign + head, (_begin_sign(sign) if chunks else sign) + head))
        chunks += inner[1:]
    return chunks


def _break_call(writer: Writer, func: str, args: tuple[Expr, ...], limit: float) -> list[Chunk]:
    """A function whose arguments do not fit on a row: long brackets instead of a root, bars or a brace."""
    shown = as_indicator(Call(func, args))
    func, args = shown.func, shown.args
    if func == "if_positive" and len(args) == 3:
        condition, yes, no = args
        first = _break_inner(writer, yes, limit, False)
        when = _wrap_chunks(_break_inner(writer, condition, limit - 3.5, False), f"\\text{{ {writer.notation.choice[0]} }}", " > 0")
        other = _wrap_chunks(_break_inner(writer, no, limit - 3.5, False), f"\\text{{, {writer.notation.choice[1]} }}", "")
        return _bracket_chunks([*first, *when, *other])
    chunks: list[Chunk] = []
    for place, arg in enumerate(args):
        inner = _break_inner(writer, arg, limit - 2.0, False)
        chunks += _wrap_chunks(inner, "", ", ") if place < len(args) - 1 else inner
    if func == "abs":
        return _bracket_chunks(chunks, "\\lvert ", "\\rvert ")
    if func == "sqrt":
        return _wrap_chunks(_bracket_chunks(chunks), "", "^{1/2}")
    name = writer.function(func)
    if measure(name) > limit - 3.0:
        name = _shrink_symbol(name, limit / 2).flow
    return _wrap_chunks(_bracket_chunks(chunks), name, "")


def pack(chunks: Iterable[Chunk], first: float, later: float) -> list[str]:
    """The chunks in as few rows as they need; ``first`` is the width of the first row, ``later`` that of the others."""
    rows: list[str] = []
    room = first
    used = 0.0
    for chunk in chunks:
        width = measure(chunk.flow)
        if rows and used + width <= room:
            rows[-1] += chunk.flow
            used += width
            continue
        if rows:
            room, used = later, measure(chunk.start)
            rows.append(chunk.start)
        else:
            rows, used = [chunk.flow], width
    return rows


def _member(writer: Writer, side: Side) -> tuple[str, Expr, bool]:
    """The relation before a member, the expression after it, and whether it needs brackets there."""
    if side.relation not in ("+", "-", "−"):
        return relation(side.relation), side.expr, False
    sign, _, expr, bracketed = writer.terms(Add((ZERO, side.expr)))[1]
    if side.relation != "+":
        return relation(side.relation), side.expr, bracketed or isinstance(side.expr, Add | Neg)
    return relation(sign.strip()), expr, bracketed


def _break_side(writer: Writer, side: Side, room: float, later: float) -> list[str]:
    """A member on rows of its own, the first with the relation in front; ``later`` is the room on the others."""
    sign, expr, bracketed = _member(writer, side)
    head = sign + " "
    width = measure(head)
    whole = (
        writer.bracket(writer.show(expr)) if bracketed else writer.show(expr, sign == relation(side.relation) == "=")
    )
    if width + measure(whole) <= room:
        return [head + whole]
    indent = measure(_INDENT)
    inside = room - width - indent
    chunks = _break_inner(writer, expr, inside, bracketed) if bracketed else explode(writer, expr, inside)
    rows = pack(chunks, room - width, later - width - indent)
    pad = f"{_PAD}{{{sign}}}{_INDENT}" if len(rows) > 1 else ""
    return [head + rows[0], *(f"{pad} {row}" for row in rows[1:])]


def _fits_on_one_row(equation: Equation, bodies: Sequence[list[str]], room: float) -> bool:
    if any(side.relation in ("+", "-", "−") and side.note for side in equation.sides):
        return False
    return all(len(rows) == 1 for rows in bodies) and sum(measure(rows[0]) for rows in bodies) <= room


def set_rows(
    writer: Writer, equation: Equation, line: float, left_width: float, notes: dict[int, float], *, shifts: bool = False
) -> list[LatexRow]:
    """The rows of one equation on a line of ``line`` em, of which the left sides take ``left_width``.

    Where rows may be shifted (``shifts``), members that are whole below the left side, but not beside it, stand there.

    ``notes`` has the width of what stands at the right of each member (by its place), the equation's number included.
    A short equation is one row; otherwise each member begins a row, and the result stays with the member before it.
    """
    left = writer.show(equation.left)
    rows: list[LatexRow] = []
    if measure(left) > left_width:  # a left side that is too long has a row of its own
        whole = line - notes.get(0, 0.0) - 2.0
        rows = [LatexRow(part, "", alone=True) for part in pack(explode(writer, equation.left, whole), whole, whole)]
        left = ""
    room = max(line - left_width - _MARGIN, _NARROW)
    bodies = [
        _break_side(writer, side, max(room - notes.get(place, 0.0), _NARROW), room)
        for place, side in enumerate(equation.sides)
    ]
    below = _set_below(writer, equation, line, notes) if shifts and left and any(len(body) > 1 for body in bodies) else []
    if below:
        shift = min(int(left_width), 9)
        after = [replace(row, shift=max(shift - _BELOW, 0)) for row in below]
        first = LatexRow(f"{left} {below[0].left}", "", below[0].noted, alone=True, shift=shift)
        own = sum(notes.get(place, 0.0) for place, side in enumerate(equation.sides) if not place or side in first.noted)
        if measure(first.left) + own + left_width - shift <= line:
            return [first, *after[1:]]
        return [LatexRow(left, "", alone=True, shift=shift), *after]
    every = sum(notes.values())
    if bodies and _fits_on_one_row(equation, bodies, room - every):
        noted = tuple(side for side in equation.sides if side.note)
        return [*rows, LatexRow(left, " ".join(body[0] for body in bodies), noted)]
    before: Side | None = None
    for place, (side, body) in enumerate(zip(equation.sides, bodies, strict=True)):
        noted = (side,) if side.note else ()
        if before and _can_continue(before, side) and len(body) == 1:
            last = rows[-1]
            longer = last.body + " " + body[0]
            if measure(longer) + notes.get(place, 0.0) + notes.get(place - 1, 0.0) <= room:
                rows[-1] = LatexRow(last.left, longer, last.noted + noted)
                before = side
                continue
        rows += [LatexRow("", part, noted if part is body[0] else ()) for part in body]
        before = side
    if left:
        first = rows[0] if rows else LatexRow("", "")
        rows[:1] = [LatexRow(left, first.body, first.noted)]
    return rows


def count_torn(rows: Iterable[LatexRow]) -> int:
    """How many rows go on with a formula that began on the row before, not with another member."""
    return sum((row.body or row.left).startswith(_PAD) for row in rows)


def set_beside(writer: Writer, equations: Sequence[Equation], line: float, left_width: float) -> list[LatexRow]:
    """The rows of short equations that stand beside one another: as many in a row as fit, the first aligned at its relation."""
    rows: list[LatexRow] = []
    whole = False
    for equation in equations:
        own = set_rows(writer, equation, line, left_width, {})
        longer = f"{rows[-1].body} \\qquad {own[0].left} {own[0].body}" if rows and whole else ""
        whole = len(own) == 1  # nothing stands beside the last part of an array that takes several rows
        if whole and longer and not (rows[-1].alone or own[0].alone) and measure(longer) <= line - left_width - _MARGIN:
            rows[-1] = LatexRow(rows[-1].left, longer)
        else:
            rows += own
    return rows


def _set_below(writer: Writer, equation: Equation, line: float, notes: dict[int, float]) -> list[LatexRow]:
    """The members on rows of their own below the left side, where each is whole there; nothing where one has to be broken all the same."""
    rows: list[LatexRow] = []
    before: Side | None = None
    if any(side.relation in ("+", "-", "−") for side in equation.sides):
        return []  # the paths of a sum stay below one another, aligned with those of the rows around them
    for place, side in enumerate(equation.sides):
        room = line - _BELOW - _MARGIN - notes.get(place, 0.0)
        own = _break_side(writer, side, max(room, _NARROW), max(room, _NARROW))
        if len(own) > 1:
            return []
        noted = (side,) if side.note else ()
        longer = f"{rows[-1].left} {own[0]}" if rows else ""
        if before and _can_continue(before, side) and measure(longer) + notes.get(place - 1, 0.0) <= room:
            rows[-1] = LatexRow(longer, "", rows[-1].noted + noted, alone=True)
        else:
            rows.append(LatexRow(own[0], "", noted, alone=True))
        before = side
    return rows


def _can_continue(before: Side, side: Side) -> bool:
    """Whether a result may stay on the row of the member before it: not behind one path of a sum."""
    return side.result and before.relation not in ("+", "-", "−") and side.relation not in ("+", "-", "−")
