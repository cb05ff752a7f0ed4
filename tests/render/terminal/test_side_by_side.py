"""Matrices side by side: as many as fit, in their order, nothing wider than the page, and the same in every format."""

import re

import pytest

import tutor
from tutor.explain.document import Equations
from tutor.render.terminal.columns import TextLine
from tutor.render.terminal.side_by_side import set_beside


def group(width, height):
    return [TextLine().put("x" * width) for _ in range(height)]


@pytest.mark.parametrize(("room", "shown"), [
    (20, ["xxx    xx    x", "xxx    xx"]),
    (11, ["xxx    xx", "xxx    xx", "x"]),
    (2, ["xxx", "xxx", "xx", "xx", "x"]),
])  # fmt: skip
def test_as_many_as_fit(room, shown):
    assert [line.text for line in set_beside([group(3, 2), group(2, 2), group(1, 1)], room)] == shown


def test_a_low_group_stands_in_the_middle():
    assert [line.text for line in set_beside([group(1, 4), group(1, 2)], 20)] == ["x", "x    x", "x    x", "x"]
    assert set_beside([], 20) == []


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("name", ["qmul/laplacian", "neuron/softmax-loss-batch"])
def test_given_arrays_stand_side_by_side_where_they_fit(name, width):
    text = tutor.solve(name, form="layer").to_text(width)
    given = text.partition("Given\n")[2].partition("\n\n")[0].splitlines()
    assert max(map(len, given)) <= width
    assert any(line.count(" = ") > 1 for line in given) == (width >= 60 or name == "neuron/softmax-loss-batch")


def test_every_format_has_all_of_them_once():
    page = tutor.solve("neuron/softmax-loss-batch", form="layer")
    (given,) = [block for block in page.document().blocks if isinstance(block, Equations) and block.beside]
    assert [row.left.name for row in given.rows] == ["H", "W", "b", "Y"]  # in the order of the computation
    latex = page.to_latex().partition("Given}")[2].partition("\\section")[0]
    assert latex.count("\\begin{bmatrix}") == 4
    assert latex.count("&=") == 1  # one row
    html = page.to("html").partition(">Given<")[2].partition("<h2")[0]
    assert html.count('<div class="aligned">') == html.count("<mtable>") == 4
    assert len(re.findall("\\\\begin{bmatrix}", page.to_markdown().partition("## Given")[2].partition("##")[0])) == 4
