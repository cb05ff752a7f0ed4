"""Which rule a step over layers is about."""

import pytest

from tutor.expression.parse import parse
from tutor.graph.layer_rules import layer_rule
from tutor.graph.layered import LAYER_FUNCTIONS

RULES = [
    ("W @ x + b", "affine"), ("W @ x", "matmul"), ("softmax(z)", "softmax"), ("convolve(x, k)", "convolve"),
    ("sum((a - y)^2)/n", "mean"), ("sum(a)", "sum"), ("mean(a)", "mean"), ("A ⊙ B", "hadamard"), ("sigmoid(z)", "sigmoid"),
    ("A^T", "transpose"), ("flatten(A)", "flatten"), ("x + y", "sum of numbers"), ("2*sum(a)", "formula"), ("max_pool(A, 2)", "max_pool"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule"), RULES)
def test_rules_of_steps(text, rule):
    assert layer_rule(parse(text, functions=LAYER_FUNCTIONS)) == rule


MEANS = [  # what is divided by what, and whether that is the mean over all entries
    ("sum(A)/6", True), ("sum(A)/2", False), ("sum(A)/3", False), ("sum(v)/3", True), ("sum(v)/2", False),
    ("sum(B)/(m*n)", True), ("sum(B)/m", False), ("sum(c)/m", True), ("sum((u - u)^2)/2", False), ("entry(v, 2) + sum(v)/2", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mean"), MEANS, ids=[row[0] for row in MEANS])
def test_a_mean_is_divided_by_the_number_of_all_entries(text, mean):
    shapes = {"A": (2, 3), "v": (3,), "B": ("m", "n"), "c": ("m",), "u": (2,), "m": (), "n": ()}
    assert (layer_rule(parse(text, functions=LAYER_FUNCTIONS), shapes) == "mean") == mean
