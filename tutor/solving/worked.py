"""All that is worked out for a request: one noun for solutions neuron by neuron, in matrices, and for runs of training."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from tutor.derive.backward import derive
from tutor.derive.rewrites import layered as layer_rewrites
from tutor.derive.rewrites.layered import LINEAR, SHIFT, LayerRewrite
from tutor.derive.rewrites.named import UNIT, Rewrite, belonging, collapsed, found, of_unit
from tutor.derive.update import Update, naming, update
from tutor.exercise.check_claims import Verdict, check
from tutor.exercise.over_layers import entries_of, entry_symbols, written_with
from tutor.expression.keys import after_key, derivative_key
from tutor.expression.nodes import Name
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.graph.network import quantities
from tutor.graph.nouns import Derivation
from tutor.notation.profile import Notation, notation, unit_symbol
from tutor.notation.symbol import Symbol, read_symbol
from tutor.numbers import prove_layer_rewrites
from tutor.numbers.arithmetic import Value
from tutor.numbers.data_set import SampleTable
from tutor.numbers.form_agreement import agree
from tutor.numbers.prove_layer_rewrites import Rewritten
from tutor.numbers.run import evaluate
from tutor.numbers.run_arrays import as_arrays, evaluate_layers
from tutor.numbers.train import EXACT_WORK, Run, Task, sample_numbers, train_exactly
from tutor.numbers.verify import Ask
from tutor.rules.optimisers import optimiser
from tutor.solving.proofs import Proofs, prove_entries, prove_gradients, prove_rewrites, prove_training
from tutor.solving.request import Request
from tutor.solving.table_rows import choose_rows
from tutor.solving.update_symbols import update_notation

MAX_REWRITTEN = 500
"""In a graph of up to this many steps named rewrites are looked for."""


@dataclass(frozen=True, slots=True)
class Training:
    """A run and what belongs to it.

    ``updates`` are the update steps of each parameter in the names of the form that is asked for (arrays in layer form), ``first`` the
    numbers of the first update by the same names.  ``published`` is the run of the published method beside one "as on the slide".
    """

    task: Task
    run: Run
    updates: tuple[Update, ...]
    first: Mapping[str, Value | Array[Value]]
    published: tuple[Task, Run] | None = None


@dataclass(frozen=True, slots=True)
class Worked:
    """A computation, worked out: derivations of numbers or of arrays, their numbers, the run, the proofs, the verdicts.

    ``derivations`` has one for each quantity that is differentiated.  ``numbers`` are the values by key, exact fractions or numbers of at
    least 60 digits (arrays of them in layer form); None for a computation without values.  ``samples`` is the table of a data set.
    """

    request: Request
    notation: Notation
    derivations: tuple[Derivation, ...] = ()
    numbers: Mapping[str, Value] | Mapping[str, Array[Value]] | None = None
    training: Training | None = None
    samples: SampleTable | None = None
    rewrites: tuple[Rewrite, ...] = ()
    rewritten: Rewritten | None = None
    proofs: Proofs = field(default_factory=Proofs)
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def full(self) -> bool:
        """Whether gradients are written as full chains."""
        return (self.request.chain or self.notation.chain) == "full"


def work(request: Request, ask: Ask | None = None, progress: Callable[[int], None] | None = None) -> Worked:
    """Work a request out and prove it.

    ``ask`` is who asks SymPy (this process by default), ``progress`` is called now and then with the number of updates made.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next; `ProofError` rather than showing what does not hold.
    """
    if request.exercise.graph is None:
        profile = notation(request.notation)
        return Worked(request, profile, verdicts=tuple(check(request.exercise)), notes=request.exercise.notes)
    if request.subject == "training":
        return work_training(request, ask, progress)
    return work_arrays(request, request.layered, ask) if request.layered is not None else work_numbers(request, ask)


def work_numbers(request: Request, ask: Ask | None) -> Worked:
    """A solution neuron by neuron."""
    exercise, graph, values = request.exercise, request.graph, request.values
    derivations = tuple(derive(replace(graph, loss=of), wanted=names) for of, names in request.wanted)
    rewrites = tuple(find_rewrites(d) for d in derivations)
    profile = solution_notation(request, [r for some in rewrites for r in some])
    trace: dict[str, Value] | None = None
    main = next((d for d in derivations if d.graph.loss == graph.loss), None) or derive(graph)
    if values is not None:
        trace = {}
        for derivation in (main, *derivations):
            trace.update(evaluate(derivation, values).values)
    run = run_training(request, None) if request.task is not None else None
    verdicts = relevant_verdicts(request)
    # last, since the helper process of the command line is still at work on SymPy's part
    names = [wanted for _, wanted in request.wanted]
    proofs = tuple(
        prove_gradients(d, values, trace, some, r, ask) for d, some, r in zip(derivations, names, rewrites, strict=True)
    )
    shown = (r for some in rewrites for r in (of_unit(some, names[0]) if request.focused else some))
    extra = written_with(exercise)
    return Worked(
        request, profile, derivations, trace, run, first_samples(request), tuple(dict.fromkeys(shown)), None,
        Proofs(proofs, prove_rewrites(derivations, rewrites, values, proofs)), verdicts,
        (*exercise.assumptions, *(() if request.focused else (*exercise.notes, *([extra] if extra else [])))),
    )  # fmt: skip


def find_rewrites(derivation: Derivation) -> tuple[Rewrite, ...]:
    """The named rewrites that the gradients shown are made of, and the single unit that a linear network is."""
    if len(derivation.graph.steps) > MAX_REWRITTEN:
        return ()
    return (*belonging(found(derivation), derivation, derivation.wanted), *collapsed(derivation))


def solution_notation(request: Request, rewrites: Sequence[Rewrite]) -> Notation:
    """The symbols of a solution neuron by neuron: the course's, the exercise's own, and those of what is simplified."""
    exercise, name = request.exercise, request.notation
    units = {r.left.name for r in rewrites if r.rule == UNIT and isinstance(r.left, Name)}
    symbols = {unit: unit_symbol(name, unit) for unit in sorted(units)}
    symbols |= entry_symbols(exercise, name)
    symbols |= exercise.symbols if name == exercise.notation else {}
    return notation(name, quantities(request.graph), symbols, loss=request.graph.loss)


def relevant_verdicts(request: Request) -> tuple[Verdict, ...]:
    """The verdicts to show: all, or those about the quantities chosen; none where the values are not the exercise's own."""
    exercise = request.exercise
    if not request.own or not exercise.claims or (request.focused and request.layered is not None):
        return ()
    verdicts = check(exercise)
    if not request.focused:
        return tuple(verdicts)
    loss, names = request.wanted[0]
    chosen = set(chain.from_iterable((derivative_key(loss, name), f"{name} after 1") for name in names))
    return tuple(verdict for verdict in verdicts if verdict.claim in chosen and verdict.printed[:1] in "-−.0123456789")


