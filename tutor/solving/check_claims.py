"""Recomputing every figure that a lecture prints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tutor.derive.backward import derive
from tutor.derive.chains import list_full_chains, stop_chain
from tutor.derive.local import times
from tutor.errors import ExerciseError, TutorError
from tutor.exercise.claims import rate_name
from tutor.exercise.model import Claim, Exercise
from tutor.exercise.over_layers import choose_own_layers
from tutor.exercise.training_task import Trainer, find_differing_update, is_trained_otherwise, update_formula
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Add, Expr, Name, Neg, Partial
from tutor.expression.plain import write_plain
from tutor.expression.walk import find_partials, is_numeric, names
from tutor.graph.network import counts
from tutor.graph.nouns import Derivation, Graph
from tutor.graph.shapes import shape_text
from tutor.numbers.agreement import Agreement, agreement, is_decimal
from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.carried import is_right_within_factors, list_decimals
from tutor.numbers.data_set import join_samples
from tutor.numbers.printed import as_exact_text, round_significant
from tutor.numbers.run import compute, evaluate, run
from tutor.numbers.train import Task, train_exactly
from tutor.numbers.verify import random_points
from tutor.rules.optimisers import DESCENT, optimiser
from tutor.solving.short_forms import find_short_form
from tutor.solving.written_values import DIGITS, nest_texts, write_side

if TYPE_CHECKING:
    from tutor.answer.compare.formulas import Comparison, Points

POINTS = 4
EQUAL = Fraction(1, 10**40)
NEAR = Fraction(1, 10**6)
"""A formula of numbers that is as near as this, relative to the value, is as good as rounded: Adam's 1 - 0.1*1 without its epsilon."""
_BARE_ZERO, _BARE_ONE = re.compile(r"[-+−]?0+"), re.compile(r"[-+−]?0*1")
_LEAST_ONE = as_real(Fraction(19, 20))  # what is 1 by its first digit
_SIGNS = "+-−"
_VALUE = re.compile(r"-?\d+(?:/\d+|\.\d*)?(?:e[-+]?\d+)?")
EXACT_ZERO = CONTEXT.mpf(10) ** -60
"""A number that agrees exactly with a figure and is smaller is 0."""
_FIT: tuple[Agreement, ...] = ("exact", "rounded", "truncated", "carried", "differs")
"""From the best to the worst."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known of a figure or formula that is wrong: `tutor.marking.mark_page` finds it out.

    ``kind`` is ``slip``, ``consequence``, ``rounded``, ``repeated``, ``close`` or ``unexplained`` (``unexplained formula``).  ``slips``
    are the explanations that fit equally well, each one or two slips: a stable tag, and the step where it was made (or the other quantity
    whose value was printed).  ``follows`` are the claims that it follows from, with what is printed there.  ``factor`` is what the right
    value was multiplied by.  ``spoils`` is how many later figures are wrong only because this one is.
    """

    kind: str
    slips: tuple[tuple[tuple[str, str], ...], ...] = ()
    follows: tuple[tuple[str, str], ...] = ()
    factor: str = ""
    spoils: int = 0


@dataclass(frozen=True, slots=True)
class VerdictText:
    """A verdict on lines of text, in the symbols of its course: the claim, what is printed, the value (nothing for a formula that
    agrees), the point at which a formula differs, with what both give there, the sums that are 1, what is said of a known slip, what is
    known of a wrong figure, and the correction that a slip comes with, written as well.
    """

    claim: str
    printed: str
    value: str = ""
    point: str = ""
    both: tuple[str, str] = ("", "")
    at_given: bool = False
    only_given: bool = False
    sums: tuple[str, ...] = ()
    erratum: str = ""
    cause: Cause | None = None
    correction: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one claim: the value as text (exact fraction, 15 digits, or the formula) and how the figure agrees."""

    exercise: str
    claim: str
    printed: str
    value: str
    agreement: Agreement
    erratum: str | None = None
    source: Claim | None = None
    derived: Expr | None = None
    sums: tuple[tuple[str, ...], ...] = ()
    """Targets that have to add up to 1, each of these groups, for a formula to agree; the given ones do."""
    difference: Comparison | None = None
    """Where a formula differs, and by how much."""
    at_given: bool = False
    """Whether that is at the given values."""
    only_given: bool = False
    """Whether a formula that differs is right at the given values."""
    parts: tuple[Verdict, ...] = ()
    """Those of the entries of an array, or of what stands between equals signs."""
    written: VerdictText | None = None
    """The same for people, as the exercise's course writes it."""
    correction: Verdict | None = None
    """What became of the correction that a known slip comes with."""
    misfit: tuple[str, str] = ("", "")
    """The shapes of a printed formula over arrays and of what it is printed for, where these differ."""
    cause: Cause | None = None
    """What is known of one that differs."""

    @property
    def ok(self) -> bool:
        """Whether the figure agrees, or is declared a slip; a right one that is declared one is not, nor one whose correction is wrong."""
        if self.erratum is None:
            return self.agreement != "differs"
        if self.correction is not None and not self.correction.ok:
            return False
        return self.agreement not in ("exact", "rounded", "carried")


