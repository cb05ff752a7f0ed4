"""Entries by brackets behind a name or a derivative, against NumPy's own slices."""

import numpy as np
import pytest

from tutor.errors import GraphError
from tutor.graph.bracketed import pick_bracketed
from tutor.graph.layered import from_layers

LAYERED = from_layers(["L = sum(W^2) + sum(b)"], {"W": (2, 3), "b": (3,)})
ALL = np.array(LAYERED.entries["W"].items).reshape(2, 3)


@pytest.mark.parametrize(("text", "expected"), [
    ("W[0, :]", ALL[0, :]), ("dL/dW[:, 1:]", ALL[:, 1:]), ("∂L/∂W[-1, :]", ALL[-1, :]), ("W[1, 2]", ALL[0, 1]), ("dL/dW[2,3]", ALL[1, 2]),
])  # fmt: skip
def test_entries(text, expected):
    found = pick_bracketed(text, LAYERED)
    assert found.entries.shape == expected.shape
    assert list(found.entries.items) == expected.ravel().tolist()
    assert all(key.startswith("dL/d") for key in found.keys) == ("L/" in text)


@pytest.mark.parametrize("text", ["W", "dL/dW", "V[1, 2]", "L[1]", "W[i, j]", "W[]", "sum(W)[0]", "W[1,2]*b", "W[0,:][1]"])
def test_other_texts(text):
    assert pick_bracketed(text, LAYERED) is None


@pytest.mark.parametrize("text", ["W[3, 1]", "W[0, 1]", "W[1]", "W[5:, :]", "b[1, :]", "W[:, :, 0]"])
def test_places_that_are_not_there(text):
    with pytest.raises(GraphError):
        pick_bracketed(text, LAYERED)
