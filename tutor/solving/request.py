"""What is asked of which computation, resolved once: whatever comes later reads a `Request` and decides nothing of it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from tutor.derive.backward import derive
from tutor.derive.layerwise import order as array_order
from tutor.errors import GraphError, ValueProblem, hint_near
from tutor.exercise.catalogue import read_csv
from tutor.exercise.claims import MAX_STEPS
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import layers_of, write_graph
from tutor.exercise.read_repeats import describe_truncation
from tutor.exercise.read_training import samples, samples_from_csv
from tutor.exercise.training_task import is_trained_otherwise, make_task
from tutor.expression.keys import read_derivative
from tutor.expression.parse import read_name
from tutor.expression.walk import names as used_names
from tutor.graph.bracketed import pick_bracketed
from tutor.graph.layered import Layered, choose_sizes
from tutor.graph.nouns import Graph
from tutor.notation.profile import notation
from tutor.numbers.arithmetic import Value
from tutor.numbers.data_set import Order, Samples
from tutor.numbers.printed import decimal
from tutor.numbers.run import check_names, read_value, require
from tutor.numbers.train import Task
from tutor.rules.optimisers import DESCENT, optimiser
from tutor.solving.read_typed import choose_what_is_trained, refuse_untrained

Chain = Literal["full", "reuse"]
Form = Literal["scalar", "layer"]
Telling = Literal["", "asked", "long"]
"""Repeated steps are written out; told as a recursion; or told so since they are many, where they are one."""
Subject = Literal["solution", "training"]
EdgeLabels = Literal["plain", "derivatives"]
"""What stands on the edges of the picture of a graph."""

MOST_WRITTEN_OUT = 8
"""Steps that are repeated more often are told as a recursion, unless somebody says otherwise."""
MAX_UPDATES = 10_000_000
"""The longest run that is trained, and so the longest table."""
USUAL_UPDATES = 10


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller asks, as it was said; see `tutor.solve` and `tutor.train` for each."""

    at: Mapping[str, Any] = field(default_factory=dict)
    wrt: Sequence[str] = ()
    steps: int | None = None
    rate: Any = None
    chain: Chain | None = None
    notation: str | None = None
    form: Form | None = None
    optimiser: str | None = None
    settings: Mapping[str, Any] | None = None
    batch: int | None = None
    order: Order | None = None
    seed: int | None = None
    data: Samples | Mapping[str, Sequence[Any]] | str | None = None
    apart: bool | None = None
    edges: EdgeLabels = "plain"
    recursion: bool | None = None
    truncate: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of which computation.

    ``subject`` is what the page is about: the derivatives, or a run of training.  ``layered`` is the computation over arrays, where the
    form asks for it; the exercise's graph is always the one neuron by neuron.  ``wanted`` says what is differentiated with respect to
    what, (of, names) each, in the names of the form.  ``task`` is the training that is run, ``updates`` long; ``trained`` are the
    parameters, in the names of the form, whose update is shown.  ``focused``: the caller chose quantities.  ``own``: values, step size
    and data are the exercise's own, so that its printed figures and notes are about them.  ``edges`` says what stands on the edges of the
    picture.  ``recursion``: steps over t = 1…T are told as one row for every t.  ``course`` is the exercise's own training, where a
    solution shows it: by another method than gradient descent, or over a data set.
    """

    exercise: Exercise
    subject: Subject
    form: Form
    notation: str
    values: Mapping[str, Value] | None
    wanted: tuple[tuple[str, tuple[str, ...]], ...] = ()
    layered: Layered | None = None
    chain: Chain | None = None
    task: Task | None = None
    updates: int = 0
    trained: tuple[str, ...] = ()
    rate: Value | None = None
    rate_written: str = ""
    focused: bool = False
    own: bool = True
    edges: EdgeLabels = "plain"
    recursion: Telling = ""
    course: Request | None = None

    @property
    def graph(self) -> Graph:
        """The computation in the form that is asked for."""
        graph = self.layered.graph if self.layered is not None else self.exercise.graph
        if graph is None:
            raise GraphError(f"{self.exercise.id} only counts, it has no graph")
        return graph


def resolve_solution(exercise: Exercise, options: Options) -> Request:
    """Resolve what `tutor.solve` is asked.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.
    """
    if options.truncate is not None:
        exercise = truncate_exercise(exercise, options.truncate)
    name = options.notation or exercise.notation
    form = options.form or ("layer" if exercise.layers is not None and not options.apart else "scalar")
    if options.steps and exercise.graph is not None and not exercise.graph.parameters:
        leaves = [quantity.name for quantity in exercise.graph.leaves]
        exercise = choose_what_is_trained(exercise, [name for name in options.wrt if name in leaves])
    if exercise.graph is None:
        return Request(exercise, "solution", "scalar", name, None)
    if form == "layer" and options.apart:
        raise ValueProblem("--apart is for formulas of numbers", hint="leave it out, or add --form scalar")
    if form == "layer" and options.chain is not None:
        raise ValueProblem("--chain says how gradients are written neuron by neuron", hint="leave it out, or add --form scalar")
    if form == "layer" and options.edges != "plain":
        raise ValueProblem("--edges is about the picture of single quantities", hint="leave it out, or add --form scalar")
    values = read_values(exercise, options.at)
    layered = layers_of(exercise, name) if form == "layer" else None
    if layered is not None and layered.symbolic:
        values = None
    asked = list_asked(exercise, options.wrt)
    wanted = choose_arrays(exercise, layered, asked) if layered else choose_numbers(exercise, exercise.graph, asked)
    rate, written = read_rate(exercise, options.rate)
    updates = count_updates(exercise, options, rate, values)
    own = not options.at and options.rate is None and options.truncate is None
    trained = choose_trained(layered.graph if layered else exercise.graph, wanted, options.wrt)
    if updates and layered is None:
        refuse_untrained(exercise.graph)
    announced = any(claim.after for claim in exercise.claims) and not is_trained_otherwise(exercise) and values is not None and own
    shows = bool(updates) or (announced and layered is None and bool(trained))
    task = descent_task(exercise, values, rate, wanted, options) if updates and values is not None and rate is not None else None
    return Request(
        exercise if not options.at else replace(exercise, written=write_values(exercise, options.at)),
        "solution", form, name, values, wanted, layered,
        options.chain or (exercise.chain if options.notation is None else None), task, updates, trained if shows else (), rate, written,
        bool(options.wrt), own, options.edges, choose_recursion(exercise, options, layered),
        choose_course(exercise, replace(options, form=form)) if own and values is not None else None,
    )  # fmt: skip


def choose_course(exercise: Exercise, options: Options) -> Request | None:
    """The training that an exercise's file has and a solution shows: what is more than gradient descent on its one set of values."""
    trained = exercise.graph is not None and exercise.graph.parameters and is_trained_otherwise(exercise)
    if not trained or not exercise.steps or options.wrt or options.steps is not None:
        return None
    return resolve_training(exercise, Options(notation=options.notation, form=options.form))


