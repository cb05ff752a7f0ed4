"""Long runs of training, in double precision: the same steps as `tutor.numbers.train`, compiled once and run many times.

Where one update uses all samples and they are few, forward pass, backward pass and update of all of them are one function of the
parameters, the states and t.  Else there is one function for a sample's gradient and one for the update.  A large computation that knows
its layers runs over whole arrays (`tutor.numbers.train_arrays`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from tutor.derive.second import name_derivatives
from tutor.errors import ValueProblem
from tutor.expression.keys import derivative_key, make_after_key
from tutor.expression.nodes import Add, Div, Expr, Name, Number, children, rebuild
from tutor.graph.nouns import Step
from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.compiled import compile_steps
from tutor.numbers.data_set import Batch
from tutor.numbers.stops import RunStop
from tutor.numbers.train import DIVERGED, Row, Run, Task, find_rise, newton_step, run_one_update, start

if TYPE_CHECKING:
    from tutor.numbers.train_arrays import ArrayMachine

BIGGEST = float(DIVERGED)
MAX_FUSED = 4_000
"""All samples are written into one function while it has at most this many steps."""
CHUNK = 512
"""So many updates are made before anybody looks whether the run still makes sense; where it does not, they are made again one by one."""
REPORTED = 8_192
"""The progress is reported every so many updates."""

State: TypeAlias = tuple[float, ...]
Held = TypeVar("Held")
"""A state as a machine holds it: floats, or an array of them."""
Report: TypeAlias = Callable[[int], None]


class Runs(Protocol[Held]):
    """What makes one update after the other."""

    kept: tuple[str, ...]

    def begin(self) -> Held:
        """The state before the first update."""

    def numbers(self, state: Held) -> State:
        """A state as floats, in the order of ``kept``: the parameters, and behind them the optimiser's states."""

    def advance(self, state: Held, step: int, batch: Batch) -> Held:
        """One update."""

    def loss(self, state: Held) -> float:
        """The loss of all samples."""

    def is_sound(self, state: Held) -> bool:
        """Whether every parameter is a number to go on with."""


def _literal(value: Value) -> Expr:
    return Number(repr(float(as_real(value))))


def _rename_steps(steps: Sequence[Step], table: Mapping[str, Expr], mark: str, made: Collection[str]) -> list[Step]:
    """The steps with constants put in, and with a mark behind the name of everything that they compute."""

    def put_in(expr: Expr) -> Expr:
        if isinstance(expr, Name):
            return Name(expr.name + mark) if expr.name in made else table.get(expr.name, expr)
        parts = children(expr)
        return rebuild(expr, tuple(put_in(part) for part in parts)) if parts else expr

    return [Step(step.target + mark, put_in(name_derivatives(step.expr)), step.rule) for step in steps]


