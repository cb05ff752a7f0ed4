"""The sentences about training.  Wording is data: one short reason for each rule of an update step."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.numbers.stops import RunStop

MOVES = {
    "step against the gradient": "one step against the gradient",
    "velocity": "velocity: the gradients so far, older ones fading",
    "step along the velocity": "one step against the velocity",
    "step ahead of the velocity": "the gradient, and the velocity one step ahead",
    "Newton step": "one step along d, where H·d is the gradient",
    "sum of squares": "sum of the squared gradients so far",
    "mean of squares": "running mean of the squared gradients",
    "mean of gradients": "running mean of the gradients",
    "bias correction": "makes up for the start at 0",
    "scaled step": "one step, scaled for this parameter",
}

ARITHMETIC = {
    True: "The run is computed exactly or with at least 60 digits; only what is printed is rounded, to {digits} significant digits.",
    False: "The run of {steps} updates is computed in double precision (about 16 digits), the first update exactly or with at least 60; "
    "what is printed is rounded to {digits} significant digits.",
}
REDUCED = {
    "mean": "The gradient of the mean is the mean of the gradients.",
    "sum": "The gradient of the sum is the sum of the gradients.",
}
BATCHES = {
    "given": "Each update uses {size}, in the order given; an epoch is one pass over all {count} samples.",
    "shuffled": "Each update uses {size}; every epoch takes all {count} samples in a new random order (seed {seed}).",
}
ALL_SAMPLES = "Each update uses all {count} samples."
STOPS: Mapping[str, str] = {
    "beyond": "diverges: after update {step} {what} is beyond 10^60",
    "no update": "ends: at update {step} {what}",
    "no loss": "ends: after update {step} {what}",
    "no value": "ends: at update {step} {what} no longer has a value",
    "rising": "diverges: from update {since} on the loss rises with every update, to {what} after update {step}",
    "rising rows": "diverges: from update {since} on the loss rises with every row, to {what} after update {step}",
    "circling": "goes in a circle: after update {step} everything is again as it was after update {since}",
}
DIVERGES = "{title} {stopped}. A smaller step size may converge."
ENDS = "{title} {stopped}."
OTHERS = "The other {count} parameters move in the same way."
ROWS = "Row k: all quantities after k updates; row 0 is the start."
LEFT_OUT = " {count} rows are left out; --to csv has them all."
UNSHOWN = " Of the {count} parameters the first {shown} are shown."
SECOND = "Second derivatives, from differentiating the backward pass once more"
ENTRYWISE = "Squares, roots and quotients of arrays are taken entry by entry."
SOLVED = "d solves H·d = g, the linear system of the Hessian H and the gradient g."
HESSIAN_PROOF = "The Hessian agrees with finite differences of the proved gradient."
WORKED = "The steps above are those of sample 1; tutor train {ident} shows the updates over all samples."
COMPARED = "The formulas as on the slide, and the published method, from the same start."


def say_stop(stop: RunStop | None) -> str:
    """Why a run ends, in words; empty where it went to its end.

    >>> say_stop(RunStop("beyond", 31, "w"))
    'diverges: after update 31 w is beyond 10^60'
    """
    return STOPS[stop.kind].format(step=stop.step, what=stop.what, since=stop.since) if stop is not None else ""


def move(rule: str) -> str:
    """Why an update step is made.

    >>> move("bias correction")
    'makes up for the start at 0'
    """
    return MOVES.get(rule, rule)


def samples(count: int) -> str:
    """So many samples, in words.

    >>> samples(1)
    'one sample'
    """
    return "one sample" if count == 1 else f"{count} samples"
