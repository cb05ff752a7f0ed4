"""Every word of every page comes from the wording that it is asked in: pages are written in a made-up language and looked through.

The language is English with each piece of a phrase in brackets, ``⟦Forward pass⟧``.  What is left of a page without the brackets is
mathematics, names, numbers, titles and text of users; a letter of anything else is a sentence that a translation could not reach.
"""

from __future__ import annotations

import html
import io
import re
from dataclasses import fields, is_dataclass
from functools import cache
from typing import get_args

import marked_class
import pytest
from rich.console import Console
from some_now import some_now

import tutor
from tutor.exercise.catalogue import entries
from tutor.exercise.load import load
from tutor.explain.chart import Chart
from tutor.explain.document import Document, Paragraph
from tutor.explain.network_drawing import diagram, list_drawn_quantities
from tutor.explain.words.wording import list_english_phrases, make_translation
from tutor.expression.nodes import Expr
from tutor.graph.network import Network
from tutor.notation.profile import notation
from tutor.numbers.stops import RunStop
from tutor.render.charts import braille
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
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import LAYERS

PLACE = re.compile(r"(\{[a-z_:,]+\})")
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
LETTERS = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u024f\u0370-\u03ff]+")
NUMBER = re.compile(r"\d[\d.]*e[+-]?\d+")

USERS = {
    "Document": {"title": "of the exercise", "ident": "its id", "source": "its lecture"},
    "Verbatim": {
        "text": "what a student typed, and a message about what could not be read, with its caret: errors stay in English"
    },
    "Bar": {"label": "what a question asks for, as it is typed"},
    "Node": {"name": "of a quantity", "kind": "a key"},
    "Picture": {"edges": "names of quantities", "loss": "the name of one", "words": "the words themselves"},
    "Table": {"align": "letters for left, right and centre"},
    "Side": {"relation": "a sign"},
    "Chart": {"words": "the words themselves"},
    "Section": {"notation": "mathematics"},
    "SheetQuestion": {"ident": "as it is typed", "options": "of the exercise"},
    "Symbol": {"latex": "mathematics", "text": "mathematics"},
    "Series": {"line": "a key"},
    "Mark": {"dot": "a key"},
}
"""Parts of a page that are not looked through, with the reason."""


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


def texts(node: object, where: str = "") -> list[tuple[str, str]]:
    """Every text of a document with where it stands; mathematics is none."""
    if isinstance(node, get_args(Expr)):
        return []
    if isinstance(node, str):
        return [(where, node)]
    if isinstance(node, tuple | list):
        return [found for part in node for found in texts(part, where)]
    if is_dataclass(node):
        kind = type(node).__name__
        skipped = USERS.get(kind, {})
        parts = [part.name for part in fields(node) if part.name not in skipped]
        return [found for part in parts for found in texts(getattr(node, part), f"{kind}.{part}")]
    return []


def strangers(page: object, users: tuple[str, ...]) -> list[tuple[str, str, list[str]]]:
    """The texts of a page with words that are nobody's."""
    return [(where, text, words) for where, text in texts(page) if (words := left_over(text, users))]


def nobody(graph, wanted, values):
    """Nobody asks SymPy: what is proved is not the matter here."""
    return dict


def users_of(solution) -> tuple[str, ...]:
    """What an exercise brings along: its own words, the names of its quantities, the claims as they are written."""
    exercise = solution.exercise
    graphs = [exercise.graph, solution.layered.graph if solution.layered is not None else None]
    names = [name for graph in graphs if graph is not None for name in graph.names]
    claims = [text for claim in exercise.claims for text in (claim.text, claim.printed, claim.erratum or "")]
    capital = [text[:1].upper() + text[1:] for text in claims]
    verdicts = [verdict.value for verdict in solution.verdicts]
    names += [letter for graph in [solution.layered] if graph is not None for letter in graph.symbolic]
    source = [solution.task.row.source] if solution.worked.training is not None else []
    return (
        exercise.title,
        exercise.id,
        exercise.source,
        *exercise.notes,
        *names,
        *claims,
        *capital,
        *verdicts,
        *source,
    )


def rendered_strangers(text: str, users: tuple[str, ...]) -> list[str]:
    """The words of a rendered page that are nobody's: those of mathematics are names, functions and single letters."""
    own = {word for user in users for word in LETTERS.findall(user)} | MATHEMATICS
    without = re.sub(r"\$\$.*?\$\$|\$.*?\$", " ", BRACKETED.sub(" ", text), flags=re.DOTALL)
    return [word for word in LETTERS.findall(without) if len(word) > 2 and word not in own]


OPERATIONS = [word for rows in LAYERS.values() for row in rows for word in LETTERS.findall(f"{row.name} {row.written}")]
MATHEMATICS = {
    *OPERATIONS,
    *FUNCTIONS,
    *(word for name in FUNCTIONS for word in LETTERS.findall(name)),
    "else",
    "det",
    "flip",
    "ReLU",
}
"""The names of functions and operations, which every language writes alike."""
ENTRIES = entries()
NEEDS = {"solve": set(), "layer": {"layers"}, "train": {"training"}}
PAGES = [f"{form} {entry.id}" for entry in ENTRIES for form, needs in NEEDS.items() if needs <= set(entry.abilities)]


