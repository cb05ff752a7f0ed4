"""Local derivatives on the edges: each on its own edge, on no other label and in no box; written in TikZ, in SVG and on the terminal."""

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from pictures_drawn import EXAMPLES, NOTATION, dense, diamond, faults, measured, pictures, two_two_two

import tutor
from tutor.explain.document import LocalDerivative, Picture
from tutor.expression.nodes import Name, Number
from tutor.render.picture.edge_labels import place_labels, widen_gaps
from tutor.render.picture.fold import bundle, shorten
from tutor.render.picture.layout import BoxSpacing, layout
from tutor.render.picture.svg import svg
from tutor.render.picture.tikz import tikz

SIZE = (58.0, 12.0)


def labelled(picture: Picture) -> Picture:
    return replace(picture, locals=tuple(LocalDerivative(*ends, Name(ends[0]), Number("0.25")) for ends in dict.fromkeys(picture.edges)))


def placed(picture: Picture, direction: str):
    sizes = dict.fromkeys(picture.edges, SIZE)
    drawn = layout(picture, measured, direction, widen_gaps(BoxSpacing(), sizes, direction))
    return drawn, place_labels(drawn, sizes)


def overlap(one, other, size=SIZE):
    return abs(one[0] - other[0]) < size[0] - 1e-6 and abs(one[1] - other[1]) < size[1] - 1e-6


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_label_lies_in_a_box(name, direction):
    drawn, spots = placed(EXAMPLES[name], direction)
    assert faults(drawn) == []
    assert len(spots) == len({(edge.source, edge.target) for edge in drawn.edges})
    for x, y in spots.values():
        for box in drawn.boxes:
            assert not (box.x - SIZE[0] / 2 < x < box.x + box.w + SIZE[0] / 2 and box.y < y < box.y + box.h) or direction == "down"
            assert not (box.x < x < box.x + box.w and box.y - SIZE[1] / 2 < y < box.y + box.h + SIZE[1] / 2)


@pytest.mark.parametrize("picture", [two_two_two(), diamond(), EXAMPLES["product"], dense((2, 2, 1))])
def test_no_label_lies_on_another(picture):
    _, spots = placed(picture, "right")
    assert [pair for pair in combinations(spots.values(), 2) if overlap(*pair)] == []


@settings(deadline=None, max_examples=30)
@given(pictures(12))
def test_each_label_is_on_its_edge(picture):
    drawn, spots = placed(picture, "right")
    for edge in drawn.edges:
        (x1, y1), (x2, y2) = edge.points[-4], edge.points[-1]
        x, y = spots[edge.source, edge.target]
        assert min(x1, x2) - 0.01 <= x <= max(x1, x2) + 0.01
        assert min(y1, y2) - 0.01 <= y <= max(y1, y2) + 0.01


@pytest.mark.parametrize("smaller", [bundle, lambda picture: shorten(picture, 4)])
def test_what_is_left_out_takes_its_labels_along(smaller):
    made = smaller(labelled(dense((5, 2))))
    assert {(local.source, local.target) for local in made.locals} <= set(made.edges)


def test_without_labels_nothing_changes():
    assert widen_gaps(BoxSpacing(), {}, "down") == BoxSpacing()
    plain = svg(diamond(), NOTATION)
    assert "tg-locals" not in plain
    assert 'class="tg-local"' in svg(labelled(diamond()), NOTATION)
    assert "tutorlocal,tutor small] at" not in tikz(diamond(), NOTATION)


# f = (x + y) z at x = 1, y = −3, z = 4: worked by hand
BY_HAND = {("x", "d"): "1", ("y", "d"): "1", ("d", "f"): "z = 4", ("z", "f"): "d = -2"}


def test_values_and_formulas_are_those_of_the_derivatives():
    solution = tutor.solve("dl/add-multiply", edges="derivatives")
    drawn = {(local.source, local.target): local for local in solution.picture().locals}
    assert set(drawn) == set(BY_HAND)
    tex = solution.to_latex()
    for written in BY_HAND.values():
        assert f"{{${written}$}};" in tex
    assert "∂f/∂d = 4" in solution.to_text(140)
    assert re.search(r">z = 4</text>|>z</tspan>|z\u00a0=\u00a04", solution.to_svg())


@pytest.mark.parametrize(("language", "words"), [("en", "the local derivative"), ("de", "die lokale Ableitung")])
def test_the_legend_says_what_stands_there(language, words):
    solution = tutor.solve("dl/add-multiply", edges="derivatives", words=language)
    assert words in solution.to_svg().replace("\u00a0", " ")
    assert words not in tutor.solve("dl/add-multiply", words=language).to_svg().replace("\u00a0", " ")


@pytest.mark.slow
def test_a_page_with_labels_compiles(pages):
    assert pages(tutor.solve("neuron/two-two-two", edges="derivatives", wrt=["w5"]).to_latex()) >= 1
    assert pages(tutor.solve("graz/two-two-one", edges="derivatives").to_latex()) >= 1
