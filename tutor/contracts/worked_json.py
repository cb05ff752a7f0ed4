"""JSON of whatever was worked out: a contract, versioned by ``schema``.

- ``list``: ``exercises`` [{``id``, ``title``, ``course``, ``source``, ``claims``, ``abilities``}]
- ``solve``: ``exercise``, ``values`` {quantity: number}, ``gradients`` {quantity: number} (``dd/dx`` for the derivative of a
  quantity that is not the loss), ``steps`` [{``target``, ``expression``, ``rule``, ``paths`` [[{``of``, ``wrt``,
  ``expression``}]], ``value``}], ``updates`` [{``step``, ``values``}], ``rewrites`` [{``rule``, ``target``, ``expression``,
  ``condition``, ``under_condition``, ``value``}] (what the named rewrites leave of a product; the second form holds where the
  condition does), ``proof``.  Steps over t = 1…T told as a recursion have ``recursion`` besides: ``index``, ``last``, ``rows`` [{``target``
  (``h_t``, ``dL/dh_t``), ``expression`` (h_tm1 is h at t − 1, ``sum_times(t, 1, T, …)`` a sum), ``rule``, ``first`` and ``last`` time or
  null, ``of_blocks`` where it holds for the "ends" of truncated blocks or for the "inner" times only}], ``written_out_for`` [numbers of
  times]; ``steps`` are written out.
- ``solve --form layer``: ``exercise``, ``form`` ("layer"), ``shapes`` {quantity: [sizes]}, ``values`` {quantity: numbers, nested row after
  row}, ``gradients`` {quantity: the same}, ``steps`` [{``target``, ``expression``, ``rule``, ``shape``, ``index``, ``value``}],
  ``rewrites`` [{``left``, ``expression``, ``rule``}], ``updates`` {parameter: numbers after one step}, ``runs`` [{``step``, ``values``}]
  (all updates, where more than one is made), ``proof``.  ``index`` is one entry of a step in index form, or null.  Steps of a program
  have ``lines`` besides: where a forward step stands, and through which statements a gradient comes back.
- ``train --to json``: ``exercise``, ``optimiser``, ``rate``, ``settings`` {name: number}, ``samples``, ``batch``, ``order``,
  ``seed``, ``parameters`` [name], ``steps`` (those of the first update) [{``target``, ``expression``, ``rule``, ``value``}],
  ``arithmetic`` ("exact" or "double"), ``updates`` (how many were made), ``rows`` [{``step``, ``epoch``, ``batch`` [sample from 1],
  ``loss``, ``values`` {parameter or state of the optimiser, ``m_w5``: number}}], ``rows_left_out``, ``stopped`` (words, or null),
  ``errata`` [words], ``convention``; in layer form also ``form``, and arrays, nested row after row, in ``steps`` and in the ``values`` of
  the rows: ``W1``, ``m_W1``.

Numbers are texts: the exact fraction (``33/50``), or 15 significant digits.  Without given values ``values`` is empty, the
``value`` of a step is null and a gradient is its formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.contracts.schema import SCHEMA, dump_json
from tutor.derive.chains import count_routes, gradients, list_full_chains
from tutor.derive.indexed import INDICES, choose_indices, index_form
from tutor.derive.rewrites.named import LINEAR, Rewrite
from tutor.explain.words.wording import ENGLISH
from tutor.explain.worked_page import proof_sentences
from tutor.expression.keys import derivative_key
from tutor.expression.own_functions import read_definition, shorten_name
from tutor.expression.plain import write_plain
from tutor.graph.entries import Array
from tutor.graph.network import counts
from tutor.graph.nouns import Graph, Path, Step
from tutor.numbers.arithmetic import Value
from tutor.numbers.printed import as_exact_text
from tutor.numbers.run import compute
from tutor.numbers.verify import merge_proofs
from tutor.solving.worked import Training, Worked, list_after_first

if TYPE_CHECKING:
    from tutor.graph.layered import Layered

__all__ = ["as_worked_json", "dump_json"]


def as_worked_json(worked: Worked) -> dict[str, Any]:
    """The contract of ``solve --to json`` and ``train --to json``, in either form."""
    if worked.request.subject == "training":
        return training_json(worked)
    layered = worked.request.layered
    return numbers_json(worked) if layered is None else arrays_json(worked, layered)


def numbers_json(worked: Worked) -> dict[str, Any]:
    """The contract of a solution neuron by neuron."""
    trace, exercise = worked.scalars, worked.request.exercise
    chains = _chains(worked) if worked.full else {}
    steps: list[dict[str, Any]] = []
    slopes: dict[str, str] = {}
    seen: set[str] = set()
    for place, derivation in enumerate(worked.derivations):
        loss = derivation.graph.loss
        main = loss == (exercise.graph.loss if exercise.graph else loss)
        listed = (*derivation.graph.steps, *derivation.backward) if place == 0 else derivation.backward
        for step in listed:
            if step.target in seen:
                continue
            seen.add(step.target)
            steps.append(_step(step, chains.get(step.target) or step.paths, trace))
        for step in derivation.backward:
            name = step.wrt if main else step.target
            if trace is None:
                slopes[name] = write_plain(step.expr)
            elif step.target in trace:
                slopes[name] = as_exact_text(trace[step.target])
    return {
        "schema": SCHEMA,
        "exercise": exercise.id,
        "values": _values(worked),
        "gradients": slopes,
        **(_functions(worked.derivations[0].graph) if worked.derivations else {}),
        "steps": steps,
        **_write_recursion(worked),
        "updates": _updates(worked),
        "counts": {what: counts(exercise.network)[what] for what in exercise.counts} if exercise.network else {},
        "rewrites": [_rewrite(rewrite, trace) for rewrite in worked.rewrites],
        "proof": f"{ENGLISH.proofs.say_proof(merge_proofs(worked.proofs.gradients))}." if worked.proofs.gradients else "",
    }


def _chains(worked: Worked) -> dict[str, tuple[Path, ...] | None]:
    """The full chains of the wanted gradients, by the key of the gradient."""
    chains = {}
    for derivation, (_, names) in zip(worked.derivations, worked.request.wanted, strict=True):
        steps, routes = gradients(derivation), count_routes(derivation)
        for name in names:
            chains[derivative_key(derivation.graph.loss, name)] = list_full_chains(derivation, name, steps=steps, routes=routes)
    return chains


def _values(worked: Worked) -> dict[str, str]:
    numbers = worked.scalars
    if numbers is None or not worked.derivations:
        return {}
    return {name: as_exact_text(numbers[name]) for name in worked.derivations[0].graph.names}


def _functions(graph: Graph) -> dict[str, Any]:
    """The exercise's own functions, where it has any: what its steps call, and what these call."""
    rows = map(read_definition, reversed(graph.own_functions))
    found = [{"name": row.name, "parameters": list(row.params), "formula": row.value, "derivatives": list(row.partials)} for row in rows]
    return {"functions": found} if found else {}


