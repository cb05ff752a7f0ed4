"""JSON of a solution in layer form: a contract, versioned by ``schema``.

``exercise``, ``form`` ("layer"), ``shapes`` {quantity: [sizes]}, ``values`` {quantity: numbers, nested row after row},
``gradients`` {quantity: the same}, ``steps`` [{``target``, ``expression``, ``rule``, ``shape``, ``index``, ``value``}], ``rewrites``
[{``left``, ``expression``, ``rule``}], ``updates`` {parameter: numbers after one step}, ``proof``.  Numbers are texts, as in
`tutor.contracts.solution_json`; ``index`` is one entry of a step in index form, or null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.contracts.solution_json import SCHEMA
from tutor.derive.indexed import INDICES, index_form
from tutor.expression.plain import plain
from tutor.graph.entries import Array
from tutor.numbers.printed import exact_text

if TYPE_CHECKING:
    from tutor.results.layer_solution import LayerSolution


def layers(solved: LayerSolution) -> dict[str, Any]:
    """The contract of ``solve --form layer --to json``."""
    graph, shapes = solved.layered.graph, solved.layered.shapes
    steps = []
    for step in (*graph.steps, *solved.derivation.backward):
        shape = shapes[step.wrt or step.target]
        form = index_form(step.expr, INDICES[: len(shape)], shapes)
        steps.append(
            {
                "target": step.target, "expression": plain(step.expr), "rule": step.rule, "shape": list(shape),
                "index": plain(form) if form is not None else None, "value": _numbers(solved, step.target),
            }
        )  # fmt: skip
    return {
        "schema": SCHEMA,
        "exercise": solved.exercise.id,
        "form": "layer",
        "shapes": {name: list(shape) for name, shape in shapes.items()},
        "values": {name: _numbers(solved, name) for name in graph.names} if solved.arrays is not None else {},
        "gradients": {
            step.wrt: _numbers(solved, step.target) if solved.arrays is not None else plain(step.expr)
            for step in solved.derivation.backward
        },
        "steps": steps,
        "rewrites": [
            {"left": plain(r.left), "expression": plain(r.expr), "rule": r.rule} for r in solved.rewritten.rewrites
        ],
        "updates": {name: nested(array) for name, array in solved.updated.items()},
        "proof": ". ".join(solved.proofs) + ".",
    }


def _numbers(solved: LayerSolution, name: str) -> Any:
    return nested(solved.arrays[name]) if solved.arrays is not None else None


def nested(array: Array) -> Any:
    """Numbers as texts, nested row after row.

    >>> from fractions import Fraction
    >>> nested(Array((1, 2), (Fraction(1), Fraction(1, 2))))
    [['1', '1/2']]
    """
    texts = [exact_text(item) for item in array.items]
    if not array.shape:
        return texts[0]
    for size in reversed(array.shape[1:]):
        texts = [texts[place : place + size] for place in range(0, len(texts), size)]  # type: ignore[misc]
    return texts
