"""Settings of windows that slide, by their names: how far a step goes, how wide the border is."""

from __future__ import annotations

import ast
import re

STRIDES = re.compile(r"(?i)^(\w+_)?(strides?|schritt(weite)?)(_?[hwxy\d]|_height|_width)?$")
_USUAL = ((STRIDES, 1), (re.compile(r"(?i)^(\w+_)?(pads?|padding|dilation)(_?[hwxy\d]|_height|_width)?$"), 1))


def find_usual_step(name: str, steps: int = 1) -> int | None:
    """The whole number that a setting of windows is taken for, where nobody gives it: ``steps`` for a stride; none for another name.

    >>> find_usual_step("stride"), find_usual_step("self_stride_h", 2), find_usual_step("pad", 2), find_usual_step("padded")
    (1, 2, 1, None)
    """
    usual = next((number for pattern, number in _USUAL if pattern.match(name)), None)
    return steps if usual is not None and STRIDES.match(name) else usual


def has_steps(tree: ast.Module) -> bool:
    """Whether a program has a stride: an argument, an attribute or a key that is called so.

    >>> has_steps(ast.parse("def f(x, stride=1): pass")), has_steps(ast.parse("s = p['stride']")), has_steps(ast.parse("x = 1"))
    (True, True, False)
    """
    names = (
        part.arg if isinstance(part, ast.arg) else part.attr if isinstance(part, ast.Attribute) else getattr(part, "value", None)
        for part in ast.walk(tree)
        if isinstance(part, ast.arg | ast.Attribute | ast.Constant)
    )
    return any(isinstance(name, str) and STRIDES.match(name) for name in names)
