"""Charts of bars: the SVG file and the lines in a terminal."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from marked_class import CLASS, HOSTILE, QUESTIONS, TITLE
from rich.cells import cell_len

from tutor.explain.document import Bar, Bars
from tutor.notation.profile import Notation
from tutor.render.bar_rows import latex, lines
from tutor.render.charts.bars_svg import PARTS, WIDTH, svg
from tutor.render.terminal.columns import Pen
from tutor.results.feedback import class_report

REPORT = class_report(CLASS, title=TITLE, questions=QUESTIONS)
SVG = "{http://www.w3.org/2000/svg}"


def contrast(first, second):
    """The contrast ratio of two colours, as WCAG defines it."""

    def light(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_file_stands_alone_and_tells_its_numbers():
    text = REPORT.to_svg()
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "The class: A 2-2-2 network learns"
    assert "dL/dw1: 4 correct, 1 follow-through, 1 known slip, 1 wrong, 1 unreadable, 1 no answer." in root.find(f"{SVG}desc").text
    assert {root.find(f"{SVG}title").get("id"), root.find(f"{SVG}desc").get("id")} == set(root.get("aria-labelledby").split())
    assert "prefers-color-scheme:dark" in text
    assert not re.search(r"<script|@import|url\((?!#)|href", text)
    assert text == class_report(CLASS, title=TITLE, questions=QUESTIONS).to_svg()


def test_every_length_is_a_short_number_within_the_picture():
    root = ElementTree.fromstring(REPORT.to_svg())
    for piece in root.iter():
        for name in ("x", "y", "width", "height"):
            number = piece.get(name)
            assert number is None or re.fullmatch(r"\d+(\.\d{1,2})?", number)
        if piece.tag == f"{SVG}rect" and piece.get("x"):
            assert float(piece.get("x")) + float(piece.get("width")) <= WIDTH


def test_the_bars_of_a_chart_with_shares_are_equally_long():
    chart = Bars("t", tuple(Bar(str(n), (n, 2 * n, 1)) for n in range(1, 6)), ("a", "b", "c"), shares=True)
    widths = [float(piece.get("width")) for piece in ElementTree.fromstring(svg([chart], "t")).iter(f"{SVG}rect")
              if piece.get("class", "").startswith("tb-part") and piece.get("height") == "20"]  # fmt: skip
    assert len({round(sum(widths[place : place + 3])) for place in range(0, 15, 3)}) == 1


@pytest.mark.parametrize("part", PARTS)
def test_numbers_can_be_read_on_every_part(part):
    assert contrast("#111827", part[0]) > 7
    assert contrast("#e8ecf3", part[2]) > 4.5
    assert contrast("#ffffff", part[1]) > 4
    assert contrast("#10151f", part[3]) > 4.5


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words)[:20])
def test_labels_are_words_only(words):
    chart = Bars(words, (Bar(words, (1, 2), "1"),), (words, words), shares=True)
    text = svg([chart], words)
    allowed = {"svg", "title", "desc", "style", "defs", "pattern", "path", "rect", "g", "text", "circle"}
    assert {piece.tag.removeprefix(SVG) for piece in ElementTree.fromstring(text).iter()} <= allowed
    assert all(char.isprintable() or char == "\n" for char in text)
    for width in (40, 80, 120):
        for line in lines(chart, Pen(Notation()), width):
            assert cell_len(line.text) <= width
            assert line.text.isprintable()
    assert latex(chart, 40.0).isascii()


def test_nothing_to_show():
    for chart in (Bars("t", ()), Bars("t", (Bar("a", (0, 0)),), ("x", "y")), Bars("t", (Bar("a", (0,)),), shares=True)):
        assert ElementTree.fromstring(svg([chart], "t")) is not None
        assert lines(chart, Pen(Notation()), 80)
        assert latex(chart, 40.0)


