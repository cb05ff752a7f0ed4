"""Arithmetic over arrays as instructions: the same one once, numbers that are known worked out, nothing that overflows."""

from fractions import Fraction

import numpy as np

from tutor.graph.layered import from_layers
from tutor.numbers.array_algebra import ArrayAlgebra
from tutor.numbers.compiled import compile_gradients


def test_the_same_is_written_once_and_numbers_are_worked_out():
    algebra = ArrayAlgebra({"x": (3,)}, frozenset(), 0)
    x, one = algebra.env["x"], algebra.constant("1")
    assert algebra.make("add", x, one) == algebra.make("add", x, one)
    assert len(algebra.code) == 3
    assert algebra.value_of(algebra.fraction(Fraction(-1, 2))) == Fraction(-1, 2)
    assert algebra.value_of(x) is None


def test_a_softmax_of_large_scores_of_single_numbers_overflows_nothing():
    layered = from_layers(["p = softmax_1(a, b)", "L = p^2"], {})
    with np.errstate(over="raise", invalid="raise"):
        assert compile_gradients(layered).one([1000.0, 0.0]) == (1.0, 0.0, 0.0)
