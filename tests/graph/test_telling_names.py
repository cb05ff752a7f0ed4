"""Names that say what a quantity is: the same for pictures, for what is trained, and for the shapes of what is typed."""

import pytest

from tutor.graph.telling_names import tell_kind


@pytest.mark.parametrize("name", ["w", "w5", "w_1_2", "W", "W_h", "Wx", "theta", "theta_0", "weights", "param1"])
def test_weights(name):
    assert tell_kind(name) == "weight"


@pytest.mark.parametrize("name", ["b", "b1", "b_out", "B", "bx", "bias", "bias_1", "biases"])
def test_biases(name):
    assert tell_kind(name) == "bias"


@pytest.mark.parametrize("name", ["x", "beta", "batch", "wide", "out_w", "y", "target"])
def test_names_that_say_nothing(name):
    assert tell_kind(name) == ""
