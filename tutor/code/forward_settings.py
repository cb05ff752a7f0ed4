"""Settings that a forward pass is given and the backward pass knows nothing of: ``loss(y, t, how="mean")`` beside ``backward(y, t)``."""

from __future__ import annotations

import ast
from dataclasses import replace

from tutor.code.code_values import CodeProblem
from tutor.code.exchanged_parts import find_function
from tutor.code.judgement import Judgement
from tutor.code.pair_functions import BackwardPlan
from tutor.code.returned_values import list_usual
from tutor.code.work_statements import FAILS
from tutor.errors import tell

MOST_TEXTS = 4
"""So many texts of a setting are tried."""


def judge_forward_settings(judged: Judgement) -> Judgement | None:
    """The judgement with another text of a setting that the backward pass does not take.  Only where all is right then; it is told."""
    trial = judged.trial
    for name, (usual, *texts) in list_forward_settings(trial.source.tree, trial.plan).items():
        for text in texts[:MOST_TEXTS]:
            try:
                other = Judgement(trial.put_in(replace(trial.world, texts={**trial.world.texts, name: text})))
            except (*FAILS, CodeProblem):
                continue
            if other.is_right and not other.stops and set(judged.right) <= set(other.right):
                said = tell('{name} is "{text}": with "{usual}", its usual value, it would be wrong', name=name, text=text, usual=usual)
                other.trial.conventions.add(said)
                return other
    return None


def list_forward_settings(tree: ast.Module, plan: BackwardPlan) -> dict[str, list[str]]:
    r"""The settings of a forward pass with a text for usual value, which the backward pass does not name: that text and the others.

    >>> text = 'def f(y, how="mean"):\n    return y.mean() if how == "mean" else y.sum() if how == "sum" else y\ndef f_grad(y): return 1'
    >>> list_forward_settings(ast.parse(text), BackwardPlan("f", "f", "f_grad"))
    {'how': ['mean', 'sum']}
    """
    forward, backward = (find_function(tree, plan.owner, name) for name in (plan.forward, plan.backward))
    if forward is None or backward is None or plan.is_single:
        return {}
    named = {part.id for part in ast.walk(backward) if isinstance(part, ast.Name)}
    named |= {part.attr for part in ast.walk(backward) if isinstance(part, ast.Attribute)} | {arg.arg for arg in backward.args.args}
    found: dict[str, list[str]] = {}
    for name, value in list_usual(forward).items():
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and name not in named:
            found[name] = [value.value]
    for node in ast.walk(forward):
        left = node.left if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) else None
        other = node.comparators[0] if isinstance(node, ast.Compare) else None
        if isinstance(left, ast.Name) and left.id in found and isinstance(other, ast.Constant) and isinstance(other.value, str):
            found[left.id] += [other.value] if other.value not in found[left.id] else []
    return {name: texts for name, texts in found.items() if len(texts) > 1}