def truncate_exercise(exercise: Exercise, steps: int) -> Exercise:
    """The exercise with gradients that go back so many steps of time at most, whatever its file says of that.

    Raises `ValueProblem` where nothing is repeated, or for a number that means nothing.
    """
    repetition, where = exercise.repetition, "--truncate"
    if repetition is None or exercise.graph is None:
        hint = "steps are repeated by [[repeat]] in the exercise's file: docs/repetition.md"
        raise ValueProblem(f"{exercise.id} repeats no steps", where=where, hint=hint)
    problem = describe_truncation(steps, [end for repeat in repetition.repeats for end in repeat.last])
    if problem:
        raise ValueProblem(problem[0], where=where, hint=problem[1])
    repetition = repetition.truncate(steps)
    if exercise.layers is None:
        return replace(exercise, repetition=repetition, graph=repetition.put_times(exercise.graph))
    layers = replace(exercise.layers, graph=repetition.put_times(exercise.layers.graph))
    return replace(exercise, repetition=repetition, layers=layers, graph=repetition.put_times(write_graph(layers)))


def choose_recursion(exercise: Exercise, options: Options, layered: Layered | None) -> Telling:
    """Whether repeated steps are told as a recursion: as asked, or as the exercise says, or since they are many; for an open end always.

    Raises `ValueProblem` where nothing is repeated, and for a last time that is open where the derivation is to be written out.
    """
    repetition = exercise.repetition
    if repetition is None:
        if options.recursion:
            hint = "steps are repeated by [[repeat]] in the exercise's file: docs/repetition.md"
            raise ValueProblem(f"{exercise.id} repeats no steps", where="--recursion", hint=hint)
        return ""
    apart = exercise.layers is not None and layered is None
    if apart and options.recursion:
        raise ValueProblem("--recursion tells arrays, not their entries", hint="leave out --form scalar")
    if repetition.letter and options.recursion is False:
        raise ValueProblem(f"{repetition.letter} is open, so the steps cannot be written out", hint="write a number in the file: to = 3")
    said = options.recursion if options.recursion is not None else exercise.recursion
    if apart:
        return ""
    if said or repetition.letter:
        return "asked"
    return "long" if said is None and repetition.end > MOST_WRITTEN_OUT else ""


