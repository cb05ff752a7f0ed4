"""What a page draws: the graph, the network instead of a graph too large for a picture, or words."""

import pytest

from tutor.explain.diagram import Diagram
from tutor.explain.document import Figure, Paragraph, Picture
from tutor.explain.picture_section import MOST_BOXES, MOST_IN_PARTS, draw_computation
from tutor.explain.solution_page import NumberSections
from tutor.explain.words.wording import ENGLISH
from tutor.results.solution import solve


def draw(source, **asked):
    return draw_computation(NumberSections(solve(source, **asked).worked, ENGLISH))


def write_network(sizes):
    return f'title = "N"\n[network]\nsizes = {sizes}\nactivation = "tanh"\nloss = "half squared error"\n'


@pytest.mark.parametrize(
    ("sizes", "drawn"),
    [([2, 2, 1], Picture), ([4, 6, 3], Diagram),
     pytest.param([2] * 9, Picture, marks=pytest.mark.slow)],  # nine layers have no room beside one another
)  # fmt: skip
def test_a_large_graph_of_a_network_is_drawn_as_a_network(sizes, drawn, tmp_path):
    path = tmp_path / "n.toml"
    path.write_text(write_network(sizes))
    figure = draw(str(path))
    assert isinstance(figure, Figure)
    assert isinstance(figure.picture, drawn)
    if drawn is Diagram:
        assert figure.caption == ("The network. (Its computational graph has 80 quantities, too many for a picture.)",)
        assert [unit.name for unit in figure.picture.columns[0].units if unit.kind == "input"] == ["x1", "x2", "x3", "x4"]


@pytest.mark.parametrize(("length", "drawn"), [(MOST_BOXES // 2 - 1, True), (MOST_IN_PARTS // 2 - 1, True), (MOST_IN_PARTS // 2, False)])
def test_a_graph_beyond_all_pictures_is_told_of(length, drawn):
    block = draw("; ".join(f"z{i} = w{i}*z{i - 1}" for i in range(1, length + 1)))  # two quantities a step, and z0
    if drawn:
        assert isinstance(block, Figure)
        assert len(block.picture.nodes) == 2 * length + 1
    else:
        assert isinstance(block, Paragraph)
        assert f"has {2 * length + 1} quantities" in block.parts[0]


def test_of_a_chosen_quantity_only_its_ways_are_drawn():
    source = "; ".join(f"z{i} = w{i}*z{i - 1}" for i in range(1, 100))
    block = draw(source, wrt=["w95"])
    assert [node.name for node in block.picture.nodes] == ["w95", "z95", "z96", "z97", "z98", "z99"]
