"""Slips in the forward pass, against the same arithmetic done wrong by hand."""

from math import exp, log, tanh

import pytest
from bent_value import values_of

SUM = ("z = w*x + v*u + b; a = tanh(z); L = (a - y)^2", "w = 0.4; x = 1.5; v = -0.7; u = 0.6; b = 0.25; y = 0.3")
W, X, V, U, B, Y = 0.4, 1.5, -0.7, 0.6, 0.25, 0.3
Z = W * X + V * U + B
SOFTMAX = ("p1 = softmax_1(s1, s2); p2 = softmax_2(s1, s2); L = -y1*log(p1) + p2", "s1 = 0.4; s2 = 1.1; y1 = 0.7")
DONE_WRONG = [
    ("bias-twice", *SUM, "z", Z + B), ("bias-subtracted", *SUM, "z", Z - 2 * B), ("factors-swapped", *SUM, "z", V * X + W * U + B),
    ("weight-forgotten", *SUM, "z", W * X + U + B), ("factors-added", *SUM, "z", W + X + V * U + B),
    ("term-forgotten", *SUM, "z", W * X + B),
    ("one-term-only", *SUM, "z", V * U), ("another-activation", *SUM, "a", 1 / (1 + exp(-Z))), ("exponent-sign-lost", *SUM, "a", -tanh(Z)),
    ("error-not-squared", *SUM, "L", tanh(Z) - Y), ("softmax-not-normalised", *SOFTMAX, "p1", exp(0.4)),
    ("softmax-without-exp", *SOFTMAX, "p1", 0.4 / 1.5),
    ("squared-after-sum", "p = (a - t)^2; q = (c - u)^2; L = p + q", "a = 3.3; t = 1.1; c = 2.4; u = 5.2", "L", (5.7 - 6.3) ** 2),
    ("another-unit", "z1 = w1*x1 + c; z2 = w2*x2 + c; L = z1*z2", "w1 = 2.3; w2 = 0.7; x1 = 1.9; x2 = 0.4; c = 1", "z1", 2.3 * 0.4 + 1),
    ("net-for-output", "z = w*x + b; a = tanh(z); f = v*a + c", "w = 0.4; x = 1.5; b = 0.25; v = 3; c = 1", "f", 3 * 0.85 + 1),
    ("log-forgotten", "p = sigmoid(z); L = -y*log(p)", "z = 0.4; y = 0.8", "L", -0.8 / (1 + exp(-0.4))),
    ("minus-lost-in-loss", "p = sigmoid(z); L = -y*log(p)", "z = 0.4; y = 0.8", "L", 0.8 * log(1 / (1 + exp(-0.4)))),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "steps", "values", "ask", "wrong"), DONE_WRONG, ids=[row[0] for row in DONE_WRONG])
def test_the_value_that_comes_out(tag, steps, values, ask, wrong):
    assert any(abs(value - wrong) <= 1e-12 for value in values_of(tag, steps, values, ask))
