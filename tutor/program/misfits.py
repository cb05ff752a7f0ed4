"""Sizes that do not fit, told in the program's own words: the expression as it stands, and the shape of each array in it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from tutor.errors import GraphError, ShapeError, TutorError, tell
from tutor.graph.shapes import shape_text
from tutor.late_patterns import compile_late
from tutor.program.program_values import DrawnArray, FilledArray, Formula, KnownArray, Library, Method

LONGEST_TEXT = 60
_OURS = compile_late(r"\w\(|[A-Za-z]\^T|⊙")
"""What only formulas have, and no program."""


def say_misfit(node: ast.AST, error: TutorError, read: Mapping[int, Any]) -> tuple[str, str]:
    """What is told of a part whose arrays do not fit, and what to do: as the error has it, where the part says no more.

    ``read`` are the values of the program's expressions, by the identity of their nodes.

    >>> node = ast.parse("a + b").body[0].value
    >>> values = {id(node.left): Formula(None, ("N", 3)), id(node.right): Formula(None, (4,))}
    >>> print(say_misfit(node, ShapeError("shapes do not fit: …"), values)[0])
    shapes do not fit: a is N×3 and b is 4, in a + b
    """
    if not isinstance(error, ShapeError | GraphError) or not isinstance(node, ast.BinOp | ast.AugAssign | ast.Call | ast.Compare):
        return error.what, error.hint
    operands = [(part, shape) for part in list_operands(node) if (shape := _find_shape(read.get(id(part)))) is not None]
    of_library = isinstance(node, ast.Call) and isinstance(read.get(id(node.func)), Library | Method)
    if len(operands) < (1 if of_library else 2) or not any(shape for _, shape in operands):
        return error.what, error.hint
    both = [tell("{name} is {shape}", name=_write(part), shape=shape_text(shape) or "1") for part, shape in operands]
    hint = tell("check the shapes") if _OURS.search(error.hint) else error.hint
    text = _write(node) if not isinstance(node, ast.AugAssign) else ast.unparse(node)[:LONGEST_TEXT]
    if isinstance(error, ShapeError):
        return tell("shapes do not fit: {both}, in {text}", both=both, text=text), hint
    return tell("{what}: {both}, in {text}", what=error.what, both=both, text=text), hint


def list_operands(node: ast.BinOp | ast.AugAssign | ast.Call | ast.Compare) -> list[ast.expr]:
    """The parts whose values meet: those of a list one by one.

    >>> [ast.unparse(part) for part in list_operands(ast.parse("np.concatenate([a, b], axis=1)").body[0].value)]
    ['np', 'a', 'b']
    """
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.AugAssign):
        return [node.target, node.value]
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    found: list[ast.expr] = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    for part in node.args:
        found += part.elts if isinstance(part, ast.List | ast.Tuple) else [part]
    return found


def _find_shape(value: Any) -> tuple[Any, ...] | None:
    return value.shape if isinstance(value, Formula | KnownArray | DrawnArray | FilledArray) else None


def _write(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
