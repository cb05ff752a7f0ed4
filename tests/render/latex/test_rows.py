"""Rows of equations: never wider than the line, broken before the signs of a sum."""

import random
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from latex_articles import LONG, NOTATION, WRITER, network, random_expr, two_paths

from tutor.explain.document import Document, Equation, Equations, Side
from tutor.expression.nodes import Call, Name, Neg, Number, Pow
from tutor.expression.parse import parse
from tutor.render.latex.article import document
from tutor.render.latex.rows import explode, pack, set_beside, set_rows
from tutor.render.latex.widths import measure


@settings(deadline=None)
@given(st.integers(0, 10**6), st.floats(9, 40))
@example(442, 34.75)  # a stroke and two brackets
def test_rows_are_never_wider_than_the_line(seed: int, line: float) -> None:
    expr = random_expr(random.Random(seed), 5)
    chunks = explode(WRITER, expr, line)
    assert all("\\resizebox" in chunk.flow or measure(chunk.flow) <= line for chunk in chunks)
    rows = pack(chunks, line, line)
    assert all("\\resizebox" in row or measure(row) <= line + 1.5 for row in rows)
    for row in rows:
        inside = row.replace("\\{", "").replace("\\}", "")
        assert inside.count("{") == inside.count("}")


def test_a_sum_is_broken_between_its_terms() -> None:
    rows = pack(explode(WRITER, LONG, 30), 30, 30)
    assert all(row.startswith("{}+ w_") for row in rows[1:])
    assert " ".join(rows).count("w_") == 128


def test_a_short_equation_is_one_row() -> None:
    source = document(Document("", blocks=(Equations((network()[0][0],)),)), NOTATION)
    (row,) = re.findall(r"^\\mathit\{in\}.*$", source, re.MULTILINE)
    assert row.count("=") == 3
    assert row.endswith("\\tag*{{(1)}}")


def test_paths_stand_below_one_another() -> None:
    lines = document(Document("", blocks=(two_paths(),)), NOTATION).splitlines()
    first = next(i for i, line in enumerate(lines) if "path 1" in line)
    assert "path 2" in lines[first + 1]
    assert lines[first + 1].strip().startswith("&\\mathrel{+}")
    assert lines[first + 2].strip().startswith("&= \\bigl(0.138499")


def test_members_stand_whole_below_their_left_side_where_they_fit() -> None:
    """A row is not broken within a formula where a break before the relation is enough."""
    long = " + ".join(f"K_{n}*X_{n}" for n in range(13))
    equation = Equation(parse("quite_long_name"), (Side(parse(long)), Side(Number("2"), result=True)))
    wide = measure(WRITER.show(parse(long)))
    beside, below, broken = (
        set_rows(WRITER, equation, wide + more, 9.0, {}, shifts=True) for more in (14.0, 5.0, -4.0)
    )
    assert [row.left != "" and not row.alone for row in beside] == [True]
    assert [row.alone for row in below] == [True, True]
    assert below[0].shift == below[1].shift + 1
    assert below[1].left.startswith("= K_{0}\\,X_{0}")
    assert below[1].left.endswith("= 2")
    assert len(broken) == 2
    assert not any(row.alone for row in broken)


@pytest.mark.parametrize(("inner", "size"), [("a_{0}", "big"), ("a_{0}/b_{0}", "bigg"), ("c_{0}*(1 + a_{0}/b_{0})^2", "Bigg")])
def test_brackets_that_are_broken_are_as_large_as_what_stands_in_them(inner, size):
    long = " + ".join(inner.replace("_{0}", f"_{place}") for place in range(12))
    shown = "".join(chunk.flow for chunk in explode(WRITER, parse(f"k*({long})"), 12.0))
    assert f"\\{size}l(" in shown
    assert shown.count(f"\\{size}r)") == shown.count(f"\\{size}l(") == 1


def test_nothing_stands_beside_the_last_part_of_several():
    long = Equation(parse("W"), (Side(parse(" + ".join(f"K_{n}*X_{n}" for n in range(13)))),))
    short = [Equation(Name(name), (Side(Number("1")),)) for name in "abc"]
    rows = set_beside(WRITER, [short[0], long, *short[1:]], 20.0, 2.0)
    assert [row.left for row in rows if row.left] == ["a", "W", "b"]
    assert rows[-1].body.endswith("c = 1")


def test_a_short_left_side_is_not_left_alone():
    """What is too wide beside the other rows' left sides only begins farther left, with its own left side before it."""
    long = parse(" + ".join(f"K_{n}*X_{n}" for n in range(13)))
    equation = Equation(parse("L"), (Side(long), Side(Number("2"), result=True)))
    first, result = set_rows(WRITER, equation, measure(WRITER.show(long)) + 3.0, 6.0, {}, shifts=True)
    assert first.left.startswith("L = K_{0}")
    assert (first.shift, result.shift, result.left) == (6, 5, "= 2")


@pytest.mark.parametrize("source", ["broadcast", "sum along"])
def test_a_sign_of_several_axes_is_broken_inside_and_never_shrunk(source):
    inner = parse("+".join(f"a_{n}*b_{n}" for n in range(12)))
    call = Call(source, (inner, Name("N"), Call("own axis", ())))
    chunks = explode(WRITER, call, 12)
    flow = "".join(chunk.flow for chunk in chunks)
    assert len(chunks) > 2
    assert "resizebox" not in flow
    assert flow.startswith(
        "\\operatorname{" + ("broadcast" if source == "broadcast" else "sum") + "}_{N \\times \\cdot}"
    )


@pytest.mark.parametrize(("term", "bracket"), [("a_{n}*b_{n}", "big"), ("a_{n}/b_{n}", "bigg"), ("a_{n}/(sqrt(b_{n}) + 1)", "Bigg")])
def test_the_bracket_of_a_broken_formula_is_as_high_as_what_stands_in_it(term, bracket):
    total = Neg(parse("+".join(term.replace("{n}", str(n)) for n in range(12)), functions=("sqrt",)))
    flow = "".join(chunk.flow for chunk in explode(WRITER, total, 12))
    assert flow.startswith(f"-\\{bracket}l(")
    assert flow.endswith(f"\\{bracket}r)")


def test_a_power_of_a_root_that_is_broken_has_brackets():
    root = Call("sqrt", (parse("+".join(f"a_{n}*b_{n}" for n in range(12))),))
    flow = "".join(chunk.flow for chunk in explode(WRITER, Pow(root, Number("2")), 12))
    assert "^{1/2}" in flow
    assert "^{1/2}^" not in flow  # TeX does not take two
