"""Text from outside: a table of every way to an output, and what must never come out of it."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from marked_class import HOSTILE
from some_now import some_now

import tutor.text
from tutor.render.latex.words import escape, escape_label
from tutor.text import (
    blank_invisible,
    drop_controls,
    escape_markdown,
    escape_xml,
    file_name,
    fit_one_line,
    guard_cell,
    is_formula,
    make_lines_visible,
    make_terminal_visible,
    make_visible,
    show_code_points,
)

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")
CELLS = (*(f"{sign}HYPERLINK(1)" for sign in SIGNS), " =1+1", "  ＝1", "\n=1", "=1", "-x")
TEXTS = (*HOSTILE, *CELLS, "\udfff", "\x85\x9f\x7f", "\u200f\u202b\u2028", "\u3000", "\ue000\ue001", "'\"", "a&b", "COM1", "nul.txt",
         "../../etc/passwd", "a/b\\c")  # fmt: skip


def prints(text, besides=""):
    """Nothing in it is obeyed by a terminal, turns the direction, or cannot be encoded."""
    assert [c for c in text if not c.isprintable() and c not in besides] == []
    text.encode("utf-8")


def one_line(text):
    prints(text)


def lines(text):
    prints(text, "\n")


def markdown(text):
    prints(text)
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(f"x {text}"):
        for each in [token, *(token.children or [])]:
            assert each.type in ("paragraph_open", "paragraph_close", "inline", "text", "text_special", "softbreak"), each


def xml(text):
    prints(text, "\u00a0")
    found = ElementTree.fromstring(f'<a title="{text}">{text}</a>')
    assert len(found) == 0
    assert found.text == found.get("title") or not found.text
    tags = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _: tags.append(tag)
    parser.feed(f"<p>{text}</p>")
    assert tags == ["p"]


def latex(text):
    assert text.isascii()
    prints(text)
    assert not re.search(r"(?<!\\)[%&#$]", text.replace("\\ensuremath{\\$}", ""))
    assert not re.search(r"\\(?:input|write|end|catcode|verb)\b|\^\^", text)


def cell(text):
    prints(text, "\n")
    assert not is_formula(text) or text[:1] not in SIGNS
    (row,) = csv.reader(io.StringIO('"' + text.replace('"', '""') + '"\n', newline=""))
    assert row == [text]


def file(text):
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._@+-]*", text)
    assert len(text) <= 80
    assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", text)


WAYS = {  # every public function of the module, and what holds of all that comes out of it
    make_visible: one_line,
    make_lines_visible: lines,
    make_terminal_visible: one_line,
    show_code_points: one_line,
    fit_one_line: one_line,
    blank_invisible: one_line,
    escape_markdown: markdown,
    escape_xml: xml,
    guard_cell: cell,
    file_name: file,
    escape: latex,
    escape_label: latex,
}


@pytest.mark.parametrize("text", some_now(TEXTS, 3), ids=lambda text: ascii(text)[:24])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_from_outside_acts(way, text):
    WAYS[way](way(text))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@given(text=st.text(st.characters(), max_size=40))
def test_nor_does_any_other_text(way, text):
    WAYS[way](way(text))


def test_the_table_has_every_function():
    public = {
        name for name, thing in vars(tutor.text).items()
        if callable(thing) and not name.startswith("_") and thing.__module__ == "tutor.text"
    }  # fmt: skip
    parts = {"code_point", "drop_controls", "is_formula", "shorten_path"}  # of other functions, which guard what they give
    assert public == {way.__name__ for way in WAYS if way.__module__ == "tutor.text"} | parts


@pytest.mark.parametrize("text", ["w5", "a b", "σ(z) = ½", "漢字 😀", "x_1 − 2·y"])
def test_what_prints_stays(text):
    for way in (make_visible, make_lines_visible, make_terminal_visible, show_code_points, fit_one_line, blank_invisible, drop_controls):
        assert way(text) == text


@pytest.mark.parametrize("text", CELLS)
def test_cells_that_are_formulas(text):
    assert is_formula(text)
    assert guard_cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-0.5", "+2", "1e-3", "-.5", "", "x=1", "2-1"])
def test_cells_that_are_none(text):
    assert guard_cell(text) == text


def test_only_one_module_makes_text_harmless():
    """The signs by which such code is known stand nowhere else."""
    root = __import__("pathlib").Path(tutor.text.__file__).parent
    signs = re.compile(r"unicode_escape|\[U\+\{|＝|html\.escape|from html import escape|saxutils|for \w+ in \w+ if \w+\.isprintable")
    assert [path.name for path in sorted(root.rglob("*.py")) if signs.search(path.read_text("utf-8"))] == ["text.py"]
