"""Formulas at arguments where a careless way to compute them has no value, or loses its digits: (formula, x, value)."""

import math

STABLE = [
    ("sigmoid(x)", -800.0, 0.0), ("sigmoid(x)", 800.0, 1.0), ("sigmoid(x)", -705.0, math.exp(-705)),
    ("sigmoid(x)", -math.inf, 0.0), ("softplus(x)", 800.0, 800.0), ("softplus(x)", -800.0, 0.0),
    ("softplus(x)", -40.0, math.exp(-40)), ("tanh(x)", 1e6, 1.0), ("softmax_1(x, 1)", 1e4, 1.0),
    ("softmax_2(x, 1)", 1e4, 0.0), ("softmax_1(x, x, x)", 5000.0, 1 / 3), ("elu(x, 1)", -1e5, -1.0), ("elu(x, 1)", 1e5, 1e5),
    ("if_positive(x, log(x), 7)", -1.0, 7.0), ("if_positive(x, 7, 1/x)", 1.0, 7.0), ("if_positive(x, 1/x, 3)", 0.0, 3.0),
    ("leaky_relu(x - 1, 0.5)", 0.0, -0.5), ("x^3", -2.0, -8.0), ("x^7", -2.0, -128.0), ("x^(-2)", -2.0, 0.25),
    ("x^0", 0.0, 1.0), ("sign(x)", 0.0, 0.0), ("heaviside(x)", 0.0, 0.0), ("relu(x)", -0.5, 0.0),
    ("if_positive(x, log(x) + log(x), 1)", -1.0, 1.0), ("1e400/1e399*x", 1.0, 10.0),
]  # fmt: skip
