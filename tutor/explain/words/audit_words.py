"""The words of an audit: what a wrong figure of a page probably is, and the report about many pages."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class AuditWords(Topic):
    """The phrases of ``tutor check`` about what is wrong, and of its report."""

    CAUSES: Mapping[str, str] = {
        "consequence": "Wrong only in consequence of {claims}: from there it follows.",
        "repeated": "The same wrong figure as before, in {claims}.",
        "close": "Close to what is right: a slip of arithmetic, of rounding or of copying.",
        "unexplained": "Wrong by itself; no known slip gives this figure.",
        "unexplained formula": "Wrong by itself; no known slip gives this formula.",
    }
    """What is said of a wrong figure that no slip explains; what slips explain is said as of a student's answer."""
    ROUNDED = ("Right but for {claims}, rounded before it was used.", "Right but for {claims}, rounded before they were used.")
    ROOT = ("From it follows {count} more wrong figure.", "From it follow {count} more wrong figures.")
    FACTOR = "It is {factor} times what is right: probably {reason}."
    CHANGES: Mapping[str, str] = {
        "twice-too-large": "a factor ½ (a scale, a mean of two) was forgotten, or a 2 counted twice",
        "half-too-large": "a factor 2 was forgotten, or a ½ counted twice",
        "sign-turned": "a minus sign was lost, or is one too many",
        "count-times": "the division by a number of terms, as of a mean, was forgotten",
        "count-shared": "it was divided by a number of terms, as of a mean, once too often",
        "root-times": "the scale 1/√n was forgotten",
        "root-shared": "the scale 1/√n was counted once too often",
        "point-misplaced": "the decimal point is misplaced",
    }
    """What was probably done, of a right result that was multiplied by a factor."""
    REPAIRS: Mapping[str, str] = {
        "another-name": "Probably another quantity stands where {quantity} belongs.",
        "factor-too-many": "Without the factor {quantity} it is right.",
        "term-too-many": "Without the term {quantity} it is right.",
    }
    """What is said of a formula that one change makes right."""
    SWAPPED = "Probably two digits were exchanged."
    ANOTHER = "Probably the value of {quantity} was printed."
    ANOTHER_OR = "Probably the value of another quantity was printed: {quantities}."
    CLAIM = "{claim} (printed {printed})"
    WHEN: Mapping[str, str] = {"after": "{quantity} after {count}", "before": "{quantity} before {count}"}
    OF: Mapping[str, str] = {"mean": "mean {quantity}", "sum": "sum {quantity}", "update": "update {quantity}", "count": "count {quantity}"}
    """What a claim is about, in the short form in which it is typed."""
    NAMES: Mapping[str, str] = {
        "close": "a near miss", "unexplained": "not explained", "unexplained formula": "not explained", "factor": "{factor} times",
        "digits-swapped": "digits exchanged", "another-quantity": "the value of another quantity", "another-name": "another quantity",
        "factor-too-many": "a factor too many", "term-too-many": "a term too many",
    }  # fmt: skip
    """What a wrong figure is, in the few words of a table."""
    REPORT = "Printed figures, recomputed"
    EXAMPLES = ("{count} example", "{count} examples")
    FIGURES = ("{count} printed figure or formula", "{count} printed figures and formulas")
    SUMMARY = (
        "{examples}, {figures}. {wrong} are wrong, {root} of them by themselves and {follow} in consequence or by rounding; "
        "{faulty} of the examples have such figures."
    )
    EXPLAINED = (
        "Each was recomputed from what its page gives. Right is what is the value, or a formula that is equal to it; rounded and cut off "
        "are right to the digits that are printed; carried is what comes out of factors that were rounded before. What is wrong was judged "
        "as a student's answer is: a slip is named where the digits carry it."
    )
    WRONG_ONES = "What is wrong"
    SOURCES = "Sources"
    ALL = "all"
    HEADS: Mapping[str, str] = {
        "example": "example", "source": "source", "figures": "figures", "exact": "right", "rounded": "rounded", "truncated": "cut off",
        "carried": "carried", "root": "wrong at the root", "follow": "in consequence",
        "probably": "what it probably was", "quantity": "quantity", "printed": "printed", "right": "right",
    }  # fmt: skip
    UNREAD = "Line {line} could not be read:"
    COMMA, AND, OR = ", ", " and ", " or "
