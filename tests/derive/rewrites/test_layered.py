"""Named rewrites in layer form: which graphs have them, in which spellings, and which do not."""

import pytest

from tutor.derive.rewrites.layered import LINEAR, SIGMOID, SOFTMAX, find_layer_rewrites
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers
from tutor.numbers.prove_layer_rewrites import prove

VECTOR = {"W": (3, 2), "x": (2,), "z": (3,), "y": (3,), "b": (4,)}
BATCH = {"W": (3, 2), "X": (2, 4), "Y": (3, 4)}
LETTERS = {"W": ("m", "n"), "X": ("n", "N"), "Y": ("m", "N")}


def rewrites(lines, shapes):
    return [(write_plain(r.left), write_plain(r.expr), r.rule) for r in find_layer_rewrites(from_layers(lines, shapes))]


SPELLINGS = [  # output, loss, what the gradient of the scores is
    ("softmax(z)", "sum(cross_entropy(p, y))", "p - y", SOFTMAX),
    ("softmax(z)", "sum(-y ⊙ log(p))", "p - y", SOFTMAX),
    ("softmax(z)", "-sum(y ⊙ log(p))", "p - y", SOFTMAX),
    ("softmax(z)", "sum(-(y ⊙ log(p)))", "p - y", SOFTMAX),
    ("softmax(z)", "mean(-y ⊙ log(p))", "1/3*(p - y)", SOFTMAX),
    ("softmax(z)", "-mean(y ⊙ log(p))", "1/3*(p - y)", SOFTMAX),
    ("softmax(z)", "-sum(y ⊙ log(p))/3", "1/3*(p - y)", SOFTMAX),
    ("softmax(z)", "-1/3*sum(y ⊙ log(p))", "1/3*(p - y)", SOFTMAX),
    ("softmax(z)", "1/3*sum(-y ⊙ log(p))", "1/3*(p - y)", SOFTMAX),
    ("sigmoid(z)", "sum(binary_cross_entropy(p, y))", "p - y", SIGMOID),
    ("sigmoid(z)", "-sum(y ⊙ log(p) + (1 - y) ⊙ log(1 - p))", "p - y", SIGMOID),
    ("sigmoid(z)", "sum(-(y ⊙ log(p) + (1 - y) ⊙ log(1 - p)))", "p - y", SIGMOID),
    ("sigmoid(z)", "sum(-y ⊙ log(p) - (1 - y) ⊙ log(1 - p))", "p - y", SIGMOID),
    ("sigmoid(z)", "-sum(y ⊙ log(p) + (1 - y) ⊙ log(1 - p))/3", "1/3*(p - y)", SIGMOID),
    ("sigmoid(z)", "mean(binary_cross_entropy(p, y))", "1/3*(p - y)", SIGMOID),
    ("softmax(z)", "2*sum(-y ⊙ log(p))", "2*(p - y)", SOFTMAX),
    ("softmax(z)", "sum(-y ⊙ log(p))/c", "1/c*(p - y)", SOFTMAX),
    ("softmax(z)", "-(y^T log(p))", "p - y", SOFTMAX),
    ("softmax(z)", "-sum(y ⊙ log(p)) + l/2*sum(b^2)", "p - y", SOFTMAX),
    ("sigmoid(z)", "-sum(y ⊙ log(p)) - sum((1 - y) ⊙ log(1 - p))", "p - y", SIGMOID),
    ("softmax(z)", "-log(p_2)", "p - one_hot(2, 3)", SOFTMAX),
    ("softmax(z)", "-log(p[2])", "p - one_hot(2, 3)", SOFTMAX),
    ("softmax(z)", "-log(entry(p, 2))", "p - one_hot(2, 3)", SOFTMAX),
    ("softmax(z)", "-entry(log(p), 3)/4 + l/2*sum(b^2)", "1/4*(p - one_hot(3, 3))", SOFTMAX),
    ("softmax(z)", "-c*log(p_1)", "c*(p - one_hot(1, 3))", SOFTMAX),
    ("sigmoid(z)", "-(y^T log(p) + (1 - y)^T log(1 - p))/3 + l*sum(b^2)", "1/3*(p - y)", SIGMOID),
]


