"""What a reader may take for a contradiction is said: a derivative of one step beside the whole one; a function inside another."""

from __future__ import annotations

import pytest

import tutor


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["h = tanh(w*x)", "g = tanh(v*h)", "L = h^2 + g^2"], "∂L/∂h here is the derivative of its step alone: what also goes"),
        (["h = tanh(w*x)", "g = tanh(v*h)", "L = g^2"], ""),
        (["h = tanh(w*x)", "a = h^2", "b = h^3", "L = a + b"], ""),  # h is no input of the loss itself
    ],
)
def test_a_local_derivative_says_what_it_leaves_out(steps, said):
    text = " ".join(tutor.solve("; ".join(steps)).to_text(100).split())
    assert ("is the derivative of its step alone" in text) == bool(said)
    assert said in text


def test_every_local_derivative_that_leaves_something_out_is_named():
    text = " ".join(tutor.solve("h = tanh(w*x); g = tanh(w*h); L = h^2 + g^2", wrt=["w"]).to_text(100).split())
    assert "Where ∂L/∂h and ∂g/∂w here are derivatives of one step alone: what also goes on through h and g is counted" in text


def test_a_whole_derivative_that_is_printed_is_worked_out_and_told_from_that_of_one_step():
    text = " ".join(tutor.solve("published/ilh-recurrent-weight").to_text(100).split())
    assert "∂h₃/∂W_hh = (1 − h₃²)·h₂" in text
    assert "+ (1 − h₃²)·h₂ (path 3) = 0.0298271·0.136991·0 + 0.0298271·0.0919640 + (1 − 0.981181²)·0.910363 0.0366849" in text
    assert text.count("∂h₃/∂W_hh along all paths") == 2  # both errata; there is nothing that is checked and not worked out
    assert "not worked out" not in text


@pytest.mark.parametrize("steps", [["y = silu(w*x)", "L = y^2"], ["y = mish(w*x)", "L = y^2"]])
def test_the_functions_inside_a_function_are_defined(steps):
    text = tutor.solve("; ".join(steps)).to_text(100)
    inner = "σ(x) = 1/(1 + exp(−x))" if "silu" in steps[0] else "softplus(x) = log(1 + exp(x))"
    assert text.replace("z", "x").replace("u)", "x)").count(inner) == 1
