"""The loss that a program does not have: a backward pass that is given a target, and nothing that says what is minimised.

Then the usual losses are tried, as a function that is written behind the forward pass; the one that most gradients are slopes of is meant,
and is said.  Where none is, nothing is judged.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TypeVar

from tutor.code.code_values import CodeProblem
from tutor.code.code_worlds import find_training_loops, list_worlds
from tutor.code.guess_shapes import is_parameter, is_target
from tutor.code.guessing import GuessedWorld
from tutor.code.judgement import Judgement
from tutor.code.named_updates import find_step
from tutor.code.pair_functions import LOSS_WORDS, UPSTREAM, BackwardPlan, list_stepped, split_gradient
from tutor.code.split_returns import exchange_function, find_function
from tutor.code.trial import ProgramTrial
from tutor.code.usual_penalties import list_penalties
from tutor.code.work_statements import FAILS
from tutor.errors import Told, tell
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import np
from tutor.program.source import Source

Body = TypeVar("Body", ast.FunctionDef, ast.Module)
NAME = "usual_loss"
LOSSES = {
    "free": ("np.sum((prediction - {y})**2)", "-np.sum({y} * np.log(prediction) + (1 - {y}) * np.log(1 - prediction))"),
    "rows": ("-np.sum({y} * np.log(prediction))",),
}
LABELLED = {
    False: {"free": ("-np.sum(np.log(prediction[np.arange(len({y})), {y}]))",)},
    True: {"free": ("-np.sum(np.log(prediction[{y}, np.arange(len({y}))]))",)},
}
"""The usual losses as sums over all entries, by the targets that they take; of labels, beside samples that are rows, or columns."""
PARTS: tuple[tuple[str, int, Callable[[Sequence[int]], float]], ...] = (
    ("{}", 0, lambda shape: 1.0),
    ("0.5 * {}", 0, lambda shape: 0.5),
    ("{} / prediction.shape[0]", 1, lambda shape: 1 / shape[0]),
    ("0.5 * {} / prediction.shape[0]", 1, lambda shape: 0.5 / shape[0]),
    ("{} / prediction.shape[1]", 2, lambda shape: 1 / shape[1]),
    ("0.5 * {} / prediction.shape[1]", 2, lambda shape: 0.5 / shape[1]),
    ("{} / prediction.size", 1, lambda shape: 1 / math.prod(shape)),
    ("0.5 * {} / prediction.size", 1, lambda shape: 0.5 / math.prod(shape)),
)
"""What is made of a sum: the half, the mean over the samples or over all entries; the axes that
it takes; and the number that the sum is multiplied with."""
Part = tuple[int, str]
"""The sign of a loss, -1 where its gradients are added to the weights, and what is made of a sum."""
SAME = 1e-6


@dataclass(frozen=True, slots=True)
class MeantLoss:
    """A loss that a program does not have: the program with it, the plan, and what is said of it."""

    source: Source
    plan: BackwardPlan
    told: Told
    shapes: Mapping[str, Shape]


def find_target(tree: ast.Module, plan: BackwardPlan) -> str:
    """The target that a backward pass takes though no loss does, ``y`` or ``self.y``; nothing where it is given a gradient from above.

    >>> tree = ast.parse("def forward(x, w): return x @ w\\ndef backward(x, w, a, y): return x.T @ (a - y)")
    >>> find_target(tree, BackwardPlan("backward", "forward", "backward"))
    'y'
    """
    if plan.is_single:
        return _find_own_target(_find_body(tree, plan))
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


def _find_body(tree: ast.Module, plan: BackwardPlan) -> ast.FunctionDef | ast.Module | None:
    """The one body of a plan: a function, or a script."""
    return find_function(tree, plan.owner, plan.backward) if plan.backward else tree


def _list_assignments(body: ast.FunctionDef | ast.Module) -> list[ast.Assign | ast.AugAssign]:
    """What a body assigns, in the order of its lines; of a script what stands in no function."""
    parts = [part for part in body.body if isinstance(body, ast.FunctionDef) or not isinstance(part, ast.FunctionDef | ast.ClassDef)]
    found = [one for part in parts for one in ast.walk(part) if isinstance(one, ast.Assign | ast.AugAssign)]
    return sorted(found, key=lambda one: one.lineno)


def _find_own_target(body: ast.FunctionDef | ast.Module | None) -> str:
    """The target in a body with both passes and without a loss: an argument, or what it takes from elsewhere."""
    assigned = _list_assignments(body) if body is not None else []
    given = [part for part in assigned if not (isinstance(part.value, ast.BinOp) and isinstance(part.value.op, ast.Sub))]  # error = y - p
    targets = [target for part in given for target in (part.targets if isinstance(part, ast.Assign) else [part.target])]
    stored = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    if body is None or any(map(LOSS_WORDS.match, stored)):
        return ""
    used = [one.id for part in assigned for one in ast.walk(part) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)]
    named = [arg.arg for arg in body.args.args] if isinstance(body, ast.FunctionDef) else []
    targets_named = [name for name in dict.fromkeys([*named, *used]) if is_target(name)]
    written = [one.id for part in given for one in _list_written(part) if isinstance(one, ast.Name)]
    return next((name for name in [*targets_named, *written] if _find_difference(body, name) is not None), "")


def _list_written(node: ast.Assign | ast.AugAssign) -> list[ast.expr]:
    """What is given an array that is written out: ``training_set_outputs = np.array([[0, 1]]).T``."""
    calls = (ast.unparse(part.func).rpartition(".")[2] for part in ast.walk(node.value) if isinstance(part, ast.Call))
    return node.targets if isinstance(node, ast.Assign) and "array" in {*calls} else []


def _find_difference(body: ast.FunctionDef | ast.Module, target: str) -> tuple[ast.stmt, str] | None:
    """The statement with the first difference of a prediction and a target, and the prediction: ``dw = X.T @ (p - y)``.

    So is ``p[range(n), y] -= 1``, of labels.
    """
    for node in _list_assignments(body):
        one_off = isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Sub) and ast.unparse(node.value) in ("1", "1.0")
        place = node.target if isinstance(node, ast.AugAssign) and one_off else None
        if isinstance(place, ast.Subscript) and any(getattr(part, "id", "") == target for part in ast.walk(place.slice)):
            return node, ast.unparse(place.value)
        for part in ast.walk(node.value):
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
                for own, other in ((part.left, part.right), (part.right, part.left)):
                    if isinstance(other, ast.Name) and other.id == target and isinstance(own, ast.Name | ast.Attribute):
                        return node, ast.unparse(own)
    return None


def _put_before(body: Body, node: ast.stmt, made: ast.stmt) -> Body:
    """A function, or a script, with a statement in front of another one, in whatever loop that stands."""
    changed = deepcopy(body)
    for part in ast.walk(changed):
        for listed in (part.body, part.orelse) if isinstance(part, ast.For | ast.While | ast.If) else (getattr(part, "body", []),):
            for place, one in enumerate(listed if isinstance(listed, list) else []):
                if (one.lineno, one.col_offset) == (node.lineno, node.col_offset):
                    listed.insert(place, made)
                    return changed
    return changed


def find_meant_loss(trial: ProgramTrial) -> MeantLoss | None:
    """The usual loss that most gradients of a program are slopes of, where it takes a target and has no loss; else nothing.

    Raises `CodeProblem` where no gradient is the slope of one.
    """
    target = find_target(trial.source.tree, trial.plan)
    if not target:
        return None
    if trial.plan.is_single and _has_loss(trial):
        return None
    worlds = [replace(one, shapes=trial.world.shapes) for one in list_worlds(trial.source, trial.plan) if one.targets == "free"]
    found = _find_in_worlds(trial, target, [*worlds, *(replace(one, single=True, vectors=True) for one in worlds)])
    if found is None or found[1] < found[2]:
        numbers = dict.fromkeys(list_plain(trial.source.tree, trial.plan), ())
        plain = [replace(one, shapes={**numbers, **one.shapes}) for one in worlds[:1] if numbers]
        other = _find_in_worlds(trial, target, plain)
        if other is not None and (found is None or other[1] > found[1]):
            return replace(other[0], shapes={**numbers, **other[0].shapes}, told=tell("{what}, of single numbers", what=other[0].told))
    if found is not None:
        return found[0]
    hint = tell("write it beside them, as a function of prediction and target")
    raise CodeProblem(tell("no loss is found"), where=trial.source.file, hint=hint)


def list_plain(tree: ast.Module, plan: BackwardPlan) -> list[str]:
    r"""What is given to two functions that may be of single numbers: nothing in them needs an array; else nothing.

    >>> tree = ast.parse("def f(x, w): return w * x\ndef f_backward(x, y, w): return (w * x - y) * x")
    >>> list_plain(tree, BackwardPlan("f_backward", "f", "f_backward"))
    ['x', 'w', 'y']
    """
    bodies = [find_function(tree, plan.owner, name) for name in (plan.forward, plan.backward) if name and name != plan.owner]
    args: list[str] = []
    for body in bodies:
        for part in ast.walk(body) if body is not None and not plan.owner else ():
            word = part.attr if isinstance(part, ast.Attribute) else part.id if isinstance(part, ast.Name) else ""
            if isinstance(part, ast.MatMult | ast.Subscript | ast.For) or word in OF_ARRAYS:
                return []
            args += [part.arg] if isinstance(part, ast.arg) else []
    return [*dict.fromkeys(args)]


OF_ARRAYS = frozenset({"T", "dot", "matmul", "sum", "mean", "shape", "outer", "array", "reshape", "len", "size", "transpose", "einsum",
                       "zeros"})  # fmt: skip
"""What only arrays have, or is made of them."""


def _find_in_worlds(trial: ProgramTrial, target: str, worlds: Sequence[GuessedWorld]) -> tuple[MeantLoss, int, int] | None:
    """The loss that is meant in the first world in which one is, how many gradients are right with it, and of how many."""
    best: tuple[int, int, Part, GuessedWorld, Mapping[str, Shape]] | None = None
    signs = list_signs(trial.source.tree)
    labelled = target.rpartition(".")[2] in trial.labels
    for world in worlds:
        shape, shapes = _find_shape(trial.put_in(world), target)
        own = replace(world, shapes={**world.shapes, **shapes})
        rows = LABELLED[world.columns] if labelled else LOSSES
        for targets, total in ((targets, total) for targets, totals in rows.items() for total in totals):
            kind = "columns" if targets == "rows" and world.columns else targets
            made = write_loss(trial.source, trial.plan, target, (1, total), shapes)
            try:
                once = find_training_loops(made.source.tree) if made.plan.is_single else trial.once
                judged = Judgement(replace(trial, source=made.source, plan=made.plan, once=once).put_in(replace(own, targets=kind)))
            except (*FAILS, CodeProblem):
                continue
            found = Counter(part for key in judged.right for part in _list_parts(judged, key, shape, signs))
            parts = [part for part in found if found[part] == max(found.values())]
            part = _choose_part(judged.trial, parts, target, signs) if len(parts) > 1 else next(iter(parts), None)
            if part is not None and (best is None or found[part] > best[0]):
                best = found[part], len(judged.right), (part[0], part[1].replace("{}", total)), replace(own, targets=kind), shapes
        if best is not None:
            right, whole, written, chosen, said = best
            made = write_loss(trial.source, trial.plan, target, _add_penalties(trial, target, written, chosen, said), said)
            return made, right, whole
    return None


def _add_penalties(trial: ProgramTrial, target: str, written: Part, world: GuessedWorld, shapes: Mapping[str, Shape]) -> Part:
    """A loss with the squares of the weights whose multiples the gradients have, where more of these are right with it."""
    body = _find_body(trial.source.tree, trial.plan)
    sign, loss = written
    penalties = list_penalties(body) if body is not None and sign > 0 else []
    if not penalties:
        return written
    losses = (written, (sign, " + ".join([loss, *penalties])))
    return max(losses, key=lambda loss: _count_right(trial, write_loss(trial.source, trial.plan, target, loss, shapes), world))


def _count_right(trial: ProgramTrial, made: MeantLoss, world: GuessedWorld) -> int:
    """How many gradients are right with a loss; none where the program is not read with it."""
    try:
        once = find_training_loops(made.source.tree) if made.plan.is_single else trial.once
        return sum(Judgement(replace(trial, source=made.source, plan=made.plan, once=once).put_in(world)).right.values())
    except (*FAILS, CodeProblem):
        return 0


def _has_loss(trial: ProgramTrial) -> bool:
    """Whether one body gives a number that is its loss, whatever that is called."""
    try:
        return trial.run().loss is not None
    except (*FAILS, CodeProblem):
        return False


def _find_shape(trial: ProgramTrial, target: str) -> tuple[tuple[int, ...], dict[str, Shape]]:
    """The shape of what a program predicts, and with letters that of its target where it was guessed as another."""
    try:
        first = trial.run()
    except (*FAILS, CodeProblem):
        return (), {}
    said = "" if not trial.plan.is_single else _name_prediction(trial.source, trial.plan, target).rpartition(".")[2]
    shape = np.shape(next((value for _, value in first.upstream.values()), 0.0))
    shape = next((np.shape(event.value) for event in first.record.events if event.key == said), shape)
    name = target.rpartition(".")[2]
    own = np.shape(trial.current.guessed.get(name))
    if own in ((), shape) or name in trial.labels:
        return shape, {}
    letters = {size: letter for letter, size in reversed(trial.sizes.known.items()) if letter.isidentifier()}
    return shape, {name: tuple(letters.get(size, str(size)) for size in shape)}


def _choose_part(trial: ProgramTrial, parts: Sequence[Part], target: str, signs: Sequence[int]) -> Part:
    """One of several parts that make as many gradients right: one that does at other sizes, too, and rather a mean: it is forgotten."""
    other = trial.put_in(replace(trial.world, other_sizes=True))
    try:
        judged = Judgement(other)
    except (*FAILS, CodeProblem):
        return parts[0]
    shape = np.shape(other.current.guessed.get(target.rpartition(".")[2]))
    found = Counter(part for key in judged.right for part in _list_parts(judged, key, shape, signs))
    return max(parts, key=lambda part: (found[part], "/" in part[1]))


def _list_parts(judged: Judgement, key: str, shape: Sequence[int], signs: Sequence[int]) -> list[Part]:
    """What may be made of a sum so that a gradient is right; nothing where no usual part does."""
    output = next(one for one in judged.outputs if one.key == key)
    event = judged.check.find_target(output)
    ratio = None if event is None or output.value is None else judged.check.find_ratio(output.value, event)
    return [
        (sign, part) for sign in signs for part, axes, count in PARTS
        if ratio and len(shape) >= axes and (axes < 2 or shape[1] > 1) and abs(sign * count(shape) * ratio - 1) < SAME
    ]  # fmt: skip


def list_signs(tree: ast.Module) -> tuple[int, ...]:
    """The signs that gradients may have beside the loss: -1 where they are added to the weights, 1 where they are taken off.

    Both where it adds something that is not called a gradient; none where some are added and others taken off.

    >>> [list_signs(ast.parse(text)) for text in ("self.w1 += d_w1", "w -= a * dw", "w += v", "w1 += dw1; w2 -= dw2", "dw += x")]
    [(-1,), (1,), (1, -1), (), (1,)]
    >>> list_signs(ast.parse("w += -rate * dw"))
    (1,)
    """
    found: set[tuple[int, ...]] = set()
    stepped = list_stepped(tree)
    for node in ast.walk(tree):
        step = find_step(node)
        if step is not None:
            word = ast.unparse(step.target).rpartition(".")[2]
            if (is_parameter(word) and not split_gradient(word)) or word in stepped:
                named = any(isinstance(part, ast.Name) and split_gradient(part.id) for part in ast.walk(step.value))
                taken_off = isinstance(step.op, ast.Sub) is not _is_negative(step.value)  # W += -rate * dW
                found.add((1,) if taken_off else (-1,) if named else (1, -1))
    return next(iter(found), (1,)) if len(found) < 2 else () if {(1,), (-1,)} <= found else (1, -1)


def _is_negative(node: ast.expr) -> bool:
    """Whether a product has a minus in front of it, or of one of its factors."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        return _is_negative(node.left) is not _is_negative(node.right)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _name_prediction(source: Source, plan: BackwardPlan, target: str) -> str:
    body = _find_body(source.tree, plan)
    found = _find_difference(body, target) if body is not None else None
    return found[1] if found is not None else ""


