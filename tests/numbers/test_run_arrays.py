"""Graphs over layers, run: exact where they can be, and what does not exist names its step."""

from fractions import Fraction

import pytest

from tutor.errors import ValueProblem
from tutor.expression.nodes import Number
from tutor.graph.entries import Array
from tutor.graph.layered import from_layers
from tutor.numbers.run_arrays import Numbers, run_layers


def test_numbers():
    numbers = Numbers()
    assert numbers.number(Number("0.05")) == Fraction(1, 20)
    assert numbers.add([Fraction(1), Fraction(2), Fraction(3)]) == 6
    assert numbers.multiply([Fraction(1, 2), Fraction(2, 3)]) == Fraction(1, 3)
    assert numbers.divide(Fraction(1), Fraction(3)) == Fraction(1, 3)
    assert numbers.power(Fraction(2), Fraction(3)) == 8
    assert numbers.negate(Fraction(2)) == -2
    assert numbers.call("max", [Fraction(1), Fraction(2)]) == 2


def test_a_value_that_does_not_exist_names_its_step():
    layered = from_layers(["a = log(x)", "L = sum(a)"], {"x": (2,)})
    with pytest.raises(ValueProblem, match="step a: the logarithm of zero"):
        run_layers(layered.graph.steps, {"x": Array((2,), (Fraction(1), Fraction(0)))})
