"""Runs that say nothing of a backward pass: without a loss, or with arrays that hold nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.code.code_values import CodeProblem, Record, ValueEvent
from tutor.errors import tell
from tutor.numbers.arrays import np

HUGE = 1e250


def refuse_loss(file: str, record: Record) -> None:
    """Say why there is no loss: a line of the forward pass that fits no sizes, or nothing that is called so."""
    for number, problem in record.problems.items():
        line = getattr(record.visited.get(number), "lineno", 0)
        if line and problem.fails:
            raise CodeProblem(tell("the forward pass is not read: {why}", why=problem.what), where=f"{file}:{line}")
    raise CodeProblem(tell("no loss is found"), where=file, hint=tell("call it loss, or return it as the first value"))


def refuse_empty(file: str, forward: Sequence[ValueEvent]) -> None:
    """An array without entries, of a window that is larger than its image, says nothing of any gradient."""
    for event in forward:
        if isinstance(event.value, np.ndarray) and event.value.size == 0 and event.line and not event.leaf:
            raise CodeProblem(tell("{name} has no entries", name=event.key[:60]), where=f"{file}:{event.line}",
                              hint=tell("say what is given: --shapes x=N,C,H,W"))  # fmt: skip


def refuse_overflow(file: str, backward: Sequence[ValueEvent]) -> None:
    """A number that grows until it is none in floats hides in which line it went wrong: the line where it does is told.

    What becomes infinite in one step, by a division by 0, is a wrong line like others.
    """
    for event in backward:
        number = isinstance(event.value, np.ndarray | np.generic | float) and np.asarray(event.value).dtype.kind in "biufc"
        if number and np.any(np.abs(event.value) > HUGE) and np.all(np.isfinite(event.value)):
            raise CodeProblem(tell("{name} grows until it is too large for a number", name=event.key[:60]), where=f"{file}:{event.line}",
                              hint=tell("judge the lines in front of it by themselves"))  # fmt: skip
