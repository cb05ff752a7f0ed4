"""Pictures of graphs: the geometry holds for any graph, both outputs are safe, and LaTeX compiles without a warning."""

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from counted import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from some_now import some_now

from tutor.errors import GraphError, OutputError
from tutor.explain.document import Node, Picture
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Pow
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.latex.words import escape_label
from tutor.render.picture.fold import bundle, evaluation_order, shorten
from tutor.render.picture.label import em, labels, rows
from tutor.render.picture.layout import LIMIT, Box, Edge, Layout, arrange, drawable, layout
from tutor.render.picture.svg import svg
from tutor.render.picture.tikz import CM, standalone, tikz

NOTATION = Notation(functions={"sigmoid": Symbol("\\sigma", "σ")})
SLACK = 1e-6


def weighted_sum(weights: list[str], inputs: list[str], bias: str) -> Expr:
    return Add((*(Mul((Name(w), Name(i))) for w, i in zip(weights, inputs, strict=True)), Name(bias)))


def from_steps(steps: dict[str, tuple[Expr, str]], kinds: dict[str, str]) -> Picture:
    """A picture of steps ``name: (formula, names used)``, with leaves right before their first use."""
    nodes: list[Node] = []
    edges: list[tuple[str, str]] = []
    for name, (expr, used) in steps.items():
        for source in used.split():
            if source not in steps and source not in [node.name for node in nodes]:
                gradient = None if kinds.get(source) == "target" else Number("4.38568e-4")
                nodes.append(Node(source, kinds.get(source, "weight"), None, Number("0.15"), gradient))
            edges.append((source, name))
        nodes.append(Node(name, "value", expr, Number("0.59327"), Number("-0.0226")))
    return Picture(tuple(nodes), tuple(edges), list(steps)[-1])


def error_of(target: str, output: str) -> Expr:
    return Mul((Div(Number("1"), Number("2")), Pow(Add((Name(target), Neg(Name(output)))), Number("2"))))


def two_two_two() -> Picture:
    steps: dict[str, tuple[Expr, str]] = {}
    for layer, inputs, first, bias in (("h", ["i1", "i2"], 1, "b1"), ("o", ["out_h1", "out_h2"], 5, "b2")):
        for unit in (1, 2):
            weights = [f"w{first + 2 * (unit - 1)}", f"w{first + 2 * (unit - 1) + 1}"]
            used = f"{weights[0]} {inputs[0]} {weights[1]} {inputs[1]} {bias}"
            steps[f"in_{layer}{unit}"] = (weighted_sum(weights, inputs, bias), used)
        for unit in (1, 2):
            steps[f"out_{layer}{unit}"] = (Call("sigmoid", (Name(f"in_{layer}{unit}"),)), f"in_{layer}{unit}")
    for unit in (1, 2):
        steps[f"L_o{unit}"] = (error_of(f"target_o{unit}", f"out_o{unit}"), f"target_o{unit} out_o{unit}")
    steps["L"] = (Add((Name("L_o1"), Name("L_o2"))), "L_o1 L_o2")
    kinds = {"i1": "input", "i2": "input", "b1": "bias", "b2": "bias", "target_o1": "target", "target_o2": "target"}
    return from_steps(steps, kinds)


def product() -> Picture:
    steps: dict[str, tuple[Expr, str]] = {
        "q": (Add((Name("x"), Name("y"))), "x y"),
        "f": (Mul((Name("q"), Name("z"))), "q z"),
    }
    return from_steps(steps, dict.fromkeys("xyz", "input"))


def diamond() -> Picture:
    steps: dict[str, tuple[Expr, str]] = {
        "a": (Pow(Name("x"), Number("2")), "x"),
        "b": (Call("exp", (Name("a"),)), "a"),
        "c": (Add((Name("a"), Name("b"))), "a b"),
        "d": (Call("sqrt", (Name("c"),)), "c"),
        "e": (Call("cos", (Name("c"),)), "c"),
        "f": (Add((Name("d"), Name("e"))), "d e"),
    }
    return from_steps(steps, {"x": "input"})


def chain(length: int) -> Picture:
    steps: dict[str, tuple[Expr, str]] = {
        f"a{step}": (Call("tanh", (Name(f"a{step - 1}"),)), f"a{step - 1}") for step in range(1, length)
    }
    nodes = [Node("a0", "input"), *(Node(name, "value", expr) for name, (expr, _) in steps.items())]
    return Picture(tuple(nodes), tuple((used, name) for name, (_, used) in steps.items()), f"a{length - 1}")


