"""The table of page formats: every row writes every kind of page, and every list of formats is this table."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from chosen_exercises import chosen_ids
from some_now import some_now

import tutor
from tutor.errors import OutputError
from tutor.explain.document import (
    AnswerPlace,
    Bar,
    Bars,
    Blanks,
    Document,
    Equation,
    Equations,
    Heading,
    Math,
    Paragraph,
    Section,
    SheetQuestion,
    Side,
    Table,
    Verbatim,
)
from tutor.expression.nodes import Name, Number
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.page_formats import PAGE_FORMATS, TEXT_FORMATS, PageFormat, page_format

WRITTEN = [name for name, row in PAGE_FORMATS.items() if row.writer]
EVERY_BLOCK = Document(
    "Title", "course/one", (("fact ", Math(Name("x"))),), ("source",),
    (
        Heading("Heading"), Paragraph(("words ", Math(Name("y"))), "Label"), Verbatim("typed\n  ^"),
        Equations((Equation(Name("x"), (Side(Number("1"), note=("note",)), Side(Number("2"), result=True)), 1, ("why",)),)),
        Table(((Math(Name("x")),), ("b",)), ((("1",), ("2",)),), "lr", ("caption",)),
        Bars("bars", (Bar("one", (1, 2), "3"),), ("a", "b")), Blanks(("Your name",)),
        Section(Document("Inner", "inner/one", ((Math(Name("x")),),), ("origin",), (Heading("Deeper"),
                SheetQuestion("1.1", ("asked ", Math(Name("y"))), "an/id", "2 marks", (("a", ("tick",)),), AnswerPlace(2, 2, framed=True)),
        )), Notation(symbols={"y": Symbol("\\Upsilon", "Y")}), apart=True),
    ),
)  # fmt: skip


@pytest.mark.parametrize("name", PAGE_FORMATS)
def test_every_row_names_what_is_there(name):
    row = PAGE_FORMATS[name]
    for where in filter(None, (row.writer, row.fragment, row.screen, row.compiler)):
        module, _, function = where.partition(":")
        assert callable(getattr(import_module(f"tutor.render.{module}"), function))
    assert re.fullmatch(r"\.[a-z]+", row.suffix)
    assert bool(row.compiler) == bool(row.source)
    assert row.title


@pytest.mark.parametrize("name", WRITTEN)
def test_every_block_is_written(name):
    row = PAGE_FORMATS[name]
    text = row.write(EVERY_BLOCK, Notation())
    said = ("Title", "course/one", "fact", "source", "Heading", "words", "Label", "typed", "note", "why", "caption", "bars")
    in_sheets = ("Your name", "Inner", "inner/one", "origin", "Deeper", "1.1", "asked", "an/id", "2 marks", "tick")
    for word in (*said, *in_sheets):
        assert word in text, word
    assert any(letter in text for letter in ("Upsilon", "Y")), "a section has symbols of its own"
    assert not [c for c in text if not c.isprintable() and c != "\n"]


@pytest.mark.parametrize("name", [name for name in WRITTEN if PAGE_FORMATS[name].is_text])
@pytest.mark.parametrize("ident", some_now(chosen_ids()[::7], 3))
def test_every_page_has_every_format(ident, name):
    page = tutor.solve(ident)
    text = page.to(name)
    assert isinstance(text, str)
    assert len(text.splitlines()) > 5
    assert not [c for c in text if not c.isprintable() and c != "\n"]


def test_names_beside_the_table():
    page = tutor.solve("graz/chain")
    assert page.to("terminal") == page.to_text() == str(page)
    assert page.to("markdown") == page.to_markdown()
    assert page.to("latex", fragment=True) == page.to_latex(fragment=True) != page.to_latex()
    assert page.to("json") == page.to_json()


def test_a_format_that_is_not_there():
    with pytest.raises(OutputError, match="there is no format markdwon") as error:
        page_format("markdwon")
    assert "markdown" in error.value.hint


def test_what_is_compiled_is_no_text():
    assert set(PAGE_FORMATS) - set(TEXT_FORMATS) == {"pdf", "python"}  # a program is of a derivation only
    assert not PageFormat("", ".x", compiler="a:b", source=".y").is_text


def test_no_format_is_named_anywhere_else():
    """Formats are listed in the table and nowhere else."""
    root = Path(tutor.__file__).parent
    lists = re.compile(r'"(?:terminal|latex|markdown|pdf)"[^\n]*"(?:terminal|latex|markdown|pdf)"|class \w*Format\(StrEnum\)')
    found = {path.relative_to(root).as_posix() for path in root.rglob("*.py") if lists.search(path.read_text("utf-8"))}
    assert found <= {"render/page_formats.py"}
