"""Which of a lecture's figures a solution shows with their verdicts."""

from __future__ import annotations

from itertools import chain

from tutor.expression.keys import derivative_key
from tutor.solving.check_claims import Verdict, check
from tutor.solving.request import Request


def list_relevant_verdicts(request: Request) -> tuple[Verdict, ...]:
    """The verdicts to show: all, or those about the quantities chosen; none where the values are not the exercise's own."""
    exercise = request.exercise
    if not request.own or not exercise.claims or (request.focused and request.layered is not None):
        return ()
    verdicts = check(exercise)
    if not request.focused:
        return tuple(verdicts)
    loss, names = request.wanted[0]
    chosen = set(chain.from_iterable((derivative_key(loss, name), f"{name} after 1") for name in names))
    return tuple(verdict for verdict in verdicts if verdict.claim in chosen and verdict.printed[:1] in "-−.0123456789")
