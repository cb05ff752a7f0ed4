"""Where answers are compared: the values of every quantity and derivative of an exercise at seeded points.

The points are made once an exercise.  Some have short values (to be shown), some lie around the given values, some are anywhere, with both
signs and both sides of every kink.  A quantity's value at all points is a NumPy column; at single points it is known to as many digits as
are asked for.
"""

from __future__ import annotations

import decimal
import math
import random
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tutor.derive.slope import list_tie_choices
from tutor.errors import ValueProblem, tell
from tutor.expression.keys import read_derivative
from tutor.expression.nodes import Call, Expr, Name, children
from tutor.expression.walk import SHARES
from tutor.graph.nouns import Step
from tutor.numbers.arithmetic import DIGITS
from tutor.numbers.arrays import Column, Flags, np
from tutor.numbers.balls import as_decimal, enclose, working
from tutor.numbers.enclosures import count_lost_bits, enclose_all, explain_missing
from tutor.numbers.floats import columns, conditions, widen
from tutor.numbers.lowering import MAX, MIN, NAME, NEG, NUMBER, SUB
from tutor.numbers.program import Code, Program, keys, program
from tutor.numbers.values import Ball
from tutor.rules.functions import FUNCTIONS

More = Callable[[str, str], Sequence[Step]]
"""Steps for a derivative ∂of/∂wrt that no step has yet; none where there is no such derivative."""

BLOCK = 64
RISING = frozenset(name for name, row in FUNCTIONS.items() if row.rising)
"""Which of two values of these functions is larger is told by their arguments."""


@cache
def context(digits: int) -> decimal.Context:
    """Decimals of so many digits, for the values of points; what does not exist is NaN, and nothing is raised."""
    return decimal.Context(
        prec=digits, rounding=decimal.ROUND_HALF_EVEN, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX,
        capitals=0, clamp=0, flags=[], traps=[],
    )  # fmt: skip


def distance(done: Sequence[Ball], kink: tuple[int, int | None]) -> Decimal:
    """How far from a kink a point is."""
    a, b = kink
    with working(DIGITS):
        return as_decimal(abs(done[a] if b is None else done[a] - done[b]), DIGITS)


