"""What a step says after "because"."""

import pytest

from tutor.explain.words.wording import ENGLISH
from tutor.expression.parse import parse
from tutor.rules.classify import rule_of
from tutor.rules.functions import FUNCTIONS

TABLE = [
    ("x + y", "sum"),
    ("x + 1", "sum"),
    ("x - y", "difference"),
    ("w*x + b", "weighted sum"),
    ("w1*x1 + w2*x2", "weighted sum"),
    ("b - w*x", "weighted sum"),
    ("x + exp(y)", "formula"),
    ("x*y", "product"),
    ("2*x", "product"),
    ("x*(1 - x)", "formula"),
    ("x/y", "quotient"),
    ("x/(1 + y)", "formula"),
    ("x^2", "power"),
    ("x^y", "formula"),
    ("-x", "negation"),
    ("-(x*y)", "formula"),
    ("x", "copy"),
    ("3", "constant"),
    ("sigmoid(z)", "sigmoid"),
    ("softmax_2(a, b)", "softmax_2"),
    ("max(0, z)", "relu"),
    ("max(x, y)", "max"),
    ("abs(x)", "abs"),
    ("abs(x - y)", "absolute_error"),
    ("(a - b)^2", "squared_error"),
    ("0.5*(a - b)^2", "half_squared_error"),
]


@pytest.mark.parametrize(("text", "rule"), TABLE, ids=[row[0] for row in TABLE])
def test_rule_of(text, rule):
    assert rule_of(parse(text, functions=FUNCTIONS)) == rule
    assert ENGLISH.rules.say_forward(rule) in ENGLISH.rules.FORWARD.values()
