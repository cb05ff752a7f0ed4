"""The sentences about training.  Wording is data: one short reason for each rule of an update step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.explain.words.topic import Topic

if TYPE_CHECKING:
    from tutor.numbers.stops import RunStop


class UpdateWords(Topic):
    """The phrases about training."""

    MOVES: Mapping[str, str] = {
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

    ARITHMETIC: Mapping[bool, str] = {
        True: "The run is computed exactly or with at least 60 digits; only what is printed is rounded: to {digits} significant digits, "
        "more where a small difference has to be seen.",
        False: "The run of {steps} updates is computed in double precision (about 16 digits), the first update exactly or with at least "
        "60; what is printed is rounded: to {digits} significant digits, more where a small difference has to be seen.",
    }
    REDUCED: Mapping[str, str] = {
        "mean": "Each sample is taken at the values above; the gradient of the mean loss is the mean of the gradients.",
        "sum": "Each sample is taken at the values above; the gradient of the summed loss is the sum of the gradients.",
    }
    BATCHES: Mapping[str, str] = {
        "given": "Each update uses {size}, in the order given; an epoch is one pass over all {count} samples.",
        "shuffled": "Each update uses {size}; every epoch takes all {count} samples in a new random order (seed {seed}).",
    }
    COUNTED = "{t} is the number of the update."
    """Where a method's steps have the number of the update."""
    ALL_SAMPLES = "Each update uses all {count} samples."
    STOPS: Mapping[str, str] = {
        "beyond": "diverges: after update {step} {what} is beyond 10⁶⁰",
        "no update": "ends: at update {step} {what}",
        "no loss": "ends: after update {step} {what}",
        "no value": "ends: at update {step} {what} no longer has a value",
        "rising": "diverges: from update {since} on the loss rises with every update, to {what} after update {step}",
        "rising rows": "diverges: from update {since} on the loss rises with every row, to {what} after update {step}",
        "circling": "goes in a circle: after update {step} everything is again as it was after update {since}",
    }
    DIVERGES = "{title} {stopped}. A smaller step size may converge."
    ENDS = "{title} {stopped}."
    LIKEWISE = "In the same way:"
    OTHERS = "The other {count} parameters move in the same way."
    ROWS = "Row {k}: the values after {k} updates; row 0 is the start."
    GOES_ALONG = (" The derivative is the one that the update took.", " The derivatives are those that the update took.")
    """Below a table of updates that has them beside the values after each."""
    LEFT_OUT = " {count} rows are left out; --to csv has them all."
    UNSHOWN = " A row has room for {most} parameters; left out: {names}."
    UNASKED = " Left out, since not asked for: {names}."
    SECOND = "Second derivatives, from differentiating the backward pass once more:"
    ENTRYWISE = "Squares, roots and quotients of arrays are taken entry by entry."
    SOLVED = "{direction} solves {system}, the linear system of the Hessian {hessian} and the gradient {gradient}."
    HESSIAN_PROOF = "The Hessian agrees with finite differences of the gradient."
    ELSEWHERE = "{command} shows the updates ({method})."
    """Below a solution of what is trained by another method than gradient descent."""
    WORKED = "The steps above are those of sample 1; {command} shows the updates over all samples."
    WORKED_BELOW = "The steps above are those of sample 1; the updates over all samples are below."
    ALL_UPDATES = "{command} shows all updates."
    COMPARED = "The formulas as on the slide, and the published method, from the same start."

    METHODS: Mapping[str, str] = {
        "gd": "Gradient descent",
        "sgd": "Stochastic gradient descent",
        "minibatch": "Mini-batch gradient descent",
        "momentum": "Gradient descent with momentum",
        "nesterov": "Nesterov's accelerated gradient",
        "newton": "Newton's method",
        "adagrad": "Adagrad",
        "rmsprop": "RMSprop",
        "adam": "Adam",
        "adagrad-slide": "Adagrad as on the slide",
        "rmsprop-slide": "RMSprop as on the slide",
        "adam-slide": "Adam as on the slide",
    }
    """The optimisers by their names."""
    _SLIDE = (
        "The slide's index is read so that the present gradient counts: taken to the letter, with the state before it, the first "
        "update would divide by √ε."
    )
    STANDING: Mapping[str, str] = {
        "gd": "As torch.optim.SGD.",
        "sgd": "As torch.optim.SGD with one sample an update.",
        "minibatch": "As torch.optim.SGD with batches; the last batch of an epoch may be smaller, and its mean is over its own samples.",
        "momentum": "As torch.optim.SGD(momentum=μ, dampening=0): the step size multiplies the velocity. With v ← μv − ηg and "
        "w ← w + v, as in Sutskever et al., the same w come out as long as the step size stays the same.",
        "nesterov": "As torch.optim.SGD(nesterov=True): the gradient is taken at w itself. Sutskever's form takes it at the point ahead, "
        "θ − ημv; its point ahead is this w, step for step.",
        "newton": "PyTorch has no optimiser with the full Hessian.",
        "adagrad": "As in PyTorch, ε stands outside the square root; with ε inside, as on many slides, the steps differ where the "
        "gradients are small.",
        "rmsprop": "As in PyTorch, whose alpha is this ρ (its default is 0.99, here 0.9 as in Hinton's lecture and in Keras); "
        "ε stands outside the square root.",
        "adam": "As in PyTorch and in the paper: ε outside the square root, corrections with β₁ and β₂ to the power of the number of the "
        "update.",
        "adagrad-slide": _SLIDE,
        "rmsprop-slide": _SLIDE,
        "adam-slide": _SLIDE,
    }
    """How each optimiser stands to PyTorch, or to the lecture."""
    SLIPS: Mapping[str, str] = {
        "epsilon inside": "the ε stands inside the square root; the published method and PyTorch add it outside",
        "one letter": "the decay of the mean and the step size are one and the same letter; they are two settings",
        "first correction": "the bias corrections divide by 1 − β₁ and 1 − β₂, which holds for the first update only; the second "
        "needs β₁² and β₂², and so on",
    }
    """What is wrong with a method as on the slide."""
    METHOD = "{title} (source: {source})."
    STATES = ("At the start {states} is 0.", "At the start {states} are 0.")
    METHOD_WITH = "{title} with {settings} (source: {source})."
    FROM: Mapping[str, str] = {
        "start": "the gradient at the start",
        "sample": "the gradient of sample {samples}",
        "mean": "mean over the samples {samples}",
        "sum": "sum over the samples {samples}",
        "mean of all": "mean over all samples",
        "sum of all": "sum over all samples",
    }
    """Where the gradient of an update is from."""
    LOSS_OVER: Mapping[str, str] = {
        "mean": " The loss is the mean over all {count} samples.",
        "sum": " The loss is the sum over all {count} samples.",
    }
    OVER_ALL: Mapping[str, str] = {
        "mean": "{whole} is the mean of {loss} over them.",
        "sum": "{whole} is the sum of {loss} over them.",
    }
    OVER_UPDATE: Mapping[str, str] = {
        "mean": "{whole} is the mean of {loss} over the samples of an update.",
        "sum": "{whole} is the sum of {loss} over the samples of an update.",
    }
    TABLE_OVER: Mapping[str, str] = {
        "mean": " In the table {whole} is the mean of {loss} over all {count} samples.",
        "sum": " In the table {whole} is the sum of {loss} over all {count} samples.",
    }
    """What the loss over samples is, which is not that of one."""
    ROWS_LEFT_OUT = " {count} rows are left out."
    GRADIENTS_LEFT_OUT = " The table has {shown} of {count} gradients."
    SAMPLES_LEFT_OUT = " {count} samples are left out here."
    SAMPLES = ("one sample", "{count} samples")
    HEADS: Mapping[str, str] = {
        "gradient": "gradient", "after": "new value", "epoch": "epoch",
        "samples": "samples", "sample": "sample", "mean": "mean", "sum": "sum",
    }  # fmt: skip
    SLIDE, PUBLISHED = "{name} slide", "{name} published"
    LISTED = "{first}, …"
    """A list that goes on."""

    STEP_SIZE = "step size {rate}"
    SIZED_STEP = "one step of size {rate} against the gradient"
    """Why an update is made whose step size has no value."""

    def say_stop(self, stop: RunStop | None) -> str:
        """Why a run ends, in words; empty where it went to its end.

        >>> from tutor.numbers.stops import RunStop
        >>> UpdateWords().say_stop(RunStop("beyond", 31, "w"))
        'diverges: after update 31 w is beyond 10⁶⁰'
        """
        return self.STOPS[stop.kind].format(step=stop.step, what=stop.what, since=stop.since) if stop is not None else ""

    def move(self, rule: str) -> str:
        """Why an update step is made.

        >>> UpdateWords().move("bias correction")
        'makes up for the start at 0'
        """
        return self.MOVES.get(rule, rule)

    def samples(self, count: int) -> str:
        """So many samples, in words.

        >>> UpdateWords().samples(1)
        'one sample'
        """
        return self.grammar.count(self.SAMPLES, count)
