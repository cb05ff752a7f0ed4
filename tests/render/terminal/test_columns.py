"""Lines of the terminal: cells are counted, nothing is lost or added where a line is broken."""

from drawn_expressions import EXPRESSIONS
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.expression.nodes import Call, Expr, Number
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.terminal.columns import Pen, TextLine, chop_text

NOTATION = Notation(
    symbols={"eta": Symbol("\\eta", "η"), "lam": Symbol("\\lambda", "λ"), "y_hat": Symbol("\\hat{y}", "y\u0302")},
    functions={"sigmoid": Symbol("\\sigma", "σ")},
)


@settings(max_examples=150, deadline=None)
@given(expr=EXPRESSIONS, width=st.integers(10, 60), lead=st.booleans())
def test_breaking_loses_and_adds_nothing(expr: Expr, width: int, lead: bool) -> None:
    pen = Pen(NOTATION)
    lines = pen.break_expr(expr, width, 2, lead)
    assert "".join("".join(lines).split()) == "".join(pen.maths(expr, lead).split())
    assert max(map(cell_len, lines)) <= width


@given(text=st.text(), width=st.integers(8, 40))
def test_chopping_loses_no_letter(text: str, width: int) -> None:
    safe = Pen(NOTATION).make_safe(text)
    lines = chop_text(safe, width)
    assert "".join("".join(lines).split()) == "".join(safe.split())
    assert all(cell_len(line) <= width for line in lines)


def test_a_wide_matrix_stands_in_blocks_of_columns() -> None:
    """Each below its place; no row is broken, and where columns are left out nobody knows their places."""
    wide = Call("matrix", (Number("4"), *[Number(str(entry)) for entry in range(101, 109)]))
    assert Pen(NOTATION).break_expr(wide, 22) == ["⎡ 101  102  103  104 ⎤", "⎣ 105  106  107  108 ⎦"]
    assert Pen(NOTATION).break_expr(wide, 20) == [
        "(·,1…2)", "⎡ 101  102 ⎤", "⎣ 105  106 ⎦", "(·,3…4)", "⎡ 103  104 ⎤", "⎣ 107  108 ⎦",
    ]  # fmt: skip
    block = Call("slices", (Call("block", (wide, Number("5"), Number("8"))),))
    assert [line for line in Pen(NOTATION).break_expr(block, 20) if "·" in line] == ["(·,5…6)", "(·,7…8)"]
    short = Call("matrix", (Number("4"), Number("101"), Number("102"), Call("dots", ()), Number("109")))
    assert Pen(NOTATION).break_expr(short, 14) == ["[ 101  102 ]", "[ ⋯  109 ]"]


def test_a_line_knows_its_cells() -> None:
    line = TextLine().put("日本").to(6).put("y\u0302", "result").to(3)
    assert (line.text, line.width) == ("日本  y\u0302", 7)
