"""The words of the pages themselves: headings, labels, heads of tables, captions, what is said of a lecture's figures, remarks."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.exercise.model import Assumption
from tutor.explain.words.topic import Topic


class PageWords(Topic):
    """The phrases that every page is put together with."""

    HEADINGS: Mapping[str, str] = {
        "given": "Given", "start": "Start", "forward": "Forward pass", "backward": "Backward pass", "update": "Update",
        "counting": "Counting", "samples": "Samples", "first update": "First update", "iterations": "Iterations",
    }  # fmt: skip
    LABELS: Mapping[str, str] = {
        "given": "Given", "asked": "Asked", "start": "Start", "where": "Where", "note": "Note", "condition": "Condition",
        "no derivative": "No derivative", "convention": "Convention", "kink": "Kink", "proof": "Checked", "numbers": "Numbers",
        "method": "Method", "stop": "Stop",
        "source": "Source", "lecture": "Lecture", "paper": "Paper", "book": "Book", "course": "Course", "notebook": "Notebook",
        "documentation": "Documentation", "page": "Web page", "erratum": "Erratum", "errata": "Errata", "growth": "Over time",
    }  # fmt: skip
    """The word in front of a paragraph."""
    NO_DERIVATIVE = "{reason}; nothing can be learnt through {steps}."
    NOTHING_LEARNT = "Nothing can be learnt through {steps}."
    ON_KINK = (
        "{steps} is evaluated exactly on its kink here: the convention is used.",
        "{steps} are evaluated exactly on their kinks here: the convention is used.",
    )
    TARGET_KINDS = "For {signs} the target {target} is −1 or 1, for {bits} it is 0 or 1: one letter for two kinds of target."
    PRIMES = "the prime of {updated} marks the updated {old}, that of {slope} a derivative"
    FROM_ONE = (
        "Neurons are counted from 1 here, as the rows of a matrix are; the course counts them from 0 where it writes them one by one."
    )
    SHARED_BY = ("{quantities} is shared by {places}", "{quantities} are shared by {places}")
    SHARED = "{shared}. What is shared is the same in all of them, and its gradient adds up what comes back from each."
    COMMA = ", "

    # A solution neuron by neuron

    STEPS = ("step {numbers}", "steps {numbers}")
    PATH = "path {number}"
    HELD = (
        "{local} here is the derivative of its step alone: what also goes on through {other} is counted along the paths",
        "{local} here are derivatives of one step alone: what also goes on through {other} is counted along the paths",
    )
    GRAPH = "The computational graph."
    GRAPH_VALUES = "The computational graph, with every value."
    GRAPH_GRADIENTS = "The computational graph, with every value and gradient."
    NETWORK_DRAWN = "The network. (Its computational graph has {count} quantities, too many for a picture.)"
    NOT_DRAWN = (
        "The computational graph has {count} quantities, too many for a picture on a page: tutor draw with -o graph.svg draws it without "
        "its middle, and tutor solve with --wrt draws how one quantity reaches the loss."
    )
    STEP_HEAD = "step"
    GRAPH_SHOWN = "(the graph)"
    ROUTES = ("How {names} reaches {loss}.", "How {names} reach {loss}.")
    COUNTED: Mapping[str, str] = {
        "inputs": "inputs", "outputs": "outputs", "neurons": "neurons", "weights": "weights", "biases": "biases",
        "parameters": "parameters",
    }  # fmt: skip
    COUNTED_SO: Mapping[str, str] = {
        "inputs": "the first size", "outputs": "the last size", "neurons": "one layer of them", "parameters": "weights alone",
        "biases per neuron": "one for each neuron", "biases per layer": "one for the layer", "none": "there are none",
    }  # fmt: skip
    """How something is counted that is no sum and no product."""
    COUNT_HEADS = ("what", "counted", "how many")
    SIZES = "A network whose layers have the sizes {sizes}, the inputs first."

    # What a source prints

    THE_SOURCE: Mapping[str, str] = {
        "source": "the source", "lecture": "the lecture", "paper": "the paper", "book": "the book", "course": "the course",
        "notebook": "the notebook", "documentation": "the documentation", "page": "the web page",
    }  # fmt: skip
    """What the source of an exercise is called in a sentence."""

    PRINTS = "prints {printed} for {subject}: {verdict}."
    PRINTS_ERRATUM = "prints {printed} for {subject}: {verdict} ({erratum})."
    AFTER = ("{quantity} after {count} update", "{quantity} after {count} updates")
    AFTER_EACH = "{quantity} after {counts} updates"
    UPDATE_OF = "the update of {quantity}"
    OVER_SAMPLES: Mapping[str, str] = {
        "mean": "the mean of {quantity} over the samples", "sum": "the sum of {quantity} over the samples",
    }  # fmt: skip
    AT_VALUES = "{quantity} at {values}"
    ELSEWHERE = "What is printed at other values; what is not in a column stays as it is given."
    OVER_PATHS = "{quantity} along all paths"
    """Of a derivative whose name the page has for one step alone."""
    COUNT_OF = "the number of {what}"
    PRINTED: Mapping[str, tuple[str, str]] = {
        "figures": ("checked figure", "checked figures"), "formulas": ("checked formula", "checked formulas"),
        "both": ("checked figure or formula", "checked figures and formulas"),
    }  # fmt: skip
    """One of what a lecture prints, and several: numbers, formulas with quantities in them, or some of each."""
    AGREE = ("{good} of {count} {printed} agrees: {parts}.", "{good} of {count} {printed} agree: {parts}.")
    SOME_EXACT = ("{good} of {count} {printed} agrees exactly.", "{good} of {count} {printed} agree exactly.")
    ONE_PRINTED = "The {printed} {verdict}."
    BOTH_EXACT, ALL_EXACT = "Both {printed} agree exactly.", "All {count} {printed} agree exactly."
    PAIR_EXACT = "The checked figure and the checked formula agree exactly."
    BOTH_SO, ALL_SO = "Both {printed} agree{way}.", "All {count} {printed} agree{way}."
    PAIR_SO = "The checked figure and the checked formula agree{way}."
    BOTH_AGREE, ALL_AGREE = "Both {printed} agree: {parts}.", "All {count} {printed} agree: {parts}."
    PAIR_AGREE = "The checked figure and the checked formula agree: {parts}."
    SOME_SO = ("{good} of {count} {printed} agrees{way}.", "{good} of {count} {printed} agree{way}.")
    NEITHER_AGREES, NEITHER_OF_PAIR = "Neither of the two {printed} agrees.", "Neither the checked figure nor the checked formula agrees."
    NONE_AGREE = "None of the {count} {printed} agrees."
    UNSEEN = "Checked, but not worked out here: {subjects}."
    PRINTED_TOO = "What {source} prints besides:"
    OURS = "The derivatives are added here: {source} prints values alone."
    OURS_TOO = "Here {loss} and the derivatives are added: {source} prints other values alone."
    """Of a source that has no derivative."""
    OTHER_FORMS_AT = (
        "Printed for {held} in another form than above, and equal to it:",
        "Printed for {held} in other forms than above, and equal to these:",
    )  # fmt: skip
    OTHER_FORMS = ("Printed in another form than above, and equal to it:", "Printed in other forms than above, and equal to these:")
    FOLLOWS = "Not printed there, but right as well: {subjects}."
    AGREED: Mapping[str, str] = {
        "exact": "{count} exactly", "float": "{count} exactly but for the last digits of a float", "rounded": "{count} rounded",
        "alike": "{count} rounded or cut off alike", "truncated": "{count} cut off",
        "carried": "{count} within the rounding of what goes into them",
    }  # fmt: skip
    AGREED_SO: Mapping[str, str] = {
        "float": " exactly, but for the last digits of a float", "rounded": ", rounded", "truncated": ", cut off (not rounded)",
        "carried": " within the rounding of what goes into them",
    }  # fmt: skip
    """How all of them agree."""
    NAMED_SO, BETWEEN = " ({subjects})", "; "
    ERRATUM = "for {subject} {source} prints {printed}; it is {value}."
    EACH_TIME = "each time: {reason}"
    ERRATA_TABLE = "what is printed, and what is right:"
    ERRATA_HEADS = ("quantity", "printed", "right", "why")
    DITTO = "likewise"
    COMES_TO = "{printed}, which is {number}"
    QUOTED = "{quoted}, here {printed}"
    """What a lecture prints as it stands there, and what that comes to with the quantities of the page."""
    ERRATUM_BARE = "for {subject} {source} prints {printed}."

    # A recursion over time

    SUMMED = "the sum over all times"
    UP_TO, LEFT_OUT = ", …, ", "⋯"
    OTHER_TIMES = "all other times"
    GROWTH: Mapping[str, str] = {
        "vanishes": "from {index} = {last} back to {first}, {size} shrinks from {start} to {end}, about {factor} times a step: the "
        "gradient vanishes, and what happened early is hardly learnt.",
        "shrinks": "from {index} = {last} back to {first}, {size} shrinks from {start} to {end}, about {factor} times a step.",
        "steady": "from {index} = {last} back to {first}, {size} goes from {start} to {end}, about {factor} times a step.",
        "grows": "from {index} = {last} back to {first}, {size} grows from {start} to {end}, about {factor} times a step.",
        "explodes": "from {index} = {last} back to {first}, {size} grows from {start} to {end}, about {factor} times a step: the gradient "
        "explodes, and one update can throw the weights far away.",
        "zero": "from {index} = {last} back to {first}, {size} goes from {start} to {end}.",
    }  # fmt: skip
    """How the norm of a gradient goes back in time."""

    # What was assumed, or has to be known

    REMARKS: Mapping[str, tuple[str, str]] = {
        "apart": (
            "{names} is taken apart into {count} steps; --as-written leaves it whole.",
            "{names} are taken apart into {count} steps; --as-written leaves them whole.",
        ),
        "as written": (
            "{names} is differentiated in one step; --apart takes it apart.",
            "{names} are each differentiated in one step; --apart takes them apart.",
        ),
        "assumed": (
            "Assumed: {names} is trained, since nothing says what is; --wrt chooses.",
            "Assumed: {names} are trained, since nothing says what is; --wrt chooses.",
        ),
        "one quantity": (
            "{names} is taken as one quantity; write {product} for a product.",
            "{names} are taken as one quantity; write {product} for a product.",
        ),
        "written out": ("Written out with {sizes}.", "Written out with {sizes}."),
        "shape": (
            "Assumed: {names} is of shape {shape}, as the formula needs it; --shape {first}=… says another.",
            "Assumed shapes, as the formulas need them: {shape}; --shape {first}=… says another.",
        ),
        "labels": ("The labels ${names}$ stand as rows of 0 and 1, ${hot}$: a 1 at the place of each label.",) * 2,
        "stopped": (
            "${names}$ is the value of ${one}$, behind which the program lets no gradient go back; it counts as given.",
            "{names} are the values of {one}, behind which the program lets no gradient go back; they count as given.",
        ),
        "dropout": ("Dropout is left out, as in evaluation; with a mask, write x * mask / (1 - p).",) * 2,
        "chosen": (
            "Nothing says what {names} is, and the program asks for ‘{text}’ first, which is taken; --shapes {names}=… says another.",
        ) * 2,
        "letters": ("Large sizes have letters, {sizes}: the formulas are the same for any.",) * 2,
        "skipped": ("Not Python, and left out: {names}.",) * 2,
        "upstream": ("${names}$ is an array: ${loss}$ stands for any loss behind it, and ${upstream}$ for $d{loss}/d{names}$.",) * 2,
        "truncated at": (
            "Truncated: gradients go back {steps} steps at most. What comes after {names} takes it as a constant, as if detached.",
            "Truncated: gradients go back {steps} steps at most. What comes after {names} takes each as a constant, as if detached.",
        ),
        "truncated": (
            "Truncated: gradients go back within blocks of {steps} steps, counted from the first, and from none into the one before it.",
        ) * 2,
        "truncated from the end": (
            "Truncated: gradients go back {steps} steps, and no further; for {last} up to {steps} that is all of them.",
        ) * 2,
        "not truncated": ("Truncated after {steps} steps, there is nothing to cut: {index} runs to {last} only.",) * 2,
    }
    """By the kind of a remark: about one quantity or step, about several."""
    AND, MORE = " and ", "{count} more"

    def remark(self, found: Assumption | str) -> str:
        """A remark in words; a note of the exercise as it is.

        >>> PageWords().remark(Assumption("assumed", ("w", "b")))
        'Assumed: w and b are trained, since nothing says what is; --wrt chooses.'
        """
        if isinstance(found, str):
            return found
        names = self.name_some(found.names)
        return self.grammar.choose(self.REMARKS[found.kind], len(found.names)).format(names=names, **found.places)

    def name_some(self, names: tuple[str, ...]) -> str:
        """Names as a list: all of a few, the first eight of many and how many more there are."""
        shown = [*names[:8], self.MORE.format(count=len(names) - 8)] if len(names) > 9 else [*names]
        return "".join(self.grammar.enumerate_parts(shown, self.COMMA, self.AND))