def solved(page: str):
    """A worked solution or a run, in the made-up language."""
    form, ident = page.split()
    if form == "train":
        return tutor.train(ident, steps=12, ask=nobody, words=made_up())
    return tutor.solve(ident, form="layer" if form == "layer" else None, ask=nobody, words=made_up())


@pytest.mark.parametrize("page", PAGES)
def test_every_word_of_a_page_is_of_its_language(page):
    solution = solved(page)
    assert strangers(solution.document(), users_of(solution)) == []


COURSE_NAMES = ("PReLU", "ELU", "linear", "train", "CrossEntropyLoss")
"""What courses call functions and sets in formulas: their notation, in no language."""


@pytest.mark.parametrize("page", some_now(PAGES, 18))
def test_every_word_that_a_renderer_adds_is_of_its_language(page):
    solution = solved(page)
    users = (*users_of(solution), "math", "text", *COURSE_NAMES)
    for text in (solution.to_markdown(), solution.to_text(1000)):
        assert rendered_strangers(text, users) == []


TYPED = {  # pages that no exercise has: what was assumed, kinks, focus, methods, what ends a run
    "apart": lambda **how: tutor.solve("f = (x + sigmoid(y))/(sigmoid(x) + (x + y)^2)", at={"x": 1, "y": 2}, **how),
    "as written": lambda **how: tutor.solve("f = (x + sigmoid(y))/(sigmoid(x) + (x + y)^2)", apart=False, **how),
    "assumed": lambda **how: tutor.solve("(w*x - y)^2", at={"w": 1, "x": 2, "y": 3}, steps=2, rate="0.1", **how),
    "one quantity": lambda **how: tutor.solve("wx + b", **how),
    "kinks": lambda **how: tutor.solve("relu(x) + abs(y) + max(x, y)", at={"x": 0, "y": 0}, **how),
    "many kinks": lambda **how: tutor.solve(
        " + ".join(f"relu(x{n})" for n in range(11)), at={f"x{n}": 0 for n in range(11)}, **how
    ),
    "flat": lambda **how: tutor.solve("heaviside(x)*y + max_share(x, y)", at={"x": 1, "y": 2}, **how),
    "branches": lambda **how: tutor.solve("if_positive(x, x, 2*x)", at={"x": 0}, **how),
    "one weight": lambda **how: tutor.solve("neuron/two-two-two", wrt=["w5"], **how),
    "two weights": lambda **how: tutor.solve("neuron/two-two-two", wrt=["w5", "w6"], chain="reuse", **how),
    "many updates": lambda **how: tutor.solve("qmul/linear-neuron", steps=30, rate="0.05", **how),
    "newton": lambda **how: tutor.train(
        "L = (w - 3)^2 + w*v + v^2", at={"w": 0, "v": 1}, optimiser="newton", steps=3, **how
    ),
    "slide": lambda **how: tutor.train(
        "L = (w - 3)^2", at={"w": 0}, optimiser="rmsprop-slide", rate="0.1", steps=30, **how
    ),
    "diverges": lambda **how: tutor.train("L = (w - 3)^2", at={"w": 0}, rate=40, steps=60, **how),
    "circles": lambda **how: tutor.train("L = (w - 3)^2", at={"w": 0}, rate=1, steps=60, **how),
    "momentum in matrices": lambda **how: tutor.train(
        "dl/bce-columns", form="layer", optimiser="momentum", steps=3, **how
    ),
    "batches": lambda **how: tutor.train(
        "qmul/linear-neuron-samples", optimiser="sgd", rate="0.01", order="shuffled", steps=40, **how
    ),
}


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
    users = (*texts, *(user for worked in found.solved for user in users_of(Solution(worked, made_up()))))
    assert strangers(page.document(), users) == []
    assert rendered_strangers(page.to_text(1000), (*users, "a", "b", "c")) == []


MARKED_USERS = (
    *(text for each in marked_class.QUESTIONS for text in (each.id, each.ask)), "dL/dw99",
    "there is no question dL/dw99: did you mean dL/dw5?", "no point could be tried",
    "a decimal comma is not understood", "write 0.000438568", marked_class.IDENT,
    *load("neuron/two-two-two").graph.names, *(work.student for work in marked_class.CLASS), *(work.reason for work in marked_class.CLASS),
    *(answer.text.strip() for work in marked_class.CLASS for answer in work.answers), *marked_class.OWN,
    *(answer.line.text for work in marked_class.CLASS for answer in work.answers if answer.line), "step up",
)  # fmt: skip
"""What students typed, the names of students and quantities, and messages about what could not be read or decided (errors, in English)."""


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


def texts_of_svg(picture: str) -> str:
    """What can be read in a picture, or is said to those who do not see it."""
    without = re.sub(r"<style>.*?</style>", " ", picture, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", without))


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


def drawn_in_terminal(chart: Chart) -> str:
    """A chart as it stands in the terminal."""
    console = Console(file=io.StringIO(), width=400, color_system=None)
    braille.render([chart], console)
    return console.file.getvalue()


def test_a_stranger_is_seen():
    page = Document("Title", blocks=(Paragraph(("⟦Given⟧ and more",)),))
    assert strangers(page, ()) == [("Paragraph.parts", "⟦Given⟧ and more", ["and", "more"])]
    assert rendered_strangers("⟦Given⟧ and more σ(x)", ()) == ["and", "more"]
