"""Mathematics of HTML pages: what is written, that it is MathML Core, and that it means what the other two ways of writing mean."""

import re
import xml.etree.ElementTree as ET

import pytest
from chosen_exercises import chosen_ids
from drawn_expressions import EXPRESSIONS
from hypothesis import given, settings
from hypothesis import strategies as st
from mathml_read import APPLY, TIMES, find_faults, normalise, read_value, write_latex
from some_now import some_now
from valued_expressions import environment, expressions, value

import tutor
from tutor.errors import TutorError
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.parse import parse
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.notation.profile import Notation, profile_names
from tutor.notation.symbol import Symbol
from tutor.render.html_page import write_html_body
from tutor.render.latex.words import ascii_maths
from tutor.render.layer_maths import ARRAYS
from tutor.render.mathml import MathmlPrinter
from tutor.render.maths import latex, text
from tutor.rules.operations import NAMES

PLAIN = Notation()
a, b, x, z = map(Name, "abxz")
one, two = Number("1"), Number("2")


def inside(written):
    """The formula itself, without the elements around it."""
    return re.fullmatch(r"<math[^>]*><semantics><mrow>(.*)</mrow><annotation .*</annotation></semantics></math>", written)[1]


def annotation(written):
    return ET.fromstring(written).find(".//annotation").text


PREFIX, MARK = '<mo form="prefix">−</mo>', '<mo stretchy="false">{}</mo>'.format
TIGHT, INFIX = '<mo lspace="0" rspace="0">{}</mo>'.format, '<mo form="infix">{}</mo>'.format
SPACE = '<mspace width="0.28em"></mspace>'


@pytest.mark.parametrize(("expr", "written"), [
    (Number("-0.82"), f"{PREFIX}<mn>0.82</mn>"),
    (Number("4e-2"), f"<mn>4</mn>{INFIX('×')}<msup><mn>10</mn><mrow>{PREFIX}<mn>2</mn></mrow></msup>"),
    (Name("w5"), "<msub><mi>w</mi><mn>5</mn></msub>"),
    (Name("out_h1"), "<msub><mi>𝑜𝑢𝑡</mi><mrow><mi>h</mi><mn>1</mn></mrow></msub>"),
    (Name("yhat"), f'<mover accent="true"><mi>y</mi>{MARK("^")}</mover>'),
    (Name("日本"), "<mi>日本</mi>"),
    (Partial("L", "x"), "<mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac>"),
    (Neg(x), f"{PREFIX}<mi>x</mi>"),
    (Add((x, Neg(z))), f"<mi>x</mi>{INFIX('−')}<mi>z</mi>"),
    (Mul((x, z)), '<mi>x</mi><mo lspace="0" rspace="0.17em">&#8290;</mo><mi>z</mi>'),
    (Mul((x, Add((z, a)))), f"<mi>x</mi><mo>&#8290;</mo><mrow>{MARK('(')}<mi>z</mi>{INFIX('+')}<mi>a</mi>{MARK(')')}</mrow>"),
    (Call("sigmoid'", (x,)), f"<msup><mi>sigmoid</mi><mo>′</mo></msup><mo>&#8289;</mo><mrow>{MARK('(')}<mi>x</mi>{MARK(')')}</mrow>"),
    (Pow(Div(x, two), two), "<msup><mrow><mo>(</mo><mfrac><mi>x</mi><mn>2</mn></mfrac><mo>)</mo></mrow><mn>2</mn></msup>"),
    (Call("sqrt", (x,)), "<msqrt><mi>x</mi></msqrt>"),
    (Call("if_positive", (z, one, Number("0"))), f"<msub><mn>𝟏</mn><mrow><mi>z</mi>{TIGHT('&gt;')}<mn>0</mn></mrow></msub>"),
    (
        Call("if_positive", (z, a, b)),
        '<mrow><mo>{</mo><mtable class="cases"><mtr><mtd><mi>a</mi></mtd><mtd><mrow><mtext>if&#160;</mtext><mi>z</mi>'
        f"{INFIX('&gt;')}<mn>0</mn></mrow></mtd></mtr><mtr><mtd><mi>b</mi></mtd><mtd><mtext>else</mtext></mtd></mtr></mtable></mrow>",
    ),
    (Call("transpose", (x,)), "<msup><mi>x</mi><mi>⊤</mi></msup>"),
    (
        Call("matrix", (one, a, b)),
        "<mrow><mo>[</mo><mtable><mtr><mtd><mi>a</mi></mtd></mtr><mtr><mtd><mi>b</mi></mtd></mtr></mtable><mo>]</mo></mrow>",
    ),
    (
        Call("sum_over", (Name("v"), two, x)),
        f"<munderover><mo>∑</mo><mrow><mi>v</mi>{TIGHT('=')}<mn>1</mn></mrow><mn>2</mn></munderover><mi>x</mi>",
    ),
    (Call("shaped", (x, two, one)), f"<munder><mi>x</mi><mrow>{SPACE}<mn>2</mn>{TIGHT('×')}<mn>1</mn>{SPACE}</mrow></munder>"),
])  # fmt: skip
def test_table(expr, written):
    assert inside(MathmlPrinter(PLAIN).write_inline(expr)) == written


def test_what_stands_alone_is_displayed_with_its_relation():
    written = MathmlPrinter(PLAIN).write_alone(Neg(x), "=")
    assert written.startswith('<math display="block"><semantics><mrow><mo form="infix">=</mo><mo form="prefix">−</mo>')
    assert annotation(written) == "= -x"
    assert annotation(MathmlPrinter(PLAIN).write_alone(x, "←")) == "\\leftarrow  x"


