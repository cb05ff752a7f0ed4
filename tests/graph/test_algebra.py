"""The algebra of formulas: zeros and ones are left out, all else stands as it is written."""

import pytest

from tutor.expression.nodes import ONE, ZERO, Name, Neg, Number
from tutor.expression.plain import write_plain
from tutor.graph.algebra import Formulas

F, X, Y = Formulas(), Name("x"), Name("y")


@pytest.mark.parametrize(("found", "shown"), [
    (F.add([X, ZERO, Y]), "x + y"), (F.add([ZERO, X]), "x"), (F.add([]), "0"), (F.multiply([X, ONE, Y]), "x*y"),
    (F.multiply([X, ZERO]), "0"),
    (F.multiply([ONE]), "1"), (F.negate(Neg(X)), "x"), (F.negate(ZERO), "0"), (F.negate(X), "-x"), (F.divide(X, ONE), "x"),
    (F.divide(X, Y), "x/y"), (F.power(X, Number("2")), "x^2"), (F.call("exp", [X]), "exp(x)"), (F.number(Number("0.50")), "0.50"),
])  # fmt: skip
def test_what_comes_out(found, shown):
    assert write_plain(found) == shown
