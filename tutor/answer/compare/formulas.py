"""Whether two formulas are the same: refuted at a point, or confirmed with fifty digits on every side of every kink.

First both are computed with NumPy at all points of the exercise.  A point where they clearly differ is computed again with balls, whose
error is proved: only that refutes.  Where no point refutes, balls are compared at points that have no short values (twenty digits
each), one for every pattern of branches.  Two smooth formulas that agree there to fifty digits are the same but for an accident that no
one has constructed; nothing is proved symbolically.

There is no tolerance to choose.  Two balls that do not overlap are different numbers, by however little: ``right + 1e-13`` is wrong, and a
sum that cancels is not.  Balls that overlap are computed with twice the digits until they are narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal

from tutor.answer.compare.places import Columns, Place, Points, context, distance
from tutor.answer.compare.sampling import derivatives, points_of, sample
from tutor.answer.compare.seen_values import MAX_DIGITS, decimal_text, leaf_text, ratio, ratio_in_floats, tell_apart
from tutor.answer.read.effort import Effort, level, weight
from tutor.errors import ExpressionError, ValueProblem, tell
from tutor.expression.nodes import Expr
from tutor.numbers.arithmetic import DIGITS
from tutor.numbers.arrays import Column, Flags, np
from tutor.numbers.balls import BITS_A_DIGIT, as_decimal, bits_of, enclose, working
from tutor.numbers.enclosures import count_lost_bits, enclose_all, enclose_all_with
from tutor.numbers.floats import columns, conditions, widen
from tutor.numbers.lowering import NAME, NUMBER, SUB
from tutor.numbers.program import Program, program
from tutor.numbers.values import Ball

__all__ = ["Comparison", "Points", "compare", "derivatives", "points_of", "sample"]

Outcome = Literal["equal", "different", "undecided"]

CLEAR = 1e-9
"""A relative difference of two float columns that is worth a look with fifty digits."""
AGREE = 50
"""Two balls that overlap, of which so many digits are certain, are the same number."""
NOTHING = 100
"""Two balls round 0 that are smaller than 10 to this power, negative, are the same number, too."""
SPARE = 22
"""A term smaller than another by more digits than this calls for more digits altogether."""
MAX_KINKS = 24
BASE_WORK = 500
"""What a comparison takes at least."""
SMALL = 150
"""So few instructions cost nothing worth counting."""
ROUNDING = 1e-12
"""What floats may be wrong by in a relative difference of two of them."""
LEAF = 20
"""What it takes to have the value of one leaf at a new place, in operations."""
MAX_SHOWN = 6
"""How many values a refuting point shows at most."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out.

    For ``different``: ``point`` are the values of some quantities as text, ``yours`` and ``expected`` what the two give there, and
    ``gap`` is the largest relative difference at all points (0.001 for 0.333 in place of 1/3; 0 where floats see none).  For
    ``undecided``, ``reason`` says why.
    """

    outcome: Outcome
    point: tuple[tuple[str, str], ...] = ()
    yours: str = ""
    expected: str = ""
    reason: str = ""
    gap: float = 0.0


EQUAL = Comparison("equal")


def compare(student: Expr | Program, expected: str | Expr, points: Points, effort: Effort | None = None) -> Comparison:
    """Compare a student's formula, or the program of one, with a target of the exercise (``dL/dw5``) or with another formula.

    Names and derivatives in a formula stand for their values in the exercise; so a formula may use intermediate quantities or not.
    Where one of the two does not exist (log of a negative number), the points count at which both do; the student's has to exist at all
    points near the given values, or at half of all points.  With ``effort`` it shares what may be spent with other comparisons.

    >>> from tutor.derive.backward import derive
    >>> from tutor.expression.parse import parse
    >>> from tutor.graph.build import from_steps
    >>> points = points_of(derive(from_steps(["d = x + y", "f = d*z"])))
    >>> compare(parse("z*(x + y)/d"), "df/dx", points).outcome
    'equal'
    >>> found = compare(parse("d"), "df/dx", points)
    >>> found.outcome, [name for name, _ in found.point]
    ('different', ['x', 'y', 'z'])
    """
    try:
        answer = student if isinstance(student, Program) else program(student)
        goal = None if isinstance(expected, str) else program(expected)
        names = answer.names if goal is None else (*answer.names, *goal.names)
        known = points.columns.env
        missing = [name for name in names if name not in known and not points.world.has(name)]
        if missing:
            return Comparison("undecided", reason=tell("{name} has no value in this exercise", name=missing[0]))
        if effort is not None:
            effort.spend(BASE_WORK + 4 * len(answer.code))
        with np.errstate(all="ignore"):
            return _Pair(answer, goal, expected if isinstance(expected, str) else "", names, points, effort or Effort()).compare()
    except (ExpressionError, ValueProblem) as problem:
        return Comparison("undecided", reason=problem.what)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The two at one place: ``same``, ``differs`` (with both, to so many digits), ``mine`` (the student's does not exist), ``theirs``,
    ``unknown``."""

    kind: str
    yours: Ball | None = None
    expected: Ball | None = None
    digits: int = DIGITS