def _write_inside(source: Source, plan: BackwardPlan, target: str, written: Part, shapes: Mapping[str, Shape]) -> MeantLoss:
    """A program with a loss in one body, in front of the first difference of a prediction and a target: ``loss = …``."""
    body = _find_body(source.tree, plan)
    assert body is not None
    found = _find_difference(body, target)
    assert found is not None
    node, prediction = found
    shown = written[1].replace("{y}", target).replace("prediction", prediction)
    made = ast.parse(f"loss = {_sign_loss(written[0], shown)}").body[0]
    for part in ast.walk(made):
        if isinstance(part, ast.stmt | ast.expr):
            ast.copy_location(part, node)
            part.lineno = part.end_lineno = node.lineno - 1
    if isinstance(body, ast.Module):
        tree = _put_before(body, node, made)
    else:
        tree = exchange_function(source.tree, body, _put_before(body, node, made))
    return MeantLoss(replace(source, tree=tree), plan, _tell_loss(written[0], shown), shapes)


def _sign_loss(sign: int, loss: str) -> str:
    return loss if sign > 0 else f"-({loss})"


def _tell_loss(sign: int, shown: str) -> Told:
    if sign < 0:
        return tell("the file has no loss: judged with minus {loss}, since it adds to its weights", loss=shown)
    return tell("the file has no loss: judged with {loss}", loss=shown)


