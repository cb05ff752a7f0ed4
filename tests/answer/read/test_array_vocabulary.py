"""Names of whole layers and their entries, in every notation."""

import pytest

from tutor.answer.read.array_vocabulary import array_vocabulary
from tutor.answer.read.reading import read
from tutor.exercise.load import load
from tutor.expression.plain import write_plain

READ = [
    ("qmul/network-deltas-layers", "δ²", "dE/dz2"), ("qmul/network-deltas-layers", r"\delta^{2}", "dE/dz2"),
    ("qmul/network-deltas-layers", "x²", "x2"), ("qmul/network-deltas-layers", "x⁰", "x"),
    ("qmul/network-deltas-layers", "w²ⱼᵥ", "at(W2, j, v)"), ("qmul/network-deltas-layers", r"w_{jv}^{2}", "at(W2, j, v)"),
    ("qmul/network-deltas-layers", r"w^2_{j,v}", "at(W2, j, v)"), ("qmul/network-deltas-layers", "W2_jv", "at(W2, j, v)"),
    ("qmul/network-deltas-layers", "∂E/∂w¹ᵢⱼ", "at(dE/dW1, i, j)"), ("qmul/network-deltas-layers", "dE/dW1_ij", "at(dE/dW1, i, j)"),
    ("qmul/network-deltas-layers", r"\frac{\partial E}{\partial w_{ij}^{1}}", "at(dE/dW1, i, j)"),
    ("qmul/network-deltas-layers", r"\delta _{j}^{1}", "at(dE/dz1, j)"),
    ("dl/index-network-layers", "w₀,ⱼ,ᵢ", "at(W0, j, i)"), ("dl/index-network-layers", "h_j", "at(h, j)"),
    ("dl/index-network-layers", "W1.T @ dL/ds1", "W1^T dL/ds1"),
    ("neuron/two-two-two", "W⁽²⁾ⱼᵥ", "at(W2, j, v)"), ("neuron/softmax-regression-batch", "np.outer(b, b)", "b b^T"),
    ("neuron/softmax-regression-batch", "N", "N"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "meant"), READ, ids=[row[1] for row in READ])
def test_a_name_is_read(name, text, meant):
    assert write_plain(read(text, array_vocabulary(load(name))), as_written=True) == meant
