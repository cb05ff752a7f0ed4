"""Backward passes that are right by chance on one side of a kink, and are given there something else than what they mean.

``grad(x)`` beside ``fn(z)`` of a function that is cut off: 0.2 for all small numbers, whatever x is; the other side tells that it is z.
"""

from __future__ import annotations

from dataclasses import replace

from tutor.code.code_values import CodeProblem
from tutor.code.code_verdicts import NumericWarning
from tutor.code.judgement import Judgement
from tutor.code.other_numbers import judge_kinks
from tutor.code.other_readings import judge_matched
from tutor.code.work_statements import FAILS


def judge_sides(judged: Judgement) -> tuple[Judgement, tuple[NumericWarning, ...]]:
    """What is right at the first point, on the other sides of its kinks, with what its arguments are that nothing gives."""
    other, notes = judge_kinks(judged)
    if other.is_right or not other.first.unmatched:
        return other, notes
    matched = judge_matched(other)
    if matched is None or not matched.is_right:
        return other, notes
    try:
        again = Judgement(judged.trial.put_in(replace(judged.trial.world, stands=matched.trial.world.stands)))
        again.trial.conventions |= matched.trial.conventions
        found, more = judge_kinks(again) if again.is_right else (again, ())
    except (*FAILS, CodeProblem):
        return other, notes
    return (found, more) if found.is_right else (other, notes)
