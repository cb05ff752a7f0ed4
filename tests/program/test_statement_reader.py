"""Statements: what a name stands for at each place, loops and helpers written out, and what cannot be read refused where it is used."""

import pytest
from small_programs import TORCH, read_formulas

from tutor.errors import ProgramError

READ = {  # a body of f(x, w): its steps
    "a name twice": ("x = x * w\nx = x + 1\nreturn x", ["x2 = hadamard(x, w)", "x3 = x2 + 1"]),
    "added in place": ("z = x * w\nz += x\nreturn z", ["z = hadamard(x, w)", "z2 = z + x"]),
    "a loop": ("h = x\nfor t in range(2):\n    h = np.tanh(h * w)\nreturn h", ["h = tanh(hadamard(x, w))", "h2 = tanh(hadamard(h, w))"]),
    "a choice": ("if x.ndim > 1:\n    z = x\nelse:\n    z = x * w\nreturn z", ["z = hadamard(x, w)"]),
    "a dictionary": ("cache = {'a': x * w}\ncache['b'] = np.exp(cache['a'])\nreturn cache['b']", ["b = exp(hadamard(x, w))"]),
    "unpacking": ("(a, b), *c = (x, w), x * w\nreturn c[0] * b", ["out = hadamard(hadamard(x, w), w)"]),
    "an alias": ("z = x\nz = z * w\nreturn z + x", ["z = hadamard(x, w)", "out = z + x"]),
    "what is not used": ("q = open('f')\nprint(x)\nassert x.any()\nz = x * w\nreturn z, q", ["z = hadamard(x, w)"]),
    "early ends": ("for i in range(9):\n    if i == 1:\n        continue\n    if i > 2:\n        break\n    x = x * w\nreturn x",
                   ["x2 = hadamard(x, w)", "x3 = hadamard(x2, w)"]),
    "a list": ("hs = []\nfor k in range(2):\n    hs.append(x * k)\nreturn np.stack(hs)",
               ["hs_0 = x*0", "hs_1 = x*1", "out = concat(keep_column(hs_0), keep_column(hs_1))"]),
    "states in a list": ("hs = [np.zeros(2)]\nfor k in range(2):\n    hs.append(np.tanh(hs[k] * w + x))\nreturn hs[-1]",
                         ["hs_1 = tanh(x)", "hs_2 = tanh(hadamard(hs_1, w) + x)"]),
    "states by their times": ("hs = {-1: np.zeros(2)}\nfor t in range(2):\n    hs[t] = np.tanh(hs[t - 1] + x)\nreturn hs[1]",
                              ["hs_0 = tanh(x)", "hs_1 = tanh(hs_0 + x)"]),
    "places of a list": ("hs = [None] * 2\nfor t in range(2):\n    hs[t] = np.exp(x * w)\nreturn hs[1] - hs[0]",
                         ["hs_0 = exp(hadamard(x, w))", "hs_1 = exp(hadamard(x, w))", "out = hs_1 - hs_0"]),
    "names of functions": ("exp = np.exp(x)\nreturn exp * w", ["exp2 = exp(x)", "out = hadamard(exp2, w)"]),
}  # fmt: skip


def test_statements_are_read_in_their_order():
    found = {}
    for name, (body, _) in READ.items():
        lines = "".join(f"    {line}\n" for line in body.split("\n"))
        found[name] = read_formulas(f"def f(x, w):\n{lines}", x=(2,), w=(2,))
    assert found == {name: steps for name, (_, steps) in READ.items()}


def test_helpers_are_written_out_with_their_usual_arguments():
    program = "def g(a, *, k=2):\n    b = a * k\n    return b\n\ndef f(x):\n    return g(g(x), k=3)\n"
    assert read_formulas(program, x=(2,)) == ["b = x*2", "b2 = b*3"]


def test_what_cannot_be_read_is_refused_where_it_is_used():
    program = "def f(x):\n    try:\n        z = x * 2\n    except ValueError:\n        z = x\n    return z * x\n"
    with pytest.raises(ProgramError, match="try is not read") as caught:
        read_formulas(program, x=(2,))
    assert caught.value.where == "f.py:4:5"


def test_behind_what_stops_a_gradient_stands_a_quantity_of_its_own():
    program = "def f(x):\n    with torch.no_grad():\n        z = x * 2\n    return z * x\n"
    assert read_formulas(program, imports=TORCH, x=(2,)) == ["out = hadamard(z_fixed, x)"]