def _write_recursion(worked: Worked) -> dict[str, Any]:
    """The rows that hold for every t, where repeated steps are told so."""
    found = worked.recursion
    if found is None:
        return {}
    rows = [
        {"target": row.step.target, "expression": write_plain(row.step.expr), "rule": shorten_name(row.step.rule),
         "first": None if row.first is None else str(row.first), "last": None if row.last is None else str(row.last),
         **({} if row.held == "all" else {"of_blocks": row.held})}
        for row in (*found.forward, *found.backward)
    ]  # fmt: skip
    return {"recursion": {"index": found.index, "last": str(found.end), "rows": rows, "written_out_for": list(found.agreed)}}


def _step(step: Step, paths: Sequence[Path], trace: Mapping[str, Value] | None) -> dict[str, Any]:
    return {
        "target": step.target,
        "expression": write_plain(step.expr),
        "rule": shorten_name(step.rule),
        "paths": [[{"of": f.of, "wrt": f.wrt, "expression": write_plain(f.expr)} for f in path.factors] for path in paths],
        "value": as_exact_text(trace[step.target]) if trace is not None and step.target in trace else None,
    }


def _rewrite(rewrite: Rewrite, trace: Mapping[str, Value] | None) -> dict[str, Any]:
    return {
        "rule": rewrite.rule,
        "target": write_plain(rewrite.left),
        "expression": write_plain(rewrite.expr),
        "condition": None if rewrite.condition is None else f"{write_plain(rewrite.condition)} = 1",
        "under_condition": None if rewrite.under is None else write_plain(rewrite.under),
        "value": None if trace is None or rewrite.rule == LINEAR else as_exact_text(compute(rewrite.expr, trace)),
    }


def _updates(worked: Worked) -> list[dict[str, Any]]:
    training = worked.training
    if training is None:
        return []
    return [
        {"step": row.step, "values": {name: as_exact_text(row.values[name]) for name in training.task.parameters}}
        for row in training.run.rows
        if row.step
    ]


def _write_lines(worked: Worked, step: Step) -> dict[str, list[int]]:
    """The lines of the program that a step comes from, where it was read from one."""
    exercise = worked.request.exercise
    lines = exercise.list_back_lines(step) if step.wrt else [exercise.lines[step.target]] if step.target in exercise.lines else []
    return {"lines": lines} if exercise.lines else {}


