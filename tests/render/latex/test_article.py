"""Documents as LaTeX: they compile without a complaint, whatever is in them, and nothing from outside is acted on."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from latex_articles import (
    NOTATION,
    article,
    compiled,
    complaints,
    hostile,
    long_equations,
    minus,
    name,
    number,
    product,
    sides,
    solution,
    two_paths,
)
from some_now import some_now

from tutor import solve
from tutor.explain.document import (
    Block,
    Document,
    Equation,
    Equations,
    Heading,
    Inline,
    Math,
    Paragraph,
    Section,
    Side,
    Table,
)
from tutor.expression.nodes import Call, Partial, Pow
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.latex import pdf
from tutor.render.latex.article import document, fragment

# ---------------------------------------------------------------------------------------------------- compiling


def test_a_worked_solution_fits_one_page(tex: str, tmp_path: Path) -> None:
    log, pages = compiled(tex, document(solution(), NOTATION), tmp_path)
    assert complaints(log) == []
    assert pages == 1


def test_nothing_runs_off_the_page(tex: str, tmp_path: Path) -> None:
    source = document(hostile(), NOTATION)
    assert source.isascii()
    log, _ = compiled(tex, source, tmp_path)
    assert complaints(log) == []


@pytest.mark.parametrize("size", some_now(["10pt", "11pt", "12pt"], 3))
def test_a_fragment_fits_the_standard_class(tex: str, tmp_path: Path, size: str) -> None:
    blocks = (*solution().blocks, two_paths(), long_equations())
    log, _ = compiled(tex, article(fragment(replace(solution(), blocks=blocks), NOTATION), size), tmp_path)
    assert complaints(log) == []


@pytest.mark.parametrize("factors", ["dot", "cross", "none"])
def test_every_notation_compiles(tex: str, tmp_path: Path, factors: str) -> None:
    symbols = {"x": Symbol("\\hat{x}^{(L)}", "x"), "z": Symbol("ζ", "ζ"), "b": Symbol("b'", "b′")}
    notation = Notation(factors=factors, numbers=factors, indicator="cases", symbols=symbols)  # type: ignore[arg-type]
    exprs = [
        Pow(name("x"), number("2")),
        Pow(name("b"), number("2")),
        Call("f'", (name("z"),)),
        Pow(name("z"), name("x")),
    ]
    exprs.append(Call("if_positive", (minus(name("x"), name("b")), number("1"), number("0"))))
    exprs.append(product(Partial("x", "b"), Call("if_positive", (name("z"), name("b"), name("x")))))
    blocks = (Equations(tuple(Equation(name("y"), sides(expr)) for expr in exprs)), two_paths())
    log, _ = compiled(tex, document(Document("Signs", blocks=blocks), notation), tmp_path)
    assert complaints(log) == []


def test_any_words_compile(tex: str, tmp_path: Path) -> None:
    """A thousand mixtures of all that TeX might act on, in every place where words can stand."""
    rng = random.Random(7)
    pool = [
        *map(chr, range(1, 128)),
        *"äßéñçøåÆłıŐÉσΩ∂∇→·×−²₃½„“”’–—…•§©°′√⊙😀漢\u202e\u00a0\u0301",
        "\\end",
        "\\def\\x",
        "^^41",
        "%",
    ]
    words = ["".join(rng.choices(pool, k=rng.randrange(1, 30))) for _ in range(1000)]
    cells = tuple(tuple((word,) for word in words[i : i + 4]) for i in range(0, 400, 4))
    equations = tuple(
        Equation(name("x"), (Side(name("y"), note=(word,)),), 1, (word[::-1],)) for word in words[400:600]
    )
    blocks: list[Block] = [Table(cells[0], cells[1:]), Equations(equations)]
    for first, second in pairwise(words[600:]):
        blocks += [Heading(first), Paragraph((second,), first[:5])]
    log, _ = compiled(
        tex, document(Document(words[0], words[1], ((words[2],),), (words[3],), tuple(blocks)), NOTATION), tmp_path
    )
    assert complaints(log) == []


# ----------------------------------------------------------------------------------------------- widths and rows


# --------------------------------------------------------------------------------------------------------- words


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_documents_are_ascii(words: list[str]) -> None:
    sentence: tuple[Inline, ...] = (*words, Math(name("x")))
    blocks = (Heading(words[0]), Paragraph(sentence, words[-1]), Table((sentence,), ((sentence,),)))
    source = document(Document(words[0], words[0], (sentence,), (words[0],), blocks), NOTATION)
    assert source.isascii()
    assert source.replace("\n", "").isprintable()


# ----------------------------------------------------------------------------------------------------------- PDF


def test_the_same_source_gives_the_same_bytes(tex: str) -> None:
    source = document(solution(), NOTATION)
    made = pdf.compile_pdf(source)
    assert made.startswith(b"%PDF")
    assert pdf.compile_pdf(source) == made




@pytest.mark.parametrize(("words", "beside"), [("A convolution on a line and its gradients", True), ("A convolution on it " * 3, False)])
def test_the_identifier_stands_beside_the_title_of_a_part_where_there_is_room(words, beside):
    part = Section(Document(f"Solution 3. {words}", "qmul/convolution-line", blocks=(Heading("One"),)), NOTATION)
    text = document(Document("Sheet", blocks=(part,)), NOTATION)
    assert ("\\hfill{\\small\\ttfamily" in text) == beside


@pytest.mark.parametrize(("ident", "why", "count"), [("published/prince-toy-model", "chain rule", 8), ("qmul/laplacian", "worked out", 4)])
def test_a_reason_stands_beside_its_row_where_the_result_may_go_below(ident, why, count):
    rows = [line for line in solve(ident).to_latex().splitlines() if why in line]
    assert len(rows) == count
    assert all("\\tag*" in line for line in rows)


def test_a_left_side_is_not_left_alone_for_a_long_reason():
    rows = document(solve("attention/additive").document(), Notation()).splitlines()
    place = next(place for place, row in enumerate(rows) if row.startswith("\\frac{\\partial L}{\\partial Z} &="))
    assert "outer product with the upstream gradient, then" in rows[place + 1]
    assert "MoveEqLeft" not in "".join(rows)