def first_samples(request: Request) -> SampleTable | None:
    """The samples with their losses and gradients, where the exercise has some."""
    from tutor.exercise.training_task import make_task

    if request.exercise.samples is None or request.values is None:
        return None
    return sample_numbers(make_task(request.exercise, request.values, method="gd", rate=1))


def work_arrays(request: Request, layered: Layered, ask: Ask | None) -> Worked:
    """A solution in arrays, proved against the form neuron by neuron."""
    exercise, values = request.exercise, request.values
    derivation = derive(layered.graph)
    rewrites = layer_rewrites.find_layer_rewrites(layered)
    profile = array_notation(request, layered, rewrites)
    arrays = evaluate_layers(derivation, as_arrays(layered, values)) if values is not None else None
    agreement = agree(layered, exercise.graph if exercise.layers is None else None, values)
    rewritten = prove_layer_rewrites.prove(layered, () if request.focused else rewrites, values)
    proofs = prove_entries(exercise.graph, values, layered, request.wanted[0][1], ask)
    run = run_training(request, None) if request.task is not None else None
    return Worked(
        request, profile, (derivation,), arrays, run, None, (), rewritten, Proofs(proofs, None, agreement, rewritten),
        relevant_verdicts(request), (*exercise.assumptions, *(() if request.focused else exercise.notes)),
    )  # fmt: skip


def array_notation(request: Request, layered: Layered, rewrites: Sequence[LayerRewrite]) -> Notation:
    """The symbols of a solution in arrays, and those of their entries, of which the lecture's figures speak."""
    exercise, name = request.exercise, request.notation
    symbols: Mapping[str, Symbol] = exercise.symbols if name == exercise.notation and exercise.layers is not None else {}
    if any(rewrite.rule == LINEAR for rewrite in rewrites):
        symbols = {**symbols, layer_rewrites.UNIT: read_symbol("\\hat{W}").symbol(), SHIFT: read_symbol("\\hat{b}").symbol()}
    profile = notation(name, list(quantities(layered.graph)), symbols, loss=layered.graph.loss)
    return replace(profile, symbols={**entries_of(layered, profile), **profile.symbols})