@pytest.mark.parametrize(("output", "loss", "expr", "rule"), SPELLINGS, ids=[f"{row[0]} {row[1]}" for row in SPELLINGS])
def test_every_spelling_is_recognised(output, loss, expr, rule):
    assert rewrites([f"p = {output}", f"L = {loss}"], VECTOR) == [("dL/dz", expr, rule)]


FORMS = [  # lines, shapes, what is simplified: in steps of one's own, inside of one formula, of single numbers, beside another term
    (["p = sigmoid(z)", "D = -sum(y ⊙ log(p) + (1 - y) ⊙ log(1 - p))", "R = l/2*sum(w^2)", "L = D + R"], {"z": (3,), "y": (3,), "w": (2,)},
     {"dL/dz": "p - y"}),
    (["p = softmax(z)", "e = -y ⊙ log(p)", "L = sum(e)"], {"z": (3,), "y": (3,)}, {"dL/dz": "p - y"}),
    (["z = w^T x + b", "p = sigmoid(z)", "L = -y*log(p) - (1 - y)*log(1 - p)"], {"w": (2,), "x": (2,)}, {"dL/dz": "p - y"}),
    (["p = sigmoid(w^T x + b)", "L = -y*log(p) - (1 - y)*log(1 - p) + l/2*w^T w"], {"w": (2,), "x": (2,)},
     {"dL/dw": "(p - y)*x + l*w", "dL/dx": "(p - y)*w", "dL/db": "p - y"}),
    (["p = sigmoid(X w + fill(b, 4))", "L = mean(-y*log(p) - (1 - y)*log(1 - p)) + l/2*sum(w^2)"], {"X": (4, 2), "w": (2,), "y": (4,)},
     {"dL/dX": "1/4*outer(p - y, w)", "dL/dw": "1/4*matmul(transpose(X), p - y) + l*w", "dL/db": "1/4*sum(p - y)"}),
    (["L = -sum(y ⊙ log(softmax(z)))"], {"z": (3,), "y": (3,)}, {"dL/dz": "softmax(z) - y"}),
    (["L = sum(binary_cross_entropy(sigmoid(W x), y))"], {"W": (3, 2), "x": (2,), "y": (3,)},
     {"dL/dW": "outer(sigmoid(matmul(W, x)) - y, x)", "dL/dx": "matmul(transpose(W), sigmoid(matmul(W, x)) - y)"}),
    (["L = log(sum(exp(x)))"], {"x": (3,)}, {"dL/dx": "softmax(x)"}),
    (["L = 2*log(mean(exp(x)))"], {"x": (3,)}, {"dL/dx": "2*softmax(x)"}),
    (["p = softmax(z)", "q = p_2", "L = -log(q)"], {"z": (3,)}, {"dL/dz": "p - one_hot(2, 3)"}),
    (["p = softmax(z)", "q = log(p)", "L = -q[2]"], {"z": (3,)}, {"dL/dz": "p - one_hot(2, 3)"}),
    (["L = -log(entry(softmax(W x), 2))"], {"W": (3, 2), "x": (2,)},
     {"dL/dW": "outer(softmax(matmul(W, x)) - one_hot(2, 3), x)",
      "dL/dx": "matmul(transpose(W), softmax(matmul(W, x)) - one_hot(2, 3))"}),
    (["L = log(sum(exp(z))) - z_2"], {"z": (3,)}, {"dL/dz": "softmax(z) - one_hot(2, 3)"}),
    (["P = softmax_rows(Z)", "L = -(log(P[1, 3]) + log(P[2, 1]))/2"], {"Z": (2, 3)},
     {"dL/dZ": "1/2*(P - (outer(one_hot(1, 2), one_hot(3, 3)) + outer(one_hot(2, 2), one_hot(1, 3))))"}),
    (["P = softmax_columns(Z)", "L = -log(P_3_1) - log(P_2_2)"], {"Z": (3, 2)},
     {"dL/dZ": "P - (outer(one_hot(3, 3), one_hot(1, 2)) + outer(one_hot(2, 3), one_hot(2, 2)))"}),
    (["P = softmax_rows(Z)", "L = -log(P[1, 1, 3])"], {"Z": (1, 1, 3)}, {"dL/dZ": "P - one_hot(1, 1, 3, 1, 1, 3)"}),
    (["P = softmax_rows(Z)", "L = -sum(Y ⊙ log(P))"], {"Z": (2, 2, 3), "Y": (2, 2, 3)}, {"dL/dZ": "P - Y"}),
    (["A = softmax_rows(Q @ K^T)", "P = softmax_columns(Z + A^T)", "L = -sum(Y ⊙ log(P))"],  # a sample is a column, whatever else has rows
     {"Q": (2, 1), "K": (3, 1), "Z": (3, 2), "Y": (3, 2)}, None),
    (["e = exp(x)", "s = sum(e)", "L = log(s)"], {"x": (3,)}, {"dL/dx": "softmax(x)"}),
    (["z = W x", "L = log(sum(exp(z))) - y^T z"], {"W": (3, 2), "x": (2,), "y": (3,)}, {"dL/dz": "softmax(z) - y"}),
    (["L = sum(log(column_sums(exp(Z))))/4"], {"Z": (3, 4)}, {"dL/dZ": "1/4*softmax_columns(Z)"}),
    (["L = -mean(log(row_sums(exp(Z))))"], {"Z": (3, 4)}, {"dL/dZ": "-1/3*softmax_rows(Z)"}),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "shapes", "simple"), FORMS, ids=["; ".join(row[0]) for row in FORMS])
