"""The words of charts: every function that can be drawn has a title."""

from tutor.explain.words.chart_words import ChartWords
from tutor.rules.functions import FUNCTIONS

DRAWABLE = {row.name for row in FUNCTIONS.values() if row.role != "loss" and 1 <= len(row.params) <= 2}


def test_every_function_with_a_chart_has_its_title():
    assert set(ChartWords.TITLES) == DRAWABLE
