"""Judging one value or one formula: against what is true, then against the student's own earlier results, then against known slips."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tutor.answer.compare.figures import judge as judge_number
from tutor.answer.compare.figures import write_decimal
from tutor.answer.compare.formulas import Comparison, compare
from tutor.answer.read.effort import MOST, Effort, spend_on
from tutor.derive.working import list_referred
from tutor.errors import TutorError, tell
from tutor.exercise.question import Question, Tolerance
from tutor.expression.keys import is_derivative, make_after_key
from tutor.expression.nodes import Add, Expr, Number
from tutor.expression.walk import names
from tutor.marking.answer_forms import (
    LARGEST,
    as_given,
    has_decimals,
    is_chain,
    is_fraction,
    list_shorter,
)
from tutor.marking.diagnose import Diagnosis
from tutor.marking.edges import list_readings
from tutor.marking.evidence import Given, mark_nowhere
from tutor.marking.mark_sheet import Sheet
from tutor.marking.marked import Outcome, Refutation, Slip, Verdict
from tutor.marking.numbers_put_in import has_numbers_put_in
from tutor.marking.question_list import parts
from tutor.marking.ranges import Range
from tutor.marking.worlds import BentWorld
from tutor.numbers.arithmetic import Value
from tutor.numbers.arrays import Floats, np
from tutor.numbers.floats import as_float, evaluate_at_points
from tutor.numbers.run import compute

NEAR = 1e-9
LOOSE = 1e-3
SHORT = 0.1
"""A number of too few digits is further off than this only by accident."""
ROUGH = 0.006
"""A formula that is nowhere further off than this, and has rounded decimals in it, was rounded."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one value or formula; ``goal`` is what its lines of working are held against."""

    verdict: Verdict
    outcome: Outcome = ""
    slips: tuple[tuple[Slip, ...], ...] = ()
    follows: tuple[str, ...] = ()
    refutation: Refutation | None = None
    message: str = ""
    goal: float | None = None


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """One of the student's results: whose answer it is, whether it is right, and its number or its formula, where it has one that what
    follows can be computed from.  ``limits`` are what its calculator may have shown before it was rounded or cut off to ``number``;
    ``made`` are the slips that were told of it.
    """

    question: str
    right: bool
    number: float | None = None
    formula: Expr | None = None
    limits: Range = (0.0, 0.0)
    made: tuple[Slip, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The student's results so far, by quantity, and how each answer was read, by question.  Never changed: an answer makes a new one."""

    results: Mapping[str, EarlierResult] = field(default_factory=dict)
    read: Mapping[str, Expr] = field(default_factory=dict)

    def has_number(self, target: str) -> bool:
        """Whether there is a number for a quantity."""
        found = self.results.get(target)
        return found is not None and found.number is not None

    def has_formula(self, target: str) -> bool:
        """Whether there is a formula for a quantity."""
        found = self.results.get(target)
        return found is not None and found.formula is not None

    def number(self, target: str) -> float:
        """The number for a quantity that has one."""
        number = self.results[target].number
        assert number is not None
        return number

    def formula(self, target: str) -> Expr:
        """The formula for a quantity that has one."""
        formula = self.results[target].formula
        assert formula is not None
        return formula

    def limits(self, target: str) -> Range:
        """What a number may have been before it was rounded or cut off as it is shown."""
        return self.results[target].limits

    def blur(self, target: str) -> float:
        """The width of these limits as a share of the number."""
        low, high = self.limits(target)
        return (high - low) / (abs(self.number(target)) or 1.0)

    def owner(self, target: str) -> str:
        """The question whose answer a result is."""
        return self.results[target].question

    @property
    def made(self) -> frozenset[str]:
        """The slips that were made so far: who makes one makes it again."""
        return frozenset(slip.tag for result in self.results.values() for slip in result.made)

    def find_charged(self, found: Sequence[Sequence[Slip]], target: str) -> str:
        """The question whose answer was charged for a slip that explains another one alone; its step was not asked before both."""
        alone = {slips[0] for slips in found if len(slips) == 1 and slips[0].at != target}
        return next((result.question for result in self.results.values() if alone.intersection(result.made)), "")

    def pick_wrong(self, targets: Sequence[str]) -> list[str]:
        """Those of some quantities whose answers are not right."""
        return [target for target in targets if target not in self.results or not self.results[target].right]


class Judge:
    """Judges one answer: made for it, and given up with it.

    It remembers what the answer comes to and how much work its comparisons have taken; all else (``sheet``, ``diagnosis``) is shared by the
    answers of everybody, and only read.
    """

    __slots__ = ("_effort", "_left", "_value", "diagnosis", "explains", "given", "sheet")

    def __init__(self, sheet: Sheet, diagnosis: Diagnosis) -> None:
        self.sheet, self.diagnosis = sheet, diagnosis
        self._value: tuple[Expr, Value] | None = None
        self.given: Given | None = None
        self._left, self._effort = MOST, Effort()
        self.explains = True  # whether the slip behind a wrong number is looked for

    # Numbers.

    def number(self, question: Question, target: str, expr: Expr, earlier: Earlier) -> Judged:
        """Judge a number that is given for a quantity."""
        truth = self.sheet.truth.get(target)
        if truth is None:
            return Judged("undecided", message=tell("{ask} has no value at the given numbers", ask=question.ask))
        try:
            constant = self.constant(expr)
        except TutorError as error:
            return Judged("undecided", message=error.what)
        if constant is None:
            return self.formula_for_number(question, target, expr, truth, earlier)
        plain = write_decimal(expr)
        given = self.given = as_given(constant, plain)
        if given is None:
            return Judged("wrong", goal=as_float(truth))
        found = self.compare_with(expr, plain, truth, question.tolerance)
        if found == "few-digits" and (followed := self.judge_followed(question, target, given, earlier)) and followed.outcome == "":
            return followed
        if found == "right" or (found in ("near", "few-digits") and self.is_credible(found, target, given, truth)):
            outcome: Outcome = "few-digits" if found == "few-digits" else self.judge_form(question, expr, truth)
            return Judged("correct", outcome, goal=as_float(truth))
        return self.judge_followed(question, target, given, earlier) or self.explain_number(question, target, given, earlier)

    def constant(self, expr: Expr) -> Value | None:
        """The exact value of a number or of arithmetic with numbers; None for a formula with quantities in it."""
        if type(expr) is Number:
            return expr.value
        return None if list_referred(expr) else self.value(expr)

    def value(self, expr: Expr) -> Value:
        """The value of an answer, of its quantities the true ones; it is computed once, however often it is asked for.

        Raises `TutorError` for one that has none, or that would take long.
        """
        if type(expr) is Number:
            return expr.value
        if self._value is None or self._value[0] is not expr:
            self._left = spend_on(self._left, expr)
            self._value = (expr, compute(expr, self.values(expr)))
        return self._value[1]

    def compare_with(self, expr: Expr, plain: str | None, truth: Value, tolerance: Tolerance) -> str:
        """``right``, ``near`` (within the tolerance only), ``few-digits`` or ``wrong``."""
        known = self._value
        found = judge_number(expr, truth, tolerance, known[1] if known is not None and known[0] is expr else None)
        if not found.right:
            for text in list_shorter(plain):  # 9700 may have two digits, or three, or four
                if judge_number(text, truth, tolerance).outcome in ("rounded", "truncated"):
                    return "right"
        return {"exact": "right", "rounded": "right", "truncated": "right"}.get(found.outcome, found.outcome)

    def is_credible(self, found: str, target: str, given: Given, truth: Value) -> bool:
        """Whether a number that is only near the true one, or too short, stands for it: not if it is just what a slip gives."""
        number, right = float(given.value[0]), as_float(truth)
        if found == "few-digits" and abs(number - right) > SHORT * abs(right):
            return False
        return not self.diagnosis.explain(target, replace(given, digits=min(given.digits, 2)), self.sheet.numbers, formula=False)

    def judge_form(self, question: Question, expr: Expr, truth: Value) -> Outcome:
        """Whether a right number is written in another form than asked."""
        if question.form == "decimal" and write_decimal(expr) is None:
            return "other-form"
        if (question.form == "fraction" or question.kind == "fraction") and not (is_fraction(expr) and self.constant(expr) == truth):
            return "other-form"
        return ""

    def formula_for_number(self, question: Question, target: str, expr: Expr, truth: Value, earlier: Earlier) -> Judged:
        """A formula where a number is asked: worth what its value is worth, in another form."""
        if self.is_typed_back(target, expr):
            return Judged("wrong", "typed-back")
        try:
            value = self.value(expr)
        except TutorError as error:
            return Judged("undecided", message=error.what)
        apart = abs(as_float(value) - as_float(truth))
        if apart <= NEAR * abs(as_float(truth)):
            return Judged("correct", "other-form", goal=as_float(truth))
        given = as_given(value, None)
        return self.explain_number(question, target, given, earlier) if given is not None else Judged("wrong")

    def is_typed_back(self, target: str, expr: Expr) -> bool:
        """Whether a formula has the asked quantity in it, or what is computed from it: 2(w5 − w5@1) for a gradient is no answer."""
        return any(target in self.sheet.cone(name) for name in list_referred(expr))

    def values(self, expr: Expr) -> Mapping[str, Value]:
        """The true values, those of derivatives that no step has among them."""
        missing = [name for name in list_referred(expr) if name not in self.sheet.truth]
        if not missing:
            return self.sheet.truth
        found = {name: self.derivative(name) for name in missing}
        return {**self.sheet.truth, **{name: value for name, value in found.items() if value is not None}}

    def derivative(self, name: str) -> Value | None:
        """The value of a derivative that no step of the working has; None where it has none."""
        world = self.sheet.points.world
        if not world.has(name):
            return None
        try:
            found = dict(self.sheet.truth)
            for target in world.ancestors(name):
                if target not in found:
                    found[target] = compute(world.table[target], found)
            return found.get(name)
        except TutorError:
            return None

    def judge_followed(self, question: Question, target: str, given: Given, earlier: Earlier) -> Judged | None:
        """Judge against what follows from the student's own earlier results, each of which stands for all that is rounded to it."""
        sources = self.sources(target, earlier.has_number) if question.follow and target not in self.sheet.whole else []
        wrong = earlier.pick_wrong(sources)
        for chosen in _choices(sources, wrong):
            if not self.is_allowed(question, target, given, {name: earlier.limits(name) for name in chosen}):
                continue
            world = self.sheet.numbers.fix_values({name: np.array([earlier.number(name)]) for name in chosen}, [target])
            goal = float(world.env[target][0])
            if not np.isfinite(goal) or abs(goal) > LARGEST or self.says_nothing(target, given, goal, world):
                continue
            used = [name for name in chosen if name in wrong] or chosen
            alone = not question.shape and bool(set(used) & set(wrong))  # in an array the other factor of an entry is often 1
            if (alone or len(used) > 1) and abs(goal) == 1 and all(abs(earlier.number(name)) == 1 for name in used):
                continue  # who writes 1 everywhere is right nearly everywhere
            follows = tuple(dict.fromkeys(earlier.owner(name) for name in used))
            outcome: Outcome = "" if set(used) & set(wrong) else "rounded-early"
            if given.digits < question.tolerance.digits and abs(given.own - goal) > LOOSE * abs(goal):
                outcome = "few-digits"
            return Judged("follow-through", outcome, follows=follows, goal=goal)
        return None

    def is_allowed(self, question: Question, target: str, given: Given, limits: Mapping[str, Range]) -> bool:
        """Whether a number, as it is rounded, may come out where earlier results lie within their limits."""
        reached = self.sheet.ranges.carry(target, limits)
        if reached is None:  # at a kink, or next to a place where nothing exists: the shown numbers themselves
            reached = self.sheet.ranges.carry(target, {name: ((low + high) / 2,) * 2 for name, (low, high) in limits.items()})
        if reached is None:
            return False
        low, high = reached
        own = float(given.value[0])
        wide = max(float(question.tolerance.relative) * max(abs(low), abs(high)), float(question.tolerance.absolute))
        if (given.high < low or given.low > high) and not low - wide <= own <= high + wide:
            return False
        if given.digits >= question.tolerance.digits:
            return True
        return low - wide - SHORT * abs(low) <= own <= high + wide + SHORT * abs(high)

    def says_nothing(self, target: str, given: Given, goal: float, world: BentWorld) -> bool:
        """Whether that something follows is worth nothing: a 0 that is not what follows, or what follows says nothing."""
        if given.own == 0 and abs(goal) > LOOSE * max(self.terms(target, world), default=0.0):
            return True
        return self.is_degenerate(target, goal, world)

    def terms(self, target: str, world: BentWorld) -> list[float]:
        """How large the terms of a quantity that is a sum are; none of any other."""
        work = self.sheet.work(target)
        terms = work.expr.args if work is not None and type(work.expr) is Add else ()
        return [float(np.max(np.abs(evaluate_at_points(term, world.env)))) for term in terms]

    def is_degenerate(self, target: str, goal: float, world: BentWorld) -> bool:
        """Whether what follows says nothing: a 0 because a factor is 0 (not because terms cancel), or a parameter that does not move."""
        truth = self.sheet.truth.get(target)
        if truth is None or as_float(truth) == goal:
            return False
        if goal == self.find_before(target):
            return True
        return goal == 0 and not any(self.terms(target, world))

    def sources(self, target: str, known: Callable[[str], bool]) -> list[str]:
        """The student's results that a quantity is computed from, the nearest on every way, in the order of the computation."""
        found: set[str] = set()
        seen: set[str] = set()
        stack = list(self.sheet.working.uses.get(target, ()))
        while stack:
            name = stack.pop()
            if name in seen:
                continue
            seen.add(name)
            if known(name):
                found.add(name)
            else:
                stack.extend(self.sheet.working.uses.get(name, ()))
        return sorted(found, key=lambda name: self.sheet.order.get(name, -1))

    def explain_number(self, question: Question, target: str, given: Given, earlier: Earlier) -> Judged:
        """A number that is not right: with the slip that gives it where one is known, or a near miss, or wrong."""
        if target not in self.sheet.order:
            return Judged("wrong")
        sources = self.sources(target, earlier.has_number)
        world = self.sheet.numbers
        if sources:
            world = world.fix_values({name: np.array([earlier.number(name)]) for name in sources}, [target])
        blur = min(LOOSE, max((earlier.blur(name) for name in sources), default=0.0))
        found = self.diagnosis.explain(target, given, world, formula=False, blur=blur, made=earlier.made) if self.explains else ()
        goal = as_float(self.sheet.truth[target])
        if found and question.follow and (charged := earlier.find_charged(found, target)):
            return Judged("follow-through", follows=(charged,), goal=goal)
        if found:
            return Judged("misconception", slips=found, goal=goal)
        own, before = float(world.env[target][0]), self.find_before(target)
        follows = question.follow and abs(own) not in (0, 1) and own != goal
        if follows and given.is_close(own, before) and not self.says_nothing(target, given, own, world):
            return Judged("close", goal=own)
        return Judged("close" if given.is_close(goal, before) else "wrong", goal=goal)

    def find_before(self, target: str) -> float | None:
        """The value of a parameter before its update; None for what is no updated parameter."""
        of, name, k = parts(target)
        before = self.sheet.numbers.env.get(make_after_key(name, k - 1)) if k and not of else None
        return None if before is None else float(before[0])

    # Formulas.

    def formula(self, question: Question, target: str, expr: Expr, earlier: Earlier) -> Judged:
        """Judge a formula that is given for a quantity."""
        if self.is_typed_back(target, expr):
            return Judged("wrong", "typed-back")
        found = compare(expr, target, self.sheet.points, self._effort)
        if found.outcome == "equal":
            return Judged("correct", self.formula_form(question, expr))
        truth = self.sheet.truth.get(target)
        if truth is not None and not list_referred(expr) and self.is_value(expr, truth):
            return Judged("correct", "other-form", goal=as_float(truth))  # its value where a formula is asked
        if found.outcome == "undecided":
            return Judged("undecided", message=found.reason)
        if has_numbers_put_in(self.sheet, target, expr, self._effort):
            return Judged("correct", "other-form")
        refutation = Refutation(found.point, found.yours, found.expected)
        followed = self.judge_followed_formula(question, target, expr, earlier)
        if followed is not None:
            return followed
        if found.gap <= ROUGH and has_decimals(expr):
            return Judged("close", refutation=refutation)
        readings = list_readings(expr, target, self.sheet.edges)
        slips = next((told for one in readings if (told := self.slips_in_formula(target, one, earlier.made))), ())
        return Judged("misconception" if slips else "wrong", slips=slips, refutation=refutation)

    def is_value(self, expr: Expr, truth: Value) -> bool:
        """Whether arithmetic with numbers comes to a value."""
        try:
            return judge_number(expr, truth, written=self.value(expr)).right
        except TutorError:
            return False

    def formula_form(self, question: Question, expr: Expr) -> Outcome:
        """Whether a right formula is written in another form than asked."""
        has_partial = any(is_derivative(name) for name in list_referred(expr))
        if question.kind == "chain":
            return "" if is_chain(expr) else "other-form"
        if question.form in ("inputs", "steps") and has_partial:
            return "other-form"
        if question.form == "inputs" and any(name in self.sheet.steps for name in names(expr)):
            return "other-form"
        return ""

    def judge_followed_formula(self, question: Question, target: str, expr: Expr, earlier: Earlier) -> Judged | None:
        """Judge against what follows from the student's own earlier formulas."""
        if not question.follow or target in self.sheet.whole:
            return None
        wrong = earlier.pick_wrong(self.sources(target, earlier.has_formula))
        if not wrong:
            return None
        points = self.sheet.points.bend_steps({name: earlier.formula(name) for name in wrong})
        try:
            found: Comparison = compare(expr, target, points, self._effort)
        except TutorError:
            return None
        if found.outcome != "equal":
            return None
        return Judged("follow-through", follows=tuple(dict.fromkeys(earlier.owner(name) for name in wrong)))

    def slips_in_formula(self, target: str, expr: Expr, made: frozenset[str]) -> tuple[tuple[Slip, ...], ...]:
        """The slips that give just this formula."""
        world = self.sheet.formulas
        try:
            value = np.broadcast_to(np.asarray(evaluate_at_points(expr, self.formula_env(expr)), dtype=float), world.env[target].shape)
        except (KeyError, TutorError):
            return ()
        value = mark_nowhere(value)
        if not np.all(np.isfinite(value)):
            return ()
        wide = 1e-8 * max(abs(float(value[0])), 1e-300)
        given = Given(value, float(value[0]) - wide, float(value[0]) + wide)
        return self.diagnosis.explain(target, given, world, formula=True, made=made)

    def formula_env(self, expr: Expr) -> Mapping[str, Floats]:
        """The values at the points of `Sheet.formulas`, those of derivatives that no step has among them."""
        world = self.sheet.formulas
        missing = [name for name in list_referred(expr) if name not in world.env]
        if not missing:
            return world.env
        chosen = self.sheet.formula_places
        columns = self.sheet.points.columns.fill(missing)
        return {**world.env, **{name: np.asarray(columns[name])[chosen] for name in missing}}

    # What may be carried on.

    def carry_number(self, target: str, value: Value) -> float | None:
        """A student's number for what follows; None for one that is not finite, or a 0 that would make everything 0."""
        number = as_float(value)
        if not math.isfinite(number) or abs(number) > LARGEST:
            return None
        truth = self.sheet.truth.get(target)
        return None if number == 0 and truth != 0 else number

    def carry_formula(self, target: str, expr: Expr) -> Expr | None:
        """A student's formula for what follows; None for a 0, one that lost all variables, or one that is made of what follows."""
        used = list_referred(expr)
        own = self.sheet.steps.get(target)
        if own is not None and not used and list_referred(own):
            return None
        below: set[str] = set()
        for name in used:
            below |= self.sheet.working.cone([name]) if name in self.sheet.steps else set()
        return None if target in below else expr


MOST_CHOICES = 12


def _choices(sources: Sequence[str], wrong: Sequence[str]) -> list[tuple[str, ...]]:
    """Which of their own results a student may have gone on with: all, the wrong ones, all but one of these, one of these."""
    found = [tuple(sources), tuple(wrong)]
    if len(wrong) > 1:
        found += [tuple(name for name in wrong if name != left) for left in wrong] + [(name,) for name in wrong]
    return [chosen for chosen in dict.fromkeys(found) if chosen][:MOST_CHOICES]
