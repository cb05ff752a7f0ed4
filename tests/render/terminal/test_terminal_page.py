"""The terminal page: golden pages, widths, escape codes, hostile words, real (pseudo-)terminals."""

from __future__ import annotations

import ast
import errno
import io
import os
import pty
import re
import subprocess
import sys
import termios
from dataclasses import replace
from pathlib import Path

import pytest
from counted import at_most
from drawn_expressions import EXPRESSIONS
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from some_now import some_now

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
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.terminal.columns import Pen
from tutor.render.terminal.terminal_page import render, write_plain_page

ESCAPE = "\x1b"
ROOT = Path(__file__).parents[3]


# Sample documents, written by hand


def e(source: str) -> Expr:
    """An expression in Python's syntax as a display tree: ``e("d(L, w5)*2 - x")``."""
    return _tree(ast.parse(source, mode="eval").body, source)


def _tree(node: ast.expr, source: str) -> Expr:
    match node:
        case ast.Constant() | ast.UnaryOp(ast.USub(), ast.Constant()):
            return Number(source[node.col_offset : node.end_col_offset])
        case ast.Name(name):
            return Name(name)
        case ast.UnaryOp(ast.USub(), arg):
            return Neg(_tree(arg, source))
        case ast.Call(ast.Name("d"), [ast.Name(of), ast.Name(wrt)]):
            return Partial(of, wrt)
        case ast.Call(ast.Name(func), args):
            return Call(func, tuple(_tree(arg, source) for arg in args))
        case ast.BinOp(left, sign, right):
            first, second = _tree(left, source), _tree(right, source)
            match sign:
                case ast.Div():
                    return Div(first, second)
                case ast.Pow():
                    return Pow(first, second)
                case ast.Mult():
                    return Mul((*(first.args if isinstance(first, Mul) else (first,)), second))
                case ast.Sub():
                    second = Neg(second)
            return Add((*(first.args if isinstance(first, Add) else (first,)), second))
    raise ValueError(ast.dump(node))


def eq(left: str, *sides: str | Side, n: int | None = None, result: str = "", why: str = "") -> Equation:
    members = [side if isinstance(side, Side) else Side(e(side)) for side in sides]
    if result:
        members.append(Side(e(result), result=True))
    return Equation(e(left), tuple(members), n, (why,) if why else ())


NOTATION = Notation(
    symbols={"eta": Symbol("\\eta", "η"), "lam": Symbol("\\lambda", "λ"), "y_hat": Symbol("\\hat{y}", "y\u0302")},
    functions={"sigmoid": Symbol("\\sigma", "σ")},
)

CHAIN = "d(L, out_o1)*d(out_o1, in_o1)*d(in_o1, w5)"

NETWORK = Document(
    title="A 2-2-2 network learns",
    ident="neuron/two-two-two",
    facts=((Math(Name("lam")), " = 0.5"),),
    blocks=(
        Heading("Forward pass"),
        Equations(
            (
                eq("in_h1", "w1*i1 + w2*i2 + b1", "0.15*0.05 + 0.2*0.1 + 0.35", result="0.3775", n=1),
                eq("out_h1", "sigmoid(in_h1)", "sigmoid(0.3775)", result="0.593270", n=2),
                eq("in_o1", "w5*out_h1 + w6*out_h2 + b2", "0.4*0.593270 + 0.45*0.596884 + 0.6", result="1.10591", n=5),
                eq("out_o1", "sigmoid(in_o1)", result="0.751365", n=6),
                eq("L", "L_o1 + L_o2", result="0.298371", n=9),
            )
        ),
        Heading("Backward pass"),
        Equations(
            (
                eq("d(L, out_o1)", "out_o1 - target_o1", "0.751365 - 0.01", result="0.741365", n=10),
                eq("d(out_o1, in_o1)", "out_o1*(1 - out_o1)", result="0.186816", n=11, why="sigmoid"),
                eq("d(in_o1, w5)", Side(e("out_h1"), note=("step 2",)), result="0.593270", n=12),
            )
        ),
        Equations((eq("d(L, w5)", CHAIN, "0.741365*0.186816*0.593270", result="0.0821670"),)),
        Equations((eq("w5", Side(e("w5 - lam*d(L, w5)"), "←"), "0.4 - 0.5*0.0821670", result="0.358916"),)),
        Paragraph(("prints 0.358: agrees, truncated",), "Slide"),
        Paragraph(("equal to SymPy's derivative; finite differences agree to ", Math(Number("3e-11"))), "Proof"),
        Paragraph(("Values are computed in full precision; only what is printed is rounded.",)),
    ),
)