def resolve_training(exercise: Exercise, options: Options) -> Request:
    """Resolve what `tutor.train` is asked.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.
    """
    name = options.notation or exercise.notation
    updates = options.steps if options.steps is not None else exercise.steps or USUAL_UPDATES
    if updates < 0:
        raise ValueProblem(f"{updates} updates", hint=f"--steps takes 0 to {MAX_UPDATES:,}")
    if updates > MAX_UPDATES:
        raise ValueProblem(f"a table of {updates:,} rows", where="--steps", hint=f"the limit is {MAX_UPDATES:,} updates")
    data = read_samples(options.data)
    columns = data if data is not None else exercise.samples
    if options.wrt or not exercise.course:
        exercise = choose_what_is_trained(exercise, options.wrt, columns.columns if columns is not None else ())
        if exercise.graph is not None:
            refuse_untrained(exercise.graph)
    values = read_values(exercise, options.at, columns) or {}
    task = make_task(
        exercise, values, method=options.optimiser, rate=options.rate, settings=options.settings, batch=options.batch,
        order=options.order, seed=options.seed, samples=data, letter=notation(name).rate,
    )  # fmt: skip
    task.batches()  # says at once when a batch is larger than the data
    layered = layers_of(exercise, name) if options.form == "layer" else None
    own = not options.at and options.data is None and options.rate is None and task.row.name == exercise.plan.optimiser
    loss = task.derivation.graph.loss
    trained = task.parameters if layered is None else choose_owners(layered, task.parameters)
    return Request(
        replace(exercise, written=write_values(exercise, options.at)), "training", "layer" if layered is not None else "scalar", name,
        values, ((loss, trained),), layered, None, task, updates, trained, task.rate, write_rate(options.rate, task.rate), False, own,
    )  # fmt: skip


def write_values(exercise: Exercise, at: Mapping[str, Any]) -> dict[str, str]:
    """The given values as they were written."""
    return {**exercise.written, **{key: str(value) for key, value in at.items()}}


