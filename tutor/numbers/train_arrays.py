"""Long runs of training over whole arrays: one update is one array program of the parameters, the states and all samples of its batch.

The samples stand in one more axis, so that a layer of a batch is a product of matrices.  It is for tasks that know their layers (a network,
steps over arrays) and are large enough: see `array_machine`.  Small ones are faster as straight-line Python (`tutor.numbers.train_fast`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite

from tutor.derive.backward import derive
from tutor.derive.update import naming, update
from tutor.expression.keys import derivative_key, make_after_key
from tutor.expression.nodes import Call, Div, Expr, Name, Number
from tutor.expression.walk import substitute
from tutor.graph.layered import Layered
from tutor.graph.nouns import Step
from tutor.graph.shapes import Shape
from tutor.numbers.arithmetic import Value
from tutor.numbers.array_algebra import TOTAL
from tutor.numbers.array_plan import Rows, plan_arrays
from tutor.numbers.array_program import lower_arrays
from tutor.numbers.arrays import Floats, np
from tutor.numbers.compiled import CALL, OPERATION, PASSED
from tutor.numbers.data_set import Batch
from tutor.numbers.floats import as_float
from tutor.numbers.runner import One
from tutor.numbers.train import DIVERGED, Task

MOST = 20_000_000
"""The most numbers that all samples of a set may make of a computation: they are in memory at once."""


def array_machine(task: Task) -> ArrayMachine | None:
    """The machine of a task over arrays; nothing where the task has none, or where it would be slower or too large."""
    layered = task.layered
    if layered is None or layered.symbolic or task.row.hessian:
        return None
    trained = set(task.parameters)
    arrays = [layered.entries[quantity.name].items for quantity in layered.graph.leaves]
    if any(0 < len(trained.intersection(items)) < len(items) for items in arrays):
        return None  # only some entries of an array are trained
    if sum(len(array.items) for array in layered.entries.values()) * task.count > MOST:
        return None
    machine = ArrayMachine(task, layered)
    return machine if machine.workspace(task.size).worth else None


class ArrayMachine:
    """A task as array programs; the same questions as of `tutor.numbers.train_fast.Machine`.

    A state is an array of the parameters and the optimiser's states, in the order of ``kept``.
    """

    def __init__(self, task: Task, layered: Layered) -> None:
        self.task = task
        self.layered = layered
        self.names = naming(task.row, layered.graph.names, task.letter)
        self.kept = (*task.parameters, *task.states)
        self.width = len(task.parameters)
        leaves, entries = [quantity.name for quantity in layered.graph.leaves], layered.entries
        columns = task.samples.columns if task.samples is not None else ()
        self.trained = [name for name in leaves if entries[name].items[0] in task.parameters]
        self.sampled = [name for name in leaves if not {*columns}.isdisjoint(entries[name].items)]
        self.fixed = [name for name in leaves if name not in self.trained and name not in self.sampled]
        self.arrays = self.list_kept_arrays()
        self.data = self.table(columns)
        self.updates: dict[int, _Batches] = {}
        loss = layered.graph.loss
        self.total = _Batches(self, task.count, [*layered.graph.steps, *self.totals([loss], task.count)], {loss: [0]})
        self.total.samples[...] = self.data

    def list_kept_arrays(self) -> dict[str, tuple[Shape, list[int]]]:
        """The arrays of the parameters and of the optimiser's states: their shapes, and the places of their entries in a state."""
        place = {single: number for number, single in enumerate(self.kept)}
        found: dict[str, tuple[Shape, list[int]]] = {}
        for name in self.trained:
            array = self.layered.entries[name]
            found[name] = array.shape, [place[single] for single in array.items]
            for word in self.task.row.states:
                found[self.names.name_own(word, name)] = (
                    array.shape,
                    [place[self.task.names.name_own(word, single)] for single in array.items],
                )
        return found

    def table(self, columns: Sequence[str]) -> Floats:
        """The sampled entries, one row each: their column, or their one value for every sample."""
        task, rows = self.task, []
        for name in self.sampled:
            for single in self.layered.entries[name].items:
                if task.samples is not None and single in columns:
                    place = columns.index(single)
                    rows.append([as_float(row[place]) for row in task.samples.rows])
                else:
                    rows.append([as_float(task.values[single])] * task.count)
        return np.array(rows, dtype=np.float64).reshape(len(rows), task.count)

    def totals(self, names: Sequence[str], count: int) -> list[Step]:
        """The steps by which quantities become those of a batch: the mean or the sum of its samples'."""
        samples = self.task.samples
        if samples is None:
            return []
        totals: list[Expr] = [Call(TOTAL, (Name(name),)) for name in names]
        if samples.reduce == "mean":
            totals = [Div(total, Number(str(count))) for total in totals]
        return [Step(name, total, "mean") for name, total in zip(names, totals, strict=True)]

    def workspace(self, count: int) -> _Batches:
        """The program of an update from a batch of so many samples, made once."""
        if count not in self.updates:
            task, graph = self.task, self.layered.graph
            constants = {self.names.settings[name]: _literal(value) for name, value in task.settings.items()}
            constants[self.names.rate] = _literal(task.rate)
            moves = [step for name in self.trained for step in update(task.row, name, graph.loss, self.names).steps]
            steps = [
                *graph.steps, *derive(graph).backward, *self.totals([derivative_key(graph.loss, name) for name in self.trained], count),
                *(Step(step.target, substitute(step.expr, constants), step.rule) for step in moves),
            ]  # fmt: skip
            self.updates[count] = _Batches(self, count, steps, {make_after_key(name, 1): rows for name, (_, rows) in self.arrays.items()})
        return self.updates[count]

    def begin(self) -> Floats:
        """The parameters at the start; states are 0."""
        found = np.zeros(len(self.kept))
        found[: self.width] = [as_float(self.task.values[name]) for name in self.task.parameters]
        return found

    def numbers(self, state: Floats) -> tuple[float, ...]:
        """A state as floats, in the order of ``kept``."""
        return tuple(state.tolist())

    def advance(self, state: Floats, step: int, batch: Batch) -> Floats:
        """One update."""
        work = self.workspace(len(batch.samples))
        if work.batch != batch.samples:
            work.batch = batch.samples
            work.samples[...] = self.data[:, list(batch.samples)]
        return work.run(state, float(step))

    def loss(self, state: Floats) -> float:
        """The loss of all samples."""
        found = float(self.total.run(state, 0.0)[0])
        return found if isfinite(found) else inf

    def is_sound(self, state: Floats) -> bool:
        """Whether every parameter of a state is one to go on with."""
        return bool((np.abs(state[: self.width]) <= float(DIVERGED)).all())


