"""The words of lists in the terminal: the exercises, what became of printed figures, how questions are answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.explain.words.topic import Topic

if TYPE_CHECKING:
    from tutor.exercise.question import Question


class ListingWords(Topic):
    """The phrases of the rows of ``tutor list``, ``check`` and ``questions``."""

    TOPICS: Mapping[str, str] = {
        "dl": "Lecture dl (000)",
        "qmul": "Lecture qmul (001)",
        "graz": "Lecture graz (002)",
        "neuron": "Lecture neuron (003)",
        "cmu": "Lecture cmu (004)",
        "losses": "Losses",
        "optimisers": "Optimisers",
        "normalisation": "Normalisation",
        "convolution": "Convolution and pooling",
        "sequences": "Recurrent networks",
        "attention": "Attention and transformers",
        "embeddings": "Word embeddings",
        "generative": "Generative models",
        "published": "Published worked examples, audited",
    }
    FOLDED = ("{count} exercise: tutor list {topic}", "{count} exercises: tutor list {topic}")
    ABILITIES: Mapping[str, str] = {"layers": "in matrices too (--form layer)", "data": "a data set", "training": "training"}
    EXAMPLES: Mapping[str, str] = {
        "weight": "one weight", "matrices": "in matrices", "method": "a method, step by step", "chart": "a chart", "drawing": "a drawing",
    }  # fmt: skip
    FIGURES = ("{count} figure", "{count} figures")
    AGREEMENTS: Mapping[str, str] = {
        "exact": "exact", "rounded": "rounded", "truncated": "truncated", "carried": "carried", "differs": "differs",
    }  # fmt: skip
    ERRATUM = "erratum: {erratum}"
    ERRATUM_AGREES = "declared an erratum, but agrees: {erratum}"
    CONDITION = "for targets that add up to 1, as here: {sums}"
    DIFFERENCE = "at {point} the printed formula gives {printed}, the derived one {derived}"
    DIFFERENCE_GIVEN = "at the given values the printed formula gives {printed}, the derived one {derived}"
    ONLY_GIVEN = "right at the given values only"
    DIFFERENCE_EVERYWHERE = "the printed formula gives {printed}, the derived one {derived}"
    CORRECTION_RIGHT = "its correction is right: {correction} ({verdict})"
    CORRECTION_WRONG = "its correction is wrong, too: {correction}"
    CORRECTION_REFUTED = "the figure is right, and its correction is wrong: {correction}"
    MISFIT = "the printed formula is {printed}, what it is printed for is {shape}"
    TOTAL = (
        "{count} claim: {exact} exact, {rounded} rounded, {truncated} truncated, {errata} known errata",
        "{count} claims: {exact} exact, {rounded} rounded, {truncated} truncated, {errata} known errata",
    )
    CARRIED = ", {count} right within the rounding of what goes into them (carried)"
    REFUTED = ", {count} wrongly corrected or accused"
    WRONG = ", {count} wrong"
    HOW: Mapping[str, str] = {
        "number": "a number",
        "expression": "a formula",
        "fraction": "a fraction",
        "vector": "{n} entries: [a, b, …]",
        "matrix": "{sizes} entries: {nested}",
        "array": "{sizes} entries: {nested}",
        "column": "{n} values, one a line",
        "chain": "the chain of derivatives",
        "choice": "a letter",
        "program": "a Python file or a notebook",
    }
    FORMS: Mapping[str, str] = {
        "decimal": ", as a decimal",
        "fraction": ", as a fraction",
        "percent": ", also in percent",
        "inputs": ", in given quantities only",
        "steps": ", without derivatives",
    }
    DECIMALS = " to {count} decimals or more"
    DIGITS = " of {count} digits or more"

    QUESTIONS = ("{count} question, {marks}", "{count} questions, {marks}")
    MARKS = ("{count} mark", "{count} marks")

    def count_questions(self, count: int, marks: str) -> str:
        """How many questions there are, and marks.

        >>> ListingWords().count_questions(1, "1/2")
        '1 question, 1/2 marks'
        """
        worth = self.grammar.choose(self.MARKS, 1 if marks == "1" else 2).format(count=marks)
        return self.grammar.count(self.QUESTIONS, count, marks=worth)

    def say_how(self, question: Question) -> str:
        """How a question is answered, in a few words.

        >>> from tutor.exercise.question import Question
        >>> ListingWords().say_how(Question("w", "w after 1", "number", ("w@1",)))
        'a number of 2 digits or more'
        """
        shape = question.shape
        nested = "[" * len(shape) + "a, b]" + ", …]" * (len(shape) - 1)
        text = self.HOW[question.kind].format(n=len(question.targets), sizes="×".join(map(str, shape)), nested=nested)
        if question.kind in ("number", "vector", "matrix", "array", "column"):
            asked = question.tolerance
            if asked.decimals is not None:
                text += self.DECIMALS.format(count=asked.decimals)
            elif question.kind == "number":
                text += self.DIGITS.format(count=asked.digits)
        return text + self.FORMS.get(question.form, "")
