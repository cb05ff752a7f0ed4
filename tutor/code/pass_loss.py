"""The loss behind a forward pass that gives no number of its own: a sum with a gradient from above for each output."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tutor.code.code_values import CodeProblem, Record
from tutor.code.guess_shapes import find_seed, is_parameter, is_target
from tutor.code.pair_functions import LOSS_WORDS, UPSTREAM, find_long_name, split_gradient
from tutor.code.returned_values import name_returned
from tutor.errors import tell
from tutor.numbers.arrays import np


def find_upstream(names: Sequence[str], known: Collection[str]) -> list[str]:
    """The arguments of a backward pass that are gradients from above: by their names, and all behind PyTorch's ``ctx``.

    >>> find_upstream(["dout", "cache"], ["x"]), find_upstream(["ctx", "go"], ["ctx", "q"]), find_upstream(["dx"], ["dx"])
    (['dout'], ['go'], [])
    """
    return [*names[1:]] if names[:1] == ["ctx"] else [name for name in names if UPSTREAM.match(name) and name not in known]


def make_loss(
    outs: Sequence[tuple[str, Any]], ups: Sequence[str], usual: Mapping[str, ast.expr], seed: int, *, sparse: bool = False
) -> tuple[Any, dict[str, tuple[str, Any]]]:
    """A loss Σ g ⊙ out behind what the forward pass gives, so that g is the gradient from above; for each g its output and its value.

    Where it is ``sparse``, one entry of each g is not 0.
    Behind a loss g is 1 where the backward pass says so: ``def backward(self, dout=1)``.

    >>> loss, above = make_loss([("z", np.array([3.0]))], [], {}, 0)
    >>> float(loss[0]), list(above)
    (3.0, [''])
    """
    loss: Any = 0.0
    upstream: dict[str, tuple[str, Any]] = {}
    left = dict(outs)
    for name in ups:
        of = [key for key in split_gradient(name) if key in left]
        key = of[0] if of else next(iter(left), "")
        if not key:
            continue
        value = left.pop(key)
        rng = np.random.default_rng(find_seed(f" from above {name}", seed))
        above = rng.standard_normal(np.shape(value)) if np.shape(value) else float(rng.uniform(0.5, 1.5))
        if sparse and np.shape(above):
            above = np.where(np.arange(np.size(above)).reshape(np.shape(above)) == seed % np.size(above), above, 0.0)
        own = usual.get(name)
        if not np.shape(value) and isinstance(own, ast.Constant) and isinstance(own.value, int | float) and own.value:
            above = float(own.value)
        upstream[name] = (key, above)
        loss = loss + np.sum(above * value)
    beside = [value for key, value in left.items() if np.size(value) == 1 and re.search(r"(?i)(^|_)(loss|cost)$", key)]
    loss = loss + np.sum(beside[0]) if upstream and len(beside) == 1 else loss  # beside a state: its gradient from above is 1
    if outs and not any(np.size(value) for _, value in outs):  # a filter that is larger than its image: nothing could be wrong
        raise CodeProblem(tell("the forward pass gives no number and no array"))
    if not upstream and outs:
        upstream[""] = key, value = next((pair for pair in outs if np.size(pair[1]) == 1), outs[0])
        loss = value if np.size(value) == 1 else np.sum(value)
    return loss, upstream


def average_samples(tree: ast.Module, outs: Sequence[tuple[str, Any]]) -> Any:
    r"""The mean of a loss of each sample, where another method takes it: ``np.mean(self.forward(output, y))``; None without such a one.

    >>> text = "class Loss:\n    def calculate(self, p, y):\n        losses = self.forward(p, y)\n        return np.mean(losses)"
    >>> float(average_samples(ast.parse(text), [("losses", np.array([1.0, 3.0]))]))
    2.0
    """
    if len(outs) != 1 or np.ndim(outs[0][1]) != 1:
        return None
    for body in (part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)):
        calls = [ast.unparse(part.func) for part in ast.walk(body) if isinstance(part, ast.Call)]
        if "self.forward" in calls and any(re.search(r"\bmean$", call) for call in calls):
            return np.mean(outs[0][1])
    return None


def has_targets(backward: ast.AST, cost: ast.FunctionDef | ast.Lambda) -> bool:
    r"""Whether a backward pass can be that of a cost: where that takes a target, the pass has to be given it.

    >>> text = "def slope(x):\n    return 2 * x\ndef back(x, t):\n    return x - t\ndef cost(y, t):\n    return np.sum((y - t) ** 2) / 2"
    >>> slope, back, cost = ast.parse(text).body
    >>> has_targets(slope, cost), has_targets(back, cost)
    (False, True)
    >>> has_targets(slope, ast.parse("def mse(y_true, y_pred):\n    return np.mean((y_true - y_pred) ** 2)").body[0])
    False
    """
    args = [arg.arg for arg in cost.args.args]
    wanted = {name for name in (args[1:] if all(map(is_target, args)) else args) if is_target(name)}  # loss(y_true, y_pred), loss(y, t)
    used = {part.arg if isinstance(part, ast.arg) else part.id for part in ast.walk(backward) if isinstance(part, ast.arg | ast.Name)}
    known = {name.lower() for name in used}
    cached = any("cache" in name for name in known)
    return not wanted or cached or any(name.lower() in known for name in wanted) or any(map(is_target, used))


def takes_kept_output(cost: ast.FunctionDef | ast.Lambda, outs: Collection[str]) -> bool:
    """Whether a cost takes an output that its object keeps, so that its only argument is the target: ``(y - self.mu) ** 2``.

    >>> cost = ast.parse("def loss(self, y): return np.mean((y - self.mu) ** 2)").body[0]
    >>> takes_kept_output(cost, ["mu", "s"]), takes_kept_output(cost, ["p"])
    (True, False)
    """
    own = [arg.arg for arg in cost.args.args][1:]
    kept = {part.attr for part in ast.walk(cost) if isinstance(part, ast.Attribute) and getattr(part.value, "id", "") == "self"}
    return bool(own) and all(map(is_target, own)) and not kept.isdisjoint(outs)


def is_object_method(backward: ast.AST) -> bool:
    """Whether a method takes what its object keeps, and not its arguments alone, as the slope of an activation does.

    >>> [is_object_method(ast.parse(text)) for text in ("def prime(self, z): return self.s(z)", "def back(self): return self.p")]
    [False, True]
    """
    called = {id(part.func) for part in ast.walk(backward) if isinstance(part, ast.Call)}
    kept = (part for part in ast.walk(backward) if isinstance(part, ast.Attribute) and id(part) not in called)
    return any(isinstance(part.value, ast.Name) and part.value.id == "self" for part in kept)


def is_sum(tree: ast.Module, cost: str) -> bool:
    r"""Whether a cost is a plain sum: nothing in it divides, or takes a mean.

    >>> is_sum(ast.parse("def cost(a, y):\n    return np.sum((a - y) ** 2)"), "cost")
    True
    >>> is_sum(ast.parse("def cost(a, y):\n    return np.sum((a - y) ** 2) / len(y)"), "cost")
    False
    """
    body = next((part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef) and part.name == cost), None)
    written = [ast.unparse(part) for part in body.body if not isinstance(part, ast.Expr)] if body is not None else []
    return bool(written) and not re.search(r"/|\b(mean|average|divide)\b", "\n".join(written))


def pick_loss(record: Record, returned: Any, node: ast.expr | None, file: str) -> Any:
    """The loss of one body: the first number that it returns and that is no gradient, or the last one that is called so; None without.

    Raises `CodeProblem` for a loss of several numbers.
    """
    words = {event.key.rpartition(".")[2] for event in record.events}
    given = {event.key: event.statement for event in record.events}
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else []
    written = {ast.unparse(part)[:40]: part for part in parts if isinstance(part, ast.BinOp)}
    for key, part in name_returned(returned, node):
        if is_step(written.get(key, given.get(key)), words):  # w of w = w_now - rate * dw
            continue
        head, _, last = key.rpartition(".")
        named = head.isidentifier() or head[:1] == "{"
        if split_gradient(key) or is_parameter(key) or (named and not LOSS_WORDS.match(last)):  # b of parameters
            continue
        if LOSS_WORDS.match(key) and isinstance(part, np.ndarray) and part.size > 1:
            raise CodeProblem(tell("the loss is no single number, but an array"), where=file)
        if isinstance(part, float | complex | np.inexact) or (isinstance(part, np.ndarray) and part.size == 1):
            return part
    for event in reversed(record.events):
        if LOSS_WORDS.match(event.key.rpartition(".")[2]) and np.size(event.value) == 1 and not is_no_loss(event.statement):
            return event.value
    return None


def is_step(node: ast.AST | None, words: Collection[str]) -> bool:
    """Whether a statement works with the gradient of something that there is: ``w = w_now - rate * dw``.

    >>> node = ast.parse("loss = np.sum(diff ** 2)").body[0]
    >>> is_step(node, ["x"]), is_step(ast.parse("b = b_now - L * grad_b").body[0], ["b", "x"])
    (False, True)
    """
    is_written = isinstance(node, ast.Assign | ast.AugAssign | ast.BinOp)
    used = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)] if is_written and node is not None else []
    return any(of in words or find_long_name(of, words) for name in used for of in split_gradient(name))


def is_no_loss(node: ast.AST | None) -> bool:
    """Whether what a statement gives is no loss, whatever its name: a rate, ``L = 0.01``, or how far one sample is off, ``error = y - p``.

    >>> [is_no_loss(ast.parse(text).body[0]) for text in ("L = 0.01", "error = y - p", "error = (y - p) ** 2", "loss += 1.0")]
    [True, True, False, False]
    """
    value = node.value if isinstance(node, ast.Assign) else None
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Sub):
        sides = [side.value if isinstance(side, ast.Subscript) else side for side in (value.left, value.right)]
        called = isinstance(node, ast.Assign) and "error" in ast.unparse(node.targets[0]).lower()
        return called or any(is_target(getattr(side, "attr", getattr(side, "id", ""))) for side in sides)
    return isinstance(value, ast.Constant)