def work_training(request: Request, ask: Ask | None, progress: Callable[[int], None] | None) -> Worked:
    """A run of training, in either form; the numbers are those neuron by neuron, gathered into arrays where the form asks for them."""
    exercise, task = request.exercise, request.task
    assert task is not None
    if request.layered is not None:
        profile = array_notation(request, request.layered, ())
    else:
        own = exercise.symbols if request.notation == exercise.notation else {}
        profile = notation(request.notation, quantities(request.graph), own, loss=request.graph.loss)
    proofs = prove_training(task, ask)
    run = run_training(request, progress)
    names = task.names if request.layered is None else naming(task.row, request.layered.graph.names, task.letter)
    profile = update_notation(profile, task, run.updates, names)
    derivations = (derive(request.layered.graph) if request.layered is not None else task.derivation,)
    return Worked(
        request, profile, derivations, None, run, sample_numbers(task), (), None, proofs, (),
        (*exercise.assumptions, *(exercise.notes if request.own else ())),
    )  # fmt: skip


def run_training(request: Request, progress: Callable[[int], None] | None) -> Training:
    """Run the task of a request, and the published method beside one "as on the slide"."""
    task = request.task
    assert task is not None
    exact = request.subject == "solution"
    run = train_exactly(task, request.updates) if exact else run_task(task, request.updates, progress)
    published = None
    if task.row.published:
        other = optimiser(task.row.published)
        twin = replace(task, row=other, settings=shared_settings(task, other.name))
        published = twin, run_task(twin, request.updates, progress)
    layered = request.layered
    if layered is None:
        return Training(task, run, task.updates, run.first, published)
    names = naming(task.row, layered.graph.names, task.letter)
    updates = tuple(update(task.row, array, layered.graph.loss, names) for array in request.trained)
    return Training(task, run, updates, gather_arrays(layered, task, run.first, updates), published)


def shared_settings(task: Task, method: str) -> Mapping[str, Value]:
    """The settings of a run that another method has too, and that method's defaults."""
    from tutor.exercise.read_training import read_settings

    row = optimiser(method)
    known = {setting.name for setting in row.settings}
    return read_settings(row, {name: value for name, value in task.settings.items() if name in known})


def run_task(task: Task, updates: int, progress: Callable[[int], None] | None = None) -> Run:
    """Run a task: exactly when it is short, in double precision when it is long."""
    if updates * task.work <= EXACT_WORK:
        return train_exactly(task, updates)
    from tutor.numbers.train_fast import train_fast

    return train_fast(task, updates, choose_rows(updates), progress)


def gather_arrays(
    layered: Layered, task: Task, first: Mapping[str, Value], updates: Sequence[Update]
) -> dict[str, Value | Array[Value]]:
    """The numbers of the first update by the names of arrays: parameters, gradients, states, and what the update steps compute."""
    if not first:
        return {}
    own = {each.parameter: each for each in task.updates}
    loss, names = task.derivation.graph.loss, naming(task.row, layered.graph.names, task.letter)
    gathered: dict[str, Value | Array[Value]] = {
        name: value for name, value in first.items() if name in task.constants or name == task.names.t
    }
    words = (*task.row.states, *(["d"] if task.row.hessian else []))
    for array in updates:
        entries = layered.entries[array.parameter]
        if any(single not in own for single in entries.items):
            continue
        keys = {array.parameter: entries.items, derivative_key(loss, array.parameter): [derivative_key(loss, s) for s in entries.items]}
        keys |= {names.own(word, array.parameter): [task.names.own(word, single) for single in entries.items] for word in words}
        keys |= {target: [own[single].made[word] for single in entries.items] for word, target in array.made.items()}
        for key, singles in keys.items():
            gathered[key] = Array(entries.shape, tuple(first[single] for single in singles))
    return gathered


def after_first(training: Training) -> dict[str, Array[Value] | Value]:
    """The trained parameters after the first update, by name."""
    keys = {each.parameter: after_key(each.parameter, 1) for each in training.updates}
    return {name: training.first[key] for name, key in keys.items() if key in training.first}
