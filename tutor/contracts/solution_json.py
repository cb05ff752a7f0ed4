"""JSON for programs: a contract, versioned by ``schema``.

- ``list``: ``exercises`` [{``id``, ``title``, ``course``, ``source``, ``claims``, ``abilities``}]
- ``check``: ``claims`` [{``exercise``, ``claim``, ``printed``, ``value``, ``agreement``, ``erratum``}]
- ``solve``: ``exercise``, ``values`` {quantity: number}, ``gradients`` {quantity: number} (``dd/dx`` for the derivative of a
  quantity that is not the loss), ``steps`` [{``target``, ``expression``, ``rule``, ``paths`` [[{``of``, ``wrt``,
  ``expression``}]], ``value``}], ``updates`` [{``step``, ``values``}], ``rewrites`` [{``rule``, ``target``, ``expression``,
  ``condition``, ``under_condition``, ``value``}] (what the named rewrites leave of a product; the second form holds where the
  condition does), ``proof``.

Numbers are texts: the exact fraction (``33/50``), or 15 significant digits.  Without given values ``values`` is empty, the
``value`` of a step is null and a gradient is its formula.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.derive.chains import count_routes, full_chains, gradients
from tutor.derive.rewrites.named import LINEAR, Rewrite
from tutor.expression.keys import derivative_key
from tutor.expression.plain import plain
from tutor.graph.network import counts
from tutor.graph.nouns import Path, Step
from tutor.numbers.printed import exact_text
from tutor.numbers.run import compute
from tutor.numbers.verify import merged

if TYPE_CHECKING:
    from tutor.exercise.check_claims import Verdict
    from tutor.results.solution import Solution

SCHEMA = 1


def dumps(data: Mapping[str, Any]) -> str:
    """The text of a contract: stable order, readable, ends with a line end."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def checked(verdicts: Iterable[Verdict]) -> dict[str, Any]:
    """The contract of ``check --json``."""
    return {
        "schema": SCHEMA,
        "claims": [
            {
                "exercise": v.exercise, "claim": v.claim, "printed": v.printed, "value": v.value,
                "agreement": v.agreement, "erratum": v.erratum,
            }
            for v in verdicts
        ],
    }  # fmt: skip


def solution(solved: Solution) -> dict[str, Any]:
    """The contract of ``solve --to json``."""
    trace = solved.trace
    chains = _chains(solved) if solved.chain == "full" else {}
    steps: list[dict[str, Any]] = []
    gradients: dict[str, str] = {}
    seen: set[str] = set()
    for place, derivation in enumerate(solved.derivations):
        loss = derivation.graph.loss
        main = loss == (solved.exercise.graph.loss if solved.exercise.graph else loss)
        listed = (*derivation.graph.steps, *derivation.backward) if place == 0 else derivation.backward
        for step in listed:
            if step.target in seen:
                continue
            seen.add(step.target)
            steps.append(_step(step, chains.get(step.target) or step.paths, trace))
        for step in derivation.backward:
            name = step.wrt if main else step.target
            if trace is None:
                gradients[name] = plain(step.expr)
            elif step.target in trace:
                gradients[name] = exact_text(trace[step.target])
    return {
        "schema": SCHEMA,
        "exercise": solved.exercise.id,
        "values": _values(solved),
        "gradients": gradients,
        "steps": steps,
        "updates": _updates(solved),
        "counts": _counts(solved),
        "rewrites": [_rewrite(rewrite, trace) for rewrite in solved.rewrites],
        "proof": f"{merged(solved.proofs).sentence()}." if solved.proofs else "",
    }


def _chains(solved: Solution) -> dict[str, tuple[Path, ...] | None]:
    """The full chains of the wanted gradients, by the name of the gradient."""
    found = {}
    for derivation, names in zip(solved.derivations, solved.wanted, strict=True):
        steps, routes = gradients(derivation), count_routes(derivation)
        for name in names:
            found[derivative_key(derivation.graph.loss, name)] = full_chains(derivation, name, steps=steps, routes=routes)
    return found


def _counts(solved: Solution) -> dict[str, int]:
    network = solved.exercise.network
    return {what: counts(network)[what] for what in solved.exercise.counts} if network else {}


def _values(solved: Solution) -> dict[str, str]:
    if solved.trace is None or not solved.derivations:
        return {}
    return {name: exact_text(solved.trace[name]) for name in solved.derivations[0].graph.names}


def _step(step: Step, paths: Sequence[Path], trace: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "target": step.target,
        "expression": plain(step.expr),
        "rule": step.rule,
        "paths": [[{"of": f.of, "wrt": f.wrt, "expression": plain(f.expr)} for f in path.factors] for path in paths],
        "value": exact_text(trace[step.target]) if trace is not None and step.target in trace else None,
    }


def _rewrite(rewrite: Rewrite, trace: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "rule": rewrite.rule,
        "target": plain(rewrite.left),
        "expression": plain(rewrite.expr),
        "condition": None if rewrite.condition is None else f"{plain(rewrite.condition)} = 1",
        "under_condition": None if rewrite.under is None else plain(rewrite.under),
        "value": None if trace is None or rewrite.rule == LINEAR else exact_text(compute(rewrite.expr, trace)),
    }


def _updates(solved: Solution) -> list[dict[str, Any]]:
    if solved.descent is None:
        return []
    names = [quantity.name for quantity in solved.derivations[0].graph.parameters] or list(solved.parameters)
    return [
        {"step": k, "values": {name: exact_text(run[name]) for name in names}}
        for k, run in enumerate(solved.descent.traces)
        if k
    ]
