"""The words of functions: every function has all of them in every language, and no function is named that is not there."""

import pytest

from tutor.explain.words.function_words import PARTS, list_function_phrases, phrases_of
from tutor.explain.words.languages import LANGUAGES
from tutor.explain.words.wording import list_english_phrases
from tutor.rules.functions import FUNCTIONS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_has_its_words(language):
    for part in ("forward", "local", "subject"):
        assert set(phrases_of(part, language)) == set(FUNCTIONS)
    for part in ("kink", "title"):
        assert set(phrases_of(part, language)) == set(phrases_of(part)) <= set(FUNCTIONS)
    assert {row.convention for row in FUNCTIONS.values() if row.convention} == set(phrases_of("kink", language))


def test_they_stand_where_pages_look_for_them():
    assert {where for where, _ in list_function_phrases("de")} <= set(list_english_phrases())
    assert {where.rpartition(".")[0] for where, _ in list_function_phrases("en")} == set(PARTS.values())
