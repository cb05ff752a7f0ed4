"""Gradients of a loss together with the activation in front of it: ``p - y`` of cross-entropy and softmax, or sigmoid."""

from __future__ import annotations

import ast
import re
from typing import Any

from tutor.code.exchanged_parts import find_function
from tutor.code.guess_shapes import is_target
from tutor.code.name_words import spell_words
from tutor.code.pair_functions import BACKWARD, LOSS_WORDS, BackwardPlan
from tutor.numbers.arrays import np

ACTIVATIONS = re.compile(r"(?i)softmax|sigmoid|logistic|activation")
WORDS = re.compile(r"(?i)(loss|cost|entropy|mse|bce|error|nll)")


def is_loss(tree: ast.Module, plan: BackwardPlan) -> bool:
    r"""Whether the forward pass of a pair is a loss: it takes a target, and is called one or gives one.

    >>> tree = ast.parse("def cross_entropy(p, y):\n    return -np.sum(y * np.log(p))\ndef cross_entropy_grad(p, y):\n    return p - y")
    >>> is_loss(tree, BackwardPlan("", "cross_entropy", "cross_entropy_grad"))
    True
    """
    forward = find_function(tree, plan.owner, plan.forward)
    if forward is None or not any(is_target(arg.arg) for arg in forward.args.args):
        return False
    named = {part.id for part in ast.walk(forward) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return bool(WORDS.search(f"{spell_words(plan.forward)} {spell_words(plan.owner)}")) or any(
        map(LOSS_WORDS.match, named)
    )


def list_activations(tree: ast.Module) -> list[str]:
    r"""The backward passes of softmax and sigmoid in a file: functions, and classes that have one.

    >>> list_activations(ast.parse("def sigmoid_backward(da, z): pass\nclass Softmax:\n    def backward(self, dout): pass"))
    ['sigmoid_backward', 'Softmax']
    """
    found = []
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and BACKWARD.search(part.name) and ACTIVATIONS.search(part.name):
            found.append(part.name)
        if isinstance(part, ast.ClassDef):
            methods = [one.name for one in part.body if isinstance(one, ast.FunctionDef) and BACKWARD.search(one.name)]
            if (ACTIVATIONS.search(part.name) and methods) or any(map(ACTIVATIONS.search, methods)):
                found.append(part.name)
    return found


def find_before(value: Any, chances: Any, slope: Any, same: float) -> str:
    """The activation by whose input a value is the derivative: of its output, ``chances``, the derivative is ``slope``.

    >>> p, y = np.array([[0.2, 0.5, 0.3]]), np.array([[0.0, 1.0, 0.0]])
    >>> find_before(p - y, p, -y / p, 1e-7), find_before(y - p, p, -y / p, 1e-7)
    ('softmax', '')
    """
    p, g, own = np.asarray(chances, float), np.asarray(slope, float), np.asarray(value, float)
    if not (np.all(np.isfinite(p)) and np.all(np.isfinite(g)) and np.all(np.isfinite(own))):
        return ""
    made = [("softmax", p * (g - np.sum(p * g, axis=axis, keepdims=True))) for axis in range(p.ndim)] + [
        ("sigmoid", p * (1 - p) * g)
    ]
    for name, one in made:
        if np.all(np.abs(one - own) <= max(same, 1e-6) * np.max(np.abs(own), initial=1e-12)):
            return name
    return ""
