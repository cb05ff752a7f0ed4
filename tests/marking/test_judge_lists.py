"""A list of entries together: an accusation needs evidence; a formula over whole arrays in its place is read."""

import pytest

from tests.mark_one import marker
from tutor.answer.handed_in import Submission

LAYER = """
title = "t"
steps = ["z = W x + b", "h = relu(z)", "L = sum((h - y)^2)"]
parameters = ["W", "b"]
[shapes]
x = [3]
W = [4, 3]
b = [4]
y = [4]
[values]
x = [1, -1, 2]
W = [[1, 0, 0.5], [0, 1, 1], [-1, 2, 0], [0.5, 0.5, 1]]
b = [0, 0.5, 1, -1]
y = [5, 2, 1, 1]
"""  # z = [2, 1.5, -2, 1], without the term w_11 x_1 its first entry is 1
ROWS = [  # asked, answer, verdict, outcome, tags of the first explanation, what is said
    ("z", "[1, 2, 3, 4]", "wrong", "", (), "4 of 4 entries"),
    ("z", "[1, 1.5, -2, 1]", "misconception", "", ("term-forgotten",), "number 1"),  # all else is right
    ("z", "[2, 0.5, 7, 9]", "wrong", "", (), "3 of 4 entries"),
    ("z", "[2.01, 1.5, -2, 1]", "close", "", (), "number 1"),
    ("z", "[2.01, 7, 8, 9]", "wrong", "", (), "4 of 4 entries"),  # one near miss among others is none
    ("z", "[2, 1, -3, 2]", "misconception", "", ("bias-forgotten",), "3 of 4 entries"),
    ("z", "W x + b", "correct", "other-form", (), ""),
    ("z", "z = W x + b", "correct", "other-form", (), ""),
    ("h", "max(0, z)", "correct", "other-form", (), ""),
    ("dL/dW", "dL/dz x^T", "correct", "other-form", (), ""),
    ("dL/dW", "x (dL/dz)^T", "misconception", "", ("other-layout",), "yours is 3×4"),
    ("z", "2 z", "wrong", "typed-back", (), ""),
    ("dL/dz", "2 (h - y)", "misconception", "", ("inner-derivative-forgotten",), "entry"),
    ("z", "W q", "unreadable", "", (), "there is no quantity q"),
    ("z", "I do not know", "blank", "", (), ""),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_lists(row):
    ask, text, verdict, outcome, tags, said = row
    marked = marker(LAYER, f'ask = "{ask}"').mark(Submission("s", {ask: text})).answers[0]
    own = (marked.verdict, marked.outcome, tuple(slip.tag for slip in marked.slips[0]) if marked.slips else ())
    assert own == (verdict, outcome, tags), marked.message
    assert said in marked.message


TRAINED = LAYER + """
[train]
rate = 0.1
steps = 1
"""


def test_a_formula_where_an_array_after_updates_is_asked_is_not_read():
    """It has no formula over arrays: nothing more than entries is looked for."""
    marking = marker(TRAINED)
    question = next(q for q in marking.questions if q.array == "W@1")
    answer, _ = marking.judge(question, "W - 0.1 dL/dW")
    assert answer.verdict == "unreadable"
