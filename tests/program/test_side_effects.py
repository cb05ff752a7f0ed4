"""What a call changes besides what it gives: known, or refused where it is used; never passed over."""

import pytest

from tutor.errors import ProgramError
from tutor.program.read_program import read_program

HELPERS = """import numpy as np
def push(l, v):
    l.append(v)
    return v
def put(d, v):
    d["k"] = v
    return v
def through(l, v):
    push(l, v)
def kill(a):
    a[0] = 0
    return 1
class Cell:
    def __init__(self, v):
        self.v = v
    def add(self, x):
        self.v = self.v + x
    def up(self, x):
        self.v = x
        return x
"""
CHANGED = {  # what an if on a number, or a call that is not read, may have changed is used afterwards
    "a helper that appends": "l = [w]\n    if x > 0:\n        push(l, x)\n    return sum(l) * w",
    "by way of another": "l = [w]\n    if x > 0:\n        through(l, x)\n    return sum(l) * w",
    "a list that grows": "l = [w]\n    if x > 0:\n        l.append(x)\n    return l[-1] * w",
    "a list that shrinks": "l = [w, x]\n    if x > 0:\n        l.pop()\n    return l[-1] * w",
    "a list the other way round": "l = [w, x * x]\n    if x > 0:\n        l.reverse()\n    return l[0]",
    "a dictionary": "d = {'k': w}\n    if x > 0:\n        d.update(k=x)\n    return d['k'] * w",
    "an object": "c = Cell(w)\n    if x > 0:\n        c.add(x)\n    return c.v * w",
    "a name of outside": "s = w\n    def up(v):\n        nonlocal s\n        s = v\n    if x > 0:\n        up(x)\n    return s * w",
    "a value of a helper that changes": "d = {'k': w}\n    z = w\n    if x > 0:\n        z = put(d, x * x)\n    return d['k'] * w",
    "a method that gives a value": "c = Cell(w)\n    z = w\n    if x > 0:\n        z = c.up(x)\n    return c.v * w",
    "what is taken out": "l = [w, x]\n    if x > 0:\n        z = l.pop()\n    else:\n        z = w\n    return z * l[-1]",
    "in an expression": "d = {'k': w}\n    z = put(d, x * x) if x > 0 else w\n    return d['k'] + w",
    "behind and": "l = [w]\n    z = x > 0 and push(l, x)\n    return sum(l)",
    "by another name": "a = [x, w]\n    b = a\n    if x > 0:\n        b.append(w * w)\n    return a[-1]",
    "an entry by another name": "a = [x, w]\n    b = a\n    if x > 0:\n        b[0] = w * w\n    return a[0] * a[1]",
    "a part of an entry": "d = {}\n    d[0] = np.zeros(2)\n    d[0][w * x] = 1\n    return d[0].sum() + w",
    "a part of a part": "l = [np.array([x, w])]\n    l[0][w * x] = 1\n    return l[0].sum()",
    "one of some numbers": "if x in (1, 2):\n        return w * x\n    return w * w",
    "an array in a helper": "z = np.array([x, w])\n    if x > 0:\n        kill(z)\n    return z.sum()",
    "an array that is sorted": "z = np.array([x, w])\n    z.sort()\n    return z[0] * w",
    "where a result is put": "z = np.array([x, w])\n    np.add(z, z, out=z)\n    return z[0] * w",
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_what_may_be_changed_is_refused_where_it_is_used(name):
    with pytest.raises(ProgramError):
        read_program(f"{HELPERS}def f(x, w):\n    {CHANGED[name]}\n", "f.py", "f", {"x": (), "w": ()})


@pytest.mark.parametrize(
    "body",
    [
        "l = [w]\n    if x > 0:\n        l.append(x)\n    return w * x",
        "l = [w]\n    push(l, x)\n    return sum(l)",
        "print(x)\n    if x > 0:\n        print(w)\n        w = w * 2\n    return w * x",
        "if isinstance(x, float):\n        return w * x\n    return w",
    ],
)
def test_what_has_no_part_in_the_result_does_no_harm(body):
    read_program(f"{HELPERS}def f(x, w):\n    {body}\n", "f.py", "f", {"x": (), "w": ()})
