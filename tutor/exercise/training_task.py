"""From an exercise to a training task, and the claims about its optimiser."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from itertools import islice
from typing import Any

from tutor.derive.backward import derive
from tutor.errors import ExerciseError, ValueProblem
from tutor.exercise.claims import rate_name
from tutor.exercise.model import Claim, Exercise
from tutor.exercise.over_layers import choose_own_layers
from tutor.exercise.read_training import read_settings
from tutor.expression.keys import read_after
from tutor.expression.nodes import Expr, Name
from tutor.expression.walk import substitute
from tutor.graph.nouns import Graph, Step
from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.data_set import Order, Samples
from tutor.numbers.run import compute, read_value, require, run
from tutor.numbers.train import Row, Task, run_one_update, train_exactly
from tutor.rules.optimisers import DESCENT, Optimiser, formula_of, optimiser
from tutor.text import make_visible

POINTS = 4


def is_trained_otherwise(exercise: Exercise) -> bool:
    """Whether training an exercise is more than gradient descent on its one sample."""
    return exercise.samples is not None or exercise.plan.optimiser != DESCENT


def make_task(
    exercise: Exercise,
    values: Mapping[str, Value],
    *,
    method: str | None = None,
    rate: Any = None,
    settings: Mapping[str, Any] | None = None,
    batch: int | None = None,
    order: Order | None = None,
    seed: int | None = None,
    samples: Samples | None = None,
    letter: str = "",
) -> Task:
    """What an exercise's training is, with some of it replaced.

    What is not given is the exercise's own where it is trained by the same method, else the method's default.  ``letter`` is how the
    step size is called.

    Raises `TutorError`: nothing to train, no step size, one that is not positive, a setting out of range, a batch larger than the data.
    """
    graph, plan = exercise.graph, exercise.plan
    if graph is None:
        raise ExerciseError(f"{exercise.id} has no graph to train, only counts")
    row = optimiser(method or plan.optimiser)
    same = row.name == plan.optimiser
    data = samples if samples is not None else exercise.samples
    parameters = _parameters(exercise, graph, data)
    _check_columns(graph, data, parameters)
    require(graph, {**values, **(data.sample(0) if data is not None else {})})
    count = len(data) if data is not None else 1
    size = batch if batch is not None else plan.batch if same and plan.batch is not None else _size(row, count)
    chosen = {**(plan.settings if same else {}), **(settings or {})}
    return Task(
        derive(graph), values, parameters, row, _rate(exercise, row, rate, same), read_settings(row, chosen), data, size,
        order or (plan.order if same else None) or ("shuffled" if size < count else "given"),
        plan.seed if seed is None else seed, letter or rate_name(exercise.notation),
        choose_own_layers(exercise.layers, exercise.network, exercise.notation),
    )  # fmt: skip


def _parameters(exercise: Exercise, graph: Graph, data: Samples | None) -> tuple[str, ...]:
    """What is trained: the parameters that a file names; of a formula without a file, every leaf that is no column."""
    columns = data.columns if data is not None else ()
    named = tuple(q.name for q in graph.parameters)
    found = named or tuple(
        q.name for q in graph.inputs if q.kind not in ("target", "constant") and q.name not in columns
    )
    if not found or (not named and exercise.course):
        raise ExerciseError("nothing is trained here", hint='name the parameters in the file: parameters = ["w", "b"]')
    return found


def _check_columns(graph: Graph, data: Samples | None, parameters: tuple[str, ...]) -> None:
    leaves = [quantity.name for quantity in graph.leaves]
    for name in data.columns if data is not None else ():
        if name not in leaves:
            inputs = ", ".join(leaf for leaf in leaves if leaf not in parameters)
            raise ValueProblem(
                f"the data has a column {make_visible(name)}, but nothing uses it", hint=f"the inputs are: {inputs}"
            )
        if name in parameters:
            raise ValueProblem(f"{name} is trained, so it cannot be a column of the data", hint="remove the column")


def _size(row: Optimiser, count: int) -> int:
    if row.batch is None:
        hint = f"--batch 2, or another from 1 to {count}" if count > 1 else "there is one sample here: use gd, or give data with --data"
        raise ValueProblem(f"{row.name} needs the size of its batches", hint=hint)
    return row.batch or count


def _rate(exercise: Exercise, row: Optimiser, rate: Any, same: bool) -> Value:
    if rate is not None:
        value = rate if isinstance(rate, Fraction) else read_value(str(rate), "the step size")
    elif same and exercise.rate is not None:
        value = exercise.rate
    elif row.rate:
        value = Fraction(row.rate)
    else:
        value = exercise.rate
    if value is None:
        raise ValueProblem("no step size", hint="give one with --rate 0.1")
    if value <= 0:
        raise ValueProblem(f"a step size is positive, not {make_visible(str(rate))}", hint="such as --rate 0.1")
    if row.rate_below is not None and as_real(value) >= as_real(row.rate_below):
        raise ValueProblem(
            f"{row.name} takes a step size below {row.rate_below}, since it is the decay of its mean too",
            hint="such as --rate 0.1",
        )
    return value


class Trainer:
    """An exercise's own training, run once for all of its claims."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.rows: dict[str, tuple[Row, ...]] = {}

    def trace(self, values: Mapping[str, Value], after: int, most: int, wanted: Collection[str] = ()) -> Mapping[str, Value]:
        """The forward pass with the parameters after so many updates, and the states; with what the last update computed, if ``wanted``."""
        graph = self.exercise.graph
        assert graph is not None
        moved = self.parameters(values, after, most)
        if after and any(name not in moved for name in wanted):
            moved = {**self.find_made(values, after, most), **moved}
        return run(graph.steps, {**values, **moved})

    def find_made(self, values: Mapping[str, Value], after: int, most: int) -> dict[str, Value]:
        """What an update computes on the way and does not keep: the corrected means of Adam."""
        task, before = make_task(self.exercise, values), self.parameters(values, after - 1, most)
        batch = next(islice(task.batches(), after - 1, None))
        _, trace = run_one_update(task, {**before, task.names.t: Fraction(after)}, batch)
        return {step.target: trace[step.target] for each in task.updates for step in each.steps if not read_after(step.target).updates}

    def parameters(self, values: Mapping[str, Value], after: int, most: int) -> Mapping[str, Value]:
        """Parameters and states after so many updates; of a data set the first sample is used.

        Raises `ExerciseError` where the run ends before.
        """
        key = str(sorted((name, str(value)) for name, value in values.items()))
        if key not in self.rows or len(self.rows[key]) <= after:
            task = make_task(self.exercise, values)
            found = train_exactly(task, max(after, most))
            self.rows[key] = found.rows
            if len(found.rows) <= after:
                assert found.stopped is not None
                why = f"{found.stopped.what} is beyond 10^60" if found.stopped.kind == "beyond" else found.stopped.what
                what = f"training {'diverges' if found.stopped.diverges else 'ends'}: after update {found.stopped.step} {why}"
                raise ExerciseError(what, hint="choose a smaller step size, or fewer updates")
        return self.rows[key][after].values


