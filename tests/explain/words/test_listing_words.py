"""The words of lists in the terminal: how a question is answered, and how many there are."""

from typing import get_args

import pytest

from tutor.exercise.question import Kind, Question, Tolerance
from tutor.explain.words.listing_words import ListingWords

HOW = [
    (Question("a", "a", "number", ("a",)), "a number of 2 digits or more"),
    (Question("a", "a", "number", ("a",), tolerance=Tolerance(decimals=3)), "a number to 3 decimals or more"),
    (Question("a", "a", "expression", ("a",), form="inputs"), "a formula, in given quantities only"),
    (Question("a", "a", "vector", ("a", "b", "c")), "3 entries: [a, b, …]"),
    (Question("a", "a", "matrix", ("a", "b"), shape=(2, 1)), "2×1 entries: [[a, b], …]"),
]


@pytest.mark.parametrize(("question", "said"), HOW)
def test_how_a_question_is_answered(question, said):
    assert ListingWords().say_how(question) == said


def test_every_kind_has_its_words():
    assert set(ListingWords.HOW) == set(get_args(Kind))


@pytest.mark.parametrize(("count", "marks", "said"), [(1, "1", "1 question, 1 mark"), (2, "1/2", "2 questions, 1/2 marks")])
def test_how_many_there_are(count, marks, said):
    assert ListingWords().count_questions(count, marks) == said