def dense(sizes: tuple[int, ...]) -> Picture:
    steps: dict[str, tuple[Expr, str]] = {}
    before = [f"x{unit}" for unit in range(1, sizes[0] + 1)]
    for layer, size in enumerate(sizes[1:], 1):
        for unit in range(1, size + 1):
            weights = [f"w{layer}_{unit}{source}" for source in range(1, len(before) + 1)]
            used = " ".join([*weights, *before, f"b{layer}_{unit}"])
            steps[f"z{layer}_{unit}"] = (weighted_sum(weights, before, f"b{layer}_{unit}"), used)
        for unit in range(1, size + 1):
            steps[f"a{layer}_{unit}"] = (Call("sigmoid", (Name(f"z{layer}_{unit}"),)), f"z{layer}_{unit}")
        before = [f"a{layer}_{unit}" for unit in range(1, size + 1)]
    steps["L"] = (Add(tuple(Name(name) for name in before)), " ".join(before))
    return from_steps(steps, {f"x{unit}": "input" for unit in range(1, sizes[0] + 1)})


def hostile() -> Picture:
    names = ["<script>alert(1)</script>", "\\input{/etc/passwd}", "50% & $x_1^2$ #{~}", "a\"b'c", "]]>"]
    names += ["η\x00\u202eé\n漢", "\x00"]
    nodes = [Node(name, "weight", None, Number("<b>"), Number("\\end")) for name in names]
    formula = Add(tuple(Call("<f>\\g%", (Name(name),)) for name in names))
    last = Node("</svg>%\\", "value", formula, Number("1"), Number("1"))
    return Picture((*nodes, last), tuple((name, last.name) for name in names), last.name)


EXAMPLES = {
    "product": product(),
    "two-two-two": two_two_two(),
    "diamond": diamond(),
    "3-4-2": dense((3, 4, 2)),
    "chain of 40": chain(40),
    "hostile": hostile(),
    "one box": Picture((Node("x", "input", None, Number("1"), Number("1")),), (), "x"),
    "nothing": Picture((), ()),
}


@st.composite
def pictures(draw: st.DrawFn, most: int = 24) -> Picture:
    """Any acyclic graph, with doubled edges, several ends and loose boxes; not always in evaluation order."""
    count = draw(st.integers(1, most))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] < pair[1])
    edges = draw(st.lists(pairs, max_size=3 * count)) if count > 1 else []
    kinds = draw(st.lists(st.sampled_from(["input", "weight", "value", "odd"]), min_size=count, max_size=count))
    numbers = st.none() | st.sampled_from([Number("0.5"), Number("-4.38568e-4"), Div(Number("-8"), Number("3"))])
    nodes = []
    for place in range(count):
        used = [source for source, target in edges if target == place]
        expr = Add(tuple(Name(f"n_{source}") for source in used)) if len(used) > 1 else None
        nodes.append(Node(f"n_{place}", kinds[place], expr, draw(numbers), draw(numbers)))
    order = draw(st.permutations(nodes))
    loss = draw(st.sampled_from(["", f"n_{count - 1}"]))
    return Picture(tuple(order), tuple((f"n_{source}", f"n_{target}") for source, target in edges), loss)


def measured(node: Node) -> tuple[float, float]:
    """Sizes that differ from box to box."""
    place = sum(map(ord, node.name))
    return 60.0 + 17.0 * (place % 5), 30.0 + 11.0 * (place % 3)