def check(exercise: Exercise) -> list[Verdict]:
    """Recompute every claim of an exercise.

    Figures are compared digit by digit (`tutor.numbers.agreement`); formulas are compared with what is derived at seeded random
    points, with 60 digits: they agree when they are equal at all of them.

    Raises `ExerciseError` for a claim that cannot be computed, with its place.
    """
    found: list[Verdict] = []
    for number, verdict in enumerate(check_each(exercise), 1):
        if isinstance(verdict, TutorError):
            raise verdict.put_at(f"{exercise.id}: claim {number}, {exercise.claims[number - 1].text}")
        found.append(verdict)
    return found


def check_each(exercise: Exercise, *, misfits: bool = False) -> Iterator[Verdict | TutorError]:
    """The verdict on each claim, or why it cannot be computed.

    ``misfits``: a formula whose shape does not fit is wrong like any other; else only where it is declared a slip.
    """
    checker = _Checker(exercise, misfits=misfits)
    for claim in exercise.claims:
        try:
            yield checker.verdict(claim)
        except TutorError as error:
            yield error


class _Checker:
    """One exercise's derivations and runs, each made once."""

    def __init__(self, exercise: Exercise, *, misfits: bool = False) -> None:
        self.exercise = exercise
        self.misfits = misfits
        self.derivations: dict[str, Derivation] = {}
        self.starts: dict[Any, Mapping[str, Value]] = {}
        self.points: list[dict[str, Value]] | None = None
        self.general: Points | None = None
        self.restricted: Points | None = None
        self.rate = rate_name(exercise.notation)
        self.trainer = Trainer(exercise)
        self.carried: dict[str, list[Value]] = {}
        self.wrong: set[str] = set()
        """Figures of the page, without their signs, that are wrong and are right for nothing else on it."""
        self.known = {abs(as_real(value)) for value in exercise.values.values()}

    def verdict(self, claim: Claim) -> Verdict:
        """The verdict on one claim; a rounded number is known from then on for what it was to be, a wrong one for what is wrong."""
        found = self.judge(claim)
        if not claim.parts:
            self.remember(found)
        for part in found.parts:
            self.remember(part)
        return found

    def remember(self, verdict: Verdict) -> None:
        """What later formulas may have a printed figure for: the value that it was rounded from, or nothing, where it is wrong."""
        claim = verdict.source
        if claim is None or not is_decimal(claim.decimal) or not _VALUE.fullmatch(verdict.value):
            return
        text = claim.decimal.lstrip(_SIGNS)
        if verdict.agreement == "differs":
            if text not in self.carried and as_real(Fraction(text)) not in self.known:
                self.wrong.add(text)
        else:
            self.wrong.discard(text)
            self.carried.setdefault(text, []).append(Fraction(verdict.value))

    def judge(self, claim: Claim) -> Verdict:
        if claim.correction is not None:
            meant = self.verdict(claim.correction)
            return replace(self.verdict(replace(claim, correction=None)), source=claim, correction=meant)
        base = Verdict(self.exercise.id, claim.text, claim.printed, "", "differs", claim.erratum, claim)
        if claim.unknown:
            return replace(base, value=claim.unknown)
        if claim.parts:
            parts = tuple(map(self.verdict, claim.parts))
            parts = parts if claim.shape else carry_on(parts)
            worst = max(parts, key=lambda part: _FIT.index(part.agreement))
            whole = nest_texts([part.value for part in parts], claim.shape) if claim.shape else parts[-1].value
            return replace(base, value=whole, agreement=worst.agreement, sums=worst.sums, difference=worst.difference, parts=parts)
        assert claim.formula is not None
        if claim.count:
            assert self.exercise.network is not None
            number = Fraction(counts(self.exercise.network)[claim.count])
            return replace(base, value=as_exact_text(number), agreement=self.compare_with(claim, number))
        if claim.update:
            derived = update_formula(self.exercise, claim)
            return replace(_show(base, derived), agreement="exact" if find_differing_update(self.exercise, claim) is None else "differs")
        assert claim.subject is not None
        if claim.layers:
            found = [self.compare_arrays(base, claim.subject, formula) for formula in claim.readings or (claim.formula,)]
            return next((verdict for verdict in found if verdict.agreement != "differs"), found[0])
        figure = is_numeric(claim.formula)
        if claim.over and (self.exercise.samples is None or not figure):
            hint = 'such as claim = "mean dL/dw", printed = "0.25", in an exercise with [data]'
            raise ExerciseError(f"the {claim.over} over the samples needs samples, and a figure", hint=hint)
        if figure and claim.after and self.exercise.values and self.exercise.rate is None:
            raise ExerciseError("updates need a step size", hint="add [train] with rate = 0.1")
        if not figure and claim.after and is_trained_otherwise(self.exercise):
            raise ExerciseError(
                "a formula after updates is compared for gradient descent on one sample only",
                hint='print a figure, or claim a step of the optimiser: claim = "update w"',
            )
        if figure and (self.exercise.values or claim.at):
            value = self.value(claim)
            agreement = self.compare_with(claim, value)
            nothing = agreement == "exact" and abs(as_real(value)) < EXACT_ZERO  # what cancels is 0, not its last digits
            return replace(base, value="0" if nothing else as_exact_text(value), agreement=agreement)
        formula = self.derive_subject(claim)
        base = _show(base, formula)
        if claim.after or claim.at:
            return replace(base, agreement="exact" if self.is_equal_everywhere(claim) else "differs")
        return self.compare_formulas(claim, base)

    def compare_arrays(self, base: Verdict, subject: Expr, formula: Expr) -> Verdict:
        """A formula over whole arrays: on which condition it agrees, or what both give at the given values, or at a random point."""
        from tutor.answer.compare.formulas import Comparison  # arrays only
        from tutor.exercise.layer_claims import MisfitError, derive_layer, find_layer_difference, list_sums

        shown = derive_layer(self.exercise, subject, formula)
        base = _show(base, shown)
        try:
            found = find_layer_difference(self.exercise, subject, formula)
        except MisfitError as error:
            if base.erratum is None and not self.misfits:
                raise
            return replace(base, misfit=(shape_text(error.shapes[1]), shape_text(error.shapes[0])))
        if found is not None:
            base = _show(base, find_short_form(self.exercise, subject, formula))
            yours, expected = (write_side(side.items, side.shape, found.worst) for side in (found.right, found.left))
            return replace(base, difference=Comparison("different", (), yours, expected), at_given=found.given)
        sums = list_sums(self.exercise)
        free = sums and find_layer_difference(self.exercise, subject, formula, normed=False) is None
        return replace(base, agreement="exact", sums=() if free else sums)

    def compare_with(self, claim: Claim, value: Value) -> Agreement:
        """How a printed number agrees: by its digits, or exactly where it is a fraction or a formula of numbers.

        A bare 0 says that there is nothing, as for `mark`: it is right for an exact 0 only, while 0.00 is rounded to two places; and a
        bare 1 is no more than its first digit, which 0.5 does not round to.
        """
        assert claim.formula is not None
        if is_decimal(claim.decimal):
            found = agreement(claim.decimal, value)
            return "differs" if found != "exact" and _says_too_much(claim.decimal, value) else found
        number = compute(claim.formula, {})
        if self.is_same(number, value):
            return "exact"
        if is_right_within_factors(claim.formula, value, self.carried) and self.wrong.isdisjoint(list_decimals(claim.formula)):
            return "carried"  # what is made of a wrong figure is no rounding
        return "rounded" if abs(as_real(number) - as_real(value)) <= as_real(NEAR) * abs(as_real(value)) else "differs"

    @staticmethod
    def is_same(a: Value, b: Value) -> bool:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return a == b
        scale = max(abs(as_real(a)), abs(as_real(b)), CONTEXT.mpf(1))
        return bool(abs(as_real(a) - as_real(b)) <= as_real(EQUAL) * scale)

    @property
    def graph(self) -> Graph:
        if self.exercise.graph is None:
            raise ExerciseError("this exercise has no graph, only counts")
        return self.exercise.graph

    def derivation(self, of: str) -> Derivation:
        if of not in self.derivations:
            self.derivations[of] = derive(replace(self.graph, loss=of))
        return self.derivations[of]

    def value(self, claim: Claim) -> Value:
        """The value of a claim's subject at the given values, after its updates: of the first sample, or made of all."""
        assert claim.subject is not None
        values = {**self.exercise.values, **claim.at}
        if claim.over:
            return self.value_over(claim, claim.subject, values)
        kept = {*names(claim.subject)} - {*self.graph.names, self.rate}  # states of the optimiser
        if claim.after or kept:
            if is_trained_otherwise(self.exercise):
                return self.subject(claim.subject, self.trainer.trace(values, claim.after, self.count_most_steps(claim), kept))
            if not self.graph.parameters:
                raise ExerciseError("nothing is trained here", hint='name the parameters: parameters = ["w", "b"]')
            moved = self.trainer.parameters(values, claim.after, self.count_most_steps(claim))
            return self.subject(claim.subject, self.start({**values, **moved}))
        return self.subject(claim.subject, self.start(values))

    def value_over(self, claim: Claim, subject: Expr, values: Mapping[str, Value]) -> Value:
        """The mean or the sum over all samples."""
        samples = self.exercise.samples
        assert samples is not None
        moved = self.trainer.parameters(values, claim.after, self.count_most_steps(claim)) if claim.after else {}
        starts = (self.start({**values, **moved, **samples.sample(place)}) for place in range(len(samples)))
        found = [self.subject(subject, {**moved, **trace}) for trace in starts]
        return join_samples(found, claim.over or samples.reduce)

    def start(self, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """Forward and backward pass at some values, computed once."""
        key = tuple((name, values[name]) for name in sorted(values))
        if key not in self.starts:
            leaves = {quantity.name: values[quantity.name] for quantity in self.graph.leaves if quantity.name in values}
            self.starts[key] = evaluate(self.derivation(self.graph.loss), leaves).values
        return self.starts[key]

    def count_most_steps(self, claim: Claim) -> int:
        return max((other.after for other in self.exercise.claims if other.at == claim.at), default=0)

    def subject(self, expr: Expr, trace: Mapping[str, Value]) -> Value:
        """The value of an expression that may have any derivative in it."""
        known = dict(trace)
        for partial in find_partials(expr):
            name = derivative_key(partial.of, partial.wrt)
            if name not in known:
                known.update(run(self.derivation(partial.of).backward, trace))
        return compute(expr, known)

    def compare_formulas(self, claim: Claim, base: Verdict) -> Verdict:
        """A printed formula as `mark` would judge it: equal everywhere, or wherever targets add up to 1 that do so here."""
        from tutor.answer.compare.formulas import compare, derivatives, sample  # figures need none of it
        from tutor.answer.compare.sampling import list_conditions

        assert claim.subject is not None
        assert claim.formula is not None
        derivation = self.derivation(self.graph.loss)
        steps, leaves = (*self.graph.steps, *derivation.backward), [quantity.name for quantity in self.graph.leaves]
        if self.general is None:
            self.general = sample(steps, leaves, self.exercise.values, seed=1, more=derivatives(self.graph))
        found = compare(claim.formula, claim.subject, self.general)
        layered = choose_own_layers(self.exercise.layers, self.exercise.network, self.exercise.notation)
        losses = [self.graph.loss, *(partial.of for partial in find_partials(claim.subject))]
        if found.outcome == "different" and (sums := list_conditions(self.graph, losses, self.exercise.values, layered)):
            if self.restricted is None:
                self.restricted = sample(steps, leaves, self.exercise.values, seed=1, more=derivatives(self.graph), sums=sums)
            if compare(claim.formula, claim.subject, self.restricted).outcome == "equal":
                return replace(base, agreement="exact", sums=tuple(sums))
        if found.outcome == "undecided":  # too much work for an answer, not for a lecture
            return replace(base, agreement="exact" if self.is_equal_everywhere(claim) else "differs")
        if found.outcome == "equal":
            return replace(base, agreement="exact")
        base = _show(base, find_short_form(self.exercise, claim.subject, claim.formula, self.derivation))
        shown = self.tell_apart(claim)
        if shown is None or shown[0] == shown[1]:
            return replace(base, agreement="differs", difference=found, only_given=shown is not None)
        return replace(base, agreement="differs", difference=replace(found, point=(), yours=shown[0], expected=shown[1]), at_given=True)

    def tell_apart(self, claim: Claim) -> tuple[str, str] | None:
        """What the printed formula and the derived one give at the exercise's own values, where these tell them apart;
        twice the same where they do not at all."""
        assert claim.subject is not None
        assert claim.formula is not None
        if not self.exercise.values:
            return None
        try:
            trace = self.start(self.exercise.values)
            left, right = (self.subject(expr, trace) for expr in (claim.formula, claim.subject))
        except TutorError:  # a formula of something else, or without a value there
            return None
        both = (round_significant(left, DIGITS), round_significant(right, DIGITS))
        return both if both[0] != both[1] or self.is_same(left, right) else None

    def is_equal_everywhere(self, claim: Claim) -> bool:
        """Whether the printed formula equals the subject at random points (after a step of random size, where it asks)."""
        assert claim.subject is not None
        assert claim.formula is not None
        if self.points is None:
            self.points = random_points(self.graph, POINTS, seed=1)
        if not self.points:
            raise ExerciseError("no point was found at which the whole computation exists")
        for number, point in enumerate(self.points):
            rate = Fraction(2 * number + 3, 17)
            trace: dict[str, Value] = {**point, **{n: v for n, v in claim.at.items() if n in point}}
            if claim.at:
                trace = run(self.graph.steps, {q.name: trace[q.name] for q in self.graph.leaves})
            left = self.compute_moved(claim, trace, rate)
            right = self.subject(claim.formula, {self.rate: rate, **trace})
            if not self.is_same(left, right):
                return False
        return True

    def compute_moved(self, claim: Claim, trace: Mapping[str, Value], rate: Value) -> Value:
        assert claim.subject is not None
        leaves = {quantity.name: trace[quantity.name] for quantity in self.graph.leaves}
        if claim.after:
            trained = tuple(quantity.name for quantity in self.graph.parameters)
            task = Task(self.derivation(self.graph.loss), leaves, trained, optimiser(DESCENT), rate, {}, letter=self.rate)
            leaves |= train_exactly(task, claim.after).rows[-1].values
        trace = run(self.graph.steps, leaves) if claim.after else trace
        return self.subject(claim.subject, {self.rate: rate, **trace})

    def derive_subject(self, claim: Claim) -> Expr:
        """What the product derives for a claim's subject, as a formula."""
        expr = claim.subject
        assert expr is not None
        printed = frozenset(find_partials(claim.formula)) if claim.formula is not None else frozenset()
        if claim.after == 1 and isinstance(expr, Name) and expr.name in [q.name for q in self.graph.parameters]:
            own = Partial(self.graph.loss, expr.name)
            gradient = own if own in printed else self.formula(own, printed)
            return Add((expr, times(Neg(Name(self.rate)), gradient)))
        if isinstance(expr, Partial):
            return self.formula(expr, printed - {expr})
        if isinstance(expr, Name):
            steps = {step.target: step.expr for step in self.graph.steps}
            return steps.get(expr.name, expr)
        return expr

    def formula(self, partial: Partial, printed: Collection[Partial]) -> Expr:
        """A derivative of the printed ones where it is made of these, else as one product of its factors, or a sum of such products."""
        derivation = self.derivation(partial.of)
        stopped = stop_chain(derivation, partial.wrt, printed)
        if stopped is not None:
            return stopped
        chains = list_full_chains(derivation, partial.wrt)
        if chains is None:
            steps = {step.target: step.expr for step in derivation.backward}
            return steps[derivative_key(partial.of, partial.wrt)]
        products = tuple(times(*(factor.expr for factor in path.factors)) for path in chains)
        return products[0] if len(products) == 1 else Add(products)


def carry_on(sides: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """The sides of an equation, of which a number may be what rounded factors before it give: 0.741*0.186*0.593 = 0.0817."""
    found: list[Verdict] = []
    before: Value | None = None
    for side in sides:
        claim = side.source
        assert claim is not None
        figure = is_decimal(claim.decimal)
        if side.agreement == "differs" and before is not None and figure and agreement(claim.decimal, before) != "differs":
            side = replace(side, agreement="carried")
        elif side.agreement == "carried" and claim.formula is not None:
            before = compute(claim.formula, {})
        found.append(side)
    return tuple(found)


def _show(base: Verdict, expr: Expr | None) -> Verdict:
    return base if expr is None else replace(base, value=write_plain(expr), derived=expr)


def _says_too_much(text: str, value: Value) -> bool:
    """Whether a bare 0 or 1 hides what the value is: nothing of it is left, or not even its first digit."""
    return bool(_BARE_ZERO.fullmatch(text)) or (bool(_BARE_ONE.fullmatch(text)) and abs(as_real(value)) < _LEAST_ONE)
