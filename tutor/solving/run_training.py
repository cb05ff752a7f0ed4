"""Running the training of a request, and gathering its numbers into arrays where the form asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from tutor.derive.update import Update, naming, update
from tutor.expression.keys import derivative_key
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.numbers.arithmetic import Value
from tutor.numbers.train import EXACT_WORK, Run, Task, train_exactly
from tutor.rules.optimisers import optimiser
from tutor.solving.request import Request
from tutor.solving.table_rows import choose_rows
from tutor.solving.worked import Training


def run_training(request: Request, progress: Callable[[int], None] | None) -> Training:
    """Run the task of a request, and the published method beside one "as on the slide"."""
    task = request.task
    assert task is not None
    exact = request.subject == "solution"
    run = train_exactly(task, request.updates) if exact else run_task(task, request.updates, progress)
    published = None
    if task.row.published:
        other = optimiser(task.row.published)
        twin = replace(task, row=other, settings=list_shared_settings(task, other.name))
        published = twin, run_task(twin, request.updates, progress)
    layered = request.layered
    if layered is None:
        return Training(task, run, task.updates, run.first, published)
    names = naming(task.row, layered.graph.names, task.letter)
    updates = tuple(update(task.row, array, layered.graph.loss, names) for array in request.trained)
    return Training(task, run, updates, gather_arrays(layered, task, run.first, updates), published)


def list_shared_settings(task: Task, method: str) -> Mapping[str, Value]:
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
        keys |= {names.name_own(word, array.parameter): [task.names.name_own(word, single) for single in entries.items] for word in words}
        keys |= {target: [own[single].made[word] for single in entries.items] for word, target in array.made.items()}
        for key, singles in keys.items():
            gathered[key] = Array(entries.shape, tuple(first[single] for single in singles))
    return gathered
