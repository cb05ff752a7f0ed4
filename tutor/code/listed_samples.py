"""One sample that is given as a list and made a column: ``np.array(inputs_list, ndmin=2).T`` is a column whatever it is given."""

from __future__ import annotations

import ast
from copy import deepcopy

from tutor.code.exchanged_parts import exchange_statements
from tutor.code.parts_of_formulas import strip_transpose
from tutor.program.source import Source


def take_columns(source: Source) -> Source:
    """A program that is given its samples as columns, where it makes them of lists; the same one where it makes none.

    >>> from tutor.program.source import read_source
    >>> text = "def f(xs, w): x = np.array(xs, ndmin=2).T; return w @ x"
    >>> print(ast.unparse(take_columns(read_source(text, "f.py")).tree).splitlines()[1].strip())
    x = xs
    """
    made: dict[int, list[ast.stmt]] = {}
    for body in (part for part in source.parts if isinstance(part, ast.FunctionDef)):
        given = {arg.arg for arg in body.args.args}
        for node in (part for part in ast.walk(body) if isinstance(part, ast.Assign)):
            name = _find_list(node.value)
            if name is not None and name.id in given:
                copied = deepcopy(node)
                copied.value = deepcopy(name)
                made[id(node)] = [copied]
    return exchange_statements(source, made)


def _find_list(node: ast.expr) -> ast.Name | None:
    """The list that a column is made of; nothing for anything else."""
    call = strip_transpose(node)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if not call.args or not isinstance(call.args[0], ast.Name):
        return None
    two = any(one.arg == "ndmin" and ast.unparse(one.value) == "2" for one in call.keywords)
    return call.args[0] if (call.func.attr in ("array", "asarray") and two) or call.func.attr == "atleast_2d" else None
