"""A large picture in parts: nothing is lost, every part is a graph, and it is cut between layers or between steps of time."""

import pytest
from hypothesis import given, settings
from pictures_drawn import chain, pictures

from tutor.explain.document import Node, Picture
from tutor.explain.picture_parts import MOST_BOXES, caption_parts, split_picture
from tutor.render.picture.fold import evaluation_order
from tutor.results.solution import solve


def list_steps(picture: Picture) -> list[str]:
    fed = {target for _, target in picture.edges}
    return [node.name for node in picture.nodes if node.name in fed]


@settings(deadline=None, max_examples=40)
@given(pictures())
def test_nothing_is_lost_and_every_part_is_a_graph(picture: Picture) -> None:
    picture = Picture(tuple(evaluation_order(picture)), picture.edges, picture.loss)
    parts = split_picture(picture)
    assert [name for part in parts for name in list_steps(part)] == list_steps(picture)
    assert sorted(edge for part in parts for edge in part.edges) == sorted(picture.edges)
    for part in parts:
        names = {node.name for node in part.nodes}
        assert {name for edge in part.edges for name in edge} <= names
        assert [node.name for node in part.nodes if node.expr is not None and node.name not in list_steps(part)] == []


def make_recurrent(steps: int) -> str:
    rows = [f"a{t} = w*h{t - 1} + u*x{t} + b; h{t} = tanh(a{t})" for t in range(1, steps + 1)]
    return "; ".join([*rows, f"L = (v*h{steps} - t)^2"])


@pytest.mark.parametrize(
    ("source", "last"),
    [
        (make_recurrent(10), ["h3", "h6", "h9", "L"]),  # after a step of time, each of a formula and its function
        ("; ".join(f"z{i} = w{i}*z{i - 1}" for i in range(1, 15)), ["z7", "z14"]),
        ("p = a*x1 + b*x2; q = c*x1 + d*x2; g = tanh(p); h = tanh(q); L = g*h", ["L"]),
    ],
)
def test_where_few_quantities_cross(source: str, last: list[str]) -> None:
    parts = split_picture(solve(source).picture())
    assert [list_steps(part)[-1] for part in parts] == last
    assert all(len(part.nodes) <= MOST_BOXES for part in parts)


def test_a_dense_network_is_cut_between_its_layers() -> None:
    rows = [f"z{j} = {' + '.join(f'w{j}{i}*x{i}' for i in range(4))}; h{j} = tanh(z{j})" for j in range(4)]
    rows += [f"y{j} = {' + '.join(f'v{j}{i}*h{i}' for i in range(4))}" for j in range(4)]
    parts = split_picture(solve("; ".join([*rows, "L = y0 + y1 + y2 + y3"])).picture())
    assert [list_steps(part)[-1] for part in parts] == ["h3", "L"]


def test_a_part_says_which_it_is() -> None:
    parts = split_picture(chain(20))
    told = ["".join(piece if isinstance(piece, str) else piece.expr.name for piece in words) for words in caption_parts(parts, ("G.",))]
    assert told[0].startswith("G. Part 1 of 3: from a1 to ")
    assert told[-1].endswith("to a19.")
    assert split_picture(Picture((Node("x", "input"),), (), "x")) == (Picture((Node("x", "input"),), (), "x"),)
