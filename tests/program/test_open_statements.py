"""An ``if`` that depends on numbers: both ways are cases of one formula, checked against Python itself."""

import pytest

from tutor.derive.backward import derive
from tutor.errors import ProgramError
from tutor.expression.keys import derivative_key
from tutor.graph.entries import Array
from tutor.numbers.arithmetic import CONTEXT
from tutor.numbers.run_arrays import evaluate_layers
from tutor.program.read_program import read_program

PROGRAMS = {  # a function f(x, w); run by Python on both sides of its conditions
    "a conditional expression": "z = w * x\n    a = z if z > 0 else 0.01 * z\n    return (a - 1) ** 2",
    "a name in one way": "z = w * x\n    a = 0.5 * z\n    if z > 1:\n        a = z ** 2\n    return a * w",
    "a name in both ways": "z = w * x\n    if z >= 0:\n        a = 2 * z\n    else:\n        a = z ** 3\n    return a + w",
    "a sum that grows": "loss = w\n    margin = 1 - w * x\n    if margin > 0:\n        loss += margin\n    return loss ** 2",
    "a return in each way": "z = w * x\n    if z > 0:\n        return z\n    else:\n        return 0.1 * z",
    "a return, and what stands behind": "z = w * x\n    if z > 0:\n        a = 3 * z\n        return a * z\n    return w + z",
    "three ways": "z = w * x\n    if z > 1:\n        return z\n    elif z < -1:\n        return -z\n    return z ** 2",
    "one inside of another":
    "z = w * x\n    a = z\n    if x > 0:\n        if w > 0:\n            a = z * 3\n        else:\n            a = z * 5\n"
    "    return a",
    "and": "z = w * x\n    a = z\n    if z > 0 and w > 0:\n        a = z ** 2\n    return a",
    "or, not": "z = w * x\n    a = z\n    if not (z > 0) or w > 1:\n        a = z ** 2\n    return a",
    "a loop": "a = w\n    for k in range(3):\n        if a > x:\n            a = a * x\n        else:\n            a = a + w\n    return a",
    "between two bounds": "return w * w if 0 < x < 1 else w * x",
    "beside what is known": "a = w * x\n    k = 2\n    if k == 2 and a > 0:\n        a = a * a\n    return a",
}  # fmt: skip
POINTS = ((0.5, 0.75), (-1.5, 0.5), (2.0, 1.25), (-2.0, -1.5), (1.5, -0.25))


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_ways_are_what_python_computes(name):
    text = f"def f(x, w):\n    {PROGRAMS[name]}\n"
    space = {}
    exec(text, space)  # our own text, above
    graph = read_program(text, "f.py", "f", {"x": (), "w": ()}).layered.graph
    derivation = derive(graph)
    for x, w in POINTS:
        known = evaluate_layers(derivation, {name: Array((), (CONTEXT.mpf(value),)) for name, value in (("x", x), ("w", w))})
        assert float(known[graph.loss].items[0]) == pytest.approx(space["f"](x, w), abs=1e-12)
        step = 1e-6
        slope = (space["f"](x, w + step) - space["f"](x, w - step)) / (2 * step)
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
