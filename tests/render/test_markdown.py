"""Documents as Markdown: words are words, maths survives a Markdown reader, tables are tables."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.explain.document import (
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Math,
    Node,
    Paragraph,
    Picture,
    Side,
    Table,
)
from tutor.expression.nodes import Add, Call, Mul, Name, Number, Partial
from tutor.notation.profile import Notation
from tutor.render.markdown import markdown, spell
from tutor.text import escape_markdown

PLAIN = Notation()
W, X, Z = Name("w5"), Name("out_h1"), Name("z")


def shown(*blocks: object) -> str:
    return markdown(Document("", blocks=blocks), PLAIN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("a_b * c", "a\\_b \\* c"),
        ("<script>", "\\<script\\>"),
        ("|x|", "\\|x\\|"),
        ("`ls` [a](b) ![c]", "\\`ls\\` \\[a\\](b) \\!\\[c\\]"),
        ("$x$ \\y &lt; #1 ~~s~~", "\\$x\\$ \\\\y \\&lt; \\#1 \\~\\~s\\~\\~"),
        ("two\nlines\x1b", "two lines"),
        ("\u202e", "\\[U+202E\\]"),
        ("Übung – 😀", "Übung – 😀"),
    ],
)
def test_words(words: str, written: str) -> None:
    assert escape_markdown(words) == written


@pytest.mark.parametrize(
    ("latex", "written"),
    [
        ("w_{1}\\,x", "w _{1}\\thinspace x"),
        ("a < b > c", "a \\lt  b \\gt  c"),
        ("\\lvert x\\rvert ", "\\lvert x\\rvert "),
        ("a \\\\ b", "a \\cr  b"),
        ("\\operatorname{leaky\\_relu}", "\\operatorname{leaky\\thinspace relu}"),
        ("\\resizebox{9.00em}{!}{$\\displaystyle x_{1}$}", "x _{1}"),
    ],
)
def test_maths_is_spelt_in_words(latex: str, written: str) -> None:
    assert spell(latex) == written


def test_a_page() -> None:
    first = Equation(Name("z"), (Side(Mul((W, X))), Side(Number("0.4"), result=True)), 3, ("a product",))
    paths = (
        Side(Mul((Partial("L", "z"), X)), note=("path 1",)),
        Side(Mul((Partial("L", "y"), X)), "+", ("path 2",)),
    )
    doc = Document(
        "A neuron learns",
        "neuron/one",
        facts=((Math(Name("eta")), " = 0.5"),),
        source=("Lecture 7",),
        blocks=(
            Heading("Forward pass"),
            Equations((first, Equation(Partial("L", "w5"), paths, 4))),
            Paragraph(("equal to ", Math(Partial("L", "w5"))), "Proof"),
        ),
    )
    eta = Notation().symbol("eta").latex
    assert markdown(doc, PLAIN) == (
        "# A neuron learns\n\n"
        f"neuron/one · ${eta}$ = 0.5\n\n"
        "*Lecture 7*\n\n"
        "## Forward pass\n\n"
        "$$\n\\begin{aligned}\n"
        "z & = w _{5}\\cdot \\mathit{out} _{h1} = 0.4 && \\text{(3) a product} \\cr\n"
        "\\frac{\\partial L}{\\partial w _{5}} & = \\frac{\\partial L}{\\partial z} \\cdot \\mathit{out} _{h1}"
        " && \\text{(4)}\\quad \\text{(path 1)} \\cr\n"
        "& \\mathrel{+} \\frac{\\partial L}{\\partial y} \\cdot \\mathit{out} _{h1} && \\text{(path 2)}\n"
        "\\end{aligned}\n$$\n\n"
        "**Proof** equal to $\\frac{\\partial L}{\\partial w _{5}}$\n"
    )


def test_a_table() -> None:
    table = Table((("a|b",), ("n",)), ((("x_y",), (Math(Number("-1")),)), ((Math(Z),), ())), "lr", ("Values",))
    assert shown(table) == "Values\n\n| a\\|b | n |\n| --- | ---: |\n| x\\_y | $-1$ |\n| $z$ |  |\n"


def test_a_picture_is_a_table() -> None:
    nodes = (Node("x", "input", None, Number("2")), Node("z", "value", Mul((W, Name("x"))), Number("1"), Number("-3")))
    page = shown(Figure(Picture(nodes, (("x", "z"),), "z"), ("The graph.",)))
    assert page == (
        "The graph.\n\n"
        "| quantity | formula | value | gradient of $z$ |\n| --- | --- | ---: | ---: |\n"
        "| $x$ |  | $2$ |  |\n| $z$ | $w _{5}\\thinspace x$ | $1$ | $-3$ |\n"
    )


@pytest.mark.parametrize(
    ("words", "written"),
    [("1. one", "1\\. one"), ("- one", "\\- one"), ("+ one", "\\+ one"), ("# one", "\\# one"), ("    one", "one")],
)
def test_a_paragraph_stays_a_paragraph(words: str, written: str) -> None:
    assert shown(Paragraph((words,))) == written + "\n"


def test_a_long_sum_is_broken() -> None:
    total = Add(tuple(Mul((Name(f"w_{i}"), Name(f"x_{i}"))) for i in range(128)))
    page = shown(Equations((Equation(Name("f"), (Side(total),)),)))
    assert page.count("\\cr") > 8
    assert "resizebox" not in shown(Equations((Equation(Name("q" * 300), (Side(Name("p" * 300)),)),)))


def test_nothing_that_markdown_reads_stands_in_maths() -> None:
    condition = Call("if_positive", (Add((Z, Number("-1"))), Name("leaky_relu"), Number("0")))
    page = shown(Paragraph((Math(condition), Math(Call("leaky_relu", (Z,))), Math(Call("abs", (Z,))))))
    for maths in re.findall(r"\$([^$]*)\$", page):
        assert not re.search(r"[|<>*`~]|\\[^A-Za-z]|\S_", maths), maths


@given(st.text(max_size=30), st.text(max_size=30))
def test_hostile_words_stay_words(first: str, second: str) -> None:
    table = Table(((first,), ("b",)), (((second,), (Math(Z),)),))
    lines = shown(Paragraph((first, Math(Z)), second), table, Equations((Equation(Z, (Side(Z, note=(first,)),)),)))
    rows = [line for line in lines.splitlines() if line.startswith("| ")]
    assert [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows] == [3, 3, 3]
    for line in lines.splitlines():
        words = re.sub(r"\\.", "", line)
        if "\\begin" not in line and "$$" not in line and "&" not in line:
            assert not re.search(r"[<>`]", words)
    assert all(character.isprintable() or character == "\n" for character in lines)
