"""Expressions as LaTeX and as text: a table of what is printed, and the promise that it reads back as it was."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from counted import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from valued_expressions import environment, expressions, value

from tutor.explain.words.languages import find_wording
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.parse import parse
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.maths import Printer, latex, text

a, b, c, x, y, z = (Name(letter) for letter in "abcxyz")
half, one, two, three = Number("0.5"), Number("1"), Number("2"), Number("3")
dz = Partial("L", "z")
PLAIN = Notation()
SIGMA = Notation(functions={"sigmoid": Symbol("\\sigma", "σ"), "log": Symbol("\\ln", "ln")})


def minus(*args: Expr) -> Add:
    return Add((args[0], *(Neg(arg) for arg in args[1:])))


TABLE: list[tuple[Expr, str, str]] = [
    # numbers
    (Number("-0.822"), "-0.822", "−0.822"),
    (Number("4.38568e-4"), "4.38568\\times 10^{-4}", "4.38568×10⁻⁴"),
    (Number("1E+05"), "1\\times 10^{5}", "1×10⁵"),
    # a negative number has brackets unless it stands in front
    (Mul((half, Number("-0.3"))), "0.5\\cdot (-0.3)", "0.5·(−0.3)"),
    (Mul((Number("-0.3"), half)), "-0.3\\cdot 0.5", "−0.3·0.5"),
    (Add((three, Number("-2"))), "3 + (-2)", "3 + (−2)"),
    (Add((Number("-2"), three)), "-2 + 3", "−2 + 3"),
    (Add((a, Mul((Number("-2"), b)))), "a + (-2)b", "a + (−2)·b"),
    (minus(three, Number("-2")), "3 - (-2)", "3 − (−2)"),
    (Pow(Number("-3"), two), "(-3)^{2}", "(−3)²"),
    (Neg(Number("-3")), "-(-3)", "−(−3)"),
    (Neg(Neg(x)), "-(-x)", "−(−x)"),
    (Mul((x, Neg(y))), "x(-y)", "x·(−y)"),
    (Mul((Neg(x), y)), "-x\\,y", "−x·y"),
    (Div(Number("-1"), Number("-2")), "\\frac{-1}{-2}", "−1/(−2)"),
    (Div(Neg(x), y), "\\frac{-x}{y}", "(−x)/y"),
    # written brackets stay
    (Add((Add((a, b)), c)), "(a + b) + c", "(a + b) + c"),
    (Add((a, Add((b, c)))), "a + (b + c)", "a + (b + c)"),
    (minus(a, Add((b, c))), "a - (b + c)", "a − (b + c)"),
    (Mul((a, Mul((b, c)))), "a(b\\,c)", "a·(b·c)"),
    (Neg(Add((a, b))), "-(a + b)", "−(a + b)"),
    # products
    (Mul((Name("w1"), Name("i1"))), "w_{1}\\,i_{1}", "w₁·i₁"),
    (Mul((two, x)), "2\\,x", "2·x"),
    (Mul((x, two)), "x\\cdot 2", "x·2"),
    (Mul((a, Pow(two, three))), "a\\cdot 2^{3}", "a·2³"),
    (Mul((a, minus(one, a))), "a(1 - a)", "a·(1 − a)"),
    (Mul((a, minus(one, Mul((b, minus(one, b)))))), "a\\bigl(1 - b(1 - b)\\bigr)", "a·(1 − b·(1 − b))"),
    (Call("exp", (minus(one, Mul((b, minus(one, Call("exp", (x,)))))),)), "\\exp\\Bigl(1 - b\\bigl(1 - \\exp(x)\\bigr)\\Bigr)",
     "exp(1 − b·(1 − exp(x)))"),
    (Mul((half, minus(one, half))), "0.5\\cdot (1 - 0.5)", "0.5·(1 − 0.5)"),
    (Mul((minus(a, b), c)), "(a - b)c", "(a − b)·c"),
    (Mul((dz, x)), "\\frac{\\partial L}{\\partial z} \\cdot x", "∂L/∂z · x"),
    (Mul((x, Div(a, b), y)), "x\\cdot \\frac{a}{b}\\cdot y", "x·(a/b)·y"),
    (Mul((Number("2e-3"), x)), "2\\times 10^{-3}\\,x", "2×10⁻³·x"),
    # fractions
    (Mul((Div(one, two), Pow(minus(x, y), two))), "\\frac{1}{2}(x - y)^{2}", "(1/2)·(x − y)²"),
    (Div(Add((a, b)), two), "\\frac{a + b}{2}", "(a + b)/2"),
    (Div(Mul((a, b)), Mul((x, y))), "\\frac{a\\,b}{x\\,y}", "a·b/(x·y)"),
    (Div(dz, x), "\\frac{\\frac{\\partial L}{\\partial z}}{x}", "(∂L/∂z)/x"),
    (Div(one, Number("2e-3")), "\\frac{1}{2\\times 10^{-3}}", "1/(2×10⁻³)"),
    (Div(Div(a, b), Div(x, y)), "\\frac{\\frac{a}{b}}{\\frac{x}{y}}", "(a/b)/(x/y)"),
    # powers
    (Pow(x, two), "x^{2}", "x²"),
    (Pow(x, Number("-1")), "x^{-1}", "x⁻¹"),
    (Pow(x, Div(one, two)), "x^{1/2}", "x^(1/2)"),
    (Pow(x, y), "x^{y}", "x^y"),
    (Pow(Div(a, b), two), "\\left(\\frac{a}{b}\\right)^{2}", "(a/b)²"),
    (Pow(dz, two), "\\left(\\frac{\\partial L}{\\partial z}\\right)^{2}", "(∂L/∂z)²"),
    (Pow(Pow(x, two), three), "(x^{2})^{3}", "(x²)³"),
    (Pow(Number("2e-3"), two), "(2\\times 10^{-3})^{2}", "(2×10⁻³)²"),
    (Pow(Neg(x), two), "(-x)^{2}", "(−x)²"),
    # functions
    (Call("exp", (Neg(z),)), "\\exp(-z)", "exp(−z)"),
    (Call("max", (x, Number("0"))), "\\max(x, 0)", "max(x, 0)"),
    (Call("sqrt", (Add((x, y)),)), "\\sqrt{x + y}", "√(x + y)"),
    (Pow(Call("sqrt", (Number("2"),)), Number("2")), "(\\sqrt{2})^{2}", "(√2)²"),
    (Pow(Call("sqrt", (Add((x, y)),)), Number("2")), "(\\sqrt{x + y})^{2}", "(√(x + y))²"),
    (Mul((Call("sqrt", (x,)), y)), "\\sqrt{x}\\,y", "√x·y"),
    (Call("abs", (Neg(x),)), "\\lvert -x\\rvert ", "|−x|"),
    (Call("abs", (Mul((x, Call("abs", (y,)))),)), "\\lvert x\\,\\lvert y\\rvert \\rvert ", "abs(x·|y|)"),
    (Call("sigmoid'", (z,)), "\\operatorname{sigmoid}'(z)", "sigmoid′(z)"),
    (Call("if_positive", (z, one, Number("0"))), "\\mathbf{1}_{z > 0}", "1[z > 0]"),
    (Call("if_positive", (minus(x, y), one, Number("0"))), "\\mathbf{1}_{x > y}", "1[x > y]"),
    (
        Call("if_positive", (z, a, Number("0.1"))),
        "\\begin{cases} a & \\text{if } z > 0 \\\\ 0.1 & \\text{else} \\end{cases}",
        "(a if z > 0 else 0.1)",
    ),
]


def test_cases_speak_the_language_of_their_page() -> None:
    german, either = find_wording("de").speak(PLAIN), Call("if_positive", (z, a, Number("0.1")))
    assert text(either, german) == "(a falls z > 0 sonst 0.1)"
    assert latex(either, german) == "\\begin{cases} a & \\text{falls } z > 0 \\\\ 0.1 & \\text{sonst} \\end{cases}"
    assert {parse(written(either, german), names="az") for written in (text, latex)} == {either}


@pytest.mark.parametrize(("expr", "in_latex", "in_text"), TABLE, ids=[row[2] for row in TABLE])
def test_table(expr: Expr, in_latex: str, in_text: str) -> None:
    assert (latex(expr, PLAIN), text(expr, PLAIN)) == (in_latex, in_text)


@pytest.mark.parametrize(
    ("notation", "expr", "in_latex", "in_text"),
    [
        (SIGMA, Call("sigmoid'", (z,)), "\\sigma'(z)", "σ′(z)"),
        (SIGMA, Call("log", (z,)), "\\ln(z)", "ln(z)"),
        (Notation(factors="cross"), Mul((dz, x)), "\\frac{\\partial L}{\\partial z} \\times x", "∂L/∂z × x"),
        (Notation(factors="none"), Mul((dz, x)), "\\frac{\\partial L}{\\partial z}\\,x", "∂L/∂z · x"),
        (Notation(factors="none"), Mul((dz, two, x)), "\\frac{\\partial L}{\\partial z}\\cdot 2\\,x", "∂L/∂z · 2 · x"),
        (Notation(numbers="cross"), Mul((two, three)), "2\\times 3", "2×3"),
        (Notation(numbers="none"), Mul((two, three)), "2\\cdot 3", "2·3"),
        (Notation(partials={("L", "z"): Symbol("\\delta", "δ")}), Mul((dz, x)), "\\delta \\cdot x", "δ · x"),
        (Notation(symbols={"x": Symbol("x^{L}", "x^L")}), Pow(x, two), "(x^{L})^{2}", "(x^L)²"),
        (Notation(symbols={"x": Symbol("σ_{1}", "σ₁")}), x, "\\sigma _{1}", "σ₁"),
        (
            Notation(indicator="cases"),
            Call("if_positive", (z, one, Number("0"))),
            "\\begin{cases} 1 & \\text{if } z > 0 \\\\ 0 & \\text{else} \\end{cases}",
            "(1 if z > 0 else 0)",
        ),
        (
            Notation(indicator="cases"),
            Call("if_positive", (z, one, Call("if_positive", (Neg(z), two, Number("0"))))),  # no cases stand in cases
            "\\begin{cases} 1 & \\text{if } z > 0 \\\\ 2 & \\text{if } z < 0 \\\\ 0 & \\text{else} \\end{cases}",
            "(1 if z > 0 else (2 if z < 0 else 0))",
        ),
    ],
)
def test_notation(notation: Notation, expr: Expr, in_latex: str, in_text: str) -> None:
    assert (latex(expr, notation), text(expr, notation)) == (in_latex, in_text)


# ------------------------------------------------------------------------------------------------ reading it back

def read_text(written: str) -> Fraction:
    """The value of a printed line, read by Python's own rules of precedence."""
    python = re.sub(r"√(\d+(?:\.\d+)?|\w+)", r"√(\1)", written)
    python = re.sub(r"\d+(?:\.\d+)?", r"F('\g<0>')", python.replace("1[", "ind["))
    python = re.sub(r"∂(\w+)/∂(\w+)", r"P('\1','\2')", python)
    python = re.sub(
        "[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+",
        lambda found: "**(" + found.group().translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) + ")",
        python,
    )
    python = python.replace("^", "**").replace("√", "sqrt").replace("[", "(").replace("]", ")")
    python = re.sub(r"\|([^|]*)\|", r"abs(\1)", python)
    python = python.replace("·", "*").replace("×", "*").replace("−", "-")
    return Fraction(eval(python, environment()))


