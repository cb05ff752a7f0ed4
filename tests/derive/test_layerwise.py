"""The backward pass in layer form: a table of graphs with every gradient as it is printed, and how the steps are made."""

import random

import pytest
from random_layers import random_network

from tutor.derive.backward import derive
from tutor.derive.layerwise import order, pullback
from tutor.expression.nodes import Partial
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.layered import LAYER_FUNCTIONS, from_layers, from_network_layers, write_entrywise
from tutor.graph.network import Network
from tutor.graph.shapes import shape_of

# fmt: off
GRADIENTS = [  # lines, shapes, the gradient of each quantity
    (["z = W x + b", "a = sigmoid(z)", "L = sum(1/2*(y - a)^2)"], {"W": (2, 3), "x": (3,), "b": (2,), "y": (2,)},
     {"y": "y - a", "a": "a - y", "z": "hadamard(dL/da, sigmoid'(z))", "W": "outer(dL/dz, x)", "x": "matmul(transpose(W), dL/dz)",
      "b": "dL/dz"}),
    (["z = W^T x + b", "a = tanh(z)", "L = sum((a - y)^2)"], {"W": (3, 2), "x": (3,), "b": (2,), "y": (2,)},
     {"y": "2*(y - a)", "a": "2*(a - y)", "z": "hadamard(dL/da, tanh'(z))", "W": "outer(x, dL/dz)", "x": "matmul(W, dL/dz)", "b": "dL/dz"}),
    (["Z = W X + columns(b, 4)", "A = relu(Z)", "L = sum((A - Y)^2)/4"], {"W": (2, 3), "X": (3, 4), "b": (2,), "Y": (2, 4)},
     {"Y": "1/2*(Y - A)", "A": "1/2*(A - Y)", "Z": "hadamard(dL/dA, relu'(Z))", "W": "matmul(dL/dZ, transpose(X))",
      "X": "matmul(transpose(W), dL/dZ)", "b": "row_sums(dL/dZ)"}),
    (["Z = X W + rows(b, 4)", "A = relu(Z)", "L = mean(squared_error(A, Y))"], {"W": (3, 2), "X": (4, 3), "b": (2,), "Y": (4, 2)},
     {"Y": "1/4*(Y - A)", "A": "1/4*(A - Y)", "Z": "hadamard(dL/dA, relu'(Z))", "X": "matmul(dL/dZ, transpose(W))",
      "W": "matmul(transpose(X), dL/dZ)", "b": "column_sums(dL/dZ)"}),
    (["z1 = W1 x", "a1 = sigmoid(z1)", "z2 = W2 a1", "L = sum(z2)"], {"W1": (3, 2), "x": (2,), "W2": (2, 3)},
     {"z2": "fill(1, 2)", "W2": "outer(fill(1, 2), a1)", "a1": "matmul(transpose(W2), fill(1, 2))",
      "z1": "hadamard(dL/da1, sigmoid'(z1))", "W1": "outer(dL/dz1, x)", "x": "matmul(transpose(W1), dL/dz1)"}),
    (["z1 = W1^T x", "a1 = sigmoid(z1)", "z2 = W2^T a1", "L = sum(z2^2)"], {"W1": (2, 3), "x": (2,), "W2": (3, 2)},
     {"z2": "2*z2", "W2": "outer(a1, dL/dz2)", "a1": "matmul(W2, dL/dz2)", "z1": "hadamard(dL/da1, sigmoid'(z1))",
      "W1": "outer(x, dL/dz1)", "x": "matmul(W1, dL/dz1)"}),
    (["z = W x + fill(b, 2)", "L = sum(z^2)"], {"W": (2, 3), "x": (3,)},
     {"z": "2*z", "W": "outer(dL/dz, x)", "x": "matmul(transpose(W), dL/dz)", "b": "sum(dL/dz)"}),
    (["p = softmax(z)", "L = -sum(y ⊙ log(p))"], {"z": (3,), "y": (3,)},
     {"y": "-log(p)", "p": "-y/p", "z": "hadamard(p, dL/dp - fill(matmul(dL/dp, p), 3))"}),
    (["p = softmax(z)", "L = sum(cross_entropy(p, y))"], {"z": (3,), "y": (3,)},
     {"y": "-log(p)", "p": "-y/p", "z": "hadamard(p, dL/dp - fill(matmul(dL/dp, p), 3))"}),
    (["P = softmax_columns(Z)", "L = mean(cross_entropy(P, Y))"], {"Z": (3, 2), "Y": (3, 2)},
     {"Y": "-1/6*log(P)", "P": "-1/6*(Y/P)", "Z": "hadamard(P, dL/dP - rows(column_sums(hadamard(dL/dP, P)), 3))"}),
    (["P = softmax_rows(Z)", "L = sum(P ⊙ Y)"], {"Z": (3, 2), "Y": (3, 2)},
     {"Y": "P", "P": "Y", "Z": "hadamard(P, dL/dP - columns(row_sums(hadamard(dL/dP, P)), 2))"}),
    (["a = sigmoid(z)", "L = sum(binary_cross_entropy(a, y))"], {"z": (3,), "y": (3,)},
     {"y": "log(1 - a) - log(a)", "a": "(a - y)/hadamard(a, 1 - a)", "z": "hadamard(dL/da, sigmoid'(z))"}),
    (["L = sum(absolute_error(a, y))"], {"a": (3,), "y": (3,)},
     {"a": "sign(a - y)", "y": "sign(y - a)"}),
    (["L = mean(hinge(a, y))"], {"a": (3,), "y": (3,)},
     {"a": "1/3*if_positive(1 - hadamard(y, a), -y, 0)", "y": "1/3*if_positive(1 - hadamard(y, a), -a, 0)"}),
    (["c = convolve(x, k)", "L = sum(c^2)"], {"x": (4,), "k": (2,)},
     {"c": "2*c", "x": "spread_flipped(dL/dc, k, 4, 1, 0)", "k": "kernel_gradient_flipped(dL/dc, x, 2, 1, 0)"}),
    (["c = correlate(X, K, 2, 1)", "L = sum(c^2)"], {"X": (4, 4), "K": (2, 2)},
     {"c": "2*c", "X": "spread(dL/dc, K, 4, 4, 2, 1)", "K": "kernel_gradient(dL/dc, X, 2, 2, 2, 1)"}),
    (["c = max_pool(X, 2)", "L = sum(c^2)"], {"X": (4, 4)},
     {"c": "2*c", "X": "route(dL/dc, X, 2, 2)"}),
    (["c = average_pool(X, 2)", "v = flatten(c)", "L = v^T v"], {"X": (4, 4)},
     {"v": "2*v", "c": "unflatten(dL/dv, 2, 2)", "X": "share(dL/dc, 4, 4, 2, 2)"}),
    (["c = concat(x, y)", "L = sum(c^2)"], {"x": (2,), "y": (1,)},
     {"c": "2*c", "x": "part(dL/dc, 0, 2)", "y": "part(dL/dc, 2, 1)"}),
    (["L = sum(x ⊙ y)"], {"x": (2,), "y": (2,)},
     {"x": "y", "y": "x"}),
    (["L = x^T Q x"], {"x": (2,), "Q": (2, 2)},
     {"x": "matmul(Q, x) + matmul(transpose(Q), x)", "Q": "outer(x, x)"}),
    (["L = w^T x + b"], {"x": (2,), "w": (2,)},
     {"w": "x", "x": "w", "b": "1"}),
    (["z = c*x", "L = sum(z^2)"], {"x": (2,)},
     {"z": "2*z", "c": "sum(hadamard(dL/dz, x))", "x": "c*dL/dz"}),
    (["L = sum(c*x)"], {"x": (2,)},
     {"c": "sum(x)", "x": "fill(c, 2)"}),
    (["z = x ⊙ x", "L = mean(z)"], {"x": (2,)},
     {"z": "fill(1/2, 2)", "x": "x"}),
    (["z = x", "h = sigmoid(x)", "L = sum(z)"], {"x": (2,)},
     {"h": "fill(0, 2)", "z": "fill(1, 2)", "x": "fill(1, 2)"}),
    (["z = sigmoid(x)", "h = z + x", "L = sum(h ⊙ z)"], {"x": (2,)},
     {"h": "z", "z": "dL/dh + h", "x": "hadamard(dL/dz, sigmoid'(x)) + dL/dh"}),
    (["L = sum(relu(W x))"], {"x": (2,), "W": (2, 2)},
     {"W": "outer(relu'(matmul(W, x)), x)", "x": "matmul(transpose(W), relu'(matmul(W, x)))"}),
    (["L = mean(x^2)"], {"x": ("n",)},
     {"x": "2/n*x"}),
    (["Z = W X + columns(b, N)", "L = sum(Z^2)/N"], {"W": ("m", "n"), "X": ("n", "N"), "b": ("m",)},
     {"Z": "2/N*Z", "W": "matmul(dL/dZ, transpose(X))", "X": "matmul(transpose(W), dL/dZ)", "b": "row_sums(dL/dZ)"}),
    (["L = sum(max(x, c))"], {"x": (2,)},
     {"x": "max_share(x, c)", "c": "sum(max_share(c, x))"}),
    (["s = sum(x)", "L = s^2"], {"x": (2,)},
     {"s": "2*s", "x": "fill(dL/ds, 2)"}),
    (["z = -x", "L = -sum(z)"], {"x": (2,)},
     {"z": "fill(-1, 2)", "x": "fill(1, 2)"}),
    (["z = W x - b", "L = sum(z^2)"], {"x": (2,), "W": (1, 2), "b": (1,)},
     {"z": "2*z", "W": "outer(dL/dz, x)", "x": "matmul(transpose(W), dL/dz)", "b": "-dL/dz"}),
    (["h = W h0 + U x", "L = sum(h^2)"], {"x": (2,), "W": (1, 1), "U": (1, 2), "h0": (1,)},
     {"h": "2*h", "W": "outer(dL/dh, h0)", "h0": "matmul(transpose(W), dL/dh)", "U": "outer(dL/dh, x)",
      "x": "matmul(transpose(U), dL/dh)"}),
]
# fmt: on


