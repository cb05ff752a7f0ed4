"""Several values where one is asked are refused; one value, however it is written, and a line of working are not."""

import pytest

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.several_values import LONGEST, refuse_several

SEVERAL = [  # the text, how many values, and the second one, under which the caret stands
    ("1, 2, 3", 3, "2"), ("1; 2; 3", 3, "2"), ("1\n2\n3", 3, "2"), ("1 2 3", 3, "2"), ("[1, 2, 3]", 3, "2"), ("(1,2,3)", 3, "2"),
    ("[1,2]", 2, "2"), ("1,2,3", 3, "2"), ("0,5 0,6", 2, "0,6"), ("0.1\n0.2\n", 2, "0.2"), ("1/2, 1/3", 2, "1/3"), ("1 & 2", 2, "2"),
    ("| 1 | 2 |", 2, "2"), ("x = 1, 2", 2, "2"), ("1e-3\n-2e-3", 2, "-2e-3"), ("0.1 und 0.2", 2, "0.2"), ("dL/dw5 ≈ 0.1\n0.2", 2, "0.2"),
    ("[-1,-1]", 2, "-1]"), ("[2, 2, 2]", 3, "2, 2]"), ("[[1,2],[3,4]]", 4, "2]"), ("[ [1, 2]; [3, -4] ]", 4, "2]"),
    ("z = [[1/2], [0.5]]", 2, "0.5"),
]  # fmt: skip
ONE = ["0.5", "0,5", "1,2", "1,234,567", "1 234 567", "12'345.5", "3 1/2", "1 - 2", "1 -2", "8.2 × 10^-2", "4\n4", "[0.5]", "(0.5)",
       "0.05*0.15\n0.3775", "i1*w1\n= 0.3775", "1 = 2 = 3", "w5", "", "  ", "max(1, 2)", "a, b", "[[1]]", "{1}/{2}", "((1)+(2))",
       "1 " * LONGEST]  # fmt: skip


@pytest.mark.parametrize(("text", "count", "second"), SEVERAL)
def test_several_are_refused(text, count, second):
    with pytest.raises(AnswerError, match=f"{count} values where one is asked") as told:
        refuse_several(text)
    shown, caret = told.value.spot.split("\n")
    assert shown[caret.index("^") :].startswith(second)
    assert "alone would be read" in told.value.hint


@pytest.mark.parametrize("text", ONE)
def test_one_is_not(text):
    refuse_several(text)
