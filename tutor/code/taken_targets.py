"""The targets that a program takes though it has no loss: what they are called, and where a prediction is compared with them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from tutor.code.exchanged_parts import find_function
from tutor.code.guess_shapes import is_target
from tutor.code.pair_functions import LOSS_WORDS, UPSTREAM, BackwardPlan, list_stepped
from tutor.code.parts_of_formulas import strip_transpose


def find_target(tree: ast.Module, plan: BackwardPlan) -> str:
    """The target that a backward pass takes though no loss does, ``y`` or ``self.y``; nothing where it is given a gradient from above.

    >>> tree = ast.parse("def forward(x, w): return x @ w\\ndef backward(x, w, a, y): return x.T @ (a - y)")
    >>> find_target(tree, BackwardPlan("backward", "forward", "backward"))
    'y'
    """
    if plan.is_single:
        return _find_own_target(find_body(tree, plan), tree)
    forward, backward = (find_function(tree, plan.owner, name) for name in (plan.forward, plan.backward))
    if plan.cost or forward is None or backward is None:
        return ""
    known = {part.arg for part in ast.walk(forward) if isinstance(part, ast.arg)}
    known |= {part.id for part in ast.walk(forward) if isinstance(part, ast.Name)}
    args = [arg.arg for arg in backward.args.args if arg.arg not in known]
    if any(UPSTREAM.match(arg) for arg in args) or any(len(name) > 1 and LOSS_WORDS.match(name) for name in known):
        return ""
    found = next((arg for arg in args if is_target(arg)), "")
    if found or not plan.owner or not backward.args.args:
        return found
    own = backward.args.args[0].arg
    made = {part.attr for part in ast.walk(forward) if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)}
    used = (part for part in ast.walk(backward) if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load))
    kept = [part.attr for part in used if isinstance(part.value, ast.Name) and part.value.id == own and part.attr not in made]
    return next((f"{own}.{name}" for name in kept if is_target(name)), "")


def find_body(tree: ast.Module, plan: BackwardPlan) -> ast.FunctionDef | ast.Module | None:
    """The one body of a plan: a function, or a script."""
    return find_function(tree, plan.owner, plan.backward) if plan.backward else tree


def _list_assignments(body: ast.FunctionDef | ast.Module) -> list[ast.Assign | ast.AugAssign]:
    """What a body assigns, in the order of its lines; of a script what stands in no function."""
    parts = [part for part in body.body if isinstance(body, ast.FunctionDef) or not isinstance(part, ast.FunctionDef | ast.ClassDef)]
    found = [one for part in parts for one in ast.walk(part) if isinstance(one, ast.Assign | ast.AugAssign)]
    return sorted(found, key=lambda one: one.lineno)


def _find_own_target(body: ast.FunctionDef | ast.Module | None, tree: ast.Module) -> str:
    """The target in a body with both passes and without a loss: an argument, or what it takes from elsewhere."""
    assigned = _list_assignments(body) if body is not None else []
    given = [part for part in assigned if not isinstance(part.value, ast.Constant)]  # L = 0.01
    given = [part for part in given if not (isinstance(part.value, ast.BinOp) and isinstance(part.value.op, ast.Sub))]  # error = y - p
    targets = [target for part in given for target in (part.targets if isinstance(part, ast.Assign) else [part.target])]
    stored = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    if body is None or any(map(LOSS_WORDS.match, stored)):
        return ""
    used = [one.id for part in assigned for one in ast.walk(part) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
    named = [arg.arg for arg in body.args.args] if isinstance(body, ast.FunctionDef) else []
    kept = [ast.unparse(one) for part in assigned for one in ast.walk(part) if isinstance(one, ast.Attribute) and is_target(one.attr)]
    targets_named = [name for name in dict.fromkeys([*named, *used]) if is_target(name)] + kept
    written = [one.id for part in given for one in _list_written(part) if isinstance(one, ast.Name)]
    return next((name for name in [*targets_named, *written] if find_difference(body, name, tree) is not None), "")


def _list_written(node: ast.Assign | ast.AugAssign) -> list[ast.expr]:
    """What is given an array that is written out: ``training_set_outputs = np.array([[0, 1]]).T``."""
    calls = (ast.unparse(part.func).rpartition(".")[2] for part in ast.walk(node.value) if isinstance(part, ast.Call))
    return node.targets if isinstance(node, ast.Assign) and "array" in {*calls} else []


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference of a prediction and a target: its statement, both as they are written, and the loop over the samples."""

    node: ast.stmt
    prediction: str
    target: str
    loop: ast.For | None = None

    @property
    def rounds(self) -> str:
        """How many samples the loop takes, as a program says it: m of ``range(m)``, len(xs) of ``zip(xs, ys)``."""
        over = self.loop.iter if self.loop is not None else None
        if isinstance(over, ast.Call) and getattr(over.func, "id", "") == "range":
            return ast.unparse(over.args[min(1, len(over.args) - 1)])
        own = over.args[0] if isinstance(over, ast.Call) and getattr(over.func, "id", "") in ("zip", "enumerate") else over
        return f"len({ast.unparse(own)})" if own is not None else ""