@pytest.mark.parametrize(("lines", "shapes", "gradients"), GRADIENTS, ids=["; ".join(row[0]) for row in GRADIENTS])
def test_gradients(lines, shapes, gradients):
    layered = from_layers(lines, shapes)
    derivation = derive(layered.graph)
    assert {step.target[4:]: write_plain(step.expr) for step in derivation.backward if step.target != "dL/dL"} == gradients
    for step in derivation.backward:  # each has the shape of its quantity
        assert shape_of(step.expr, layered.shapes) == layered.shapes[step.target[4:]], step.target


@pytest.mark.parametrize(("affine", "deltas"), [
    ("plain", {"W2": "outer(dL/dz2, a1)", "a1": "matmul(transpose(W2), dL/dz2)", "W1": "outer(dL/dz1, x)"}),
    ("transposed", {"W2": "outer(a1, dL/dz2)", "a1": "matmul(W2, dL/dz2)", "W1": "outer(x, dL/dz1)"}),
])  # fmt: skip
def test_the_two_conventions_of_a_network(affine, deltas):
    layered = from_network_layers(Network((2, 3, 1), ("sigmoid", "sigmoid")), affine)
    found = {step.target[4:]: write_plain(step.expr) for step in derive(layered.graph).backward}
    assert deltas.items() <= found.items()
    assert found["z1"] == "hadamard(dL/da1, sigmoid'(z1))"
    assert found["b1"] == "dL/dz1"