def test_rewrites_are_found_in_every_form(lines, shapes, simple):
    layered = from_layers(lines, shapes)
    found = {left: expr for left, expr, _ in rewrites(lines, shapes)}
    assert found == simple or (simple is None and found)
    assert prove(layered, find_layer_rewrites(layered), None).rewrites


@pytest.mark.parametrize(
    ("lines", "shapes", "expr"),
    [
        (["Z = W X", "P = softmax_columns(Z)", "L = -sum(Y ⊙ log(P))/4"], BATCH, "1/4*(P - Y)"),
        (["Z = W X", "P = softmax_columns(Z)", "L = -sum(Y ⊙ log(P))/N"], LETTERS, "1/N*(P - Y)"),
        (["Z = W X", "P = softmax_columns(Z)", "L = mean(cross_entropy(P, Y))"], BATCH, "1/12*(P - Y)"),
        (["Z = W X", "P = softmax_columns(Z)", "L = mean(cross_entropy(P, Y))"], LETTERS, "1/(m*N)*(P - Y)"),
        (["Z = X^T W^T", "P = softmax_rows(Z)", "L = sum(cross_entropy(P, T))"], {**BATCH, "T": (4, 3)}, "P - T"),
        (["Z = W X", "P = sigmoid(Z)", "L = mean(binary_cross_entropy(P, Y))"], BATCH, "1/12*(P - Y)"),
    ],
)
def test_a_batch(lines, shapes, expr):
    assert [row[:2] for row in rewrites(lines, shapes)] == [("dL/dZ", expr)]


NONE = [
    ["p = softmax(z)", "L = sum((p - y)^2)"],
    ["p = softmax(z)", "L = sum(binary_cross_entropy(p, y))"],
    ["p = sigmoid(z)", "L = sum(cross_entropy(p, y))"],
    ["p = tanh(z)", "L = sum(cross_entropy(p, y))"],
    ["p = softmax(z)", "L = sum(y ⊙ log(p))"],
    ["p = softmax(z)", "L = -log(p_1) - log(p_2)"],
    ["p = softmax(z)", "L = -log(p_1) - 2*log(p_2)"],
    ["p = softmax(z)", "L = -p_1"],
    ["p = sigmoid(z)", "L = -log(p_1)"],
    ["p = softmax(z)", "L = sum(-p ⊙ log(y))"],
    ["p = softmax(z)", "L = sum(-y ⊙ log(2*p))"],
    ["p = softmax(z)", "L = sum(-y ⊙ log(p)) + sum(p)"],
    ["p = softmax(z)", "q = sum(p)", "L = sum(-y ⊙ log(p)) + q"],
    ["p = softmax(z)", "r = 2*z", "L = sum(-y ⊙ log(p)) + sum(r)"],
    ["p = softmax(z)", "y = 2*x", "L = sum(-y ⊙ log(p))"],
    ["L = log(sum(exp(z))^2)"],
    ["L = log(sum(exp(z)) + 1)"],
    ["L = log(sum(exp(z)))^2"],
    ["s = sum(exp(z))", "L = log(s) + s"],
]


