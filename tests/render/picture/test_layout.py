"""The layout: the geometry holds for any graph, leaves and neurons stand where a reader looks for them."""

import re
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from counted import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures_drawn import EXAMPLES, NOTATION, chain, columns, faults, measured, pictures, two_two_two

from tutor.errors import GraphError
from tutor.explain.document import Node, Picture
from tutor.render.picture.layout import LIMIT, Box, Edge, Layout, arrange, layout, make_drawable
from tutor.render.picture.svg import svg
from tutor.render.picture.tikz import tikz


@settings(deadline=None, max_examples=150)
@given(pictures(), st.sampled_from(["right", "down"]))
def test_any_graph_is_drawn_without_a_fault(picture: Picture, direction: str) -> None:
    drawn = layout(picture, measured, direction)  # type: ignore[arg-type]
    assert faults(drawn) == []
    assert {box.node for box in drawn.boxes} == set(picture.nodes)
    assert {(edge.source, edge.target) for edge in drawn.edges} == set(picture.edges)
    assert len(drawn.edges) == len(set(picture.edges))
    assert drawn == layout(picture, measured, direction)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_drawn_without_a_fault(name: str) -> None:
    assert faults(layout(EXAMPLES[name], measured)) == []


def test_the_check_of_layouts_sees_faults() -> None:
    a, b, c = (Box(x, 0.0, 10.0, 10.0, Node(name, "value")) for x, name in ((0.0, "a"), (20.0, "b"), (40.0, "c")))
    straight = Edge("a", "c", ((10.0, 5.0), (20.0, 5.0), (30.0, 5.0), (40.0, 5.0)))
    assert "a → c crosses b" in faults(Layout(50.0, 10.0, (a, b, c), (straight,)))
    assert faults(Layout(50.0, 10.0, (a, c), (straight,))) == []
    assert faults(Layout(50.0, 10.0, (a, c), (replace(straight, target="a"),))) == ["a → a misses its box"]
    assert faults(Layout(50.0, 10.0, (a, replace(b, x=5.0)), ())) == ["a overlaps b"]
    assert faults(Layout(25.0, 10.0, (a, b), ())) == ["b is outside"]


def test_a_leaf_stands_right_before_the_step_that_uses_it_first() -> None:
    column = columns(two_two_two())
    assert column["w1"] == column["i1"] == column["in_h1"] - 1 == 0
    assert column["w5"] == column["b2"] == column["in_o1"] - 1 == 2
    assert column["target_o1"] == column["L_o1"] - 1
    shared = Picture(
        tuple(Node(name, "weight" if name == "w" else "value") for name in "wabc"),
        (("w", "a"), ("w", "c"), ("a", "b"), ("b", "c")),
        "c",
    )
    assert columns(shared) == {"w": 0, "a": 1, "b": 2, "c": 3}


def test_neurons_stand_in_their_order_where_several_are_the_end() -> None:
    """As in a part of a large graph, and where everything is applied to the same."""
    sums = tuple(Node(f"z{place}", "value") for place in range(1, 5))
    ends = tuple(Node(f"a{place}", "value") for place in range(1, 5))
    edges = tuple((leaf, f"z{place}") for place in range(1, 5) for leaf in ("x1", "x2", f"w{place}"))
    leaves = tuple(Node(name, "input") for name in ("x1", "x2", "w1", "w2", "w3", "w4"))
    order = arrange(Picture((*leaves, *sums, *ends), (*edges, *((f"z{place}", f"a{place}") for place in range(1, 5))), ""))
    assert [[order.nodes[place] for place in layer] for layer in order.layers[1:]] == [list(sums), list(ends)]

    edges = (*((f"z{i}", f"p{j}") for i in range(1, 4) for j in range(1, 4)), ("p2", "L"))  # only the second is used
    order = arrange(Picture(tuple(Node(name, "value") for name in ("z1", "z2", "z3", "p1", "p2", "p3", "L")), edges, "L"))
    assert [order.nodes[place].name for place in order.layers[1]] == ["p1", "p2", "p3"]
    several = ("phi_1", "phi_2", "phi_3")  # of which the first is differentiated
    every = (Node("x", "input"), Node("a", "input"), *(Node(name, "value") for name in several))
    order = arrange(Picture(every, (*(("x", name) for name in several), ("a", "phi_3")), "phi_1"))
    assert [order.nodes[place].name for place in order.layers[1]] == [*several]


