"""The page of a recursion: its rows, its table of times, what it asks for."""

from pathlib import Path

from shown import list_worked_blocks

import tutor
from tutor.exercise.load import from_text
from tutor.explain.document import Equations, Table
from tutor.explain.recursion_section import transpose_column
from tutor.expression.parse import parse

PAGE = (Path(__file__).parent.parent.parent / "docs" / "repetition.md").read_text("utf-8")
TEXT = PAGE.split("```toml\n")[1].split("```")[0]


def test_rows_and_a_table_of_times():
    document = tutor.solve(from_text(TEXT, "t"), recursion=True).document()
    tables = [block for block in document.blocks if isinstance(block, Table)]
    assert [len(table.rows) for table in tables] == [3, 3]
    rows = [row for block in list_worked_blocks(document) if isinstance(block, Equations) for row in block.rows]
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    text = tutor.solve(from_text(TEXT, "t"), recursion=True).to_text()
    assert "t = 2, 1" in text
    assert "the sum over all times" in text


def test_only_what_is_asked_for():
    told = tutor.solve(from_text(TEXT, "t"), recursion=True, wrt=["u"]).to_text()
    assert "∂L/∂u" in told
    assert "∂L/∂w" not in told
    assert "∂L/∂h₀" in tutor.solve(from_text(TEXT, "t"), recursion=True, wrt=["h[0]"]).to_text()


def test_a_column_lies_down():
    assert transpose_column(parse("matrix(1, 2, 3)", functions={"matrix"})) == parse("matrix(2, 2, 3)", functions={"matrix"})