NETWORK_PAGE = """\
A 2-2-2 network learns · neuron/two-two-two                              λ = 0.5
────────────────────────────────────────────────────────────────────────────────

Forward pass
 1  in_h1  = w₁·i₁ + w₂·i₂ + b₁
           = 0.15·0.05 + 0.2·0.1 + 0.35                                   0.3775
 2  out_h1 = σ(in_h1) = σ(0.3775)                                       0.593270
 5  in_o1  = w₅·out_h1 + w₆·out_h2 + b₂
           = 0.4·0.593270 + 0.45·0.596884 + 0.6                          1.10591
 6  out_o1 = σ(in_o1)                                                   0.751365
 9  L      = L_o1 + L_o2                                                0.298371

Backward pass
10  ∂L/∂out_o1     = out_o1 − target_o1
                   = 0.751365 − 0.01                                    0.741365
11  ∂out_o1/∂in_o1 = out_o1·(1 − out_o1)   (sigmoid)                    0.186816
12  ∂in_o1/∂w₅     = out_h1                (step 2)                     0.593270

∂L/∂w₅ = ∂L/∂out_o1 · ∂out_o1/∂in_o1 · ∂in_o1/∂w₅
       =  0.741365  ·    0.186816    ·  0.593270                       0.0821670

w₅ ← w₅ − λ · ∂L/∂w₅ = 0.4 − 0.5·0.0821670                              0.358916

Slide  prints 0.358: agrees, truncated
Proof  equal to SymPy's derivative; finite differences agree to 3×10⁻¹¹

Values are computed in full precision; only what is printed is rounded.
"""

LONG = "d(L, out_{0})*d(out_{0}, in_{0})*d(in_{0}, out_h1)*d(out_h1, in_h1)*d(in_h1, w2)"
REUSED = Side(e("(d(L, in_o1)*w5 + d(L, in_o2)*w7)*out_h1*(1 - out_h1)*i1"), note=("reuse steps 4 and 5",))
NODES = (
    Node("i1", "input", None, Number("0.05")),
    Node("w1", "weight", None, Number("0.15"), Number("4.38568e-4")),
    Node("in_h1", "", e("w1*i1 + w2*i2 + b1"), Number("0.3775"), Number("8.77135e-3")),
    Node("w5", "weight", None, Number("0.4"), Number("0.0821670")),
    Node("out_h1", "", e("sigmoid(in_h1)"), Number("0.593270"), Number("-0.0363503")),
    Node("L", "", e("1/2*(target_o1 - out_o1)**2 + 1/2*(target_o2 - out_o2)**2"), Number("0.298371"), Number("1")),
)
WEIGHTS = Table(
    (("step",), *[(Math(Name(f"w{k}")),) for k in range(1, 9)], (Math(Name("y_hat")),)),
    tuple(((str(step),), *[(Math(Number(f"0.{step * k + 100}")),) for k in range(1, 10)]) for step in range(3)),
    caption=("Eight weights over three steps",),
)