@pytest.mark.parametrize("lines", NONE, ids=[" ; ".join(lines[1:]) for lines in NONE])
def test_what_only_resembles_one_is_none(lines):
    shapes = {"z": (3,), "x": (3,)} if any(line.startswith("y") for line in lines) else {"z": (3,), "y": (3,)}
    assert rewrites(lines, {name: shape for name, shape in shapes.items() if name in " ".join(lines)}) == []


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 2), ("m", "n")], ids=str)
@pytest.mark.parametrize("total", ["sum", "mean"])
def test_log_sum_exp_of_more_axes_than_one_is_solved_without_a_softmax(total, shape):
    """A softmax of a matrix needs an axis, and the sum over all entries has none: the page once refused to be written."""
    assert rewrites([f"L = log({total}(exp(A)))"], {"A": shape}) == []


CHAINS = [
    (["f = W1 x", "g = W2 f", "L = sum(g^2)"], [("What", "matmul(W2, W1)"), ("g", "matmul(What, x)")]),
    (
        ["f = W1 x + b1", "g = W2 f + b2", "L = sum(g^2)"],
        [("What", "matmul(W2, W1)"), ("bhat", "matmul(W2, b1) + b2"), ("g", "matmul(What, x) + bhat")],
    ),
    (
        ["f = W1 x + b1", "g = W2 f", "L = sum(g^2)"],
        [("What", "matmul(W2, W1)"), ("bhat", "matmul(W2, b1)"), ("g", "matmul(What, x) + bhat")],
    ),
    (
        ["f = W1 x", "g = W2 f", "h = W3 g + b3", "L = sum(h^2)"],
        [("What", "matmul(W3, matmul(W2, W1))"), ("bhat", "b3"), ("h", "matmul(What, x) + bhat")],
    ),
    (["f = W1 x", "a = identity(f)", "g = W2 a", "L = sum(g^2)"], [("What", "matmul(W2, W1)"), ("g", "matmul(What, x)")]),
]  # fmt: skip
SIZES = {"x": (2,), "W1": (3, 2), "b1": (3,), "W2": (4, 3), "b2": (4,), "W3": (2, 4), "b3": (2,)}


@pytest.mark.parametrize(("lines", "expected"), CHAINS, ids=[" ; ".join(row[0][:-1]) for row in CHAINS])
def test_linear_layers_collapse(lines, expected):
    shapes = {name: shape for name, shape in SIZES.items() if name in " ".join(lines)}
    layered = from_layers(lines, shapes, parameters=[name for name in shapes if name != "x"])
    assert [(write_plain(r.left), write_plain(r.expr)) for r in find_layer_rewrites(layered)] == expected
    assert {r.rule for r in find_layer_rewrites(layered)} == {LINEAR}


@pytest.mark.parametrize(
    "lines",
    [
        ["f = W1 x", "L = sum(f^2)"],
        ["f = W1 x", "a = tanh(f)", "g = W2 a", "L = sum(g^2)"],
        ["f = W1 x", "a = max(0, f)", "g = W2 a", "L = sum(g^2)"],
        ["f = W1 x", "a = f ⊙ f", "g = W2 a", "L = sum(g^2)"],
    ],
)
def test_what_is_not_linear_does_not_collapse(lines):
    shapes = {name: shape for name, shape in SIZES.items() if name in " ".join(lines)}
    assert rewrites(lines, shapes) == []


def test_a_name_that_is_taken_is_not_used():
    assert rewrites(["f = What x", "g = W2 f", "L = sum(g^2)"], {"x": (2,), "What": (3, 2), "W2": (4, 3)}) == []
