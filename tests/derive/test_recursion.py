"""A recursion read off a written-out derivation: its rows, and that written out again they are that derivation, tree by tree."""

import pytest

from tutor.derive.backward import derive
from tutor.derive.recursion import compare, fill_in_times, merge_recursions, read_recursion
from tutor.errors import GraphError
from tutor.exercise.load import from_text
from tutor.expression.plain import write_plain

RNN = """title = "T"
loss = "{loss}"
[[repeat]]
to = {end}
steps = ["z[t] = W x[t] + U h[t-1] + b", "h[t] = tanh(z[t])", "o[t] = V h[t]", "L[t] = sum((o[t] - y[t])^2)"]
[shapes]
x = ["n"]
h = ["m"]
y = ["k"]
W = ["m", "n"]
U = ["m", "m"]
V = ["k", "m"]
b = ["m"]
"""
ROWS = {  # the gradient: its formula, and from when back to when it holds
    "dL/dL_t": ("1/T", "T", "1"),
    "dL/do_t": ("2*dL/dL_t*(o_t - y_t)", "T", "1"),
    "dL/dV": ("sum_times(t, 1, T, outer(dL/do_t, h_t))", "None", "None"),
    "dL/dh_T": ("matmul(transpose(V), dL/do_T)", "T", "T"),
    "dL/dh_t": ("matmul(transpose(V), dL/do_t) + matmul(transpose(U), dL/dz_tp1)", "T-1", "1"),
    "dL/dz_t": ("hadamard(dL/dh_t, tanh'(z_t))", "T", "1"),
    "dL/dW": ("sum_times(t, 1, T, outer(dL/dz_t, x_t))", "None", "None"),
    "dL/dU": ("sum_times(t, 1, T, outer(dL/dz_t, h_tm1))", "None", "None"),
    "dL/db": ("sum_times(t, 1, T, dL/dz_t)", "None", "None"),
    "dL/dh_0": ("matmul(transpose(U), dL/dz_1)", "0", "0"),
}


def unroll(text, end):
    """The derivation over some number of times, and its quantities' times."""
    exercise = from_text(text.replace("{end}", str(end)), "t")
    graph = exercise.layers.graph if exercise.layers is not None else exercise.graph
    return derive(graph), exercise.repetition.list_times(graph)


def read(text, end, letter="T"):
    return read_recursion(*unroll(text, end), "t", end, letter)


def test_backpropagation_through_time_for_every_t():
    """Dive into Deep Learning, 9.7, with a nonlinearity: written out for T = 1…6 it is the derivation, formula by formula."""
    text = RNN.replace("{loss}", "mean(L[t], t)")
    found = merge_recursions(read(text, 7), read(text, 6), (7, 6))
    rows = {row.step.target: (write_plain(row.step.expr), str(row.first), str(row.last)) for row in found.backward}
    assert {key: rows[key] for key in ROWS} == ROWS
    assert found.list_states() == ("h_t",)
    for end in range(2, 7):
        assert compare(found, unroll(text, end)[0], end), end
    other = unroll(RNN.replace("{loss}", "L[T]"), 3)[0]
    assert not compare(found, other, 3)
    wrong = {key: expr for key, expr in fill_in_times(found, 3).items() if key != "dL/dh_2"}
    assert len(wrong) == len(fill_in_times(found, 3)) - 1


def test_numbers_and_a_loss_at_the_end():
    text = 'title = "T"\nloss = "h[T]"\n[[repeat]]\nto = {end}\nsteps = ["h[t] = w*h[t-1] + x[t]"]'
    found = merge_recursions(read(text, 7), read(text, 6), (7, 6))
    rows = {row.step.target: write_plain(row.step.expr) for row in found.backward}
    assert rows["dh_T/dh_t"] == "dh_T/dh_tp1*w"
    assert rows["dh_T/dw"] == "sum_times(t, 1, T - 1, dh_T/dh_t*h_tm1) + h_Tm1"
    assert all(compare(found, unroll(text, end)[0], end) for end in (2, 3, 4))
    written = read(text, 3, "")
    assert [(row.first, row.last) for row in written.forward] == [(1, 3)]
    assert compare(written, unroll(text, 3)[0], 3)


def test_what_is_no_recursion_is_refused():
    skips = 'title = "T"\nloss = "sum(h[t], t)"\n[[repeat]]\nto = {end}\nsteps = ["h[t] = w^t*h[t-1]"]'
    with pytest.raises(GraphError, match=r"differ from time to time|depend on how many"):
        merge_recursions(read(skips, 12), read(skips, 11), (12, 11))
