"""Words beside other factors have a sign between them, in LaTeX and in text; letters stand close as before."""

import pytest

from tutor.expression.nodes import Call, Mul, Name, Number, Partial, Pow
from tutor.notation.profile import Notation
from tutor.render.maths import latex, text


def of(func, *args):
    return Call(func, tuple(Name(arg) if isinstance(arg, str) else arg for arg in args))


@pytest.mark.parametrize(
    ("expr", "as_latex", "as_text"),
    [
        (of("matmul", "W", "x"), "W\\,x", "W x"),
        (of("matmul", "dout", "x"), "\\mathit{dout}\\cdot x", "dout·x"),
        (of("matmul", "W", "dout"), "W\\cdot \\mathit{dout}", "W·dout"),
        (of("outer", "dout", "x"), "\\mathit{dout}\\cdot x^{\\top}", "dout·xᵀ"),
        (of("matmul", of("transpose", "weight"), "d"), "\\mathit{weight}^{\\top}\\cdot d", "weightᵀ·d"),
        (of("matmul", "A", of("matmul", "W", "dout")), "A\\,W\\cdot \\mathit{dout}", "A W·dout"),
        (Mul((Name("lr"), Name("g"))), "\\mathit{lr}\\cdot g", "lr·g"),
        (Mul((Name("a"), Pow(Name("rate_w"), Number("2")))), "a\\cdot \\mathit{rate}_{w}^{2}", "a·rate_w²"),
        (Mul((Name("lr"), Call("matmul", (Name("A"), Name("B"))))), "\\mathit{lr}\\cdot A\\,B", "lr·A B"),
        (Mul((Name("w_5"), Name("x"))), "w_{5}\\,x", "w₅·x"),
    ],
)
def test_a_word_has_a_sign_beside_it(expr, as_latex, as_text):
    notation = Notation()
    assert (latex(expr, notation), text(expr, notation)) == (as_latex, as_text)


def test_a_derivative_by_a_word_is_a_word_only_where_it_is_written_in_one_line():
    expr, notation = of("outer", Partial("L", "out"), "x"), Notation()
    assert latex(expr, notation) == "\\frac{\\partial L}{\\partial \\mathit{out}}\\,x^{\\top}"
    assert text(expr, notation) == "∂L/∂out · xᵀ"
