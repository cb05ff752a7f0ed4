"""Recurrent networks as exercise files, against PyTorch's cells in a loop; both forms agree entry by entry; CS231n by NumPy."""

import numpy as np
import pytest
from torch_live import need_torch, reference

import tutor
from tutor.exercise.load import from_text, load
from tutor.numbers.form_agreement import agree

SEQUENCES, TABLE = reference("sequences")


def make_exercise(case):
    steps, shapes, _ = SEQUENCES.CASES[case]
    lines = ['title = "T"', 'loss = "sum(sum((h[t] - y[t])^2), t)"', "[[repeat]]", f"to = {SEQUENCES.TIMES}"]
    lines += [f"steps = {steps}", "[shapes]"]
    lines += [f"{name} = {list(shape)}" for name, shape in shapes.items()]
    lines.append("[values]")
    for name, values in SEQUENCES.list_leaves(case).items():
        lines.append(f"{name} = {np.array(values).reshape(shapes[name.split('_')[0]]).tolist()}")
    return from_text("\n".join(lines), "t")


@pytest.mark.parametrize("case", SEQUENCES.CASES)
def test_gradients_over_three_steps_are_pytorchs(case):
    exercise = make_exercise(case)
    leaves = list(SEQUENCES.list_leaves(case))
    solution = tutor.solve(exercise, wrt=leaves)
    for name in leaves:
        mine = np.array([float(item) for item in solution.gradient(name).items])
        np.testing.assert_allclose(mine, TABLE["cases"][case][name], rtol=1e-10, atol=1e-12, err_msg=name)
    assert float(solution.trace["L"].items[0]) == pytest.approx(TABLE["cases"][case]["L"][0], rel=1e-12)
    assert float(agree(exercise.layers, exercise.graph, exercise.values).error) < 1e-12


def test_the_table_is_what_pytorch_says_now():
    need_torch()
    for case, found in TABLE["cases"].items():
        for name, values in SEQUENCES.torch_table(case).items():
            np.testing.assert_allclose(values, found[name], rtol=1e-12, atol=1e-14)


def test_the_assignment_of_cs231n_by_numpy():
    """The gradient of half the sum of squares of all states, by hand."""
    samples, times, width, states = 2, 3, 4, 5
    x = np.linspace(-0.1, 0.3, samples * times * width).reshape(samples, times, width)
    h = [np.linspace(-0.3, 0.1, samples * states).reshape(samples, states)]
    wx, wh, b = (np.linspace(low, high, np.prod(shape)).reshape(shape) for low, high, shape in (
        (-0.2, 0.4, (width, states)), (-0.4, 0.1, (states, states)), (-0.7, 0.1, (states,))))  # fmt: skip
    for t in range(times):
        h.append(np.tanh(x[:, t] @ wx + h[-1] @ wh + b))
    upstream, into_wx, into_wh, into_b = np.zeros_like(h[0]), 0, 0, 0
    for t in range(times, 0, -1):
        local = (upstream + h[t]) * (1 - h[t] ** 2)
        into_wx, into_wh, into_b = into_wx + x[:, t - 1].T @ local, into_wh + h[t - 1].T @ local, into_b + local.sum(0)
        upstream = local @ wh.T
    solution = tutor.solve(load("sequences/cs231n-rnn"), wrt=["Wx", "Wh", "b", "h[0]"])
    for name, expected in (("Wx", into_wx), ("Wh", into_wh), ("b", into_b), ("h_0", upstream)):
        mine = np.array([float(item) for item in solution.gradient(name).items]).reshape(expected.shape)
        np.testing.assert_allclose(mine, expected, rtol=1e-12, atol=1e-15, err_msg=name)
