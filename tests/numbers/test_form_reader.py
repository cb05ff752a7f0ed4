"""Index forms read: what a mask takes out counts for nothing, however large; what is the same for all sets has none of their values."""

import numpy as np

from tutor.graph.layered import from_layers
from tutor.numbers.compiled import compile_gradients

MASKED = from_layers(["A = attention(Q, K, V, mask=M)", "L = sum(G ⊙ A)"], {
    "Q": (1, 1), "K": (2, 1), "V": (2, 1), "M": (1, 2), "G": (1, 1),
})  # fmt: skip


def test_what_a_mask_takes_out_counts_for_nothing():
    compiled = compile_gradients(MASKED, ["V_1_1", "V_2_1", "K_2_1"])
    given = {"Q_1_1": 1.0, "K_1_1": -900.0, "K_2_1": 900.0, "V_1_1": 3.0, "V_2_1": 5.0, "M_1_1": 1.0, "M_1_2": 0.0, "G_1_1": 2.0}
    values = np.array([given[name] for name in compiled.leaves])  # over many sets: neuron by neuron exp(900) is infinite
    with np.errstate(over="raise", invalid="raise"):
        assert compiled.many(np.stack([values, values], 1)).T.tolist() == [[6.0, 2.0, 0.0, 0.0]] * 2


def test_what_is_the_same_for_all_sets_is_spread_over_them():
    compiled = compile_gradients(from_layers(["P = add_positions(X)", "L = sum(P)"], {"X": (2, 3)}))
    assert np.allclose(compiled.many(np.zeros((6, 4)))[0], compiled.one([0.0] * 6)[0])
