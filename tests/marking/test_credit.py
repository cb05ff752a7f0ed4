"""Shares of marks: exact, and the mark scheme's."""

from fractions import Fraction

from mark_one import NEURON, answers, marker

from tutor.answer.handed_in import Submission


def test_a_scheme_decides_the_shares():
    strict = NEURON + '[marking]\nmisconception = "0"\nfollow = "3/4"\nother_form = 0\n'
    found = answers(marker(strict, 'ask = "dL/dz"', 'ask = "dL/dw"').mark(Submission("s", {"dL/dz": "-0.0718851", "dL/dw": "-0.107828"})))
    assert [answer.marks for answer in found.values()] == [0, Fraction(3, 4)]
