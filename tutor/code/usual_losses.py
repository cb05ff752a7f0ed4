"""The loss that a program does not have: a backward pass that is given a target, and nothing that says what is minimised.

Then the usual losses are tried, as a function that is written behind the forward pass; the one that most gradients are slopes of is meant,
and is said.  Where none is, nothing is judged.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.code.code_values import CodeProblem
from tutor.code.code_worlds import find_training_loops, list_worlds
from tutor.code.exchanged_parts import exchange_statements, find_function
from tutor.code.guessing import GuessedWorld
from tutor.code.judgement import Judgement
from tutor.code.margin_losses import list_margin_losses, refuse_unknown_loss
from tutor.code.own_losses import find_free, list_watched, put_own_loss, turn_loss
from tutor.code.pair_functions import LOSS_WORDS, BackwardPlan
from tutor.code.search_ranks import count_misfits, counts_samples, list_readings
from tutor.code.taken_targets import find_body, find_difference, find_target
from tutor.code.trial import ProgramTrial
from tutor.code.update_signs import list_signs
from tutor.code.usual_penalties import list_penalties
from tutor.code.work_statements import FAILS
from tutor.errors import Told, tell
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import np
from tutor.program.source import Source

NAME = "usual_loss"
LOSSES = {
    "free": ("np.sum((prediction - {y})**2)", "-np.sum({y} * np.log(prediction) + (1 - {y}) * np.log(1 - prediction))"),
    "rows": ("-np.sum({y} * np.log(prediction))",),
}
LABELLED = {
    False: {"free": ("-np.sum(np.log(prediction[np.arange(len({y})), {y}]))",
                     "np.sum((prediction - np.eye(prediction.shape[1])[{y}])**2)")},
    True: {"free": ("-np.sum(np.log(prediction[{y}, np.arange(len({y}))]))",
                    "np.sum((prediction - np.eye(prediction.shape[0])[:, {y}])**2)")},
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
    more: tuple[Told, ...] = ()
    is_turned: bool = False


def find_meant_loss(trial: ProgramTrial) -> MeantLoss | None:
    """The usual loss that most gradients of a program are slopes of, where it takes a target and has no loss; else nothing.

    Raises `CodeProblem` where no gradient is the slope of one.
    """
    own = put_own_loss(trial.source, trial.plan, find_body(trial.source.tree, trial.plan)) if trial.plan.is_single else None
    if own is not None:
        made = MeantLoss(own.source, trial.plan, own.told, {})
        read = replace(trial, source=own.source, once=find_training_loops(own.source.tree)).put_in(trial.world)
        if own.is_watched or any(_count_right(trial, made, one.world) for one in (trial, *list_readings(read))):
            turned = _turn_loss(replace(trial, source=own.source))
            made = made if turned is None else replace(turned, more=(own.told,))
            return _choose_watched(trial, made, halved=own.is_metric)
    turned = (_turn_loss(trial) or _find_margin_loss(trial)) if trial.plan.is_single else None
    if turned is not None:
        return _choose_watched(trial, turned)
    try:
        found = _find_usual_loss(trial)
    except CodeProblem:
        if own is None:
            raise
        found = None
    return found or _choose_watched(trial, made if own is not None and not own.is_watched else None)


def _choose_watched(trial: ProgramTrial, made: MeantLoss | None, *, halved: bool = False) -> MeantLoss | None:
    """A program with another loss than the one that it watches, where more gradients are right with it."""
    source = trial.source if made is None else made.source
    others = [*list_watched(source, find_body(source.tree, trial.plan), halved=halved)] if trial.plan.is_single else []
    if not others:
        return made
    plain = made or MeantLoss(source, trial.plan, others[0].told, {})
    said = () if made is None else (*made.more, made.told)
    found = [plain, *(replace(plain, source=one.source, told=one.told, more=said) for one in others)]
    ways = [trial.world, replace(trial.world, vectors=True), replace(trial.world, single=True, vectors=True)]
    counts = [max(_count_right(trial, one, world) for world in ways) for one in found]
    best = counts.index(max(counts))
    return found[best] if best else made


def _turn_loss(trial: ProgramTrial) -> MeantLoss | None:
    """A program with minus its loss, where its gradients are added to the weights and no fewer of them are right so."""
    if list_signs(trial.source.tree) != (-1,):
        return None
    turned = turn_loss(trial.source, find_body(trial.source.tree, trial.plan))
    if turned is None:
        return None
    found = MeantLoss(turned.source, trial.plan, turned.told, {}, is_turned=True)
    plain = MeantLoss(trial.source, trial.plan, turned.told, {})
    ways = [trial.world, replace(trial.world, vectors=True), replace(trial.world, single=True, vectors=True)]
    counts = [max(_count_right(trial, made, one) for one in ways) for made in (found, plain)]
    return found if counts[0] >= counts[1] else None


def _find_margin_loss(trial: ProgramTrial) -> MeantLoss | None:
    """The loss of steps that a condition on a margin chooses; None where there are none, or no gradient is right with it."""
    body = find_body(trial.source.tree, trial.plan)
    listed = [*list_margin_losses(body)] if body is not None else []
    made = [(loss, exchange_statements(trial.source, {id(node): [_place_statement(f"{name} = {loss}", node), node]}))
            for node, name, loss in listed]  # fmt: skip
    found = [MeantLoss(source, trial.plan, _tell_loss(1, loss), {}) for loss, source in made]
    world = replace(trial.world, targets="signed")
    reads = [replace(trial, source=one.source, once=find_training_loops(one.source.tree)).put_in(world) for one in found]
    ways = [[world, *(one.world for one in list_readings(read))] for read in reads]
    counts = [max(_count_right(trial, one, way) for way in own) for one, own in zip(found, ways, strict=True)]
    return found[counts.index(max(counts))] if any(counts) else None


def _find_usual_loss(trial: ProgramTrial) -> MeantLoss | None:
    """The usual loss that most gradients are slopes of.  Raises `CodeProblem` where none is."""
    target = find_target(trial.source.tree, trial.plan)
    if not target:
        return None
    if trial.plan.is_single and _has_loss(trial):
        return None
    worlds = [replace(one, shapes=trial.world.shapes) for one in list_worlds(trial.source, trial.plan) if one.targets == "free"]
    found = _find_in_worlds(trial, target, [*worlds, *(replace(one, single=True, vectors=True) for one in worlds)])
    several = [trial.put_in(one) for one in worlds] if (found is None or found[1] < found[2]) and not counts_samples(trial) else []
    if any(count_misfits(one)[-1] for one in several):  # db of several samples beside a bias of one
        other = _find_in_worlds(trial, target, [replace(one, lone=True) for one in worlds])
        found = other if other is not None and (found is None or other[1] > found[1]) else found
    if found is None or found[1] < found[2]:
        numbers = dict.fromkeys(list_plain(trial.source.tree, trial.plan), ())
        plain = [replace(one, shapes={**numbers, **one.shapes}) for one in worlds[:1] if numbers]
        other = _find_in_worlds(trial, target, plain)
        if other is not None and (found is None or other[1] > found[1]):
            return replace(other[0], shapes={**numbers, **other[0].shapes}, told=tell("{what}, of single numbers", what=other[0].told))
    if found is not None:
        return found[0]
    raise refuse_unknown_loss(trial.source, find_body(trial.source.tree, trial.plan), _name_prediction(trial.source, trial.plan, target))


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
    looped = _find_loop(trial, target) is not None
    looped_worlds = [*_list_looped_worlds(trial, target)] if looped else []
    for world in [*looped_worlds, *worlds]:
        shape, shapes = ((), {}) if looped else _find_shape(trial.put_in(world), target)
        own = replace(world, shapes={**world.shapes, **shapes})
        rows = LABELLED[world.columns] if labelled else LOSSES
        listed = [(targets, total) for targets, totals in rows.items() for total in totals]
        if looped:
            listed = [*((targets, _leave_sum(total)) for targets, total in listed if targets == "free"), *listed]
        for targets, total in listed:
            kind = "columns" if targets == "rows" and world.columns else targets
            made = write_loss(trial.source, trial.plan, target, (1, total), shapes)
            try:
                once = find_training_loops(made.source.tree) if made.plan.is_single else trial.once
                judged = Judgement(replace(trial, source=made.source, plan=made.plan, once=once).put_in(replace(own, targets=kind)))
            except (*FAILS, CodeProblem):
                continue
            if looped and any(problem.fails for problem in judged.first.record.problems.values()):
                continue  # the loop has ended before its time
            counted = _count_samples(judged, target) or shape
            found = Counter(part for key in judged.right for part in _list_parts(judged, key, counted, signs))
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
    body = find_body(trial.source.tree, trial.plan)
    sign, loss = written
    penalties = list_penalties(body) if body is not None else []
    if not penalties:
        return written
    added = [f"-({one})" if sign < 0 and not one.startswith("-") else one.lstrip("-") if sign < 0 else one for one in penalties]
    losses = (written, (sign, " + ".join([loss, *added])))
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
    name = target.rpartition(".")[2]
    own = np.shape(trial.current.guessed.get(name))
    shape = np.shape(next((value for _, value in first.upstream.values()), 0.0)) if said.isidentifier() or not said else own
    shape = next((np.shape(event.value) for event in first.record.events if event.key == said), shape)
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
        return max(parts, key=lambda part: "/" in part[1])
    if _find_loop(trial, target) is not None and any(problem.fails for problem in judged.first.record.problems.values()):
        return max(parts, key=lambda part: "/" in part[1])  # a row for each target is not said: the loop ends before its time
    shape = _count_samples(judged, target) or np.shape(other.current.guessed.get(target.rpartition(".")[2]))
    shape = shape or _find_shape(other, target)[0]
    found = Counter(part for key in judged.right for part in _list_parts(judged, key, shape, signs))
    return max(parts, key=lambda part: (found[part], "/" in part[1]))


def _list_looped_worlds(trial: ProgramTrial, target: str) -> Iterator[GuessedWorld]:
    """The readings of a body with a loop over samples: what has an axis for them there, and what has none."""
    made = write_loss(trial.source, trial.plan, target, (1, _leave_sum(LOSSES["free"][0])), {})
    once = find_training_loops(made.source.tree)
    yield from (one.world for one in list_readings(replace(trial, source=made.source, once=once).put_in(trial.world)))


def _find_loop(trial: ProgramTrial, target: str) -> ast.For | None:
    """The loop over samples of a body with both passes; None without one."""
    body = find_body(trial.source.tree, trial.plan) if trial.plan.is_single else None
    found = find_difference(body, target, trial.source.tree) if body is not None else None
    return found.loop if found is not None else None


def _leave_sum(total: str) -> str:
    """A loss of one number, as a sample has it in a loop: without the sum over its entries."""
    return total.replace("np.sum", "")


def _count_samples(judged: Judgement, target: str) -> tuple[int, ...]:
    """How many samples a loop takes, as the shape of all predictions; nothing without such a loop."""
    if _find_loop(judged.trial, target) is None:
        return ()
    key = max(judged.first.record.events, key=lambda event: LOSS_WORDS.match(event.key) is not None and event.number).key
    return (sum(event.key == key for event in judged.first.record.events) - 1,)


def _list_parts(judged: Judgement, key: str, shape: Sequence[int], signs: Sequence[int]) -> list[Part]:
    """What may be made of a sum so that a gradient is right; nothing where no usual part does."""
    output = next(one for one in judged.outputs if one.key == key)
    event = judged.check.find_target(output)
    ratio = None if event is None or output.value is None else judged.check.find_ratio(output.value, event)
    return [
        (sign, part) for sign in signs for part, axes, count in PARTS
        if ratio and len(shape) >= axes and (not axes or shape[axes - 1] > 1) and abs(sign * count(shape) * ratio - 1) < SAME
    ]  # fmt: skip


def _name_prediction(source: Source, plan: BackwardPlan, target: str) -> str:
    body = find_body(source.tree, plan)
    found = find_difference(body, target, source.tree) if body is not None else None
    return found.prediction if found is not None else ""


def _write_inside(source: Source, plan: BackwardPlan, target: str, written: Part, shapes: Mapping[str, Shape]) -> MeantLoss:
    """A program with a loss in one body, in front of the first difference of a prediction and a target: ``loss = …``."""
    body = find_body(source.tree, plan)
    assert body is not None
    found = find_difference(body, target, source.tree)
    assert found is not None
    counted = written[1]
    for count in ("prediction.shape[0]", "prediction.size") if found.loop is not None else ():
        counted = counted.replace(count, found.rounds)
    prediction = f"({found.prediction})" if " " in found.prediction else found.prediction
    shown = counted.replace("{y}", found.target).replace("prediction", prediction)
    signed = _sign_loss(written[0], shown)
    name = find_free(body)
    made = _place_statement(f"{name} = {signed}" if found.loop is None else f"{name} = {name} + {signed}", found.node)
    placed = {id(found.node): [made, found.node]}
    if found.loop is not None:
        placed[id(found.loop)] = [_place_statement(f"{name} = 0.0", found.loop), found.loop]
    said = _leave_sum(shown) if found.loop is not None else shown
    told = _tell_loss(written[0], said, each=found.loop is not None)
    return MeantLoss(exchange_statements(source, placed), plan, told, shapes, is_turned=written[0] < 0)


def _place_statement(text: str, node: ast.stmt) -> ast.stmt:
    """A statement that belongs in front of another one."""
    made = ast.parse(text).body[0]
    for part in ast.walk(made):
        if isinstance(part, ast.stmt | ast.expr):
            ast.copy_location(part, node)
            part.lineno = part.end_lineno = node.lineno - 1
    return made


def _sign_loss(sign: int, loss: str) -> str:
    return loss if sign > 0 else f"-({loss})"


def _tell_loss(sign: int, shown: str, *, each: bool = False) -> Told:
    if each and sign < 0:
        return tell("the file has no loss: judged with minus the sum of {loss} over the samples, since it adds to its weights", loss=shown)
    if each:
        return tell("the file has no loss: judged with the sum of {loss} over the samples", loss=shown)
    if sign < 0 and shown.startswith("-"):  # the logarithm of a likelihood
        return tell("the file has no loss: judged with {loss}, since it adds to its weights", loss=shown[1:])
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
    told = _tell_loss(written[0], shown)
    return MeantLoss(replace(source, tree=tree), replace(plan, cost=NAME), told, shapes, is_turned=written[0] < 0)
