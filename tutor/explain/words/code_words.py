"""The words of ``tutor code``: what a wrong line of a program probably is, and the page about it."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class CodeWords(Topic):
    """The phrases of a judged backward pass."""

    SLIPS: Mapping[str, str] = {
        "transpose-forgotten": "A transpose is missing: `{new}`, not `{old}`.",
        "transpose-too-many": "A transpose is one too many: `{new}`, not `{old}`.",
        "product-order": "The factors of the matrix product stand in the wrong order: `{new}`, not `{old}`.",
        "product-for-entrywise": "A matrix product stands where entries are multiplied one by one: `{new}`, not `{old}`.",
        "entrywise-for-product": "Entries are multiplied one by one where a matrix product belongs: `{new}`, not `{old}`.",
        "sign": "A sign is wrong: `{new}`, not `{old}`.",
        "difference-reversed": "The difference is the wrong way round: `{new}`, not `{old}`.",
        "wrong-axis": "It runs along the wrong axis: `{new}`, not `{old}`.",
        "axis-forgotten": "Nothing says along which axis: `{new}`, not `{old}`.",
        "keepdims-forgotten": "The axis that was summed has to stay, so that the result fits: `{new}`, not `{old}`.",
        "keepdims-too-many": "The axis that was summed must not stay: `{new}`, not `{old}`.",
        "mask-turned": "The mask is turned round: `{new}`, not `{old}`.",
        "mask-bound": "The mask takes entries that are exactly at its bound the wrong way: `{new}`, not `{old}`.",
        "mask-of-another": "The mask is taken from another array: `{new}`, not `{old}`.",
        "mask-forgotten": "The slope of the ReLU is missing: where it was cut off nothing comes back, so that `{factor}` is a factor.",
        "slope-forgotten": "The slope of the activation is missing: the factor `{factor}`.",
        "factor-forgotten": "The factor `{factor}` is missing: `{new}`, not `{old}`.",
        "factor-too-many": "The factor `{factor}` is one too many.",
        "term-too-many": "The term `{factor}` is one too many.",
        "sum-too-many": "Nothing is summed here: `{new}`, not `{old}`.",
        "sum-forgotten": "The sum is missing: every sample (or place) that used the value sends a gradient back: `{new}`, not `{old}`.",
        "function-too-many": "The function is one too many: `{new}`, not `{old}`.",
        "line-too-many": "The line is one too many: without it the gradients are right.",
        "added-for-assigned": "It is added (or multiplied) to what stands there instead of put in its place.",
        "overwritten": "The gradient is overwritten where it has to be added: the value is used more than once.",
        "operator": "The sign between the parts is another: `{new}`, not `{old}`.",
        "integer-division": "A whole-number division cuts the result off: `{new}`, not `{old}`.",
        "sum-for-mean": "A sum stands where a mean belongs: `{new}`, not `{old}`.",
        "mean-for-sum": "A mean stands where a sum belongs: `{new}`, not `{old}`.",
        "mean-forgotten": "The division by `{factor}` is missing: the forward pass takes a mean.",
        "mean-twice": "It is divided by `{factor}` once too often.",
        "another-variable": "Another quantity belongs here: `{new}`, not `{old}`.",
        "another-number": "Another number belongs here: `{new}`, not `{old}`.",
        "constant-factor": "The result is {factor} times what is right.",
        "cache-changed": "This is a second name for the same array, so that a later line changes both: take a copy.",
        "label-forgotten": "At the label of each sample 1 has to be taken off: softmax with cross-entropy gives p − y.",
        "missing-path": "A path is missing: `{factor}` has to be added.",
        "term-forgotten": "The term `{factor}` is missing: `{new}`, not `{old}`.",
        "penalty-forgotten": "The gradient of the penalty is missing: `{factor}`.",
        "wrong-place": "Another place belongs in the brackets: `{new}`, not `{old}`.",
        "parts-exchanged": "Two parts stand in each other's place: `{new}`, not `{old}`.",
        "function-forgotten": "The function is missing: `{new}`, not `{old}`.",
        "diagonal-only": "Only the diagonal of the softmax's slope is there: each of its entries depends on all that go in: `{new}`.",
        "another-slope": "This is the slope of another activation: `{new}`, not `{old}`.",
        "path-dropped": "Only one of the ways on which `{factor}` acts on the loss is there: the others have to be added.",
        "stride-forgotten": "The window goes on by `{factor}` each time: `{new}`, not `{old}`.",
        "padding-forgotten": "The border of zeros that was put around has to be cut off again: `{new}`, not `{old}`.",
        "repeated-places": "A place that comes more than once gets only one of its parts with `+=`: `{new}` adds all of them.",
        "loop-rounds": "The loop goes one round too few, or one too many: `{new}`, not `{old}`.",
        "loop-order": "The loop goes through its rounds in the wrong order: `{new}`, not `{old}`.",
        "gradient-of-another": "The step takes the gradient of another quantity: `{new}`, not `{old}`.",
        "step-twice": "The same step is taken a second time.",
        "sum-kept": "`{old}` still holds what earlier rounds of this loop have added: each round has to begin anew.",
        "step-inside": "The step is taken before the sum in `{old}` is whole: it belongs behind the loop.",
        "step-lost": "This gives the name `{old}` another value, and the parameter keeps its own.",
        "unwritten": "The gradient is not worked out yet.",
        "": "This line is wrong by itself; no known slip gives it.",
    }
    """What was probably done, by the tags of `tutor.code.slips_of_lines`."""
    KINDS: Mapping[str, str] = {
        "transpose-forgotten": "a transpose", "transpose-too-many": "a transpose", "product-order": "the order of a product",
        "product-for-entrywise": "the kind of a product", "entrywise-for-product": "the kind of a product", "sign": "a sign",
        "difference-reversed": "a difference", "wrong-axis": "an axis", "axis-forgotten": "an axis", "keepdims-forgotten": "a shape",
        "keepdims-too-many": "a shape", "mask-turned": "a mask",
        "mask-bound": "a mask", "mask-of-another": "a mask", "mask-forgotten": "the slope of a ReLU",
        "slope-forgotten": "the slope of an activation", "factor-forgotten": "a factor", "factor-too-many": "a factor",
        "term-too-many": "a term", "sum-too-many": "a sum", "sum-forgotten": "a sum", "function-too-many": "a function",
        "line-too-many": "a whole line", "added-for-assigned": "what is assigned", "overwritten": "what is assigned",
        "operator": "a sign between parts", "integer-division": "a division", "sum-for-mean": "a mean", "mean-for-sum": "a mean",
        "mean-forgotten": "a mean", "mean-twice": "a mean", "another-variable": "a name", "another-number": "a number",
        "constant-factor": "a constant factor", "cache-changed": "a copy", "label-forgotten": "the derivative of the softmax loss",
        "missing-path": "a path", "penalty-forgotten": "the penalty",
        "wrong-place": "what stands in brackets", "parts-exchanged": "the order of parts", "function-forgotten": "a function",
        "repeated-places": "places that come more than once", "diagonal-only": "the slope of a softmax", "term-forgotten": "a term",
        "another-slope": "the slope of an activation", "path-dropped": "the ways on which a quantity acts", "stride-forgotten": "a stride",
        "padding-forgotten": "a border of zeros", "loop-rounds": "how often a loop is gone through",
        "loop-order": "the order of a loop", "gradient-of-another": "which gradient a step takes",
        "step-twice": "how often a step is taken", "sum-kept": "where a sum begins", "step-inside": "where a step is taken",
        "step-lost": "what a step changes", "unwritten": "what is not written yet", "": "the formula",
    }  # fmt: skip
    """What a hint points at, without the solution."""
    NAMES: Mapping[str, str] = {
        "sign": "a sign", "difference-reversed": "a difference the wrong way round", "wrong-axis": "a sum along the wrong axis",
        "axis-forgotten": "an axis forgotten", "keepdims-forgotten": "keepdims forgotten", "keepdims-too-many": "keepdims too many",
        "mask-turned": "a mask turned round", "mask-bound": "the bound of a mask on the wrong side",
        "mask-of-another": "a mask of another array",
        "mask-forgotten": "the slope of a ReLU forgotten",
        "slope-forgotten": "the slope of an activation forgotten", "factor-forgotten": "a factor forgotten",
        "factor-too-many": "a factor too many", "term-too-many": "a term too many", "sum-too-many": "a sum too many",
        "sum-forgotten": "a sum forgotten", "function-too-many": "a function too many", "line-too-many": "a line too many",
        "added-for-assigned": "added instead of assigned", "overwritten": "overwritten instead of added", "operator": "another operator",
        "integer-division": "a whole-number division", "mean-forgotten": "the division of a mean forgotten",
        "mean-twice": "divided once too often", "another-variable": "another variable", "another-number": "another number",
        "constant-factor": "a constant factor", "cache-changed": "an array changed under a second name",
        "label-forgotten": "1 not taken off at the label", "penalty-forgotten": "the gradient of the penalty forgotten",
        "wrong-place": "a wrong place in brackets", "parts-exchanged": "two parts exchanged", "function-forgotten": "a function forgotten",
        "repeated-places": "places that come more than once", "diagonal-only": "the diagonal of a softmax's slope only",
        "another-slope": "the slope of another activation", "path-dropped": "a whole way left out",
        "stride-forgotten": "a stride forgotten", "padding-forgotten": "a border of zeros that is still there",
        "loop-rounds": "a round of a loop too few or too many", "loop-order": "a loop in the wrong order",
        "gradient-of-another": "the gradient of another quantity in a step", "step-twice": "a step taken twice",
        "sum-kept": "a sum that begins only once", "step-inside": "a step before its sum is whole",
        "step-lost": "a step that changes no parameter",
    }  # fmt: skip
    """What slips are called in the lists of a class, but for those that marking has a name for."""
    HINT = "Look at {kind}."
    TITLE = "Backward pass of {file}"
    SCRIPT = "the script"
    RIGHT = (
        "{name}: right.  {count} gradient agrees with the derivative.",
        "{name}: right.  All {count} gradients agree with the derivatives.",
    )
    WRONG = ("{name}: {count} line is wrong.", "{name}: {count} lines are wrong.")
    GRADIENTS_WRONG = ("{name}: {count} gradient is wrong.", "{name}: {count} gradients are wrong.")
    UNDECIDED = "{name}: not judged, since {why}."
    NOT_JUDGED = "This backward pass could not be judged; it is not said to be wrong. {why}"
    """Of a test of a course, in front of the page."""
    NEXT = (
        "What helps: the shapes, `--shapes x=N,D b=D`, or in the documentation of the forward function, `x: array of shape (N, D)`; "
        "NumPy and PyTorch without other libraries; a file with these functions alone."
    )
    """What to do where a backward pass is not judged."""
    HELPS = "What helps: {what}."
    LINE = "Line {line}"
    LINES = "Lines {line}–{last}"
    IN_FILE = "{line} of {file}"
    OR_LINE = "Or line {line}: as small a change of it does the same."
    OR_HINT = "Or line {line}."
    FAILS = "As it stands, Python refuses the line: {why}."
    WHY = "Why"
    MEANT = "{key} has to be {derivative}.  The derivation of the forward pass gives"
    MEANT_LAST = "In the end {key} has to be {derivative}.  The derivation of the forward pass gives"
    RULE = "The derivation of the forward pass, {reason}."
    COMPUTED = "this is what line {line} computes"
    CALLED = "{derivative} is called {name}"
    AGREES = "The formulas agree with the corrected program, and with the slopes of its loss, at {count} random points."
    AGREES_EXACTLY = (
        "The formulas agree with the corrected program to 40 digits, and with the slopes of its loss, at {count} random points."
    )
    REPAIRS = ("Then {keys} is right.", "Then {keys} are right.")
    OR_LOSS = "Or the loss is another one: every gradient is {factor} times that of this one, and right for {factor} times this loss."
    FOLLOWS = ("Line {lines} is wrong only because of that.", "Lines {lines} are wrong only because of that.")
    UNREAD = "Line {line} was not read: {why}."
    LEFT_OVER = "`{name}` is not compared: {why}."
    ASSUMES = "This is so if it is meant in this way: {what}."
    REFUSED = "Line {line} would be refused by Python: {why}."
    WARNINGS: Mapping[str, str] = {
        "log": "Warning, line {line}: `{text}` is −∞ where its argument is 0 in floats. Clip it, add a small number, or take the "
               "log-softmax, `z - max - log(sum(exp(z - max)))`.",
        "division": "Warning, line {line}: `{text}` is no number where `{of}` is 0 in floats. Clip it, or add a small number.",
        "one-side": "Line {line}: no point was found at which `{text}` goes the other way; the gradients are judged on one side of it.",
        "overflow": "Warning, line {line}: `{text}` is no number where `{of}` overflows. Take the maximum off first: `exp(z - max)`.",
        "climbs": "Warning, line {line}: `{text}` adds the gradient, so that the loss grows with each step. Take it off: `{of}`.",
        "unstepped": "Line {line}: `{text}` is worked out, but `{of}` takes no step with it.",
    }  # fmt: skip
    """What may fail in floats though it is right on paper: no mistake, and no marks are lost for it."""
    HEADS: Mapping[str, str] = {"gradient": "gradient", "of": "with respect to", "shape": "shape", "verdict": "verdict"}
    VERDICTS: Mapping[str, str] = {"right": "right", "wrong": "wrong", "lost": "no value", "misshapen": "wrong shape, {shape} is right",
                                   "factor": "wrong: {factor} times what is right"}  # fmt: skip
    ROWS = "Read with samples as rows: weights stand at the right of their products."
    COLUMNS = "Read with samples as columns: weights stand at the left of their products."
    COMMA, AND = ", ", " and "
