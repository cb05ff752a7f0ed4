"""Brackets are as high as what stands in them."""

import pytest

from tutor.render.brackets import put_in_brackets


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("x", "(x)"),
        ("2(x + y)", "\\bigl(2(x + y)\\bigr)"),
        ("\\bigl(2(x + y)\\bigr)", "\\Bigl(\\bigl(2(x + y)\\bigr)\\Bigr)"),
        ("a^{(2)}", "(a^{(2)})"),
        ("\\frac{a}{b}", "\\left(\\frac{a}{b}\\right)"),
        ("\\underset{\\;n\\;}{x}", "(\\underset{\\;n\\;}{x})"),
        ("\\underset{\\;n\\;}{\\frac{a}{b}}", "\\biggl(\\underset{\\;n\\;}{\\frac{a}{b}}\\biggr)"),
        ("\\biggl(\\sum_{v} x\\biggr)\\,y", "\\Biggl(\\biggl(\\sum_{v} x\\biggr)\\,y\\Biggr)"),
        ("\\frac{\\sum_{v} x}{n}", "\\left(\\frac{\\sum_{v} x}{n}\\right)"),
        ("\\frac{1}{n} \\sum_{v} x", "\\biggl(\\frac{1}{n} \\sum_{v} x\\biggr)"),
        ("\\begin{bmatrix} 1 \\end{bmatrix}", "\\left(\\begin{bmatrix} 1 \\end{bmatrix}\\right)"),
    ],
)
def test_brackets_grow_with_what_is_in_them(body, written):
    assert put_in_brackets(body) == written
