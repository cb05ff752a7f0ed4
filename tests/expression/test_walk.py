"""Small questions about trees."""

import pytest

from tutor.expression.nodes import Call, Name
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import depth, fold_calls, has_call, names, size, substitute
from tutor.rules.functions import FUNCTIONS


def read(text):
    return parse(text, functions=FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "expected"), [("w*x + b*w", ("w", "x", "b")), ("3", ()), ("sin(y)^x", ("y", "x")), ("z - z", ("z",))]
)
def test_names_in_the_order_written(text, expected):
    assert names(read(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [("x", 1), ("x + y", 3), ("-x", 2), ("x/2", 3), ("max(0, x*y)", 5)])
def test_size(text, expected):
    assert size(read(text)) == expected


@pytest.mark.parametrize(("text", "expected"), [("x", 1), ("x - -2", 4), ("max(0, x*y)", 3)])
def test_depth(text, expected):
    assert depth(read(text)) == expected


def test_substitution_is_simultaneous():
    assert write_plain(substitute(read("x + y*x"), {"x": Name("y"), "y": Name("x")})) == "y + x*y"


def test_a_call_with_a_name_is_called_by_it():
    call = Call("sigmoid", (Name("z"),))
    assert write_plain(fold_calls(read("sigmoid(z)*(1 - sigmoid(z))"), {call: "a"})) == "a*(1 - a)"


@pytest.mark.parametrize(("text", "expected"), [("x*y + 1", False), ("x*exp(y)", True), ("sqrt(x)", True)])
def test_has_call(text, expected):
    assert has_call(read(text)) is expected