def write_loss(source: Source, plan: BackwardPlan, target: str, written: Part, shapes: Mapping[str, Shape]) -> MeantLoss:
    """A program with a loss behind its forward pass, as a function of its own: ``def usual_loss(prediction, y): return …``."""
    if plan.is_single:
        return _write_inside(source, plan, target, written, shapes)
    own, _, name = target.rpartition(".")
    args = [*([own or "self"] if plan.owner else []), "prediction", *([] if own else [name])]
    shown = written[1].replace("{y}", target)
    used = [part.id for part in ast.walk(ast.parse(shown)) if isinstance(part, ast.Name)]
    args += [word for word in dict.fromkeys(used) if word not in (*args, "np", "len", own or "self")]
    made = ast.parse(f"def {NAME}({', '.join(args)}):\n    import numpy as np\n    return {_sign_loss(written[0], shown)}").body[0]
    body = [*source.tree.body]
    for place, part in enumerate(body):
        if isinstance(part, ast.ClassDef) and part.name == plan.owner:
            inside = [*part.body, made]
            body[place] = ast.copy_location(ast.ClassDef(part.name, part.bases, part.keywords, inside, part.decorator_list), part)
    tree = ast.Module(body if plan.owner else [*body, made], [])
    return MeantLoss(replace(source, tree=tree), replace(plan, cost=NAME), _tell_loss(written[0], shown), shapes)
