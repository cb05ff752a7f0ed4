"""Slips in the backward pass, against the same arithmetic done wrong by hand."""

from math import exp, tanh

import pytest
from bent_value import values_of

NEURON = ("z = w*x + b; a = sigmoid(z); L = (a - y)^2", "x = 1.5; y = 0.5; w = 0.8; b = 1")
A = 1 / (1 + exp(-2.2))
AGAIN = 1 / (1 + exp(-A))
E, S = 2 * (A - 0.5), A * (1 - A)
TANH = ("z = w*x; a = tanh(z); f = 3*a", "w = 0.8; x = 1.5")
TRAINED = "0.1: w, b"
DONE_WRONG = [
    ("slope-of-another", *NEURON, "dL/dw", E * (1 - A * A) * 1.5, ""), ("slope-turned-round", *NEURON, "dL/dw", -E * S * 1.5, ""),
    ("slope-at-output", *NEURON, "dL/dw", E * AGAIN * (1 - AGAIN) * 1.5, ""),
    ("slope-at-inside", "a = x^2; f = tanh(a)", "x = 0.7", "df/dx", (1 - tanh(0.7) ** 2) * 1.4, ""),
    ("slope-at-inside", "f = tanh(x^2)", "x = 0.7", "df/dx", (1 - tanh(0.7) ** 2) * 1.4, ""),
    ("sign-inside-slope", *TANH, "df/dw", 3 * (1 + tanh(1.2) ** 2) * 1.5, ""),
    ("slope-is-function", *TANH, "df/dw", 3 * tanh(1.2) * 1.5, ""),
    ("tanh-slope-of-input", *TANH, "df/dw", 3 * (1 - 1.44) * 1.5, ""),
    ("tanh-slope-square-misplaced", *TANH, "df/dw", 3 * (1 - tanh(1.2)) ** 2 * 1.5, ""),
    ("loss-for-derivative", *NEURON, "dL/dw", (A - 0.5) ** 2 * S * 1.5, ""), ("target-forgotten", *NEURON, "dL/dw", 2 * A * S * 1.5, ""),
    ("upstream-forgotten", *NEURON, "dL/dw", 1.5, ""), ("factors-divided", *NEURON, "dL/dz", E / S, ""),
    ("factors-added", *NEURON, "dL/dz", E + S, ""), ("rate-in-gradient", *NEURON, "dL/dw", 0.1 * E * S * 1.5, TRAINED),
    ("bias-gradient-with-input", *NEURON, "dL/db", E * S * 1.5, ""),
    ("exponent-not-lowered", "a = x^3; f = 2*a", "x = 1.7", "df/dx", 6 * 1.7**3, ""),
    ("exponent-not-brought-down", "a = x^3; f = 2*a", "x = 1.7", "df/dx", 2 * 1.7**2, ""),
    ("paths-subtracted", "a = 2*x; c = 3*x; f = 5*a + 7*c", "x = 1.7", "df/dx", 10 - 21, ""),
    ("path-twice", "a = 2*x; c = 3*x; f = 5*a + 7*c", "x = 1.7", "df/dx", 10 + 42, ""),
    ("net-for-output", "z = w*x; a = tanh(z); f = v*a + c", "w = 0.8; x = 1.5; v = 3; c = 1", "df/dv", 1.2, ""),
]  # fmt: skip


@pytest.mark.parametrize(("tag", "steps", "values", "ask", "wrong", "train"), DONE_WRONG, ids=[row[0] for row in DONE_WRONG])
def test_the_value_that_comes_out(tag, steps, values, ask, wrong, train):
    assert any(abs(value - wrong) <= 1e-12 * max(1, abs(wrong)) for value in values_of(tag, steps, values, ask, train))
