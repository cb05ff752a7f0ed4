"""The same program at other numbers: small or positive ones where nothing can be told, and the other sides of its kinks."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from tutor.code.code_values import CodeProblem
from tutor.code.code_verdicts import NumericWarning
from tutor.code.guessing import GuessedWorld
from tutor.code.judgement import Judgement
from tutor.code.kink_sides import draw_near, draw_points, draw_ties, list_one_sided, see_sides
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS

SMALLER = 0.3
"""How large the numbers are where those that were drawn first are too large for a sigmoid."""


def judge_kinks(judged: Judgement) -> tuple[Judgement, tuple[NumericWarning, ...]]:
    """What is right at the first point, on the other sides of its kinks: the judgement where it is wrong, or what was not seen."""
    trial = judged.trial
    try:
        watch = see_sides(trial)
    except (*FAILS, CodeProblem):
        return judged, ()
    missing = list_one_sided(watch.sides)
    for point in chain(draw_near(trial, watch), draw_points(trial, missing), draw_ties(trial, watch)):
        try:
            other = Judgement(point)
        except (*FAILS, CodeProblem):
            continue
        if not other.is_right and other.outputs and other.find_doubt() is None and not other.is_saturated:
            return other, ()
    places = sorted({place for place, _ in missing})
    return judged, tuple(NumericWarning(place[0], "one-side", watch.texts[place], "") for place in places)


def judge_near(judged: Judgement) -> Judgement:
    """What is wrong at numbers near the kinks, where more is wrong there: a mask by ``> 0.5`` is right for numbers of 3 and −2."""
    trial = judged.trial
    try:
        others = [Judgement(point) for point in draw_near(trial, see_sides(trial))]
    except (*FAILS, CodeProblem):
        return judged
    wrong = {key for key, right in judged.right.items() if not right}
    more = [
        other for other in others
        if wrong < {key for key, right in other.right.items() if not right} and other.find_doubt() is None and not other.is_saturated
    ]  # fmt: skip
    return more[0] if more else judged


def judge_trial(trial: ProgramTrial) -> Judgement:
    """The judgement of a program in one world; with smaller numbers where it is wrong and they leave few digits."""
    judged = Judgement(trial)
    if not judged.is_right and judged.outputs and not judged.has_loss and not trial.world.positive:  # the logarithm of a negative number
        return _choose_finite(judged, replace(trial.world, positive=True))
    if judged.is_right or not judged.outputs or trial.world.scale != 1 or not judged.is_saturated:
        return judged
    return _choose_finite(judged, replace(trial.world, scale=SMALLER))


def _choose_finite(judged: Judgement, world: GuessedWorld) -> Judgement:
    """The judgement in another world, where nothing overflows there."""
    try:
        other = Judgement(judged.trial.put_in(world).take_shapes(judged.trial))
    except (*FAILS, CodeProblem):
        return judged
    return judged if other.is_saturated else other
