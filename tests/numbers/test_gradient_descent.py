"""Gradient descent against recursions written out by hand."""

from fractions import Fraction

import pytest
from descent import descend
from independent import MP, close

from tutor.derive.backward import derive
from tutor.exercise.load import load
from tutor.graph.build import from_steps

F = Fraction


def test_the_linear_neuron_of_the_lecture():
    """E = (x^L - y)² with x^L = w·x^(L-1) + b: exact for all 7 steps, and 0.29 and 0.66 after the first."""
    exercise = load("qmul/linear-neuron")
    w, b, x, y, rate = F("0.8"), F(1), F("1.5"), F("0.5"), F("0.1")
    found = descend(derive(exercise.graph), exercise.values, ["w_L", "b_L"], exercise.rate, 7)
    for trace in found.traces:
        assert (trace["w_L"], trace["b_L"], trace["E"]) == (w, b, (w * x + b - y) ** 2)
        error = w * x + b - y
        w, b = w - rate * 2 * error * x, b - rate * 2 * error
    assert (found.traces[1]["w_L"], found.traces[1]["b_L"]) == (F("0.29"), F("0.66"))


def test_a_quadratic_exactly():
    found = descend(derive(from_steps(["L = (w*x - y)^2"])), {"w": F(1), "x": F(2), "y": F(3)}, ["w"], F(1, 20), 30)
    w = F(1)
    for trace in found.traces:
        assert trace["w"] == w
        assert trace["L"] == (2 * w - 3) ** 2
        w -= F(1, 20) * 2 * 2 * (2 * w - 3)
    assert (len(found.traces), found.stopped) == (31, "")


def hand_written_update():
    """One update of the 2-2-2 network with λ = 0.5, from the formulas of the lecture."""
    s = lambda z: 1 / (1 + MP.exp(-z))  # noqa: E731
    i1, i2, b1, b2 = MP.mpf("0.05"), MP.mpf("0.10"), MP.mpf("0.35"), MP.mpf("0.60")
    w = [None, *(MP.mpf(15 + 5 * k) / 100 for k in range(4)), *(MP.mpf(40 + 5 * k) / 100 for k in range(4))]
    t1, t2, rate = MP.mpf("0.01"), MP.mpf("0.99"), MP.mpf("0.5")
    h1, h2 = s(w[1] * i1 + w[2] * i2 + b1), s(w[3] * i1 + w[4] * i2 + b1)
    o1, o2 = s(w[5] * h1 + w[6] * h2 + b2), s(w[7] * h1 + w[8] * h2 + b2)
    d1, d2 = (o1 - t1) * o1 * (1 - o1), (o2 - t2) * o2 * (1 - o2)
    e1, e2 = (d1 * w[5] + d2 * w[7]) * h1 * (1 - h1), (d1 * w[6] + d2 * w[8]) * h2 * (1 - h2)
    gradients = [e1 * i1, e1 * i2, e2 * i1, e2 * i2, d1 * h1, d1 * h2, d2 * h1, d2 * h2]
    moved = {f"w{k}": w[k] - rate * gradient for k, gradient in enumerate(gradients, 1)}
    return {**moved, "b1": b1 - rate * (e1 + e2), "b2": b2 - rate * (d1 + d2)}


def test_the_2_2_2_network_of_the_lecture():
    exercise = load("neuron/two-two-two")
    names = [q.name for q in exercise.graph.parameters]
    found = descend(derive(exercise.graph), exercise.values, names, exercise.rate, 1)
    expected = hand_written_update()
    assert set(expected) == set(names)
    for name in names:
        assert close(found.traces[1][name], expected[name], 45)
    assert str(MP.nstr(found.traces[1]["w5"], 15)) == "0.358916479717885"


def test_only_the_parameters_move():
    derivation = derive(from_steps(["L = (w*x + b - y)^2"]))
    given = {"w": F(1), "b": F(0), "x": F(2), "y": F(3)}
    found = descend(derivation, given, ["w"], F(1, 100), 2)
    assert all((trace["b"], trace["x"], trace["y"]) == (0, 2, 3) for trace in found.traces)
    assert found.traces[0]["w"] != found.traces[2]["w"]


def test_all_gradients_are_taken_at_the_old_values():
    found = descend(derive(from_steps(["L = u*v"])), {"u": F(1), "v": F(2)}, ["u", "v"], F(1, 10), 1)
    assert (found.traces[1]["u"], found.traces[1]["v"]) == (F(8, 10), F(19, 10))


@pytest.mark.parametrize(
    ("line", "start", "rate", "words"),
    [
        ("L = w^4", 10, 1, "diverges: after update"),
        ("L = w^2", 1, 100, "diverges: after update"),
        ("L = w*log(w)", 1, 5, "ends: after update 1 the logarithm of a negative number"),
        ("L = exp(w^2)", 3, 1, "ends: after update 1 an overflow"),
    ],
)
def test_divergence_is_said_in_words(line, start, rate, words):
    found = descend(derive(from_steps([line])), {"w": F(start)}, ["w"], F(rate), 500)
    assert found.stopped.startswith(words)
    assert 1 <= len(found.traces) < 60


def test_no_step_is_the_start():
    found = descend(derive(from_steps(["L = w^2"])), {"w": F(3)}, ["w"], F(1, 2), 0)
    assert [trace["w"] for trace in found.traces] == [3]