PATHS = Document(
    title="One weight, two paths to the loss",
    ident="neuron/two-paths",
    facts=((Math(Name("eta")), " = 0.5"), ("6 digits",)),
    source=("Lecture 3, slide 12",),
    blocks=(
        Paragraph(
            (
                "The weight ",
                Math(Name("w1")),
                " acts on both outputs, so ",
                Math(Partial("L", "w1")),
                " is a sum with one product for each path from the loss to the weight.",
            )
        ),
        Heading("Backward pass"),
        Equations(
            (
                eq(
                    "d(L, w1)",
                    Side(e("d(L, z1)*d(z1, h)*d(h, w1)"), note=("path 1",)),
                    Side(e("d(L, z2)*d(z2, h)*d(h, w1)"), "+", note=("path 2",)),
                    "0.138499*0.4*(-0.0381)",
                    Side(e("(-0.25)*12.5*0.05"), "+"),
                    result="4.38568e-4",
                    n=7,
                    why="the chain rule, summed over both paths",
                ),
                eq(
                    "d(L, w2)",
                    Side(e(LONG.format("o1")), note=("path 1",)),
                    Side(e(LONG.format("o2")), "+", note=("path 2",)),
                    REUSED,
                    "(0.138499*0.4 + (-0.038098)*0.5)*0.593270*(1 - 0.593270)*0.05",
                    result="4.38568e-4",
                    n=8,
                ),
            )
        ),
        Figure(Picture(NODES, (), "L"), ("The graph, with the value and the gradient of every node",)),
        Heading("Training"),
        WEIGHTS,
    ),
)

PATHS_PAGE = """\
One weight, two paths to the loss · neuron/two-paths          η = 0.5   6 digits
Lecture 3, slide 12
────────────────────────────────────────────────────────────────────────────────

The weight w₁ acts on both outputs, so ∂L/∂w₁ is a sum with one product for each
path from the loss to the weight.

Backward pass
 7  ∂L/∂w₁ =  ∂L/∂z₁  · ∂z₁/∂h ·  ∂h/∂w₁   (path 1)
           +  ∂L/∂z₂  · ∂z₂/∂h ·  ∂h/∂w₁   (path 2)
           = 0.138499 ·  0.4   · (−0.0381)
           + (−0.25)  ·  12.5  ·   0.05                             4.38568×10⁻⁴
             the chain rule, summed over both paths
 8  ∂L/∂w₂
    = ∂L/∂out_o1 · ∂out_o1/∂in_o1 · ∂in_o1/∂out_h1 · ∂out_h1/∂in_h1 · ∂in_h1/∂w₂
      (path 1)
    + ∂L/∂out_o2 · ∂out_o2/∂in_o2 · ∂in_o2/∂out_h1 · ∂out_h1/∂in_h1 · ∂in_h1/∂w₂
      (path 2)
    = (∂L/∂in_o1 · w₅ + ∂L/∂in_o2 · w₇)·out_h1·(1 − out_h1)·i₁
      (reuse steps 4 and 5)
    = (0.138499·0.4 + (−0.038098)·0.5)·0.593270·(1 − 0.593270)·0.05
                                                                  = 4.38568×10⁻⁴

The graph, with the value and the gradient of every node
node    formula                                              value      gradient
────────────────────────────────────────────────────────────────────────────────
i₁      input                                                 0.05
w₁      weight                                                0.15  4.38568×10⁻⁴
w₅      weight                                                 0.4     0.0821670
────────────────────────────────────────────────────────────────────────────────
in_h1   w₁·i₁ + w₂·i₂ + b₁                                  0.3775  8.77135×10⁻³
out_h1  σ(in_h1)                                          0.593270    −0.0363503
L       (1/2)·(target_o1 − out_o1)²                       0.298371             1
        + (1/2)·(target_o2 − out_o2)²

Training
Eight weights over three steps
step      w₁      w₂      w₃      w₄      w₅      w₆      w₇      w₈       y\u0302
────────────────────────────────────────────────────────────────────────────
0      0.100   0.100   0.100   0.100   0.100   0.100   0.100   0.100   0.100
1      0.101   0.102   0.103   0.104   0.105   0.106   0.107   0.108   0.109
2      0.102   0.104   0.106   0.108   0.110   0.112   0.114   0.116   0.118
"""


