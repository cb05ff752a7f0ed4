"""What is given, in an order in which it is looked up."""

import pytest

from tutor import solve
from tutor.explain.given_families import find_grids, sort_given
from tutor.notation.profile import Notation


@pytest.mark.parametrize(("names", "found"), [
    (["i1", "w1", "w2", "b1", "w3", "b2"], ["i1", "w1", "w2", "w3", "b1", "b2"]),
    (["w1_1_1", "w1_1_2", "b1_1", "w2_1_1", "b2_1"], ["w1_1_1", "w1_1_2", "b1_1", "w2_1_1", "b2_1"]),  # layer by layer
    (["s2", "s1", "D", "s3"], ["s1", "s2", "s3", "D"]),
    (["w_14", "w_24", "w_04"], ["w_14", "w_24", "w_04"]),  # no numbers that run on
    (["W_f", "x_1", "U_f", "x_2"], ["W_f", "x_1", "x_2", "U_f"]),
])  # fmt: skip
def test_families_stand_together_and_numbers_that_run_on_in_order(names, found):
    assert sort_given(names) == found


@pytest.mark.parametrize("missing", ["u_00", "u_01", "u_10", "u_11"])
def test_a_matrix_with_an_entry_that_is_not_given_is_none(missing):
    names = ["u_00", "u_01", "u_10", "u_11"]
    assert [grid.names for grid in find_grids(names[::-1], Notation())] == [tuple(names)]
    assert find_grids([name for name in names if name != missing], Notation()) == []


def test_a_matrix_that_is_given_entry_by_entry_is_set_as_one():
    """Its entries stood in the order in which they were first used: u₀₀, v₁₁, u₀₁, v₁₀, …"""
    page = solve("qmul/convolution-or-correlation")
    assert "x₀ = 1, x₁ = 2, x₂ = 4, y₀ = 1, y₁ = 3, u = [1 2; 3 5], v = [1 0; −1 2]" in " ".join(page.to_text(200).split())
    assert r"\begin{bmatrix} 1 & 2 \\ 3 & 5 \end{bmatrix}" in page.to("latex").partition("Forward")[0]
