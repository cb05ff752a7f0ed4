"""Problem sheets that tests look at: which exercises, and what of their solutions may not stand in them."""

import re
from functools import cache

from tutor.errors import TutorError
from tutor.explain.sheet_page import SheetExercise
from tutor.expression.nodes import Name, Number, Partial
from tutor.expression.walk import size
from tutor.numbers.printed import as_exact_text, as_printed
from tutor.render.mathml_reader import read_mathml
from tutor.render.maths import MARKED, Printer, Writer
from tutor.results.sheet import sheet

SHEETS = {
    "one": ("neuron/two-two-two",),
    "kinds": ("graz/sqrt-cos", "neuron/softmax-loss-batch", "cmu/smallest-perceptron"),  # numbers, arrays, training and a choice
    "twelve": (
        "dl/add-multiply", "neuron/two-two-two", "dl/bce", "qmul/two-linear-layers", "qmul/laplacian", "qmul/max-pooling", "cmu/counting",
        "neuron/adam", "graz/branches", "dl/perceptron-vector", "neuron/softmax-loss-batch", "cmu/smallest-perceptron",
    ),
}  # fmt: skip


@cache
def made(name, solutions="none", boxes=True, marks=True):
    return sheet(SHEETS[name], solutions=solutions, boxes=boxes, marks=marks)


def numbers_in(text):
    """The decimals of a text, with their signs; minus signs, thin spaces and powers of ten as they are written anywhere, MathML too."""
    plain = text.replace("−</mo><mn>", "-").replace("−", "-")
    return set(re.findall(r"(?<![\w.])-?\d+\.\d{2,}", plain))


def secrets(exercise: SheetExercise) -> tuple[set[str], set[str]]:
    """The right values as decimals and the right formulas, in LaTeX and MathML, of an exercise that was solved."""
    values, formulas = set(), set()
    for question in exercise.questions:
        answer = exercise.answers[question.id]
        for value in answer.values:
            for digits in (3, 4, 6):
                shown = as_printed(value, digits)
                values |= numbers_in(shown.text if type(shown) is Number else as_exact_text(value, digits))
        if answer.formula is not None and size(answer.formula) > 3:
            for notation in (exercise.given.notation, exercise.solved[0].notation):
                formulas |= {Printer(notation).latex(answer.formula), read_mathml(Writer(MARKED, notation).show(answer.formula))}
    return values, formulas


def as_typed(expr):
    """A formula as a student types it."""
    from tutor.expression.plain import write_plain

    return write_plain(expr)


__all__ = ["SHEETS", "Name", "Partial", "TutorError", "as_typed", "made", "numbers_in", "secrets"]