def too_wide(page: str, width: int) -> list[str]:
    return [line for line in page.splitlines() if cell_len(line) > width]


def block(*rows: Equation) -> Document:
    return Document("T", blocks=(Equations(rows),))


def body(doc: Document, width: int = 80) -> str:
    """The page without its title."""
    return "\n".join(write_plain_page(doc, NOTATION, width).splitlines()[3:])


def printed(doc: Document, **arguments: object) -> str:
    """What a console of this kind writes."""
    out = io.StringIO()
    render(doc, NOTATION, Console(file=out, **arguments))  # type: ignore[arg-type]
    return out.getvalue()


# Golden pages


def test_page_of_a_network() -> None:
    assert write_plain_page(NETWORK, NOTATION, 80) == NETWORK_PAGE


def test_page_of_a_gradient_with_two_paths() -> None:
    assert write_plain_page(PATHS, NOTATION, 80) == PATHS_PAGE


def test_wide_page_puts_symbols_numbers_and_result_on_one_row() -> None:
    row = eq("d(L, out_o1)", "out_o1 - target_o1", "0.751365 - 0.01", result="0.741365", n=10)
    wide = eq("y", "+".join(f"weight{k}" for k in range(12)), n=11)  # makes the page wider than 80
    line = body(block(row, wide), 120).splitlines()[0]
    assert line.startswith("10  ∂L/∂out_o1 = out_o1 − target_o1 = 0.751365 − 0.01   ")
    assert line.endswith(" 0.741365")
    assert too_wide(body(block(row, wide), 120), 120) == []


# Equations


def test_results_end_in_one_column_over_all_blocks() -> None:
    ends = {cell_len(line) for line in NETWORK_PAGE.splitlines() if re.search(r"   \d\.\d+$", line)}
    assert ends == {80}


@pytest.mark.parametrize("width", [40, 52, 64, 80])
def test_a_long_sum_is_broken_before_its_signs_only(width: int) -> None:
    terms = [f"w{k}*x{k}" for k in range(1, 20)]
    lines = body(block(eq("z", " + ".join(terms[:10]) + " - " + " - ".join(terms[10:]))), width).splitlines()
    assert len(lines) > 2
    assert lines[0].startswith("z = w₁·x₁ + ")
    assert all(re.match(r"      [+−] w[₀-₉]+·x[₀-₉]+( [+−] w[₀-₉]+·x[₀-₉]+)*$", line) for line in lines[1:])
    assert "".join(line.strip() + " " for line in lines).count("·") == 19


def test_a_long_chain_is_broken_before_its_dots_only() -> None:
    lines = body(block(eq("g", LONG.format("o1"))), 44).splitlines()
    assert lines == [
        "g = ∂L/∂out_o1 · ∂out_o1/∂in_o1",
        "      · ∂in_o1/∂out_h1 · ∂out_h1/∂in_h1",
        "      · ∂in_h1/∂w₂",
    ]


def test_a_term_too_wide_for_a_line_is_broken_before_its_factors() -> None:
    doc = block(eq("g", f"a - {LONG.format('o1')} + b"))
    assert body(doc, 44).splitlines() == [
        "g = a",
        "      − ∂L/∂out_o1 · ∂out_o1/∂in_o1",
        "        · ∂in_o1/∂out_h1 · ∂out_h1/∂in_h1",
        "        · ∂in_h1/∂w₂",
        "      + b",
    ]


def test_an_atom_that_fits_the_page_is_never_broken() -> None:
    doc = block(eq("d(loss, weight_11)", "activation(first_input, second_input)", n=1))
    assert "activation(first_input, second_input)" in body(doc, 44)


def test_an_atom_wider_than_the_page_is_broken_all_the_same() -> None:
    doc = block(eq("y", "activation(first_input, second_input, third_input, fourth_input)"))
    page = body(doc, 40)
    assert too_wide(page, 40) == []
    assert "".join(page.split()) == "y=activation(first_input,second_input,third_input,fourth_input)"


