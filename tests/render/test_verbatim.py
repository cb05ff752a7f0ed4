"""Text as it was typed: rows, carets, fences."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

from tutor.explain.document import Document, Heading, Math, Verbatim
from tutor.expression.nodes import Name
from tutor.notation.profile import Notation
from tutor.render.latex.article import document
from tutor.render.markdown import markdown
from tutor.render.terminal.columns import Pen
from tutor.render.terminal.terminal_page import write_plain_page
from tutor.render.verbatim import fence_lines, rows

CARETS = [  # text, width, rows
    ("3 ¥ 4\n  ^", 20, ["3 ¥ 4", "  ^"]),
    ("3 ¥ 4\n  ^", 80, ["3 ¥ 4", "  ^"]),
    ("漢漢x\n  ^", 20, ["漢漢x", "    ^"]),
    ("abcdefghijkl\n           ^", 10, ["abcdefghij", "kl", " ^"]),
    ("abcdefghijkl\n         ^", 10, ["abcdefghij", "         ^", "kl"]),
    ("ab\n     ^", 20, ["ab", "     ^"]),
    ("a\x1bb\n  ^", 20, ["a␛b", "  ^"]),
    ("a\u200bb\n  ^", 20, ["ab", " ^"]),
    ("\n  ^", 20, ["", "  ^"]),
    ("one two three", 10, ["one two", "three"]),
    ("  kept   as it is", 30, ["  kept   as it is"]),
    ("a\r\nb\x0bc\u2028d", 30, ["a", "b", "c", "d"]),
    ("", 30, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "width", "expected"), CARETS)
def test_a_caret_stays_under_its_place(text, width, expected):
    assert rows(text, width, Pen(Notation()).make_safe, cell_len) == expected


@given(st.text(max_size=200), st.integers(10, 100))
def test_no_row_is_too_wide_and_nothing_is_lost(text, width):
    safe = Pen(Notation()).make_safe
    found = rows(text, width, safe, cell_len)
    assert all(cell_len(row) <= width for row in found)
    assert all(row.isprintable() for row in found)
    kept = "".join("".join(safe(char) for char in line) for line in text.splitlines())
    assert "".join(found).replace(" ", "").replace("^", "") == kept.replace(" ", "").replace("^", "")


@example(["```", "x", "````", "<b>"])
@given(st.lists(st.text(alphabet="`~ a\\<>", max_size=12), max_size=6))
def test_nothing_ends_a_fence(lines):
    tokens = MarkdownIt("commonmark").parse(fence_lines(lines))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content.splitlines() == lines or not any(lines)


def test_the_block_in_every_format():
    doc = Document("T", blocks=(Heading(": 1", (Math(Name("w5")),)), Verbatim("a_b <b>\n  ^")))
    assert write_plain_page(doc, Notation(), 40).splitlines()[3:] == ["w₅: 1", "a_b <b>", "  ^"]
    assert markdown(doc, Notation()).endswith("## $w _{5}$: 1\n\n```text\na_b <b>\n  ^\n```\n")
    assert "\\section*{\\raggedright $w_{5}$: 1}" in document(doc, Notation())
    assert "a\\char95{}b\\ \\char60{}b\\char62{}" in document(doc, Notation())
