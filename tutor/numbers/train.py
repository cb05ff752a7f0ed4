"""Training: an optimiser's update steps run again and again, over all samples or batch by batch.

Two arithmetics, one list of steps.  A short run (up to `EXACT_WORK` steps altogether) is computed like everything else, exactly or with
60 digits; a longer one in double precision, by `tutor.numbers.train_fast`.  Divergence is said in words, with the update.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from tutor.derive.second import hessian, hessian_name
from tutor.derive.update import Naming, Update, naming, update
from tutor.errors import ValueProblem
from tutor.expression.keys import derivative_key, make_after_key
from tutor.graph.layered import Layered
from tutor.graph.nouns import Derivation, Step
from tutor.numbers.arithmetic import Value, add, as_real, divide
from tutor.numbers.data_set import Batch, Order, Samples, SampleTable, batches
from tutor.numbers.linear_systems import solve
from tutor.numbers.printed import print_in_words
from tutor.numbers.run import evaluate, run
from tutor.numbers.stops import Kind, RunStop
from tutor.rules.optimisers import Optimiser

EXACT_WORK = 10_000
"""A run of up to this many steps (updates × samples of a batch × steps of one gradient and update) is exact or has 60 digits."""

DIVERGED = 10**60
"""A run with a parameter beyond this is ended."""

MAX_TABLE = 200
"""A data set of up to so many samples is shown with every sample's loss and gradients."""


