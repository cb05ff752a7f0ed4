"""Proving a derivation: against SymPy's derivative of the composed formula, and against finite differences.

Both are independent of the backward pass.  SymPy differentiates the loss written as one formula of its leaves; the finite
differences only run the forward pass, with `DIGITS` digits, so that they agree to some twenty digits and not to three.
Where a check fails, `ProofError` is raised: an unverified step is never shown.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Literal

from tutor.derive.chains import gradients
from tutor.errors import ProofError, TutorError, ValueProblem
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Expr, Name
from tutor.expression.walk import substitute
from tutor.graph.nouns import Derivation, Factor, Graph, Quantity, Step
from tutor.numbers.arithmetic import (
    CONTEXT,
    DIGITS,
    Undecided,
    Value,
    add,
    as_real,
    compute_rigorously,
    divide,
    subtract,
)
from tutor.numbers.balls import enclose, midpoint
from tutor.numbers.kinks import list_kinks_hit
from tutor.numbers.printed import round_significant
from tutor.numbers.run import compute, compute_stable, run, run_backward
from tutor.numbers.slices import list_dependent, slice_dependent
from tutor.numbers.values import BigFloat

MAX_SYMBOLIC_SIZE = 3_000
MAX_SYMBOLIC_DEPTH = 40
MAX_SYMBOLIC = 40
MAX_EVALUATIONS = 20_000
"""How many steps the finite differences of one point may run; beyond it they are taken along one random direction."""
TOLERANCE = Fraction(1, 10**12)
"""Relative; central differences with 60 digits and a step of 10⁻¹⁵ reach about 10⁻²⁸ where the third derivative is of the
gradient's size."""
TRIES = (DIGITS, 4 * DIGITS, 16 * DIGITS)
"""The digits of the first comparison, and of those that follow where it fails: a step can be too coarse for a function (sin at 10²⁰)."""

Answer = Callable[[], Mapping[str, Value]]
Ask = Callable[[Graph, Sequence[str], Mapping[str, Value]], Answer]
"""Who is asked for SymPy's derivatives: takes the graph, the quantities and the values, gives an answer to be called for."""


