"""What a function of PyTorch has to give back: as many gradients as ``forward`` is given values, None where one needs none."""

from __future__ import annotations

import ast

from tutor.code.exchanged_parts import find_function
from tutor.code.pair_functions import BackwardPlan
from tutor.program.source import Source

CONTEXT = "ctx"


def has_context(source: Source, plan: BackwardPlan) -> bool:
    """Whether the backward pass of a plan is that of a function of PyTorch."""
    func = find_function(source.tree, plan.owner, plan.backward) if plan.owner and plan.backward else None
    return func is not None and [arg.arg for arg in func.args.args[:1]] == [CONTEXT]


def find_short_return(source: Source, plan: BackwardPlan) -> tuple[int, int, int] | None:
    r"""The line of a ``return`` with fewer gradients than forward is given values, how many it has, and how many are asked for.

    >>> from tutor.program.source import read_source
    >>> text = "class F(Function):\n    def forward(ctx, x, w): return x * w\n    def backward(ctx, g): return g"
    >>> find_short_return(read_source(text, "f.py"), BackwardPlan("F.backward", "forward", "backward", "F"))
    (3, 1, 2)
    """
    own, forward = (find_function(source.tree, plan.owner, name) for name in (plan.backward, plan.forward))
    if own is None or forward is None or not has_context(source, plan) or forward.args.vararg is not None:
        return None
    asked = len(forward.args.args) - 1
    for part in ast.walk(own):
        if isinstance(part, ast.Return) and part.value is not None:
            parts = part.value.elts if isinstance(part.value, ast.Tuple) else [part.value]
            several = len(parts) == 1 and _is_several(own, parts[0])
            if not several and len(parts) < asked and not any(isinstance(one, ast.Starred) for one in parts):
                return part.lineno, len(parts), asked
    return None


def _is_several(func: ast.FunctionDef, value: ast.expr) -> bool:
    """Whether a value may be a tuple: a name, or a call, that no product or sum of the function tells to be one array."""
    given = [part.value for part in ast.walk(func) if isinstance(part, ast.Assign) and any(
        isinstance(target, ast.Name) and isinstance(value, ast.Name) and target.id == value.id for target in part.targets)]  # fmt: skip
    if isinstance(value, ast.Name) and any(arg.arg == value.id for arg in func.args.args):
        return False
    return isinstance(value, ast.Name | ast.Call) and not any(isinstance(one, ast.BinOp) for one in given)
