"""Other shapes of parameters: what is wrong with the usual ones may be right where b is a number, a row, or a matrix.

A reading in which less is wrong, and no line fails that worked, is likelier than the usual one: the shape of a gradient says that of what
it is of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tutor.code.code_values import CodeProblem
from tutor.code.gradient_check import GradientCheck
from tutor.code.guess_shapes import BIASES, NAMED_WEIGHTS
from tutor.code.guessing import GuessedWorld
from tutor.code.judgement import Judgement
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS
from tutor.numbers.arrays import np


def judge_in(judged: Judgement, world: GuessedWorld, *, better: bool = False) -> Judgement | None:
    """The judgement in another world, where all is right there, and no line stops that works in this one.

    Where ``better`` is enough, so is what leaves no more wrong: the shape of a gradient says that of what it is of.
    """
    trial, first = judged.trial, judged.first
    try:
        if not better and _is_wrong_again(judged, trial.put_in(world)):
            return None
        other = Judgement(trial.put_in(world))
    except (*FAILS, CodeProblem):
        return None
    failing = {number for number, why in other.first.record.problems.items() if why.fails}
    before, after = ({key for key, right in one.right.items() if not right} for one in (judged, other))
    return other if (other.is_right or (better and after <= before)) and failing <= set(first.record.problems) else None


def _is_wrong_again(judged: Judgement, trial: ProgramTrial) -> bool:
    """Whether a gradient that is wrong is wrong in another world as well: then the others need not be looked at."""
    if not (trial.plan.is_single or trial.plan.cost):  # whose gradients may all be meant for each sample
        return False
    key = next((key for key, right in judged.right.items() if not right), "")
    first = trial.run()
    output = next((one for one in first.outputs if one.key == key), None)
    return output is not None and not GradientCheck(trial, first).judge_output(output)


def list_wrong(judged: Judgement) -> set[str]:
    """The gradients that are wrong."""
    return {key for key, right in judged.right.items() if not right}


def _is_nearer(other: Judgement, judged: Judgement) -> bool:
    """Whether all gradients have the shapes of what they are of in another reading, and less is wrong, or as much of better shapes."""
    wrong, known = list_wrong(other), list_wrong(judged)
    if _count_misshapen(other):
        return False
    return wrong < known or (wrong == known and _count_misshapen(other) < _count_misshapen(judged))


def _count_misshapen(judged: Judgement) -> int:
    pairs = ((output, judged.check.find_target(output)) for output in judged.outputs if not judged.right[output.key])
    return sum(output.value is None or event is None or np.shape(output.value) != np.shape(event.value) for output, event in pairs)


def judge_small(judged: Judgement) -> Judgement | None:
    """The judgement with w a vector and b a number, where they are guessed: ``x @ w + b`` of one output.  Only where less is wrong then."""
    trial = judged.trial
    weights = {name: 1 for name in trial.ranked if NAMED_WEIGHTS.match(name)}
    ranks = {**weights, **{name: 0 for name in trial.ranked if BIASES.match(name)}}
    other = judge_in(judged, replace(trial.world, ranks=ranks), better=True)
    if other is None or other.trial.current.scaled:  # np.dot(w, 2.0): no product of vectors
        return None
    guessed = any(BIASES.match(name) for name in trial.ranked)  # of weights alone, a slip is likelier than other shapes
    return other if other.is_right or (guessed and _is_nearer(other, judged)) else None


def judge_narrow(judged: Judgement) -> Judgement | None:
    """The judgement with the shapes that the gradients have, of what was only guessed to be as large as what it is added to.

    ``db`` of the shape (1, 5) says what b is.  Only where all is right then.
    """
    trial = judged.trial
    narrow: dict[str, tuple[int, ...]] = {}
    for output in judged.outputs:
        event = judged.check.find_target(output)
        if judged.right[output.key] or event is None or output.value is None or event.key not in trial.spread:
            continue
        own, full = np.shape(output.value), np.shape(event.value)
        if len(own) <= len(full) and own != full:
            if BIASES.match(event.key.rpartition(".")[2]) and not _is_wide_as_weights(judged, own):
                return None
            narrow[event.key] = tuple(0 if size == other else size for size, other in zip(own, full[len(full) - len(own) :], strict=True))
    if not narrow or any(size > 1 for shape in narrow.values() for size in shape):
        return None
    return judge_in(judged, replace(trial.world, narrow=narrow), better=all(narrow.values()))


def judge_wide(judged: Judgement) -> Judgement | None:
    """The judgement with more axes of a bias that is a vector by its name alone, where its gradient has them, and weights as well.

    ``db = dZ.sum(axis=0)`` of the shape (H, K) beside W of (D, H, K).  Only where less is wrong then.
    """
    ranks: dict[str, int] = {}
    for output in judged.outputs:
        event = judged.check.find_target(output)
        if judged.right[output.key] or event is None or output.value is None or event.key not in judged.trial.ranked:
            continue
        own, known = np.shape(output.value), np.shape(event.value)
        if BIASES.match(event.key) and len(own) > len(known) and own[len(own) - len(known) :] == known and 1 not in own:
            wide = _list_weight_sizes(judged) >= {*own}
            ranks |= {event.key: len(own)} if wide else {}
    world = replace(judged.trial.world, ranks={**judged.trial.world.ranks, **ranks})
    other = judge_in(judged, world, better=True) if ranks else None
    if other is None or not _is_nearer(other, judged):
        return None
    try:  # as many steps in time as there are classes, by chance
        again = Judgement(judged.trial.put_in(replace(world, other_sizes=True)))
    except (*FAILS, CodeProblem):
        return None
    made = [np.shape(event.value) for event in again.first.record.events if event.leaf and event.key in ranks]
    return other if all(_list_weight_sizes(again) >= {*shape} for shape in made) else None


def _is_wide_as_weights(judged: Judgement, shape: Sequence[int]) -> bool:
    """Whether weights have an axis for each that a bias has: one as long as there are samples is none of a bias."""
    sizes = _list_weight_sizes(judged)
    return not sizes or {size for size in shape if size > 1} <= sizes


def _list_weight_sizes(judged: Judgement) -> set[int]:
    """The sizes of the axes that weights have."""
    leaves = [event for event in judged.first.record.events if event.leaf and np.ndim(event.value) > 1]
    return {size for event in leaves if NAMED_WEIGHTS.match(event.key.rpartition(".")[2]) for size in np.shape(event.value)}
