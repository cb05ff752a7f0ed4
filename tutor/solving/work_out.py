"""Working a request out: derivations, numbers, runs, proofs, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from tutor.derive.backward import derive
from tutor.derive.rewrites.named import UNIT, Rewrite, collapse_units, find_named, select_belonging, select_of_unit
from tutor.derive.update import naming
from tutor.exercise.model import Assumption
from tutor.exercise.over_layers import entry_symbols, sizes_written_with
from tutor.exercise.training_task import make_task
from tutor.expression.nodes import Expr, Name, Partial
from tutor.expression.walk import substitute
from tutor.graph.entries import Array
from tutor.graph.network import quantities
from tutor.graph.nouns import Derivation, Quantity
from tutor.notation.profile import Notation, notation, unit_symbol
from tutor.numbers.arithmetic import Value
from tutor.numbers.data_set import SampleTable
from tutor.numbers.run import evaluate
from tutor.numbers.train import Run, sample_numbers
from tutor.numbers.verify import Ask
from tutor.rules.optimisers import DESCENT
from tutor.solving.check_claims import check
from tutor.solving.proofs import Proofs, prove_gradients, prove_rewrites, prove_training
from tutor.solving.request import Request
from tutor.solving.run_training import run_training
from tutor.solving.update_symbols import add_optimiser_letters, update_notation
from tutor.solving.verdicts import list_relevant_verdicts
from tutor.solving.work_recursion import find_recursion, note_truncation
from tutor.solving.worked import Training, Worked

MAX_REWRITTEN = 500
"""In a graph of up to this many steps named rewrites are looked for."""


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
    if request.layered is None:
        worked = work_numbers(request, ask)
    else:
        from tutor.solving.work_arrays import work_arrays

        worked = work_arrays(request, request.layered, ask)
    return worked if request.course is None else add_course(worked, request.course)


def add_course(worked: Worked, course: Request) -> Worked:
    """A solution with the training that belongs to its exercise, in the same symbols."""
    assert course.task is not None
    run = run_training(course, None)
    names = course.task.names if course.layered is None else naming(course.task.row, course.layered.graph.names, course.task.letter)
    profile = update_notation(worked.notation, course.task, run.updates, names)
    trained = Worked(course, profile, worked.derivations[:1], None, run, sample_numbers(course.task))
    return replace(worked, notation=profile, course=trained)


def hold_given(request: Request) -> Worked:
    """What is given and nothing else, as a problem sheet has it: the computation, its values, how it is trained."""
    exercise, values = request.exercise, request.values
    if exercise.graph is None:
        return Worked(request, notation(request.notation))
    numbers: Mapping[str, Value] | Mapping[str, Array[Value]] | None = values
    if request.layered is not None:
        from tutor.numbers.run_arrays import as_arrays
        from tutor.solving.work_arrays import array_notation

        profile = array_notation(request, request.layered, ())
        numbers = as_arrays(request.layered, values) if values is not None else None
    else:
        profile = solution_notation(request, ())
    training = None
    if exercise.rate is not None and exercise.graph.parameters and values is not None:
        task = make_task(exercise, values, letter=profile.rate)
        profile = update_notation(profile, task, (), task.names)
        training = Training(task, Run((), {}, 0), (), {})
    return Worked(request, profile, (derive(request.graph),), numbers, training)


def work_numbers(request: Request, ask: Ask | None) -> Worked:
    """A solution neuron by neuron."""
    exercise, graph, values = request.exercise, request.graph, request.values
    derivations = tuple(derive(replace(graph, loss=of), wanted=names) for of, names in request.wanted)
    rewrites = tuple(find_rewrites(d) for d in derivations)
    recursion = find_recursion(request, derivations[0]) if request.recursion else None
    more = recursion.quantities.values() if recursion is not None else ()
    profile = solution_notation(request, [r for some in rewrites for r in some], more)
    trace: dict[str, Value] | None = None
    main = next((d for d in derivations if d.graph.loss == graph.loss), None) or derive(graph)
    if values is not None:
        trace = {}
        for derivation in (main, *derivations):
            trace.update(evaluate(derivation, values).values)
    run = run_training(request, None) if request.task is not None else None
    verdicts = list_relevant_verdicts(request)
    # last, since the helper process of the command line is still at work on SymPy's part
    names = [wanted for _, wanted in request.wanted]
    proofs = tuple(
        prove_gradients(d, values, trace, some, r, ask) for d, some, r in zip(derivations, names, rewrites, strict=True)
    )
    shown = (r for some in rewrites for r in (select_of_unit(some, names[0]) if request.focused else some))
    sizes = sizes_written_with(exercise)
    listed = ", ".join(f"${letter} = {size}$" for letter, size in sizes.items())
    extra = (Assumption("written out", places={"sizes": listed}),) if listed else ()
    return Worked(
        request, profile, derivations, trace, run, list_first_samples(request), tuple(dict.fromkeys(shown)), None,
        Proofs(proofs, prove_rewrites(derivations, rewrites, values, proofs)), verdicts,
        (*exercise.assumptions, *note_truncation(request), *(() if request.focused else (*exercise.notes, *extra))), recursion,
    )  # fmt: skip


def find_rewrites(derivation: Derivation) -> tuple[Rewrite, ...]:
    """The named rewrites that the gradients shown are made of, and the single unit that a linear network is."""
    if len(derivation.graph.steps) > MAX_REWRITTEN:
        return ()
    named = [rewrite for rewrite in find_named(derivation) if not _is_step(rewrite, derivation)]
    return (*select_belonging(named, derivation, derivation.wanted), *collapse_units(derivation))


def _is_step(rewrite: Rewrite, derivation: Derivation) -> bool:
    """Whether it says what the gradient's own step says, with values by their names: s for σ(x)."""
    values: dict[str, Expr] = {step.target: step.expr for step in derivation.graph.steps}
    own = (step.expr for step in derivation.backward if step.wrt and Partial(step.of, step.wrt) == rewrite.left)
    return any(substitute(expr, values) == rewrite.expr for expr in own)


