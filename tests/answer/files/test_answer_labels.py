"""Which question a line answers, and what a line is that answers none."""

import pytest

from tutor.answer.files.answer_labels import (
    AnswerLabel,
    has_value_at_end,
    is_prose,
    is_remark,
    label_of,
    row_labels,
    sort_of,
    split_pairs,
)
from tutor.answer.read.ids import Ids

IDS = Ids.make(["L", "dL/dw5", "q 1"])
LINES = [  # line, question, the rest
    ("L: 0.3", "L", "0.3"), ("L = 0.3 = 1", "L", "0.3 = 1"), ("L := 0.3", "L", "0.3"), ("L ≈ 0.3", "L", "0.3"), ("L\t0.3", "L", "0.3"),
    ("L;0,3", "L", "0,3"), ("L   0.3", "L", "0.3"), ("L | 0.3", "L", "0.3"), ("L is 0.3", "L", "0.3"), ("L -> -0.3", "L", "-0.3"),
    ("L 0.3", "L", "0.3"), ("L, 0.3", "L", "0.3"), ("- L: 0.3", "L", "0.3"), ("12. L = 0.3", "L", "0.3"), ("- [x] L: 0.3", "L", "0.3"),
    ("**L** = 0.3", "L", "0.3"), ("**L = 0.3**", "L", "0.3"), ("**L:** 0.3", "L", "0.3"), ("`L`: `0.3`", "L", "`0.3`"),
    ("$L = 0.3$", "L", "0.3"), ("$L$ = 0.3", "L", "0.3"), ("$$L = 0.3$$", "L", "0.3"), ("Question 3: L = 0.3", "L", "0.3"),
    ("dL/dw5 &= 0.3 \\\\", "dL/dw5", "0.3"),
    ("q 1: a b", "q 1", "a b"), ("dL/dw5 = a*b + c", "dL/dw5", "a*b + c"), ("L\t0.5*x\t0.3", "L", "0.5*x = 0.3"),
    ("dL/dw5 <- 3", "dL/dw5", "3"), ("L => 0.3", "L", "0.3"), ("L ==> a = 0.3", "L", "a = 0.3"), ("L......0.3", "L", "0.3"),
    ("\\item L = 0.3", "L", "0.3"), ("\\item[a] $L = 0.3$", "L", "0.3"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "question", "rest"), LINES)
def test_a_line_that_begins_with_an_asked_quantity_answers_it(line, question, rest):
    found = label_of(line, IDS)
    assert found is not None
    assert (found.question, found.rest) == (question, rest)


@pytest.mark.parametrize("line", ["L", "M = 3", "the loss is high", "L is what we want", "0.3", "x L = 3", "", "L  is the loss of it all"])
def test_other_lines_answer_nothing(line):
    assert label_of(line, IDS) is None


PAIRED = [  # line, its parts
    ("L = 0.3, dL/dw5 = 1", ("L = 0.3", "dL/dw5 = 1")), ("L=0,3;dL/dw5=1,5", ("L=0,3", "dL/dw5=1,5")),
    ("L = 0.3        dL/dw5  =  1", ("L = 0.3", "dL/dw5  =  1")), ("L: 0.3; dL/dw5: 1;", ("L: 0.3", "dL/dw5: 1")),
    ("L = 0.3 and dL/dw5 = 1", ("L = 0.3", "dL/dw5 = 1")), ("L   0.3     dL/dw5   1", ("L\t0.3", "dL/dw5\t1")),
    ("L\t0.3\tdL/dw5\t1", ("L\t0.3", "dL/dw5\t1")),
    ("L = 1 - 0.7 = 0.3   dL/dw5 = 1", ("L = 1 - 0.7 = 0.3", "dL/dw5 = 1")),
    # lines of working, and one answer
    ("L = 0.3 = dL/dw5", ()), ("L = a, dL/dw5 = 1", ()), ("L = 0.3, L = 0.4", ()), ("L = 0.3, M = 0.4", ()),
    ("L = 0.3", ()), ("L; 0.3", ()),
    ("L = [1, 2]", ()), ("", ()), ("L = 0.3, so it is", ()),
]  # fmt: skip


@pytest.mark.parametrize(("line", "parts"), PAIRED)
def test_a_line_may_answer_several_questions(line, parts):
    assert split_pairs(line, IDS) == parts


REMARKS = [("Anna", True), ("- Anna", True), ("L", False), ("0.3", False), ("anna", False), ("Bemerkung: x", True)]


@pytest.mark.parametrize(("line", "remark"), REMARKS)
def test_what_is_a_remark(line, remark):
    assert is_remark(line, IDS) is remark


ROWS = [  # cells, head, what they answer
    (("L", "0.3"), (), [("L", "0.3")]),
    (("1", "L", "0.3"), (), [("L", "0.3")]),
    (("L", "0.5*x", "0.3"), (), [("L", "0.5*x = 0.3")]),
    (("L", "0.5*x", "0.3"), ("quantity", "working", "value"), [("L", "0.3")]),
    (("L", "0.3", "dL/dw5", "1"), (), [("L", "0.3"), ("dL/dw5", "1")]),
    (("L", ""), (), [("L", "")]),
    (("x", "0.3"), (), []),
]


@pytest.mark.parametrize(("cells", "head", "labels"), ROWS)
def test_a_row_answers(cells, head, labels):
    assert list(row_labels(cells, head, IDS)) == [AnswerLabel(*label) for label in labels]


SORTS = [
    ("Page 3", "nothing"), ("—", "nothing"), ("Datum: 12.11.2026", "nothing"), ("see above", "note"), ("My answers:", "note"),
    ("0.3", "answer"),
    ("x + y", "answer"), ("I got 0.3 for it", "answer"), ("\\frac{a}{b}", "answer"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "sort"), SORTS)
def test_what_a_line_is_that_answers_nothing(line, sort):
    assert sort_of(line, IDS) == sort


def test_words_and_values():
    assert is_prose("this follows from the chain rule")
    assert not is_prose("out_o1*(1 - out_o1)")
    assert [has_value_at_end(text) for text in ("a = 0.5", "a*b", "3", "a = b")] == [True, False, True, False]