@dataclass(frozen=True)
class Task:
    """What is trained, and how: everything that a run depends on.

    ``values`` gives every leaf that is no column of the samples its value, the parameters their start.  ``size`` is the number of
    samples of one update.  ``layered`` is the same computation over arrays, where it is known: long runs are faster there.
    """

    derivation: Derivation
    values: Mapping[str, Value]
    parameters: tuple[str, ...]
    row: Optimiser
    rate: Value
    settings: Mapping[str, Value]
    samples: Samples | None = None
    size: int = 1
    order: Order = "given"
    seed: int = 0
    letter: str = "eta"
    layered: Layered | None = None
    names: Naming = field(init=False)
    updates: tuple[Update, ...] = field(init=False)
    second: tuple[Step, ...] = field(init=False)

    def __post_init__(self) -> None:
        graph = self.derivation.graph
        names = naming(self.row, graph.names, self.letter)
        object.__setattr__(self, "names", names)
        made = tuple(update(self.row, name, graph.loss, names) for name in self.parameters)
        object.__setattr__(self, "updates", made)
        object.__setattr__(self, "second", hessian(self.derivation, self.parameters) if self.row.hessian else ())

    @property
    def count(self) -> int:
        """How many samples there are; 1 without a data set."""
        return len(self.samples) if self.samples is not None else 1

    @property
    def work(self) -> int:
        """How many steps one update takes."""
        passes = len(self.derivation.graph.steps) + len(self.derivation.backward) + len(self.second)
        return passes * max(self.size, 1) + sum(len(each.steps) for each in self.updates)

    @property
    def states(self) -> tuple[str, ...]:
        """The states of all parameters."""
        return tuple(name for each in self.updates for name in each.states)

    @property
    def constants(self) -> dict[str, Value]:
        """The step size and the settings, by the names that the update steps use."""
        found = {self.names.settings[name]: value for name, value in self.settings.items()}
        return {self.names.rate: self.rate, **found}

    def batches(self) -> Iterator[Batch]:
        """The batches of the run, one an update."""
        return batches(self.count, self.size, self.order, self.seed)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the iteration table: everything after ``step`` updates.

    ``batch`` is the one that led here (none in row 0), ``loss`` that of the whole data set, ``values`` holds parameters and states.
    """

    step: int
    batch: Batch | None
    loss: Value
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Run:
    """A run: rows (all of them, or those kept of a long one), and why it ended early.

    ``first`` are the numbers of the first update by name: parameters, gradients, states, what the update steps compute.  ``made`` is how
    many updates were made.  ``exact`` says which arithmetic was used: fractions and 60 digits, or double precision.
    """

    rows: tuple[Row, ...]
    first: Mapping[str, Value]
    made: int
    stopped: RunStop | None = None
    exact: bool = True


def gradient(task: Task, parameters: Mapping[str, Value], places: Sequence[int]) -> dict[str, Value]:
    """Loss, gradients (and for Newton the Hessian) of a batch: the mean or the sum of those of its samples.

    Without a data set it is everything that is computed, by name; with one, only the quantities that are reduced.
    """
    if task.samples is None:
        return _run_one(task, parameters, {})
    found = [_run_one(task, parameters, task.samples.sample(place)) for place in places]
    share = Fraction(len(places) if task.samples.reduce == "mean" else 1)
    reduced: dict[str, Value] = {}
    for name in _list_reduced(task):
        total = found[0][name]
        for more in found[1:]:
            total = add(total, more[name])
        reduced[name] = divide(total, share)
    return reduced


def _list_reduced(task: Task) -> list[str]:
    loss = task.derivation.graph.loss
    entries = [step.target for step in task.second if step.rule == "second derivative"]
    return [loss, *(derivative_key(loss, name) for name in task.parameters), *entries]


def _run_one(task: Task, parameters: Mapping[str, Value], sample: Mapping[str, Value]) -> dict[str, Value]:
    trace = dict(evaluate(task.derivation, {**task.values, **parameters, **sample}).values)
    return run(task.second, trace) if task.second else trace


def sample_numbers(task: Task) -> SampleTable | None:
    """Loss and gradients of every sample at the start, and of the whole set; nothing without a data set, or for a large one."""
    data = task.samples
    if data is None or len(data) > MAX_TABLE:
        return None
    parameters = {name: task.values[name] for name in task.parameters}
    each = tuple(_run_one(task, parameters, data.sample(place)) for place in range(len(data)))
    whole = gradient(task, parameters, range(len(data)))
    return SampleTable(data, task.derivation.graph.loss, task.parameters, each, whole)


def newton_step(task: Task, values: Mapping[str, Value]) -> dict[str, Value]:
    """The solution d of H·d = g with the determinant of H, by the names that update steps use."""
    loss, names = task.derivation.graph.loss, task.parameters
    order = {name: place for place, name in enumerate(names)}

    def entry(a: str, b: str) -> Value:
        first, second = (a, b) if order[a] <= order[b] else (b, a)
        return values[hessian_name(loss, first, second)]

    matrix = [[entry(a, b) for b in names] for a in names]
    found, determinant = solve(matrix, [values[derivative_key(loss, name)] for name in names], names)
    moved = {task.names.name_own("d", name): value for name, value in zip(names, found, strict=True)}
    return {**moved, "det H": determinant}


def run_one_update(task: Task, current: Mapping[str, Value], batch: Batch) -> tuple[dict[str, Value], dict[str, Value]]:
    """One update from the current parameters and states: (the new ones, every number of the update by name)."""
    parameters = {name: current[name] for name in task.parameters}
    trace = {**task.constants, **gradient(task, parameters, batch.samples), **current}
    if task.row.hessian:
        trace.update(newton_step(task, trace))
    for each in task.updates:
        trace = run(each.steps, trace)
    moved = {name: trace[make_after_key(name, 1)] for name in (*task.parameters, *task.states)}
    return moved, trace


def start(task: Task) -> dict[str, Value]:
    """The parameters and states before the first update: states are 0."""
    return {**{name: task.values[name] for name in task.parameters}, **dict.fromkeys(task.states, Fraction(0))}


def total_loss(task: Task, current: Mapping[str, Value]) -> Value:
    """The loss of the whole data set."""
    graph = task.derivation.graph
    values = {**task.values, **{name: current[name] for name in task.parameters}}
    if task.samples is None:
        return run(graph.steps, values)[graph.loss]
    found = [run(graph.steps, {**values, **task.samples.sample(place)})[graph.loss] for place in range(task.count)]
    total = found[0]
    for more in found[1:]:
        total = add(total, more)
    return divide(total, Fraction(task.count if task.samples.reduce == "mean" else 1))


def find_beyond(values: Mapping[str, Value], step: int) -> RunStop | None:
    """Why a run ends here: a parameter is beyond every use."""
    if all(abs(as_real(value)) <= DIVERGED for value in values.values()):
        return None
    worst = max(values, key=lambda name: abs(as_real(values[name])))
    return RunStop("beyond", step, worst)


def train_exactly(task: Task, steps: int) -> Run:
    """Run ``steps`` updates with exact fractions or 60 digits; every row is kept.

    A run that diverges, or whose next update does not exist, is ended and said so; the first update has to exist.

    Raises `ValueProblem` where the start or the first update cannot be computed.
    """
    current = start(task)
    rows = [Row(0, None, total_loss(task, current), dict(current))]
    first: Mapping[str, Value] = {}
    stopped: RunStop | None = None
    for step, batch in enumerate(islice(task.batches(), steps), 1):
        try:
            current, trace = run_one_update(task, {**current, task.names.t: Fraction(step)}, batch)
        except ValueProblem as error:
            if step == 1:
                raise
            stopped = RunStop("no update", step, error.what)
            break
        first = first or trace
        stopped = find_beyond({name: current[name] for name in task.parameters}, step)
        if stopped:
            break
        try:
            rows.append(Row(step, batch, total_loss(task, current), dict(current)))
        except ValueProblem as error:
            stopped = RunStop("no loss", step, error.what)
            break
    return Run(tuple(rows), first, rows[-1].step, stopped or find_rise(rows) or find_circle(rows))


def find_rise(rows: Sequence[Row]) -> RunStop | None:
    """Whether a run that went to its end got away from a minimum: the loss rises from some update on, far above where it began."""
    if len(rows) < 3:
        return None
    last = len(rows) - 1
    since = last
    while since > 0 and as_real(rows[since].loss) > as_real(rows[since - 1].loss):
        since -= 1
    begin, end = as_real(rows[0].loss), as_real(rows[last].loss)
    if last - since < max(2, last // 2) or end <= 10 * abs(begin):
        return None
    kind: Kind = "rising" if _are_all(rows) else "rising rows"
    return RunStop(kind, rows[last].step, print_in_words(rows[last].loss, 6), rows[since + 1].step)


def _are_all(rows: Sequence[Row]) -> bool:
    return rows[-1].step == len(rows) - 1


def find_circle(rows: Sequence[Row]) -> RunStop | None:
    """Whether exact parameters come back to where they were an epoch or more before, at the same place of the epoch.

    Stochastic gradient descent with samples in the given order can do so for ever.
    """
    seen: dict[tuple[object, ...], int] = {}
    for row in rows[1:]:
        assert row.batch is not None
        key = (row.batch.samples, *row.values.items())
        before = seen.setdefault(key, row.step)
        if before != row.step and any(rows[k].values != row.values for k in range(before, row.step)):
            return RunStop("circling", row.step, since=before)
    return None
