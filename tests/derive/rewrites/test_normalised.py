"""The compact gradients of norms, of x/‖x‖ and of gates: which graphs have them, proved; and which do not."""

import pytest

from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.derive.rewrites.normalised import GATES, NORMALISED, SCALED
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers
from tutor.numbers.prove_layer_rewrites import prove

X, N = {"x": (3,), "r": (3,)}, {"X": ("N", "n"), "R": ("N", "n")}
CELL = {"x": (2,), "h": (2,), "c": (2,), "W": (8, 2), "U": (8, 2), "r": (2,)}
COMPACT = "(3*dL/dy - fill(sum(dL/dy), 3) - sum(hadamard(dL/dy, y))*y)/(3*"
FOUND = [  # steps before L, shapes, the gradient
    (["y = layer_norm(x, eps=0)"], X, f"dL/dx = {COMPACT}sqrt(sigma_sq))", NORMALISED),
    (["y = (x - mean(x))/std(x)"], X, f"dL/dx = {COMPACT}sqrt(sigma_sq))", NORMALISED),
    (["m = mean(x)", "d = x - m", "v = mean(d^2)", "s = sqrt(v + e)", "y = d/s"], X, f"dL/dx = {COMPACT}s)", NORMALISED),
    (["m = sum(x)/3", "d = x - m", "v = sum(d ⊙ d)/3", "y = d/sqrt(v)"], X, f"dL/dx = {COMPACT}sqrt(v))", NORMALISED),
    (["y = (x - mean(x))/std(x)", "L = sum(r ⊙ y) + sum(x)"], X,  # x is used besides
     f"dL/dx = {COMPACT}sqrt(sigma_sq)) + fill(1, 3)", NORMALISED),
    (["y = x/norm(x)"], X, "dL/dx = (dL/dy - sum(hadamard(dL/dy, y))*y)/sqrt(sum(x^2))", SCALED),
    (["y = x/sqrt(x^T x)"], X, "dL/dx = (dL/dy - sum(hadamard(dL/dy, y))*y)/sqrt(matmul(x, x))", SCALED),
    (["y = rms_norm(x)"], X, "dL/dx = (3*dL/dy - sum(hadamard(dL/dy, y))*y)/(3*r_y)", SCALED),
    (["Y = batch_norm(X, eps=0)"], N, "dL/dX = (N*dL/dY - rows(column_sums(dL/dY), N) - "
     "hadamard(Y, rows(column_sums(hadamard(dL/dY, Y)), N)))/(N*rows(sqrt(sigma_sq), N))", NORMALISED),
    (["Y = layer_norm(X, eps=0)"], N, "dL/dX = (n*dL/dY - stretch_row(keep_row(row_sums(dL/dY)), n) - "
     "hadamard(Y, stretch_row(keep_row(row_sums(hadamard(dL/dY, Y))), n)))/(n*stretch_row(sqrt(sigma_sq), n))", NORMALISED),
    (["y, k = lstm_cell(x, h, c, W, U)"], CELL, "dL/da = concat(concat(concat(hadamard(dL/di, hadamard(i, 1 - i)), "
     "hadamard(dL/df, hadamard(f, 1 - f))), hadamard(dL/do, hadamard(o, 1 - o))), hadamard(dL/dg, 1 - g^2))", GATES),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "shapes", "gradient", "rule"), FOUND, ids=[row[0][-1] for row in FOUND])
def test_the_compact_gradient_is_found_and_holds(lines, shapes, gradient, rule):
    loss = "L = sum(R ⊙ Y)" if "R" in shapes else "L = sum(r ⊙ y)"
    layered = from_layers(lines if lines[-1][0] == "L" else [*lines, loss], shapes)
    (found,) = find_layer_rewrites(layered)
    assert (f"{write_plain(found.left)} = {write_plain(found.expr)}", found.rule) == (gradient, rule)
    prove(layered, (found,), None)


@pytest.mark.parametrize("lines", [
    ["y = (x - mean(x))/sqrt(sum(x^2))"],  # not its own deviation
    ["y = (x - sum(x))/sqrt(sum((x - sum(x))^2))"],  # no mean
    ["y = (x - mean(x))/mean((x - mean(x))^2)"],  # no root
    ["m = mean(x)", "y = (x - m)/sqrt(mean((x - m)^2)) + m"],
    ["m = mean(x)", "z = (x - m)/sqrt(mean((x - m)^2))", "y = z + m"],  # the mean is used besides
    ["y = x/sqrt(mean(r^2))"],
    ["i = sigmoid(part(x, 0, 1))", "y = fill(sum(i), 3)"],  # only a part
])  # fmt: skip
def test_what_is_no_normalisation_has_none(lines):
    assert find_layer_rewrites(from_layers([*lines, "L = sum(r ⊙ y)"], X)) == ()
