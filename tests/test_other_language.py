"""Every word of every page comes from the wording that it is asked in: pages are written in a made-up language and looked through.

The language is English with each piece of a phrase in brackets, ``⟦Forward pass⟧``.  What is left of a page without the brackets is
mathematics, names, numbers, titles and text of users; a letter of anything else is a sentence that a translation could not reach.
"""

from __future__ import annotations

import re
from functools import cache

import marked_class
import pytest
from some_now import some_now
from words_of_pages import (
    LETTERS,
    MARKED_USERS,
    MATHEMATICS,
    PAGES,
    TYPED,
    drawn_in_terminal,
    nobody,
    solved,
    texts,
    texts_of_svg,
    users_of,
)

import tutor
from tutor.exercise.load import load
from tutor.explain.document import Document, Paragraph
from tutor.explain.network_drawing import diagram, list_drawn_quantities
from tutor.explain.words.wording import list_english_phrases, make_translation
from tutor.explain.written_maths import set_maths
from tutor.graph.network import Network
from tutor.notation.profile import notation
from tutor.numbers.stops import RunStop
from tutor.render.picture.network_svg import network_svg
from tutor.results.curves import (
    LossRun,
    activations,
    interval,
    loss_curve,
    path,
)
from tutor.results.feedback import Feedback, class_report
from tutor.results.relu_fit import read_one_variable, relu_chart, relu_fit
from tutor.results.sheet import sheet
from tutor.results.solution import Solution

PLACE = re.compile(r"(\{[a-z_:,]+\})")
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
NUMBER = re.compile(r"\d[\d.]*e[+-]?\d+")



def bracketed(phrase: str) -> str:
    return "".join(part if PLACE.fullmatch(part) or not part else f"⟦{part}⟧" for part in PLACE.split(phrase))


@cache
def made_up():
    return make_translation({where: bracketed(phrase) for where, phrase in list_english_phrases().items()})


def left_over(text: str, users: tuple[str, ...]) -> list[str]:
    """The words of a text that do not stand in brackets, besides those of users and the names in mathematics."""
    rest = NUMBER.sub(" ", BRACKETED.sub(" ", text))
    for own in sorted(filter(None, users), key=len, reverse=True):
        rest = rest.replace(own, " ")
    return LETTERS.findall(rest)


def strangers(page: object, users: tuple[str, ...]) -> list[tuple[str, str, list[str]]]:
    """The texts of a page with words that are nobody's."""
    return [(where, text, words) for where, text in texts(page) if (words := left_over(text, users))]


def rendered_strangers(text: str, users: tuple[str, ...]) -> list[str]:
    """The words of a rendered page that are nobody's: those of mathematics are names, functions and single letters."""
    own = {word for user in users for word in LETTERS.findall(user)} | MATHEMATICS
    without = re.sub(r"\$\$.*?\$\$|\$.*?\$", " ", BRACKETED.sub(" ", text), flags=re.DOTALL)
    return [word for word in LETTERS.findall(without) if len(word) > 2 and word not in own]


@pytest.mark.parametrize("page", some_now(PAGES, 4))
def test_every_word_of_a_page_is_of_its_language(page):
    solution = solved(page, made_up())
    assert strangers(solution.document(), users_of(solution)) == []


COURSE_NAMES = ("PReLU", "ELU", "linear", "train", "CrossEntropyLoss")
"""What courses call functions and sets in formulas: their notation, in no language."""


@pytest.mark.parametrize("page", some_now(PAGES, 18))
def test_every_word_that_a_renderer_adds_is_of_its_language(page):
    solution = solved(page, made_up())
    users = (*users_of(solution), "math", "text", *COURSE_NAMES)
    for text in (solution.to_markdown(), solution.to_text(1000)):
        assert rendered_strangers(text, users) == []


@pytest.mark.parametrize("name", TYPED)
def test_every_word_of_a_page_that_is_typed_is_of_its_language(name):
    solution = TYPED[name](ask=nobody, words=made_up())
    users = (*users_of(solution), "w*x")
    assert strangers(solution.document(), users) == []
    assert rendered_strangers(solution.to_text(1000), users) == []


@pytest.mark.parametrize("target", ["neuron/adam", "neuron/softmax-loss-batch", "cmu/smallest-perceptron", "cmu/counting", "dl/bce"])
def test_every_word_of_a_sheet_is_of_its_language(target):
    page = sheet([target], solutions="after", boxes=True, marks=True, words=made_up(), ask=nobody)
    (found,) = page.exercises
    texts = [text for q in found.questions for text in (q.id, q.text, q.ask, *(f"{letter}) {option}" for letter, option in q.options))]
    pieces = [part for text in texts for part in set_maths(text, found.given.notation) if isinstance(part, str)]
    users = (*texts, *pieces, *(user for worked in found.solved for user in users_of(Solution(worked, made_up()))))
    assert strangers(page.document(), users) == []
    assert rendered_strangers(page.to_text(1000), (*users, "a", "b", "c")) == []