def find_difference(body: ast.FunctionDef | ast.Module, target: str, tree: ast.Module | None = None) -> Difference | None:
    """The first difference of a prediction and a target, ``dw = X.T @ (p - y)``; of a named prediction, or else of one that is worked out.

    So is ``p[range(n), y] -= 1``, of labels, and ``f - y[i]`` in a loop over samples; and what a function of the whole file, ``tree``,
    gives that is one: ``self.cost_derivative(activations[-1], y)``.
    """
    helpers = list_differences(tree) if tree is not None else {}
    for is_plain in (True, False):
        for node in _list_assignments(body):
            one_off = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub) and ast.unparse(node.value) in ("1", "1.0")
            place = node.target if isinstance(node, ast.AugAssign) and one_off else None
            if isinstance(place, ast.Subscript) and any(getattr(part, "id", "") == target for part in ast.walk(place.slice)):
                return Difference(node, ast.unparse(place.value), target)
            for part in ast.walk(node.value):
                pair = find_pair(part, helpers)
                if pair is not None:
                    for own, other in (pair, pair[::-1]):
                        if _is_difference(own, other, target, is_plain=is_plain):
                            return Difference(node, ast.unparse(own), ast.unparse(other), _find_samples(body, node, other, target))
    return None


def find_pair(node: ast.AST, helpers: Mapping[tuple[str, int], tuple[int, int]]) -> tuple[ast.expr, ast.expr] | None:
    """Both sides of a difference, or of a call of a function that gives one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return node.left, node.right
    if not isinstance(node, ast.Call) or node.keywords:
        return None
    places = helpers.get((ast.unparse(node.func).rpartition(".")[2], len(node.args)))
    return None if places is None else (node.args[places[0]], node.args[places[1]])


@lru_cache(maxsize=16)
def list_differences(tree: ast.Module) -> Mapping[tuple[str, int], tuple[int, int]]:
    r"""The functions that give the difference of two of their arguments, or what is made of it: by name and number of arguments, the
    places of both.

    >>> list_differences(ast.parse("def slope(a, y):\n    return a - y\ndef half(a):\n    return a / 2"))
    {('slope', 2): (0, 1)}
    """
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for part in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)):
        args = [arg.arg for arg in part.args.args if arg.arg != "self"]
        body = [one for one in part.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
        value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
        for one in ast.walk(value) if value is not None else ():
            if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub):
                sides = [getattr(side, "id", "") for side in (one.left, one.right)]
                if all(side in args for side in sides) and any(map(is_target, sides)):
                    found.setdefault((part.name, len(args)), (args.index(sides[0]), args.index(sides[1])))
    return found


def _is_difference(own: ast.expr, other: ast.expr, target: str, *, is_plain: bool) -> bool:
    """Whether two parts are a prediction and a target; a plain one has a name, and takes the whole target."""
    if is_plain:
        return isinstance(other, ast.Name | ast.Attribute) and ast.unparse(other) == target and isinstance(own, ast.Name | ast.Attribute)
    base = other.value if isinstance(other, ast.Subscript) else strip_transpose(other) or other
    inside = {ast.unparse(part) for part in ast.walk(own) if isinstance(part, ast.Name | ast.Attribute)}
    return isinstance(base, ast.Name | ast.Attribute) and ast.unparse(base) == target and bool(inside) and target not in inside


def _find_samples(body: ast.AST, node: ast.stmt, other: ast.expr, target: str) -> ast.For | None:
    """The loop over samples that a difference stands in: what gives the target there, ``for x, y in data``, or its place, ``y[i]``."""
    used = {part.id for part in ast.walk(other) if isinstance(part, ast.Name)}
    found = None
    for loop in (part for part in ast.walk(body) if isinstance(part, ast.For) and any(one is node for one in ast.walk(part))):
        given = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
        stored = {part.id for part in ast.walk(loop) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
        if not list_stepped(loop):  # else it takes a step for each sample
            found = loop if used & given or target in stored else found
    return found
