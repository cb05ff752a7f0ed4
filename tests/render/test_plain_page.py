"""Markdown and reStructuredText say the same of a document, block by block, in their own marks."""

import re

import pytest

from tutor.explain.document import Document, Equation, Equations, Heading, Math, Paragraph, Side, Table, Verbatim
from tutor.expression.nodes import Name
from tutor.expression.parse import parse
from tutor.notation.profile import Notation
from tutor.render.markdown import markdown
from tutor.render.plain_page import unscale_latex
from tutor.render.rst import rst

Z, LINE = Math(Name("z")), parse("w*x + b")
PAGE = Document(
    "A neuron",
    "own",
    (("one weight",),),
    ("Lecture 3",),
    (
        Heading("Forward"),
        Paragraph(("The sum ", Z, " is linear"), "Note"),
        Paragraph(("- no list",)),
        Equations((Equation(Name("z"), (Side(LINE),), number=1, why=("as it ", Z, " stands")),)),
        Table((("name",), ("value",)), (((Z,), ("2",)), (("1. no list",),)), "lr", ("What came out",)),
        Verbatim("a ``` b\n   c"),
    ),
)


@pytest.mark.parametrize("write", [markdown, rst])
def test_every_block_is_said_in_its_order(write):
    text = write(PAGE, Notation())
    at = [text.index(part) for part in ("A neuron", "own", "one weight", "Lecture 3", "Forward", "Note", "is linear", "no list",
                                        "begin{aligned}", "What came out", "name", "value", "```")]  # fmt: skip
    assert at == sorted(at)


@pytest.mark.parametrize("write", [markdown, rst])
def test_number_and_reason_are_one_text_beside_the_equation(write):
    assert re.search(r"&& \\text\{\(1\) as it \} ?z ?\\text\{ stands\}", write(PAGE, Notation()))


def test_words_that_look_like_a_list_are_none():
    assert "\n\\- no list" in markdown(PAGE, Notation())
    assert "\n\\ - no list" in rst(PAGE, Notation())
    assert "\\ 1. no list" in rst(PAGE, Notation())


def test_what_no_format_knows_is_said():
    with pytest.raises(TypeError, match="no Markdown for int"):
        markdown(Document("t", blocks=(3,)), Notation())


def test_nothing_is_scaled():
    assert unscale_latex(r"a \resizebox{5em}{!}{$\displaystyle x + y$} b") == "a x + y b"
