"""Every page there is in a language that is asked for, and its texts without mathematics and what users wrote: for tests of words."""

from __future__ import annotations

import html
import io
import re
from dataclasses import fields, is_dataclass
from typing import get_args

import marked_class
from chosen_exercises import chosen_entries
from rich.console import Console

import tutor
from tutor.exercise.load import load
from tutor.explain.chart import Chart
from tutor.explain.written_maths import set_maths
from tutor.expression.nodes import Expr
from tutor.render.charts import braille
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import LAYERS
from tutor.rules.optimisers import OPTIMISERS

LETTERS = re.compile(r"[A-Za-z\u00c0-\u00d6\u00d8-\u024f\u0370-\u03ff]+")

USERS = {
    "Document": {"title": "of the exercise", "ident": "its id", "source": "its lecture", "language": "a code"},
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


def nobody(graph, wanted, values):
    """Nobody asks SymPy: what is proved is not the matter here."""
    return dict


COMMAND = "tutor train"
"""What is typed, in no language."""


def users_of(solution) -> tuple[str, ...]:
    """What an exercise brings along: its own words, the names of its quantities, the claims as they are written."""
    exercise = solution.exercise
    graphs = [exercise.graph, solution.layered.graph if solution.layered is not None else None]
    names = [name for graph in graphs if graph is not None for name in graph.names]
    claims = [text for claim in exercise.claims for text in (claim.text, claim.printed, claim.erratum or "")]
    capital = [text[:1].upper() + text[1:] for text in claims]
    verdicts = [verdict.value for verdict in solution.verdicts]
    names += [letter for graph in [solution.layered] if graph is not None for letter in graph.symbolic]
    source = [row.source for row in OPTIMISERS]  # of the method that a solution or a training names
    said = (exercise.title, exercise.id, exercise.source, *exercise.notes, *claims, *capital)
    pieces = [part for text in said for part in set_maths(text, solution.notation) if isinstance(part, str)]
    return (*said, *pieces, *names, *verdicts, *source, COMMAND)


OPERATIONS = [word for rows in LAYERS.values() for row in rows for word in LETTERS.findall(f"{row.name} {row.written}")]
MATHEMATICS = {
    *OPERATIONS,
    *FUNCTIONS,
    *(word for name in FUNCTIONS for word in LETTERS.findall(name)),
    "else",
    "det",
    "flip",
    "ReLU",
    "LeakyReLU",
}
"""The names of functions and operations, which every language writes alike."""
ENTRIES = chosen_entries()
NEEDS = {"solve": set(), "layer": {"layers"}, "train": {"training"}}
PAGES = [f"{form} {entry.id}" for entry in ENTRIES for form, needs in NEEDS.items() if needs <= set(entry.abilities)]


def solved(page: str, words):
    """A worked solution or a run, in a language."""
    form, ident = page.split()
    if form == "train":
        return tutor.train(ident, steps=12, ask=nobody, words=words)
    return tutor.solve(ident, form="layer" if form == "layer" else None, ask=nobody, words=words)


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


MARKED_USERS = (
    *(text for each in marked_class.QUESTIONS for text in (each.id, each.ask)), "dL/dw99",
    "there is no question dL/dw99: did you mean dL/dw5?", "no point could be tried",
    "a decimal comma is not understood", "write 0.000438568", marked_class.IDENT,
    *load("neuron/two-two-two").graph.names, *(work.student for work in marked_class.CLASS), *(work.reason for work in marked_class.CLASS),
    *(answer.text.strip() for work in marked_class.CLASS for answer in work.answers), *marked_class.OWN,
    *(answer.line.text for work in marked_class.CLASS for answer in work.answers if answer.line), "step up",
)  # fmt: skip
"""What students typed, the names of students and quantities, and messages about what could not be read or decided (errors, in English)."""


def texts_of_svg(picture: str) -> str:
    """What can be read in a picture, or is said to those who do not see it."""
    without = re.sub(r"<style>.*?</style>", " ", picture, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", without))


def drawn_in_terminal(chart: Chart) -> str:
    """A chart as it stands in the terminal."""
    console = Console(file=io.StringIO(), width=400, color_system=None)
    braille.render([chart], console)
    return console.file.getvalue()
