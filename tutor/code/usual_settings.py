"""Settings with a usual value, ``alpha=0.01``: what is right at that value alone is right on a condition, which is said.

A backward pass that has 0.01 where the forward pass has ``alpha`` computes the same as long as nobody gives another one.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from tutor.code.code_values import CodeProblem
from tutor.code.exchanged_parts import find_function
from tutor.code.guess_shapes import COUNTS
from tutor.code.guessing import GuessedWorld
from tutor.code.judgement import Judgement
from tutor.code.trial import ProgramTrial
from tutor.code.window_steps import STRIDES
from tutor.code.work_statements import FAILS
from tutor.errors import Told, tell

MOST_SETTINGS = 4
LEAST = 1e-4
"""What is smaller only keeps something from 0."""
LARGEST_WHOLE = 4
LARGE = 3.0
"""How large the numbers are on the other side of what a setting bounds: of Huber's loss."""
SHARE = 0.7
"""So much of a number is tried in its place: chances stay chances."""


def tell_settings(judged: Judgement) -> tuple[Told, ...]:
    """The settings for whose usual values alone a program is right, that others have no number for."""
    trial, found = judged.trial, list[Told]()
    for name, (value, other) in list_usual(trial).items():
        bent = replace(trial.world, bent={name: other})
        if not trial.budget.is_low and any(_is_wrong(judged, world) for world in (bent, replace(bent, scale=LARGE))):
            found.append(tell("{name} is {value}: it would be wrong with another value", name=name, value=value))
    return tuple(found)


def _is_wrong(judged: Judgement, world: GuessedWorld) -> bool:
    """Whether a program that is right is wrong in another world, where every line works and no number is too large."""
    try:
        other = Judgement(judged.trial.put_in(world).take_shapes(judged.trial))
    except (*FAILS, CodeProblem):
        return False
    works = other.has_loss and not other.stops and other.find_doubt() is None and not other.is_saturated
    complete = [one.key for one in other.outputs] == [one.key for one in judged.outputs]
    return works and complete and not other.is_right and all(one.value is not None for one in other.outputs)


def list_usual(trial: ProgramTrial) -> dict[str, tuple[str, float]]:
    """The settings of a forward pass, or of its class, that have a number as usual value: as it is written, and another one."""
    tree = (trial.forward_source or trial.source).tree
    plan = trial.plan
    names = [(plan.owner, plan.forward), (plan.owner, plan.cost), *([(plan.owner, "__init__")] if plan.owner else [])]
    found: dict[str, tuple[str, float]] = {}
    for owner, name in names:
        func = find_function(tree, owner, name) if name else None
        if func is None or trial.given:
            continue
        listed = [*func.args.posonlyargs, *func.args.args]
        pairs = [*zip(listed[len(listed) - len(func.args.defaults) :], func.args.defaults, strict=True)]
        pairs += [(arg, usual) for arg, usual in zip(func.args.kwonlyargs, func.args.kw_defaults, strict=True) if usual is not None]
        for arg, usual in pairs:
            other = find_other(arg.arg, usual)
            if other is not None and len(found) < MOST_SETTINGS:
                found[arg.arg] = ast.unparse(usual), other
    return found


def find_other(name: str, usual: ast.expr) -> float | None:
    """Another value for a setting; nothing for what is no number, a count, or so small that it only keeps something from 0.

    >>> texts = (("alpha", "0.5"), ("n", "2"), ("hi", "-1.0"), ("eps", "1e-5"))
    >>> [find_other(name, ast.parse(text, mode="eval").body) for name, text in texts]
    [0.35, None, -0.7, None]
    """
    sign = -1 if isinstance(usual, ast.UnaryOp) and isinstance(usual.op, ast.USub) else 1
    value = getattr(usual.operand if isinstance(usual, ast.UnaryOp) else usual, "value", None)
    if type(value) is int and 1 < value <= LARGEST_WHOLE and not COUNTS.match(name) and not STRIDES.match(name):
        return sign * (value + 1)
    return sign * value * SHARE if type(value) is float and value >= LEAST else None
