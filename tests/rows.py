"""A small computation for any row of the function table, and what a student gets who makes a slip in it."""

import numpy as np

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text
from tutor.graph.network import LOSSES
from tutor.rules.functions import FUNCTIONS

LOSS_TEXTS = sorted(f"{words}(0.8)" if FUNCTIONS[name].settings else words for words, name in LOSSES.items())
"""Every loss of a network, as it is written."""
OF_PROBABILITIES = tuple(text for text in LOSS_TEXTS if FUNCTIONS[LOSSES[text.partition("(")[0]]].sample[0] > 0)
"""Those whose output has to be positive, which a sigmoid or a softmax makes."""
NUMBERS = {"a": "0.3", "eps": "0.3", "delta": "0.4", "beta": "0.4", "tau": "0.3", "gamma": "2", "m": "0.5", "k": "3"}


def settings(row):
    return [NUMBERS[name] for name, _, _ in row.settings]


def steps_of(row):
    """Two neurons with the function; of a loss, two outputs with it; of a selection, two choices."""
    more = "".join(f", {number}" for number in settings(row))
    if row.role == "loss":
        more = "".join(f", q{place}" for place in range(2, row.operands)) + more
        return ["z1 = w1*x + b1", "z2 = w2*x + b2", "a1 = sigmoid(z1)", "a2 = sigmoid(z2)",
                f"L1 = {row.name}(a1, y1{more})", f"L2 = {row.name}(a2, y2{more})", "L = L1 + L2"]  # fmt: skip
    one, two = ("z1, z2", "z2, z1") if row.variadic else ("z1", "z2")
    name = f"{row.name}_1" if row.layer else row.name
    rest = "".join(f", q{place}" for place in range(1, row.operands)) if not row.variadic else ""
    return ["z1 = w1*x + b1", "z2 = w2*x + b2", f"a1 = {name}({one}{rest}{more})", f"a2 = {name}({two}{rest}{more})",
            "u = v1*a1 + v2*a2", "L = (u - y1)^2"]  # fmt: skip


VALUES = ["x = 1.5", "w1 = 0.32", "w2 = 0.21", "b1 = 0.15", "b2 = 0.07", "y1 = 0.25", "y2 = 0.9"]
MORE = ["v1 = 0.7", "v2 = -0.45"]
NEGATIVE = ("relu-slope-left",)


def exercise_of(row, values=(), questions=""):
    steps = ", ".join(f'"{step}"' for step in steps_of(row))
    given = [*VALUES, *(MORE if row.role != "loss" else ())]
    given += [f"q{place} = 0.{place + 5}" for place in range(2 if row.role == "loss" else 1, row.operands) if not row.variadic]
    replaced = dict(value.split(" = ") for value in values)
    if row.sample[0] >= 1:  # it does not exist at small arguments
        replaced |= {"b1": "2.15", "b2": "2.07"}
    lines = [f"{name} = {replaced.get(name, value)}" for name, value in (value.split(" = ") for value in given)]
    if row.role != "loss":
        lines = [line for line in lines if not line.startswith("y2")]
    parameters = '["w1", "w2", "b1", "b2"]'
    return from_text(f'title = "t"\nsteps = [{steps}]\nparameters = {parameters}\n[values]\n' + "\n".join(lines) + f"\n{questions}", "t")


def expected_tags(row):
    """The slips that the row has by what it is, and those that stand in it."""
    tags = {misuse.tag for misuse in row.slips}
    if row.curved and row.operands == 1:
        tags |= {"inner-derivative-forgotten", "slope-at-wrong-node"}
    if row.role == "activation" and not row.layer and row.name != "identity":
        tags.add("activation-forgotten")
    if row.role == "loss":
        tags.add("mean-for-sum")
    return tags


def diagnosed(marker, row):
    """For each slip at a step of this function: whether an answer that is computed with it is explained by it."""
    found = {}
    sheet, diagnosis = marker.sheet, marker.diagnosis
    rules = {step.target for step in sheet.working.steps if step.rule.startswith(row.name)} | {"L"}
    questions = [q for q in marker.questions if q.targets[0] in diagnosis.order]
    for bend, variant in zip(diagnosis.bends, diagnosis.variants, strict=True):
        if not any(target in rules for target, _ in bend.edits):
            continue
        for question in reversed(questions):
            target = question.targets[0]
            value = float(sheet.numbers.run_bent([variant], [target])[target][0, 0])
            right = float(sheet.numbers.env[target][0])
            if not np.isfinite(value) or abs(value - right) <= 1e-3 * max(abs(right), 1e-6):
                continue
            marked = marker.mark(Submission("s", {question.id: f"{value:.9g}"}))
            answer = next(answer for answer in marked.answers if answer.text)
            tags = {slip.tag for slips in answer.slips for slip in slips if len(slips) == 1}
            found[bend.tag] = found.get(bend.tag, False) or bend.tag in tags
            break
    return found
