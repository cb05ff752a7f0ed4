"""Whether a printed formula stands on a page, in whatever order; and what stands on none is shown, or worked out."""

import pytest

from tutor import solve
from tutor.exercise.load import from_text
from tutor.explain.document import Equation, Equations, Side
from tutor.explain.printed_forms import list_shown_forms, sort_formula
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS


def sort(text):
    return sort_formula(parse(text, functions=FUNCTIONS))


@pytest.mark.parametrize(("one", "other", "same"), [
    ("-(y - p)*x", "(p - y)*x", True), ("x*y/2", "1/2*y*x", True), ("a/(b*c)", "a/b/c", True), ("a/(b/c)", "a*c/b", True),
    ("-(-a)", "a", True), ("exp(a + b)", "exp(b + a)", True), ("a - b - c", "-(c + b - a)", True),
    ("(a - b)/(c - d)", "(b - a)/(d - c)", True),
    ("a - b", "b - a", False), ("a*b", "a/b", False), ("exp(a)", "log(a)", False), ("a^2", "a*a", False), ("a + b", "a*b", False),
    ("1/a", "a", False), ("2*a", "a", False), ("exp(a - b)", "exp(b - a)", False), ("(a - b)*c", "(b - a)*c", False), ("a^b", "b^a", False),
])  # fmt: skip
def test_two_formulas_are_one_but_for_the_order(one, other, same):
    assert (sort(one) == sort(other)) is same


def test_the_lines_of_a_sum_over_paths_are_its_formula():
    row = Equation(parse("f"), (Side(parse("a*b")), Side(parse("c*d"), "+"), Side(parse("e"))))
    assert {sort("c*d + a*b"), sort("a*b"), sort("e")} <= list_shown_forms([Equations((row,))])
    assert sort("a*b + e") not in list_shown_forms([Equations((row,))])


LAYER = """title = "t"
steps = ["D = X - mean(X, axis=0)", "V = sum(D^2, axis=0)", "L = sum(V)"]
asked = ["dL/dD"]
[shapes]
X = ["n", "m"]
"""
PRODUCT = 'title = "t"\nsteps = ["z = W x", "L = sum(z^2)"]\nparameters = ["W"]\n[shapes]\nW = [2, 3]\nx = 3\n'
NUMBERS = 'title = "t"\nsteps = ["p = x*w", "q = p^2", "r = q + w", "L = r^2"]\nparameters = ["w"]\n[values]\nx = 2\nw = 3\n'


def read(text, **claims):
    shown = "".join(f'[[claim]]\nclaim = "{name}"\nprinted = "{printed}"\n' for name, printed in claims.items())
    return " ".join(solve(from_text(text + shown, "mine")).to_text(100).split())


@pytest.mark.parametrize(("text", "claim", "printed", "shown"), [
    (LAYER, "dL/dD", "2*D", ""), (LAYER, "dL/dD", "D*2", ""), (LAYER, "dL/dD", "2*(X - mean(X, axis=0))", "∂L/∂D = 2·(X − "),
    (NUMBERS, "dL/dr", "2*r", ""), (NUMBERS, "dL/dw", "2*r*(2*p*x + 1)", "∂L/∂w = 2·r·(2·p·x + 1)"),
])  # fmt: skip
def test_a_formula_that_is_right_and_has_another_form_stands_beside_the_verdict(text, claim, printed, shown):
    page = read(text, **{claim: printed})
    assert ("another form than above, and equal to it:" in page) is bool(shown)
    assert shown in page


@pytest.mark.parametrize(("claim", "printed", "row"), [
    ("dq/dw", "2*p*x", "∂q/∂w = ∂q/∂p · ∂p/∂w (chain rule) = 12 · 2 24"),
    ("dr/dw", "25", "∂r/∂w = ∂r/∂p · ∂p/∂w (path 1) + 1 (path 2) = 12·2 + 1 25"),
    ("dp/dx", "w", "∂p/∂x = w (the other factor) 3"),
])  # fmt: skip
def test_a_derivative_that_is_printed_is_worked_out(claim, printed, row):
    page = read(NUMBERS, **{claim: printed})
    assert row in page
    assert "not worked out here" not in page


def test_an_array_whose_gradient_is_printed_is_worked_out_in_layer_form():
    page = read(PRODUCT, **{"dL/dx": "W^T (2*z)"})
    assert "∂L/∂x = Wᵀ ∂L/∂z" in page.partition("Lecture")[0]
    assert "not shown" not in page
    assert "∂L/∂x" not in read(PRODUCT).partition("Checked")[0]
    assert "so do 3 more, those of ∂L/∂x, which are not shown" in read(PRODUCT)