class World:
    """The formulas of an exercise by target, as programs: what depends on what, and where the branches are."""

    def __init__(
        self,
        table: Mapping[str, Expr],
        leaves: Sequence[str],
        more: More | None = None,
        sums: Sequence[tuple[str, ...]] = (),
    ) -> None:
        self.table = dict(table)
        self.sums = tuple(sums)
        self.leaves = tuple(leaves)
        self.more = more
        self._free = frozenset(leaves)
        self._programs: dict[str, Program] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._leaves_of: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._numbers: dict[Hashable, int] = {}
        self._known_kinks: set[Hashable] | None = None

    def tie_sums(self, point: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
        """A point where the leaves of each of the ``sums`` add up to 1: the last of them is made to fit."""
        if not self.sums:
            return point
        fitted = dict(point)
        for names in self.sums:
            total = Decimal(1)
            for name in names[:-1]:
                total = context(DIGITS).subtract(total, fitted[name])
            fitted[names[-1]] = total
        return fitted

    def has(self, name: str) -> bool:
        """Whether a quantity or derivative has a value here; a derivative that no step has is derived."""
        if name in self._free or name in self.table:
            return True
        derivative = read_derivative(name)
        if self.more is None or derivative is None:
            return False
        for step in self.more(derivative.of, derivative.wrt):
            self.table.setdefault(step.target, step.expr)
        return name in self.table

    def program(self, target: str) -> Program:
        """The formula of a target."""
        found = self._programs.get(target)
        if found is None:
            found = self._programs[target] = program(self.table[target])
        return found

    def has_shares(self, name: str) -> bool:
        """Whether a quantity is computed from the derivative of a maximum or a minimum."""
        if name not in self.table:
            return False
        calls = {call for target in self.ancestors(name) for call in _list_calls(self.table[target])}
        if any(call.func in SHARES for call in calls):
            return True
        everywhere = (call for expr in self.table.values() for call in _list_calls(expr)) if calls else ()
        return any(not calls.isdisjoint(list_tie_choices(call)) for call in everywhere)

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The targets that a quantity is computed from, and itself, in an order in which they can be computed; no leaves."""
        known = self._ancestors.get(name)
        if known is not None:
            return known
        found: dict[str, None] = {}
        stack, open_ = [(name, False)], set[str]()
        while stack:
            target, ready = stack.pop()
            if ready:
                found[target] = None
            elif target not in found and target not in self._free and target not in open_:
                if not self.has(target):
                    raise ValueProblem(tell("{name} has no value", name=target))
                open_.add(target)
                stack.append((target, True))
                stack.extend([(part, False) for part in self.program(target).names])
        result = self._ancestors[name] = tuple(found)
        return result

    def codes(self, names: Iterable[str]) -> list[tuple[Code, ...]]:
        """The instructions of all that quantities are computed from."""
        targets = dict.fromkeys(target for name in names for target in self.ancestors(name))
        return [self.program(target).code for target in targets]

    def leaves_of(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The leaves that quantities depend on, in the order of the exercise."""
        found = self._leaves_of.get(names)
        if found is None:
            used = set(names)
            for name in names:
                for target in self.ancestors(name):
                    used.update(self.program(target).names)
            found = self._leaves_of[names] = tuple([leaf for leaf in self.leaves if leaf in used])
        return found

    def dependents(self, changed: Iterable[str]) -> set[str]:
        """The changed targets and all that are computed from them."""
        users: dict[str, list[str]] = {}
        for target in self.table:
            for name in self.program(target).names:
                users.setdefault(name, []).append(target)
        found: set[str] = set()
        stack = list(changed)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack.extend(users.get(name, ()))
        return found

    def list_unknown_kinks(self, answer: Program) -> list[int]:
        """Which kinks of an answer (by their number) are not written as a condition of the exercise's own."""
        if self._known_kinks is None:
            self._known_kinks = set()
            for target in list(self.table):
                self._known_kinks.update(self._conditions(self.program(target)))
        return [i for i, key in enumerate(self._conditions(answer)) if key not in self._known_kinks]

    def _conditions(self, steps: Program) -> list[Hashable]:
        if not steps.kinks:
            return []
        numbers = keys(steps, self._numbers)
        zero = self._numbers.setdefault((NUMBER, Fraction(0)), len(self._numbers))
        found: list[Hashable] = []
        for a, b in steps.kinks:
            if b is None:
                inner = steps.code[a]
                inner, at = (steps.code[inner[1]], int(inner[1])) if inner[0] == NEG else (inner, a)
                func, pair = self._drop_rising_both(steps, int(inner[1]), int(inner[2])) if inner[0] == SUB else ("", frozenset[int]())
                found.append(pair if func else numbers[at])
            else:
                func, pair = self._drop_rising_both(steps, a, b)
                pair = pair if func else frozenset((numbers[a], numbers[b])) - {zero}
                found.append(next(iter(pair)) if len(pair) == 1 else pair)
        return found

    def _drop_rising_both(self, steps: Program, a: int, b: int) -> tuple[str, frozenset[int]]:
        """Two that are compared without the rising function that both are; its name is empty where there is none."""
        (func, one), (other, two) = self._drop_rising(steps, a), self._drop_rising(steps, b)
        return (func, frozenset((one, two))) if func == other else ("", frozenset())

    def _drop_rising(self, steps: Program, place: int) -> tuple[str, int]:
        """A quantity without the rising function that it is, z for a = σ(z), or the largest of several such: which of two is larger is the
        same with it and without.  Its name is empty for anything else."""
        op, first, second, _ = steps.code[place]
        if op == NAME:
            expr = self.table.get(str(first))
            if type(expr) is Call and expr.func in RISING and type(expr.args[0]) is Name:
                return expr.func, self._numbers.setdefault((NAME, expr.args[0].name), len(self._numbers))
        elif op in (MAX, MIN):
            (func, one), (other, two) = self._drop_rising(steps, int(first)), self._drop_rising(steps, int(second))
            if func == other:
                return func, self._numbers.setdefault((op, *sorted((one, two))), len(self._numbers))
        return "", 0


class Place:
    """One point: the exact values of the leaves, and the balls of everything else with as many digits as are asked for."""

    __slots__ = ("_tables", "alone", "leaves", "world")

    def __init__(self, world: World, leaves: Mapping[str, Decimal], *, alone: bool = False) -> None:
        """``alone``: no other comparison uses it, so that its values are computed for this one."""
        self.world = world
        self.alone = alone
        self.leaves = leaves
        self._tables: dict[int, tuple[dict[str, Ball], set[str], dict[str, int]]] = {}

    def values(self, names: Iterable[str], digits: int) -> Mapping[str, Ball]:
        """The values, these names among them; nan where one does not exist or so many digits do not tell (see `nowhere`)."""
        known, nowhere, bits = self._tables.setdefault(digits, ({}, set(), {}))
        missing = tuple([name for name in names if name not in known])
        if not missing:
            return known
        with working(digits):
            for leaf in self.world.leaves_of(missing):  # a large exercise has many, and a formula needs few of them
                if leaf not in known:
                    known[leaf] = enclose(self.leaves[leaf])
            for name in missing:
                for target in self.world.ancestors(name):
                    if target not in known:
                        steps = self.world.program(target)
                        done = enclose_all(steps, known)
                        known[target] = done[steps.result]
                        bits[target] = max([count_lost_bits(steps, done), *(bits.get(part, 0) for part in steps.names)])
                        if not known[target].is_finite() and self.is_lost(steps, done, digits):
                            nowhere.add(target)
        return known

    def is_lost(self, steps: Program, done: list[Ball], digits: int) -> bool:
        """Whether a result that is nan certainly has no value."""
        found = explain_missing(steps, done)
        return found in self._tables[digits][1] if isinstance(found, str) else found

    def bits(self, names: Iterable[str], digits: int) -> int:
        """How many bits it takes so that nothing is lost on the way to some quantities (see `tutor.numbers.enclosures.count_lost_bits`)."""
        known = self._tables[digits][2]
        return max((known.get(name, 0) for name in names), default=0)

    def is_nowhere(self, name: str, digits: int) -> bool:
        """Whether a quantity certainly has no value here."""
        return name in self._tables[digits][1]


@dataclass(slots=True)
class Columns:
    """Many points side by side: the exact leaves of each, and the columns of all that has been asked for."""

    world: World
    points: tuple[Mapping[str, Decimal], ...]
    env: dict[str, Column]
    places: dict[int, Place]

    def fill(self, names: Iterable[str]) -> Mapping[str, Column]:
        """The columns, these names among them."""
        env = self.env
        for name in names:
            if name not in env:
                for target in self.world.ancestors(name):
                    if target not in env:
                        steps = self.world.program(target)
                        result = columns(steps, env)[steps.result]
                        env[target] = widen(result, len(self.points))
        return env

    def place(self, number: int) -> Place:
        """One of the points."""
        found = self.places.get(number)
        if found is None:
            found = self.places[number] = Place(self.world, self.points[number])
        return found


def _list_calls(expr: Expr) -> Iterator[Call]:
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Call:
            yield node
        stack.extend(children(node))


def place_beside(world: World, points: Sequence[Mapping[str, Decimal]]) -> Columns:
    """Points side by side."""
    env = {leaf: np.array([float(point[leaf]) for point in points]) for leaf in world.leaves}
    return Columns(world, tuple(points), env, {})


class Points:
    """The points of an exercise.

    ``env`` has the column of every quantity and derivative; ``near`` says which points lie around the given values; ``generic`` are
    points whose values have twenty digits, so that no two different formulas agree there by accident.  ``on_kink`` are exact points on a
    kink, where a derivative is a convention.
    """

    def __init__(
        self, columns: Columns, near: Flags, generic: Sequence[int], on_kink: Sequence[Place], seed: int
    ) -> None:
        self.columns = columns
        self.near = near
        self.generic = tuple(generic)
        self.on_kink = tuple(on_kink)
        self.seed = seed
        self._patterns: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._far: dict[tuple[int, ...], Columns] = {}
        self._conditions: tuple[tuple[int, ...], tuple[tuple[Decimal, ...], ...]] | None = None

    @property
    def world(self) -> World:
        """The formulas."""
        return self.columns.world

    @property
    def env(self) -> Mapping[str, Column]:
        """Every quantity's column."""
        with np.errstate(all="ignore"):
            return self.columns.fill(list(self.world.table))

    def bend_steps(self, changes: Mapping[str, Expr]) -> Points:
        """The same points where some steps are others: a student's earlier answer, or a slip.  What does not depend on them is shared."""
        touched = self.world.dependents(changes)
        world = World({**self.world.table, **changes}, self.world.leaves, self.world.more, self.world.sums)
        world._programs.update({name: p for name, p in self.world._programs.items() if name not in changes})
        env = {name: column for name, column in self.columns.env.items() if name not in touched}
        columns = Columns(world, self.columns.points, env, {})
        on_kink = [Place(world, place.leaves) for place in self.on_kink]
        return Points(columns, self.near, self.generic, on_kink, self.seed)

    def patterns(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """Generic points, two at least, that have every pattern of branches that quantities take on the way (eight patterns at most)."""
        found = self._patterns.get(names)
        if found is None:
            seen: dict[bytes, int] = {}
            rows: list[Column] = []
            done: set[str] = set()
            for name in names:
                for target in self.world.ancestors(name):
                    steps = self.world.program(target)
                    if target not in done and steps.kinks:
                        env = self.columns.fill(steps.names)
                        rows += [widen(row, len(self.near)) for row in conditions(steps, columns(steps, env))]
                    done.add(target)
            env = self.columns.fill(names)
            used = [env[name] for name in {**dict.fromkeys(names), **dict.fromkeys(done), **dict.fromkeys(self.world.leaves_of(names))}]
            # values of moderate sizes first: there fifty digits are plenty
            spread = sum((np.abs(np.log10(np.abs(column) + 1e-12)) for column in used), np.zeros(len(self.near)))
            alive = sorted((i for i in self.generic if np.isfinite(spread[i])), key=lambda i: float(spread[i]))
            order = [*alive, *(i for i in range(len(self.near)) if i not in alive)] if alive else list(self.generic)
            signs = np.array([row > 0 for row in rows]) if rows else np.zeros((0, len(self.near)), dtype=bool)
            for i in order:
                seen.setdefault(signs[:, i].tobytes(), i)
            chosen = list(dict.fromkeys([*list(seen.values())[:8], *order[:2]]))
            found = self._patterns[names] = tuple(chosen)
        return found

    def sample_conditions(self) -> tuple[tuple[int, ...], tuple[tuple[Decimal, ...], ...]]:
        """Two generic points, and all conditions of the exercise there: one that is proportional to one of these is none of an
        answer's own."""
        if self._conditions is None:
            numbers = self.patterns(())[:2]
            found: list[tuple[Decimal, ...]] = []
            for target in self.world.table:
                steps = self.world.program(target)
                if steps.kinks:
                    places = [self.columns.place(number) for number in numbers]
                    with working(DIGITS):
                        done = [enclose_all(steps, place.values(steps.names, DIGITS)) for place in places]
                    found += [tuple([distance(values, kink) for values in done]) for kink in steps.kinks]
            self._conditions = (numbers, tuple(dict.fromkeys(found)))
        return self._conditions

    def spread_out(self, sizes: tuple[int, ...]) -> Columns:
        """Points further out, to reach what no other point does: leaves of very different sizes, ``sizes`` (powers of ten) among them."""
        found = self._far.get(sizes)
        if found is None:
            chance = random.Random(f"{self.seed} far {sizes}")
            points = []
            for number in range(4 * BLOCK):
                base = dict(self.columns.points[chance.choice(self.generic)])
                some = [leaf for leaf in self.world.leaves if number % 4 == 0 or chance.random() < 2 / len(self.world.leaves)]
                for leaf in some or [chance.choice(self.world.leaves)]:
                    low, high = -6.0, 6.0
                    if sizes and chance.random() < 0.5:
                        middle = chance.choice(sizes)
                        low, high = middle - 1.0, middle + 1.5
                    base[leaf] = draw_number(chance, low, high)
                points.append(self.world.tie_sums(base))
            points.sort(key=lambda point: sum(abs(value.adjusted()) for value in point.values()))  # moderate ones first
            found = self._far[sizes] = place_beside(self.world, points)
        return found


def draw_number(chance: random.Random, low: float, high: float, sign: int = 0) -> Decimal:
    """A number of twenty digits, of a size between two powers of ten; of either sign, unless one is given."""
    exponent = chance.uniform(low, high)
    whole = math.floor(exponent)
    digits = round(10 ** (exponent - whole) * 10**6)
    size = Decimal(f"{digits}{chance.randrange(10**14):014d}e{whole - 20}")
    return size if (sign or chance.choice((1, -1))) > 0 else -size
