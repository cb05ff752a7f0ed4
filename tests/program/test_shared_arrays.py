"""Arrays that share their numbers: a change in place is seen in both, or refused; names of outside that a function changes."""

import pytest
from small_programs import read_formulas

from tutor.errors import ProgramError

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