class Machine:
    """A task as functions on floats: ``advance`` makes one update, ``loss`` is the loss of all samples."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.kept = (*task.parameters, *task.states)
        self.width = len(task.parameters)
        derivation = task.derivation
        loss = derivation.graph.loss
        self.passes = (*derivation.graph.steps, *derivation.backward, *task.second)
        entries = [step.target for step in task.second if step.rule == "second derivative"]
        self.reduced = (loss, *(derivative_key(loss, name) for name in task.parameters), *entries)
        columns = task.samples.columns if task.samples is not None else ()
        fixed = {
            name: value for name, value in task.values.items() if name not in task.parameters and name not in columns
        }
        self.fixed = {name: _literal(value) for name, value in fixed.items()}
        self.rows: list[State] = (
            [tuple(float(as_real(value)) for value in row) for row in task.samples.rows] if task.samples else [()]
        )
        self.mean = task.samples is None or task.samples.reduce == "mean"
        constants = {name: _literal(value) for name, value in task.constants.items()}
        self.update = _rename_steps([step for each in task.updates for step in each.steps], constants, "", ())
        whole = task.size >= task.count and not task.row.hessian
        self.fused = self._fuse() if whole and len(self.passes) * task.count <= MAX_FUSED else None
        made = [step.target for step in self.passes]
        steps = _rename_steps(self.passes, self.fixed, "", made)
        self.sample = compile_steps(steps, (*task.parameters, *columns), self.reduced)
        self.forward = compile_steps(steps, (*task.parameters, *columns), (loss,))
        self.moved = None
        if self.fused is None:
            directions = tuple(task.names.name_own("d", name) for name in task.parameters) if task.row.hessian else ()
            given = (*self.kept, task.names.t, *(derivative_key(loss, name) for name in task.parameters), *directions)
            self.moved = compile_steps(self.update, given, tuple(make_after_key(name, 1) for name in self.kept))

    def _fuse(self) -> Callable[..., Any]:
        """Parameters, states and t → the new parameters and states."""
        task, made = self.task, [step.target for step in self.passes]
        steps: list[Step] = []
        for place in range(task.count):
            sample = task.samples.sample(place) if task.samples is not None else {}
            table = {**self.fixed, **{name: _literal(value) for name, value in sample.items()}}
            steps += _rename_steps(self.passes, table, f"#{place}", made)
        for name in self.reduced[1:]:
            parts = tuple(Name(f"{name}#{place}") for place in range(task.count))
            total: Expr = parts[0] if len(parts) == 1 else Add(parts)
            share = Div(total, Number(str(task.count))) if self.mean and len(parts) > 1 else total
            steps.append(Step(name, share, "mean"))
        wanted = tuple(make_after_key(name, 1) for name in self.kept)
        return compile_steps([*steps, *self.update], (*self.kept, task.names.t), wanted)

    def begin(self) -> State:
        """The parameters at the start; states are 0."""
        return tuple(float(as_real(value)) for value in start(self.task).values())

    def numbers(self, state: State) -> State:
        """A state as it is."""
        return state

    def advance(self, state: State, step: int, batch: Batch) -> State:
        """One update."""
        if self.fused is not None:
            new: State = self.fused(*state, float(step))
            return new
        parameters = state[: self.width]
        found = self.total(parameters, batch.samples)
        gradient = found[1 : 1 + self.width]
        directions = self.newton(found, step) if self.task.row.hessian else ()
        assert self.moved is not None
        new = self.moved(*state, float(step), *gradient, *directions)
        return new

    def total(self, parameters: State, places: Sequence[int]) -> State:
        """Loss, gradients and Hessian of some samples: their mean or sum."""
        sums = [0.0] * len(self.reduced)
        for place in places:
            for at, value in enumerate(self.sample(*parameters, *self.rows[place])):
                sums[at] += value
        share = len(places) if self.mean else 1
        return tuple(value / share for value in sums)

    def newton(self, found: State, step: int) -> State:
        """The solution of H·d = g."""
        if not all(math.isfinite(value) for value in found):
            return (math.nan,) * self.width
        values = dict(zip(self.reduced, map(CONTEXT.mpf, found), strict=True))
        moved = newton_step(self.task, values)
        return tuple(float(moved[self.task.names.name_own("d", name)]) for name in self.task.parameters)

    def loss(self, state: State) -> float:
        """The loss of all samples."""
        parameters = state[: self.width]
        values = [self.forward(*parameters, *row)[0] for row in self.rows]
        total = math.fsum(values) if all(math.isfinite(value) for value in values) else math.inf
        return total / len(self.rows) if self.mean else total

    def is_sound(self, state: State) -> bool:
        """Whether every number of a state is one to go on with."""
        return all(-BIGGEST <= value <= BIGGEST for value in state[: self.width])


def find_trouble(task: Task, state: State, step: int) -> RunStop:
    """What is wrong with a state."""
    width = len(task.parameters)
    for name, value in zip(task.parameters, state, strict=False):
        if math.isnan(value):
            return RunStop("no value", step, name)
    worst = max(range(width), key=lambda place: abs(state[place]))
    return RunStop("beyond", step, task.parameters[worst])


def _make_array_machine(task: Task) -> ArrayMachine | None:
    """The machine over arrays, for a large task that knows its layers, if NumPy is there."""
    if task.layered is None:
        return None
    try:
        from tutor.numbers.train_arrays import array_machine
    except ImportError:
        return None
    return array_machine(task)


def states(task: Task, machine: Runs[Held], steps: int) -> Iterator[tuple[int, Batch | None, Held, RunStop | None]]:
    """Every state of a run one after the other: (number of updates, batch, state, why it ends here)."""
    state = machine.begin()
    yield 0, None, state, None
    for step, batch in zip(range(1, steps + 1), task.batches(), strict=False):
        try:
            new = machine.advance(state, step, batch)
        except ValueProblem as error:
            yield step - 1, batch, state, RunStop("no update", step, error.what)
            return
        if not machine.is_sound(new):
            yield step - 1, batch, state, find_trouble(task, machine.numbers(new), step)
            return
        state = new
        yield step, batch, state, None


def train_fast(task: Task, steps: int, keep: Sequence[int], progress: Report | None = None) -> Run:
    """Run ``steps`` updates in double precision and keep the rows numbered ``keep`` (in rising order), and the last one.

    ``progress`` is called now and then with the number of updates made.  Numbers of the first update are exact ones.
    """
    _, first = run_one_update(task, {**start(task), task.names.t: CONTEXT.mpf(1)}, next(task.batches()))
    arrays = _make_array_machine(task)
    if arrays is not None:
        rows, stopped = _run_kept(task, arrays, steps, {*keep}, progress)
    elif (machine := Machine(task)).fused is None:
        rows, stopped = _run_kept(task, machine, steps, {*keep}, progress)
    else:
        rows = []
        stopped = _run_bounded(machine, steps, sorted({*keep, steps}), rows, progress)
    return Run(tuple(rows), first, rows[-1].step, stopped or find_rise(rows), exact=False)


def _row(machine: Runs[Held], step: int, batch: Batch | None, state: Held) -> Row:
    values = dict(zip(machine.kept, map(CONTEXT.mpf, machine.numbers(state)), strict=True))
    return Row(step, batch, CONTEXT.mpf(machine.loss(state)), values)


def _run_kept(
    task: Task, machine: Runs[Held], steps: int, wanted: Collection[int], progress: Report | None
) -> tuple[list[Row], RunStop | None]:
    """The wanted rows of a run and its last one, and why it ended early."""
    rows: list[Row] = []
    last: tuple[int, Batch | None, Held] | None = None
    stopped = None
    for step, batch, state, trouble in states(task, machine, steps):
        stopped = trouble
        if trouble:
            break
        last = (step, batch, state)
        if step in wanted:
            rows.append(_row(machine, step, batch, state))
        if progress is not None and step and step % REPORTED == 0:
            progress(step)
    assert last is not None
    if not rows or rows[-1].step != last[0]:
        rows.append(_row(machine, *last))
    return rows, stopped


def _run_bounded(machine: Machine, steps: int, wanted: list[int], rows: list[Row], progress: Report | None) -> RunStop | None:
    """The run of a fused function, from one wanted row to the next; returns why it ended early."""
    fused = machine.fused
    assert fused is not None
    whole = next(machine.task.batches())
    state = machine.begin()
    step, reported = 0, 0
    rows.append(_row(machine, 0, None, state))
    for goal in wanted:
        while step < goal:
            end = min(goal, step + CHUNK)
            before = state
            for t in range(step + 1, end + 1):
                state = fused(*state, t)
            if not machine.is_sound(state):
                for t in range(step + 1, end + 1):
                    after = fused(*before, t)
                    if not machine.is_sound(after):
                        if rows[-1].step != t - 1:
                            rows.append(_row(machine, t - 1, Batch(t - 1, 1, whole.samples), before))
                        return find_trouble(machine.task, after, t)
                    before = after
            step = end
            if progress is not None and step - reported >= REPORTED:
                reported = step
                progress(step)
        if step:
            rows.append(_row(machine, step, Batch(step, 1, whole.samples), state))
    return None


def run_all_rows(task: Task, run: Run, progress: Report | None = None) -> Iterator[Row]:
    """Every row of a run, those that were not kept too: a long run is made again.  Its numbers are floats then."""
    if len(run.rows) == run.made + 1:
        yield from run.rows
        return
    arrays = _make_array_machine(task)
    if arrays is not None:
        yield from _rows_again(task, arrays, run, progress)
    else:
        yield from _rows_again(task, Machine(task), run, progress)


def _rows_again(task: Task, machine: Runs[Held], run: Run, progress: Report | None) -> Iterator[Row]:
    for step, batch, state, _ in islice(states(task, machine, run.made), run.made + 1):
        if progress is not None and step and step % REPORTED == 0:
            progress(step)
        yield Row(step, batch, machine.loss(state), dict(zip(machine.kept, machine.numbers(state), strict=True)))