def read_values(exercise: Exercise, at: Mapping[str, Any], data: Samples | None = None) -> dict[str, Value] | None:
    """The given values: the exercise's, with those of ``at`` in their place, and a data set's first sample; nothing without any.

    Raises `ValueProblem` for a value of something that is no leaf, a leaf without one, or a column of the data.
    """
    given: dict[str, Value] = dict(exercise.values)
    if at and exercise.layers is not None and exercise.layers.symbolic:
        letters = ", ".join(exercise.layers.symbolic)
        raise ValueProblem(f"the sizes {letters} are letters, so there is nothing to give a value", hint="write [shapes] with numbers")
    read = {
        read_name(name): value if isinstance(value, Fraction) else read_value(str(value), name) for name, value in at.items()
    }
    if exercise.graph is not None:
        check_names(read, exercise.graph)
    for name in read:
        if data is not None and name in data.columns:
            raise ValueProblem(f"{name} is a column of the data", where="--at", hint="give the data another column, or leave it out")
    given.update(read)
    if data is not None:
        given.update(data.sample(0))
        return given
    if not given and (exercise.graph is None or exercise.graph.leaves):
        return None
    if exercise.graph is not None:
        require(exercise.graph, given)
    return given


def read_samples(data: Samples | Mapping[str, Sequence[Any]] | str | None) -> Samples | None:
    """A data set as it was given: columns by name, or the path of a CSV file."""
    if data is None or isinstance(data, Samples):
        return data
    if isinstance(data, Mapping):
        columns = list(data)
        if len({len(column) for column in data.values()}) != 1:
            raise ValueProblem("the columns of the data have different lengths", hint="one value a sample in each column")
        return samples(columns, list(zip(*data.values(), strict=True)))
    return samples_from_csv(read_csv(data), str(data))


def read_rate(exercise: Exercise, rate: Any) -> tuple[Value | None, str]:
    """The step size, the exercise's own unless one is given, and how it was written.

    Raises `ValueProblem` for one that is not positive.
    """
    if rate is None:
        return exercise.rate, "" if exercise.rate is None else write_rate(None, exercise.rate)
    value = rate if isinstance(rate, Fraction) else read_value(str(rate), "the step size")
    if value <= 0:
        raise ValueProblem(f"a step size is positive, not {rate}", hint="such as --rate 0.1")
    return value, str(rate)


def write_rate(rate: Any, value: Value) -> str:
    """A step size as it was written; one that is a value as its decimal, where it has one."""
    if rate is not None and not isinstance(rate, Fraction):
        return str(rate)
    return (decimal(value) if isinstance(value, Fraction) else None) or str(value)


def list_asked(exercise: Exercise, wrt: Sequence[str]) -> list[str]:
    """With respect to what is differentiated, by the names of quantities: those of ``W[0, :]``, of ``dL/dW[1, 2]``, of ``dL/dw``."""
    found: list[str] = []
    for text in wrt:
        picked = pick_bracketed(text, exercise.layers)
        derivative = read_derivative(text) if picked is None else None
        found += picked.entries.items if picked is not None else [derivative.wrt if derivative is not None else text]
    return found


