"""German as users see it: every page without an English sentence left over, documents that compile, and every way to ask for it."""

from __future__ import annotations

import re
from functools import cache

import marked_class
import pytest
from some_now import some_now
from words_of_pages import LETTERS, PAGES, TYPED, nobody, solved, users_of

from tutor import mark, solve, train
from tutor.autograde import check_answer
from tutor.exercise.load import from_text
from tutor.explain.words.languages import find_wording, read_phrases
from tutor.explain.words.wording import SENTENCES, list_english_phrases
from tutor.results.feedback import Feedback, class_report
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import LAYERS

GERMAN = find_wording("de")


def words_of(phrases) -> set[str]:
    """The words of some phrases without their places and their code."""
    return {word.lower() for phrase in phrases for word in LETTERS.findall(re.sub(r"\{[^}]*\}|`[^`]*`", " ", phrase))}


@cache
def only_english() -> set[str]:
    """The words that stand in English phrases and in no German one; those of mathematics are in no language."""
    phrases = [phrase for where, phrase in read_phrases("de").items() if not where.startswith(SENTENCES)]  # those have pieces of code
    shared = words_of([*FUNCTIONS, *LAYERS, "else", "full", "ReLU"]) | words_of(phrases)
    return {word for word in words_of(list_english_phrases().values()) - shared if len(word) > 1}


def english_left(text: str, users: tuple[str, ...]) -> list[str]:
    """The English words of a page besides those of users, whose texts may be broken over lines there."""
    own = {word.lower() for user in users for word in LETTERS.findall(user)}
    return [word for word in LETTERS.findall(text) if word.lower() in only_english() - own]


@pytest.mark.parametrize("page", some_now(PAGES, 24))
def test_no_english_is_left_on_a_page(page):
    solution = solved(page, "de")
    assert english_left(solution.to_text(80), users_of(solution)) == []


@pytest.mark.parametrize("name", some_now(TYPED, 10))
def test_no_english_is_left_on_a_page_that_is_typed(name):
    solution = TYPED[name](ask=nobody, words="de")
    assert english_left(solution.to_text(60), users_of(solution)) == []


def test_english_would_be_seen():
    assert {"the", "of", "with", "chain", "rule", "pass"} <= only_english()
    solution = solve("neuron/two-two-two", ask=nobody)
    assert {"Forward", "chain", "rule", "weighted"} <= set(english_left(solution.to_text(80), users_of(solution)))


ARTICLES = {
    "scalar": lambda: solve("neuron/two-two-two", words="de", ask=nobody),
    "layer": lambda: solve("qmul/network-deltas", form="layer", words="de", ask=nobody),
    "train": lambda: train("neuron/two-two-two", optimiser="adam-slide", steps=3, words="de", ask=nobody),
    "class": lambda: class_report(marked_class.CLASS, title="Übungsblatt 3", questions=marked_class.QUESTIONS, words="de"),
}


@pytest.mark.parametrize("name", some_now(list(ARTICLES), 2))
def test_a_german_article_compiles_without_a_warning(pages, name):
    source = ARTICLES[name]().to_latex()
    assert "l@ngerman" in source
    assert pages(source) >= 1


@pytest.mark.parametrize("name", ARTICLES)
def test_the_same_bytes_come_out_twice(name):
    assert ARTICLES[name]().to_latex() == ARTICLES[name]().to_latex()


def test_english_documents_and_fragments_choose_no_hyphens():
    assert "l@" not in solve("x^2", ask=nobody).to_latex()
    assert "l@" not in solve("x^2", words="de", ask=nobody).to_latex(fragment=True)


def test_pictures_say_their_language():
    report = class_report(marked_class.CLASS, questions=marked_class.QUESTIONS, words="de")
    for picture in (solve("neuron/two-two-two", words="de", ask=nobody).to_svg(), report.to_svg()):
        assert 'lang="de"' in picture.partition(">")[0]
    assert "lang=" not in solve("x^2", ask=nobody).to_svg()


def unbroken(page) -> str:
    """What a page says, in one line."""
    return " ".join(page.to_text(100).split())