def test_steps_have_their_paths_in_teaching_order():
    derivation = derive(from_network_layers(Network((2, 2, 2), ("sigmoid", "sigmoid"))).graph)
    assert [step.target[4:] for step in derivation.backward] == ["L", "y", "a2", "z2", "W2", "b2", "a1", "z1", "x", "W1", "b1"]
    assert [step.rule for step in derivation.backward[:3]] == ["start", "chain rule", "chain rule"]
    twice = derive(from_layers(["z = sigmoid(x)", "h = z + x", "L = sum(h ⊙ z)"], {"x": (2,)}).graph)
    step = next(step for step in twice.backward if step.target == "dL/dx")
    assert step.rule == "sum over paths"
    assert [(path.factors[0].wrt, path.factors[1].wrt) for path in step.paths] == [("z", "x"), ("h", "x")]
    unused = derive(from_layers(["z = 2*x", "h = sigmoid(x)", "L = sum(z)"], {"x": (2,)}).graph)
    assert {step.target: (write_plain(step.expr), step.rule) for step in unused.backward}["dL/dh"] == ("fill(0, 2)", "no path")


def test_a_network_with_every_bias_and_activation_has_gradients_of_the_right_shapes():
    for seed in range(40):
        generator = random.Random(seed)
        layered = from_network_layers(random_network(generator), generator.choice(["plain", "transposed"]))
        for step in derive(layered.graph).backward:
            assert shape_of(step.expr, layered.shapes) == layered.shapes[step.target[4:]], (seed, step.target)