def faults(drawn: Layout) -> list[str]:
    """What is wrong with a layout: overlapping boxes, edges through boxes or beside their ends, things outside."""
    found = []
    for one, two in combinations(drawn.boxes, 2):
        apart = one.x + one.w <= two.x or two.x + two.w <= one.x or one.y + one.h <= two.y or two.y + two.h <= one.y
        if not apart:
            found.append(f"{one.node.name} overlaps {two.node.name}")
    at = {box.node.name: box for box in drawn.boxes}
    for edge in drawn.edges:
        source, target = at[edge.source], at[edge.target]
        if drawn.direction == "right":
            ends = ((source.x + source.w, source.y + source.h / 2), (target.x, target.y + target.h / 2))
        else:
            ends = ((source.x + source.w / 2, source.y + source.h), (target.x + target.w / 2, target.y))
        for point, end in zip((edge.points[0], edge.points[-1]), ends, strict=True):
            if max(abs(point[0] - end[0]), abs(point[1] - end[1])) > SLACK:
                found.append(f"{edge.source} → {edge.target} misses its box")
        for x, y in sampled(edge):
            if not (-SLACK <= x <= drawn.width + SLACK and -SLACK <= y <= drawn.height + SLACK):
                found.append(f"{edge.source} → {edge.target} leaves the picture")
            found += [
                f"{edge.source} → {edge.target} crosses {box.node.name}"
                for box in drawn.boxes
                if box.x + SLACK < x < box.x + box.w - SLACK and box.y + SLACK < y < box.y + box.h - SLACK
            ]
    for box in drawn.boxes:
        if min(box.x, box.y) < -SLACK or box.x + box.w > drawn.width + SLACK or box.y + box.h > drawn.height + SLACK:
            found.append(f"{box.node.name} is outside")
    return found


def sampled(edge: Edge) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for start in range(0, len(edge.points) - 1, 3):
        a, b, c, d = edge.points[start : start + 4]
        for step in range(17):
            t = step / 16
            u = 1 - t
            weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
            weighted = list(zip(weights, (a, b, c, d), strict=True))
            points.append((sum(w * p[0] for w, p in weighted), sum(w * p[1] for w, p in weighted)))
    return points


# ------------------------------------------------------------------------------------------------------------- layout


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


def columns(picture: Picture) -> dict[str, int]:
    drawn = layout(picture, measured)
    starts = sorted({box.x for box in drawn.boxes})
    return {box.node.name: starts.index(box.x) for box in drawn.boxes}


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


# --------------------------------------------------------------------------------------------------------------- fold


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
    assert "9,980 steps" in tikz(picture, NOTATION)


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


def test_a_graph_up_to_the_limit_is_drawn_whole() -> None:
    assert drawable(chain(LIMIT)) == chain(LIMIT)
    assert len(drawable(chain(LIMIT + 1)).nodes) == 21


def test_a_graph_of_endless_lanes_is_not_drawn_whole() -> None:
    long = chain(LIMIT)
    skips = tuple((f"a{place}", f"a{LIMIT - 1}") for place in range(LIMIT - 2))
    assert len(drawable(replace(long, edges=long.edges + skips)).nodes) == 21


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


# ------------------------------------------------------------------------------------------------------------- labels


@pytest.mark.parametrize(
    ("expr", "title"),
    [
        (Add((Name("a"), Name("b"))), "y = a + b"),
        (Call("sigmoid", (Name("z"),)), "y = σ(z)"),
        (weighted_sum(["w1", "w2", "w3"], ["x1", "x2", "x3"], "b"), "y = w_1·x_1 + … + b"),
        (error_of("target_o1", "out_o1"), "y = (1/2)·(…)²"),
        (Call("sigmoid", (Add((Name("a_long_name"), Name("another_long_name"))),)), "y = σ(…)"),
        (Name("a_name_that_fills_the_box"), "y"),
        (None, "y"),
    ],
)
def test_titles_are_shortened_to_their_shape(expr: Expr | None, title: str) -> None:
    picture = Picture((Node("y", "value", expr),), (), "")
    label = labels(picture, NOTATION, 13.0)["y"]
    assert label.title.plain == title
    assert em(label.title.text) <= 13.0
    assert labels(picture, NOTATION, 0.0)["y"].title.plain == "y"


def test_roles_come_from_the_kind_and_from_the_edges() -> None:
    picture = Picture(
        (Node("w", "weight"), Node("x", "input"), Node("t", "target"), Node("v", "odd"), Node("L", "loss")),
        (("w", "L"), ("x", "L"), ("t", "L"), ("v", "L")),
        "L",
    )
    roles = {name: label.role for name, label in labels(picture, NOTATION, 10.0).items()}
    assert roles == {"w": "parameter", "x": "input", "t": "input", "v": "input", "L": "output"}


