"""Gradient descent: one update, and the table of many.

w ← w − λ·∂L/∂w for every parameter at once, all gradients taken at the old values.  Source: dl "Gradient step", qmul "w_1 = w_0 − τ∇E",
neuron "Update weights", cmu "Gradient update".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import TutorError, ValueProblem
from tutor.expression.keys import derivative_key
from tutor.graph.nouns import Derivation
from tutor.numbers.arithmetic import Value, add, multiply, real
from tutor.numbers.run import Trace, evaluate

DIVERGED = 10**60


@dataclass(frozen=True, slots=True)
class Descent:
    """The runs of gradient descent: ``traces[k]`` is the whole computation with the parameters after k updates.

    ``stopped`` says why it ended early (it diverged, or a value stopped to exist), with the number of the update.
    """

    traces: tuple[Trace, ...]
    stopped: str = ""


def updated(trace: Trace, loss: str, parameters: Sequence[str], rate: Value) -> dict[str, Value]:
    """The parameters after one step from the numbers of a run.

    >>> from fractions import Fraction
    >>> updated(Trace({"w": Fraction(1), "dL/dw": Fraction(2)}), "L", ["w"], Fraction(1, 10))
    {'w': Fraction(4, 5)}
    """
    return {name: add(trace[name], -multiply(rate, trace[derivative_key(loss, name)])) for name in parameters}


def descend(
    derivation: Derivation, values: Mapping[str, Value], parameters: Sequence[str], rate: Value, steps: int
) -> Descent:
    """Run ``steps`` updates from the given values.

    A run that diverges is ended and said so; what was computed until then is kept.
    """
    leaves = {quantity.name: values[quantity.name] for quantity in derivation.graph.leaves if quantity.name in values}
    traces = [evaluate(derivation, leaves)]
    for step in range(1, steps + 1):
        moved = updated(traces[-1], derivation.graph.loss, parameters, rate)
        if any(abs(real(value)) > DIVERGED for value in moved.values()):
            worst = max(moved, key=lambda name: abs(real(moved[name])))
            return Descent(tuple(traces), f"diverges: after update {step} {worst} is beyond 10^60")
        try:
            traces.append(evaluate(derivation, {**leaves, **moved}))
        except ValueProblem as error:
            return Descent(tuple(traces), f"ends: after update {step} {error.what}")
        except TutorError:
            raise
    return Descent(tuple(traces))
