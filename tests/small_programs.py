"""Small programs, read: the formulas of their steps as text."""

from tutor.expression.plain import write_plain
from tutor.program.read_program import read_program

IMPORTS = "import numpy as np\nimport math\n"
TORCH = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def read_formulas(body, wanted="f", imports=IMPORTS, **shapes):
    """The steps of a program, ``target = formula`` each."""
    found = read_program(f"{imports}{body}\n", "f.py", wanted, shapes)
    return [f"{step.target} = {write_plain(step.expr)}" for step in found.layered.graph.steps if step.target in found.lines]


def read_last(formula, imports=IMPORTS, arguments="x, y", **shapes):
    """What a formula of x and y is read as."""
    shapes = {name: shape for name, shape in shapes.items() if name in arguments}
    return read_formulas(f"def f({arguments}):\n    return {formula}", imports=imports, **shapes)[-1].partition(" = ")[2]


TWO_SLIPS = """
def f_forward(x, w):
    return x @ w, (x, w)
def f_backward(dout, cache):
    x, w = cache
    dx = dout @ w
    dw = 2 * x.T @ dout
    return dx, dw
"""
"""A layer whose backward pass has a transpose too few and a factor too many."""