def test_leaves_do_not_stick_out_beside_the_widest_layer() -> None:
    ends = tuple(Node(f"y{place}", "value") for place in range(1, 6))
    leaves = tuple(Node(name, "input") for name in ("x", "w1", "w2", "b1"))
    edges = (*(("x", end.name) for end in ends), *((leaf, "y5") for leaf in ("w1", "w2", "b1")))
    drawn = layout(Picture((*leaves, *ends), edges, ""), measured, "down")
    wide = [box for box in drawn.boxes if box.node in ends]
    assert drawn.width == max(box.x + box.w for box in wide) - min(box.x for box in wide)
    assert faults(drawn) == []


def test_a_side_result_stands_right_behind_its_step() -> None:
    nodes = tuple(Node(name, "value") for name in ("x", "a", "side", "b", "loss"))
    column = columns(Picture(nodes, (("x", "a"), ("a", "b"), ("b", "loss"), ("x", "side")), "loss"))
    assert column["side"] == 1


def test_neurons_stand_in_their_order() -> None:
    y = {box.node.name: box.y for box in layout(two_two_two(), measured).boxes}
    for upper, lower in (("in_h1", "in_h2"), ("out_h1", "out_h2"), ("in_o1", "in_o2"), ("L_o1", "L_o2"), ("w1", "w2")):
        assert y[upper] < y[lower]


def test_a_chain_is_straight() -> None:
    drawn = layout(chain(12), lambda node: (80.0, 40.0))
    assert {box.y for box in drawn.boxes} == {0.0}
    assert all(here.x + here.w < there.x for here, there in pairwise(drawn.boxes))


def test_no_more_edges_cross_than_must() -> None:
    picture = two_two_two()
    order = arrange(picture)
    crossings = 0
    for here, there in pairwise(order.layers):
        links = [(a, there.index(other)) for a, item in enumerate(here) for other in order.outputs[item]]
        crossings += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(links, 2))
    assert crossings <= 6  # three leaves that feed two neurons each: three crossings a layer are the least


def test_three_hundred_boxes_take_no_more_work_than_they_should() -> None:
    edges = [
        (f"n{place - 1 - (place * 7 + step * 5) % min(place, 6)}", f"n{place}")
        for place in range(1, 300)
        for step in (0, 1)
    ]
    picture = Picture(tuple(Node(f"n{place}", "value") for place in range(300)), tuple(edges), "n299")
    with at_most(3_000_000):
        drawn = layout(picture, measured)
    assert len(drawn.boxes) == 300


def test_a_graph_up_to_the_limit_is_drawn_whole() -> None:
    assert make_drawable(chain(LIMIT)) == chain(LIMIT)
    assert len(make_drawable(chain(LIMIT + 1)).nodes) == 21


def test_a_graph_of_endless_lanes_is_not_drawn_whole() -> None:
    long = chain(LIMIT)
    skips = tuple((f"a{place}", f"a{LIMIT - 1}") for place in range(LIMIT - 2))
    assert len(make_drawable(replace(long, edges=long.edges + skips)).nodes) == 21


@pytest.mark.parametrize(
    ("picture", "what"),
    [
        (Picture((Node("a", "value"), Node("b", "value")), (("a", "b"), ("b", "a"))), "cycle through 'a'"),
        (Picture((Node("a", "value"),), (("a", "a"),)), "cycle through 'a'"),
        (Picture((Node("a", "value"),), (("a", "b"),)), "no box of the picture is called 'b'"),
        (Picture((Node("a", "value"), Node("a", "input")), ()), "two boxes of the picture are called 'a'"),
    ],
)
def test_a_graph_that_is_none_is_refused(picture: Picture, what: str) -> None:
    for draw in (lambda: svg(picture, NOTATION), lambda: tikz(picture, NOTATION)):
        with pytest.raises(GraphError, match=re.escape(what)):
            draw()
