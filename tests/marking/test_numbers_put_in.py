"""Given numbers in place of their quantities: the formula is right, in another form; also where the number is a 0 or a 1."""

import pytest
from mark_one import HALF, marker, one

SOFTMAX = """
title = "t"
steps = [
  "a1 = tanh(w1*x1)", "a2 = tanh(w2*x1)", "z3 = u1*a1 + u2*a2", "z4 = u3*a1 + u4*a2", "y1 = exp(z3)/(exp(z3) + exp(z4))",
  "y2 = exp(z4)/(exp(z3) + exp(z4))", "L = -t1*log(y1) - t2*log(y2)",
]
[values]
x1 = 0.7
w1 = 0.3
w2 = -0.4
u1 = 0.5
u2 = 0.2
u3 = -0.6
u4 = 0.9
t1 = 1
t2 = 0
"""
LINE = """
title = "t"
steps = ["z = w*x + b", "L = (z - y)^2"]
[values]
x = 1.5
y = 0.5
w = 0.8
b = 1
"""
HALVES = [
    (SOFTMAX, "dL/du1", "(y1 - 1)*a1"), (SOFTMAX, "dL/du3", "(y2 - 0)*a1"), (LINE, "dL/dw", "2*(z - 0.5)*x"),
    (LINE, "dL/dw", "2*(z - y)*1.5"), (LINE, "z", "w*x + 1"), (LINE, "dL/dw", "2*(w*x + 1 - y)*x"),
]  # fmt: skip
NAMED = [(SOFTMAX, "dL/du1", "(y1 - t1)*a1"), (LINE, "dL/dw", "2*(z - y)*x"), (LINE, "z", "w*x + b")]
WRONG = [
    (SOFTMAX, "dL/du1", "(y1 - 2)*a1"), (SOFTMAX, "dL/du1", "(1 - y1)*a1"), (SOFTMAX, "dL/du1", "(y1 - 0)*a1"),
    (SOFTMAX, "dL/du3", "(y2 - 1)*a1"), (LINE, "dL/dw", "2*(z - y)*1.6"), (LINE, "dL/dw", "2*(z - y)*0.8"),
    (LINE, "dL/dw", "2*(z - 0.4)*x"), (LINE, "z", "w*x"), (LINE, "z", "w*x + 2"), (LINE, "dL/dw", "1*(z - y)*x"),
]  # fmt: skip


def judged(text, ask, answer):
    return one(marker(text, f'id = "q"\nask = "{ask}"\nkind = "expression"'), answer)


@pytest.mark.parametrize(("text", "ask", "answer"), HALVES, ids=[row[2] for row in HALVES])
def test_a_given_number_in_place_of_its_quantity_is_another_form(text, ask, answer):
    found = judged(text, ask, answer)
    assert (found.verdict, found.outcome, found.marks) == ("correct", "other-form", HALF)


@pytest.mark.parametrize(("text", "ask", "answer"), NAMED, ids=[row[2] for row in NAMED])
def test_with_names_it_is_right(text, ask, answer):
    found = judged(text, ask, answer)
    assert (found.verdict, found.outcome) == ("correct", "")


@pytest.mark.parametrize(("text", "ask", "answer"), WRONG, ids=[row[2] for row in WRONG])
def test_any_other_number_is_wrong(text, ask, answer):
    assert judged(text, ask, answer).verdict in ("wrong", "misconception")
