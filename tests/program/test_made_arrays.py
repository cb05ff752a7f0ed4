"""Arrays that a library makes: what shape they have, and which numbers."""

import pytest
from small_programs import TORCH, read_last

from tutor.expression.plain import write_plain
from tutor.program.made_arrays import MADE_ARRAYS
from tutor.program.read_program import read_program

MADE = {
    "torch.eye(3)[y] * x": "hadamard(y_onehot, x)", "F.one_hot(y, num_classes=3) * x": "hadamard(y_onehot, x)",
    "torch.full((2, 3), 4.) * x": "4*x", "torch.tril(x @ x.T)": "hadamard(causal_mask(2), matmul(x, transpose(x)))",
    "x * torch.linspace(1, 2, 3)[0]": "x*1", "x[torch.arange(2), y]": "row_sums(hadamard(x, y_onehot))",
}  # fmt: skip


def test_arrays_that_are_made_are_read():
    found = {text: read_last(text, TORCH, "x, y" if "y" in text.replace("eye", "") else "x", x=(2, 3), y=(2,)) for text in MADE}
    assert found == MADE
    assert all(parameters for parameters, _ in MADE_ARRAYS.values())


CAUSAL = """import numpy as np
def attend(S, V):
    T = S.shape[0]
    {change}
    A = np.exp(S) / np.exp(S).sum(axis=-1, keepdims=True)
    return A @ V
"""


@pytest.mark.parametrize("size", [3, "T"])
def test_a_causal_mask_is_read_however_it_is_made(size):
    for change in ("S = np.where(np.tril(np.ones((T, T))) == 1, S, -1e9)", "S[np.triu_indices(T, 1)] = -1e9",
                   "S[np.triu(np.ones((T, T)), k=1).astype(bool)] = -np.inf",
                   "S = np.where(np.triu(np.ones((T, T)), 1) > 0, -np.inf, S)"):  # fmt: skip
        found = read_program(CAUSAL.replace("{change}", change), "a.py", "attend", {"S": (size, size), "V": (size, 2)})
        texts = [write_plain(step.expr) for step in found.layered.graph.steps]
        assert any("causal_mask" in text for text in texts)
        assert not any("if_positive" in text for text in texts), change  # a mask has no kink
