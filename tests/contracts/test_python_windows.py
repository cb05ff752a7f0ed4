"""What a written program has for convolution and pooling: forward against sums written out, backward by the identities that define it."""

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from torch_live import need_torch

import tutor.solving.work_arrays
from tutor.contracts.python_formula import FormulaWriter
from tutor.contracts.python_rows import NUMPY, TORCH
from tutor.contracts.python_windows import WINDOW_LINES
from tutor.expression.nodes import Call, Name, Number
from tutor.results.solution import solve
from tutor.rules.window_rows import WINDOW_ROWS

DRAW = np.random.default_rng(7)
SCOPE = {"np": np, "product": product}
for text in NUMPY.helpers.values():
    exec(text, SCOPE)  # our own
NUMPY_HELPERS = SimpleNamespace(**SCOPE)


@pytest.mark.parametrize("settings", [((1, 1), (0, 0), (1, 1), 1), ((2, 1), (1, 2), (1, 2), 2)])
def test_a_correlation_and_what_comes_back(settings):
    stride, padding, dilation, groups = settings
    x, k = DRAW.normal(size=(2, 4, 5, 6)), DRAW.normal(size=(2, 4 // groups, 3, 2))
    z = NUMPY_HELPERS.correlate(x, k, *settings)
    wide = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])
    n, o, u, v = 1, 1, 1, 0
    channels = range(4 // groups)
    first = o // (2 // groups) * (4 // groups)
    expected = sum(k[o, c, a, b] * wide[n, first + c, u * stride[0] + a * dilation[0], v * stride[1] + b * dilation[1]]
                   for c in channels for a in range(3) for b in range(2))  # fmt: skip
    assert z[n, o, u, v] == pytest.approx(expected, abs=1e-12)
    g = DRAW.normal(size=z.shape)
    back = NUMPY_HELPERS.correlate_input(g, k, x.shape[2:], *settings), NUMPY_HELPERS.correlate_kernel(g, x, k.shape[2:], *settings)
    assert [(back[0] * x).sum(), (back[1] * k).sum()] == pytest.approx([(g * z).sum()] * 2, abs=1e-10)  # it is linear in each


@pytest.mark.parametrize("settings", [((2, 2), (2, 2), (0, 0)), ((3, 2), (2, 1), (1, 1))])
def test_a_pooling_and_what_comes_back(settings):
    x = DRAW.normal(size=(2, 3, 5, 6))
    z, mean = NUMPY_HELPERS.max_pool(x, *settings), NUMPY_HELPERS.average_pool(x, *settings)
    g = DRAW.normal(size=z.shape)
    for word in ("max_pool_input", "max_pool_first_input"):  # no two entries are equal; the largest is linear in them
        assert (getattr(NUMPY_HELPERS, word)(g, x, *settings) * x).sum() == pytest.approx((g * z).sum(), abs=1e-10)
    assert (NUMPY_HELPERS.average_pool_input(g, x.shape[2:], *settings) * x).sum() == pytest.approx((g * mean).sum(), abs=1e-10)
    ones, upstream = np.ones((1, 1, 2, 2)), np.full((1, 1, 1, 1), 2.0)
    assert NUMPY_HELPERS.max_pool_input(upstream, ones, (2, 2), (2, 2), (0, 0)).tolist() == [[[[0.5, 0.5], [0.5, 0.5]]]]
    assert NUMPY_HELPERS.max_pool_first_input(upstream, ones, (2, 2), (2, 2), (0, 0)).tolist() == [[[[2, 0], [0, 0]]]]


def test_every_row_with_windows_has_a_line():
    assert {row.name for row in WINDOW_ROWS} == {*WINDOW_LINES}


def test_lines_are_in_the_words_of_each_library():
    shapes = {"X": (2, 4, 6, 6), "K": (2, 2, 3, 3), "x": (5,), "k": (2,), "P": (3, 4, 4)}
    one, two = Number("1"), Number("2")
    rows = [
        (Call("correlate", (Name("X"), Name("K"), two, one, one, two)), "correlate(X, K, stride=(2, 2), padding=(1, 1), groups=2)",
         "torch.nn.functional.conv2d(X, K, stride=2, padding=1, groups=2)"),
        (Call("convolve", (Name("x"), Name("k"))), "correlate(x[None, None], k[None, None][..., ::-1], stride=(1,), padding=(0,))[0, 0]",
         "torch.nn.functional.conv1d(x[None, None], torch.flip(k[None, None], (-1,)))[0, 0]"),
        (Call("max_pool", (Name("P"), two)), "max_pool(P, (2, 2), stride=(2, 2), padding=(0, 0))",
         "torch.nn.functional.max_pool2d(P, (2, 2), stride=2)"),
    ]  # fmt: skip
    for call, numpy_line, torch_line in rows:
        assert [FormulaWriter(library, shapes, {}).write(call) for library in (NUMPY, TORCH)] == [numpy_line, torch_line]


PROGRAMS = {
    "a layer": ("Z = F.conv2d(X, K, b, stride=2, padding=1)\n    return torch.tanh(Z)", {"X": (2, 2, 5, 5), "K": (3, 2, 3, 3), "b": (3,)}),
    "groups": ("return F.conv2d(X, K, stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2)", {"X": (1, 4, 4, 4), "K": (4, 2, 3, 2)}),
    "one axis": ("return F.conv1d(X, K, padding=1, dilation=2)", {"X": (2, 7), "K": (3, 2, 3)}),
    "pooling": ("P = F.max_pool2d(X, (2, 1), stride=(1, 2), padding=(1, 0))\n    return F.avg_pool2d(P, 2, stride=1, padding=1)",
                {"X": (2, 4, 4)}),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_written_programs_have_pytorchs_gradients(tmp_path, monkeypatch, name):
    need_torch()
    import torch

    monkeypatch.setattr(tutor.solving.work_arrays, "prove_entries", lambda *given: None)  # proved elsewhere, and slow
    body, shapes = PROGRAMS[name]
    source = f"import torch\nimport torch.nn.functional as F\ndef f({', '.join(shapes)}):\n    {body}\n"
    file = tmp_path / "net.py"
    file.write_text(source)
    scope = {}
    exec(source, scope)
    leaves = {one: torch.tensor(DRAW.normal(size=shape), requires_grad=True) for one, shape in shapes.items()}
    result = scope["f"](*leaves.values())
    upstream = torch.tensor(DRAW.normal(size=tuple(result.shape)))
    (result * upstream).sum().backward()
    written = {}
    exec(solve(f"{file}:f", shapes=shapes, wrt=[*shapes]).to("python"), written)
    names = written["backward"].__code__.co_varnames[: written["backward"].__code__.co_argcount]
    found = written["backward"](*(upstream if one == "g" else leaves[one].detach() for one in names))
    for one, made in zip(shapes, found if isinstance(found, tuple) else (found,), strict=True):
        assert torch.allclose(made, leaves[one].grad, rtol=1e-10, atol=1e-10), one
