"""The size of an array program: what counts as an operation on single numbers."""

from tutor.expression.parse import parse
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.graph.nouns import Step
from tutor.numbers.array_program import lower_arrays


def test_a_size_counts_operations_on_single_numbers():
    step = Step("f", parse("matmul(W, x) + b", functions=LAYER_FUNCTIONS), "")
    made = lower_arrays([step], {"W": (2, 3), "x": (3,), "b": (2,)}, ["f"])
    assert made.size == 2 * 2 * 3 + 2  # six products and sums, and two sums more