class _Batches:
    """A program for batches of one size, with its arrays: the state, t, what is fixed, and the ``samples``, one row an entry."""

    def __init__(self, machine: ArrayMachine, count: int, steps: Sequence[Step], wanted: Mapping[str, Sequence[int]]) -> None:
        self.batch: tuple[int, ...] = ()
        self.width = len(machine.kept)
        given = dict(machine.arrays)
        given[machine.names.t] = (), [self.width]
        end = self.width + 1
        for name in (*machine.fixed, *machine.sampled):
            array = machine.layered.entries[name]
            size = len(array.items) * (count if name in machine.sampled else 1)
            given[name] = array.shape, list(range(end, end + size))
            end += size
        program = lower_arrays(steps, {name: shape for name, (shape, _) in given.items()}, tuple(wanted), machine.sampled, count)
        results = [Rows(tuple(range(len(rows))), tuple(rows)) for rows in wanted.values()]
        size = sum(map(len, wanted.values()))
        plan = plan_arrays(program, [rows for _, rows in given.values()], results, (end, size))
        self.worth = CALL * len(plan.calls) + PASSED * self.width < OPERATION * program.size
        self.one = One(plan)
        self.work = self.one.take()
        fixed = [as_float(machine.task.values[single]) for name in machine.fixed for single in machine.layered.entries[name].items]
        self.work.given[self.width + 1 : self.width + 1 + len(fixed)] = fixed
        self.samples = self.work.given[self.width + 1 + len(fixed) : end].reshape(len(machine.data), count)

    def run(self, state: Floats, t: float) -> Floats:
        """The wanted numbers."""
        self.work.given[: self.width] = state
        self.work.given[self.width] = t
        self.one.run(self.work)
        return self.work.wanted.copy()


def _literal(value: Value) -> Expr:
    return Number(repr(as_float(value)))
