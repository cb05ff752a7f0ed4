"""Formulas for narrow boxes: each form is shorter or as long, none says nothing, and what stays was in the formula."""

from __future__ import annotations

import pytest

from tutor.expression.nodes import Name, Number
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.render.picture.shorter_formulas import BRACKET_DOTS, DOTS, list_shorter, says_something

FORMULAS = (
    "a*b*c*d", "a + b + c", "-(a - b*c + d)/2", "(a + b + c)^2", "exp(a + b + c)", "x", "2/3",
    "a*(b + c*(d + e*(f + g)))", "log(a)/log(b) - c",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_forms_get_shorter_and_hold_only_what_was_there(text):
    formula = parse(text, functions=("exp", "log"))
    forms = list(list_shorter(formula))
    assert forms[0] == formula
    for form in forms:
        assert set(names(form)) - {"...", "(...)"} <= set(names(formula))
        assert len(write_plain(form).replace("(...)", "").replace("...", "")) <= len(write_plain(formula))


@pytest.mark.parametrize(("form", "says"), [(DOTS, False), (BRACKET_DOTS, False), (Number("2"), False), (Name("a"), True)])
def test_dots_and_numbers_alone_say_nothing(form, says):
    assert says_something(form) is says


def test_a_long_sum_keeps_its_ends():
    first = list(list_shorter(parse("a + b + c + d")))[1]
    assert write_plain(first) == "a + ... + d"
