"""The words of ``tutor compare``: numbers of a program, held against what is right."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class CompareWords(Topic):
    """The phrases about arrays that a program wrote."""

    TITLE = "Compared: {title}"
    ARRAYS = ("{count} array", "{count} arrays")
    COUNTS: Mapping[str, tuple[str, str]] = {
        "right": ("{count} right", "{count} right"),
        "wrong": ("{count} wrong by itself", "{count} wrong by themselves"),
        "follows": ("{count} wrong only in consequence", "{count} wrong only in consequence"),
        "unused": ("{count} not used", "{count} not used"),
    }
    ALL_RIGHT = "Every array is right."
    HEADS: Mapping[str, str] = {
        "name": "in the file", "quantity": "quantity", "shape": "shape", "verdict": "verdict", "apart": "off by",
        "place": "place", "yours": "in the file", "right": "right", "follows": "would follow",
        "ratio": "ratio",
    }  # fmt: skip
    VERDICTS: Mapping[str, str] = {
        "correct": "right", "follow-through": "wrong only in consequence", "close": "close", "misconception": "wrong", "wrong": "wrong",
        "undecided": "undecided",
    }  # fmt: skip
    WITHIN = "right within {precision}"
    """What is right, but for more than doubles round off."""
    PRECISIONS: Mapping[str, str] = {
        "float64": "the tolerance", "decimals": "its decimals", "whole": "the tolerance",
    }  # fmt: skip
    """What numbers are kept with, where that has another name than float32."""
    OFF = "The column “off by” has the largest difference, as a share of the largest right entry."
    NUMBER = "a number"
    """The shape of a single number."""
    BEGIN = "In the order of the computation {quantity} is the first that is wrong, so begin there."
    ONLY_BECAUSE = (
        "{arrays} is wrong only because of {reasons}: from what the file has there, it is right.",
        "{arrays} are wrong only because of {reasons}: from what the file has there, they are right.",
    )
    OF_ARRAY = ": {verdict}"
    """The heading of an array goes on with its verdict."""
    SHAPES = "The shape in the file is {shape}, where {wanted} is needed."
    TURNED_SHAPE = "That is the shape of the transpose, but its numbers are others."
    TURNED = "The file has it as PyTorch keeps weights, a row an output; it was compared so."
    ALL_WRONG = ("The entry is wrong.", "All {count} entries are wrong.")
    SOME_WRONG = ("{wrong} of {count} entries is wrong.", "{wrong} of {count} entries are wrong.")
    IN_SLICES: Mapping[str, tuple[str, str]] = {
        "row": ("All of them stand in row {places}, counted from 0.", "All of them stand in the rows {places}, counted from 0."),
        "column": ("All of them stand in column {places}, counted from 0.", "All of them stand in the columns {places}, counted from 0."),
        "slice": (
            "All of them stand at index {places} of axis {axis}, counted from 0.",
            "All of them stand at the indices {places} of axis {axis}, counted from 0.",
        ),
    }
    NOT_NUMBERS = ("{count} entry is no number (NaN).", "{count} entries are no numbers (NaN).")
    INFINITE = ("{count} entry is infinite.", "{count} entries are infinite.")
    OTHERS_RIGHT = "All others are right."
    PATTERNS: Mapping[str, str] = {
        "factor": "it is {factor} times what is right",
        "constant": "every entry is {factor} times what is right, one constant that is made of no size",
        "transposed": "it is right with its rows and columns exchanged",
        "transposed axes": "it is right with its axes in another order: the axes {order} of what is right stand in it one after the other",
        "axes-kept": "the numbers are right, in another shape: an axis of one entry was kept, or left out",
        "read-otherwise": "the right numbers stand in it in another sequence, as where an array is reshaped instead of transposed",
        "read-otherwise other": "the right numbers stand in it in their sequence, in another shape",
        "flipped": "it is right when it is read backwards along {axes}, as where a kernel is flipped, or is not",
        "reordered": "along {axes} the right entries stand in another order: {order}",
        "reordered blocks": "along {axes} the right entries stand in another order, in blocks of {block}: {order}, "
                            "as where the gates of an LSTM have another order",
        "sign-lost": "every entry has the right size, but none has a minus sign",
        "offset": "{factor} was added to every entry",
        "added": "it is what is right plus {factor} times {name}",
        "added minus": "it is what is right without {name}",
        "missing": "the path through {name} is missing",
        "alone": "it is the path through {name} alone",
        "another": "these are the numbers of {name}",
        "not-summed": "it is right once it is summed over {axes}: the sum over the samples is missing",
        "not-averaged": "its mean over {axes} is right: the mean over the samples is missing",
        "summed": "it is what is right, summed over {axes}",
        "averaged": "it is the mean of what is right over {axes}",
        "summed other": "it is {name}, summed over {axes}",
        "averaged other": "it is the mean of {name} over {axes}",
        "one-of": "it is number {order} of {name}, counted from 0: the sum over all samples is missing",
        "masked": "it is {base} where {name} is positive, and 0 elsewhere: the mask of another array",
        "operand": "{name} stands in the place of {base}",
        "zeroed": "where it is not 0 it is right: some entries are 0 that should not be",
        "all-zero": "it is 0 everywhere",
        "clipped": "it is what is right, cut off at ±{factor}",
    }  # fmt: skip
    """What stands in the place of what is right."""
    WHAT_IS_RIGHT = "what is right"
    BESIDES = "{pattern}, and besides multiplied by {factor}"
    OR_FACTOR = "{first} (or {others})"
    """A factor that may be several sizes."""
    AXES: Mapping[str, str] = {"row": "the rows", "column": "the columns", "axis": "axis {axis}", "all": "all entries"}
    IS_SO = "Seen in the numbers: {pattern}."
    PERHAPS = "Perhaps {pattern}; there are too few numbers to be sure."
    AFTER = "It was computed from {arrays} of the file, too, which is not right; that alone does not explain it. Starting from there:"
    FACTOR_BESIDES = "Besides it is multiplied by {factor}."
    UNEXPLAINED = "No known slip and no pattern gives these numbers."
    CLOSE = "It is off by {distance} of its largest entry: more than rounding, less than a slip, as of a numerical derivative."
    RIGHT_IS = "Right"
    UNUSED = "Not used"
    IGNORED = "Not used of what is given"
    REASON = "{name}: {reason}"
    LINE = "{quantity} is computed in line {line} of the program."
    COPIED = (
        "{names} is a value that was given, no gradient, and was not compared.",
        "{names} are values that were given, no gradients, and were not compared.",
    )
    MISSING = "Not in the file: {arrays}."
    MORE = "{count} more"
    LABELS: Mapping[str, str] = {"where": "Where", "seen": "What", "slip": "Likely slip", "next": "What to look at"}
    COMMA, AND, OR = ", ", " and ", " or "
