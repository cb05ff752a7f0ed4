"""Backward passes that go forward themselves, beside a method that only predicts."""

from __future__ import annotations

import ast

from tutor.code.guess_shapes import DATA, is_target


def has_own_forward(backward: ast.FunctionDef, forward: ast.FunctionDef) -> bool:
    r"""Whether a method is given a sample with its target, and takes nothing of what another one makes: both passes stand in it.

    >>> text = "def run(self, a): return self.w * a\ndef backprop(self, x, y):\n    a = self.w * x\n    dw = (a - y) * x\n    return dw"
    >>> run, backprop = ast.parse(text).body
    >>> has_own_forward(backprop, run), has_own_forward(run, backprop)
    (True, False)
    """
    args = [arg.arg for arg in backward.args.args[1:]]
    samples = [name for name in args if DATA.match(name)]
    if len(samples) != 1 or not any(map(is_target, args)) or {arg.arg for arg in forward.args.args[1:]} & {*args}:
        return False
    kept = (part for part in ast.walk(forward) if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store))
    called = (part.attr for part in ast.walk(backward) if isinstance(part, ast.Attribute))
    used = {part.id for part in ast.walk(backward) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    return not any(kept) and forward.name not in called and samples[0] in used
