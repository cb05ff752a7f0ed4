"""Charts hold the right numbers: against floats computed here, and exactly where the product is exact."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest

from tutor.errors import TutorError
from tutor.explain.chart import as_plain, window
from tutor.graph.build import from_steps
from tutor.notation.profile import notation
from tutor.numbers.arithmetic import as_real
from tutor.numbers.data_set import Samples
from tutor.numbers.run import run
from tutor.results.curves import (
    LossRun,
    activations,
    contour_grid,
    loss_curve,
    number,
    path,
)
from tutor.results.solution import solve
from tutor.rules.functions import FUNCTIONS

PLAIN = notation("plain")

# ----------------------------------------------------------------------------------------------------------- activations

BY_HAND = {
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
    "tanh": (math.tanh, lambda x: 1 / math.cosh(x) ** 2),
    "relu": (lambda x: max(x, 0.0), lambda x: float(x > 0)),
    "softplus": (lambda x: math.log1p(math.exp(x)), lambda x: 1 / (1 + math.exp(-x))),
    "leaky_relu(0.1)": (lambda x: max(x, 0.1 * x), lambda x: 1.0 if x > 0 else 0.1),
    "elu(0.5)": (lambda x: x if x > 0 else 0.5 * math.expm1(x), lambda x: 1.0 if x > 0 else 0.5 * math.exp(x)),
    "heaviside": (lambda x: float(x > 0), lambda x: 0.0),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_curves_are_the_function_and_its_derivative(name):
    (chart,) = activations([name], PLAIN)
    for series, expected in zip(chart.series, BY_HAND[name], strict=True):
        points = [point for point in series.points if point and abs(point[0]) > 1e-9]
        assert len(points) > 300
        for x, y in points:
            assert y == pytest.approx(expected(x), abs=1e-12)


def test_a_kink_has_a_gap_and_dots_that_say_what_counts():
    (chart,) = activations(["relu"], PLAIN)
    assert {(mark.at, mark.dot) for mark in chart.marks} == {((0.0, 1.0), "open"), ((0.0, 0.0), "filled")}
    slope = chart.series[1].points
    at = slope.index(None)
    assert slope[at - 1][1] == 0
    assert slope[at + 1][1] == 1
    assert any("by convention" in as_plain(note) for note in chart.notes)


def test_no_dots_where_both_sides_agree():
    assert activations(["elu(1)"], PLAIN)[0].marks == ()
    assert activations(["sigmoid"], PLAIN)[0].marks == ()


def test_the_step_belongs_to_its_left_side():
    marks = activations(["heaviside"], PLAIN)[0].marks
    assert {(mark.at, mark.dot) for mark in marks} == {((0.0, 0.0), "filled"), ((0.0, 1.0), "open")}


def test_a_pole_is_no_line():
    (chart,) = activations(["tan"], PLAIN, "-4", "4")
    for a, b in pairwise(chart.series[0].points):
        assert a is None or b is None or b[1] > a[1]


def one_number(row):
    return len(row.params) == 1 and bool(row.partials)


@pytest.mark.parametrize("name", [row.name for row in FUNCTIONS.values() if one_number(row)])
def test_every_function_of_one_number_has_a_chart(name):
    (chart,) = activations([name], PLAIN)
    (left, right), (low, high) = window(chart)
    assert left < right
    assert low < high


@pytest.mark.parametrize(
    ("name", "says"),
    [("sigmoyd", "did you mean sigmoid?"), ("leaky_relu", "leaky_relu(0.1)"), ("max", "no function of one number"),
     ("hinge", "no function of one number"), ("softmax", "no function of one number"), ("relu\x1b[2J", "no function relu\\x1b")],
)  # fmt: skip
def test_an_unknown_activation_is_said(name, says):
    with pytest.raises(TutorError) as error:
        activations([name], PLAIN)
    assert says in str(error.value)


# ---------------------------------------------------------------------------------------------------- losses and contours


def test_the_curve_is_the_loss_of_each_update():
    solution = solve("qmul/linear-neuron", steps=7, rate="0.1")
    losses = tuple((row.step, row.loss) for row in solution.run.rows)
    chart = loss_curve("t", "E", [LossRun(("a",), losses)], solution.notation)
    assert [x for x, _ in chart.series[0].points] == list(range(8))
    w, b = 0.8, 1.0  # by hand: E = (x·w + b − y)², from the exercise's values
    x, y = (float(solution.values[name]) for name in ("x_Lm1", "y"))
    for _, loss in chart.series[0].points:
        error = w * x + b - y
        assert loss == pytest.approx(error**2, rel=1e-9)
        w, b = w - 0.1 * 2 * error * x, b - 0.1 * 2 * error
    assert chart.x.whole


def test_powers_of_ten_leave_out_what_has_no_place_there():
    chart = loss_curve(
        "t", "L", [LossRun(("a",), ((0, Fraction(1)), (1, Fraction(0)), (2, Fraction(1, 100))))], PLAIN, log=True
    )
    assert chart.series[0].points == ((0.0, 1.0), None, (2.0, 0.01))
    assert "left out" in as_plain(chart.notes[0])
    with pytest.raises(TutorError, match="never positive"):
        loss_curve("t", "L", [LossRun(("a",), ((0, Fraction(-1)),))], PLAIN, log=True)


def test_too_large_a_number_is_a_gap():
    assert number(Fraction(10) ** 400) is None
    chart = loss_curve("t", "L", [LossRun((), ((0, Fraction(1)), (1, Fraction(10) ** 400)), "diverges")], PLAIN)
    assert chart.series[0].points == ((0.0, 1.0), None)
    assert as_plain(chart.notes[0]) == "The training diverges."


@pytest.mark.parametrize(
    ("target", "pair"),
    [
        ("qmul/linear-neuron", ("w_L", "b_L")),
        ("dl/relu-regression", ("w1", "w2")),
        ("neuron/two-two-two", ("w5", "b1")),
    ],
)
def test_contours_are_the_loss_at_every_grid_point(target, pair):
    solution = solve(target, steps=0)
    graph = solution.exercise.graph
    found = contour_grid(graph, solution.values, pair, ((-1.0, 2.0), (0.5, 1.25)), solution.notation)
    assert (found.xs[0], found.xs[-1], found.ys[0], found.ys[-1]) == (-1.0, 2.0, 0.5, 1.25)
    for row in range(0, len(found.ys), 8):
        for column in range(0, len(found.xs), 8):
            x = -1 + Fraction(3 * column, len(found.xs) - 1)
            y = Fraction(1, 2) + Fraction(3 * row, 4 * (len(found.ys) - 1))
            exact = run(graph.steps, {**solution.values, pair[0]: x, pair[1]: y})[graph.loss]
            assert found.values[row][column] == pytest.approx(float(as_real(exact)), rel=1e-12, abs=1e-15)
    heights = [value for row in found.values for value in row]
    assert list(found.levels) == sorted(found.levels)
    assert min(heights) < found.levels[0]
    assert found.levels[-1] < max(heights)


@pytest.mark.parametrize(("reduce", "share"), [("mean", 3), ("sum", 1)])
def test_contours_of_a_data_set_are_the_loss_of_all_its_samples(reduce, share):
    graph = from_steps(["L = (w*x + b - y)^2"])
    data = ((1.0, 3.0), (2.0, 5.0), (4.0, 8.0))
    samples = Samples(("x", "y"), tuple((Fraction(x), Fraction(y)) for x, y in data), reduce)
    found = contour_grid(
        graph, {"w": Fraction(0), "b": Fraction(0)}, ("w", "b"), ((0.0, 2.0), (-1.0, 1.0)), PLAIN, samples
    )
    for row, b in enumerate(found.ys):
        for column, w in enumerate(found.xs):
            assert found.values[row][column] == pytest.approx(sum((w * x + b - y) ** 2 for x, y in data) / share)


def test_a_path_lies_on_its_own_surface():
    solution = solve("qmul/linear-neuron", steps=3)
    way = [(row.values["w_L"], row.values["b_L"]) for row in solution.run.rows]
    chart = path("t", solution.exercise.graph, solution.values, ("w_L", "b_L"), way, solution.notation)
    assert chart.series[0].points == tuple((float(a), float(b)) for a, b in way)
    (left, right), (low, high) = window(chart)
    assert right - left == pytest.approx(high - low)
    for x, y in chart.series[0].points:
        assert left < x < right
        assert low < y < high
    assert [mark.dot for mark in chart.marks] == ["start", "end"]


def test_where_the_loss_does_not_exist_is_a_gap():
    solution = solve("log(x*y)", at={"x": 1, "y": 1}, steps=0)
    graph = solution.exercise.graph
    found = contour_grid(graph, solution.values, ("x", "y"), ((-1.0, 1.0), (0.5, 2.5)), PLAIN)
    assert found.values[0][0] is None
    assert found.values[0][-1] == pytest.approx(math.log(0.5))


def test_nothing_moves_on_a_flat_loss():
    solution = solve("a*0 + b*0", at={"a": 1, "b": 2}, steps=0)
    values = solution.values
    chart = path("t", solution.exercise.graph, values, ("a", "b"), [(values["a"], values["b"])] * 3, PLAIN)
    assert chart.contours.levels == ()
