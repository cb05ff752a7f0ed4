"""Slips in updates, against the same arithmetic done wrong by hand."""

from math import sqrt

import pytest
from bent_value import values_of

LINE = ("z = w*x; L = (z - y)^2", "w = 0.6; x = 1.7; y = 0.4")
G = 2 * (0.6 * 1.7 - 0.4) * 1.7
NEXT = 0.6 - 0.05 * G
LATER = 2 * (NEXT * 1.7 - 0.4) * 1.7
TWO = ("z = w1*x1 + w2*x2; L = (z - y)^2", "w1 = 0.45; w2 = -0.62; x1 = 0.7; x2 = 1.3; y = 0.9")
ERROR = 2 * (0.45 * 0.7 - 0.62 * 1.3 - 0.9)
DONE_WRONG = [
    ("rate-power-of-ten", *LINE, "w@1", 0.6 - 0.5 * G, "0.05: w"), ("rate-power-of-ten", *LINE, "w@1", 0.6 - 0.005 * G, "0.05: w"),
    ("old-weight-forgotten", *LINE, "w@1", -0.05 * G, "0.05: w"), ("update-not-made", *LINE, "w@1", 0.6, "0.05: w"),
    ("gradient-for-update", *LINE, "w@1", G, "0.05: w"), ("old-gradient-used", *LINE, "w@2", NEXT - 0.05 * G, "0.05: w"),
    ("another-start", *TWO, "w1@1", -0.62 - 0.1 * ERROR * 0.7, "0.1: w1, w2"),
    ("another-gradient", *TWO, "w1@1", 0.45 - 0.1 * ERROR * 1.3, "0.1: w1, w2"),
    ("state-forgotten", *LINE, "w@2", NEXT - 0.05 * LATER, "0.05 momentum: w"),
    ("square-forgotten", *LINE, "w@1", 0.6 - 0.05 * G / sqrt(G), "0.05 adagrad: w"),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "steps", "values", "ask", "wrong", "train"), DONE_WRONG)
def test_the_value_that_comes_out(tag, steps, values, ask, wrong, train):
    assert any(abs(value - wrong) <= 1e-6 for value in values_of(tag, steps, values, ask, train))