SLIPS = {  # one explanation, two at once, two that fit equally well: a clause has its verb where German wants it
    "Vermutlich wurde der Bias in der gewichteten Summe weggelassen.": [["bias-forgotten"]],
    "Vermutlich wurde einer der Pfade zum Verlust weggelassen, und außerdem ging ein Minuszeichen verloren.": [
        ["missing-path", "sign-lost"],
    ],
    "Zwei Erklärungen passen gleich gut: Entweder wurde der Bias zweimal addiert, oder es ging das ½ verloren.": [
        ["bias-twice"], ["half-lost"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("said", SLIPS)
def test_slips_make_german_sentences(said):
    ways = tuple(tuple(marked_class.Slip(tag, "") for tag in way) for way in SLIPS[said])
    work = marked_class.student("anna", marked_class.answer("dL/dw5", "misconception", "0.1", slips=ways))
    page = Feedback(work, "hint", "Blatt", questions=marked_class.QUESTIONS, words=GERMAN)
    assert said in unbroken(page)


@pytest.mark.parametrize("tag", GERMAN.marking.SLIPS)
def test_a_slip_begins_with_its_verb(tag):
    """Behind "Vermutlich" and "oder es" stands a verb: in the middle of a sentence, so in small letters."""
    assert re.match(r"(wurden?|ging|steh(t|en)|ist|blieb) ", GERMAN.marking.slip(tag).done), tag


def test_marks_are_explained_in_german():
    page = mark("neuron/two-two-two", {"dL/dw6": "2", "out_o1": "0.751"}, words="de")
    assert "Schreiben Sie den Schritt ∂L_total/∂w₆ noch einmal auf. Dazu brauchen Sie die Kettenregel." in unbroken(page)


EXERCISE = """
title = "Ein Neuron"
language = "de"
steps = ["z = w*x + b", "L = (z - y)^2"]
parameters = ["w", "b"]
[values]
w = 2
x = 3
b = -1
y = 1
[train]
rate = 0.5
steps = 1
"""

ASKED = {  # every command that writes words, and a piece of what it says
    "solve neuron/two-two-two --wrt w5 --lang de": "Kettenregel",
    "solve x^2 --at x=3 --lang de --to markdown": "Vorwärtsdurchlauf",
    "train qmul/linear-neuron --steps 3 --lang de": "Zeile k: die Werte nach k Updates",
    "plot loss qmul/linear-neuron --rate 0.1 --lang de": "Anzahl der Updates",
    "plot path qmul/linear-neuron --wrt w_L --wrt b_L --lang de": "□ Start   ■ nach 20 Updates",
    "plot activation relu --lang de": "vereinbarungsgemäß",
    "plot relus sin(x) --lang de": "Summe der ReLUs",
    "list --lang de": "auch in Matrizen",
    "check qmul/linear-neuron --lang de": "bekannte Errata",
    "questions neuron/two-two-two --lang de": "eine Zahl mit mindestens 3 Ziffern",
    "sheet neuron/two-two-two --lang de": "Übungsblatt",
    "solve own.toml": "Vorwärtsdurchlauf",
    "questions own.toml": "mit mindestens 2 Ziffern",
    "solve own.toml --lang en": "Forward pass",
}


@pytest.mark.parametrize("line", ASKED)
def test_every_command_writes_it(tutor, folder, line):
    (folder / "own.toml").write_text(EXERCISE, encoding="utf-8")
    code, out, err = tutor(*line.split())
    assert (code, err) == (0, "")
    assert ASKED[line] in out


@pytest.mark.parametrize("line", [line for line in ASKED if "own" not in line])
def test_every_command_refuses_an_unknown_language(tutor, line):
    code, out, err = tutor(*line.replace("--lang de", "--lang fr").split())
    assert (code, out) == (2, "")
    assert err == "tutor: there is no language fr\n  these are: en (English), de (Deutsch)\n"


def test_a_notebook_hears_the_language_of_the_exercise():
    checked = check_answer(from_text(EXERCISE, "own"), "dL/dw", "-24")
    assert checked.words.startswith("dL/dw: ")
    assert "Vermutlich" in checked.words


def test_an_exercise_file_with_an_unknown_language_is_refused(tutor, folder):
    (folder / "own.toml").write_text(EXERCISE.replace('"de"', '"xx"'), encoding="utf-8")
    code, out, err = tutor("solve", "own.toml")
    assert (code, out) == (2, "")
    assert err.startswith("tutor: language: there is no language xx")


def test_a_class_is_marked_in_german(tutor, folder):
    """Reports, the page of the class and its charts; the files for programs stay as they are."""
    (folder / "in").mkdir()
    (folder / "in" / "anna.txt").write_text("dL/dw5 = -0.0821\nout_o1 = 0.751\n", encoding="utf-8")
    written = {}
    for lang in ("en", "de"):
        code, out, _ = tutor("mark", "neuron/two-two-two", "in", "-o", lang, "--jobs", "1", "--to", "gradescope", "--lang", lang)
        assert code == 0
        written[lang] = {path.relative_to(folder / lang).as_posix(): path.read_text("utf-8") for path in (folder / lang).rglob("*.*")}
    assert "Der Kurs: " in out
    english, german = written["en"], written["de"]
    assert set(english) == set(german)
    assert "Rückmeldung: " in german["reports/anna.md"]
    assert "Der Kurs: " in german["class.md"]
    assert 'lang="de"' in german["class.svg"]
    assert "ein bekannter Fehler" in german["gradescope/anna.json"]
    same = {name for name in english if english[name] == german[name]}
    assert set(english) - same == {"reports/anna.md", "class.md", "class.svg", "gradescope/anna.json"}
