"""The words of problem sheets: what a question asks, how it is answered, what stands above the questions and above the solutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.explain.words.topic import Topic

if TYPE_CHECKING:
    from tutor.exercise.question import Question


class SheetWords(Topic):
    """The phrases of a problem sheet and of its solutions."""

    TITLE = "Problem sheet"
    TITLE_SOLUTIONS = "{title}: solutions"
    BLANKS = ("Name", "Student number")
    """What a student fills in at the head."""
    EXERCISE = "{number}. {title}"
    SOLUTION = "Solution {number}. {title}"
    SOLUTIONS = "Solutions"
    ANSWERS = "Answers"

    MARKS = ("{marks} mark", "{marks} marks")
    MARKS_TABLE: Mapping[str, str] = {"exercise": "Exercise", "possible": "Marks", "reached": "Reached", "all": "All"}

    RATE = "Step size"
    METHODS = ("{title}.", "{title} with {settings}.")
    """How something is trained, without settings and with some."""
    ORDER = "Here the updates take one after the other the samples {samples}."
    """Of a random order, which nobody could guess; the samples of an update are joined by +."""
    FIRST_SAMPLE = "Values and derivatives are asked for the first sample; updates are made over all."
    DIGITS = "Give numbers to {count} significant digits or more, or exactly, unless a question says otherwise."
    IDS = "At the end of each question stands its id: answers that are handed in as a file are given under it."

    ASKS: Mapping[str, str] = {
        "number": "Compute {asked}.",
        "fraction": "Compute {asked} as a whole number or a fraction.",
        "expression": "Give {asked} as a formula.",
        "chain": "Write {asked} as a product of derivatives (chain rule), or as a sum of such products.",
        "vector": "Compute {asked}: {count} entries.",
        "matrix": "Compute {asked}: {sizes} entries.",
        "array": "Compute {asked}: {sizes} entries.",
        "column": "Compute {asked}: {count} values.",
        "choice": "Tick what is right.",
        "program": "Write the function {asked}.",
    }
    """What is asked where an exercise has no wording of its own, by the kind of the answer."""
    ASKS_FORMULAS = "Give formulas for {asked}."
    ASKED_WITH = "{asked}: {text}"
    """What is asked, and an exercise's own wording for it."""
    COUNT: Mapping[str, str] = {
        "inputs": "the number of inputs", "outputs": "the number of outputs", "neurons": "the number of neurons",
        "weights": "the number of weights", "biases": "the number of biases", "parameters": "the number of parameters",
    }  # fmt: skip
    AFTER = ("{quantity} after {count} update", "{quantity} after {count} updates")
    AFTER_EACH = "{quantity} after {first}, …, {last} updates"
    FORMS: Mapping[str, str] = {
        "decimal": "As a decimal.",
        "fraction": "As a fraction.",
        "percent": "Also in percent.",
        "inputs": "In given quantities only.",
        "steps": "Without derivatives in it.",
    }
    OWN_DIGITS = ("{count} significant digit or more.", "{count} significant digits or more.")
    OWN_DECIMALS = ("{count} decimal or more.", "{count} decimals or more.")


    def say_marks(self, marks: str) -> str:
        """Marks as they stand beside a question.

        >>> SheetWords().say_marks("1"), SheetWords().say_marks("0.5")
        ('1 mark', '0.5 marks')
        """
        return self.grammar.choose(self.MARKS, 1 if marks == "1" else 2).format(marks=marks)

    def say_form(self, question: Question, usual: int) -> list[str]:
        """What has to be known of how an answer is written, besides what is said once: ``usual`` digits.

        >>> from tutor.exercise.question import Question, Tolerance
        >>> SheetWords().say_form(Question("w", "w", "number", tolerance=Tolerance(digits=3)), 2)
        ['3 significant digits or more.']
        """
        said = [self.FORMS[question.form]] if question.form in self.FORMS else []
        if question.kind in ("number", "vector", "matrix", "array", "column"):
            asked = question.tolerance
            if asked.decimals is not None:
                said.append(self.grammar.count(self.OWN_DECIMALS, asked.decimals))
            elif question.kind == "number" and asked.digits != usual and not _is_exact(question):
                said.append(self.grammar.count(self.OWN_DIGITS, asked.digits))
        return said


def _is_exact(question: Question) -> bool:
    """Whether only the number itself is right, as where something is counted."""
    return question.tolerance.relative == 0