@pytest.mark.parametrize(
    ("value", "text", "latex"),
    [
        (Number("-0.0226"), "−0.0226", "$-0.0226$"),
        (Number("4.38568e-4"), "4.38568×10⁻⁴", "$4.38568\\times 10^{-4}$"),
        (Div(Number("8"), Number("3")), "8/3", "$8/3$"),
        (Div(Number("123456789"), Number("987654321")), "≈0.125", "$\\approx 0.125$"),
    ],
)
def test_numbers_are_printed_low_and_short(value: Expr, text: str, latex: str) -> None:
    label = labels(Picture((Node("x", "input", None, value),), ()), NOTATION, 10.0)["x"]
    assert label.value is not None
    assert (label.value.text, label.value.latex) == (text, latex)


def test_a_legend_is_broken_into_rows() -> None:
    assert rows([30, 40, 50], 10, 80) == [[(0, 0.0), (1, 40.0)], [(2, 0.0)]]
    assert rows([100], 10, 80) == [[(0, 0.0)]]


# ---------------------------------------------------------------------------------------------------------------- svg

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_svg_is_well_formed_and_has_a_description(name: str) -> None:
    root = ET.fromstring(svg(EXAMPLES[name], NOTATION))
    assert root.attrib["role"] == "img"
    title, about = root[0], root[1]
    assert [title.tag, about.tag] == [SVG + "title", SVG + "desc"]
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {about.attrib['id']}"
    assert title.text
    allowed = {SVG + tag for tag in ("svg", "title", "desc", "style", "g", "rect", "path", "text", "tspan")}
    assert {element.tag for element in root.iter()} <= allowed


def test_svg_says_what_is_in_the_box() -> None:
    root = ET.fromstring(svg(two_two_two(), NOTATION))
    assert root[0].text == "Computational graph of L"
    assert "in_h1 = w_1·i_1 + w_2·i_2 + b_1: value 0.59327, gradient −0.0226." in (root[1].text or "")
    shown = {"".join(text.itertext()).replace("\u200b", "") for text in root.iter(SVG + "text")}
    assert {"outh1=\xa0σ(inh1)", "L\xa0=\xa0Lo1+\xa0Lo2", "0.59327", "−0.0226"} <= shown
    legend = next(group for group in root.iter(SVG + "g") if group.attrib.get("class") == "tg-legend")
    words = ["".join(text.itertext()).replace("\xa0", " ") for text in legend.iter(SVG + "text")]
    assert words == ["input", "parameter", "operation", "output", "value (forward)", "gradient of L (backward)"]


def test_svg_knows_dark_and_light_and_needs_no_colour() -> None:
    written = svg(product(), NOTATION)
    style = written.partition("<style>")[2].partition("</style>")[0]
    assert "prefers-color-scheme:dark" in style
    for name in re.findall(r"var\((--[a-z-]+)\)", style):
        assert style.count(f"{name}:#") == 2, name
    assert re.search(r"\.tg-gradient\{[^}]*font-style:italic", style)
    assert not re.search(r"\.tg-value\{[^}]*italic", style)
    radius = dict(re.findall(r'<rect class="tg-(\w+)"[^>]* rx="([\d.]+)"', svg(two_two_two(), NOTATION)))
    assert len(set(radius.values())) >= 3


def test_nothing_from_outside_reaches_the_svg_unescaped() -> None:
    written = svg(hostile(), NOTATION)
    assert "<script" not in written
    assert written.count("</svg>") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ue000\ue001]", written)
    strange = Notation(symbols={"x": Symbol("x", "<script>\x07")}, functions={"f": Symbol("f", "<b>")})
    picture = Picture((Node("x", "input"), Node("y", "value", Call("f", (Name("x"),)))), (("x", "y"),), "y")
    assert "<script" not in svg(picture, strange)
    assert "<b>" not in svg(picture, strange)
    ET.fromstring(svg(picture, strange))


def test_words_fit_their_boxes() -> None:
    for box in layout(two_two_two(), measured).boxes:
        assert box.w > 0
    root = ET.fromstring(svg(two_two_two(), NOTATION))
    boxes = next(group for group in root.iter(SVG + "g") if group.attrib.get("class") == "tg-boxes")
    for group in boxes:
        rect = group.find(SVG + "rect")
        assert rect is not None
        left, right = float(rect.attrib["x"]), float(rect.attrib["x"]) + float(rect.attrib["width"])
        for text in group.iter(SVG + "text"):
            size = 14.0 if "tg-title" in text.attrib["class"] else 12.0
            width = em("".join(text.itertext()).replace("\u200b", "")) * size * 0.85
            x = float(text.attrib["x"])
            start = (
                x if "left" in text.attrib["class"] else x - width if "right" in text.attrib["class"] else x - width / 2
            )
            assert left < start
            assert start + width < right


