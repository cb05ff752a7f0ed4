"""Long tables go on over pages: the head again on each page and nowhere else, columns of one width, no few rows alone."""

import re

import pytest
from page_audit import compile_documents
from some_now import some_now

from tutor.explain.document import Document, Math, Paragraph, Table
from tutor.expression.nodes import Call, Number, Partial
from tutor.notation.profile import Notation
from tutor.render.latex.article import document, fragment


def run(rows: int, words: int = 0) -> Document:
    """A table of a run, below some lines of words."""
    numbers = [(str(row), f"{row / 7:.6f}", f"-1.5e-{row % 9 + 1}") for row in range(rows)]
    cells = tuple((*((Math(Number(number)),) for number in row), ("words",)) for row in numbers)
    table = Table((("Step",), (Math(Partial("L", "w")),), ("loss",), ("what",)), cells, "rrrl", ("A run",))
    return Document("A run", blocks=(*[Paragraph(("a line",))] * words, table))


@pytest.mark.parametrize(("rows", "words"), some_now([(60, 44), (19, 0), (19, 37), (60, 0), (150, 20)], every=5, rows=True))
def test_the_head_is_on_each_page_once(rows, words, tmp_path, pages):
    tex = document(run(rows, words), Notation())
    count = pages(tex)
    seen = compile_documents({"run": tex}, tmp_path)[0]
    assert seen.complaints == ()
    assert len(seen.pages) == count
    heads = [sum("Step" in text for text in page.texts) for page in seen.pages]
    assert max(heads) == 1
    assert heads[-1] == 1
    starts = [number for page in seen.pages for number in page.texts if re.fullmatch(r"words", number)]
    assert len(starts) == rows
    for page in seen.pages:
        own = page.texts.count("words")
        assert own == 0 or own >= 3


@pytest.mark.parametrize("rows", [18, 19, 200])
def test_columns_have_one_width(rows, pages):
    tex = fragment(run(rows), Notation())
    widths = re.findall(r"\\makebox\[([\d.]+)em\]", tex)
    assert len(set(widths)) == (4 if rows > 18 else 0)


def test_a_long_table_in_a_box_is_whole(pages):
    tex = fragment(run(30), Notation())
    head = "\\documentclass{article}\\usepackage{amsmath,mathtools,booktabs,xcolor,tikz}\\begin{document}\n"
    assert pages(head + "\\noindent\\begin{minipage}{\\textwidth}\n" + tex + "\\end{minipage}\\end{document}\n") == 1


@pytest.mark.parametrize("columns", [20, 30, 50])
def test_a_table_that_is_too_wide_stands_in_parts_that_are_alike(columns):
    cells = tuple((Math(Number(f"{place}.12345")),) for place in range(columns))
    written = document(Document("t", blocks=(Table(cells, (cells,), "r" * columns),)), Notation())
    found = [len(part) - 1 for part in re.findall(r"\\begin\{tabular\}\[t\]\{@\{\}(r+)", written)]
    assert len(found) >= 2
    assert sum(found) == columns - 1
    assert max(found) - found[-1] <= 3, found


def test_words_give_way_before_formulas_do(tmp_path):
    """A matrix in a narrower column had letters below seven points; and brackets one below the other touched."""
    matrix = Call("matrix", tuple(map(Number, ["4", *["-0.0025"] * 16])))
    row = ((Math(matrix),), (Math(matrix),), ("this follows from what is wrong above, as the reader sees " * 2,))
    tex = document(Document("t", blocks=(Table((("printed",), ("right",), ("why",)), (row, row), "lll"),)), Notation())
    (seen,) = compile_documents({"matrices": tex}, tmp_path)
    assert seen.complaints == ()
    assert seen.pages[0].smallest > 8
    assert "\\noalign{\\vskip3pt}" in tex
