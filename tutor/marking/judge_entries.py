"""The entries of an array of numbers, each judged by itself: in a large computation only the first wrong ones are looked into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tutor.answer.handed_in import AnswerError
from tutor.expression.nodes import Expr
from tutor.marking.judge import Judge, Judged

LEAST_EXPLAINED, MOST_EXPLAINED = 3, 30_000_000
"""How many wrong entries are looked into at least, and at most over the square of the number of steps: what one takes grows like that."""


def judge_entries(
    judge: Judge, judge_one: Callable[[str, Expr], Judged], targets: Sequence[str], cells: Sequence[Expr | AnswerError], most: int
) -> list[Judged]:
    """Each entry, of the wrong ones ``most`` with the slip behind it; what explains all of these stands for the others too."""
    each: list[Judged] = []
    explained: list[Judged] = []
    for target, cell in zip(targets, cells, strict=True):
        if isinstance(cell, AnswerError):
            each.append(Judged("unreadable", message=cell.said))
            continue
        judge.explains = len(explained) < most
        judged = judge_one(target, cell)
        if judged.verdict in ("wrong", "misconception"):
            if judge.explains:
                explained.append(judged)
            elif explained and list_common(explained):
                judged = replace(explained[0], goal=judged.goal)
        each.append(judged)
    judge.explains = True
    return each


def count_explained(steps: int) -> int:
    """How many wrong entries are looked into in a working of so many steps.

    >>> count_explained(100), count_explained(10_000)
    (3000, 3)
    """
    return max(LEAST_EXPLAINED, MOST_EXPLAINED // max(steps, 1) ** 2)


def list_common(explained: Sequence[Judged]) -> frozenset[str]:
    """The slips that all of these answers may be."""
    return frozenset.intersection(*(frozenset(slips[0].tag for slips in one.slips if len(slips) == 1) for one in explained))
