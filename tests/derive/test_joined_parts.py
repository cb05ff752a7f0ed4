"""Gradients of parts put one after the other, where they fill the array; that they are right is proved on every page."""

import numpy as np
import pytest

from tutor.derive.backward import derive
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers

CASES = [
    (["a, b = split(x, 2)", "L = sum(a*exp(b))"], {"x": (4,)}, "concat(dL/da, dL/db)"),
    (["a, b, c = split(x, 3)", "L = sum(b)*sum(a*c)"], {"x": ("3*h",)}, "concat(concat(dL/da, fill(sum(hadamard(a, c)), h)), dL/dc)"),
    (["a, b = split(X, [1, 2], axis=1)", "L = sum(a)*sum(b^2)"], {"X": (2, 3)}, "concat_row("),
    (["a = x[0:h]", "b = x[h:n]", "L = sum(a)^2*sum(b^2)"], {"x": ("n",)}, "concat("),
    (["a = x[0:2]", "b = x[1:3]", "L = sum(a*b)"], {"x": (3,)}, "pad_row("),
    (["a = x[0:2]", "b = x[2:3]", "L = sum(a)*sum(b) + sum(x^2)"], {"x": (3,)}, "concat("),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "shapes", "written"), CASES, ids=[row[0][0] + row[0][-1] for row in CASES])
def test_parts_in_a_row(lines, shapes, written):
    layered = from_layers(lines, shapes)
    name = next(iter(shapes))
    step = next(step for step in derive(layered.graph).backward if step.wrt == name)
    assert write_plain(step.expr).find(written) >= 0 if written.endswith("(") else write_plain(step.expr) == written
    assert (step.rule == "joined paths") == (write_plain(step.expr).startswith("concat") and " + " not in write_plain(step.expr))


def test_a_split_is_numpys():
    x = np.arange(12.0).reshape(2, 6)
    for text, parts in [
        ("split(X, 3, axis=1)", np.split(x, 3, axis=1)), ("split(X, [1, 3], axis=1)", np.split(x, [1, 3], axis=1)),
        ("split(X, [1], axis=1)", np.split(x, [1], axis=1)),
        ("split(X, 2)", np.split(x, 2)), ("hsplit(X, 2)", np.hsplit(x, 2)), ("split(X, 4, axis=1)", [x[:, :4], x[:, 4:]]),
        ("chunk(X, 3, dim=-1)", np.split(x, 3, axis=1)), ("X.split([2, 4], dim=1)", [x[:, :2], x[:, 2:]]),
    ]:  # fmt: skip
        names = "abc"[: len(parts)]
        lines = [f"{', '.join(names)} = {text}", f"L = {' + '.join(f'sum({n})' for n in names)}"]
        layered = from_layers(lines, {"X": (2, 6)})
        for name, part in zip(names, parts, strict=True):
            assert layered.shapes[name] == part.shape
