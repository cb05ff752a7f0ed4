"""An ``if`` that depends on numbers: both ways are cases of one formula, checked against Python itself."""

import inspect

import pytest
from open_programs import OPEN_PROGRAMS

from tutor.derive.backward import derive
from tutor.errors import ProgramError
from tutor.expression.keys import derivative_key
from tutor.graph.entries import Array
from tutor.numbers.arithmetic import CONTEXT
from tutor.numbers.run_arrays import evaluate_layers
from tutor.program.read_program import read_program

POINTS = ((0.5, 0.75), (-1.5, 0.5), (2.0, 1.25), (-2.0, -1.5), (1.5, -0.25))


@pytest.mark.parametrize("function", OPEN_PROGRAMS)
def test_both_ways_are_what_python_computes(function):
    graph = read_program(inspect.getsource(function), "f.py", function.__name__, {"x": (), "w": ()}).layered.graph
    derivation = derive(graph)
    for x, w in POINTS:
        known = evaluate_layers(derivation, {name: Array((), (CONTEXT.mpf(value),)) for name, value in (("x", x), ("w", w))})
        assert float(known[graph.loss].items[0]) == pytest.approx(function(x, w), abs=1e-12)
        step = 1e-6
        slope = (function(x, w + step) - function(x, w - step)) / (2 * step)
        assert float(known[derivative_key(graph.loss, "w")].items[0]) == pytest.approx(slope, abs=1e-4)


@pytest.mark.parametrize(
    "body",
    [
        "for i in range(2):\n        if x > 0:\n            break\n        w = w * x\n    return w",
        "for i in range(2):\n        if w == x:\n            continue\n        w = w * x\n    return w",
        "a = [w]\n    if x > 0:\n        a[0] = x\n    return a[0]",
        "a = []\n    if x > 0:\n        a.append(w)\n    else:\n        a.append(x)\n    return a[0]",
        "if x > 0:\n        return w",
        "if x > 0:\n        a = w\n    return a",
    ],
)
def test_what_is_more_than_names_is_refused(body):
    with pytest.raises(ProgramError):
        read_program(f"def f(x, w):\n    {body}\n", "f.py", "f", {"x": (), "w": ()})