def test_the_same_picture_gives_the_same_bytes_in_any_process() -> None:
    program = (
        "import sys; sys.stdout.reconfigure(encoding='utf-8')\n"
        "from tutor.explain.document import Node, Picture\n"
        "from tutor.notation.profile import Notation\n"
        "from tutor.render.picture.svg import svg\n"
        "from tutor.render.picture.tikz import tikz\n"
        "n = [f'n{i}' for i in range(20)]\n"
        "edges = [(n[i * 3 % j], n[j]) for j in range(1, 20) for i in (1, 2, 5)]\n"
        "p = Picture(tuple(Node(x, 'value') for x in n), tuple(edges))\n"
        "print(svg(p, Notation()), tikz(p, Notation()))\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]


def test_a_long_graph_runs_downwards() -> None:
    box = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
    wide, high = (float(number) for number in box.findall(svg(chain(40), NOTATION))[0])
    assert wide < high
    wide, high = (float(number) for number in box.findall(svg(diamond(), NOTATION))[0])
    assert wide > high


# --------------------------------------------------------------------------------------------------------------- tikz


def size_in_cm(fragment: str) -> tuple[float, float]:
    scale = float(re.findall(r"x=([\d.]+)pt", fragment)[0])
    width, height = re.findall(r"bounding box\] \(0,0\) rectangle \(([\d.]+),([\d.]+)\)", fragment)[0]
    return float(width) * scale / CM, float(height) * scale / CM


def compiled(source: str, folder: Path) -> str:
    """The log of pdflatex.  Without pdflatex the test is skipped, but not where the project is checked."""
    if shutil.which("pdflatex") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdflatex is missing, so no LaTeX was checked")
        pytest.skip("pdflatex is not installed")
    (folder / "picture.tex").write_text(source, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "picture.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "picture.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-3000:]
    return log


def complaints(log: str) -> list[str]:
    return [line for line in log.splitlines() if re.search("Overfull|Underfull|Warning|Missing character", line)]


def page_of(fragments: list[str], width_cm: float) -> str:
    pages = "\n\\clearpage\n".join(f"\\begin{{center}}\n{fragment}\\end{{center}}" for fragment in fragments)
    return (
        "\\documentclass{article}\n\\usepackage{amsmath,mathtools,booktabs,xcolor,tikz}\n"
        f"\\setlength{{\\textwidth}}{{{width_cm}cm}}\\setlength{{\\textheight}}{{24cm}}\\setlength{{\\topmargin}}{{-50pt}}\n"
        f"\\begin{{document}}\n{pages}\n\\end{{document}}\n"
    )


@pytest.mark.parametrize("width_cm", some_now([12.0, 7.0, 16.0], 3))
def test_fragments_compile_without_a_complaint(width_cm: float, tmp_path: Path) -> None:
    fragments = [
        tikz(picture, NOTATION, width_cm) for picture in [*EXAMPLES.values(), dense((10, 8, 5)), chain(10_000)]
    ]
    log = compiled(page_of(fragments, width_cm), tmp_path)
    assert complaints(log) == []
    assert f"({len(fragments)} pages" in log


@settings(deadline=None, max_examples=4)
@given(batch=st.lists(pictures(), min_size=3, max_size=6))
def test_any_graph_compiles_without_a_complaint(batch: list[Picture], tmp_path_factory: pytest.TempPathFactory) -> None:
    fragments = [tikz(picture, NOTATION, 12.0) for picture in batch]
    assert complaints(compiled(page_of(fragments, 12.0), tmp_path_factory.mktemp("tikz"))) == []


@pytest.mark.parametrize("name", [*EXAMPLES, "deep"])
def test_a_picture_of_its_own_compiles_without_a_complaint(name: str, tmp_path: Path) -> None:
    picture = EXAMPLES.get(name) or chain(300)
    log = compiled(standalone(picture, NOTATION), tmp_path)
    assert complaints(log) == []
    assert "(1 page" in log


def test_the_check_of_logs_sees_a_picture_that_is_too_wide(tmp_path: Path) -> None:
    assert complaints(compiled(page_of([tikz(two_two_two(), NOTATION, 16.0)], 10.0), tmp_path)) != []


@pytest.mark.parametrize("width_cm", [9.0, 16.0])
def test_words_fit_their_boxes_in_latex(width_cm: float, tmp_path: Path) -> None:
    checks = []
    for picture in (two_two_two(), dense((3, 4, 2)), diamond(), product()):
        fragment = tikz(picture, NOTATION, width_cm)
        scale = float(re.findall(r"x=([\d.]+)pt", fragment)[0])
        size = re.findall(r"fontsize\{(\d+)\}", fragment)[0]
        boxes = re.findall(r"rectangle \((-?[\d.]+),.*\n\\node\[tutorink\] at \((-?[\d.]+),[^{]*\{(.*)\};", fragment)
        assert len(boxes) >= 5
        for right, middle, title in boxes:
            room = 2 * (float(right) - float(middle)) * scale
            checks.append(f"\\fontsize{{{size}}}{{{size}}}\\selectfont\\settowidth{{\\dimen0}}{{{title}}}")
            checks.append(f"\\ifdim\\dimen0>{room:.2f}pt \\typeout{{TOO WIDE: {size} \\the\\dimen0}}\\fi")
        pairs = re.findall(
            r"\\node\[tutorvalue,tutor small,anchor=base west\] at \((-?[\d.]+),[^{]*\{(.*)\};\n"
            r"\\node\[tutorgradient,tutor small,anchor=base east\] at \((-?[\d.]+),[^{]*\{(.*)\};",
            fragment,
        )
        small = max(int(size) - 1, 6)
        for left, value, right, gradient in pairs:
            room = (float(right) - float(left)) * scale - 2
            checks.append(f"\\fontsize{{{small}}}{{{small}}}\\selectfont\\settowidth{{\\dimen0}}{{{value}{gradient}}}")
            checks.append(f"\\ifdim\\dimen0>{room:.2f}pt \\typeout{{TOO WIDE: {small} \\the\\dimen0}}\\fi")
    log = compiled(page_of(["\n".join([*checks, "x"])], 16.0), tmp_path)
    assert "TOO WIDE" not in log


@settings(deadline=None, max_examples=40)
@given(pictures(), st.sampled_from([8.0, 12.0, 16.0]), st.sampled_from([8.0, 22.0]))
def test_a_fragment_is_never_larger_than_asked_nor_its_letters_too_small(
    picture: Picture, width: float, high: float
) -> None:
    fragment = tikz(picture, NOTATION, width, high)
    assert fragment.isascii()
    wide, tall = size_in_cm(fragment)
    assert wide <= width + 0.001
    assert tall <= high + 0.001
    assert min(int(size) for size in re.findall(r"\\fontsize\{(\d+)\}", fragment)) >= 6


def test_a_room_for_nothing_is_refused() -> None:
    with pytest.raises(OutputError, match=r"no room in 1 cm by 22 cm"):
        tikz(two_two_two(), NOTATION, 1.0)


def test_nothing_from_outside_reaches_latex_unescaped() -> None:
    fragment = tikz(hostile(), NOTATION)
    assert fragment.isascii()
    assert "\\input" not in fragment
    assert not re.search(r"(?<!\\)[%&#]", fragment)
    assert not re.search(r"\\end\b(?!\{(tikzpicture|scope)\})", fragment)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50%", "50\\%"),
        ("\\input{a}", "\\ensuremath{\\backslash}input\\ensuremath{\\{}a\\ensuremath{\\}}"),
        ("η", "\\ensuremath{\\eta}"),
        ("Λ", "\\ensuremath{\\Lambda}"),
        ("é漢", "\\'{e}?"),
        ("a\nb\x00", "a b"),
    ],
)
def test_latex_escapes(text: str, latex: str) -> None:
    assert escape_label(text) == latex


@pytest.mark.parametrize("name", ["", ".fold", ".label", ".layout", ".svg", ".tikz"])
def test_examples_in_the_documentation_hold(name: str) -> None:
    module = importlib.import_module("tutor.render.picture" + name)
    assert doctest.testmod(module).failed == 0
