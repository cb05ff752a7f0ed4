"""The words of charts: every function that can be drawn has a title, here or among the rules."""

from tutor.explain.words.chart_words import ChartWords
from tutor.explain.words.rules import RuleWords
from tutor.rules.functions import FUNCTIONS

DRAWABLE = {row.name for row in FUNCTIONS.values() if row.role != "loss" and 1 <= len(row.params) <= 2}


def test_every_function_with_a_chart_has_its_title():
    assert DRAWABLE - set(ChartWords.TITLES) - set(RuleWords.FORWARD) == set()


def test_no_title_stands_twice():
    assert [name for name, title in ChartWords.TITLES.items() if name not in DRAWABLE or RuleWords.FORWARD.get(name) == title] == []
