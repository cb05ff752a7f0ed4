"""Entries: every layer written out, against small scalar steps by hand; and what formulas leave out."""

import pytest

from tutor.errors import GraphError
from tutor.expression.nodes import ONE, ZERO, Add, Call, Name, Neg, Number
from tutor.expression.plain import write_plain
from tutor.graph.algebra import Formulas
from tutor.graph.entries import Array, Entries, places
from tutor.graph.layered import from_layers, write_out

# fmt: off
WRITTEN = [  # lines, shapes, the steps neuron by neuron
    (["z = W x + b", "L = sum(z^2)"], {"W": (2, 2), "x": (2,), "b": (2,)},
     ["z_1 = W_1_1*x_1 + W_1_2*x_2 + b_1", "z_2 = W_2_1*x_1 + W_2_2*x_2 + b_2", "L = z_1^2 + z_2^2"]),
    (["z = W^T x + b", "L = sum(z)"], {"W": (2, 1), "x": (2,), "b": (1,)},
     ["z_1 = W_1_1*x_1 + W_2_1*x_2 + b_1", "L = z_1"]),
    (["z = W x + fill(b, 2)", "a=relu(z)", "L = mean(a)"], {"W": (2, 1), "x": (1,)},
     ["z_1 = W_1_1*x_1 + b", "z_2 = W_2_1*x_1 + b", "a_1 = relu(z_1)", "a_2 = relu(z_2)", "L = (a_1 + a_2)/2"]),
    (["Z = W X + columns(b, 2)", "L = sum(Z)"], {"W": (1, 2), "X": (2, 2), "b": (1,)},
     ["Z_1_1 = W_1_1*X_1_1 + W_1_2*X_2_1 + b_1", "Z_1_2 = W_1_1*X_1_2 + W_1_2*X_2_2 + b_1", "L = Z_1_1 + Z_1_2"]),
    (["Z = X W + rows(b, 2)", "L = sum(Z)"], {"W": (2, 1), "X": (2, 2), "b": (1,)},
     ["Z_1_1 = X_1_1*W_1_1 + X_1_2*W_2_1 + b_1", "Z_2_1 = X_2_1*W_1_1 + X_2_2*W_2_1 + b_1", "L = Z_1_1 + Z_2_1"]),
    (["p = softmax(z)", "L = -sum(y ⊙ log(p))"], {"z": (2,), "y": (2,)},
     ["p_1 = softmax_1(z_1, z_2)", "p_2 = softmax_2(z_1, z_2)", "L = -(y_1*log(p_1) + y_2*log(p_2))"]),
    (["P = softmax_columns(Z)", "L = sum(P)"], {"Z": (2, 1)},
     ["P_1_1 = softmax_1(Z_1_1, Z_2_1)", "P_2_1 = softmax_2(Z_1_1, Z_2_1)", "L = P_1_1 + P_2_1"]),
    (["P = softmax_rows(Z)", "L = sum(P)"], {"Z": (1, 2)},
     ["P_1_1 = softmax_1(Z_1_1, Z_1_2)", "P_1_2 = softmax_2(Z_1_1, Z_1_2)", "L = P_1_1 + P_1_2"]),
    (["c = correlate(x, k)", "L = sum(c)"], {"x": (3,), "k": (2,)},
     ["c_1 = k_1*x_1 + k_2*x_2", "c_2 = k_1*x_2 + k_2*x_3", "L = c_1 + c_2"]),
    (["c = convolve(x, k)", "L = sum(c)"], {"x": (3,), "k": (2,)},
     ["c_1 = k_1*x_2 + k_2*x_1", "c_2 = k_1*x_3 + k_2*x_2", "L = c_1 + c_2"]),
    (["c = convolve(x, k, 2, 1)", "L = sum(c)"], {"x": (3,), "k": (2,)},
     ["c_1 = k_1*x_1", "c_2 = k_1*x_3 + k_2*x_2", "L = c_1 + c_2"]),
    (["c = correlate(x, k)", "L = sum(c)"], {"x": (2, 3), "k": (2, 2)},
     ["c_1_1 = k_1_1*x_1_1 + k_1_2*x_1_2 + k_2_1*x_2_1 + k_2_2*x_2_2", "c_1_2 = k_1_1*x_1_2 + k_1_2*x_1_3 + k_2_1*x_2_2 + k_2_2*x_2_3",
      "L = c_1_1 + c_1_2"]),
    (["c = convolve(x, k)", "L = sum(c)"], {"x": (2, 3), "k": (2, 2)},
     ["c_1_1 = k_1_1*x_2_2 + k_1_2*x_2_1 + k_2_1*x_1_2 + k_2_2*x_1_1", "c_1_2 = k_1_1*x_2_3 + k_1_2*x_2_2 + k_2_1*x_1_3 + k_2_2*x_1_2",
      "L = c_1_1 + c_1_2"]),
    (["c = max_pool(x, 2)", "L = sum(c)"], {"x": (5,)},
     ["c_1 = max(x_1, x_2)", "c_2 = max(x_3, x_4)", "L = c_1 + c_2"]),
    (["c = max_pool(x, 2)", "L = sum(c)"], {"x": (2, 2)},
     ["c_1_1 = max(x_1_1, x_1_2, x_2_1, x_2_2)", "L = c_1_1"]),
    (["c = average_pool(x, 2)", "L = sum(c)"], {"x": (2, 2)},
     ["c_1_1 = (x_1_1 + x_1_2 + x_2_1 + x_2_2)/4", "L = c_1_1"]),
    (["c = average_pool(x, 2, 1)", "L = sum(c)"], {"x": (3,)},
     ["c_1 = (x_1 + x_2)/2", "c_2 = (x_2 + x_3)/2", "L = c_1 + c_2"]),
    (["c = max_pool(x, 1)", "L = sum(c)"], {"x": (2,)},
     ["c_1 = x_1", "c_2 = x_2", "L = c_1 + c_2"]),
    (["c = flatten(x)", "L = sum(c)"], {"x": (2, 2)},
     ["c_1 = x_1_1", "c_2 = x_1_2", "c_3 = x_2_1", "c_4 = x_2_2", "L = c_1 + c_2 + c_3 + c_4"]),
    (["c = unflatten(x,2,2)", "L = sum(c)"], {"x": (4,)},
     ["c_1_1 = x_1", "c_1_2 = x_2", "c_2_1 = x_3", "c_2_2 = x_4", "L = c_1_1 + c_1_2 + c_2_1 + c_2_2"]),
    (["c = concat(x,y)", "L = sum(c)"], {"x": (2,), "y": (1,)},
     ["c_1 = x_1", "c_2 = x_2", "c_3 = y_1", "L = c_1 + c_2 + c_3"]),
    (["c = outer(x,y)", "L = sum(c)"], {"x": (2,), "y": (1,)},
     ["c_1_1 = x_1*y_1", "c_2_1 = x_2*y_1", "L = c_1_1 + c_2_1"]),
    (["c = A^T", "L = sum(c)"], {"A": (1, 2)},
     ["c_1_1 = A_1_1", "c_2_1 = A_1_2", "L = c_1_1 + c_2_1"]),
    (["c = row_sums(A)", "d = column_sums(A)", "L = sum(c) + sum(d)"], {"A": (2, 2)},
     ["c_1 = A_1_1 + A_1_2", "c_2 = A_2_1 + A_2_2", "d_1 = A_1_1 + A_2_1", "d_2 = A_1_2 + A_2_2", "L = c_1 + c_2 + d_1 + d_2"]),
    (["c = A ⊙ B", "L = mean(c)"], {"A": (1, 2), "B": (1, 2)},
     ["c_1_1 = A_1_1*B_1_1", "c_1_2 = A_1_2*B_1_2", "L = (c_1_1 + c_1_2)/2"]),
    (["c = s*x - 2*x + 1", "L = sum(c)/n"], {"x": (2,)},
     ["c_1 = s*x_1 - 2*x_1 + 1", "c_2 = s*x_2 - 2*x_2 + 1", "L = (c_1 + c_2)/n"]),
    (["L = x^T y"], {"x": (2,), "y": (2,)},
     ["L = x_1*y_1 + x_2*y_2"]),
    (["L = mean((a - y)^2)"], {"a": (2,), "y": (2,)},
     ["L = ((a_1 - y_1)^2 + (a_2 - y_2)^2)/2"]),
    (["L = sum(half_squared_error(a, y))"], {"a": (2,), "y": (2,)},
     ["L = half_squared_error(a_1, y_1) + half_squared_error(a_2, y_2)"]),
    (["L = mean(A)"], {"A": (2, 2)},
     ["L = (A_1_1 + A_1_2 + A_2_1 + A_2_2)/4"]),
    (["L = sum(0*x)"], {"x": (2,)},
     ["L = 0"]),
    (["z = 1*x", "L = sum(z)"], {"x": (2,)},
     ["z_1 = x_1", "z_2 = x_2", "L = z_1 + z_2"]),
    (["z = W x - b", "L = sum(z)"], {"x": (2,), "W": (1, 2), "b": (1,)},
     ["z_1 = W_1_1*x_1 + W_1_2*x_2 - b_1", "L = z_1"]),
    (["z = c - W x", "L = sum(z)"], {"x": (2,), "W": (1, 2), "c": (1,)},
     ["z_1 = c_1 - (W_1_1*x_1 + W_1_2*x_2)", "L = z_1"]),
    (["z = W x + U h", "L = sum(z)"], {"x": (1,), "W": (1, 1), "U": (1, 2), "h": (2,)},
     ["z_1 = W_1_1*x_1 + U_1_1*h_1 + U_1_2*h_2", "L = z_1"]),
]
# fmt: on