def _step() -> Fraction:
    """The relative step of the finite differences: a quarter of the digits, 10⁻¹⁵ with 60."""
    return Fraction(1, 10 ** (int(CONTEXT.dps) // 4))


def _noise() -> BigFloat:
    """What the digits in use may leave of a number of size 1."""
    return CONTEXT.mpf(10) ** (5 - int(CONTEXT.dps))


_RANGES = ((-2, 2), (0, 1), (1, 3), (0, 3), (-10, 10), (0, 30), (-100, 100), (0, 1000))


@dataclass(frozen=True, slots=True)
class Unproved:
    """What could not be checked at the given values: ``step``, and ``more``, stand on a kink or on the seam of a choice by sign."""

    step: str
    at: Literal["kink", "seam"]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """What was checked.

    Of ``asked`` gradients ``symbolic`` equal SymPy's; ``numeric`` agree with finite differences (largest relative difference
    ``error``), each by itself or, in a large graph, all together along a random direction (``together``); ``small`` ones are too small for
    that.  All at the given values or, where there are none, at ``points`` seeded random points.  ``unproved`` says what could not be
    checked and why; ``entries`` that they are the entries of gradients over arrays.
    """

    asked: int
    symbolic: int
    numeric: int
    error: Value
    points: int
    at_values: bool
    together: bool = False
    small: int = 0
    unproved: Unproved | None = None
    entries: bool = False


def merge_proofs(proofs: Sequence[Proof]) -> Proof:
    """Several proofs of one computation (one for each quantity that is differentiated) as one."""
    first = proofs[0]
    return replace(
        first,
        asked=sum(proof.asked for proof in proofs),
        symbolic=sum(proof.symbolic for proof in proofs),
        numeric=max(proof.numeric for proof in proofs),
        small=max(proof.small for proof in proofs),
        error=max((proof.error for proof in proofs), key=as_real),
        unproved=next((proof.unproved for proof in proofs if proof.unproved), None),
    )


def write_bound(error: Value) -> str:
    """A size as the next power of ten above it: 10^-27."""
    exponent = int(CONTEXT.ceil(CONTEXT.log10(abs(as_real(error)))))
    return "10" + "".join("⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".index(c)] for c in str(exponent))


def verify(
    derivation: Derivation,
    values: Mapping[str, Value] | None,
    wanted: Sequence[str],
    *,
    symbolic: Sequence[str] | None = None,
    besides: Sequence[str] = (),
    ask: Ask | None = None,
    seed: int = 0,
) -> Proof:
    """Check the gradients with respect to ``wanted`` at the given values, or at two seeded random points without them.

    ``symbolic`` names those that SymPy checks as well (all of ``wanted`` by default), ``besides`` those that it checks though nobody
    asked for them; ``ask`` is who asks SymPy, this process by default.

    Raises `ProofError` where one does not agree.
    """
    graph = derivation.graph
    named = wanted if symbolic is None else symbolic
    ask = _ask_besides(ask or ask_in_this_process, [name for name in besides if name not in named])
    if values is not None:
        trace = compute_stable(lambda: run(graph.steps, values))
        moved = list_dependent(graph, set(wanted))
        hit = [kink for kink in list_kinks_hit(graph, trace) if kink.step in moved]
        if not hit:
            return _check_with_digits([values], derivation, wanted, named, at_values=True, ask=ask)
        points = random_points(graph, 2, seed=seed)
        proof = _check_with_digits(points, derivation, wanted, named, at_values=False, ask=ask) if points else None
        alike = sum(bool(kink.convention) == bool(hit[0].convention) for kink in hit)
        unproved = Unproved(hit[0].step, "kink" if hit[0].convention else "seam", alike - 1)
        if proof is None:
            return Proof(len(named), 0, 0, Fraction(0), 0, False, unproved=unproved)
        return replace(proof, unproved=unproved)
    points = random_points(graph, 2, seed=seed)
    if not points:
        raise ValueProblem(_reason(graph), hint="check the formula, or give values at which it exists: --at x=1")
    return _check_with_digits(points, derivation, wanted, named, at_values=False, ask=ask)


def _ask_besides(ask: Ask, besides: Sequence[str]) -> Ask:
    """Ask for some more derivatives in the same question."""
    return (
        ask if not besides else lambda graph, wanted, values: ask(graph, [*wanted, *list_feasible(graph, besides)], values)
    )


def random_points(graph: Graph, count: int, *, seed: int = 0) -> list[dict[str, Value]]:
    """Points inside the domain of the whole formula and off its kinks, with their forward values; fewer when none is found."""
    generator = random.Random(seed)
    found: list[dict[str, Value]] = []
    for attempt in range(80):
        low, high = _RANGES[attempt % len(_RANGES)]
        values: dict[str, Value] = {
            q.name: Fraction(generator.randint(low * 96 + 1, high * 96 - 1), 96) for q in graph.leaves
        }
        try:
            trace = run(graph.steps, values)
            if list_kinks_hit(graph, trace):
                continue
        except TutorError:
            continue
        found.append(trace)
        if len(found) == count:
            break
    return found


def _reason(graph: Graph) -> str:
    """Why a computation exists at no point that was tried."""
    try:
        run(graph.steps, {quantity.name: Fraction(1, 2) for quantity in graph.leaves})
    except TutorError as error:
        return f"no point was found at which the whole formula exists; at 1/2, for one, there is {error.what}"
    return "no point was found at which the whole formula exists and has a derivative"


def _check_with_digits(
    points: Sequence[Mapping[str, Value]],
    derivation: Derivation,
    wanted: Sequence[str],
    named: Sequence[str],
    *,
    at_values: bool,
    ask: Ask,
) -> Proof:
    """The checks, with more digits where a comparison fails; a fault is only what fails with all of them."""
    leaves = [quantity.name for quantity in derivation.graph.leaves]
    failure: TutorError | None = None
    for digits in TRIES:
        with CONTEXT.workdps(digits):
            try:
                traces = [run(derivation.graph.steps, {name: point[name] for name in leaves}) for point in points]
                return _proof_at(traces, derivation, wanted, named, at_values=at_values, ask=ask)
            except (ProofError, ValueProblem) as error:
                failure = error
    assert failure is not None
    raise failure


def _proof_at(
    traces: Sequence[Mapping[str, Value]],
    derivation: Derivation,
    wanted: Sequence[str],
    named: Sequence[str],
    *,
    at_values: bool,
    ask: Ask,
) -> Proof:
    """The checks at one or more points; ``wanted`` by finite differences, ``named`` by SymPy as well."""
    loss = derivation.graph.loss
    asked = [name for name in named if name != loss]
    proof = Proof(len(asked), 0, 0, Fraction(0), len(traces), at_values)
    for trace in traces:
        graph, full = hold_cut(derivation.graph, run_backward(derivation, trace))
        present = [name for name in wanted if name != loss and derivative_key(loss, name) in full]
        chosen = list_feasible(graph, [name for name in asked if derivative_key(loss, name) in full])
        answer = ask(graph, chosen, full) if chosen else dict
        together = len(present) * len(graph.steps) > MAX_EVALUATIONS
        if together:
            numeric, small, error = _check_direction(graph, full)
        else:
            numeric, small, error = _check_each(graph, present, full)
        for name, value in answer().items():
            _compare(derivative_key(loss, name), full[derivative_key(loss, name)], value, "SymPy's derivative")
        proof = replace(
            proof, symbolic=len(chosen), numeric=numeric, small=small, together=together,
            error=max(proof.error, error, key=as_real),
        )  # fmt: skip
    return proof


def list_feasible(graph: Graph, wanted: Sequence[str]) -> list[str]:
    """The quantities for which the composed formula of the loss is small enough for SymPy."""
    found = []
    for name in [name for name in wanted if name != graph.loss][:MAX_SYMBOLIC]:
        part = slice_dependent(graph, name)
        if part.size <= MAX_SYMBOLIC_SIZE and part.depth <= MAX_SYMBOLIC_DEPTH:
            found.append(name)
    return found


def ask_in_this_process(graph: Graph, wanted: Sequence[str], values: Mapping[str, Value]) -> Answer:
    """Ask SymPy here: the derivatives are computed when the answer is called for."""

    def answer() -> dict[str, Value]:
        from tutor.numbers.sympy_loss import symbolic_gradients  # SymPy takes 0.2 s to import

        return symbolic_gradients(graph, wanted, values)

    return answer


def hold_cut(graph: Graph, full: Mapping[str, Value]) -> tuple[Graph, Mapping[str, Value]]:
    """The graph with a constant of its own in the place of each use that is cut, and the values with that of the constant.

    What is left is an ordinary graph: a gradient that stops at a cut is the derivative of the loss with the constants held.
    """
    if not graph.cuts:
        return graph, full
    held: dict[str, dict[str, Expr]] = {}
    values = dict(full)
    for target, used in graph.cuts:
        constant = f"{used}_held"  # no name of a reader's: that ends in a number where it has a time
        held.setdefault(target, {})[used] = Name(constant)
        values[constant] = full[used]
    constants = tuple(Quantity(name, "constant") for name in values if name not in full)
    steps = tuple(
        replace(step, expr=substitute(step.expr, held[step.target])) if step.target in held else step for step in graph.steps
    )
    return replace(graph, steps=steps, inputs=graph.inputs + constants, whole=None, cuts=()), values


def _check_each(graph: Graph, wanted: Sequence[str], full: Mapping[str, Value]) -> tuple[int, int, Value]:
    """Compare with central differences, one quantity at a time: (checked, too small, largest relative difference)."""
    error: Value = Fraction(0)
    place = {step.target: number for number, step in enumerate(graph.steps)}
    small = 0
    for name in wanted:
        after = graph.steps[place[name] + 1 :] if name in place else graph.steps
        moved = partial(_loss_at, after, full, graph.loss, name)
        found = _slope(moved, full[name])
        if found is None:  # the edge of the domain: x^1.5 at 0
            small += 1
            continue
        slope, noise = found
        target = derivative_key(graph.loss, name)
        noise = _add_truncation(noise, moved, full[name], full[target], slope)
        error = max(error, _compare(target, full[target], slope, "the finite difference", noise), key=as_real)
        small += bool(full[target] != 0 and abs(as_real(full[target])) * as_real(TOLERANCE) < noise)
    return len(wanted) - small, small, error


def _magnitude(value: Value) -> Fraction:
    """A power of ten of the value's size."""
    return Fraction(10) ** int(CONTEXT.floor(CONTEXT.log10(abs(as_real(value)))))


def _loss_at(after: Sequence[Step], full: Mapping[str, Value], loss: str, name: str, value: Value) -> Value:
    """The loss where one quantity has another value, computed by the steps that come after it."""
    return run(after, {**full, name: value})[loss]


def _add_truncation(noise: BigFloat, value_at: Callable[[Value], Value], at: Value, ours: Value, slope: BigFloat) -> BigFloat:
    """The noise, and the slope with it where ours is 0 and the slope only what the step leaves of the third derivative.

    With twice the step that is four times as large; at a minimum, such as that of x - log x, it has nothing to be small against.
    """
    if ours != 0 or abs(slope) <= noise or abs(slope) > as_real(_step()):
        return noise
    wider = _slope(value_at, at, 2)
    four_times = wider is not None and abs(wider[0] - 4 * slope) <= as_real(_step()) * abs(slope) + wider[1]
    return abs(slope) if four_times else noise


def _slope(value_at: Callable[[Value], Value], at: Value, width: int = 1) -> tuple[BigFloat, BigFloat] | None:
    """The central difference quotient of a function, and what rounding may have made of it, which is proved: it is computed in balls.

    Nothing where the function does not exist beside a place, or where the digits in use do not tell. ``width`` is how many steps are taken.
    """
    step = width * _step() * (1 if at == 0 else _magnitude(at))
    with compute_rigorously(int(CONTEXT.dps)):
        try:
            found = enclose(divide(subtract(value_at(add(at, step)), value_at(add(at, -step))), 2 * step))
        except (TutorError, Undecided):
            return None
        return (midpoint(found, CONTEXT), midpoint(found.rad(), CONTEXT)) if found.is_finite() else None


def _check_direction(graph: Graph, full: Mapping[str, Value]) -> tuple[int, int, Value]:
    """All leaves of a large graph at once: the slope of the loss along one seeded random direction."""
    generator = random.Random(1)
    direction = {q.name: generator.randint(-99, 99) if derivative_key(graph.loss, q.name) in full else 0 for q in graph.leaves}

    def move_by(by: Value) -> Value:
        unit = divide(by, Fraction(50))
        return run(graph.steps, {name: add(full[name], unit * part) for name, part in direction.items()})[graph.loss]

    found = _slope(move_by, Fraction(0))
    if found is None:
        return 0, len(direction), Fraction(0)
    slope, noise = found
    total = CONTEXT.fsum([as_real(full[derivative_key(graph.loss, name)]) * part for name, part in direction.items()]) / 50
    error = _compare(f"the slope of {graph.loss}", total, slope, "the finite difference", noise)
    if total != 0 and abs(total) * as_real(TOLERANCE) < noise:
        return 0, len(direction), error
    return len(direction), 0, error


def _compare(what: str, ours: Value, theirs: Value, whose: str, noise: BigFloat | None = None) -> Value:
    """The relative difference, with what ``noise`` may add to it; `ProofError` when it is too large.  One below the noise is none."""
    a, b = as_real(ours), as_real(theirs)
    difference, size = abs(a - b), max(abs(a), abs(b))
    if difference > as_real(TOLERANCE) * size:
        if difference > (_noise() if noise is None else noise):
            raise _disagreement(what, ours, theirs, whose)
        return Fraction(0)
    if noise is not None and noise < as_real(TOLERANCE) * size:
        difference += noise
    return difference / size if difference > 0 else Fraction(0)


def _disagreement(what: str, ours: Value, theirs: Value, whose: str) -> ProofError:
    return ProofError(
        f"{what} was derived as {round_significant(ours, 12)}, but {whose} is {round_significant(theirs, 12)}",
        hint="this is a fault of tutor, not yours: please report it with the formula",
    )


def check_locals(derivation: Derivation, full: Mapping[str, Value], names: Sequence[str]) -> None:
    """Check the local derivatives of the steps that use ``names`` by finite differences of each step's own formula.

    Raises `ProofError` where one does not agree with any number of digits; what stands at the edge of a domain is left out.
    """
    steps = {step.target: step for step in derivation.graph.steps}
    uses = gradients(derivation)
    for wrt in dict.fromkeys(names):
        for path in uses[wrt].paths:
            failure: ProofError | None = None
            for digits in TRIES:
                with CONTEXT.workdps(digits):
                    failure = _local_failure(path.factors[1], steps[path.factors[1].of].expr, full)
                if failure is None:
                    break
            if failure is not None:
                raise failure


def _local_failure(local: Factor, formula: Expr, full: Mapping[str, Value]) -> ProofError | None:
    """What is wrong with one local derivative, if anything."""
    wrt = local.wrt

    def value_at(moved: Value) -> Value:
        return compute(formula, {**full, wrt: moved})

    found = _slope(value_at, full[wrt])
    try:
        own = compute(local.expr, full)
    except ValueProblem:
        return None
    if found is None:
        return None
    slope, noise = found
    noise = _add_truncation(noise, value_at, full[wrt], own, slope)
    try:
        _compare(derivative_key(local.of, wrt), own, slope, "the finite difference", noise)
    except ProofError as error:
        return error
    return None
