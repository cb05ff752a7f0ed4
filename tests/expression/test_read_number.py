"""Numbers of formulas as people write them, read from their place on."""

import pytest

from tutor.errors import ExpressionError
from tutor.expression.lexicon import Vocabulary
from tutor.expression.nodes import Name
from tutor.expression.read_number import read_number

NOTHING = Vocabulary({}, {})
X = Vocabulary({"x": Name("x")}, {})


@pytest.mark.parametrize(("text", "number", "rest"), [
    ("0.5", "0.5", ""), (".5+x", ".5", "+x"), ("5.", "5", ""), ("12e-3*y", "12e-3", "*y"), ("5e−3", "5e-3", ""),
    ("1\u2009234.5", "1234.5", ""),
    ("8.2×10^{-2}", "8.2e-2", ""), (r"4.38\times 10^{-4}", "4.38e-4", ""), ("3·10⁻² z", "3e-2", " z"), ("3.7 x 10^-1", "3.7e-1", ""),
    ("2*10^3^2", "2", "*10^3^2"), ("2*10", "2", "*10"),
])  # fmt: skip
def test_a_number_and_what_is_left(text, number, rest):
    found, length = read_number(text, 0, len(text), NOTHING)
    assert (found.text.removeprefix("0") if number[0] == "." else found.text, text[length:]) == (number, rest)


def test_behind_a_quotient_a_power_of_ten_is_no_number():
    assert read_number("2*10^3", 0, 6, NOTHING, "/")[1] == 1


@pytest.mark.parametrize(("text", "known", "what"), [
    (".", NOTHING, "a point stands alone"), ("3x10^2", X, "may be a sign or the quantity x"), ("1_2", NOTHING, "a number has no index"),
    ("0{,}5", NOTHING, "a comma inside a number"), ("9" * 70_000, NOTHING, "over the limit"), ("1e99999", NOTHING, "over the limit"),
    ("2 e-3", NOTHING, "a blank stands before the e"), ("2e3", Vocabulary({"e3": Name("e3")}, {}), "may be a number or a product with e3"),
])  # fmt: skip
def test_what_may_mean_two_things_is_refused(text, known, what):
    with pytest.raises(ExpressionError, match=what):
        read_number(text, 0, len(text), known)