@pytest.mark.parametrize(("lines", "shapes", "steps"), WRITTEN, ids=["; ".join(row[0]) for row in WRITTEN])
def test_the_write_out(lines, shapes, steps):
    graph = write_out(from_layers(lines, shapes))
    assert [f"{step.target} = {write_plain(step.expr)}" for step in graph.steps] == steps


def test_a_kernel_entry_that_no_window_reaches_stays_a_leaf():
    graph = write_out(from_layers(["c = correlate(x, k, 3, 1)", "L = sum(c)"], {"x": (1,), "k": (2,)}))
    assert [write_plain(step.expr) for step in graph.steps] == ["k_2*x_1", "c_1"]
    assert [quantity.name for quantity in graph.leaves] == ["x_1", "k_1", "k_2"]


def test_entries_count_from_one():
    array = Array((2, 3), tuple("abcdef"))
    assert [array.pick_entry(place) for place in places((2, 3))] == list("abcdef")
    assert [array.pick_entry(place) for place in [(0, 1), (1, 0), (3, 1), (1, 4)]] == [None] * 4
    assert Array((), ("a",)).pick_entry(()) == "a"
    assert list(places(())) == [()]


def test_formulas_leave_zeros_and_ones_out():
    f, x, y = Formulas(), Name("x"), Name("y")
    assert f.add([ZERO, x]) == x
    assert f.add([ZERO, ZERO]) == ZERO
    assert f.add([x, y]) == Add((x, y))
    assert f.multiply([ONE, x]) == x
    assert f.multiply([x, ZERO]) == ZERO
    assert f.multiply([ONE, ONE]) == ONE
    assert f.negate(Neg(x)) == x
    assert f.negate(ZERO) == ZERO
    assert f.divide(x, ONE) == x


def test_letters_have_no_entries():
    with pytest.raises(GraphError, match=r"the sizes n are letters.*\n.*give \[shapes\] with numbers"):
        write_out(from_layers(["L = sum(x)"], {"x": ("n",)}))


def test_shapes_are_checked_where_entries_are_worked_out():
    known = {"x": Array((2,), (Name("x_1"), Name("x_2"))), "k": Array((3,), tuple(map(Name, "abc")))}
    with pytest.raises(GraphError, match="larger than its input"):
        Entries(known, Formulas()).value(Call("correlate", (Name("x"), Name("k"))))
    with pytest.raises(GraphError, match="100,000"):
        Entries(known, Formulas()).value(Call("fill", (ONE, Number("1000000000"))))
