"""The words of charts: titles, axes, legends, and the sentences below them."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.function_words import phrases_of
from tutor.explain.words.topic import Topic


class ChartWords(Topic):
    """The phrases of charts."""

    TITLES: Mapping[str, str] = phrases_of("title")
    """The titles of charts of functions, where they are not the words of the forward pass."""
    WITH_SETTINGS = "{title}, {settings}"
    UPDATES = "number of updates"
    LOSS = "loss {loss}"
    STOPPED = "The training {stopped}."
    STOPPED_RUN = "{run} {stopped}."
    NO_ZERO = "A loss of 0 has no place on an axis of powers of ten; it is left out."
    TRAINED = "Only {x} and {y} are trained; fixed: {others}."
    TRAINED_MORE = "Only {x} and {y} are trained; fixed: {others} and {count} more."
    NORM = "norm of the gradient"
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