def update_formula(exercise: Exercise, claim: Claim) -> Expr:
    """The formula of the update step that a claim is about, with the course's letter for the step size."""
    row = optimiser(exercise.plan.optimiser)
    move = next(move for move in row.moves if move.target == claim.update)
    return substitute(formula_of(move), {"rate": Name(rate_name(exercise.notation))})


def find_differing_update(exercise: Exercise, claim: Claim) -> tuple[Value, Value] | None:
    """Where a printed update step differs from the method's own: both values at one point; nothing where they agree.

    The points are several updates of a run: earlier steps of the update have been made, so that ``m`` is the new one where the row says so.
    """
    assert claim.formula is not None
    row = optimiser(exercise.plan.optimiser)
    letter = rate_name(exercise.notation)
    for t in range(1, POINTS + 1):
        values = _point(row, t)
        values[letter] = values["rate"]
        for move in row.moves:
            if move.target == claim.update:
                here, there = compute(claim.formula, values), compute(formula_of(move), values)
                if abs(as_real(here) - as_real(there)) > CONTEXT.mpf(10) ** -40 * max(CONTEXT.mpf(1), abs(as_real(there))):
                    return here, there
                break
            values = run([Step(move.target, formula_of(move), move.rule)], values)
    return None


def _point(row: Optimiser, t: int) -> dict[str, Value]:
    """Values of everything that an update uses, none of them special."""
    values: dict[str, Value] = {
        "w": Fraction(3 * t + 1, 7), "g": Fraction(5, 2 * t + 1), "d": Fraction(4, 2 * t + 3), "t": Fraction(t), "rate": Fraction(2, 9 + t),
    }  # fmt: skip
    values.update({state: Fraction(t + 2 + place, 11) for place, state in enumerate(row.states)})
    values.update(
        {setting.name: Fraction(2 * place + t, 2 * place + t + 7) for place, setting in enumerate(row.settings, 1)}
    )
    return values
