"""What is simplified of losses over the entries of an array: in which spellings, and where nothing is; each is proved at random points."""

import re

import pytest

from tutor.derive.rewrites.entrywise import LOGITS, STANDARD_NORMAL
from tutor.derive.rewrites.layered import LOG_SOFTMAX, find_layer_rewrites
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers
from tutor.numbers.prove_layer_rewrites import prove

SHAPES = {"z": (3,), "y": (3,), "m": (3,), "Z": (2, 3), "Y": (2, 3)}
SCORES = [("dL/dz", "sigmoid(z) - y", LOGITS)]

FOUND = [  # the steps, what is simplified
    (["L = sum(softplus(z) - y*z)"], SCORES),
    (["L = sum(log(1 + exp(z))) - sum(y*z)"], SCORES),
    (["e = exp(z)", "t = 1 + e", "l = log(t)", "L = sum(l - y*z)"], SCORES),
    (["L = sum((1 - y)*z + log(1 + exp(-z)))"], SCORES),
    (["L = sum(z - y*z + softplus(-z))"], SCORES),
    (["L = -sum(y*log_sigmoid(z) + (1 - y)*log_sigmoid(-z))"], SCORES),
    (["c = 1 - y", "L = -sum(y*log_sigmoid(z) + c*log_sigmoid(-z))"], SCORES),
    (["L = -sum(log_sigmoid(z))"], [("dL/dz", "sigmoid(z) - 1", LOGITS)]),
    (["L = mean(softplus(z) - y*z)"], [("dL/dz", "1/3*(sigmoid(z) - y)", LOGITS)]),
    (["L = c*sum(softplus(z) - y*z)"], [("dL/dz", "c*(sigmoid(z) - y)", LOGITS)]),
    (["D = sum(softplus(z) - y*z)", "L = D + sum(m^2)"], SCORES),
    (["L = -1/2*sum(1 + z - m^2 - exp(z))"], [("dL/dz", "1/2*(exp(z) - 1)", STANDARD_NORMAL)]),
    (["k = m^2 + exp(z) - z - 1", "L = sum(k)/2"], [("dL/dz", "1/2*(exp(z) - 1)", STANDARD_NORMAL)]),
    (["e = exp(z)", "L = c*sum(m^2 + e - z)"], [("dL/dz", "c*(exp(z) - 1)", STANDARD_NORMAL)]),
    (["q = m*m", "k = q + exp(z) - z - 1", "L = sum(k)/2"], [("dL/dz", "1/2*(exp(z) - 1)", STANDARD_NORMAL)]),
    (["L = 1/2*sum(m^2 + z^2 - log(z^2) - 1)"], []),  # z − 1/z is what stands there
    (["L = sum(m^2/2 + z^2/2 - log(z))"], []),
    (["L = -c*sum(y*log_softmax(z))"], [("dL/dz", "c*(softmax(z) - y)", LOG_SOFTMAX)]),
    (["L = -sum(y*log_softmax(z))"], [("dL/dz", "softmax(z) - y", LOG_SOFTMAX)]),
    (["l = log_softmax(z)", "L = -sum(y*l)"], [("dL/dz", "softmax(z) - y", LOG_SOFTMAX)]),
    (["l = log_softmax(z)", "L = -l_2"], [("dL/dz", "softmax(z) - one_hot(2, 3)", LOG_SOFTMAX)]),
    (["l = log_softmax_rows(Z)", "L = -sum(Y*l)/2"], [("dL/dZ", "1/2*(softmax_rows(Z) - Y)", LOG_SOFTMAX)]),
    # nothing to simplify, or another function than it looks
    (["L = sum(softplus(z)^2 - y*z)"], []),
    (["L = sum(softplus(z) - y*z^2)"], []),
    (["L = sum(softplus(2*z) - y*z)"], []),
    (["L = sum(y*softplus(z) - z)"], []),
    (["L = sum(log(2 + exp(z)) - y*z)"], []),
    (["L = sum(softplus(z)) - y_1*sum(z)/3"], []),
    (["L = sum(exp(z) - 2*z)"], []),
    (["L = sum(z^2 - log(z))"], []),
    (["l = log_softmax(z)", "L = -sum(y*l) + sum(z)"], []),
    (["l = log_softmax(z)", "L = -sum(y*log(-l))"], []),
    (["l = log_softmax(z)", "L = sum(l^2)"], []),
]


def build(steps):
    letters = set(re.findall(r"[a-zA-Z]+", " ".join(steps)))
    return from_layers(steps, {name: shape for name, shape in SHAPES.items() if name in letters})


def test_what_is_recognised():
    for steps, expected in FOUND:
        layered = build(steps)
        found = find_layer_rewrites(layered)
        assert [(write_plain(row.left), write_plain(row.expr), row.rule) for row in found] == expected, steps


@pytest.mark.slow
@pytest.mark.parametrize("steps", [row[0] for row in FOUND if row[1]], ids="; ".join)
def test_each_is_proved(steps):
    layered = build(steps)
    assert prove(layered, find_layer_rewrites(layered), None).rewrites