def choose_numbers(exercise: Exercise, graph: Graph, wrt: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What is differentiated with respect to what: as asked, as the exercise asks, or the loss by all parameters or inputs."""
    chosen: dict[str, list[str]] = {}
    wrt = list(map(read_name, wrt))  # h[2] is h_2
    if wrt:
        for name in wrt:
            if name not in graph.names:
                hint = hint_near(name, graph.names) or "the quantities are: " + ", ".join(graph.names[:20])
                raise GraphError(f"there is no quantity {name}", where="--wrt", hint=hint)
        return ((graph.loss, tuple(dict.fromkeys(wrt))),)
    for text in exercise.asked:
        asked = read_derivative(text)
        assert asked is not None  # the file was checked
        chosen.setdefault(asked.of, []).append(asked.wrt)
    if not chosen:
        leaves = (
            graph.parameters or tuple(q for q in graph.inputs if q.kind not in ("target", "constant")) or graph.inputs
        )
        constants = {step.target for step in graph.steps if not used_names(step.expr)} - {graph.loss}
        names = {quantity.name for quantity in leaves} or constants
        chosen[graph.loss] = [step.wrt for step in derive(graph).backward if step.wrt in names]
    return tuple((of, tuple(names)) for of, names in chosen.items())


def choose_arrays(exercise: Exercise, layered: Layered, wrt: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The arrays with respect to which the loss is differentiated; a single quantity stands for its array."""
    loss = layered.graph.loss
    if not wrt and exercise.layers is not None:
        asked = [derivative for text in exercise.asked if (derivative := read_derivative(text))]
        wrt = [derivative.wrt for derivative in asked if derivative.of == loss]
        if wrt and layered.symbolic:  # its file is read with numbers in the place of letters, and asks for entries
            return ((loss, choose_owners(choose_sizes(layered)[0], wrt)),)
    return ((loss, choose_owners(layered, wrt) if wrt else array_order(layered.graph)),)


def choose_owners(layered: Layered, names: Sequence[str]) -> tuple[str, ...]:
    """The arrays that quantities are, or are entries of, each once.

    Raises `GraphError` for what is neither.
    """
    owner = {single: name for name, array in layered.entries.items() for single in array.items}
    known = layered.graph.names
    chosen = []
    for name in map(read_name, names):
        whole = name if name in known else owner.get(name)
        if whole is None:
            raise GraphError(f"there is no quantity {name}", where="--wrt", hint=hint_near(name, known) or ", ".join(known))
        chosen.append(whole)
    return tuple(dict.fromkeys(chosen))


def choose_trained(
    graph: Graph, wanted: Sequence[tuple[str, tuple[str, ...]]], wrt: Sequence[str]
) -> tuple[str, ...]:
    """The parameters whose update is shown: the graph's, those of them that are chosen; of arrays without parameters those chosen."""
    names = tuple(quantity.name for quantity in graph.parameters)
    chosen = dict(wanted).get(graph.loss, ())
    if any(quantity.shape for quantity in (*graph.leaves, *graph.nodes)):
        return tuple(name for name in names if name in chosen) or chosen
    return tuple(name for name in names if name in wrt) if wrt else names


def count_updates(exercise: Exercise, options: Options, rate: Value | None, values: Mapping[str, Value] | None) -> int:
    """How many updates a worked solution makes: as asked, or the exercise's own.

    Raises `ValueProblem` for what cannot be.
    """
    steps = options.steps
    if steps and exercise.samples is not None:
        raise ValueProblem("updates over a data set", where="--steps", hint=f"tutor train {exercise.id} --steps {steps}")
    updates = (0 if is_trained_otherwise(exercise) else exercise.steps) if steps is None else steps
    if not 0 <= updates <= MAX_STEPS:
        raise ValueProblem(f"{updates} updates", hint=f"--steps takes 0 to {MAX_STEPS:,}")
    if updates and rate is None:
        raise ValueProblem("no step size", hint="give one with --rate 0.1")
    if updates and values is None:
        first = exercise.graph.leaves[0].name if exercise.graph is not None else "x"
        hint = "under [values]" if exercise.layers is not None else f"such as --at {first}=1"
        raise ValueProblem("updates need numbers", hint=f"give every input a value, {hint}")
    return updates


def descent_task(
    exercise: Exercise, values: Mapping[str, Value], rate: Value, wanted: Sequence[tuple[str, tuple[str, ...]]], options: Options
) -> Task:
    """Gradient descent on a computation with its one set of values; all parameters are trained, also those that are not shown."""
    graph = exercise.graph
    assert graph is not None
    parameters = tuple(quantity.name for quantity in graph.parameters)
    if not parameters and exercise.layers is not None:
        entries = exercise.layers.entries
        parameters = tuple(single for name in dict(wanted).get(graph.loss, ()) for single in entries[name].items)
    letter = notation(options.notation or exercise.notation).rate
    return Task(derive(graph), values, parameters, optimiser(DESCENT), rate, {}, letter=letter)
