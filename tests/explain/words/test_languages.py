"""Each language that comes with tutor is complete, and is chosen by its code."""

import re
from pathlib import Path

import pytest
from words_of_pages import LETTERS, MATHEMATICS

import tutor
from tutor.errors import TutorError
from tutor.explain.words import languages
from tutor.explain.words.languages import LANGUAGES, find_wording, read_phrases, require_wording
from tutor.explain.words.wording import ENGLISH, SENTENCES, TOPICS, list_english_phrases, list_faults, make_translation

OTHERS = [code for code in LANGUAGES if code != "en"]
FOLDER = Path(languages.__file__).parent
ALIKE = {
    "de": {"ELU", "Adagrad", "RMSprop", "Adam", "Start", "Update", "Errata", "Erratum", "linear", "Name", "Graph", "tutor", "Form", "SELU",
           "Notebook", "GELU",
           "SiLU (Swish)", "Mish", "{each}, in {call}", "{what}: {both}, in {text}"},
}
"""What a language writes as English does, besides mathematics."""
ADDRESS = re.compile(r"\b(du|dir|dich|dein\w*|euch|euer\w*)\b")


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_is_complete(code):
    """No phrase is missing, none is left over, and each has the places of the English one."""
    assert list_faults(read_phrases(code)) == ()
    assert {path.stem for path in (FOLDER / code).iterdir()} == set(TOPICS)


@pytest.mark.parametrize("code", OTHERS)
def test_every_phrase_is_translated(code):
    same = {phrase for where, phrase in read_phrases(code).items() if phrase == find_english(where)}
    assert {phrase for phrase in same if any(map(is_word, LETTERS.findall(re.sub(r"\{.*?\}", "", phrase))))} == ALIKE[code]


def find_english(where):
    """The English phrase that a phrase of a translation says."""
    return where.removeprefix(SENTENCES) if where.startswith(SENTENCES) else list_english_phrases()[where]


def is_word(letters):
    """Whether letters are a word of a language, not a quantity or a function."""
    return len(letters) > 1 and letters not in MATHEMATICS


@pytest.mark.parametrize("code", OTHERS)
def test_nobody_reads_a_comma_as_a_decimal_point(code):
    """Numbers have points in every language, and large counts no commas."""
    assert [phrase for phrase in read_phrases(code).values() if re.search(r"\d,\d|\{[^{}]*:,", phrase)] == []
    assert "," not in find_wording(code).rules.grammar.write_count(1_234_567)


def test_german_says_sie_and_begins_and_ends_as_english_does():
    """The blanks at the ends of a phrase join it to what stands beside it; a full stop ends a sentence in both."""
    german = read_phrases("de")
    assert [phrase for phrase in german.values() if ADDRESS.search(phrase)] == []
    ends = {where for where, phrase in german.items() if phrase[-1:] in (".", " ", ":") or find_english(where)[-1:] in (".", " ", ":")}
    assert {where for where in ends if german[where][-1] != find_english(where)[-1]} == ABBREVIATED
    begins = {where for where, phrase in german.items() if (phrase[:1] in " ;") != (find_english(where)[:1] in " ;")}
    assert begins == {"marking.IN_STEP", *WITH_COMMA}


ABBREVIATED = {"listings.AGREEMENTS.truncated", "marking.VERDICTS.unreadable.head"}
WITH_COMMA = {"proofs.FOR_ALL", "proofs.FOR_OTHERS.0", "proofs.FOR_OTHERS.1", "proofs.ALONG"}


@pytest.mark.parametrize(
    ("words", "own", "language"),
    [("de", "", "de"), ("en", "de", "en"), (None, "", "en"), (None, "de", "de"), (ENGLISH, "de", "en"), (find_wording("de"), "", "de")],
    ids=["code", "code over file", "nothing", "file", "catalogue over file", "catalogue"],
)
def test_a_language_is_chosen(words, own, language):
    assert require_wording(words, own).language == language


@pytest.mark.parametrize("ask", [
    lambda code: tutor.solve("x^2", words=code), lambda code: tutor.train("qmul/linear-neuron", words=code),
    lambda code: tutor.mark("dl/bce", {}, words=code),
], ids=["solve", "train", "mark"])  # fmt: skip
@pytest.mark.parametrize("code", ["fr", "", "DE", "../de", "\x1b[31m"])
def test_an_unknown_language_is_refused_with_those_that_are_known(ask, code):
    with pytest.raises(TutorError, match="there is no language") as told:
        ask(code)
    assert "en (English), de (Deutsch)" in str(told.value)
    assert "\x1b" not in str(told.value)


@pytest.mark.parametrize("words", [{"rules.X": "y"}, 1, b"de"])
def test_what_is_no_language_is_refused(words):
    with pytest.raises(TutorError, match="words is a language or a catalogue of phrases"):
        tutor.solve("x^2", words=words)


def test_a_language_is_read_only_when_it_is_asked_for(monkeypatch):
    def refuse(code):
        raise AssertionError(code)

    monkeypatch.setattr(languages, "read_phrases", refuse)
    find_wording.cache_clear()
    assert tutor.solve("x^2").words is ENGLISH
    with pytest.raises(AssertionError, match="de"):
        tutor.solve("x^2", words="de")


def test_a_made_up_catalogue_has_the_language_of_its_grammar():
    own = make_translation(list_english_phrases(), LANGUAGES["de"].grammar)
    assert (own.language, make_translation(list_english_phrases()).language) == ("de", "en")