@pytest.mark.parametrize("reveal", ["none", "hint", "solution"])
def test_every_word_of_a_students_report_is_of_its_language(reveal):
    rules = {key: made_up().marking.rule("forward", "sigmoid") for key in marked_class.RULES}
    for work in marked_class.CLASS:
        page = Feedback(work, reveal, "Title", notation("neuron"), marked_class.QUESTIONS, marked_class.OWN, rules,
                        marked_class.SOLUTIONS, made_up())  # fmt: skip
        assert strangers(page.document(), MARKED_USERS) == []
        assert rendered_strangers(page.to_text(1000), (*MARKED_USERS, "Title")) == []


def test_every_word_of_a_class_is_of_its_language():
    many = [marked_class.student(f"s{number}", marked_class.SIGN, marked_class.PATH) for number in range(6)]
    page = class_report([*marked_class.CLASS, *many], title="Title", questions=marked_class.QUESTIONS, words=made_up())
    users = (*MARKED_USERS, *(work.student for work in many))
    assert strangers(page.document(), users) == []
    assert rendered_strangers(page.to_markdown(), (*users, "Title")) == []
    assert rendered_strangers(texts_of_svg(page.to_svg()), (*users, "Title")) == []


def test_answers_are_marked_in_another_language():
    answers = {"dL/dw5": "-0.0821", "dL/dw6": "0.5*", "out_o1": "0.75", "dL/dout_o1": "0.741*0.186 = 0.9"}
    page = tutor.mark("neuron/two-two-two", answers, reveal="solution", words=made_up())
    exercise = load("neuron/two-two-two")
    users = (exercise.title, *exercise.graph.names, *answers.values(), *(question.id for question in page.questions))
    refused = [answer.message for answer in page.marked.answers if answer.message]
    assert len(refused) == 1
    assert strangers(page.document(), users) == []


def test_every_word_of_a_picture_is_of_its_language():
    folded = "+".join(f"w{n}*x{n}" for n in range(40))
    for target in ("neuron/two-two-two", folded):
        solution = tutor.solve(target, ask=nobody, words=made_up())
        assert rendered_strangers(texts_of_svg(solution.to_svg()), users_of(solution)) == []


NETWORKS = [
    Network((2, 2, 2), ("sigmoid", "softmax")),
    Network((12, 1000, 9, 2), ("relu", "tanh", "identity"), biases="none"),
]


@pytest.mark.parametrize("network", NETWORKS)
def test_every_word_of_a_drawing_is_of_its_language(network):
    quantities = list_drawn_quantities(network)
    told = network_svg(diagram(network, words=made_up().drawn), notation("neuron", quantities))
    assert rendered_strangers(texts_of_svg(told), tuple(quantity.name for quantity in quantities)) == []


def test_every_word_of_a_chart_is_of_its_language():
    words, plain = made_up(), notation("plain")
    run = tutor.train("qmul/linear-neuron", steps=5, ask=nobody, words=words)
    graph, values = run.task.derivation.graph, run.task.values
    stopped = words.updates.say_stop(RunStop("beyond", 3, "w_L"))
    losses = tuple((row.step, row.loss) for row in run.run.rows)
    way = [(row.values["w_L"], row.values["b_L"]) for row in run.run.rows]
    expr, variable = read_one_variable("sin(x)")
    charts = [
        loss_curve(
            "Title",
            graph.loss,
            [LossRun((), losses, stopped), LossRun(("gd",), losses, stopped)],
            run.notation,
            words=words,
        ),
        path(
            "Title",
            graph,
            values,
            ("w_L", "b_L"),
            way,
            run.notation,
            at_right_angles=True,
            stopped=stopped,
            words=words,
        ),
        *activations(["relu", "tanh", "leaky_relu(0.1)", "heaviside"], plain, words=words),
        *(
            relu_chart(expr, relu_fit(expr, variable, *interval("0", "3"), pieces), plain, words)
            for pieces in (1, 3, 20)
        ),
    ]
    users = ("Title", "gd", "w_L", "b_L", "x", "a = ")
    for chart in charts:
        assert strangers(chart, users) == []
        assert rendered_strangers(drawn_in_terminal(chart), (*users, "relu", "sin")) == []


def test_a_stranger_is_seen():
    page = Document("Title", blocks=(Paragraph(("⟦Given⟧ and more",)),))
    assert strangers(page, ()) == [("Paragraph.parts", "⟦Given⟧ and more", ["and", "more"])]
    assert rendered_strangers("⟦Given⟧ and more σ(x)", ()) == ["and", "more"]
