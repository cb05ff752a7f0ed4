"""Factors, exchanged digits and other quantities: told where the digits carry it, and seldom of any number."""

import random

from tutor.exercise.load import load
from tutor.marking.answer_forms import as_given
from tutor.marking.mark_sheet import Sheet
from tutor.marking.page_factors import explain_changed, find_common_factor, list_exchanged, list_factors
from tutor.numbers.arithmetic import as_real


def give(text):
    return as_given(as_real(float(text)), text)


def test_digits_are_exchanged_as_they_are_written():
    assert {round(value, 6) for value in list_exchanged(0.0718851, give("0.0178"))} == {0.0179, 0.0791, 0.0178, 0.0781}


def test_arbitrary_figures_are_seldom_explained():
    """Of three hundred wrong figures of three digits few are said to be something: chance must not look like a slip."""
    sheet, chance = Sheet(load("neuron/two-two-two")), random.Random(5)
    target = "dL/dw5"
    right = float(sheet.numbers.env[target][0])
    found = 0
    for _ in range(300):
        given = give(f"{right * 10 ** chance.uniform(-1, 1):.3g}")
        found += bool(explain_changed(sheet, target, given, [sheet.numbers], [2, 3]))
    assert found <= 9


def test_an_array_is_off_by_one_factor():
    given = [give(text) for text in ("0.58", "1.20", "-3.1")]
    assert [way[0].tag for way in find_common_factor(given, [0.29, 0.6, -1.55], [3], "Z")] == ["twice-too-large"]
    assert find_common_factor(given, [0.29, 0.6, -1.45], [3], "Z") == ()
    assert find_common_factor(given[:1], [0.29], [3], "Z") == ()  # one entry says too little
    assert len({factor.value for factor in list_factors([2, 3, 4])}) == len(list_factors([2, 3, 4]))
