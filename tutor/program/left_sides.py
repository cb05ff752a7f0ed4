"""What stands at the left of an assignment: as it is read, and the names that a statement would change."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tutor.expression.spelling import is_name
from tutor.program.program_values import Open
from tutor.program.recorder import Recorder


def load_target(node: Any) -> ast.expr:
    """A left side as it is read.

    >>> ast.unparse(load_target(ast.parse("x[0] += 1").body[0].target))
    'x[0]'
    """
    kinds: dict[type[ast.AST], Callable[[], ast.expr]] = {
        ast.Name: lambda: ast.Name(node.id, ast.Load()), ast.Attribute: lambda: ast.Attribute(node.value, node.attr, ast.Load()),
        ast.Subscript: lambda: ast.Subscript(node.value, node.slice, ast.Load()),
    }  # fmt: skip
    return ast.copy_location(kinds[type(node)](), node)


def list_changed(node: ast.stmt, parts: Sequence[ast.AST]) -> Iterator[str]:
    """The names that a statement assigns, and those that it hands to something that may change them."""
    for part in parts:
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.FunctionDef | ast.ClassDef) and part is node:
            yield part.name
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.attr.endswith("_"):
            yield call.func.value.id


def may_leave(node: ast.stmt) -> bool:
    r"""Whether a statement may leave the function, or the round of a loop, that it stands in.

    >>> [may_leave(ast.parse(text).body[0]) for text in ("if c:\n    continue", "for i in r:\n    break", "for i in r:\n    return i")]
    [True, False, True]
    """
    waiting: list[tuple[ast.AST, bool]] = [(node, False)]
    while waiting:
        part, looped = waiting.pop()
        if isinstance(part, ast.Return) or (isinstance(part, ast.Break | ast.Continue) and not looped):
            return True
        if not isinstance(part, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            looped = looped or isinstance(part, ast.For | ast.While)
            waiting += [(one, looped) for one in ast.iter_child_nodes(part)]
    return False


LETTERS = ("", "N", "ND", "BTC", "NCHW")
"""Letters for the sizes of an array with so many axes, where the program has no short names for them."""


def settle_taken(scope: Mapping[str, Any], recorder: Recorder, node: ast.Assign) -> None:
    """``N, D = X.shape``: an argument whose shape nobody says has so many axes, and these letters for their sizes."""
    target, value = node.targets[0], node.value
    of = value.func if isinstance(value, ast.Call) and not value.args else value
    word = "size" if of is not value else "shape"
    if not (isinstance(target, ast.Tuple) and isinstance(of, ast.Attribute) and of.attr == word and isinstance(of.value, ast.Name)):
        return
    array = scope.get(of.value.id)
    names = [part.id for part in target.elts if isinstance(part, ast.Name)]
    if isinstance(array, Open) and len(names) == len(target.elts) < len(LETTERS):
        usual = LETTERS[len(names)]
        said = [name if len(name) <= 2 and is_name(name) else letter for name, letter in zip(names, usual, strict=True)]
        recorder.settle_sizes(array, said if len({*said}) == len(said) else usual)
