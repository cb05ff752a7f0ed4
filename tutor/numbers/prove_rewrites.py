"""Proving named rewrites: what is shown as simplified equals what the backward pass computes.

A rewrite's two sides are compared at seeded random points, with 60 digits and more (exactly, where every rule is rational), and at
the given values; its score's gradient is also one of those that SymPy differentiates there (`tutor.numbers.verify`).  What holds
under a condition is compared at points that fulfil it.  Where one side differs `ProofError` is raised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tutor.derive.rewrites.named import LINEAR, Rewrite, scores
from tutor.errors import ProofError, TutorError
from tutor.expression.nodes import Expr, Name, Partial
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.graph.nouns import Derivation
from tutor.numbers.arithmetic import CONTEXT, DIGITS, Value, add, as_real, divide, subtract
from tutor.numbers.printed import round_significant
from tutor.numbers.run import compute, run, run_backward
from tutor.numbers.verify import TRIES, list_feasible, random_points

POINTS = 4
EQUAL = Fraction(1, 10 ** (DIGITS - 20))
"""Relative; what 60 digits keep after a few operations."""


@dataclass(frozen=True, slots=True)
class Simplified:
    """What was checked: gradients in simplified form (``symbolic``: SymPy saw all of the scores), ``units`` in place of a network."""

    gradients: int
    symbolic: bool
    units: int
    points: int
    at_values: bool

    def merge_checks(self, others: Sequence[Simplified]) -> Simplified:
        """Several such checks of one computation as one."""
        every = (self, *others)
        return replace(
            self, gradients=sum(one.gradients for one in every), symbolic=all(one.symbolic for one in every),
            units=max(one.units for one in every), points=min(one.points for one in every),
        )  # fmt: skip


def prove(
    rewrites: Sequence[Rewrite], derivation: Derivation, values: Mapping[str, Value] | None, *, seed: int = 2
) -> Simplified:
    """Check every rewrite at random points, and at the given values.

    Raises `ProofError` where the two sides of one differ, or where there is no point to compare them at.
    """
    points = random_points(derivation.graph, POINTS, seed=seed)
    if not points and values is None:
        raise ProofError("no point was found at which the simplified forms could be checked")
    leaves = [quantity.name for quantity in derivation.graph.leaves]
    places = [{name: point[name] for name in leaves} for point in points]
    for place in (*places, *([] if values is None else [values])):
        _compare_at(rewrites, derivation, place)
    for condition in dict.fromkeys(rewrite.condition for rewrite in rewrites if rewrite.condition is not None):
        some = [rewrite for rewrite in rewrites if rewrite.condition == condition]
        for place in places:
            _compare_at(some, derivation, _fulfil_condition(condition, derivation, place))
    return Simplified(
        sum(isinstance(rewrite.left, Partial) for rewrite in rewrites),
        list_feasible(derivation.graph, scores(rewrites)) == list(scores(rewrites)),
        sum(rewrite.rule == LINEAR for rewrite in rewrites), len(points), values is not None,
    )  # fmt: skip


def holds(condition: Expr, trace: Mapping[str, Value]) -> bool:
    """Whether the sum of a condition is 1 at some values."""
    return _is_same(compute(condition, trace), Fraction(1))


def _compare_at(rewrites: Sequence[Rewrite], derivation: Derivation, place: Mapping[str, Value]) -> None:
    """Compare all at one point, with more digits where a comparison fails; a fault is only what fails with all of them."""
    failure: TutorError | None = None
    for digits in TRIES:
        with CONTEXT.workdps(digits):
            try:
                _compare(rewrites, run_backward(derivation, run(derivation.graph.steps, place)))
                return
            except TutorError as error:
                failure = error
    assert failure is not None
    raise failure


def _compare(rewrites: Sequence[Rewrite], trace: Mapping[str, Value]) -> None:
    full = dict(trace)
    for rewrite in rewrites:
        if isinstance(rewrite.left, Name) and rewrite.left.name not in full:
            full[rewrite.left.name] = compute(rewrite.expr, trace)
    for rewrite, expr in _sides(rewrites, full):
        ours, theirs = compute(expr, full), compute(rewrite.left, full)
        if not _is_same(ours, theirs):
            raise ProofError(
                f"{write_plain(rewrite.left)} was simplified to {write_plain(expr)}, which is {round_significant(ours, 12)},"
                f" but it is {round_significant(theirs, 12)}",
                hint="this is a fault of tutor, not yours: please report it with the formula",
            )


def _sides(rewrites: Sequence[Rewrite], trace: Mapping[str, Value]) -> Iterator[tuple[Rewrite, Expr]]:
    for rewrite in rewrites:
        yield rewrite, rewrite.expr
        for between in rewrite.between:
            yield rewrite, between
        if rewrite.under is not None and rewrite.condition is not None and holds(rewrite.condition, trace):
            yield rewrite, rewrite.under


def _is_same(a: Value, b: Value) -> bool:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    scale = max(abs(as_real(a)), abs(as_real(b)))
    return bool(abs(as_real(a) - as_real(b)) <= as_real(EQUAL) * scale)


def _fulfil_condition(condition: Expr, derivation: Derivation, place: Mapping[str, Value]) -> dict[str, Value]:
    """A point like another one, at which a sum is 1: one of its quantities is moved, or what they are computed from, as smoothed labels
    are from the targets."""
    leaves = [quantity.name for quantity in derivation.graph.leaves]
    own = [name for name in names(condition) if name in leaves]
    start = compute(condition, run(derivation.graph.steps, place))
    missing = subtract(Fraction(1), start)
    for name in reversed([*leaves, *own]):
        try:
            beside = {**place, name: add(place[name], Fraction(1))}
            slope = subtract(compute(condition, run(derivation.graph.steps, beside)), start)
            moved = {**place, name: add(place[name], divide(missing, slope))} if slope else {}
            if moved and holds(condition, run(derivation.graph.steps, moved)):
                return moved
        except TutorError:
            continue
    raise ProofError(f"no point was found at which {write_plain(condition)} is 1")

