"""The words of practice: what is asked, what is said to an answer, hints, and what was done at the end."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class PracticeWords(Topic):
    """The phrases of a session."""

    GIVEN = "Given"
    STEP = "Step {number} of {count}"
    ASKS: Mapping[str, str] = {
        "number": "What is {asked}?",
        "expression": "Which formula is {asked}?",
        "ways": "Through which of these does {asked} reach {loss}? Choose each one that uses it directly and leads on to {loss}.",
        "factors": "Of which factors is {asked} the product? Choose them all.",
        "why": "By which rule is {asked} what it is?",
        "wrong-line": "One of these lines on the way to {asked} is wrong. Which one?",
    }
    TILE = "{letter})"
    """In front of what can be chosen."""
    TABLE: Mapping[str, str] = {"quantity": "Quantity", "value": "Value", "how": "How", "time": "Time"}
    CHOICES: Mapping[str, str] = {"ways": "the ways", "factors": "the factors", "why": "the reason", "wrong-line": "the wrong line"}
    """What was chosen, behind the quantity that it is about."""
    STATUS: Mapping[str, str] = {
        "right": "on your own",
        "helped": "with hints",
        "retried": "after another try",
        "kept": "your own value, not right",
        "shown": "shown to you",
        "implied": "followed from a later answer",
        "given": "worked out for you",
        "skipped": "left out",
        "tried": "not right yet",
        "open": "not reached",
        "taken": "answered",
    }

    RIGHT = "Right."
    FOLLOWS = "Right, from your own earlier values."
    CLOSE = "Close: check the arithmetic, or the rounding."
    NOT_YET = "Not yet."
    IMPLIED = ("{steps} is settled by it, too.", "{steps} are settled by it, too.")
    IMPLIED_MANY = "{count} earlier steps are settled by it, too."
    """Where they are too many to be named."""
    LOOK_AGAIN = "Not yet. {look} How did you get {answer}?"
    """A slip, asked before it is said; ``look`` is what to look at."""
    WORKED = "Worked out for you:"
    PLACED = "Here is the step, to go on with:"
    GRAPH = "The computational graph, with what is known so far: what has no number is not yet computed."
    NO_COMMAND = "There is no command {command}."
    NEXT = "Next: {exercise}. It trains {skill} ({percent})."
    NEXT_COMMAND = "Next: tutor practise {exercise}. It trains {skill} ({percent})."
    NOT_KEPT = "This session is not kept: {reason}."
    NOT_TAKEN = "This was not taken, since it cannot be written down: {reason}. What was before it is kept; make room, and give it again."
    KEPT_UNTIL_HERE = "From here on this session is not kept: {reason}. It goes on all the same."
    CHANGED = "; from your own {names}, else {answer}"
    """Behind a right answer that follows from a wrong one that was kept."""
    KEYS: Mapping[str, str] = {
        "hint": "hint", "table": "table", "graph": "graph", "steps": "steps", "skip": "skip", "back": "back", "keep": "keep mine",
        "give-up": "give up", "go": "go", "quit": "quit",
    }  # fmt: skip
    """What the commands do, by the keys that are offered."""
    TO_GO_ON = "to go on with"
    """Behind a step that is placed greyed among those that are done."""
    MORE_ABOVE = ("{count} step more stands above.", "{count} steps more stand above.")
    COSTS = "A right answer is worth {tries} of its mark at the first, second, … try; a hint takes {hint}, and {floor} is left at least."
    """Where tries and hints cost: numbers from 0 to 1."""
    KEPT = "Then go on with your own value; at the end you will see what it changed."
    CHOSEN: Mapping[str, str] = {
        "missing": "What you chose belongs there; something is missing.",
        "too-many": "All that belongs there is among it; something else is, too.",
        "other": "Not all that you chose belongs there.",
    }
    """Of a choice of several that is not right."""
    FORMS: Mapping[str, str] = {
        "one": "Answer with a letter, such as a.",
        "choice": "Answer with letters, such as a or a, c.", "vector": "Answer with a list, such as [1, 2].",
        "column": "Answer with a list, such as [1, 2].", "matrix": "Answer with rows, such as [[1, 2], [3, 4]].",
        "array": "Answer with nested lists, such as [[[1, 2], [3, 4]]].",
    }
    """How an answer is typed, where it is more than one number or formula."""
    NOTES: Mapping[str, str] = {
        "blank": "There is no answer in this.",
        "unreadable": "This could not be read; it does not count as a try.",
        "formula": "That is how it is computed. What does it come to in numbers? It does not count as a try.",
        "locked": "The next hint comes after a try, or in {count} seconds.",
        "no-hints": "There are no hints in an exam.",
        "not-kept": "There is no value of your own to go on with.",
        "taken": "Noted.",
        "done": "That is done already.",
        "part-right": "That part is right. Now the step itself.",
        "part-wrong": "That is neither the part nor the step; it cost nothing.",
        "end": "The session has ended.",
        "early": "That question shows steps that are still asked for; it comes after them.",
        "elsewhere": "That is not what is asked here. It would be right for {asked}: to answer that step, write {answer}",
    }
    """``elsewhere`` has places for the step that an answer is right for, and for what is to be typed then."""
    THINK: Mapping[str, str] = {
        "ways": "Look at the formulas: on whose right-hand sides does it stand? Then follow each of them to the end.",
        "factors": "Go one step towards the loss: which quantity uses it? The product is the gradient of that one, and the step to it.",
        "why": "Look at the formula of the step: which operation or function is differentiated?",
        "wrong-line": "Take each line by itself: write down what its rule gives, and compare.",
        "choice": "Try each of them on the smallest example that you can think of.",
        "declared": "Try each of them on the smallest example that you can think of.",
        "number": "Count or compute one case first: one neuron, one entry. How many are there of it?",
        "chain": "Which quantities lie between? There is one factor for each step from one to the next.",
        "expression": "Write down what it depends on, and the step from each of them.",
    }
    """What to ask oneself, by the kind of what is asked."""
    RUNGS: Mapping[str, str] = {
        "half": "The wrong line is one of these: {letters}.",
        "look": "Look at {parts}.",
        "rule": "The rule: {rule}.",
        "formula": "The rule as a formula:",
        "smaller": "A smaller question first: what is {parts} alone? Whatever you answer to it costs nothing.",
        "symbols": "The step in symbols:",
        "numbers": "With numbers put in:",
        "result": "The answer is {answer}. It counts as shown.",
    }

    RIGHT_IS = "; right is {answer}"
    SUMMARY = "What you did"
    COUNTS = ("{right} of {count} step on your own", "{right} of {count} steps on your own")
    ANSWERED = ("{done} of {count} step answered", "{done} of {count} steps answered")
    """Before an exam ends."""
    TOOK = "Time: {time}"
    NOT_REACHED = ("{count} step was not reached.", "{count} steps were not reached.")
    MARK = "Mark: {marks} of {out_of}"
    SLIPPED = "What slipped"
    NOTHING_SLIPPED = "Nothing slipped."
    NONE_NAMED = "No known slip explains what was not right."
    SKILLS = "What to practise next"
    SKILL = "{skill}: {percent}"
    MISTAKE = "finding a mistake"
    PLACES: Mapping[str, str] = {
        "forward": "computing {rule}", "local": "{rule}", "gradient": "{rule}", "update": "{rule}",
        "ways": "which ways there are", "factors": "which factors there are", "why": "the reason for {rule}",
        "wrong-line": "finding a mistake: {slip}", "choice": "choosing", "number": "counting",
    }  # fmt: skip