G = Partial("L", "z")
PULLED = [  # formula, shapes, what it adds
    ("W @ x", {"W": (2, 3), "x": (3,), "z": (2,)}, {"W": "outer(dL/dz, x)", "x": "matmul(transpose(W), dL/dz)"}),
    ("W @ (x + y)", {"W": (2, 3), "x": (3,), "y": (3,), "z": (2,)},
     {"W": "outer(dL/dz, x + y)", "x": "matmul(transpose(W), dL/dz)", "y": "matmul(transpose(W), dL/dz)"}),
    ("W @ sigmoid(x)", {"W": (2, 3), "x": (3,), "z": (2,)},
     {"W": "outer(dL/dz, sigmoid(x))", "x": "hadamard(matmul(transpose(W), dL/dz), sigmoid'(x))"}),
    ("x - 3*x", {"x": (3,), "z": (3,)}, {"x": "dL/dz - 3*dL/dz"}),
    ("x @ x", {"x": (3,), "z": ()}, {"x": "2*dL/dz*x"}),
    ("c*d", {"z": ()}, {"c": "dL/dz*d", "d": "dL/dz*c"}),
    ("2*x", {"x": (3,), "z": (3,)}, {"x": "2*dL/dz"}),
    ("x/c", {"x": (3,), "z": (3,)}, {"x": "1/c*dL/dz", "c": "-1/c^2*sum(hadamard(dL/dz, x))"}),
    ("X/rows(sqrt(s), 2)", {"X": (2, 3), "s": (3,), "z": (2, 3)},  # (√s)² is s, and a sign stands in front of a sum
     {"X": "hadamard(dL/dz, 1/rows(sqrt(s), 2))", "s": "-hadamard(column_sums(hadamard(dL/dz, X/rows(s, 2))), 1/(2*sqrt(s)))"}),
    ("column_sums((X - rows(m, 3))^2)/3", {"X": (3, 2), "m": (2,), "z": (2,)},  # 2·(1/3) is 2/3, in front of all
     {"X": "2/3*hadamard(rows(dL/dz, 3), X - rows(m, 3))", "m": "2/3*column_sums(hadamard(rows(dL/dz, 3), rows(m, 3) - X))"}),
    ("x/sqrt(sum(x^2))", {"x": (3,), "z": (3,)},  # the 2 of the square and that of the root are none
     {"x": "1/sqrt(sum(x^2))*dL/dz - sum(hadamard(dL/dz, x/(sqrt(sum(x^2))*sum(x^2))))*x"}),
    ("-log_softmax(x)/3", {"x": (3,), "z": (3,)}, {"x": "-1/3*dL/dz + 1/3*sum(dL/dz)*softmax(x)"}),  # no − −
    ("(Q @ K)/sqrt(2)", {"Q": (3, 2), "K": (2, 3), "z": (3, 3)},  # no gradient stands in a fraction
     {"Q": "1/sqrt(2)*matmul(dL/dz, transpose(K))", "K": "1/sqrt(2)*matmul(transpose(Q), dL/dz)"}),
    ("X @ (X + X^T)", {"X": (3, 3), "z": (3, 3)},  # a sum in no sum
     {"X": "matmul(dL/dz, transpose(X + transpose(X))) + matmul(transpose(X), dL/dz) + matmul(transpose(dL/dz), X)"}),
    ("softmax(x)", {"x": (3,), "z": (3,)}, {"x": "hadamard(z, dL/dz - fill(matmul(dL/dz, z), 3))"}),
    ("max_pool(X, 2)", {"X": (4, 4), "z": (2, 2)}, {"X": "route(dL/dz, X, 2, 2)"}),
    ("2 + 3", {"z": ()}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shapes", "added"), PULLED, ids=[row[0] for row in PULLED])
def test_what_a_step_adds(text, shapes, added):
    expr = parse(text, functions=LAYER_FUNCTIONS)
    assert {name: write_plain(part) for name, part in pullback(expr, G, shapes, "z")} == added


@pytest.mark.parametrize(("text", "singles", "found"), [
    ("2*x*y", (), "2*hadamard(x, y)"), ("x*y*z", (), "hadamard(hadamard(x, y), z)"), ("c*x", ("c",), "c*x"),
    ("c*x*y", ("c",), "c*hadamard(x, y)"), ("2*c", ("c",), "2*c"), ("x^2*(1 - x)", (), "hadamard(x^2, 1 - x)"),
])  # fmt: skip
def test_formulas_of_single_numbers_for_every_entry(text, singles, found):
    assert write_plain(write_entrywise(parse(text), singles)) == found


def test_what_is_asked_where_nothing_is():
    layered = from_layers(["L = sum(W x)"], {"W": (2, 2), "x": (2,)}, parameters=["W"])
    assert order(layered.graph) == ("W",)
    assert order(from_layers(["L = sum(W x)"], {"W": (2, 2), "x": (2,)}).graph) == ("W", "x")


def test_a_letter_of_a_size_has_no_gradient():
    steps = derive(from_layers(["L = n*sum(x^2)/n"], {"x": ("n",)}).graph).backward
    assert {step.target for step in steps} == {"dL/dL", "dL/dx"}


def test_large_layers_are_derived_without_their_entries():
    layered = from_network_layers(Network((100, 200, 100), ("relu", "identity")))
    assert len(derive(layered.graph).backward) == 11
