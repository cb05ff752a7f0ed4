r"""Gradients as rows of LaTeX: one a quantity, in the order of the backward pass, with its paths and what is already computed."""

import pytest

from tutor.derive.backward import derive
from tutor.graph.build import from_steps
from tutor.notation.profile import notation
from tutor.render.latex.gradients import gradients_latex

TWO_WAYS = derive(from_steps(["b = a^2", "c = a + b", "f = c*d"]))


def test_each_quantity_has_its_row():
    rows = gradients_latex(TWO_WAYS).splitlines()
    assert [row.partition(" &= ")[0] for row in rows] == [
        f"\\frac{{\\partial f}}{{\\partial {name}}}" for name in (step.wrt for step in TWO_WAYS.backward)
    ]
    assert all(row.isascii() for row in rows)


def test_every_path_of_a_quantity_is_in_its_row():
    (row,) = [row for row in gradients_latex(TWO_WAYS).splitlines() if row.startswith("\\frac{\\partial f}{\\partial a}")]
    assert "\\frac{\\partial c}{\\partial a}" in row
    assert "\\frac{\\partial b}{\\partial a}" in row


@pytest.mark.parametrize(("course", "sign"), [("plain", "\\cdot"), ("cmu", "\\frac")])
def test_factors_are_joined_as_the_course_does(course, sign):
    assert sign in gradients_latex(TWO_WAYS, notation(course))
