"""What a reader may take for a contradiction is said: a derivative of one step beside the whole one; a function inside another."""

from __future__ import annotations

import pytest

import tutor


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["h = tanh(w*x)", "g = tanh(w*h)", "L = h^2 + g^2"], "∂L/∂h here is the derivative of its step alone: what also goes"),
        (["h = tanh(w*x)", "g = tanh(v*h)", "L = g^2"], ""),
        (["h = tanh(w*x)", "a = h^2", "b = h^3", "L = a + b"], ""),  # h is no input of the loss itself
    ],
)
def test_a_local_derivative_says_what_it_leaves_out(steps, said):
    text = " ".join(tutor.solve("; ".join(steps)).to_text(100).split())
    assert ("is the derivative of its step alone" in text) == bool(said)
    assert said in text


@pytest.mark.parametrize("steps", [["y = silu(w*x)", "L = y^2"], ["y = mish(w*x)", "L = y^2"]])
def test_the_functions_inside_a_function_are_defined(steps):
    text = tutor.solve("; ".join(steps)).to_text(100)
    inner = "σ(x) = 1/(1 + exp(−x))" if "silu" in steps[0] else "softplus(x) = log(1 + exp(x))"
    assert text.replace("z", "x").replace("u)", "x)").count(inner) == 1
