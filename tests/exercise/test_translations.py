"""What an exercise says in other languages: the catalogue complete in German, faults with their places, each page, and the docs."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from chosen_exercises import WIDE, load_once

import tutor
from tutor.answer.handed_in import Submission
from tutor.errors import Problems
from tutor.exercise.catalogue import FOLDER, entries
from tutor.exercise.load import Written, from_text, load
from tutor.exercise.translations import list_texts
from tutor.explain.practice_page import write_question
from tutor.explain.words.languages import find_wording
from tutor.marking.work import marker
from tutor.notation.profile import Notation
from tutor.practice.session import Event, Settings, start, step
from tutor.render.terminal.terminal_page import write_plain_page
from tutor.results.feedback import reports

DOCS = (Path(__file__).parent.parent.parent / "docs" / "translations.md").read_text("utf-8")
[EXAMPLE] = re.findall(r"```toml\n(.*?)```", DOCS, re.DOTALL)
TRANSLATED = ("de",)


@cache
def list_pairs(ident):
    """Each text of a file with its German one."""
    raw = tomllib.loads((FOLDER / f"{ident}.toml").read_text("utf-8"), parse_float=Written)
    said = load_once(ident).translations["de"]
    return [(text, said.get(text)) for text in dict.fromkeys([raw["title"], *raw.get("notes", []), *list_texts(raw)])]


def list_kept(text):
    """What a translation keeps: maths, and figures."""
    return sorted(re.findall(r"\$[^$]*\$", text)), sorted(re.findall(r"\d+(?:\.\d+)?", re.sub(r"\$[^$]*\$", "", text)))


@WIDE
def test_every_text_is_there_in_german_with_its_mathematics_and_figures(idents):
    pairs = [(ident, text, said) for ident in idents for text, said in list_pairs(ident)]
    assert [(ident, text) for ident, text, said in pairs if not said] == []
    assert [(ident, said) for ident, text, said in pairs if list_kept(text) != list_kept(said)] == []
    assert {text for _, text, said in pairs if text == said} == {"Adagrad", "Adam", "RMSprop"}


def test_the_example_of_the_docs_is_german_on_every_page():
    exercise = from_text(EXAMPLE, "neuron")
    page = " ".join(tutor.solve(exercise, words="de").to_text(100).split())
    for said in ("Ein Neuron", "Das Gewicht w₁ ist von uns gewählt.", "Es fehlt der Faktor 2."):
        assert said in page, said
    sheet = tutor.sheet([exercise], words="de", solutions="end").to_text(100)
    for said in ("Ein Neuron", "Mit den gegebenen Zahlen.", "er wächst", "Was macht der Verlust?", "b) er fällt"):
        assert said in sheet, said
    report = reports(marker(EXAMPLE, "neuron", 0), words="de")
    assert report(marker(EXAMPLE, "neuron", 0).mark(Submission("anna", {"way": "b"}))).title == "Ein Neuron"
    for text in (page, sheet):
        for mine in (*exercise.notes, "it grows", "the factor 2", "With the given"):
            assert mine not in text


def test_without_a_translation_it_stays_as_it_is():
    exercise = from_text(EXAMPLE, "neuron")
    assert "One neuron" in tutor.solve(exercise).to_text()
    assert exercise.say("One neuron", "fr") == "One neuron"
    assert exercise.say_questions("fr") == exercise.questions
    bare = from_text(EXAMPLE.partition("[de]")[0], "neuron")
    assert "One neuron" in tutor.solve(bare, words="de").to_text()


@pytest.mark.parametrize("answer", ["b", "it falls", "er fällt", "Er fällt."])
def test_an_option_is_an_answer_in_every_language(answer):
    assert marker(EXAMPLE, "neuron", 0).judge("way", answer)[0].verdict == "correct"


def test_the_list_of_exercises_has_titles_in_german():
    found = {entry.id: entry for entry in entries()}
    assert found["neuron/two-two-two"].say_title("de") == "Ein 2-2-2-Netz lernt"
    assert found["neuron/two-two-two"].say_title("en") == found["neuron/two-two-two"].say_title("fr") == "A 2-2-2 network learns"


FAULTS = [  # what is changed, where it is said, what is said
    ('title = "Ein Neuron"', "title = 3", "de.title", "title is a text"),
    ('title = "Ein Neuron"', 'title = " "', "de.title", "a text belongs here"),
    ('title = "Ein Neuron"', 'titel = "Ein Neuron"', "de.titel", "there is no setting titel"),
    (', "Die Vorlesung gibt keine Zahlen an."]', "]", "de.notes", "1 of 2 notes are translated"),
    ('"Die Vorlesung gibt keine Zahlen an."]', "3]", "de.notes[2]", "a text belongs here"),
    ('"it falls" = ', '"it fals" = ', "de.texts", "no erratum and no question says it fals"),
    ('"it falls" = "er fällt"', '"it falls" = 1', "de.texts.it falls", "a text belongs here"),
    ('title = "One neuron"', 'title = "One neuron"\nlanguage = "de"', "de", "the exercise itself is in de"),
    ("[de]", "[deu]", "deu", "there is no setting deu"),
]


@pytest.mark.parametrize(("old", "new", "where", "what"), FAULTS)
def test_faults_are_told_with_their_places(old, new, where, what):
    assert old in EXAMPLE
    text = EXAMPLE.replace(old, new).replace("[de.texts]", "[deu.texts]" if new == "[deu]" else "[de.texts]")
    with pytest.raises(Problems) as caught:
        from_text(text, "neuron")
    assert any(problem.where == where and what in str(problem) for problem in caught.value.problems), [
        (problem.where, str(problem)) for problem in caught.value.problems
    ]


def test_practice_asks_in_german():
    there, _ = step(start(load("dl/add-multiply"), Settings(layer=True)), Event("go", "direction"))
    text = write_plain_page(write_question(there, find_wording("de")), Notation(), 80)
    assert "y wächst ein wenig. Was macht f?" in text
    assert "es fällt" in text
