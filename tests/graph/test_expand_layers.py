"""Calls of layers become steps: in order, with telling names of their own, whatever is taken."""

import pytest

from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers

WRITTEN = [  # the steps, the shapes, and the steps that they are
    (["y = layer_norm(x, g, b)", "L = sum(y^2)"], {"x": (3,), "g": (3,), "b": (3,)},
     ["mu = mean(x)", "sigma_sq = mean((x - fill(mu, 3))^2)",
      "xhat = (x - fill(mu, 3))/sqrt(sigma_sq + 0.00001)", "y = hadamard(g, xhat) + b"]),
    (["y = layer_norm(x, eps=0)", "L = sum(y^2)"], {"x": (2,)},  # nothing is added, nothing scales it
     ["mu = mean(x)", "sigma_sq = mean((x - fill(mu, 2))^2)", "y = (x - fill(mu, 2))/sqrt(sigma_sq)"]),
    (["mu = 2*x", "y = rms_norm(layer_norm(mu), gamma=g)", "L = sum(y^2)"], {"x": (2,), "g": (2,)},  # in each other; mu is taken
     ["mu = 2*x", "mu_y = mean(mu)", "sigma_sq = mean((mu - fill(mu_y, 2))^2)", "y_y = (mu - fill(mu_y, 2))/sqrt(sigma_sq + 0.00001)",
      "r = sqrt(mean(y_y^2))", "xhat = y_y/r", "y = hadamard(g, xhat)"]),
    (["L = sum(attention(X @ A, X, X, mask=M))"], {"X": (2, 2), "A": (2, 2), "M": (2, 2)},  # a formula as an operand gets a name
     ["Q = matmul(X, A)", "S = matmul(Q, transpose(X))/sqrt(2)", "A_L = masked_softmax(S, M)", "y = matmul(A_L, X)"]),
    (["h_2, c_2 = lstm_cell(x_2, h_1, c_1, W, U)", "h_1, c_1 = lstm_cell(x_1, h_0, c_0, W, U)", "L = sum(h_2 ⊙ c_2)"],  # in any order
     {"x_1": (1,), "x_2": (1,), "h_0": (1,), "c_0": (1,), "W": (4, 1), "U": (4, 1)},
     [step.replace("_t", f"_{t}").replace("_p", f"_{t - 1}") for t in (1, 2) for step in (
         "a_t = matmul(W, x_t) + matmul(U, h_p)", "i_t = sigmoid(part(a_t, 0, 1))", "f_t = sigmoid(part(a_t, 1, 1))",
         "o_t = sigmoid(part(a_t, 2, 1))", "g_t = tanh(part(a_t, 3, 1))", "c_t = hadamard(f_t, c_p) + hadamard(i_t, g_t)",
         "h_t = hadamard(o_t, tanh(c_t))")]),
    (["Y = (X - mean(X, axis=0))/std(X, axis=0)", "L = sum(Y)"], {"X": (2, 3)},  # a layer in one line has steps for its statistics
     ["mu = column_sums(X)/2", "sigma_sq = column_sums((X - rows(mu, 2))^2)/2", "Y = (X - rows(mu, 2))/rows(sqrt(sigma_sq), 2)"]),
    (["m = mean(x)", "y = (x - mean(x))/var(x)", "L = sum((x - mean(x))*y)"], {"x": (2,)},  # one that is there already; a single mean stays
     ["m = mean(x)", "sigma_sq = mean((x - fill(m, 2))^2)", "y = (x - fill(m, 2))/sigma_sq"]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "shapes", "steps"), WRITTEN)
def test_a_call_is_its_steps(lines, shapes, steps):
    graph = from_layers(lines, shapes).graph
    assert [f"{step.target} = {write_plain(step.expr)}" for step in graph.steps][:-1] == steps
    assert graph.loss == "L"


def test_masks_are_constants_and_keep_their_kind_where_one_is_given():
    graph = from_layers(["y = dropout(x, m)", "L = sum(y)"], {"x": (2,), "m": (2,)}).graph
    assert {quantity.name: quantity.kind for quantity in graph.inputs} == {"m": "constant", "x": "input"}


def test_a_layer_in_letters_has_letters_in_its_steps():
    layered = from_layers(["Y = attention(Q, K, V)", "L = sum(Y)"], {"Q": ("t", "d"), "K": ("s", "d"), "V": ("s", "v")})
    assert layered.shapes["A"] == ("t", "s")
    assert write_plain(layered.graph.steps[0].expr) == "matmul(Q, transpose(K))/sqrt(d)"
