"""Where the backward pass begins, the reason is a rule, and not that there is a derivative."""

import pytest

import tutor


@pytest.mark.parametrize(
    ("steps", "shapes", "wrt", "reason"),
    [
        ("L = 1/2*sum((y - t)^2)", {"y": (3,), "t": (3,)}, "y", "the 2 cancels the ½, entry by entry"),
        ("L = sum((y - t)^2)", {"y": (3,), "t": (3,)}, "y", "the 2 comes down, entry by entry"),
        ("L = -sum(t ⊙ log(y))", {"y": (3,), "t": (3,)}, "y", "(−y log p)′ = −y/p, entry by entry"),
        ("y = sum(w ⊙ h)", {"w": (3,), "h": (3,)}, "w", "the other factor, entry by entry"),
    ],
)
def test_the_first_step_back_has_the_rule_by_which_it_is_made(steps, shapes, wrt, reason):
    text = " ".join(tutor.solve(steps, shapes=shapes, wrt=[wrt]).to_text(120).split())
    assert "derivative of the result" not in text
    assert reason in text


def test_an_entry_that_is_taken_is_the_only_one_with_a_slope():
    text = " ".join(tutor.solve("published/deepml-self-attention").to_text(120).split())
    assert "∂f/∂O = onehot(1) onehot(1)ᵀ (0 but at the entry that is taken)" in text


def test_what_no_rule_of_numbers_says_has_nothing_upstream():
    text = " ".join(tutor.solve("published/dembinski-quadratic-form").to_text(120).split())
    assert "the local derivative alone, entry by entry: nothing is upstream" in text
