"""Letters that are written together: taken apart where that is certain, said where they were taken as one."""

import pytest

from tutor.expression.parse import parse
from tutor.expression.run_together import list_taken_as_one, write_product_meant
from tutor.expression.walk import names
from tutor.rules.functions import FUNCTIONS


@pytest.mark.parametrize(("text", "ones"), [
    ("wx + b", ("wx",)), ("wx + w + x", ("wx",)), ("wx + wx^2", ()), ("mu*x + nu", ()), ("w1 + x2", ()), ("out_h1", ()),
    ("loss + net", ()),
    ("abc + a + b + c", ("abc",)), ("w*x + b", ()), ("pi*x", ()),
])  # fmt: skip
def test_what_is_said(text, ones):
    expr = parse(text, functions=FUNCTIONS)
    assert list_taken_as_one([expr], names(expr)) == ones


def test_letters_that_are_given_count_too():
    expr = parse("wx + wx^2", functions=FUNCTIONS)
    assert list_taken_as_one([expr], names(expr), ["w", "x"]) == ("wx",)
    assert write_product_meant("wx") == "wx is taken as one quantity; write w*x for a product"
