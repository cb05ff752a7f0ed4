"""The words of charts: titles, axes, legends, and the sentences below them."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class ChartWords(Topic):
    """The phrases of charts."""

    TITLES: Mapping[str, str] = {
        "exp": "exponential",
        "log": "natural logarithm",
        "sqrt": "square root",
        "sin": "sine",
        "cos": "cosine",
        "tan": "tangent",
        "sec": "secant",
        "csc": "cosecant",
        "cot": "cotangent",
        "arcsin": "arcsine",
        "arccos": "arccosine",
        "sech": "hyperbolic secant",
        "csch": "hyperbolic cosecant",
        "coth": "hyperbolic cotangent",
        "arsinh": "inverse hyperbolic sine",
        "arcosh": "inverse hyperbolic cosine",
        "artanh": "inverse hyperbolic tangent",
        "arctan": "arctangent",
        "sinh": "hyperbolic sine",
        "cosh": "hyperbolic cosine",
        "abs": "absolute value",
        "sign": "sign",
        "max": "maximum",
        "min": "minimum",
        "max_share": "share of a maximum",
        "min_share": "share of a minimum",
        "identity": "linear unit",
        "sigmoid": "sigmoid",
        "tanh": "hyperbolic tangent",
        "relu": "ReLU",
        "leaky_relu": "leaky ReLU",
        "leaky_relu_mix": "leaky ReLU",
        "prelu": "parametric ReLU",
        "elu": "ELU",
        "softplus": "soft ReLU",
        "heaviside": "Heaviside step",
    }
    """The functions that have a chart of their own."""
    WITH_SETTINGS = "{title}, {settings}"
    UPDATES = "number of updates"
    LOSS = "loss {loss}"
    STOPPED = "The training {stopped}."
    STOPPED_RUN = "{run} {stopped}."
    NO_ZERO = "A loss of 0 has no place on an axis of powers of ten; it is left out."
    TRAINED = "Only {x} and {y} are trained; fixed: {others}."
    TRAINED_MORE = "Only {x} and {y} are trained; fixed: {others} and {count} more."
    EQUAL_SCALES = "Equal scales: each step leaves its contour line at a right angle."
    START = "start"
    AFTER = ("after {count} update", "after {count} updates")
    BUILT = "A function built from ReLUs"
    EACH_RELU = "one scaled ReLU each"
    EQUAL = "where both are equal"
    SUM = "sum of the ReLUs"
    SUM_IS = ("sum of {count} ReLU = {formula}", "sum of {count} ReLUs = {formula}")
    SUM_LONG = "The sum has {count} ReLUs, one for each straight piece."
    EXACT = "The sum equals the function wherever they were compared."
    ERROR = "largest error about {error}, near {variable} = {worst}"