def test_factors_stand_above_their_numbers() -> None:
    page = body(block(eq("d(L, w5)", CHAIN, "0.741365*(-0.5)*0.593270"))).splitlines()
    assert [m.start() for m in re.finditer(" · ", page[0])] == [m.start() for m in re.finditer(" · ", page[1])]
    assert "(−0.5)" in page[1]


def test_factors_are_not_aligned_where_that_does_not_fit() -> None:
    page = body(block(eq("d(L, w5)", CHAIN, "0.741365*0.186816*0.593270")), 40)
    assert "= 0.741365·0.186816·0.593270" in page


def test_products_of_different_length_are_not_aligned() -> None:
    assert "= 0.7·0.1" in body(block(eq("d(L, w5)", CHAIN, "0.7*0.1")))


@pytest.mark.parametrize("sign", ["=", "+", "←", "→"])
def test_every_relation_is_printed(sign: str) -> None:
    assert f"a {sign} b" in body(block(Equation(Name("a"), (Side(Name("b"), sign),))))


def test_a_negative_path_gets_brackets_after_the_plus() -> None:
    page = body(block(eq("g", "a*b*c*d*e*f", Side(e("-0.5"), "+"), Side(e("(-0.25)*x"), "+"), Side(e("-x"), "+"))))
    assert "+ (−0.5)" in page
    assert "+ (−0.25)·x" in page
    assert "+ (−x)" in page


def test_a_result_alone_stands_beside_its_sign() -> None:
    assert body(block(eq("i1", result="0.05", n=3))) == " 3  i₁ = 0.05"


def test_a_result_without_room_beside_has_a_row_of_its_own() -> None:
    page = body(block(eq("z", "aaaaaaaaaa + bbbbbbbbbb + cccccc", result="0.25")), 40).splitlines()
    assert page == ["z = aaaaaaaaaa + bbbbbbbbbb + cccccc", " " * 34 + "= 0.25"]


def test_a_member_after_a_result_begins_a_row() -> None:
    rows = eq("z", "a", Side(e("0.5"), result=True), "1/2", Side(e("0.25"), "→", result=True))
    assert [line.split() for line in body(block(rows)).splitlines()] == [
        ["z", "=", "a", "0.5"],
        ["=", "1/2", "→", "0.25"],
    ]


def test_a_reason_without_room_beside_stands_below() -> None:
    why = "the derivative of the squared error with respect to the output of the neuron"
    page = body(block(eq("d(L, y)", "y - t", result="0.25", n=1, why=why))).splitlines()
    assert page[0].endswith(" 0.25")
    assert " ".join(line.strip() for line in page[1:]) == why
    assert page[1].startswith(" " * 12 + "the")


def test_a_left_side_too_wide_for_its_column_stands_alone() -> None:
    rows = eq("d(total_loss, activation_of_output_1)", "y - t", n=1), eq("z", "x", n=2)
    page = body(block(*rows), 60).splitlines()
    assert page[0] == " 1  ∂total_loss/∂activation_of_output_1"
    assert page[1].strip() == "= y − t"
    assert page[1].index("=") == page[2].index("=")


# Tables and pictures


@pytest.mark.parametrize("width", [40, 50, 60])
def test_a_wide_table_repeats_its_first_column(width: int) -> None:
    page = write_plain_page(Document("T", blocks=(WEIGHTS,)), NOTATION, width)
    heads = [line for line in page.splitlines() if line.startswith("step")]
    assert len(heads) > 1
    assert " ".join(heads).replace("step", "").split() == [f"w{k}" for k in "₁₂₃₄₅₆₇₈"] + ["y\u0302"]
    assert too_wide(page, width) == []


def test_prose_in_a_table_is_wrapped_not_split() -> None:
    words = "every neuron adds its bias before the activation function is applied"
    table = Table((("answer",), ("credit",), ("why",)), (((Math(e("w1*x")),), ("0",), (words,)),), "lrl")
    lines = body(Document("T", blocks=(table,)), 48).splitlines()
    assert lines[0].split() == ["answer", "credit", "why"]
    assert " ".join(line[16:].strip() for line in lines[2:]) == words


