"""Arrays that share their numbers: a change in place is seen in both, or refused; names of outside that a function changes."""

import inspect
from pathlib import Path

import numpy as np
import pytest
from kept_programs import KEPT_PROGRAMS
from small_programs import read_formulas

from tutor.derive.backward import derive
from tutor.errors import ProgramError
from tutor.graph.entries import Array
from tutor.numbers.arithmetic import CONTEXT
from tutor.numbers.run_arrays import evaluate_layers
from tutor.program.read_program import read_program

SHARED = "def f(x, w):\n    z = x * 2\n    v = {}\n    {}\n    return (z * w).sum() + v.sum()"


@pytest.mark.parametrize(("shown", "change"), [
    ("z[1:]", "v *= w[1:]"), ("z.reshape(1, 3)", "v += 1"), ("z[1:]", "z *= 3"), ("z.reshape(3, 1).T[:, :2]", "v[0, 0] = 5"),
    ("np.reshape(z, (1, 3))", "v -= 1"),
])  # fmt: skip
def test_a_change_of_numbers_that_another_array_shows_is_refused(shown, change):
    with pytest.raises(ProgramError, match="another array shows the numbers"):
        read_formulas(SHARED.format(shown, change), x=(3,), w=(3,))


@pytest.mark.parametrize(("shown", "change"), [
    ("z[1:].copy()", "v *= w[1:]"), ("z[1:] + 0", "v *= w[1:]"), ("z[1:]", "v = v * w[1:]"),
])  # fmt: skip
def test_a_copy_is_changed_by_itself(shown, change):
    assert "z = x*2" in read_formulas(SHARED.format(shown, change), x=(3,), w=(3,))


HELPERS = "import numpy as np\nclass Box:\n    def __init__(self, W):\n        self.W = W\ndef g(V):\n    V += 1\n    return V\n"
CHANGED = {  # what changes W in its place by way of something that shows its numbers
    "W.T[0] = x", "W.T[0] += x", "W.reshape(-1)[0] = x[0]", "W.ravel()[1:] *= 2", "b = Box(W)\n    b.W.T[0] = x",
    "b = [W, x]\n    b[0].T[0] = x",
    "for row in W:\n        row[0] = 1.0", "for row in W:\n        row *= 2", "a, b, c = W\n    a += b",
    "rows = [r for r in W]\n    rows[0][0] = 1",
    "d = {'a': W[0]}\n    d['a'] += x", "g(W.T)", "g(W[0])", "[g(r) for r in W]", "V = W if x[0] > 0 else W.T\n    V += 1",
    "V = W.transpose()\n    V *= 2", "a, b = W[0], W[1]\n    a -= b", "a, b, c = np.split(W, 3)\n    b += 1", "W[0], W[1] = W[1], W[0]",
    "out = np.zeros(3)\n    v = out[1:]\n    out[0] = 1.0\n    out[1:] = x[1:]\n    x = v.sum()",
    "W.flat[0] = 1", "v = W[0]\n    W[0, 1] = 3\n    x = v",
}  # fmt: skip
@pytest.mark.parametrize("body", sorted(CHANGED))
def test_a_change_by_way_of_what_shows_the_numbers_is_refused(body):
    with pytest.raises(ProgramError):
        read_program(f"{HELPERS}def f(x, W):\n    {body}\n    return np.sum(W ** 2 * x)\n", "f.py", "f", {"x": (3,), "W": (3, 3)})


@pytest.mark.parametrize("function", KEPT_PROGRAMS)
def test_a_change_that_is_known_is_pythons(function):
    text = Path(inspect.getfile(function)).read_text("utf-8")
    graph = read_program(text, "f.py", function.__name__, {"x": (3,), "w": (3, 3)}).layered.graph
    given = {"x": np.array([0.5, -1.0, 2.0]), "w": np.arange(9.0).reshape(3, 3) / 4 - 1}
    numbers = {name: Array(one.shape, tuple(map(CONTEXT.mpf, one.ravel()))) for name, one in given.items()}
    found = evaluate_layers(derive(graph), {leaf.name: numbers[leaf.name] for leaf in graph.leaves})[graph.loss].items[0]
    assert float(found) == pytest.approx(float(function(**{name: one.copy() for name, one in given.items()})))


@pytest.mark.parametrize(("program", "formula"), [
    ("K = 3\ndef g():\n    global K\n    K = K + 2\ndef f(x):\n    g()\n    return K * x * x", "5*x*x"),
    ("def f(x):\n    k = 1\n    def g():\n        nonlocal k\n        k += 2\n    g()\n    g()\n    return k * x * x", "5*x*x"),
    ("def f(x):\n    k = 1\n    def g():\n        def h():\n            nonlocal k\n            k = 7\n        h()\n    g()\n"
     "    return k * x * x", "7*x*x"),
    ("def g(x, seen=[]):\n    seen.append(x)\n    return len(seen)\ndef f(x):\n    g(x)\n    return g(x) * x * x", "2*x*x"),
    ("def f(x):\n    fs = [lambda z, i=i: z * x * i for i in range(3)]\n    return fs[1](x) + 0 * x", "x*x*1 + 0*x"),
])  # fmt: skip
def test_names_of_outside_and_usual_values_are_pythons(program, formula):
    assert read_formulas(program, x=())[-1] == f"out = {formula}"
