"""Large graphs lose their middle and say so, leaves are bundled by what they feed, and what is left is a graph."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from pictures_drawn import NOTATION, chain, dense, faults, measured, pictures, product

from tutor.explain.document import Picture
from tutor.render.picture.fold import bundle, evaluation_order, shorten
from tutor.render.picture.layout import layout
from tutor.render.picture.svg import svg
from tutor.render.picture.tikz import tikz


def test_a_chain_of_ten_thousand_loses_its_middle_and_says_so() -> None:
    picture = chain(10_000)
    drawn = layout(picture, measured)
    names = [box.node.name for box in drawn.boxes]
    assert len(names) == 21
    assert names[:2] == ["a0", "a1"]
    assert names[-1] == "a9999"
    assert "⋮ 9,980 steps" in names
    assert faults(drawn) == []
    assert "⋮\xa09,980\xa0steps" in svg(picture, NOTATION)
    assert re.search(r"9,9\d\d steps", tikz(picture, NOTATION))


@settings(deadline=None)
@given(pictures(), st.integers(2, 8))
def test_a_folded_graph_is_still_a_graph(picture: Picture, keep: int) -> None:
    for smaller in (shorten(picture, keep), bundle(picture), shorten(bundle(picture), keep)):
        names = {node.name for node in smaller.nodes}
        assert {name for edge in smaller.edges for name in edge} <= names
        assert len(evaluation_order(smaller)) == len(names)
    assert len(shorten(picture, keep).nodes) <= keep + 1


def test_leaves_are_bundled_by_what_they_feed() -> None:
    bundled = bundle(dense((5, 2)))
    counts = sorted(node.name.partition(" (")[0] for node in bundled.nodes if node.kind == "omitted")
    assert counts == ["⋮ 5 inputs", "⋮ 6 parameters", "⋮ 6 parameters"]
    assert bundle(product()) == product()
