"""A derivation over time as a recursion: one row for every t, read off a derivation that is written out.

δ_t from δ_{t+1}, and a shared weight's gradient as a sum over all t.  A row is not derived a second time: what the written-out derivation
has at t = 1, 2, … is told with t in the place of the number, and rows that are then alike are one row with the times for which it holds.
`fill_in_times` goes back, so that a recursion is held against the written-out derivation of any other T, tree by tree.

Source: backpropagation through time, Werbos, Proceedings of the IEEE 78 (1990); in this form in Dive into Deep Learning, 9.7.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tutor.errors import GraphError
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Call, Expr, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.walk import names
from tutor.graph.nouns import Derivation, Quantity, Step
from tutor.graph.repetition import Blocks, Moved, Place, Timed

SUM = "sum_times"
"""A sum over times, ``sum_times(t, first, last, body)``: only documents have it."""
MOST_KINDS = 8
"""So many different rows a quantity has at different times: with more it is no recursion."""


@dataclass(frozen=True, slots=True)
class TimedRow:
    """One step that holds for several times, ``first`` to ``last`` (both None for a step outside of time).

    ``step`` has t in its names, h_t, h_tm1, dL/dh_tp1, and sums over times in its formula.  Of truncated backpropagation it holds, of these
    times, for the last one of each block, ``ends``, or for the ``inner`` ones, all others.
    """

    step: Step
    first: Place | None = None
    last: Place | None = None
    held: Literal["all", "ends", "inner"] = "all"

    def holds_at(self, time: int, blocks: Blocks | None, last: int) -> bool:
        """Whether it holds at one of the times from ``first`` to ``last``."""
        return self.held == "all" or blocks is None or blocks.is_last(time, last) == (self.held == "ends")

    @property
    def single(self) -> bool:
        """Whether it holds at one time only."""
        return self.first is not None and self.first == self.last


@dataclass(frozen=True, slots=True)
class Recursion:
    """A derivation as rows for every t.

    ``index`` is its letter, ``end`` the last time: a number, or a letter that is open.  ``quantities`` are those of the rows, by the names
    that they have there, ``bases`` what each of them has in common with the same quantity at other times.  ``agreed`` are the numbers of
    times for which the rows, written out, are the derivation's formulas, ``equal`` those for which they have its numbers.
    ``blocks`` are those of truncated backpropagation.
    """

    index: str
    end: int | str
    forward: tuple[TimedRow, ...]
    backward: tuple[TimedRow, ...]
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    agreed: tuple[int, ...] = ()
    equal: tuple[int, ...] = ()
    blocks: Blocks | None = None

    def list_states(self) -> tuple[str, ...]:
        """What is handed on from time to time, as it is called at t: what a step needs from another time and a step computes."""
        computed = {self.bases.get(row.step.target) for row in self.forward}
        used = (name for row in self.forward if row.first != row.last for name in names(row.step.expr))
        return tuple(dict.fromkeys(base for name in used if (base := self.bases.get(name, name)) != name and base in computed))


class _TimeReader:
    """Reads one written-out derivation over ``end`` times."""

    def __init__(
        self, derivation: Derivation, times: Mapping[str, Timed], index: str, end: int, letter: str, blocks: Blocks | None
    ) -> None:  # fmt: skip
        self.derivation, self.graph, self.times = derivation, derivation.graph, times
        self.index, self.end, self.letter, self.blocks = index, end, letter, blocks
        listed = (*self.graph.leaves, *self.graph.nodes)
        self.known = {quantity.name: quantity for quantity in listed}
        self.leaves = {quantity.name for quantity in self.graph.leaves}
        self.made: dict[str, Quantity] = {}
        self.bases: dict[str, str] = {}

    def absolute(self, time: int) -> Place:
        """A time that is said by itself: the last ones are counted from T, where that is a letter."""
        if not self.letter or time <= 2:
            return time
        return Moved(self.letter, time - self.end)

    def name(self, name: str, now: int | None) -> str:
        """A quantity as it is called in the row of a time."""
        timed = self.times.get(name)
        if timed is None:
            called = name
        elif now is None:
            called = timed.spell(self.absolute(timed.time))
        else:
            called = timed.spell(Moved(self.index, timed.time - now))
        if called not in self.made and name in self.known:
            self.made[called] = replace(self.known[name], name=called, time=self.find_places(timed, now))
            self.bases[called] = timed.spell(Moved(self.index)) if timed is not None else name
        return called

    def find_places(self, timed: Timed | None, now: int | None) -> tuple[str, ...]:
        """The places that a notation prints."""
        if timed is None:
            return ()
        place = self.absolute(timed.time) if now is None else Moved(self.index, timed.time - now)
        return tuple(map(str, (*timed.before, place, *timed.after)))

    def tell(self, expr: Expr, now: int | None) -> Expr:
        """A formula as it stands in the row of a time, with sums over time."""
        if type(expr) is Name:
            return Name(self.name(expr.name, now))
        if type(expr) is Partial:
            return Partial(self.name(expr.of, None), self.name(expr.wrt, now))
        parts = children(expr)
        if not parts:
            return expr
        if type(expr) is Add and now is None and len(parts) > 1:
            terms = list(self.fold([(term, self.find_time(term)) for term in parts]))
            return terms[0] if len(terms) == 1 else Add(tuple(terms))
        return rebuild(expr, tuple(self.tell(part, now) for part in parts))

    def find_time(self, expr: Expr) -> int | None:
        """The time that a term of a sum is about: that of the first quantity of a family in it."""
        stack = [expr]
        while stack:
            node = stack.pop()
            name = node.name if type(node) is Name else node.wrt if type(node) is Partial else ""
            if name in self.times:
                return self.times[name].time
            stack.extend(reversed(children(node)))
        return None

    def fold(self, terms: Sequence[tuple[Expr, int | None]]) -> Iterator[Expr]:
        """Terms, each with its time; those that are alike at times in a row are one sum."""
        runs: list[tuple[Expr, list[int], Expr]] = []
        for term, now in terms:
            told = self.tell(term, now)
            found = None if now is None else next((run for run in runs if run[0] == told and run[1] and run[1][-1] == now - 1), None)
            if found is not None and now is not None:
                found[1].append(now)
            else:
                runs.append((told, [] if now is None else [now], term))
        for told, held, term in runs:
            if len(held) > 1:
                yield Call(SUM, (Name(self.index), write_place(self.absolute(held[0])), write_place(self.absolute(held[-1])), told))
            else:
                yield self.tell(term, None)

    def rows(self, steps: Sequence[Step], *, backward: bool) -> list[TimedRow]:
        """The rows of some steps: those of a family together, where the last of them stands (the first one going forward)."""
        groups: dict[Any, list[tuple[int, Step]]] = {}
        order: dict[Any, int] = {}
        for place, step in enumerate(steps):
            name = step.wrt if backward else step.target
            timed = self.times.get(name)
            key = timed.base if timed is not None else name
            groups.setdefault(key, []).append((timed.time if timed is not None else 0, step))
            order.setdefault(key, place)
        rows: list[TimedRow] = []
        for key in sorted(groups, key=order.__getitem__):
            members = groups[key]
            if not isinstance(key, tuple):
                rows.append(TimedRow(self.tell_step(members[0][1], None, backward)))
                continue
            rows += self.split(sorted(members, key=lambda member: member[0], reverse=backward), backward)
        return rows

    def split(self, members: Sequence[tuple[int, Step]], backward: bool) -> list[TimedRow]:
        """The rows of one family, in the order in which its times are computed."""
        blocks, rows = self.blocks, self.gather(members, backward)
        if blocks is not None and len(rows) > 2:  # it is otherwise at the last time of each block
            own = [member for member in members if not (backward and self.is_given(member[1]))]
            given = [member for member in members if member not in own]
            ends, inner = ([m for m in own if blocks.is_last(m[0], self.end) == last] for last in (True, False))
            span = (own[0][0], own[-1][0]) if own else (0, 0)
            apart = [*self.gather(ends, backward, "ends", span), *self.gather(inner, backward, "inner", span)]
            apart += self.gather(given, backward)
            if len(apart) < len(rows):
                rows = apart
        if len(rows) > MOST_KINDS:
            name = members[0][1].wrt or members[0][1].target
            raise GraphError(f"the steps of {name} differ from time to time, so they are no recursion", hint="have it written out")
        return rows

    def gather(
        self, members: Sequence[tuple[int, Step]], backward: bool, part: Literal["all", "ends", "inner"] = "all",
        span: tuple[int, int] = (0, 0),
    ) -> list[TimedRow]:  # fmt: skip
        """The rows of some times of one family: all, or those of one ``part`` of each block, which a row holds for within the ``span``."""
        before_it = {now: before for (before, _), (now, _) in itertools.pairwise(members)}
        found: list[tuple[Step, list[int], Step]] = []
        for now, step in members:
            told = self.tell_step(step, now, backward)
            before = found[-1] if found else None
            alike = before is not None and replace(before[0], paths=()) == replace(told, paths=())
            follows = before is not None and self.is_next(before[1][-1], now, before_it, part)
            if before is not None and alike and follows and self.is_given(step) == self.is_given(before[2]):
                found[-1][1].append(now)
            else:
                found.append((told, [now], step))
        rows = []
        for number, (told, held, step) in enumerate(found):
            if len(held) == 1 and (part == "all" or (len(found) > 1 and held[0] == span[0])):
                alone = self.absolute(held[0])
                rows.append(TimedRow(self.tell_step(step, None, backward), alone, alone))
            elif part == "all":
                rows.append(TimedRow(told, self.absolute(held[0]), self.absolute(held[-1])))
            else:  # as far as the family goes: which times are the last of their blocks depends on the last of all
                start = span[0] if number == 0 else held[0]
                stop = span[1] if number == len(found) - 1 else held[-1]
                rows.append(TimedRow(told, self.absolute(start), self.absolute(stop), part))
        return rows

    @staticmethod
    def is_next(before: int, now: int, before_it: Mapping[int, int], part: str) -> bool:
        """Whether a time follows another one, among those that are told together."""
        return abs(before - now) == 1 if part == "all" else before_it.get(now) == before

    def is_given(self, step: Step) -> bool:
        """Whether a gradient is that of a leaf: what is given before the first time stands in a row of its own."""
        return step.wrt in self.leaves

    def tell_step(self, step: Step, now: int | None, backward: bool) -> Step:
        """A step with t in its names; its paths are those of the step, told as well."""
        name = self.name(step.wrt if backward else step.target, now)
        if not backward:
            return Step(name, self.tell(step.expr, now), step.rule)
        loss = self.name(self.graph.loss, None)
        expr = self.tell(step.expr, now)
        if now is None and len(step.paths) > 1 and type(step.expr) is Add:
            through = [self.times.get(path.factors[0].wrt) for path in step.paths]
            terms = [(term, timed.time if timed else None) for term, timed in zip(step.expr.args, through, strict=True)]
            told = list(self.fold(terms))
            expr = told[0] if len(told) == 1 else Add(tuple(told))
        return Step(derivative_key(loss, name), expr, step.rule, step.paths, "gradient", loss, name)


def write_place(place: Place) -> Expr:
    """A time as a formula: T − 1.

    >>> write_place(Moved("T", -1))
    Add(args=(Name(name='T'), Neg(arg=Number(text='1'))))
    """
    if isinstance(place, int):
        return Number(str(place))
    if not place.by:
        return Name(place.letter)
    size = Number(str(abs(place.by)))
    return Add((Name(place.letter), Neg(size) if place.by < 0 else size))


def read_recursion(
    derivation: Derivation, times: Mapping[str, Timed], index: str, end: int, letter: str = "", blocks: Blocks | None = None
) -> Recursion:
    """The recursion that a written-out derivation over ``end`` times is; with a ``letter`` the end is told by it.

    ``blocks`` are those of truncated backpropagation.

    Raises `GraphError` where the steps differ from time to time.
    """
    reader = _TimeReader(derivation, times, index, end, letter, blocks)
    forward = reader.rows(derivation.graph.steps, backward=False)
    backward = reader.rows(derivation.backward, backward=True)
    return Recursion(index, letter or end, tuple(forward), tuple(backward), reader.made, reader.bases, blocks=blocks)


def merge_recursions(first: Recursion, second: Recursion, ends: tuple[int, int]) -> Recursion:
    """What two recursions have in common that were read off derivations over different numbers of times (``ends``).

    A number that is the number of times in both is T: the 1/T of a mean.  Raises `GraphError` where they differ otherwise.
    """
    letter = str(first.end)

    def merge(one: Expr, two: Expr) -> Expr:
        if one == two:
            return one
        if type(one) is Number and type(two) is Number and (one.text, two.text) == tuple(map(str, ends)):
            return Name(letter)
        mine, other = children(one), children(two)
        alike = mine and type(one) is type(two) and len(mine) == len(other)
        if not alike or (type(one) is Call and type(two) is Call and one.func != two.func):
            raise _refuse_difference()
        return rebuild(one, tuple(map(merge, mine, other)))

    def pair(rows: Sequence[TimedRow], others: Sequence[TimedRow]) -> tuple[TimedRow, ...]:
        mine, theirs = ([(row.step.target, row.first, row.last, row.held) for row in some] for some in (rows, others))
        if mine != theirs:
            raise _refuse_difference()
        pairs = zip(rows, others, strict=True)
        return tuple(replace(row, step=replace(row.step, expr=merge(row.step.expr, other.step.expr))) for row, other in pairs)

    return replace(
        first, forward=pair(first.forward, second.forward), backward=pair(first.backward, second.backward),
        quantities={**second.quantities, **first.quantities}, bases={**second.bases, **first.bases},
    )  # fmt: skip


def _refuse_difference() -> GraphError:
    return GraphError("the steps depend on how many times there are, so they are no recursion", hint="write a number for the last time")


def fill_in_times(recursion: Recursion, end: int) -> dict[str, Expr]:
    """Every step of a recursion written out for a number of times: formulas by target, gradients by their key.

    >>> step = Step("h_t", Name("h_tm1"), "copy")
    >>> fill_in_times(Recursion("t", "T", (TimedRow(step, 1, Moved("T")),), (), {}), 2)
    {'h_1': Name(name='h_0'), 'h_2': Name(name='h_1')}
    """
    found: dict[str, Expr] = {}
    for row in (*recursion.forward, *recursion.backward):
        if row.first is None or row.last is None:
            found[_put_name(row.step.target, recursion, {}, end)] = _put(row.step.expr, recursion, {}, end)
            continue
        start, stop = _count(row.first, end), _count(row.last, end)
        low, high = (stop, start) if row.step.sort == "gradient" else (start, stop)  # with few times there may be none
        for time in range(max(low, 0), high + 1):
            if not row.holds_at(time, recursion.blocks, end):
                continue
            now = {recursion.index: time}
            found[_put_name(row.step.target, recursion, now, end)] = _put(row.step.expr, recursion, now, end)
    return found


def _count(place: Place, end: int) -> int:
    return place if isinstance(place, int) else end + place.by


def _put(expr: Expr, recursion: Recursion, now: Mapping[str, int], end: int) -> Expr:
    """A formula at a time."""
    if type(expr) is Name:
        return Number(str(end)) if expr.name == recursion.end else Name(_put_name(expr.name, recursion, now, end))
    if type(expr) is Partial:
        return Partial(_put_name(expr.of, recursion, now, end), _put_name(expr.wrt, recursion, now, end))
    if type(expr) is Call and expr.func == SUM:
        low, high = (_read_number(part, end) for part in expr.args[1:3])
        terms = [_put(expr.args[3], recursion, {**now, recursion.index: time}, end) for time in range(low, high + 1)]
        return terms[0] if len(terms) == 1 else Add(tuple(terms))  # none is left out of the sum around it
    parts = [_put(part, recursion, now, end) for part in children(expr)]
    if type(expr) is Add:
        flat: list[Expr] = []
        for part, told in zip(parts, expr.args, strict=True):
            spread = type(told) is Call and told.func == SUM and type(part) is Add
            flat += part.args if spread and type(part) is Add else [part]
        return flat[0] if len(flat) == 1 else Add(tuple(flat))
    return rebuild(expr, tuple(parts)) if parts else expr


def _read_number(expr: Expr, end: int) -> int:
    """A time that `write_place` wrote."""
    if type(expr) is Number:
        return int(expr.text)
    if type(expr) is Add:
        by = expr.args[1]
        number = by.arg if type(by) is Neg else by
        assert type(number) is Number
        return end + int(number.text) * (-1 if type(by) is Neg else 1)
    return end


def _put_name(name: str, recursion: Recursion, now: Mapping[str, int], end: int) -> str:
    """The name of a row at a time: h_tm1 at t = 3 is h_2; also of a derivative."""
    if name.startswith("d") and "/d" in name:
        top, _, bottom = name[1:].partition("/d")
        return derivative_key(_put_name(top, recursion, now, end), _put_name(bottom, recursion, now, end))
    quantity = recursion.quantities.get(name)
    parts = name.split("_")
    letters = {**now, str(recursion.end): end} if isinstance(recursion.end, str) else now
    if quantity is not None and not quantity.time:
        return name
    for place in range(1, len(parts)):
        for letter, time in letters.items():
            rest = parts[place].removeprefix(letter)
            if parts[place].startswith(letter) and (not rest or (rest[0] in "mp" and rest[1:].isdecimal())):
                by = 0 if not rest else int(rest[1:]) * (-1 if rest[0] == "m" else 1)
                parts[place] = str(time + by)
    return "_".join(parts)


def compare(recursion: Recursion, derivation: Derivation, end: int) -> bool:
    """Whether a recursion, written out for a number of times, is a derivation, step by step."""
    written = fill_in_times(recursion, end)
    return written == {step.target: step.expr for step in (*derivation.graph.steps, *derivation.backward)}


def put_back(recursion: Recursion, derivation: Derivation, end: int) -> Derivation | None:
    """The derivation with the formulas of the recursion, written out, in the place of its own; nothing where the steps are not the same."""
    written = fill_in_times(recursion, end)
    if written.keys() != {step.target for step in (*derivation.graph.steps, *derivation.backward)}:
        return None
    forward, backward = (
        tuple(replace(step, expr=written[step.target]) for step in steps) for steps in (derivation.graph.steps, derivation.backward)
    )
    return replace(derivation, graph=replace(derivation.graph, steps=forward), backward=backward)
