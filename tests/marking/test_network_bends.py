"""The slips of recurrent networks, attention, normalisation and convolution: what stands in place of the right formula."""

import pytest

from tutor.derive.backward import derive
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers
from tutor.marking import network_bends as bends
from tutor.marking.array_bends import LayerStep, bend_parts, slope_forgotten

NETWORKS = {
    "recurrent": (
        ["z1 = U x1 + W h0", "h1 = tanh(z1)", "z2 = U x2 + W h1", "h2 = tanh(z2)", "L = sum((h2 - y)^2) + sum((h1 - y)^2)"],
        {"U": (2, 3), "W": (2, 2), "x1": (3,), "x2": (3,), "h0": (2,), "y": (2,)},
    ),
    "norm": (["m = mean(X, axis=0)", "C = X - m", "L = sum(C^3)"], {"X": (4, 2)}),
    "gate": (["z = W x", "i = sigmoid(z)", "c = i ⊙ g", "L = sum(c^2)"], {"W": (2, 3), "x": (3,), "g": (2,)}),
    "attention": (
        ["S = Q @ K^T", "A = S + M", "P = softmax(A, axis=1)", "L = sum(P ⊙ Y)"],
        {"Q": (2, 3), "K": (4, 3), "M": (2, 4), "Y": (2, 4)},
    ),
    "masked": (["P = attention(Q, K, V, mask=M)", "L = sum(P ⊙ Y)"],
               {"Q": (2, 3), "K": (4, 3), "V": (4, 2), "M": (2, 4), "Y": (2, 2)}),
    "convolution": (["Z = correlate(X, K)", "L = sum(Z^2)"], {"X": (4, 4), "K": (2, 2)}),
}
ROWS = [
    ("norm", bends.bend_mean_path, "dL/dX", ["dL/dC"]),
    ("gate", bend_parts(bends.bend_gate_slope), "dL/dz", ["dL/di"]),
    ("gate", bend_parts(slope_forgotten), "dL/dz", []),
    ("recurrent", bend_parts(bends.bend_gate_slope), "dL/dz2", []),
    ("attention", bend_parts(bends.bend_softmax_diagonal), "dL/dA", ["hadamard(hadamard(dL/dP, P), fill(1, 2, 4) - P)"]),
    ("attention", bend_parts(bends.bend_late_mask), "P", ["hadamard(softmax_rows(S), exp(M))"]),
    ("masked", bend_parts(bends.bend_late_mask), "A", ["hadamard(softmax_rows(S), M)"]),
    ("masked", bend_parts(bends.bend_softmax_diagonal), "dL/dS", ["hadamard(hadamard(dL/dA, A), fill(1, 2, 4) - A)"]),
    ("convolution", bend_parts(bends.bend_kernel), "Z", ["convolve(X, K)"]),
]


@pytest.mark.parametrize(("network", "find", "target", "wrong"), ROWS)
def test_a_step_is_bent(network, find, target, wrong):
    layered = from_layers(*NETWORKS[network])
    steps = {step.target: step for step in (*layered.graph.steps, *derive(layered.graph).backward)}
    found = [write_plain(expr) for expr in find(LayerStep(steps[target], layered.shapes, layered))]
    assert sorted(found) == sorted(wrong)
