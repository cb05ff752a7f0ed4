"""Whole programs, in the style of courses and libraries: their gradients are PyTorch's, which ran the very same source."""

from fractions import Fraction
from math import prod

import pytest
from some_now import some_now
from torch_live import need_torch, reference

from tutor.derive.backward import derive
from tutor.graph.entries import Array
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run_arrays import evaluate_layers
from tutor.program.read_program import read_program

programs, TABLE = reference("programs")


def give_values(case, found):
    """The values of the leaves of a program as they were drawn for PyTorch, labels as rows of 0 and 1."""
    hot = {one: name for name, one in found.one_hot.items()}
    values = {}
    for leaf in found.layered.graph.leaves:
        if leaf.name in hot:
            labels = programs.LABELS[hot[leaf.name]]
            items = [Fraction(int(label == place)) for label in labels[: prod(leaf.shape[:-1])] for place in range(leaf.shape[-1])]
        else:
            items = [*map(Fraction, programs.draw_values(case, "g" if leaf.name == found.upstream else leaf.name, leaf.shape))]
        assert len(items) == prod(leaf.shape)
        values[leaf.name] = Array(leaf.shape, tuple(items))
    return values


@pytest.mark.parametrize("case", some_now(programs.CASES, 9))
def test_the_gradients_of_programs_are_pytorchs(case):
    source, target, shapes = programs.CASES[case]
    found = read_program(source, "model.py", target, shapes)
    loss = found.layered.graph.loss
    numbers = evaluate_layers(derive(found.layered.graph), give_values(case, found))
    expected = dict(TABLE["cases"][case])
    assert float(as_real(numbers[loss].items[0])) == pytest.approx(expected.pop(programs.RESULT)[0], abs=1e-10)
    for name, values in expected.items():
        items = [float(as_real(item)) for item in numbers[f"d{loss}/d{name}"].items]
        assert items == pytest.approx(values, rel=1e-10, abs=1e-10), name
    lines = source.split("\n")
    assert all(0 < line <= len(lines) for line in found.lines.values())


@pytest.mark.parametrize("case", some_now(programs.CASES, 40))
def test_the_table_is_pytorchs(case):
    need_torch()
    assert programs.torch_table(case) == {name: pytest.approx(values, abs=1e-12) for name, values in TABLE["cases"][case].items()}


@pytest.mark.parametrize(("product", "shape"), [("x @ w + b", ()), ("X @ theta + b", ()), ("W @ x + b", ("D",)), ("x @ W + b", ("H",))])
def test_the_bias_of_one_number_a_sample_is_a_number(product, shape):
    data = product.split(" @ ")[0] if product.split(" @ ")[0] != "W" else "x"
    weight = next(name for name in ("theta", "w", "W") if f"{name} @" in product or f"@ {name}" in product)
    shapes = {"x @ w + b": {"x": ("N", "D"), "w": ("D",)}, "X @ theta + b": {"X": ("N", "D"), "theta": ("D",)},
              "W @ x + b": {"W": ("D", "N"), "x": ("N",)}, "x @ W + b": {"x": ("N", "D"), "W": ("D", "H")}}[product]  # fmt: skip
    text = f"import numpy as np\ndef f({data}, {weight}, b):\n    z = {product}\n    return np.sum(z ** 2)\n"
    assert read_program(text, "f.py", "f", shapes).found == {"b": shape}


def test_targets_that_nobody_says_are_labels():
    text = "import torch.nn.functional as F\ndef f(z, y):\n    return F.cross_entropy(z, y)\n"
    assert read_program(text, "f.py", "f", {"z": ("N", "C")}).one_hot == {"y": "y_onehot"}