_LATEX = re.compile(
    r"\\frac\{\\partial (?P<of>\w)\}\{\\partial (?P<wrt>\w)\}|(?P<number>\d+(?:\.\d+)?)|(?P<name>[a-z])"
    r"|\\operatorname\{(?P<func>\w+)\}|\\mathbf\{1\}_(?P<ind>)|\\(?P<known>exp|log|tanh)\b|(?P<times>\\cdot|\\times|\\,)"
    r"|(?P<frac>\\frac)|(?P<sqrt>\\sqrt)|(?P<open>\\(?:left|bigl|Bigl|biggl)\(|\()|(?P<close>\\(?:right|bigr|Bigr|biggr)\)|\))"
    r"|(?P<bar>(?:\\left)?\\lvert)|(?P<unbar>(?:\\right)?\\rvert)|(?P<power>\^)|(?P<brace>\{)|(?P<unbrace>\})"
    r"|(?P<sign>[-+>])|(?P<space>\s+)"
)


def read_latex(written: str) -> Fraction:
    """The value of printed LaTeX: translated token by token, a product wherever two things touch."""
    out: list[str] = []
    closed = False  # whether a factor has just ended
    closers: list[str] = []
    pending = ""  # which part of a fraction the next brace begins
    at = 0
    while at < len(written):
        found = _LATEX.match(written, at)
        assert found, written[at:]
        at = found.end()
        kind = found.lastgroup
        token = found.group()
        if kind == "space":
            continue
        starts = kind in ("wrt", "number", "name", "func", "known", "ind", "frac", "sqrt", "open", "bar")
        if starts and closed:
            out.append("*")
        closed = kind in ("wrt", "number", "name", "close", "unbar", "unbrace")
        if kind == "wrt":
            out.append(f"P('{found['of']}','{found['wrt']}')")
        elif kind == "number":
            out.append(f"F('{token}')")
        elif kind in ("func", "known"):
            out.append(found[kind])
        elif kind == "times":
            out.append("*")
        elif kind == "frac":
            out.append("(")
            pending = "num"
        elif kind in ("sqrt", "ind", "power"):
            out.append({"sqrt": "sqrt", "ind": "ind", "power": "**"}[kind])
        elif kind in ("open", "bar"):
            out.append("(" if kind == "open" else "abs(")
        elif kind in ("close", "unbar"):
            out.append(")")
        elif kind == "brace":
            out.append("(")
            closers.append(pending or "group")
            pending = ""
        elif kind == "unbrace":
            closer = closers.pop()
            out.append({"num": ")/", "den": "))", "group": ")"}[closer])
            if closer == "num":
                pending, closed = "den", False
        else:
            out.append(token)
    return Fraction(eval("".join(out), environment()))


