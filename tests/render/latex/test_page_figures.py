"""Pictures of a page: as they are where they have room, in parts or as a table where they have none; never a letter too small."""

import re

import pytest
from networks_drawn import drawn, of
from pictures_drawn import NOTATION, chain, dense, two_two_two

from tutor.explain.document import Figure
from tutor.render.latex.article import _LatexPage
from tutor.render.latex.fragments import FragmentStyle
from tutor.render.latex.page_figures import set_figure


def set_block(picture, notation=NOTATION, width_cm=17.2, *, floats=True, style=None):
    page = _LatexPage(notation, width_cm)
    return set_figure(Figure(picture, ("Words.",)), notation, page.phrases, width_cm, page.line, floats=floats, style=style)


@pytest.mark.parametrize(("picture", "pictures"), [(two_two_two(), 1), (chain(60), 9), (dense((4, 4, 2)), 2)])
def test_a_picture_too_large_is_in_parts(picture, pictures):
    latex = set_block(picture)
    assert latex.count("\\begin{tikzpicture}") == pictures
    assert latex.count("Words.") == 1
    assert [int(number) for number in re.findall(r"Part (\d+) of", latex)] == (list(range(1, pictures + 1)) if pictures > 1 else [])
    assert all(int(size) >= 7 for size in re.findall(r"\\fontsize\{(\d+)\}", latex))


def test_all_that_is_computed_is_drawn_in_some_part():
    latex = set_block(chain(60))
    assert "\\vdots" not in latex
    assert latex.count("draw=tutoroperationline") >= 59 - 1  # and the last is the output


@pytest.mark.parametrize(
    ("sizes", "width", "drawn_as"), [((5, 5, 5), 17.2, "upright"), ((3,) * 8, 17.2, "turned"), ((3,) * 8, 8.0, "table")]
)
def test_a_network_is_upright_turned_or_a_table(sizes, width, drawn_as):
    latex = set_block(*drawn(of(sizes)), width, floats=width > 10, style=FragmentStyle() if width < 10 else None)
    found = "table" if "\\begin{tabular}" in latex else "turned" if "\\rotatebox" in latex else "upright"
    assert found == drawn_as
