"""Steps that a condition chooses: ``if y * (x @ w) < 1: w -= rate * (reg * w - y * x)``, of a support vector machine or a perceptron.

What is made small there is how far the margin stays below its bound, max(0, 1 − y·s), with the squares of the weights that the steps have.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import deepcopy

from tutor.code.code_values import CodeProblem
from tutor.code.exchanged_parts import exchange_statements
from tutor.code.guess_shapes import is_target
from tutor.code.named_updates import drop_rate, find_step
from tutor.code.own_losses import find_free
from tutor.code.pair_functions import LOSS_WORDS, split_gradient
from tutor.code.targets import list_targets
from tutor.code.usual_penalties import list_penalties
from tutor.errors import tell
from tutor.program.source import Source

Body = ast.FunctionDef | ast.Module
JUMPS = re.compile(r"^(where|heaviside|sign)$")
"""What gives one of a few numbers."""
ONE = re.compile(r"_?i?$")
"""What the target of one sample has behind its name: y of ``yi``, of ``y_``."""


def name_margin_steps(source: Source) -> Source:
    r"""A program whose chosen steps have their gradients by name, in both branches: 0 where one of them has no step.

    >>> from tutor.program.source import read_source
    >>> text = "for x, y in data:\n    if y * np.dot(w, x) < 1:\n        w = w + lr * y * x"
    >>> print(ast.unparse(name_margin_steps(read_source(text, "f.py")).tree))
    for x, y in data:
        if y * np.dot(w, x) < 1:
            dw = -(y * x)
            w -= lr * dw
        else:
            dw = 0.0 * w
    """
    made: dict[int, list[ast.stmt]] = {}
    for body in (part for part in ast.walk(source.tree) if isinstance(part, Body)):
        for node, _ in _list_choices(body):
            targets = [ast.unparse(step.target) for part in (*node.body, *node.orelse) if (step := find_step(part)) is not None]
            branches = [_name_branch(part, [*dict.fromkeys(targets)], node) for part in (node.body, node.orelse)]
            made[id(node)] = [ast.copy_location(ast.If(node.test, *branches), node)]
    return exchange_statements(source, made)


def list_margin_losses(body: Body) -> Iterator[tuple[ast.If, str, str]]:
    r"""The losses that chosen steps may be those of: the choice, the name of the loss, and what it is.

    >>> text = "if y * s < 1:\n    dw = -(y * x) + reg * w\n    w -= lr * dw\nelse:\n    dw = reg * w\n    w -= lr * dw"
    >>> [loss for _, _, loss in list_margin_losses(ast.parse(text))][0]
    'max(0.0, 1 - y * s) + 0.5 * reg * np.sum(w ** 2)'
    """
    stored = [part.id for part in ast.walk(body) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    if any(map(LOSS_WORDS.match, stored)):
        return
    for node, test in _list_choices(body):
        margin, bound = ast.unparse(test.left), ast.unparse(test.comparators[0])
        given = [(part.targets[0], part.value) for part in (*node.body, *node.orelse) if isinstance(part, ast.Assign)]
        named = [(target, value) for target, value in given if isinstance(target, ast.Name) and split_gradient(target.id)]
        terms = [ast.AugAssign(target, ast.Add(), term) for target, value in named for term in _list_terms(value)]
        terms = [part for part in terms if not ast.unparse(part.value).startswith("0.0 *")]
        penalties = list_penalties(ast.Module([*terms], []))
        for below in (f"max(0.0, {bound} - {_bracket(margin)})", f"max(0.0, {margin} - {bound})"):
            for parts in (penalties, *([one] for one in penalties), []):
                yield node, find_free(body), " + ".join([below, *parts])


def refuse_unknown_loss(source: Source, body: Body | None, prediction: str) -> CodeProblem:
    r"""Why a body is not judged whose steps are slopes of no usual loss, and what to write instead.

    >>> from tutor.program.source import read_source
    >>> source = read_source("p = np.sign(x @ w)\nw += lr * (y - p) * x", "f.py")
    >>> print(refuse_unknown_loss(source, source.tree, "p").what)
    p is a step, whose slope is 0: these updates are the gradient of no loss of it
    """
    line = find_step_prediction(source.tree, body, prediction) if body is not None else 0
    if line:
        what = tell("{name} is a step, whose slope is 0: these updates are the gradient of no loss of it", name=prediction)
        hint = tell("a perceptron makes max(0, -y * score) small: if y * score <= 0: w += rate * y * x")
        return CodeProblem(what, where=source.name_line(line), hint=hint)
    hint = tell("write it beside them, as a function of prediction and target")
    return CodeProblem(tell("no loss is found"), where=source.file, hint=hint)


def find_step_prediction(tree: ast.Module, body: Body, name: str) -> int:
    r"""The line in which a body gives its prediction as a step of something, 0 or 1; 0 where it does not.

    >>> tree = ast.parse("def sign(z):\n    return np.where(z > 0, 1, -1)\nz = x @ w\np = sign(z)\ne = y - p")
    >>> find_step_prediction(tree, tree, "p"), find_step_prediction(tree, tree, "z")
    (4, 0)
    """
    bodies = {part.name: part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)}
    for node in (part for part in ast.walk(body) if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == name):
        value, seen = node.value, set[str]()
        while isinstance(value, ast.Call) and (word := ast.unparse(value.func).rpartition(".")[2]) in bodies.keys() - seen:
            returned = [part.value for part in ast.walk(bodies[word]) if isinstance(part, ast.Return) and part.value is not None]
            value = returned[-1] if returned else value
            seen.add(word)
        if _is_step(value):
            return node.lineno
    return 0


def _is_step(node: ast.expr) -> bool:
    """Whether a value jumps from one number to another: ``1 if z > 0 else 0``, ``np.where(z > 0, 1, -1)``, ``np.sign(z)``."""
    if isinstance(node, ast.IfExp):
        return isinstance(node.body, ast.Constant | ast.UnaryOp)
    word = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
    plain = isinstance(node, ast.Call) and all(isinstance(part, ast.Constant | ast.UnaryOp) for part in node.args[1:])
    compared = isinstance(node, ast.Call) and any(isinstance(part, ast.Compare) for part in ast.walk(node))
    return (bool(JUMPS.match(word)) and plain) or (word in ("astype", "int") and compared)


def has_choices(body: Body) -> bool:
    """Whether a body chooses a step by how large something with the target is.

    >>> [has_choices(ast.parse(f"if {test}: w += y")) for test in ("y * s < 1", "i < 1")]
    [True, False]
    """
    return any(True for _ in _list_choices(body))


def _list_choices(body: Body) -> Iterator[tuple[ast.If, ast.Compare]]:
    """The conditions of a body that choose a step, by how large something with the target is, with their comparisons."""
    blocks = [body.body]
    while blocks:
        block = blocks.pop(0)
        given = {ast.unparse(part.targets[0]): part.value for part in block if isinstance(part, ast.Assign)}
        for node in block:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            blocks += [part for part in (getattr(node, "body", None), getattr(node, "orelse", None)) if part]
            test = given.get(ast.unparse(node.test), node.test) if isinstance(node, ast.If) else None
            if not isinstance(node, ast.If) or not isinstance(test, ast.Compare) or len(test.ops) != 1:
                continue
            is_bound = isinstance(test.comparators[0], ast.Constant) and test.comparators[0].value in (0, 1)
            names = {part.id for part in ast.walk(given.get(ast.unparse(test.left), test.left)) if isinstance(part, ast.Name)}
            ordered = isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
            moved = [ast.unparse(step.target) for part in (*node.body, *node.orelse) if (step := find_step(part)) is not None]
            steps = moved and not any(LOSS_WORDS.match(name) or split_gradient(name) for name in moved)  # else it sums up a loss
            if is_bound and ordered and steps and any(is_target(ONE.sub("", name)) for name in names):
                yield node, test


def _name_branch(block: list[ast.stmt], targets: list[str], node: ast.stmt) -> list[ast.stmt]:
    """A branch in which each step has its gradient by name; what has none gets 0."""
    stepped = {ast.unparse(step.target) for part in block if (step := find_step(part)) is not None}
    made: list[ast.stmt] = []
    for target in targets:
        if target not in stepped:
            made.append(_place(f"d{target.rpartition('.')[2]} = 0.0 * {target}", node))
    for part in block:
        step, named = find_step(part), {split for one in list_targets(part) for split in split_gradient(ast.unparse(one))}
        if step is None or named:
            made.append(part)
            continue
        inner = drop_rate(step.value)
        name = f"d{ast.unparse(step.target).rpartition('.')[2]}"
        if isinstance(inner, ast.Name) and inner.id == name:  # it has a name already
            made.append(part)
            continue
        rate = ast.unparse(step.value).replace(ast.unparse(inner), name, 1)
        rate = rate if name in rate else f"lr * {name}"
        value = inner if isinstance(step.op, ast.Sub) else ast.UnaryOp(ast.USub(), inner)
        first = _place(f"{name} = 0", part)
        assert isinstance(first, ast.Assign)
        first.value = ast.copy_location(deepcopy(value), step.value)
        made += [first, _place(f"{ast.unparse(step.target)} -= {rate}", part)]
    return made


def _place(text: str, node: ast.stmt) -> ast.stmt:
    """A statement at the place of another one."""
    made = ast.parse(text).body[0]
    for part in ast.walk(made):
        if isinstance(part, ast.stmt | ast.expr):
            ast.copy_location(part, node)
    return made


def _list_terms(node: ast.expr, *, is_added: bool = True) -> Iterator[ast.expr]:
    """The terms of a sum that are added, and not taken off: ``2 * w`` of ``-(x - 2 * w)``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield from _list_terms(node.left, is_added=is_added)
        yield from _list_terms(node.right, is_added=is_added is isinstance(node.op, ast.Add))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield from _list_terms(node.operand, is_added=not is_added)
    elif (turned := _leave_sign(node)) is not None:
        yield from _list_terms(turned, is_added=not is_added)
    elif is_added:
        yield node


def _leave_sign(node: ast.expr) -> ast.expr | None:
    """A product without the minus of its first factor, 2 * w of ``-2 * w``; None where it has none."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult | ast.Div):
        return None
    left = node.left.operand if isinstance(node.left, ast.UnaryOp) and isinstance(node.left.op, ast.USub) else _leave_sign(node.left)
    return None if left is None else ast.copy_location(ast.BinOp(left, node.op, node.right), node)


def _bracket(text: str) -> str:
    """What is taken off, in brackets where it is a sum."""
    node = ast.parse(text, mode="eval").body
    return f"({text})" if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) else text
