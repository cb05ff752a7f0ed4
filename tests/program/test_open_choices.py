"""Choices between values that depend on numbers."""

from tutor.expression.plain import write_plain
from tutor.program.read_program import read_program


def read_steps(body):
    steps = read_program(f"def f(x, w):\n    {body}\n", "f.py", "f", {"x": (), "w": ()}).layered.graph.steps
    return [write_plain(step.expr) for step in steps]


def test_a_choice_between_what_is_the_same_is_none():
    assert read_steps("a = 2 if x > 0 else 2\n    return a * w") == ["2*w"]


def test_a_choice_has_two_cases():
    assert read_steps("return w if x > 0 else 3 * w") == ["if_positive(x, w, 3*w)"]


def test_a_choice_of_several_has_two_cases_for_each():
    steps = read_steps("a, b = (x, w) if x > w else (w, x)\n    return a * b ** 2")
    assert steps[:2] == ["if_positive(x - w, x, w)", "if_positive(x - w, w, x)"]
