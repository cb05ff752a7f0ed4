"""Drawings of networks: nothing overlaps, the names are those of the network written out, both outputs say the same."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.errors import GraphError
from tutor.exercise.load import load
from tutor.explain.diagram import Diagram, DiagramColumn, DiagramUnit, Wire
from tutor.explain.network_drawing import FIRST, MOST, diagram, drawn_quantities
from tutor.graph.build import from_steps
from tutor.graph.network import Network, from_network, quantities
from tutor.notation.profile import Notation, notation
from tutor.render.picture import label
from tutor.render.picture.network_layout import arrange, overlapping
from tutor.render.picture.network_svg import network_svg
from tutor.render.picture.network_tikz import network_standalone, network_tikz
from tutor.results.solution import solve

SVG = "{http://www.w3.org/2000/svg}"
needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def of(sizes, biases="neuron", naming="plain", activation="sigmoid"):
    return Network(tuple(sizes), (activation,) * (len(sizes) - 1), biases=biases, naming=naming)


def drawn(network, course="plain"):
    return diagram(network), notation(course, drawn_quantities(network))


LARGE = of((16384, 1000, 10), "none", activation="relu")
HOSTILE = Diagram(
    (DiagramColumn((DiagramUnit("input", "<script>&$%"),), 1),
     DiagramColumn((DiagramUnit("output", "\\input{x}\x00\u202e"),), 1, "relu</text>$")),
    (Wire((0, 0), (1, 0), "]]></svg>\\end{document}"),),
    (1,),
)

# ---------------------------------------------------------------------------------------------------------------- content


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
    found = {q.name: q for q in drawn_quantities(network)}
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


# --------------------------------------------------------------------------------------------------------------- geometry


@pytest.mark.parametrize("course", ["plain", "dl", "qmul", "graz", "neuron", "cmu"])
@pytest.mark.parametrize("sizes", [(2, 2, 2), (3, 4, 2), (4, 4, 4), (4, 1), (1, 4), (1, 1)])
@pytest.mark.parametrize("em", [label.em, label.tex_em])
def test_no_weight_lies_on_another_or_on_a_neuron(course, sizes, em):
    drawing = arrange(*drawn(of(sizes), course), em)
    weights = sum((a + 1) * b for a, b in pairwise(sizes))
    assert len(drawing.tags) == len(drawing.spokes) == weights
    assert overlapping(drawing) == []
    for tag, spoke in zip(drawing.tags, drawing.spokes, strict=True):
        along = (tag.x - spoke.x1) / (spoke.x2 - spoke.x1)
        assert 0.1 < along < 0.9
        assert spoke.at(along)[1] == pytest.approx(tag.y)  # each on its own edge
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


# ---------------------------------------------------------------------------------------------------------------- outputs


@pytest.mark.parametrize("network", [of((2, 2, 2)), of((3, 4, 2), "layer"), LARGE], ids=["2-2-2", "3-4-2", "large"])
def test_both_outputs_draw_the_same(network):
    found, profile = drawn(network)
    root = ET.fromstring(network_svg(found, profile))
    tex = network_tikz(found, profile)
    circles = [node for node in root.iter(SVG + "circle") if node.get("class") != "tg-dot"]
    edges = [node for node in root.iter(SVG + "path") if (node.get("class") or "").startswith("tg-edge")]
    assert len(circles) == len(re.findall(r"\\draw\[[^]]*fill=tutor\w+\] \([^)]*\) circle", tex))
    assert len(edges) == len(re.findall(r"\\draw\[tutoredge", tex))
    assert tex.count("\\node") == len(list(root.iter(SVG + "text")))
    assert tex.isascii()


def test_the_same_bytes_twice():
    assert network_svg(*drawn(of((3, 4, 2)))) == network_svg(*drawn(of((3, 4, 2))))
    assert network_standalone(*drawn(of((3, 4, 2)))) == network_standalone(*drawn(of((3, 4, 2))))


def test_hostile_names_are_escaped():
    source = network_svg(HOSTILE, Notation())
    root = ET.fromstring(source)
    assert not list(root.iter(SVG + "script"))
    assert "\u202e" not in source
    tex = network_tikz(HOSTILE, Notation())
    assert "\\input" not in tex.replace("\\textbackslash{}input", "")
    assert "\\end{document}" not in tex
    assert tex.isascii()


def test_light_and_dark():
    source = network_svg(*drawn(of((2, 2))))
    assert "prefers-color-scheme:dark" in source
    assert "stroke-dasharray" in source  # the dummy 1, without colour


@needs_tex
@pytest.mark.parametrize(
    "made",
    [lambda: drawn(of((2, 2, 2), "layer", "numbered"), "neuron"), lambda: drawn(of((3, 4, 2)), "cmu"),
     lambda: drawn(LARGE, "dl"), lambda: (HOSTILE, Notation())],
    ids=["2-2-2", "3-4-2", "large", "hostile"],
)  # fmt: skip
def test_latex_compiles_without_a_warning(made, tmp_path):
    (tmp_path / "net.tex").write_text(network_standalone(*made()), encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "net.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    log = (tmp_path / "net.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-2000:]
    for word in ("Overfull", "Underfull", "Warning", "Missing character", "undefined"):
        assert word not in log
    assert "(1 page" in log