def test_columns_are_aligned_as_told() -> None:
    table = Table((("a",), ("b",), ("c",)), ((("xxxxx",), ("xxxxx",), ("xxxxx",)), (("1",), ("2",), ("3",))), "lrc")
    assert body(Document("T", blocks=(table,))).splitlines()[-1] == "1           2     3"


def test_header_alone_and_no_columns_at_all() -> None:
    assert body(Document("T", blocks=(Table((("a",), ("b",)), ()),))).splitlines() == ["a   b", "─────"]
    assert body(Document("T", blocks=(Table((), ()),))) == ""


def test_a_picture_lists_leaves_before_operations() -> None:
    lines = body(Document("T", blocks=(Figure(Picture(NODES, ())),))).splitlines()
    assert [line.split()[0] for line in lines if line[0] not in " ─"] == [
        "node",
        "i₁",
        "w₁",
        "w₅",
        "in_h1",
        "out_h1",
        "L",
    ]
    assert body(Document("T", blocks=(Figure(Picture((), ())),))) == ""


def test_a_node_without_formula_says_what_it_is_made_of() -> None:
    picture = Picture((Node("z", "sum"), Node("x", "input"), Node("w", "weight")), (("x", "z"), ("w", "z")))
    lines = body(Document("T", blocks=(Figure(picture),))).splitlines()
    assert [line.split() for line in lines[2:4]] == [["x", "input"], ["w", "weight"]]
    assert lines[-1] == "z      ← x, w"


def test_a_picture_without_numbers_only_lists_what_comes_in() -> None:
    """Where its formulas stand in the forward pass already: nothing is said twice."""
    nodes = tuple(replace(node, value=None, gradient=None) for node in NODES)
    picture = Figure(Picture(nodes, ()))
    lines = body(Document("T", blocks=(Equations(()), picture))).strip().splitlines()
    assert len(body(Document("T", blocks=(picture,))).splitlines()) > len(lines) + 2
    leaves = [NOTATION.symbol(node.name).text for node in nodes if node.expr is None]
    assert " ".join(line.split(maxsplit=1)[1] for line in lines).replace(",", "").split() == leaves


# Words


@pytest.mark.parametrize(("label", "place"), [("Step 1 of 19", 14), ("Schritt 10 von 19", 19), ("activation forgotten", 16)])
def test_a_label_has_room_beside_its_words(label: str, place: int) -> None:
    lines = body(Document("T", blocks=(Paragraph(("words " * 12,), label),))).splitlines()
    assert lines[-1].index("words") == place
    assert ("words" in lines[0]) == (len(label) <= 18)


def test_labels_have_a_column_and_words_hang_beside_it() -> None:
    doc = Document("T", blocks=(Paragraph(("words " * 12,), "Slide"), Paragraph(("more",), "Proofs")))
    assert body(doc, 40).splitlines() == [
        "Slide   words words words words words",
        "        words words words words words",
        "        words words",
        "Proofs  more",
    ]


def test_a_formula_in_a_sentence_stays_whole_and_keeps_its_full_stop() -> None:
    doc = Document("T", blocks=(Paragraph(("the weighted sum of both inputs is ", Math(e("w1*x1 + b")), ".")),))
    assert body(doc, 40).splitlines() == ["the weighted sum of both inputs is", "w₁·x₁ + b."]


def test_hats_and_wide_characters_count_as_cells() -> None:
    rows = eq("y_hat", "a", n=1), eq("bb", "a", n=2)
    first, second = body(block(*rows)).splitlines()
    assert cell_len(first.split("=")[0]) == cell_len(second.split("=")[0])
    doc = Document("日本" * 30, blocks=(Paragraph(("日本語" * 40,)),))
    assert too_wide(write_plain_page(doc, NOTATION, 41), 41) == []


