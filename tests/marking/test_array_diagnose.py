"""Slips found in arrays: formulas that are right after one change."""

from tutor.expression.nodes import Call, Mul, Name
from tutor.expression.plain import write_plain
from tutor.marking.array_diagnose import repairs


def test_one_change_at_a_time():
    formula = Mul((Call("transpose", (Name("W"),)), Name("d")))
    found = [(tag, write_plain(other)) for tag, other in repairs(formula)]
    assert ("transpose-too-many", "W*d") in found
    assert ("product-order", "d*transpose(W)") in found
    assert ("transpose-forgotten", "transpose(W)*transpose(d)") in found


def test_the_indices_of_an_entry_are_exchanged():
    entry = Call("at", (Name("W"), Name("j"), Name("v")))
    assert [write_plain(other) for _, other in repairs(entry)] == ["at(W, v, j)"]