def test_nothing_from_outside_is_markup():
    strange = Notation(symbols={"x": Symbol("<script>&\x07</mi>\u202e", ""), "z": Symbol("}{\\left(^_'\\end{cases}", "")})
    for expr in (x, z, Mul((z, x)), Call("<b>", (Name("]]>"),)), Partial("<i>", "&")):
        written = MathmlPrinter(strange).write_alone(expr)
        assert find_faults(written) == []
        assert "<script" not in written
        assert not [c for c in written if not c.isprintable()]


@settings(max_examples=60, deadline=None)
@given(expressions, st.sampled_from(["dot", "cross", "none"]))
def test_it_means_what_was_printed(expr, sign):
    try:
        expected = value(expr)
    except (ZeroDivisionError, OverflowError):
        return
    written = MathmlPrinter(Notation(factors=sign, numbers=sign)).write_inline(expr)
    assert read_value(ET.fromstring(written), environment()) == expected


def check(expr, notation):
    """MathML Core; the annotation is our LaTeX; read element by element it is that LaTeX again, so brackets stand in the same places."""
    written = MathmlPrinter(notation).write_inline(expr)
    in_latex = ascii_maths(latex(expr, notation))
    assert find_faults(written) == []
    assert annotation(written) == in_latex
    assert normalise(write_latex(ET.fromstring(written))) == normalise(latex(expr, notation))


@settings(max_examples=60, deadline=None)
@given(EXPRESSIONS)
def test_it_reads_back_as_latex(expr):
    check(expr, Notation(symbols={"日本": Symbol("b", "b")}))


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS)
def test_much_more_of_it_reads_back_as_latex(expr):
    check(expr, Notation(symbols={"日本": Symbol("b", "b")}))


def without_fractions(inner):
    several = st.lists(inner, min_size=1, max_size=4).map(tuple)
    return st.one_of(several.map(Add), several.map(Mul), inner.map(Neg), st.builds(Pow, inner, st.sampled_from([one, two])),
                     st.builds(lambda func, arg: Call(func, (arg,)), st.sampled_from(["sigmoid", "exp", "abs'"]), inner))  # fmt: skip


SMALL = st.one_of(st.sampled_from("abxz").map(Name), st.sampled_from(["2", "-1", "0.5", "-3e-2"]).map(Number))
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")


@settings(max_examples=60, deadline=None)
@given(st.recursive(SMALL, without_fractions, max_leaves=12))
def test_brackets_stand_where_one_line_of_unicode_has_them(expr):
    formula = ET.fromstring(f"<f>{inside(MathmlPrinter(PLAIN).write_inline(expr))}</f>")
    on_one_line = text(expr, PLAIN).translate(RAISED).replace(" ", "")
    assert "".join(formula.itertext()).replace(TIMES, "·").replace("⋅", "·").replace(APPLY, "") == on_one_line


@pytest.mark.parametrize("name", sorted(ARRAYS))
def test_every_operation_on_arrays(name):
    for count in range(1, 7):
        args = tuple([Name("A"), Name("B"), two, one, two, one][:count])
        try:
            written = latex(Call(name, args), PLAIN)
        except (IndexError, TypeError, ValueError, TutorError):
            continue
        assert written
        check(Call(name, args), PLAIN)


def test_marks_do_not_get_into_symbols():
    """An index is a part of a symbol, which a notation reads."""
    page = tutor.solve("neuron/two-two-two", form="layer", notation_name="graz")
    index = Mul((two, Add((Name("j"), Neg(one)))))
    assert page.notation.entries
    for name in page.notation.entries:
        array = Partial("L", name[4:]) if name.startswith("dL/d") else Name(name)
        check(Call("at", (array, index, index)), page.notation)
    check(parse("2(W^T @ (g - b))", functions={*LAYER_FUNCTIONS, *NAMES, *ARRAYS}), PLAIN)


def bodies_of(ident, place):
    """The pages of an exercise in both forms, in one notation or in all."""
    names = profile_names()
    for form in ("scalar", "layer"):
        for name in names[place % len(names) :][:1] if place is not None else names:
            try:
                page = tutor.solve(ident, form=form, notation_name=name)
            except TutorError:
                continue
            yield write_html_body(page.document(), page.notation)


def check_page(body):
    formulas = re.findall(r"<math.*?</math>", body)
    assert [fault for each in set(formulas) for fault in find_faults(each)] == []
    for each in set(formulas):
        assert normalise(write_latex(ET.fromstring(each))) == normalise(annotation(each))
        assert "<mtext>" not in each or "\\text" in annotation(each)  # every command is known
    return len(formulas)


@pytest.mark.parametrize("place", some_now(range(len(chosen_ids())), 24))
def test_exercises(place):
    assert all(check_page(body) for body in bodies_of(chosen_ids()[place], place))


@pytest.mark.slow
@pytest.mark.parametrize("ident", chosen_ids())
def test_exercises_in_every_notation(ident):
    assert all(check_page(body) for body in bodies_of(ident, None))


@pytest.mark.parametrize(
    ("formula", "parts"),
    [
        ("-(a*log(0.0985659) + b*log(0.659001) + c*log(0.242433) + d)/3", 1),  # a page has room for it
        ("-(" + " + ".join(f"a*log(0.{place}985659)" for place in range(1, 8)) + ")/3", 7),
        ("2*(" + " + ".join(f"a*log(0.{place}985659)" for place in range(1, 8)) + ")", 7),
        ("-(a*log(0.0985659) + b*log(0.659001) + c*log(0.242433) + d)", 4),
    ],
)
def test_what_is_too_wide_is_broken_in_its_brackets_too(formula: str, parts: int) -> None:
    assert MathmlPrinter(Notation()).write_alone(parse(formula, functions=("log",)), "=").count("<math") == parts