HOSTILE = [
    "[red]x[/red]",
    "[link=file:///etc]x[/link]",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b31m",
    "<script>alert(1)</script>",
    "\u202eabc\u2066\u200f",
    "a\nb\r\tc\x0b\x85\u2028d",
    "\ud800",
    ":smile: \\[b]",
    "\x7f\x00\x08",
    "\U000e0041\ufff9\u061c",
]


def everywhere(words: str) -> Document:
    """A document with the same words at every place that takes words from outside."""
    sentence = (words, Math(Name(words)))
    return Document(
        words,
        words,
        (sentence,),
        (words,),
        (
            Heading(words),
            Paragraph(sentence, words),
            Equations(
                (Equation(Name(words), (Side(Call(words, (Partial(words, words),)), words, sentence),), 1, sentence),)
            ),
            Table((sentence, sentence), ((sentence, sentence),), "lr", sentence),
            Figure(
                Picture((Node(words, words), Node(words, words, Name(words), Name(words), Name(words))), ()), sentence
            ),
        ),
    )


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_are_inert(words: str) -> None:
    page = write_plain_page(everywhere(words), NOTATION, 60)
    assert all(char.isprintable() for char in page.replace("\n", ""))
    page.encode("utf-8")
    colourful = printed(everywhere(words), width=60, force_terminal=True, color_system="truecolor")
    assert not re.sub(r"\x1b\[[\d;]*m", "", colourful).replace("\n", "").count(ESCAPE)
    assert re.sub(r"\x1b\[[\d;]*m", "", colourful) == page
    assert not re.search(r"[\x80-\x9f\u202a-\u202e\u2066-\u2069]", colourful)


def test_markup_is_shown_as_it_is_written() -> None:
    page = write_plain_page(everywhere("[red]x[/red]<b>"), NOTATION, 80)
    assert page.count("[red]x[/red]<b>") >= 12
    assert Pen(NOTATION).make_safe("a\x1b[2Jb\u202ec\nd") == "a␛[2Jb�c d"


# Consoles


def test_no_escape_codes_when_piped() -> None:
    assert printed(NETWORK, width=80) == NETWORK_PAGE


def test_colours_on_a_terminal_are_theme_colours() -> None:
    page = printed(NETWORK, width=80, force_terminal=True, color_system="truecolor", no_color=False)
    codes = set(re.findall(r"\x1b\[([\d;]*)m", page))
    assert "1;32" in codes  # results: bold, green
    assert "1;3;31" in codes  # results of derivatives: bold, italic, red
    assert not any("38;" in code or "48;" in code for code in codes)
    assert re.sub(r"\x1b\[[\d;]*m", "", page) == NETWORK_PAGE


def test_no_color_leaves_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    page = printed(NETWORK, width=80, force_terminal=True)
    codes = {code for group in re.findall(r"\x1b\[([\d;]*)m", page) for code in group.split(";")}
    assert codes <= {"", "0", "1", "2", "3"}
    assert re.sub(r"\x1b\[[\d;]*m", "", page) == NETWORK_PAGE


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
def test_an_old_encoding_gets_words_instead_of_a_crash(encoding: str) -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding=encoding)
    for doc in (NETWORK, PATHS, everywhere("日本 ŷ ½ ∀")):
        render(doc, NOTATION, Console(file=out, width=80))
    out.flush()
    page = raw.getvalue().decode(encoding)
    assert too_wide(page, 80) == []
    if encoding == "ascii":
        assert "out_h1 = sigma(in_h1) = sigma(0.3775)" in page
        assert "w5 <- w5 - lambda * dL/dw5" in page
        assert "4.38568x10^-4" in page


CHILD = """
import sys
sys.path[:0] = [{root!r}, {here!r}, {root!r} + "/tests"]
from rich.console import Console
from test_terminal_page import NETWORK, NOTATION, PATHS
from tutor.render.terminal.terminal_page import render
console = Console()
render(NETWORK, NOTATION, console)
render(PATHS, NOTATION, console)
"""