class _Pair:
    """One comparison."""

    __slots__ = ("answer", "digits", "effort", "env", "evaluations", "goal", "names", "points", "target", "weight")

    def __init__(
        self, answer: Program, goal: Program | None, target: str, names: tuple[str, ...], points: Points, effort: Effort
    ) -> None:
        self.answer = answer
        self.goal = goal
        self.target = target
        self.names = names if goal is not None else (*names, target)
        self.points = points
        self.evaluations, self.effort = 0, effort
        self.weight: tuple[int, ...] = ()
        extra = answer.digits + (goal.digits if goal is not None else 0)
        self.digits = DIGITS if not extra else min(level(DIGITS + extra), MAX_DIGITS)

    def compare(self) -> Comparison:
        count = len(self.points.near)
        self.env = self.points.columns.fill(self.names)
        done = columns(self.answer, self.env)
        mine = done[self.answer.result]
        theirs = self.env[self.target] if self.goal is None else columns(self.goal, self.env)[self.goal.result]
        size = abs(mine) + abs(theirs)
        apart = abs(mine - theirs)
        clear = apart > CLEAR * size  # False where one of the two is not finite
        first = int(clear.argmax()) if clear.ndim else 0
        some = bool(clear[first] if clear.ndim else clear)
        if some and size[first if size.ndim else ()] < np.inf:
            verdict = self.compare_at(self.points.columns.place(first))
            if verdict.kind == "differs":
                return self.refute(self.points.columns, first, verdict, apart, size)
        finite = np.isfinite(size)
        kinks = self.answer.kinks or (self.goal is not None and self.goal.kinks)
        if not kinks and not some and finite.ndim and finite[finite.argmin()]:  # asked so, it takes a third of all()
            return self.confirm(self.points.patterns(self.names), count) or EQUAL
        return self.compare_carefully(done, widen(clear, count), widen(finite, count))

    def compare_at(self, place: Place) -> _Verdict:
        """Compare at one place with as many digits as it takes: until the balls separate, or overlap and are narrow."""
        digits = self.digits
        while digits <= 2 * MAX_DIGITS:
            mine, theirs, own = self.values(place, digits)
            if mine.is_finite() and theirs.is_finite():
                if not mine.overlaps(theirs):
                    return _Verdict("differs", mine, theirs, digits)
                if _is_narrow(mine) and _is_narrow(theirs):
                    needed = self.count_digits(place, own, digits)
                    if needed <= digits:
                        return _SAME
                    if needed > MAX_DIGITS:
                        return _UNKNOWN
                    digits = level(needed)
                    continue
            elif self.is_nowhere_certainly(place, digits):
                return _THEIRS
            elif not mine.is_finite() and place.is_lost(self.answer, own, digits) and theirs.is_finite():
                return _MINE
            digits *= 2
        return _UNKNOWN

    def count_digits(self, place: Place, own: list[Ball], digits: int) -> int:
        """How many digits it takes so that no small term is lost: x + exp(−1000) is not x."""
        bits = max(count_lost_bits(self.answer, own), place.bits(self.names, digits))
        if self.goal is not None:
            bits = max(bits, count_lost_bits(self.goal, enclose_all_with(digits, self.goal, place.values(self.goal.names, digits))))
        lost = int(bits / BITS_A_DIGIT)
        return lost + DIGITS if lost > SPARE else DIGITS

    def is_nowhere_certainly(self, place: Place, digits: int) -> bool:
        """Whether the goal certainly has no value at a place."""
        if self.goal is None:
            return place.is_nowhere(self.target, digits)
        done = enclose_all_with(digits, self.goal, place.values(self.goal.names, digits))
        with working(digits):
            return not done[self.goal.result].is_finite() and place.is_lost(self.goal, done, digits)

    def values(self, place: Place, digits: int) -> tuple[Ball, Ball, list[Ball]]:
        """The answer's ball, the goal's, and those of all the answer's sub-terms."""
        self.spend(digits, fresh=place.alone)
        known = place.values(self.names, digits)
        own = enclose_all_with(digits, self.answer, known)
        theirs = known[self.target] if self.goal is None else enclose_all_with(digits, self.goal, known)[self.goal.result]
        return own[self.answer.result], theirs, own

    def spend(self, digits: int, *, fresh: bool) -> None:
        """Count what an evaluation costs, at a new place with all that it depends on, so that no answer can make it take long."""
        self.evaluations += 1
        if self.evaluations > 4 or digits > 2 * DIGITS or len(self.answer.code) > SMALL:
            if not self.weight:
                own = self.answer.code if self.goal is None else self.answer.code + self.goal.code
                below = [code for target in self.points.world.codes(self.names) for code in target]
                each, costly = weight(below)
                self.weight = (*weight(own), each + LEAF * len(self.points.world.leaves_of(self.names)), costly)
            each, costly, below_each, below_costly = self.weight
            if fresh or digits > 2 * DIGITS:  # else the exercise's own quantities are known at its points
                each, costly = each + below_each, costly + below_costly
            times = digits / DIGITS
            self.effort.spend(each * (1 + times / 8) + costly * times**1.2)

    def confirm(self, numbers: Sequence[int], count: int) -> Comparison | None:
        """Fifty digits at some points: what speaks against equality, if anything."""
        both = 0
        for number in numbers:
            verdict = self.compare_at(self.points.columns.place(number))
            if verdict.kind == "differs":
                return self.refute(self.points.columns, number, verdict)
            if verdict.kind == "unknown":
                return Comparison("undecided", reason=tell("terms of very different sizes"))
            both += verdict.kind == "same"
        return None if both else Comparison("undecided", reason=tell("it has no value at the points that were tried"))

    def compare_carefully(self, done: Sequence[Column], clear: Flags, finite: Flags) -> Comparison:
        """Answers with branches, or that do not exist everywhere, or that floats call different and fifty digits do not."""
        points = self.points
        verdicts: dict[int, _Verdict] = {}
        for number in np.flatnonzero(clear | ~finite).tolist():
            verdict = verdicts[number] = self.compare_at(points.columns.place(number))
            if verdict.kind == "differs":
                return self.refute(points.columns, number, verdict)
        lost = np.zeros(len(finite), dtype=bool)
        there = np.ones(len(finite), dtype=bool)
        for number, verdict in verdicts.items():
            lost[number] = verdict.kind in ("mine", "unknown")
            there[number] = verdict.kind != "theirs"
        if not np.any(there & ~lost):
            return Comparison("undecided", reason=tell("it has no value at the points that were tried"))
        rows = [widen(row, len(finite)) for row in conditions(self.answer, done)]
        numbers = self.choose_points(rows, there & ~lost)
        against = self.confirm(numbers, len(finite)) or self.compare_beyond(rows, there & ~lost) or self.compare_on_kinks()
        if against is not None:
            return against
        near = points.near & there
        if near.any() and not np.any(near & lost):
            return EQUAL
        if 2 * np.count_nonzero(lost) > np.count_nonzero(there):
            return Comparison("undecided", reason=tell("it has no value at most of the points that were tried"))
        return EQUAL

    def choose_points(self, rows: Sequence[Column], usable: Flags) -> list[int]:
        """The points to confirm at: every pattern of branches of the exercise, and of the answer, that occurs."""
        numbers = [number for number in self.points.patterns(self.names) if usable[number]]
        order = (*self.points.generic, *range(len(usable)))
        if rows:
            weights = 2 ** np.arange(min(len(rows), 60))
            codes = (weights @ (np.array(rows[: len(weights)]) > 0)).tolist()
            seen = {codes[number] for number in numbers}
            if len(set(codes)) > len(seen):
                for number in order:
                    if codes[number] not in seen and usable[number] and len(seen) < 16:
                        seen.add(codes[number])
                        numbers.append(number)
        if len(numbers) < 2:
            numbers += [number for number in order if usable[number] and number not in numbers][: 2 - len(numbers)]
        return numbers

    def compare_beyond(self, rows: Sequence[Column], usable: Flags) -> Comparison | None:
        """Kinks of the answer that the exercise does not have: both sides are looked for far out, and the answer is
        compared on both sides of where it changes, as near as fifty digits can tell."""
        unknown = self.list_unknown_kinks()
        if len(unknown) > MAX_KINKS:
            return Comparison("undecided", reason=tell("more than {limit} kinks", limit=MAX_KINKS))
        for kink in unknown:
            row = rows[kink]
            plus = [n for n in (*self.points.generic, *range(len(usable))) if row[n] > 0]
            minus = [n for n in (*self.points.generic, *range(len(usable))) if row[n] < 0]
            pair: list[Mapping[str, Decimal]] = [self.points.columns.points[side[0]] for side in (plus, minus) if side]
            if len(pair) < 2:
                found = self.find_beyond_kink(kink, wanted=1 if not plus else -1, any_side=not pair)
                if isinstance(found, Comparison):
                    return found
                if found is None or not pair:
                    continue
                pair = [found, pair[0]] if not plus else [pair[0], found]
            against = self.edge(kink, pair[0], pair[1])
            if against is not None:
                return against
        return None

    def list_unknown_kinks(self) -> list[int]:
        """The kinks of the answer that are none of the exercise's: neither written alike nor proportional at two points."""
        unknown = self.points.world.list_unknown_kinks(self.answer)
        if not unknown:
            return []
        numbers, known = self.points.sample_conditions()
        if len(numbers) < 2 or not known:
            return unknown
        done = []
        for number in numbers:
            values = self.points.columns.place(number).values(self.names, DIGITS)
            with working(DIGITS):
                done.append(enclose_all(self.answer, values))
        own = [[distance(values, self.answer.kinks[kink]) for values in done] for kink in unknown]
        return [kink for kink, sizes in zip(unknown, own, strict=True) if not any(_are_proportional(sizes, it) for it in known)]

    def find_beyond_kink(self, kink: int, wanted: int, any_side: bool) -> Comparison | Mapping[str, Decimal] | None:
        """Leaves far out at which a condition has the sign that it has nowhere else; or what refutes the answer there."""
        sizes = {_power_of_ten(value) for op, value, *_ in self.answer.code if op == NUMBER and value}
        far = self.points.spread_out(tuple(sorted(size for size in sizes if abs(size) < 300)))
        row = self.condition_column(kink, far)
        found: Mapping[str, Decimal] | None = None
        sides = (1, -1) if any_side else (wanted,)
        for side in sides:
            tried = 0
            for number in np.flatnonzero(row * side > 0):
                verdict = self.compare_at(far.place(int(number)))
                if verdict.kind == "differs":
                    return self.refute(far, int(number), verdict)
                if verdict.kind == "same":
                    found = far.points[int(number)]
                    tried += 1
                if tried == 3:
                    break
        return found

    def condition_column(self, kink: int, place: Columns) -> Column:
        env = place.fill(self.names)
        row = conditions(self.answer, columns(self.answer, env))[kink]
        return widen(row, len(place.points))

    def condition(self, kink: int) -> Program:
        """The condition of a kink by itself."""
        a, b = self.answer.kinks[kink]
        code = self.answer.code[: max(a, b or 0) + 1]
        names = tuple(name for op, name, *_ in code if op == NAME)
        if b is None:
            return Program(code, a, names, (), 0)
        return Program((*code, (SUB, a, b, None)), len(code), names, (), 0)

    def edge(self, kink: int, plus: Mapping[str, Decimal], minus: Mapping[str, Decimal]) -> Comparison | None:
        """Compare just before and just behind the place, between two points, where a condition changes its sign."""
        condition, digits = self.condition(kink), level(self.digits + DIGITS)
        ctx = context(digits)
        needed = self.points.world.leaves_of(condition.names)

        def place_between(t: Decimal, names: Iterable[str] = plus) -> dict[str, Decimal]:
            return {name: ctx.add(minus[name], ctx.multiply(t, ctx.subtract(plus[name], minus[name]))) for name in names}

        below = [code for target in self.points.world.codes(condition.names) for code in target]
        each, costly = map(sum, zip(weight(condition.code), weight(below), (LEAF * len(needed), 0), strict=True))

        def measure_side(t: Decimal) -> Decimal:
            self.effort.spend(each * (1 + digits / DIGITS / 8) + costly * (digits / DIGITS) ** 1.2)
            place = Place(self.points.world, place_between(t, needed))
            values = place.values(condition.names, digits)
            with working(digits):
                return as_decimal(enclose_all(condition, values)[condition.result], digits)

        low, high = Decimal(0), Decimal(1)
        at_low, at_high = measure_side(low), measure_side(high)
        if at_low.is_nan() or at_high.is_nan() or (at_low > 0) == (at_high > 0):
            return None
        low, high = _bracket(measure_side, (low, at_low), (high, at_high), self.digits, ctx)
        steps = (Decimal(0), Decimal("1e-30"), Decimal("1e-9"), Decimal("1e-3"))
        places = [t for step in steps for t in (ctx.subtract(low, step), ctx.add(high, step)) if 0 <= t <= 1]
        for t in places:
            leaves = place_between(t)
            place = Place(self.points.world, leaves, alone=True)
            verdict = self.compare_at(place)
            if verdict.kind == "differs" and not self.is_on_kink(place):
                return self.refute_at(leaves, verdict)
        return None

    def is_on_kink(self, place: Place) -> bool:
        """Whether a condition of the answer is exactly 0 at a place."""
        values = place.values(self.names, self.digits)
        with working(self.digits):
            done = enclose_all(self.answer, values)
            return any(done[a].overlaps(enclose(0) if b is None else done[b]) for a, b in self.answer.kinks)

    def compare_on_kinks(self) -> Comparison | None:
        """Points exactly on a kink, where a derivative is a convention: a difference there alone is left to a person.

        At a tie of a maximum any share is a subgradient, and students write 1[x > y]: that is right.
        """
        if self.points.world.has_shares(self.target):
            return None
        for place in self.points.on_kink:
            verdict = self.compare_at(place)
            if verdict.kind == "differs":
                found = self.refute_at(place.leaves, verdict)
                return Comparison(
                    "undecided", found.point, found.yours, found.expected,
                    tell("it differs exactly on a kink only, where a convention counts")
                )
        return None

    def refute(
        self, where: Columns, number: int, verdict: _Verdict, apart: Column | None = None, size: Column | None = None
    ) -> Comparison:
        """Different, with the point that shows it."""
        gap = 0.0
        if apart is not None and size is not None:
            ratio = apart / size
            gap = 2 * float(ratio[ratio.argmax()] if ratio.ndim else ratio)
            if not gap < np.inf:  # 0/0, or no value somewhere
                gap = 2 * float(np.max(np.where(np.isfinite(ratio), ratio, 0.0)))
        return self.refute_at(where.points[number], verdict, gap, where.place(number))

    def refute_at(
        self, leaves: Mapping[str, Decimal], verdict: _Verdict, gap: float = 0.0, place: Place | None = None
    ) -> Comparison:
        assert verdict.yours is not None
        assert verdict.expected is not None
        world = self.points.world
        shown = world.leaves_of(self.names)
        if len(shown) > MAX_SHOWN:
            shown = self.answer.names[:MAX_SHOWN] or shown[:MAX_SHOWN]
        computed = [name for name in shown if name not in leaves]
        known = (place or Place(world, leaves)).values(computed, self.digits) if computed else {}
        mine, theirs = as_decimal(verdict.yours, verdict.digits), as_decimal(verdict.expected, verdict.digits)
        yours, expected = tell_apart(mine, theirs)
        if not gap > ratio_in_floats(verdict.yours, verdict.expected) + ROUNDING:
            gap = max(gap, ratio(mine, theirs))  # floats see nothing of what is too large for them
        point = tuple([(n, leaf_text(leaves[n]) if n in leaves else decimal_text(as_decimal(known[n], 20))) for n in shown])
        return Comparison("different", point, yours, expected, gap=gap)