def solution_notation(request: Request, rewrites: Sequence[Rewrite], more: Iterable[Quantity] = ()) -> Notation:
    """The symbols of a solution neuron by neuron: the course's, the exercise's own, and those of what is simplified."""
    exercise, name = request.exercise, request.notation
    units = {r.left.name for r in rewrites if r.rule == UNIT and isinstance(r.left, Name)}
    symbols = {unit: unit_symbol(name, unit) for unit in sorted(units)}
    symbols |= entry_symbols(exercise, name)
    symbols |= exercise.symbols if name == exercise.notation else {}
    return add_optimiser_letters(notation(name, (*quantities(request.graph), *more), symbols, loss=request.graph.loss), exercise)


def list_first_samples(request: Request) -> SampleTable | None:
    """The samples with their losses and gradients, where the exercise has some."""
    if request.exercise.samples is None or request.values is None:
        return None
    return sample_numbers(make_task(request.exercise, request.values, method=DESCENT, rate=1))


def work_training(request: Request, ask: Ask | None, progress: Callable[[int], None] | None) -> Worked:
    """A run of training, in either form; the numbers are those neuron by neuron, gathered into arrays where the form asks for them."""
    exercise, task = request.exercise, request.task
    assert task is not None
    if request.layered is not None:
        from tutor.solving.work_arrays import array_notation

        profile = array_notation(request, request.layered, ())
    else:
        profile = solution_notation(request, ())
    proofs = prove_training(task, ask)
    run = run_training(request, progress)
    names = task.names if request.layered is None else naming(task.row, request.layered.graph.names, task.letter)
    profile = update_notation(profile, task, run.updates, names)
    derivations = (derive(request.layered.graph) if request.layered is not None else task.derivation,)
    return Worked(
        request, profile, derivations, None, run, sample_numbers(task), (), None, proofs, (),
        (*exercise.assumptions, *note_truncation(request), *(exercise.notes if request.own else ())),
    )  # fmt: skip
