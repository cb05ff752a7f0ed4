"""A topic has its phrases in English, or those of a translation; it never changes."""

import pickle

import pytest

from tutor.explain.words.chart_words import ChartWords
from tutor.explain.words.marking_words import MarkingWords
from tutor.explain.words.topic import collect_phrases
from tutor.explain.words.wording import ENGLISH, list_english_phrases, make_translation


def test_a_wording_does_not_change_and_is_a_value():
    other = make_translation({**list_english_phrases(), "charts.START": "Beginn"})
    assert (other.charts.START, ENGLISH.charts.START, ChartWords().START) == ("Beginn", "start", "start")
    assert other != ENGLISH
    assert other.charts != ENGLISH.charts
    again = pickle.loads(pickle.dumps(other))
    assert (again, again.charts) == (other, other.charts)
    with pytest.raises(AttributeError):
        other.charts.START = "x"
    with pytest.raises(AttributeError, match="weather"):
        _ = other.weather


def test_tables_tuples_and_records_are_replaced():
    """The phrases of a table, of a tuple and of a record (a slip) stand where they stood; what is no phrase stays."""
    phrases = {where: where for where in collect_phrases({"marking": MarkingWords})}
    made = MarkingWords(phrases, name="marking")
    assert made.STUDENTS == ("marking.STUDENTS.0", "marking.STUDENTS.1")
    assert made.slip("neighbour").done == "marking.SLIPS.neighbour.done"
    assert (made.slip("neighbour").placed, made.slip("sign-lost").placed) == (False, True)
    assert made.ONLY_BECAUSE[1][0] == "marking.ONLY_BECAUSE.1.0"
    assert MarkingWords().STUDENTS[0] == "one student"


def test_a_phrase_that_a_language_lacks_stays_english():
    """A page is never lost for a word; `list_faults` says what is missing."""
    made = ChartWords({"charts.START": "Beginn"}, name="charts")
    assert (made.START, made.UPDATES) == ("Beginn", "number of updates")