def _are_proportional(own: Sequence[Decimal], known: Sequence[Decimal]) -> bool:
    ctx = context(DIGITS)
    one, other = ctx.multiply(own[0], known[1]), ctx.multiply(own[1], known[0])
    return bool(one) and ctx.subtract(one, other).adjusted() < one.adjusted() - 40


_SAME, _MINE, _THEIRS, _UNKNOWN = _Verdict("same"), _Verdict("mine"), _Verdict("theirs"), _Verdict("unknown")
_ENOUGH = bits_of(AGREE)


def _is_narrow(ball: Ball) -> bool:
    """Whether `AGREE` digits of a ball are certain, or it is as good as 0."""
    return ball.rel_accuracy_bits() >= _ENOUGH or bool(abs(ball) * 10**NOTHING < 1)


def _power_of_ten(value: Fraction) -> int:
    """The exponent of a constant written as a power of ten."""
    return context(4).divide(Decimal(value.numerator), Decimal(value.denominator)).adjusted()


def _bracket(
    side: Callable[[Decimal], Decimal], low: tuple[Decimal, Decimal], high: tuple[Decimal, Decimal], digits: int, ctx: Context
) -> tuple[Decimal, Decimal]:
    """Narrow down where a function changes its sign: by turns the secant's guess, nudged to both sides, and the middle."""
    (a, at_a), (b, at_b) = low, high
    smallest = Decimal(1).scaleb(3 - digits)
    nudge = Decimal("1e-3")
    for turn in range(120):
        wide = ctx.subtract(b, a)
        if wide <= smallest:
            break
        if turn % 3 == 2:
            guesses = [ctx.divide(ctx.add(a, b), Decimal(2))]
        else:
            total = ctx.subtract(at_b, at_a)
            middle = ctx.subtract(a, ctx.divide(ctx.multiply(at_a, wide), total))
            by = max(ctx.multiply(wide, nudge), smallest)
            guesses = [ctx.subtract(middle, by), ctx.add(middle, by)]
            nudge = ctx.multiply(nudge, nudge) if nudge > Decimal("1e-20") else nudge
        for guess in guesses:
            if not a < guess < b:
                continue
            value = side(guess)
            if value.is_nan():
                return a, b
            if (value > 0) == (at_b > 0):
                b, at_b = guess, value
            else:
                a, at_a = guess, value
    return a, b