@settings(max_examples=400, deadline=None)
@given(expressions)
def test_text_reads_back(expr: Expr) -> None:
    try:
        expected = value(expr)
    except (ZeroDivisionError, OverflowError):
        return
    assert read_text(text(expr, PLAIN)) == expected


@settings(max_examples=400, deadline=None)
@given(expressions, st.sampled_from(["dot", "cross", "none"]))
def test_latex_reads_back(expr: Expr, sign: Any) -> None:
    try:
        expected = value(expr)
    except (ZeroDivisionError, OverflowError):
        return
    written = latex(expr, Notation(factors=sign, numbers=sign))
    assert written.isascii()
    assert written.count("{") == written.count("}")
    assert written.count("\\left") == written.count("\\right")
    assert read_latex(written) == expected


@given(st.lists(st.sampled_from(["w1", "out_h1", "x"]), min_size=1, max_size=3))
def test_a_printer_remembers_nothing_wrong(written: list[str]) -> None:
    printer = Printer(PLAIN)
    for name in written:
        assert printer.latex(Name(name)) == latex(Name(name), PLAIN)
        assert printer.text(Partial("L", name)) == text(Partial("L", name), PLAIN)


def test_deep_trees_are_printed() -> None:
    expr: Expr = x
    for _ in range(64):
        expr = Call("sigmoid", (Add((expr, one)),))
    assert latex(expr, PLAIN).count("sigmoid") == 64


def test_thousands_of_gradients_take_little_work() -> None:
    gradients = [
        (Partial("L", f"w{i}_{j}"), Mul((Partial("L", f"z{i}"), Name(f"x{j}")))) for i in range(200) for j in range(128)
    ]
    sums = [Add(tuple(Mul((Name(f"w{i}_{j}"), Name(f"x{j}"))) for j in range(128))) for i in range(200)]
    printer = Printer(PLAIN)
    with at_most(2_000_000):
        for left, right in gradients:
            printer.latex(left)
            printer.latex(right)
        for expr in sums:
            printer.latex(expr)
