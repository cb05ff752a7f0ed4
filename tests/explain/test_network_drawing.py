"""Networks as drawings: every quantity of the network written out, the middle of a large layer counted, numbers in the place of symbols."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks_drawn import LARGE, SVG, drawn, of

from tutor.errors import GraphError
from tutor.exercise.load import load
from tutor.explain.diagram import Diagram
from tutor.explain.network_drawing import FIRST, MOST, diagram, list_drawn_quantities
from tutor.graph.build import from_steps
from tutor.graph.network import from_network, quantities
from tutor.render.picture.network_svg import network_svg
from tutor.results.solution import solve


@given(
    sizes=st.lists(st.integers(1, MOST), min_size=2, max_size=4),
    biases=st.sampled_from(["neuron", "layer", "none"]),
    naming=st.sampled_from(["plain", "numbered"]),
)
@settings(max_examples=40, deadline=None)
def test_it_shows_every_quantity_of_the_network_written_out(sizes, biases, naming):
    network = of(sizes, biases, naming)
    graph = from_network(network)
    written = {q.name: q for q in quantities(graph)}
    found = {q.name: q for q in list_drawn_quantities(network)}
    assert all(written[name] == quantity for name, quantity in found.items())
    expected = {name for name, q in written.items() if q.kind in ("weight", "bias", "input", "activation")}
    assert set(found) == expected
    assert diagram(network) == Diagram(*_columns_of(diagram(graph), diagram(network)))


def _columns_of(of_graph, of_network):
    """The drawing made from the written steps is the one made from the sizes."""
    return of_graph.columns, of_graph.wires, of_graph.weights, of_graph.biases


def test_the_middle_of_a_large_layer_is_counted():
    found = diagram(LARGE)
    assert [column.hidden for column in found.columns] == [16380, 996, 6]
    assert [[unit.kind for unit in column.units].index("omitted") for column in found.columns] == [FIRST] * 3
    assert found.columns[0].units[-1].name == "x16384"
    text = ET.fromstring(network_svg(*drawn(LARGE, "dl")))
    said = ["".join(node.itertext()) for node in text.iter(SVG + "text")]
    assert "16,384\u00a0values" in said
    assert "(16,380\u00a0not\u00a0drawn)" in said
    assert "16,384\u00a0×\u00a01,000\u00a0+\u00a01,000\u00a0×\u00a010\u00a0=\u00a016,394,000\u00a0weights,\u00a0no\u00a0biases" in said


def test_written_steps_whose_weights_have_a_place():
    graph = load("graz/two-two-one").graph
    found = diagram(graph)
    assert [[unit.name for unit in column.units] for column in found.columns] == [
        ["x_1", "x_2", ""], ["h1", "h2", ""], ["yhat"],
    ]  # fmt: skip
    assert [column.activation for column in found.columns] == ["", "sigmoid", ""]
    crossing = {wire.weight: (wire.source, wire.target) for wire in found.wires}
    assert crossing["w1_2_1"] == ((0, 1), (1, 0))
    assert crossing["w1_0_2"] == ((0, 2), (1, 1))  # the dummy input 1


def test_a_graph_without_places_is_refused():
    with pytest.raises(GraphError, match=r"no network") as error:
        diagram(from_steps(["d = x + y", "f = d*z"]))
    assert "[quantities]" in error.value.hint


def test_numbers_instead_of_symbols():
    solution = solve("neuron/two-two-two", steps=0)
    found = diagram(solution.exercise.network, solution.trace)
    root = ET.fromstring(network_svg(found, solution.notation))
    weights = next(group for group in root.iter(SVG + "g") if group.get("class") == "tg-weights")
    said = ["".join(node.itertext()) for node in weights.iter(SVG + "text")]
    assert sorted(said) == sorted(["0.15", "0.2", "0.25", "0.3", "0.4", "0.45", "0.5", "0.55", "0.35", "0.35", "0.6", "0.6"])
