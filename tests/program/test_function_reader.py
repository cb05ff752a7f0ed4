"""Functions and classes: what is inherited, super(), fields of a dataclass, copies, layers that are written out."""

import pytest
from small_programs import IMPORTS, TORCH, read_formulas

from tutor.program.read_program import read_program

CLASSES = """
from dataclasses import dataclass

@dataclass
class Config:
    width: int = 2
    scale: float = 3.0

class Base:
    kind = 'tanh'

    def __init__(self, config):
        self.w = np.random.randn(config.width, config.width) / config.scale

    def act(self, z):
        return getattr(np, self.kind)(z)

class Net(Base):
    def __init__(self, config=Config(scale=4.0)):
        super().__init__(config)
        self.c = config

    @property
    def twice(self):
        return 2 * self.c.scale

    def act(self, z):
        return super().act(z) + 1

    def forward(self, x):
        return self.act(x @ self.w) * self.twice
"""


def test_of_several_classes_the_method_is_the_one_that_python_takes():
    classes = "class A:\n    def forward(self, x): return x\nclass B(A): pass\nclass C(A):\n    def forward(self, x): return 3 * x * x\n"
    assert read_formulas(classes + "class D(B, C): pass\n", "D", x=()) == ["out = 3*x*x"]


def test_classes_inherit():
    found = read_program(IMPORTS + CLASSES, "f.py", "Net", {"x": (3, 2)})
    assert {leaf.name: leaf.shape for leaf in found.layered.graph.leaves} == {"x": (3, 2), "w": (2, 2), "g": (3, 2)}
    assert len(found.layered.graph.steps) == 2


def test_what_pytorch_has_as_one_layer_stands_in_the_line_of_its_call():
    program = "class M(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.rnn = nn.RNN(2, 2)\n" \
              "    def forward(self, x):\n        out, h = self.rnn(x)\n        return h\n"  # fmt: skip
    found = read_program(TORCH + program, "f.py", "M", {"x": (2, 1, 2)})
    assert set(found.lines.values()) <= {9, 10}
    assert "rnn_weight_ih_l0" in found.layered.shapes


def test_arguments_by_name_and_in_stars():
    program = "def g(a, *rest, k=1, **more):\n    return a * k + rest[0] * more['c']\n\ndef f(x):\n" \
              "    return g(x, *[x * x], **{'c': 3}, k=2)\n"  # fmt: skip
    assert read_formulas(program, x=(2,)) == ["out = x*2 + hadamard(x, x)*3"]


@pytest.mark.parametrize(("body", "formula"), [
    ("return B.make(x)", "x*3"), ("return A.make(x)", "x*2"), ("A.k = 5\n    return A.make(x)", "x*5"),
    ("B.k = 7\n    return A.make(x)", "x*2"),
])  # fmt: skip
def test_what_belongs_to_a_class_is_that_of_the_class_it_is_asked_of(body, formula):
    classes = "class A:\n    k = 2\n    @classmethod\n    def make(cls, x): return x * cls.k\nclass B(A):\n    k = 3\n"
    assert read_formulas(f"{classes}def f(x):\n    {body}\n", x=(2,)) == [f"out = {formula}"]
