"""Training: an exercise or an expression and an optimiser in, an explained run out.

This is what `tutor.train` and the command line share, as `tutor.results.solution` is for `tutor.solve`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from tutor.derive.second import hessian_name
from tutor.errors import ProofError, ValueProblem
from tutor.exercise.catalogue import read_csv
from tutor.exercise.model import Exercise
from tutor.exercise.read_training import read_settings, samples, samples_from_csv
from tutor.exercise.training_task import make_task
from tutor.explain.document import Document
from tutor.explain.thinned import chosen
from tutor.explain.training_page import Course, document, symbols
from tutor.explain.words import update_rules as wording_training
from tutor.expression.keys import derivative_key
from tutor.graph.network import quantities
from tutor.notation.profile import Notation, notation
from tutor.numbers.arithmetic import CONTEXT, Value, add, real
from tutor.numbers.data_set import Order, Samples, SampleTable
from tutor.numbers.printed import decimal
from tutor.numbers.run import check_names, read_value
from tutor.numbers.train import EXACT_WORK, Run, Task, gradient, sample_numbers, train_exactly
from tutor.numbers.verify import Ask, verify
from tutor.results.page import Page
from tutor.results.solution import target_exercise
from tutor.results.typed import refuse_untrained, trained_exercise
from tutor.rules.optimisers import optimiser as optimiser_row

MAX_UPDATES = 10_000_000
"""The longest run, and so the longest table."""
USUAL_UPDATES = 10
PROVED = 2_000
"""In a computation of up to so many steps the gradients are proved before the run."""


@dataclass(frozen=True)
class Training(Page):
    """A run of training: the task, its rows, and what is said about it.

    ``run.rows`` are all rows of a short run and the shown ones of a long run; `csv` has all of them.  ``run.stopped`` says in words why
    a run ended early, or that it diverges.
    """

    exercise: Exercise
    task: Task
    run: Run
    steps: int
    notation: Notation
    rate_written: str
    table: SampleTable | None = None
    published: tuple[Task, Run] | None = None
    proofs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called: the exercise's id."""
        return self.exercise.id

    def parameter(self, name: str) -> Value:
        """A parameter after the last update.

        Raises `ValueProblem` for a name that is not trained.
        """
        if name not in self.task.parameters:
            raise ValueProblem(f"{name} is not trained", hint=f"these are: {', '.join(self.task.parameters)}")
        return self.run.rows[-1].values[name]

    def document(self) -> Document:
        """The explained run as a document, for the renderers."""
        exercise = self.exercise
        return document(Course(
            exercise.title, exercise.id if exercise.id != exercise.title else "", exercise.source, self.notation, self.task,
            self.run, exercise.written, self.rate_written, self.table, self.published, self.proofs, self.notes,
        ))  # fmt: skip

    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts.training_json`."""
        from tutor.contracts.solution_json import dumps
        from tutor.contracts.training_json import training

        return dumps(training(self))

    def csv(self, progress: Callable[[int], None] | None = None) -> Iterator[str]:
        """Every row as a line of CSV, the header first; numbers with 17 digits, or exactly where that is as short."""
        from tutor.contracts.training_json import csv_lines

        return csv_lines(self, progress)

    def to_csv(self) -> str:
        """The whole table as CSV."""
        return "".join(self.csv())


def train(
    target: str | Exercise,
    *,
    optimiser: str | None = None,
    rate: Any = None,
    steps: int | None = None,
    batch: int | None = None,
    order: Order | None = None,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    at: Mapping[str, Any] | None = None,
    data: Samples | Mapping[str, Sequence[Any]] | str | None = None,
    notation_name: str | None = None,
    wrt: Sequence[str] = (),
    apart: bool | None = None,
    progress: Callable[[int], None] | None = None,
    ask: Ask | None = None,
) -> Training:
    """Train an exercise (id or TOML file), an expression, or steps.

    ``optimiser`` is gd, sgd, minibatch, momentum, nesterov, newton, adagrad, rmsprop, adam, or one of the last three "as on the slide"
    (``adam-slide``); the exercise's own by default, else gd.  ``settings`` are its hyper-parameters (``{"beta1": 0.9}``), ``batch`` the
    number of samples an update, in the ``order`` "given" or "shuffled" by ``seed``.  ``at`` gives values; ``data`` is a data set: the path
    of a CSV file, or columns by name; ``wrt`` chooses what is trained, and ``apart`` how formulas are written, as for `tutor.solve`.
    ``progress`` is called now and then with the number of updates made; ``ask`` is who asks
    SymPy for the proof (this process by default).

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.

    >>> train("L = (w - 3)^2", at={"w": 0}, rate="1/4", steps=2).parameter("w")
    Fraction(9, 4)
    """
    found = _samples(data)
    exercise = target_exercise(target, apart=apart, given=(*(at or ()), *(found.columns if found is not None else ())))
    if wrt or not exercise.course:
        own = found if found is not None else exercise.samples
        exercise = trained_exercise(exercise, wrt, own.columns if own is not None else ())
        if exercise.graph is not None:
            refuse_untrained(exercise.graph)
    updates = _updates(exercise, steps)
    values = _values(exercise, at or {}, found)
    name = notation_name or exercise.notation
    profile = _profile(exercise, name, notation_name)
    task = make_task(
        exercise, values, method=optimiser, rate=rate, settings=settings, batch=batch, order=order, seed=seed, samples=found,
        letter=profile.rate,
    )  # fmt: skip
    task.batches()  # says at once when a batch is larger than the data
    proofs = _proved(task, ask)
    run = run_task(task, updates, progress)
    published = _published(task, updates, progress)
    written = {**exercise.written, **{key: str(value) for key, value in (at or {}).items()}}
    return Training(
        replace(exercise, written=written), task, run, updates, symbols(task, profile), _written(rate, task.rate), sample_numbers(task),
        published, proofs, _notes(exercise, task, at, data, rate),
    )  # fmt: skip


def run_task(task: Task, updates: int, progress: Callable[[int], None] | None = None) -> Run:
    """Run a task: exactly when it is short, in double precision when it is long."""
    if updates * task.work <= EXACT_WORK:
        return train_exactly(task, updates)
    from tutor.numbers.train_fast import train_fast

    return train_fast(task, updates, chosen(updates), progress)


def _updates(exercise: Exercise, steps: int | None) -> int:
    updates = steps if steps is not None else exercise.steps or USUAL_UPDATES
    if updates < 0:
        raise ValueProblem(f"{updates} updates", hint=f"--steps takes 0 to {MAX_UPDATES:,}")
    if updates > MAX_UPDATES:
        raise ValueProblem(
            f"a table of {updates:,} rows", where="--steps", hint=f"the limit is {MAX_UPDATES:,} updates"
        )
    return updates


def _samples(data: Samples | Mapping[str, Sequence[Any]] | str | None) -> Samples | None:
    if data is None or isinstance(data, Samples):
        return data
    if isinstance(data, Mapping):
        columns = list(data)
        lengths = {len(column) for column in data.values()}
        if len(lengths) != 1:
            raise ValueProblem(
                "the columns of the data have different lengths", hint="one value a sample in each column"
            )
        return samples(columns, list(zip(*data.values(), strict=True)))
    return samples_from_csv(read_csv(data), str(data))


def _values(exercise: Exercise, at: Mapping[str, Any], data: Samples | None) -> dict[str, Value]:
    """The given values; those of the columns of a data set come from its first sample."""
    values: dict[str, Value] = dict(exercise.values)
    own = data if data is not None else exercise.samples
    read = {name: value if isinstance(value, Fraction) else read_value(str(value), name) for name, value in at.items()}
    if exercise.graph is not None:
        check_names(read, exercise.graph)
    for name in read:
        if own is not None and name in own.columns:
            raise ValueProblem(
                f"{name} is a column of the data", where="--at", hint="give the data another column, or leave it out"
            )
    values.update(read)
    if own is not None:
        values.update(own.sample(0))
    return values


def _profile(exercise: Exercise, name: str, chosen_name: str | None) -> Notation:
    own = exercise.symbols if chosen_name in (None, exercise.notation) else {}
    graph = exercise.graph
    return notation(name, quantities(graph) if graph else (), own, loss=graph.loss if graph else "")


def _written(rate: Any, value: Value) -> str:
    if rate is not None and not isinstance(rate, Fraction):
        return str(rate)
    return (decimal(value) if isinstance(value, Fraction) else None) or str(value)


def _published(task: Task, updates: int, progress: Callable[[int], None] | None) -> tuple[Task, Run] | None:
    """The published method's run beside one "as on the slide"."""
    row = task.row
    if not row.published:
        return None
    other = optimiser_row(row.published)
    settings = read_settings(
        other, {name: value for name, value in task.settings.items() if name in {s.name for s in other.settings}}
    )
    twin = replace(task, row=other, settings=settings)
    return twin, run_task(twin, updates, progress)


def _notes(exercise: Exercise, task: Task, at: Any, data: Any, rate: Any) -> tuple[str, ...]:
    own = not at and data is None and rate is None and task.row.name == exercise.plan.optimiser
    return (*exercise.assumptions, *(exercise.notes if own else ()))


def _proved(task: Task, ask: Ask | None) -> tuple[str, ...]:
    """Prove the gradients that are trained with, at the start; and the Hessian by differences of the gradient."""
    if len(task.derivation.graph.steps) > PROVED:
        return ()
    proof = verify(task.derivation, task.values, task.parameters, ask=ask)
    said = [proof.sentence()]
    if task.second:
        _check_hessian(task)
        said.append(wording_training.HESSIAN_PROOF)
    return tuple(said)


def _check_hessian(task: Task) -> None:
    """Raise `ProofError` unless every entry of the Hessian is the difference quotient of the gradient."""
    loss, first = task.derivation.graph.loss, task.parameters
    start = {name: task.values[name] for name in first}
    here = gradient(task, start, (0,))
    step = CONTEXT.mpf(10) ** -20
    for place, name in enumerate(first):
        beside = [gradient(task, {**start, name: add(start[name], sign * step)}, (0,)) for sign in (1, -1)]
        for other in first[place:]:
            slope = (real(beside[0][derivative_key(loss, other)]) - real(beside[1][derivative_key(loss, other)])) / (2 * step)
            entry = real(here[hessian_name(loss, name, other)])
            if abs(slope - entry) > CONTEXT.mpf(10) ** -12 * max(1, abs(entry)):
                raise ProofError(
                    f"the second derivative with respect to {name} and {other} failed its check",
                    hint="please report this",
                )
