"""Arrays at given values: against a backward pass by hand, and what follows from somebody's own arrays."""

import numpy as np
import pytest
from programs_made import GIVEN, LAYERS, SIZES, run_backward

from tutor.errors import ValueProblem
from tutor.graph.layered import from_layers, put_sizes
from tutor.marking.array_world import ArrayWorld

WORLD = ArrayWorld(put_sizes(LAYERS, SIZES, named=False), GIVEN, SIZES, LAYERS)


def test_every_gradient_is_that_of_numpy():
    for name, array in run_backward().items():
        assert np.allclose(WORLD.array(f"dL/{name}"), array, rtol=1e-13, atol=0), name


def test_what_follows_from_own_arrays_is_computed_from_them():
    own = run_backward(mask="none")
    world = WORLD.put({"dL/dZ1": own["dZ1"]})
    assert np.allclose(world.array("dL/dW1"), own["dW1"], rtol=1e-13)
    assert np.array_equal(world.array("dL/dW2"), WORLD.array("dL/dW2"))
    assert "dL/dZ2" in WORLD.list_sources("dL/dW1")
    assert WORLD.list_letters("dL/dW2") == {"N": 5, "K": 6, "C": 3}  # what is divided by, and its own shape


def test_paths_are_those_of_the_sum():
    forked = from_layers(["h = W x", "z = U h", "L = sum(z^2) + sum(h^3)"], {"W": (2, 2), "U": (2, 2), "x": (2,)})
    world = ArrayWorld(forked, {"W": GIVEN["X"][:2, :2], "U": GIVEN["X"][2:4, :2], "x": GIVEN["b2"][:2]})
    paths = world.list_paths("dL/dh")
    assert np.allclose(sum(paths.values()), world.array("dL/dh")) or not paths
    with pytest.raises(ValueProblem, match="2×2"):
        ArrayWorld(forked, {"W": GIVEN["X"], "U": GIVEN["X"], "x": GIVEN["b2"]})
