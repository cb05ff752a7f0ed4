"""The exercise of a worked wrong answer of the table of slips."""

from tutor.exercise.load import from_text


def exercise(example):
    """One question, about what the example asks; ``train`` is like ``0.1: w, b`` or ``0.1 momentum: w``."""
    steps = ", ".join(f'"{step.strip()}"' for step in example.steps.split(";"))
    values = "\n".join(example.values.split("; "))
    how, _, parameters = example.train.partition(": ")
    rate, _, method = how.partition(" ")
    listed = ", ".join(f'"{name.strip()}"' for name in parameters.split(",")) if parameters else ""
    train = f'[train]\nrate = {rate}\nsteps = 1\noptimiser = "{method or "gd"}"\n' if rate else ""
    ask = example.ask.replace("@", " after ")
    return from_text(
        f'title = "t"\nsteps = [{steps}]\nparameters = [{listed}]\n[values]\n{values}\n{train}[[question]]\nask = "{ask}"\nmarks = 2\n', "t"
    )
