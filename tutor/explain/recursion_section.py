"""The sections of a solution as a recursion: each step once, with the times for which it holds, and sums over all times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import TypeVar

from tutor.derive.recursion import SUM, Recursion, TimedRow, write_place
from tutor.explain.document import Block, Equation, Equations, Inline, Math, Sentence, Side, Table
from tutor.explain.formula_kinds import say_forward
from tutor.explain.layer_formulas import dress_expr
from tutor.explain.page_writer import EQUALS, PageWriter
from tutor.explain.shared_parameters import list_shared
from tutor.explain.symbols_section import Symbols
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Call, Expr, Name, Number, Partial, children, rebuild
from tutor.expression.walk import names
from tutor.graph.entries import Array
from tutor.graph.repetition import Moved
from tutor.graph.shapes import size_expr
from tutor.numbers.growth import Growth, describe_growth, find_norm
from tutor.numbers.printed import as_printed
from tutor.solving.worked import Worked

T = TypeVar("T")
MOST_LISTED = 5
"""So many times are listed one by one."""
DIGITS = 3
"""Of a norm so many digits are said."""
NORM = "norm_of"
"""The norm of an array, ‖x‖: only documents have it."""
MOST_ENTRIES, MOST_BESIDE, MOST_ROWS = 4, 9, 24
"""A column of a table of times has so many entries at most, all columns so many; so many times stand in it, of more the first and last."""


class RecursionSections(PageWriter):
    """The forward and the backward pass for every t."""

    def __init__(self, worked: Worked, words: Wording) -> None:
        super().__init__(worked, words, worked.numbers)
        assert worked.recursion is not None
        self.recursion: Recursion = worked.recursion
        self.over_arrays = self.request.layered is not None
        self.shapes = {name: quantity.shape for name, quantity in self.recursion.quantities.items()}
        self.symbols = Symbols(words.arrays, self.shapes, words.pages.LABELS["where"])
        self.counted = 0
        self.parameters = [quantity.name for quantity in self.request.graph.parameters]

    # Sections

    def add_given_open(self) -> None:
        """What is given, where the last time is a letter: x_t with its shape, h_0, the shared weights."""
        computed = {self.recursion.bases.get(row.step.target, row.step.target) for row in self.recursion.forward}
        found: dict[str, None] = {}
        for row in self.recursion.forward:
            for name in names(row.step.expr):
                base = self.recursion.bases.get(name, name)
                found |= {} if base in computed or base not in self.shapes else {base: None}
        leaves = {quantity.name for quantity in self.request.graph.leaves}
        starts = [name for name, base in self.recursion.bases.items() if base in computed and name in leaves]
        parts: list[Inline] = []
        for name in (*starts, *found):
            parts += [self.words.pages.COMMA if parts else "", Math(Name(name))]
            shape = self.shapes[name]
            full = shape if len(shape) != 1 else (*shape, 1)
            if full:
                parts += ["\N{NO-BREAK SPACE}", Math(Call("size", tuple(size_expr(size) for size in full)))]
        every = self.write_times(1, self.end)
        self.blocks.append(self.write_labelled("given", *(part for part in parts if part), "; ", *every))

    @property
    def end(self) -> int | Moved:
        """The last time."""
        return Moved(self.recursion.end) if isinstance(self.recursion.end, str) else self.recursion.end

    def add_forward(self) -> None:
        """The forward pass, a row for each step, and what it gives at each time."""
        rows = []
        for row in self.recursion.forward:
            step = row.step
            why = say_forward(step, self.words, arrays=self.over_arrays)
            summed = type(step.expr) is Call and step.expr.func == SUM
            rows.append(self.row(row, Name(step.target), self.words.pages.SUMMED if summed else why))
        self.blocks += [self.heading("forward"), Equations(tuple(rows)), *self.explain([row.step.expr for row in self.recursion.forward])]
        self.blocks += self.write_table([row.step.target for row in self.recursion.forward if row.first is not None])

    def add_backward(self) -> None:
        """The backward pass: the rows that what is asked for is computed from."""
        needed = self.list_needed()
        rows = [self.row(row, Partial(row.step.of, row.step.wrt), self.say_why(row)) for row in needed]
        self.blocks += [self.heading("backward"), Equations(tuple(rows)), *self.explain([row.step.expr for row in needed])]
        timed = [row.step.wrt for row in needed if row.first is not None]
        self.blocks += self.write_table(timed, backward=True)
        self.blocks += self.say_growth(needed)

    # Rows

    def row(self, row: TimedRow, left: Expr, why: str) -> Equation:
        """One row: its formula, the times for which it holds, and its number where it has one."""
        self.counted += 1
        sides = [Side(self.dress(row.step.expr))]
        value = self.value(row.step.target)
        if value is not None and value != row.step.expr:
            sides.append(Side(value, result=True))
        times = self.write_held(row) if not row.single else ()
        return Equation(left, tuple(sides), self.counted, (why, *(("; ", *times) if times else ())))

    def dress(self, expr: Expr) -> Expr:
        """A formula ready for print: of arrays with the shapes of its factors, also inside a sum over times."""
        if not self.over_arrays:
            return expr
        if _has_sum(expr):
            parts = children(expr)
            if type(expr) is Call and expr.func == SUM:
                return Call(SUM, (*parts[:3], self.dress(parts[3])))
            return rebuild(expr, tuple(map(self.dress, parts)))
        return dress_expr(expr, self.shapes)

    def say_why(self, row: TimedRow) -> str:
        """Why a gradient is what it is."""
        step = row.step
        if _has_sum(step.expr):
            return self.words.pages.SUMMED
        if step.rule in ("no path", "sum over paths", "joined paths") or not self.over_arrays:
            return self.words.rules.gradient(step.rule, len(step.paths))
        number = not self.shapes[step.wrt]
        return self.words.arrays.say_backward(step.expr, self.words.rules, self.parameters, number=number, wrt=step.wrt)

    def write_held(self, row: TimedRow) -> Sentence:
        """The times for which a row holds; of truncated backpropagation the last ones of its blocks, ``t = 3, 6, …, T``, or the others."""
        first, last, blocks = row.first, row.last, self.recursion.blocks
        if first is None or last is None:
            return ()
        if row.held == "all" or blocks is None:
            return self.write_times(first, last)
        if isinstance(first, int) and isinstance(last, int) and isinstance(self.recursion.end, int):
            low, high = sorted((first, last))
            times = [time for time in range(low, high + 1) if row.holds_at(time, blocks, self.recursion.end)]
            if len(times) <= MOST_LISTED or row.held == "ends":
                shown = times if len(times) <= MOST_LISTED else [*times[:2], None, times[-1]]
                return self.list_times([None if time is None else Number(str(time)) for time in (shown[::-1] if first > last else shown)])
        if row.held == "inner":
            return (self.words.pages.OTHER_TIMES,)
        if blocks.from_end:
            return self.list_times([*(write_place(Moved(str(self.recursion.end), -by)) for by in (0, blocks.size)), None])
        first_ones = [Number(str(blocks.first - 1 + blocks.size * by)) for by in (1, 2)]
        return (*self.list_times([*first_ones, None]), self.words.pages.AND, Math(Name(str(self.recursion.end))))

    def list_times(self, times: Sequence[Expr | None]) -> Sentence:
        """``t = 6, 4, 2``; dots where there is None."""
        said: list[Inline] = [Math(Name(self.recursion.index)), EQUALS]
        for place, time in enumerate(times):
            said += [self.words.pages.COMMA] if place else []
            said.append("…" if time is None else Math(time))
        return tuple(said)

    def write_times(self, first: int | Moved, last: int | Moved) -> Sentence:
        """``t = T − 1, …, 1``."""
        start, end = Math(write_place(first)), Math(write_place(last))
        beside = abs(first - last) == 1 if isinstance(first, int) and isinstance(last, int) else False
        if isinstance(first, Moved) and isinstance(last, Moved):
            beside = abs(first.by - last.by) == 1
        dots = self.words.pages.COMMA if beside else self.words.pages.UP_TO
        return (Math(Name(self.recursion.index)), EQUALS, start, dots, end)

    def explain(self, exprs: Sequence[Expr]) -> list[Block]:
        """What the signs in formulas over arrays mean."""
        inner = [part for expr in exprs for part in _open_sums(expr)]
        return [*self.symbols.explain_symbols(inner, reasons=self.words.arrays.FORWARD)] if self.over_arrays else []

    def list_needed(self) -> list[TimedRow]:
        """The rows that the wanted gradients are computed from."""
        bases = self.recursion.bases
        by_base: dict[str, list[TimedRow]] = {}
        for row in self.recursion.backward:
            by_base.setdefault(bases.get(row.step.wrt, row.step.wrt), []).append(row)
        times = self.exercise.repetition.list_times(self.request.graph) if self.exercise.repetition is not None else {}
        index = Moved(self.recursion.index)
        stack = [times[name].spell(index) if name in times else name for name in self.request.wanted[0][1]]
        wanted: set[str] = set()
        while stack:
            name = stack.pop()
            if name not in wanted:
                wanted.add(name)
                used = (part for row in by_base.get(name, ()) for part in _list_upstream(row.step.expr))
                stack.extend(bases.get(part, part) for part in used)
        rows = [row for row in self.recursion.backward if bases.get(row.step.wrt, row.step.wrt) in wanted]
        leaves = {quantity.name for quantity in self.request.graph.leaves}
        asked = self.request.wanted[0][1]
        kept = []
        for row in rows:
            start = row.single and row.step.wrt in leaves
            unused = row.step.rule == "no path" and not any(times[name].spell(index) == row.step.wrt for name in asked if name in times)
            if row.step.wrt in asked or not (row.step.wrt == self.request.graph.loss or start or unused):
                kept.append(row)
        return kept

    def write_out_rows(self) -> Block:
        """The steps of the derivation that the rows tell, each time by itself: what a source prints of one time is looked up in them."""
        times = self.exercise.repetition.list_times(self.request.graph) if self.exercise.repetition is not None else {}
        index, bases = Moved(self.recursion.index), self.recursion.bases
        told = {bases.get(row.step.wrt, row.step.wrt) for row in self.list_needed()}
        steps = (
            step for step in self.worked.derivations[0].backward
            if (times[step.wrt].spell(index) if step.wrt in times else step.wrt) in told
        )  # fmt: skip
        shapes = self.request.layered.shapes if self.request.layered is not None else {}
        rows = ((step, dress_expr(step.expr, shapes) if self.over_arrays else step.expr) for step in steps)
        return Equations(tuple(Equation(Partial(step.of, step.wrt), (Side(expr),)) for step, expr in rows))

    def say_last_time(self) -> Sentence:
        """``T = 3``, where the last time is a letter: what a source prints was looked up there."""
        repetition = self.exercise.repetition
        if repetition is None or not repetition.letter:
            return ()
        return (Math(Name(repetition.letter)), EQUALS, Math(Number(str(repetition.end))))

    def say_shared(self) -> None:
        """Which parameters the steps of all times share; a family of places is said once."""
        times = self.exercise.repetition.list_times(self.request.graph) if self.exercise.repetition is not None else {}
        pages, index, said = self.words.pages, Moved(self.recursion.index), list[Inline]()
        for places, shared in list_shared(self.worked.derivations[0], self.request.wanted[0][1]).items():
            once = dict.fromkeys(times[name].spell(index) if name in times else name for name in places)
            named: dict[str, Sequence[Inline]] = {"quantities": self.list_named(shared), "places": self.list_named([*once])}
            said += [*(["; "] if said else []), *split_places(pages.grammar.choose(pages.SHARED_BY, len(shared)), named)]
            said += [" (", *self.write_times(1, self.end), ")"] if len(once) < len(places) else []
        if said:
            self.blocks.append(self.write_labelled("note", *split_places(pages.SHARED, {"shared": said})))

    # Numbers at each time

    def list_series(self, name: str, *, backward: bool) -> list[tuple[int, str]]:
        """The times at which a quantity of a row has a number, each with its key."""
        base = self.recursion.bases.get(name, name)
        times = self.exercise.repetition.list_times(self.request.graph) if self.exercise.repetition is not None else {}
        index, loss = Moved(self.recursion.index), self.request.graph.loss
        computed = {step.target for step in self.request.graph.steps}
        found = [
            (timed.time, derivative_key(loss, one) if backward else one)
            for one, timed in times.items() if timed.spell(index) == base and one in computed
        ]  # fmt: skip
        return sorted(item for item in found if self.numbers is not None and item[1] in self.numbers)

    def write_table(self, listed: Sequence[str], *, backward: bool = False) -> list[Block]:
        """A table of what short arrays and numbers are at each time; nothing without numbers."""
        columns: dict[str, dict[int, str]] = {}
        for name in listed:
            base = self.recursion.bases.get(name, name)
            series = self.list_series(name, backward=backward)
            if series and self.numbers is not None and all(_is_short(self.numbers[key]) for _, key in series):
                columns[base] = dict(series)
        if sum(self.count(base) for base in columns) > MOST_BESIDE:  # of many only what is handed on from time to time
            handed = self.recursion.list_states()
            columns = {base: column for base, column in columns.items() if base in handed}
        times = sorted({time for column in columns.values() for time in column}, reverse=backward)
        if len(times) < 2:
            return []
        gap = len(times) > MOST_ROWS
        kept = [*times[: MOST_ROWS // 2], *times[-MOST_ROWS // 2 :]] if gap else times
        loss = self.request.graph.loss
        named = {base: Partial(loss, base) if backward else Name(base) for base in columns}
        heads = [(Math(Call("transpose", (one,)) if len(self.shapes[base]) == 1 else one),) for base, one in named.items()]
        rows: list[tuple[Sentence, ...]] = []
        for place, time in enumerate(kept):
            if gap and place == MOST_ROWS // 2:
                rows.append(((self.words.pages.LEFT_OUT,), *(((),) * len(columns))))
            numbers = [self.value(column.get(time, "")) for column in columns.values()]
            cells = [(Math(transpose_column(value)),) if value is not None else () for value in numbers]
            rows.append(((Math(Number(str(time))),), *cells))
        return [Table(((Math(Name(self.recursion.index)),), *heads), tuple(rows), "r" * (len(columns) + 1))]

    def count(self, name: str) -> int:
        """How many entries a quantity has; 1 where that is a letter."""
        return prod(size for size in self.shapes[name] if isinstance(size, int))

    def say_growth(self, rows: Sequence[TimedRow]) -> list[Block]:
        """In words: how the gradient of what is handed on from time to time grows or shrinks on its way back."""
        handed = self.recursion.list_states()
        bases = [self.recursion.bases.get(row.step.wrt, row.step.wrt) for row in rows if row.first is not None]
        name = next((base for base in bases if base in handed), "")
        series = self.list_series(name, backward=True) if name else []
        series = keep_block(series, self.recursion)
        growth = describe_growth([find_norm(self.numbers[key]) for _, key in reversed(series)]) if self.numbers is not None else None
        if growth is None:
            return []
        times = [Math(Number(str(time))) for time in (series[-1][0], series[0][0])]
        size = Call(NORM if self.shapes[name] else "abs", (Partial(self.request.graph.loss, name),))
        places: dict[str, Sequence[Inline]] = {
            "size": [Math(size)], "index": [Math(Name(self.recursion.index))], "last": [times[0]], "first": [times[1]],
            **{key: [Math(number)] for key, number in print_growth(growth).items()},
        }  # fmt: skip
        return [self.write_labelled("growth", *split_places(self.words.pages.GROWTH[growth.kind], places))]


def keep_block(series: Sequence[tuple[int, T]], recursion: Recursion) -> list[tuple[int, T]]:
    """Of a series over time what growth can be said of: of truncated backpropagation from the end the last block, of other blocks none."""
    blocks, end = recursion.blocks, recursion.end
    if blocks is None:
        return list(series)
    if not blocks.from_end or not isinstance(end, int):
        return []
    return [item for item in series if blocks.number(item[0], end) == blocks.number(end, end)]


def transpose_column(value: Expr) -> Expr:
    """A column of numbers as a row, which a table has room for; anything else as it is."""
    is_column = type(value) is Call and value.func == "matrix" and value.args[0] == ONE
    return Call("matrix", (Number(str(len(value.args) - 1)), *value.args[1:])) if is_column and type(value) is Call else value


def print_growth(growth: Growth) -> dict[str, Expr]:
    """The numbers of a sentence about growth, to three digits, by their places: 5.9×10⁻²⁶."""
    numbers = {"start": growth.first, "end": growth.last, "factor": growth.factor}
    return {key: as_printed(Fraction(number), DIGITS, fractions=False) for key, number in numbers.items()}


def _is_short(value: object) -> bool:
    return not isinstance(value, Array) or (len(value.shape) == 1 and len(value.items) <= MOST_ENTRIES) or len(value.items) == 1


def _has_sum(expr: Expr) -> bool:
    return (type(expr) is Call and expr.func == SUM) or any(map(_has_sum, children(expr)))


def _open_sums(expr: Expr) -> Iterator[Expr]:
    """The parts of a formula in which there is no sum over times."""
    if not _has_sum(expr):
        yield expr
    elif type(expr) is Call and expr.func == SUM:
        yield from _open_sums(expr.args[3])
    else:
        for part in children(expr):
            yield from _open_sums(part)


def _list_upstream(expr: Expr) -> Iterator[str]:
    if type(expr) is Partial:
        yield expr.wrt
    for part in children(expr):
        yield from _list_upstream(part)
