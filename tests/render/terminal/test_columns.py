"""Lines of the terminal: cells are counted, nothing is lost or added where a line is broken."""

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.terminal.columns import Pen, TextLine, chop_text

NOTATION = Notation(
    symbols={"eta": Symbol("\\eta", "η"), "lam": Symbol("\\lambda", "λ"), "y_hat": Symbol("\\hat{y}", "y\u0302")},
    functions={"sigmoid": Symbol("\\sigma", "σ")},
)


NAMES = st.sampled_from(["x", "w5", "out_h1", "target_o1", "y_hat", "eta", "a_rather_long_name_of_a_quantity", "日本"])


NUMBERS = st.sampled_from(["0", "-1", "0.05", "-0.822", "4.38568e-4", "12345678.9", "-3e-11"]).map(Number)


LEAVES = st.one_of(NAMES.map(Name), NUMBERS, st.builds(Partial, NAMES, NAMES))


def _grow(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    several = st.lists(inner, min_size=1, max_size=6).map(tuple)
    return st.one_of(
        several.map(Add),
        several.map(Mul),
        inner.map(Neg),
        st.builds(Div, inner, inner),
        st.builds(Pow, inner, inner),
        st.builds(Call, st.sampled_from(["sigmoid", "max", "softmax'"]), several),
    )


EXPRESSIONS = st.recursive(LEAVES, _grow, max_leaves=25)


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


def test_a_line_knows_its_cells() -> None:
    line = TextLine().put("日本").to(6).put("y\u0302", "result").to(3)
    assert (line.text, line.width) == ("日本  y\u0302", 7)
