"""Pictures as SVG: well formed, described, safe, without need of colour, words inside their boxes, the same bytes."""

import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from pictures_drawn import EXAMPLES, NOTATION, chain, diamond, hostile, measured, product, two_two_two

from tutor.explain.document import Node, Picture
from tutor.expression.nodes import Call, Name
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.picture.label import em
from tutor.render.picture.layout import layout
from tutor.render.picture.svg import PHONE, svg
from tutor.results.solution import solve

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


def test_a_page_can_find_each_box_and_each_edge() -> None:
    picture = two_two_two()
    root = ET.fromstring(svg(picture, NOTATION, alone=False))
    assert not [element for element in root.iter() if element.tag == SVG + "style" or "style" in element.attrib]
    assert sorted(mark for element in root.iter() if (mark := element.get("data-node"))) == sorted(node.name for node in picture.nodes)
    pieces = [element.attrib["data-edge"].split() for element in root.iter() if "data-edge" in element.attrib]
    assert {edge for piece in pieces for edge in piece} == {f"{source}>{target}" for source, target in picture.edges}
    assert all(len({edge.partition(">")[0] for edge in piece}) == 1 for piece in pieces)  # they begin at one box


def test_the_pieces_of_an_edge_lead_from_box_to_box() -> None:
    names = [f"n{place}" for place in range(20)]
    edges = tuple((names[place * 3 % end], names[end]) for end in range(1, 20) for place in (1, 2, 5))
    root = ET.fromstring(svg(Picture(tuple(Node(name, "value") for name in names), tuple(dict.fromkeys(edges))), NOTATION))
    shared = 0
    for source, target in edges:
        paths = [each.attrib["d"] for each in root.iter(SVG + "path") if f"{source}>{target}" in each.get("data-edge", "").split()]
        shared += len(paths) > 1
        for before, after in itertools.pairwise(paths):
            assert re.findall(r"[\d.]+", before)[-2:] == re.findall(r"[\d.]+", after)[:2]
    assert shared


@pytest.mark.parametrize(("target", "narrow"), [("qmul/linear-neuron", True), ("graz/sqrt-cos", False)])
def test_the_legend_of_a_small_picture_fits_on_a_phone(target, narrow):
    drawn = solve(target).to_svg()
    legend = drawn.partition('class="tg-legend"')[2]
    ends = [float(x) for x in re.findall(r'<text[^>]* x="([\d.]+)"', legend)]
    assert ends
    assert (max(ends) < PHONE) == narrow
