"""Slips found in arrays: formulas that are right after one change, and what is told of several."""

from tutor.expression.nodes import Call, Mul, Name
from tutor.expression.plain import write_plain
from tutor.marking.array_diagnose import MOST_TOLD, keep_told, repairs
from tutor.marking.marked import Slip


def test_one_change_at_a_time():
    formula = Mul((Call("transpose", (Name("W"),)), Name("d")))
    found = [(tag, write_plain(other)) for tag, other in repairs(formula)]
    assert ("transpose-too-many", "W*d") in found
    assert ("product-order", "d*transpose(W)") in found
    assert ("transpose-forgotten", "transpose(W)*transpose(d)") in found


def test_the_indices_of_an_entry_are_exchanged():
    entry = Call("at", (Name("W"), Name("j"), Name("v")))
    assert [write_plain(other) for _, other in repairs(entry)] == ["at(W, v, j)"]


def test_every_tag_is_told_once_and_too_many_are_none():
    assert keep_told([Slip("a", "x"), Slip("a", "y"), Slip("b", "x")]) == ((Slip("a", "x"),), (Slip("b", "x"),))
    assert keep_told([Slip(str(number), "x") for number in range(MOST_TOLD + 1)]) == ()
