"""The loss that a training body watches, or that stands in its file: a function that it calls behind its step, or not at all.

``theta -= rate * gradient`` and then ``cost = compute_cost(X, y, theta)``: what the gradient is of is that cost as it was before the step.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

from tutor.code.exchanged_parts import exchange_statements
from tutor.code.named_updates import find_step
from tutor.code.pair_functions import (
    LOSS_WORDS,
    METRIC,
    NOW,
    BackwardPlan,
    is_training,
    list_costs,
    list_stepped,
    split_gradient,
)
from tutor.code.pass_loss import is_no_loss
from tutor.code.targets import list_targets
from tutor.code.usual_penalties import list_penalties
from tutor.errors import Told, tell
from tutor.program.source import Source

_MEASURE = re.compile(r"(?i)(^|_|\.)mse(_|$)|mean_?squared")
"""A loss that is as often a measure of how good a prediction is."""
NAMES = ("loss", "cost", "objective", "total_loss")
"""What the loss is called in the body: the first one that is free there."""


@dataclass(frozen=True, slots=True)
class OwnLoss:
    """A program whose body works out the loss of its file; ``is_watched`` where the body calls it itself.

    It is a metric, too, where it is called as one is, ``mse``, and nothing is made of it.
    """

    source: Source
    told: Told
    is_watched: bool
    is_metric: bool = False


def put_own_loss(source: Source, plan: BackwardPlan, body: ast.FunctionDef | ast.Module | None) -> OwnLoss | None:
    r"""The program with the loss of its file in front of the step; None where there is no such loss.

    >>> from tutor.program.source import read_source
    >>> text = "def cost(X, w, y): return ((X @ w - y) ** 2).sum()\ndef fit(X, y, w):\n    for i in range(9):\n"
    >>> text += "        dw = 2 * X.T @ (X @ w - y)\n        w -= 0.1 * dw\n        history.append(cost(X, w, y))"
    >>> source = read_source(text, "f.py")
    >>> found = put_own_loss(source, BackwardPlan("fit", "fit", "fit"), source.tree.body[1])
    >>> print(str(found.told)), print(ast.unparse(found.source.tree.body[1]).splitlines()[-3].strip())
    the loss is cost(X, w, y), as it is before the step
    loss = cost(X, w, y)
    (None, None)
    """
    if body is None:
        return None
    block, place = _find_step(body)
    functions = _list_functions(source.tree, plan.owner)
    costs = [name for name in list_costs([name for name, _, _ in functions if name != plan.backward]) if not METRIC.search(name)]
    free = find_free(body)
    found = _find_watched(block, place, costs) if block else None
    if found is not None:
        call, before, moved = found
        if _is_worked_out_before(block[:place], costs):
            return None
        loss = deepcopy(moved) if moved is not None else _make_assignment(free, call, block[place])
        made = {id(node): [] if node is moved else [_exchange_call(node, call, free)] for node in block[place:]}
        made[id(block[place])] = [*deepcopy(before), loss, *made[id(block[place])]]
        told = tell("the loss is {loss}, as it is before the step", loss=ast.unparse(call))
        return OwnLoss(exchange_statements(source, made), told, True, bool(_MEASURE.search(ast.unparse(call.func))))
    if any(map(LOSS_WORDS.match, _list_stored(body))):
        return None
    block, place = (block, place) if block else _find_end(body)
    known = _list_known(body, block, place)
    for name, node, head in functions:
        args = _match_arguments(node, known, bool(head)) if name in costs else None
        if args is not None and block:
            call = ast.Call(ast.parse(f"{head}{name}", mode="eval").body, [ast.Name(arg, ast.Load()) for arg in args], [])
            ast.copy_location(call, block[place])
            told = tell("the loss is {loss}, a function of the file", loss=ast.unparse(call))
            made = {id(block[place]): [_make_assignment(free, call, block[place]), block[place]]}
            return OwnLoss(exchange_statements(source, made), told, False)
    return None


def _list_stored(body: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(body) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def find_free(body: ast.AST) -> str:
    """What a loss can be called that is put into a body: a name that is free there.

    >>> find_free(ast.parse("p = x @ w")), find_free(ast.parse("loss = h - y"))
    ('loss', 'cost')
    """
    stored = _list_stored(body)
    return next((name for name in NAMES if name not in stored), NAMES[-1])


def turn_loss(source: Source, body: ast.FunctionDef | ast.Module | None) -> OwnLoss | None:
    r"""The program with minus its loss, for gradients that are added to the weights; None where no statement gives a loss.

    >>> from tutor.program.source import read_source
    >>> source = read_source("def fit(w, x, y):\n    loss = (y - w * x) ** 2\n    dw = 2 * x * (y - w * x)\n    w += 0.1 * dw", "f.py")
    >>> print(ast.unparse(turn_loss(source, source.tree.body[0]).source.tree).splitlines()[2].strip())
    loss = -loss
    """
    turned = _put_behind_loss(source, body, lambda name: ast.UnaryOp(ast.USub(), ast.Name(name, ast.Load())))
    told = tell("the gradients are those of minus the loss, since they are added to the weights")
    return None if turned is None else OwnLoss(turned, told, True)


def list_watched(source: Source, body: ast.FunctionDef | ast.Module | None, *, halved: bool = False) -> Iterator[OwnLoss]:
    r"""The programs with another loss, where a body that takes steps only watches its own: with the penalties of its gradients.

    Where it may be ``halved`` it is so, too: one that is called ``mse`` and is printed says how near a prediction is, in a usual unit.

    >>> from tutor.program.source import read_source
    >>> text = "def fit(w, x, y):\n    loss = (y - w * x) ** 2\n    dw = 2 * x * (w * x - y) + a * w\n    w -= 0.1 * dw"
    >>> source = read_source(text, "f.py")
    >>> made = list_watched(source, source.tree.body[0], halved=True)
    >>> [ast.unparse(one.source.tree).splitlines()[2].strip() for one in made]
    ['loss = loss + 0.5 * a * np.sum(w ** 2)', 'loss = 0.5 * loss', 'loss = 0.5 * loss + 0.5 * a * np.sum(w ** 2)']
    """
    if body is None or not is_training(body):
        return
    penalties = " + ".join(list_penalties(body)).replace("+ -", "- ")
    half = tell("the gradients are those of half the loss that is watched")
    told = tell("the loss that is watched has no penalty: judged with {penalty} added to it", penalty=penalties)
    both = tell("the loss that is watched has no penalty: judged with half of it and {penalty}", penalty=penalties)
    ways = [("{}" + f" + {penalties}", told)] if penalties else []
    ways += [("0.5 * {}", half)] if halved else []
    ways += [("0.5 * {}" + f" + {penalties}", both)] if halved and penalties else []
    for written, said in ways:
        found = _put_behind_loss(source, body, partial(_write_loss, written))
        if found is not None:
            yield OwnLoss(found, said, True)


def _write_loss(written: str, name: str) -> ast.expr:
    """An expression in which a loss stands in the place of braces."""
    return ast.parse(written.replace("{}", name, 1), mode="eval").body


def _put_behind_loss(
    source: Source, body: ast.FunctionDef | ast.Module | None, make: Callable[[str], ast.expr]
) -> Source | None:
    """The program in which a body makes something of its loss, behind the statement that gives it; None where none does."""
    found = None
    for block in _list_blocks(body) if body is not None else ():
        for place, node in enumerate(block):
            for target in list_targets(node):
                if isinstance(target, ast.Name) and LOSS_WORDS.match(target.id) and not is_no_loss(node):
                    found = block, place, target.id
    if found is None:
        return None
    block, place, name = found
    made = _make_assignment(name, make(name), block[place])
    return exchange_statements(source, {id(block[place]): [block[place], made]})


def _list_functions(tree: ast.Module, owner: str) -> list[tuple[str, ast.FunctionDef, str]]:
    """The functions that a body may call: of its class and of its file, each with what stands in front of its name."""
    own = [part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == owner]
    inside = [(one.name, one, "self.") for part in own for one in part.body if isinstance(one, ast.FunctionDef)]
    return [*inside, *((part.name, part, "") for part in tree.body if isinstance(part, ast.FunctionDef))]


def _list_blocks(body: ast.FunctionDef | ast.Module) -> Iterator[list[ast.stmt]]:
    """The blocks of a body, the outer ones first; of a script without those of its functions."""
    waiting: list[list[ast.stmt]] = [body.body]
    while waiting:
        block = waiting.pop(0)
        yield block
        for node in block:
            if isinstance(node, ast.For | ast.While | ast.If):
                waiting += [node.body, *([node.orelse] if node.orelse else [])]


def _find_step(body: ast.FunctionDef | ast.Module) -> tuple[list[ast.stmt], int]:
    """The block with the first step, and the place of that; nothing where there is none."""
    stepped = list_stepped(body)
    for block in _list_blocks(body):
        for place, node in enumerate(block):
            step = find_step(node)
            if step is not None and ast.unparse(step.target).rpartition(".")[2] in stepped:
                loops = (number for number in range(place) if isinstance(block[number], ast.For))
                return block, next((number for number in loops if _has_parts_stepped(block[number])), place)
    return [], 0


def _has_parts_stepped(loop: ast.stmt) -> bool:
    """Whether a loop takes steps with the parts of a parameter: ``w[j] -= rate * dw[j]``."""
    steps = [part for part in ast.walk(loop) if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Subscript)]
    return any(
        isinstance(step.target, ast.Subscript) and ast.unparse(step.target.value) in split_gradient(part.id)
        for step in steps for part in ast.walk(step.value) if isinstance(part, ast.Name)
    )  # fmt: skip


def _find_end(body: ast.FunctionDef | ast.Module) -> tuple[list[ast.stmt], int]:
    """The end of a function that takes no step: in front of what it returns."""
    if isinstance(body, ast.Module):
        return [], 0
    place = next((place for place, node in enumerate(body.body) if isinstance(node, ast.Return)), -1)
    return (body.body, place) if place >= 0 else ([], 0)


def _find_watched(
    block: Sequence[ast.stmt], place: int, costs: Sequence[str]
) -> tuple[ast.Call, list[ast.stmt], ast.Assign | None] | None:
    """The loss that is called behind a step: the call, what is worked out for it there, and its statement where that names a loss."""
    for number in range(place + 1, len(block)):
        for part in ast.walk(block[number]):
            word = ast.unparse(part.func).rpartition(".")[2] if isinstance(part, ast.Call) else ""
            if isinstance(part, ast.Call) and word in costs and _is_of_step(part, block[:number], place):
                node = block[number]
                named = isinstance(node, ast.Assign) and node.value is part and isinstance(node.targets[0], ast.Name)
                moved = node if named and isinstance(node, ast.Assign) and LOSS_WORDS.match(ast.unparse(node.targets[0])) else None
                return part, _list_needed(block[place:number], part), moved
    return None


def _exchange_call(node: ast.stmt, call: ast.Call, name: str) -> ast.stmt:
    """A statement with a name in the place of a call: ``history.append(loss)``."""
    if not any(part is call for part in ast.walk(node)):
        return node
    return deepcopy(node, {id(call): ast.copy_location(ast.Name(name, ast.Load()), call)})


def _is_of_step(call: ast.Call, nodes: Sequence[ast.stmt], place: int) -> bool:
    """Whether a loss is given what the step is worked out from, and no other data: none of validation, none of all samples for one."""
    given = {part.id for arg in call.args for part in ast.walk(arg) if isinstance(part, ast.Name)}
    before = {part.id for node in nodes[:place] for part in ast.walk(node) if isinstance(part, ast.Name)}
    behind = [part for node in nodes[place:] for part in ast.walk(node)]
    stored = {part.id for part in behind if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    parts = {part.value.id for part in behind if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name)}
    return given <= before | stored | parts | {"self", "np"}


def _list_needed(between: Sequence[ast.stmt], call: ast.Call) -> list[ast.stmt]:
    """What is worked out between a step and the loss, for the loss: ``p = predict(X)``; the steps themselves are left out."""
    wanted = {part.id for part in ast.walk(call) if isinstance(part, ast.Name)}
    found: list[ast.stmt] = []
    for node in reversed(between):
        stored = {one.id for target in list_targets(node) for one in ast.walk(target) if isinstance(one, ast.Name)}
        if isinstance(node, ast.Assign) and find_step(node) is None and stored & wanted:
            found.insert(0, node)
            wanted |= {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}
    return found


def _is_worked_out_before(nodes: Sequence[ast.stmt], costs: Sequence[str]) -> bool:
    """Whether a loss is worked out in front of the step, too."""
    parts = [part for node in nodes for part in ast.walk(node)]
    calls = [ast.unparse(part.func).rpartition(".")[2] for part in parts if isinstance(part, ast.Call)]
    return any(call in costs for call in calls)


def _list_known(body: ast.FunctionDef | ast.Module, block: Sequence[ast.stmt], place: int) -> list[str]:
    """The names that have a value at a place of a body."""
    args = [arg.arg for arg in body.args.args] if isinstance(body, ast.FunctionDef) else []
    end = block[place].lineno if block else 0
    named = [one for one in ast.walk(body) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and one.lineno < end]
    return [*dict.fromkeys([*args, *(one.id for one in named)])]


def _match_arguments(node: ast.FunctionDef, known: Sequence[str], method: bool) -> list[str] | None:
    """The names of a body that a loss is given, each by its own name, or as ``b_current`` for b; None where one is missing."""
    listed = node.args.args[1 if method else 0 : len(node.args.args) - len(node.args.defaults)]
    found = [next((name for name in known if arg.arg in (name, NOW.sub("", name))), "") for arg in listed]
    return found if found and all(found) else None


def _make_assignment(name: str, value: ast.expr, where: ast.stmt) -> ast.Assign:
    made = ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], deepcopy(value)), where)
    for part in ast.walk(made):
        if isinstance(part, ast.expr):
            ast.copy_location(part, where)
    return made
