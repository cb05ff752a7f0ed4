"""Drawings of networks laid out: no weight on another or on a neuron, everything inside and apart."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks_drawn import drawn, of
from some_now import some_now

from tutor.render.picture import label
from tutor.render.picture.network_layout import arrange, list_overlapping


@pytest.mark.parametrize("course", some_now(["plain", "dl", "qmul", "graz", "neuron", "cmu"], 3))
@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 4, 2), (4, 4, 4), (4, 1), (1, 4), (1, 1)])
@pytest.mark.parametrize("em", [label.em, label.tex_em])
def test_no_weight_lies_on_another_or_on_a_neuron(course, sizes, em):
    drawing = arrange(*drawn(of(sizes), course), em)
    weights = sum((a + 1) * b for a, b in pairwise(sizes))
    assert len(drawing.tags) == len(drawing.spokes) == weights
    assert list_overlapping(drawing) == []
    for tag, spoke in zip(drawing.tags, drawing.spokes, strict=True):
        along = (tag.x - spoke.x1) / (spoke.x2 - spoke.x1)
        assert 0.1 < along < 0.9
        assert spoke.point_at(along)[1] == pytest.approx(tag.y)  # each on its own edge
        for circle in drawing.circles:
            dx = max(abs(tag.x - circle.x) - tag.w / 2, 0)
            dy = max(abs(tag.y - circle.y) - tag.h / 2, 0)
            assert dx * dx + dy * dy > (circle.r - 0.2) ** 2


@given(sizes=st.lists(st.integers(1, 40), min_size=2, max_size=5), biases=st.sampled_from(["neuron", "layer", "none"]))
@settings(max_examples=40, deadline=None)
def test_everything_is_inside_and_apart(sizes, biases):
    drawing = arrange(*drawn(of(sizes, biases)), label.em)
    for circle in drawing.circles:
        assert circle.r - 1e-9 <= circle.x <= drawing.width - circle.r + 1e-9
        assert circle.r - 1e-9 <= circle.y <= drawing.height - circle.r
    for a, b in combinations(drawing.circles, 2):
        assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 > (a.r + b.r) ** 2
    for caption in drawing.captions:
        half = label.em(caption.words.text) * (1.06 if caption.strong else 0.9) / 2
        assert caption.x - half >= -1e-6
        assert caption.x + half <= drawing.width + 1e-6
    for a, b in combinations([c for c in drawing.captions if c.strong], 2):
        assert abs(a.x - b.x) > (label.em(a.words.text) + label.em(b.words.text)) / 2


def test_large_layers_carry_no_weights():
    drawing = arrange(*drawn(of((5, 5))), label.em)
    assert drawing.tags == ()
    assert not drawing.arrows
