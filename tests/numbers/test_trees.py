"""Steps as trees: only what is wanted, in its order, what is used twice once; a name may be defined again."""

import pytest

from tutor.errors import ValueProblem
from tutor.graph.build import from_steps
from tutor.numbers.trees import lower


def trees(steps, given, wanted):
    return lower(from_steps(steps).steps, given, wanted)


def test_only_what_is_wanted_is_lowered():
    found = trees(["d = x + y", "e = x*x", "f = d*z"], ["x", "y", "z"], ["f"])
    assert found.instructions == ((3, ("+", 0, 1)), (4, ("*", 3, 2)))
    assert found.wanted == (4,)


def test_a_given_value_may_be_wanted():
    assert trees(["d = x + y"], ["x", "y"], ["y", "d"]).wanted == (1, 2)


def test_small_powers_are_products_and_large_ones_are_not():
    def ops(text):
        return [tree[0] for _, tree in trees([text], ["x"], ["f"]).instructions]
    assert set(ops("f = x^4")) <= {"*", "square"}
    assert "pow" in ops("f = x^5")


def test_what_nothing_gives_is_named_with_what_to_do():
    with pytest.raises(ValueProblem, match="z has no value: nothing gives or computes it") as caught:
        trees(["f = x*z"], ["x"], ["f"])
    assert "add z to the given names" in str(caught.value)
    with pytest.raises(ValueProblem, match="and 2 more have no value"):
        trees(["f = " + " + ".join(f"x_{n}" for n in range(10))], [], ["f"])
