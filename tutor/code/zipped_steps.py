"""Steps in a loop over parameters beside their gradients, ``for p, g in zip([W, b], [dW, db]): p -= rate * g``: one list in another order,
or a step that gives a name another value and leaves the parameter as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tutor.code.code_verdicts import WrongLine
from tutor.code.line_edits import LineEdit, make_edit
from tutor.code.named_updates import find_step
from tutor.code.pair_functions import find_long_name, split_gradient
from tutor.code.written_steps import Body, spell_key


def find_zipped(body: Body, differ: Callable[[str, str], bool], write_root: Callable[[LineEdit], WrongLine]) -> Iterator[WrongLine]:
    """The loops of a body whose steps are wrong; ``differ`` tells whether the gradients of two parameters are known and not the same."""
    for loop in body.parts:
        found = _find_pair(body, loop) if isinstance(loop, ast.For) else None
        if found is None or not isinstance(loop, ast.For):
            continue
        step, moved, lists = found
        parameters, gradients = lists
        words = [spell_key(one).rpartition(".")[2] for one in parameters.elts]
        of = [[_name_parameter(key, words) for key in split_gradient(spell_key(one))] for one in gradients.elts]
        places = [next((at for at, names in enumerate(of) if word in names), -1) for word in words]
        swapped = [(word, of[at][0]) for at, word in enumerate(words) if at < len(of) and of[at] and word not in of[at]]
        if len(words) == len(of) and sorted(places) == [*range(len(words))] and any(differ(*pair) for pair in swapped):
            made = type(gradients)([gradients.elts[at] for at in places], ast.Load())
            home = next((part for part in body.parts if isinstance(part, ast.Assign) and part.value is gradients), loop)
            yield write_root(make_edit("parts-exchanged", home, gradients, ast.copy_location(made, gradients)))
        elif isinstance(step, ast.Assign) and isinstance(step.value, ast.BinOp) and _is_last(body, loop, step, moved) and places:
            made_step = ast.copy_location(ast.AugAssign(ast.Name(moved, ast.Store()), step.value.op, step.value.right), step)
            yield write_root(LineEdit("step-lost", step, (made_step,), old=moved, new=moved))


def _name_parameter(key: str, words: list[str]) -> str:
    return key if key in words else find_long_name(key, words) or key


def _find_pair(body: Body, loop: ast.For) -> tuple[ast.stmt, str, tuple[ast.List | ast.Tuple, ast.List | ast.Tuple]] | None:
    """The step of a loop over two lists, what it moves, and the lists; None where that is not what a loop is."""
    call = loop.iter
    zipped = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "zip"
    if not zipped or not isinstance(call, ast.Call) or not isinstance(loop.target, ast.Tuple):
        return None
    table = dict(zip([getattr(one, "id", "") for one in loop.target.elts], call.args, strict=False))
    for node in loop.body:
        step = find_step(node)
        if step is None or not isinstance(step.target, ast.Name) or step.target.id not in table:
            continue
        used = [part.id for part in ast.walk(step.value) if isinstance(part, ast.Name) and part.id in table and part.id != step.target.id]
        moved, *others = (_find_list(body, table[name]) for name in (step.target.id, *used))
        gradients = [one for one in others if one is not None and all(split_gradient(spell_key(part)) for part in one.elts)]
        if moved is not None and len(gradients) == 1:
            return node, step.target.id, (moved, gradients[0])
    return None


def _find_list(body: Body, node: ast.expr) -> ast.List | ast.Tuple | None:
    """A list as it is written, where it stands or where its name is given it once."""
    if isinstance(node, ast.Name):
        given = body.given.get(node.id, [])
        node = given[0] if len(given) == 1 else node
    return node if isinstance(node, ast.List | ast.Tuple) else None


def _is_last(body: Body, loop: ast.For, step: ast.stmt, moved: str) -> bool:
    """Whether nothing takes the new value of a name."""
    inside = {id(part) for part in ast.walk(step)}
    loads = [part for part in ast.walk(loop) if isinstance(part, ast.Name) and part.id == moved and isinstance(part.ctx, ast.Load)]
    behind = [part for part in body.parts if isinstance(part, ast.Name) and part.id == moved and part.lineno > (loop.end_lineno or 0)]
    return not behind and all(id(part) in inside for part in loads)
