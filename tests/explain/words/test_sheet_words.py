"""The words of problem sheets: a phrase for each kind and form of a question."""

from typing import get_args

import pytest

from tutor.exercise.question import Form, Kind, Question, Tolerance
from tutor.explain.words.page_words import PageWords
from tutor.explain.words.sheet_words import SheetWords

SAY = SheetWords()


def test_every_kind_and_form_has_its_phrase():
    assert set(SAY.ASKS) == set(get_args(Kind))
    assert set(SAY.FORMS) == {*get_args(Form)} - {"any"}
    assert set(SAY.COUNT) == set(PageWords.COUNTED)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question("w", "w"), []),
        (Question("w", "w", tolerance=Tolerance(digits=4)), ["4 significant digits or more."]),
        (Question("w", "w", "column", tolerance=Tolerance(decimals=2)), ["2 decimals or more."]),
        (Question("w", "w", "expression", form="inputs"), ["In given quantities only."]),
        (Question("w", "w", form="decimal", tolerance=Tolerance(decimals=1)), ["As a decimal.", "1 decimal or more."]),
    ],
)
def test_how_an_answer_is_written(question, said):
    assert SAY.say_form(question, 2) == said
