"""The caret stands under its spot, also in a long text."""

import pytest

from tutor.errors import ExpressionError
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS


def read(text, **settings):
    return parse(text, functions=FUNCTIONS, **settings)


def refused(text, **settings):
    with pytest.raises(ExpressionError) as caught:
        read(text, **settings)
    return caught.value


def place_of_caret(error):
    """The character of the shown text that the caret stands under; empty behind the end."""
    shown, caret = error.spot.split("\n")
    return shown[caret.index("^") : caret.index("^") + 1]


def test_the_caret_stands_under_the_spot_of_a_long_text():
    text = " + ".join(f"x{n}" for n in range(200)) + " + ? + " + " + ".join(f"y{n}" for n in range(200))
    error = refused(text)
    assert place_of_caret(error) == "?"
    assert all(len(line) < 90 for line in error.spot.split("\n"))
