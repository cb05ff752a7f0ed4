"""Formulas at many points in floats, against the evaluation with sixty digits."""

import numpy as np
import pytest
from chosen_exercises import chosen_ids, load_once
from some_now import some_now

from tutor.errors import ExpressionError
from tutor.expression.nodes import Call, Name, Partial
from tutor.expression.parse import parse
from tutor.numbers.arithmetic import as_real
from tutor.numbers.floats import as_float, evaluate_at_points, run_at_points
from tutor.numbers.run import compute
from tutor.numbers.verify import random_points
from tutor.rules.functions import FUNCTIONS, function

SINGLE = [name for name, row in FUNCTIONS.items() if len(row.params) == 1]


@pytest.mark.parametrize("name", SINGLE)
def test_functions_and_their_slopes(name):
    low, high = function(name, 1).sample
    xs = np.linspace(low, high, 17)
    for func in (name, f"{name}'"):
        values = np.broadcast_to(evaluate_at_points(Call(func, (Name("x"),)), {"x": xs}), xs.shape)
        from fractions import Fraction

        for x, value in zip(xs, values, strict=True):
            right = float(as_real(compute(Call(func, (Name("x"),)), {"x": Fraction(float(x))})))
            assert value == pytest.approx(right, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("ident", some_now([ident for ident in chosen_ids() if load_once(ident).graph], 3))
def test_whole_computations(ident):
    graph = load_once(ident).graph
    points = random_points(graph, 3, seed=5)
    leaves = {q.name: np.array([as_float(point[q.name]) for point in points]) for q in graph.leaves}
    found = run_at_points([(step.target, step.expr) for step in graph.steps], leaves)
    for step in graph.steps:
        right = [as_float(point[step.target]) for point in points]
        assert np.broadcast_to(found[step.target], (len(points),)) == pytest.approx(right, rel=1e-9, abs=1e-12)


def test_nothing_raises_where_a_value_does_not_exist():
    xs = np.array([-1.0, 0.0, 1.0])
    assert np.isnan(evaluate_at_points(parse("log(x)", functions=FUNCTIONS), {"x": xs})[0])
    assert np.isinf(evaluate_at_points(parse("1/x"), {"x": xs})[1])
    assert np.isnan(evaluate_at_points(parse("x^0.5"), {"x": xs})[0])


def test_names_and_derivatives_are_looked_up():
    assert evaluate_at_points(Partial("L", "w"), {"dL/dw": 3.0}) == 3.0
    with pytest.raises(KeyError):
        evaluate_at_points(Name("q"), {})
    with pytest.raises(ExpressionError):
        evaluate_at_points(Call("nosuch", (Name("x"),)), {"x": 1.0})
