"""The signs of the steps that a program takes with its gradients: taken off, the loss shrinks; added, it grows."""

from __future__ import annotations

import ast
import re
from copy import deepcopy

from tutor.code.code_verdicts import NumericWarning
from tutor.code.exchanged_parts import find_function
from tutor.code.guess_shapes import is_parameter
from tutor.code.named_updates import find_step
from tutor.code.pair_functions import BackwardPlan, list_stepped, split_gradient
from tutor.code.written_steps import list_bodies
from tutor.program.source import Source

_MINIMISED = re.compile(r"(?i)(^|_)(loss|cost|error|mse|nll|bce)")
"""What is called so is made small: a likelihood or a reward is not."""


def list_signs(tree: ast.Module) -> tuple[int, ...]:
    """The signs that gradients may have beside the loss: -1 where they are added to the weights, 1 where they are taken off.

    Both where it adds something that is not called a gradient; none where some are added and others taken off.

    >>> [list_signs(ast.parse(text)) for text in ("self.w1 += d_w1", "w -= a * dw", "w += v", "w1 += dw1; w2 -= dw2", "dw += x")]
    [(-1,), (1,), (1, -1), (), (1,)]
    >>> list_signs(ast.parse("w += -rate * dw"))
    (1,)
    """
    found: set[tuple[int, ...]] = set()
    stepped = list_stepped(tree)
    down = {id(step.node) for body in list_bodies(tree) for step in body.list_steps() if step.down}
    for node in ast.walk(tree):
        step = find_step(node)
        if step is not None:
            word = ast.unparse(step.target).rpartition(".")[2]
            if (is_parameter(word) and not split_gradient(word)) or word in stepped:
                named = any(isinstance(part, ast.Name) and split_gradient(part.id) for part in ast.walk(step.value))
                taken_off = id(node) in down or isinstance(step.op, ast.Sub) is not _is_negative(step.value)  # W += -rate * dW
                found.add((1,) if taken_off else (-1,) if named else (1, -1))
    return next(iter(found), (1,)) if len(found) < 2 else () if {(1,), (-1,)} <= found else (1, -1)


def _is_negative(node: ast.expr) -> bool:
    """Whether a product has a minus in front of it, or of one of its factors."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return _is_negative(node.left) is not _is_negative(node.right)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def is_minimised(tree: ast.AST) -> bool:
    """Whether something in a program is called as what is made small.

    >>> is_minimised(ast.parse("loss = f(x)")), is_minimised(ast.parse("def cost(x): return x")), is_minimised(ast.parse("score = x"))
    (True, True, False)
    """
    parts = [*ast.walk(tree)]
    stored = [part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    return any(map(_MINIMISED.search, [*stored, *(part.name for part in parts if isinstance(part, ast.FunctionDef))]))


def find_climbing_step(source: Source, plan: BackwardPlan) -> NumericWarning | None:
    r"""The step that adds the gradient of what is called a loss, so that this grows; None where none does.

    >>> from tutor.program.source import read_source
    >>> text = "def fit(w, x, y):\n    loss = (w * x - y) ** 2\n    dw = 2 * x * (w * x - y)\n    w = w + 0.1 * dw"
    >>> find_climbing_step(read_source(text, "f.py"), BackwardPlan("fit", "fit", "fit"))
    NumericWarning(line=4, kind='climbs', text='w = w + 0.1 * dw', of='w = w - 0.1 * dw')
    """
    if not plan.is_single:
        return None
    own = find_function(source.tree, plan.owner, plan.backward) if plan.backward else None
    parts = [*ast.walk(source.tree if own is None else own)]
    if list_signs(source.tree) != (-1,) or not (is_minimised(source.tree if own is None else own) or _MINIMISED.search(plan.cost)):
        return None
    for node in parts:
        step = find_step(node)
        if step is None or not isinstance(step.op, ast.Add) or not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        if any(isinstance(part, ast.Name) and split_gradient(part.id) for part in ast.walk(step.value)):
            made = deepcopy(node)
            changed = made if isinstance(made, ast.AugAssign) else made.value
            assert isinstance(changed, ast.AugAssign | ast.BinOp)
            changed.op = ast.Sub()
            written = source.lines[node.lineno - 1].strip() if node.lineno <= len(source.lines) else ""
            if "+=" in written:  # as it stands there: its gradient may have got a name
                return NumericWarning(node.lineno, "climbs", written, written.replace("+=", "-=", 1))
            return NumericWarning(node.lineno, "climbs", ast.unparse(node), ast.unparse(made))
    return None