def arrays_json(worked: Worked, layered: Layered) -> dict[str, Any]:
    """The contract of a solution in layer form."""
    graph, shapes, derivation = layered.graph, layered.shapes, worked.derivations[0]
    steps = []
    for step in (*graph.steps, *derivation.backward):
        shape = shapes[step.wrt or step.target]
        form = index_form(step.expr, choose_indices(INDICES[: len(shape)], shapes), shapes)
        steps.append(
            {
                "target": step.target, "expression": write_plain(step.expr), "rule": shorten_name(step.rule), "shape": list(shape),
                "index": write_plain(form) if form is not None else None, "value": _numbers(worked, step.target),
                **_write_lines(worked, step),
            }
        )  # fmt: skip
    rewrites = worked.rewritten.rewrites if worked.rewritten is not None else ()
    training = worked.training
    found = {
        "schema": SCHEMA,
        "exercise": worked.request.exercise.id,
        "form": "layer",
        "shapes": {name: list(shape) for name, shape in shapes.items()},
        "values": {name: _numbers(worked, name) for name in graph.names} if worked.numbers is not None else {},
        "gradients": {
            step.wrt: _numbers(worked, step.target) if worked.numbers is not None else write_plain(step.expr)
            for step in derivation.backward
        },
        **_functions(graph),
        "steps": steps,
        **_write_recursion(worked),
        "rewrites": [{"left": write_plain(r.left), "expression": write_plain(r.expr), "rule": r.rule} for r in rewrites],
        "updates": {name: nest_texts(array) for name, array in list_after_first(training).items()} if training is not None else {},
        "proof": ". ".join(proof_sentences(worked.proofs)) + ".",
    }
    if training is not None and len(training.run.rows) > 2:
        found["runs"] = [{"step": row.step, "values": _entries(worked, layered, row.values)} for row in training.run.rows]
    return found


def _numbers(worked: Worked, key: str) -> Any:
    return nest_texts(worked.numbers[key]) if worked.numbers is not None else None


def _entries(worked: Worked, layered: Layered, values: Mapping[str, Value]) -> dict[str, Any]:
    """The trained arrays and the optimiser's states of each (``m_W``), from the values of their entries (``m_W_1_1``)."""
    found = {}
    for name, entries in _list_kept(worked, layered):
        if all(single in values for single in entries.items):
            found[name] = nest_texts(Array(entries.shape, tuple(values[single] for single in entries.items)))
    return found


def _list_kept(worked: Worked, layered: Layered) -> Iterator[tuple[str, Array[str]]]:
    """What a run keeps from one update to the next: each parameter and state with the names of its entries."""
    training = worked.training
    yield from ((name, layered.entries[name]) for name in worked.request.trained)
    if training is not None:
        names = training.task.names
        for each in training.updates:
            entries = layered.entries[each.parameter]
            for word, state in zip(training.task.row.states, each.states, strict=True):
                yield state, Array(entries.shape, tuple(names.name_own(word, single) for single in entries.items))


def nest_texts(array: Array[Value] | Value) -> Any:
    """Numbers as texts, nested row after row.

    >>> from fractions import Fraction
    >>> nest_texts(Array((1, 2), (Fraction(1), Fraction(1, 2))))
    [['1', '1/2']]
    """
    if not isinstance(array, Array):
        return as_exact_text(array)
    texts = [as_exact_text(item) for item in array.items]
    if not array.shape:
        return texts[0]
    for size in reversed(array.shape[1:]):
        texts = [texts[place : place + size] for place in range(0, len(texts), size)]  # type: ignore[misc]
    return texts


def training_json(worked: Worked) -> dict[str, Any]:
    """The contract of a run."""
    training, layered = worked.training, worked.request.layered
    assert training is not None
    task, run = training.task, training.run
    form = {"form": "layer"} if layered is not None else {}
    return {
        "schema": SCHEMA,
        "exercise": worked.request.exercise.id,
        **form,
        "optimiser": task.row.name,
        "rate": as_exact_text(task.rate),
        "settings": {name: as_exact_text(value) for name, value in task.settings.items()},
        "samples": task.count,
        "batch": task.size,
        "order": task.order,
        "seed": task.seed,
        "parameters": list(worked.request.trained),
        "steps": [
            {"target": step.target, "expression": write_plain(step.expr), "rule": step.rule, "value": _list_first(training, step.target)}
            for each in training.updates for step in each.steps
        ],
        "arithmetic": "exact" if run.exact else "double",
        "updates": run.made,
        "rows": [
            {
                "step": row.step,
                "epoch": row.batch.epoch if row.batch else 0,
                "batch": [place + 1 for place in row.batch.samples] if row.batch else [],
                "loss": as_exact_text(row.loss),
                "values": {name: as_exact_text(value) for name, value in row.values.items()} if layered is None
                else _entries(worked, layered, row.values),
            }
            for row in run.rows
        ],
        "rows_left_out": run.made + 1 - len(run.rows),
        "stopped": ENGLISH.updates.say_stop(run.stopped) or None,
        "errata": [ENGLISH.updates.SLIPS[slip] for slip in task.row.slips],
        "convention": ENGLISH.updates.STANDING[task.row.name],
    }  # fmt: skip


def _list_first(training: Training, target: str) -> Any:
    return nest_texts(training.first[target]) if target in training.first else None
