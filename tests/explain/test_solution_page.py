"""A page neuron by neuron: what a network has is counted before the eyes."""

import pytest
from chosen_exercises import chosen_ids

from tutor import solve
from tutor.explain.document import Equations
from tutor.render.maths import Printer


@pytest.mark.parametrize(("ident", "told"), [
    ("cmu/counting", ["have the sizes 3, 4, 2,", "neurons 4 + 2 6", "weights 3·4 + 4·2 20", "parameters 20 + 6 26"]),
    ("dl/index-network-hidden", ["have the sizes 3, 4,", "weights 3·4 12", "biases one for each neuron 4", "parameters 12 + 4 16"]),
])  # fmt: skip
def test_a_page_that_counts_says_of_what_and_how(ident, told):
    text = " ".join(solve(ident).to_text().split())
    assert [part for part in told if part not in text] == []


@pytest.mark.parametrize("ident", [
    "published/baydin-trace", "published/khamjane-logic-neurons", "published/bugcatcher-attention", *chosen_ids(),
])  # fmt: skip
def test_no_side_of_an_equation_is_printed_twice(ident):
    page = solve(ident)
    printer = Printer(page.notation)
    for block in page.document().blocks:
        for row in block.rows if isinstance(block, Equations) else ():
            shown = [printer.latex(row.left), *(printer.latex(side.expr) for side in row.sides)]
            signs = ["", *(side.relation for side in row.sides)]
            assert not any(a == b and sign == "=" for a, b, sign in zip(shown, shown[1:], signs[1:], strict=False)), shown


@pytest.mark.parametrize(("ident", "defined"), [
    ("qmul/heaviside-perceptron", r"$\mathbf{1}_{x > 0}$: 1 where"), ("published/geoj-two-layer-softmax", r"$\mathbf{1}_{x > 0}$: 1 where"),
    ("cmu/losses", r": 1 where the condition holds"),
])  # fmt: skip
def test_a_1_under_a_condition_is_defined_where_a_function_is_made_of_it(ident, defined):
    assert defined in solve(ident).to_latex()


def test_a_difference_that_rounding_would_eat_has_more_digits():
    """1 − 1.00000 is not 1.12535·10⁻⁷."""
    assert "0.99999989·(1 − 0.99999989)" in solve("published/schiendorfer-two-two-two").to_text()


def test_the_opposite_of_nothing_is_put_in_without_a_sign():
    """−h₀ + k₁ is 0 + 0.54, not −0 + 0.54; what is subtracted stays."""
    assert "= 0 + 0.500520 (worked out)" in " ".join(solve("published/click4ai-gru-cell").to_text().split())
    assert "(0 + 0.537050)" in solve("published/ilh-gru-forward").to_text()
    assert "exp(0)" in solve("published/theano-logistic-slopes").to_text()
    assert "2 − 0" in solve("f = k - h; g = f*x", at={"h": 0, "k": 2, "x": 3}).to_text()
