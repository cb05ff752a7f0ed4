"""Students who make one slip, round what they show in some way, and go on with what they have shown or with what the calculator kept."""

import math
from dataclasses import dataclass

from tutor.answer.handed_in import Submission
from tutor.numbers.floats import as_float, evaluate_at_points

ROUNDINGS = {  # what is shown of a number: significant digits or places, rounded or cut off
    "2 digits": (2, None, False), "3 digits": (3, None, False), "5 digits": (5, None, False),
    "3 digits, cut off": (3, None, True), "3 places": (None, 3, False), "4 places, cut off": (None, 4, True),
}  # fmt: skip


def show(value, rounding):
    """A number as it is written."""
    digits, places, cut = ROUNDINGS[rounding]
    if value == 0:
        return "0"
    if places is None:
        places = digits - 1 - math.floor(math.log10(abs(value)))
    if cut:
        value = math.trunc(value * 10.0**places + math.copysign(1e-9, value)) / 10.0**places
    value = round(value, places)
    return f"{value:.{max(0, places)}f}"


@dataclass(frozen=True)
class Student:
    """The shown answers by target; ``roots`` are the targets in which the slip itself is made: all others only follow."""

    shown: dict
    roots: frozenset


def work(sheet, targets, edits, rounding, *, keeps):
    """The shown results of a student whose calculator ``keeps`` all digits, or who goes on with what is shown."""
    env = {name: as_float(value) for name, value in sheet.leaves().items()}
    shown, touched = {}, {}
    for step in sheet.working.steps:
        name = step.target
        env[name] = float(evaluate_at_points(edits.get(name, step.expr), env))
        touched[name] = name in edits or any(touched.get(used, False) for used in sheet.working.uses[name] if used not in shown)
        if name in targets:
            shown[name] = show(env[name], rounding) if math.isfinite(env[name]) else ""
            if not keeps and shown[name] and float(shown[name]) != 0:
                env[name] = float(shown[name])
    return Student(shown, frozenset(name for name in shown if touched[name]))


def hand_in(questions, shown):
    """The answers of a student to numbers and to arrays."""
    answers = {}
    for question in questions:
        cells = [shown[target] for target in question.targets]
        if len(question.shape) == 2:
            width = question.shape[1]
            cells = [f"[{', '.join(cells[at : at + width])}]" for at in range(0, len(cells), width)]
        answers[question.id] = cells[0] if len(question.targets) == 1 else f"[{', '.join(cells)}]"
    return Submission("s", answers)