@pytest.mark.parametrize(
    ("width", "extra"), some_now([(80, {}), (40, {}), (120, {}), (80, {"TERM": "dumb"}), (80, {"NO_COLOR": "1"})], 4, rows=True)
)
def test_on_a_pseudo_terminal(width: int, extra: dict[str, str]) -> None:
    script = CHILD.format(root=str(ROOT), here=str(Path(__file__).parent))
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "LINES", "COLUMNS")}
    environment |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **extra}
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (24, width))
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=environment) as run:
        os.close(child)
        page = _read_all(parent).decode().replace("\r\n", "\n")
    assert run.returncode == 0, page
    bare = re.sub(r"\x1b\[[\d;]*m", "", page)
    assert bare == write_plain_page(NETWORK, NOTATION, width) + write_plain_page(PATHS, NOTATION, width)
    assert too_wide(bare, width) == []
    assert ("\x1b[1;32m" in page) == (extra == {})
    assert (ESCAPE in page) == ("TERM" not in extra)


def _read_all(descriptor: int) -> bytes:
    """What a pseudo-terminal says until its other side is closed (Linux tells by an error)."""
    parts = []
    while True:
        try:
            part = os.read(descriptor, 4096)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            part = b""
        if not part:
            os.close(descriptor)
            return b"".join(parts)
        parts.append(part)


# Widths


@pytest.mark.parametrize("doc", [NETWORK, PATHS, everywhere("a_long_word_" * 9), everywhere("ŷ日 " * 30)])
def test_no_line_is_wider_than_the_page(doc: Document) -> None:
    for width in range(40, 201):
        assert too_wide(write_plain_page(doc, NOTATION, width), width) == []


PROSE = st.lists(st.one_of(st.text(max_size=40), EXPRESSIONS.map(Math)), max_size=4).map(tuple)
SIDES = st.builds(Side, EXPRESSIONS, st.sampled_from("=+←→"), PROSE, st.booleans())
ROWS = st.builds(
    Equation, EXPRESSIONS, st.lists(SIDES, max_size=4).map(tuple), st.none() | st.integers(1, 12345), PROSE
)
TABLES = st.integers(1, 5).flatmap(
    lambda size: st.builds(
        Table, st.tuples(*[PROSE] * size), st.lists(st.tuples(*[PROSE] * size), max_size=3).map(tuple), st.just("lrcrl")
    )
)
BLOCKS = st.one_of(
    st.builds(Equations, st.lists(ROWS, max_size=4).map(tuple)),
    st.builds(Paragraph, PROSE, st.text(max_size=20)),
    TABLES,
)


@settings(max_examples=70, deadline=None)
@given(blocks=st.lists(BLOCKS, min_size=1, max_size=3).map(tuple), facts=PROSE, width=st.integers(40, 200))
def test_no_line_of_any_document_is_wider_than_the_page(
    blocks: tuple[Equations, ...], facts: tuple[str], width: int
) -> None:
    page = write_plain_page(Document("A title", "with/ident", (facts,), (), blocks), NOTATION, width)
    assert too_wide(page, width) == []
    assert all(char.isprintable() for char in page.replace("\n", ""))


# Work


def test_sixty_rows_take_little_work() -> None:
    doc = Document("T", blocks=tuple(block for block in NETWORK.blocks if isinstance(block, Equations)) * 4)
    printed(doc, width=80, force_terminal=True)
    with at_most(100_000):
        page = printed(doc, width=80, force_terminal=True)
    assert page.count("\n") >= 60


def test_importing_brings_nothing_heavy() -> None:
    code = "import sys, rich.console; old = {*sys.modules}; import tutor.render.terminal.terminal_page; print(*{*sys.modules} - old)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    new = run.stdout.split()
    assert "tutor.render.terminal.terminal_page" in new
    assert not [name for name in new if name.startswith(("rich.", "pygments", "sympy", "numpy", "mpmath"))]
