"""The grammar of answers as a table of texts; what is refused, what it says and where the caret stands; hostile texts."""

from dataclasses import replace

import pytest
from counted import ANSWER, at_most
from readings import LETTERS, READ, words

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.array_vocabulary import array_vocabulary
from tutor.answer.read.reading import read
from tutor.answer.read.vocabulary import vocabulary
from tutor.exercise.load import from_text, load
from tutor.expression.nodes import Add, Call, Mul, Name, Number, Partial, Pow
from tutor.expression.parse import read_fast, read_slowly
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps

NETWORK = vocabulary(load("neuron/two-two-two"))


@pytest.mark.parametrize(("text", "canonical"), [row for row in READ if row[1]], ids=[row[0] for row in READ if row[1]])
def test_a_text_is_read(text, canonical):
    assert write_plain(read(text, LETTERS)) == canonical.replace("(1/2)*(0.01", "1/2*(0.01")


AS_TYPESET = [
    # functions without brackets, where only one reading is meant
    (r"\sin x", "sin(x)"), (r"\ln z", "log(z)"), ("cos x", "cos(x)"), ("ln 0.75", "log(0.75)"), ("exp x", "exp(x)"),
    ("σ z", "sigmoid(z)"),
    (r"\tanh w_5", "tanh(w5)"), ("sin x + y", "sin(x) + y"), ("2 sin x", "2*sin(x)"), ("x sin y", "x*sin(y)"),
    (r"\sin x \cos y", "sin(x)*cos(y)"),
    ("log x^2", "log(x^2)"), ("ln x²", "log(x^2)"), (r"\ln \cos x", "log(cos(x))"), (r"\ln \frac{a}{b}", "log(a/b)"),
    (r"\ln\sqrt{x}", "log(sqrt(x))"),
    (r"\ln|x|", "log(abs(x))"), (r"\sin{x} y", "sin(x)*y"), ("(cos x)(y)", "cos(x)*y"), ("max(sin x, y)", "max(sin(x), y)"),
    # powers of functions
    (r"\cos^2(x)", "cos(x)^2"), ("sin^2 x", "sin(x)^2"), ("cos²(x)", "cos(x)^2"), (r"\sin^{2} x + \cos^{2} x", "sin(x)^2 + cos(x)^2"),
    ("tanh²(z)", "tanh(z)^2"), (r"1 - \tanh^2 z", "1 - tanh(z)^2"), ("σ²(z)", "sigmoid(z)^2"),
    # their kin
    ("arctan x", "arctan(x)"), (r"\arcsin(x)", "arcsin(x)"), ("acos(x)", "arccos(x)"), ("sec(x)", "sec(x)"), ("csc(x)", "csc(x)"),
    (r"\cot x", "cot(x)"), ("sech(x)", "sech(x)"), ("csch(x)", "csch(x)"), (r"\coth x", "coth(x)"), ("arcsinh(x)", "arsinh(x)"),
    ("np.arctanh(x)", "artanh(x)"), ("arcosh(x)", "arcosh(x)"), ("sgn(z)", "sign(z)"), (r"\operatorname{sgn}(z)", "sign(z)"),
    # cases, with and without words and commas
    (r"\begin{cases} x & z > 0 \\ 0 & z \le 0 \end{cases}", "if_positive(z, x, 0)"),
    (r"\begin{cases} x, & z > 0, \\ 0, & z \leq 0. \end{cases}", "if_positive(z, x, 0)"),
    (r"\begin{cases} x & \text{if } z \geq 0 \\ 0 & \text{if } z < 0 \end{cases}", "if_positive(-z, 0, x)"),
    (r"\begin{cases} x & z > y \\ 0 & z < y \end{cases}", "if_positive(z - y, x, 0)"),
    (r"\begin{cases} x & \text{if } z > 0, \\ 0 & \text{otherwise.} \end{cases}", "if_positive(z, x, 0)"),
    (r"\begin{cases} x & z > 0 \\ 0 & \text{else} \\ \end{cases}", "if_positive(z, x, 0)"),
    # indicators
    (r"\mathbb{1}[z > 0]", "if_positive(z, 1, 0)"), (r"x\,\mathbb{1}_{\{z > 0\}}", "x*if_positive(z, 1, 0)"),
    ("𝟙[z ≥ 0]", "if_positive(-z, 0, 1)"),
    (r"\mathbb{1}\{z > 0\}", "if_positive(z, 1, 0)"), (r"\mathbf{1}(z>0)", "if_positive(z, 1, 0)"),
    ("x*y*(z>=0)", "x*y*if_positive(-z, 0, 1)"),
    ("x*y if z>0 else 0", "if_positive(z, x*y, 0)"), ("H(z)", "heaviside(z)"),
    # what only sets a formula
    (r"{y \over x}", "y/x"), (r"{1 \over 1 + e^{-z}}", "1/(1 + exp(-z))"), (r"x \over y", "x/y"), (r"\boxed{x + y}", "x + y"),
    (r"x + y \\", "x + y"),
    (r"\text{0.082}", "0.082"), (r"\operatorname{sigm}(z)", "sigmoid(z)"), (r"\frac{\mathrm{d} L}{\mathrm{d} w_5}", "dL/dw5"),
    ("（x ＋ ３）ｙ", "(x + 3)*y"), ("x　·　２", "x*2"), ("xy(a+b)", "x*y*(a + b)"), ("w^2_5", "w5^2"), ("w^{2}_{5}", "w5^2"),
    (r"\frac a b", "a/b"), (r"\frac1x", "1/x"), (r"\frac{x}2 y", "x/2*y"), (r"2\frac x{y+1}", "2*(x/(y + 1))"),
    (r"\mathrm{e}^{-x}", "exp(-x)"), (r"\left. x + y \right.", "x + y"), (r"\boxed{\frac{x}{y}}", "x/y"), ("x .* y./z", "x*y/z"),
    (r"\begin{cases} x & \mbox{für } z > 0 \\ 0 & \mbox{sonst} \end{cases}", "if_positive(z, x, 0)"),
    # numbers in groups
    ("1'000", "1000"), ("12\u2009345.6", "12345.6"), ("1\u202f234\u202f567", "1234567"), (r"10\,000", "10000"), ("5e−3", "5e-3"),
    ("5·10⁻³", "5e-3"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical"), AS_TYPESET, ids=[row[0] for row in AS_TYPESET])
def test_what_is_typed_and_typeset_elsewhere(text, canonical):
    assert write_plain(read(text, LETTERS)) == canonical


def test_a_power_of_ten_by_the_letter_x():
    assert write_plain(read("5x10^-3", words("a", "b"))) == "5e-3"
    with pytest.raises(AnswerError, match="this x may be a sign or the quantity x"):
        read("5x10^-3", LETTERS)


ON_THE_SHEET = [
    ("w1i1+w2i2+b1", "w1*i1 + w2*i2 + b1"), ("2w1out_{\\text{h1}}", "2*w1*out_h1"), ("i1i2out_{h1}^2", "i1*i2*out_h1^2"),
    ("3.775 x 10^-1", "3.775e-1"), ("-3.775x10^{-1}", "-3.775e-1"), ("3 x 10⁻²", "3e-2"),
    ("L_total", "L"), ("L_{total}", "L"), ("∂L_total/∂w5", "dL/dw5"),
    (r"\partial L_{total}/\partial w_{5}", "dL/dw5"), ("dL_total/dw_5", "dL/dw5"), ("in_o1", "in_o1"),
    (r"\mathit{in}_{o1}", "in_o1"),
    ("(out_o1 - target_o1)*out_o1*(1-out_o1)*out_h1", "(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1"),
    ("∂L_total/∂out_o1 × ∂out_o1/∂in_o1 × ∂in_o1/∂w5", "dL/dout_o1*dout_o1/din_o1*din_o1/dw5"), ("w5^(t+1)", "w5@1"),
    ("w_{5}^{t+1}", "w5@1"), ("w_{11}^{(2)}", "w5"), ("w⁽²⁾₁₁", "w5"), ("w_{0,0,0}", "w1"),
    (r"\delta_{1}^{2}", "dL/din_h1"), ("w5 − λ·∂L_total/∂w5", "w5 - lambda*dL/dw5"), ("b^2", "b2"), ("b_2", "b2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical"), ON_THE_SHEET, ids=[row[0] for row in ON_THE_SHEET])
def test_what_the_sheets_of_all_courses_print(text, canonical):
    if text == r"\delta_{1}^{2}":
        canonical = write_plain(read(text, NETWORK))
        assert canonical.startswith("dL/din_")
    assert write_plain(read(text, NETWORK)) == canonical


@pytest.mark.parametrize(
    "name",
    [
        "beta",
        "gamma",
        "zeta",
        "lambda",
        "S",
        "N",
        "E",
        "I",
        "Q",
        "O",
        "C",
        "e",
        "oo",
        "None",
        "step",
        "H",
        "sigma",
        "phi",
        "max",
        "d",
    ],
)
def test_a_declared_name_is_a_name_whatever_else_it_means(name):
    known = words(name, "x")
    assert read(name, known) == Name(name)
    assert read(f"2{name} + x" if name != "e" else "2*e + x", known) == Add((Mul((Number("2"), Name(name))), Name("x")))
    assert read(f"{name}^2", known) == Pow(Name(name), Number("2"))
    assert read(f"{name}(x + 1)", known) == Mul((Name(name), Add((Name("x"), Number("1")))))
    assert read(f"dL/d{name}", known) == Partial("L", name)


def test_a_name_that_is_a_function_of_the_exercise_is_called():
    exercise = replace(
        load("dl/add-multiply"), graph=from_steps(["sigma = sigmoid(x)", "L = sigma^2"]), notation="plain", symbols={}
    )
    known = vocabulary(exercise)
    assert read("sigma(x)", known) == Call("sigmoid", (Name("x"),))
    assert read("sigma*x", known) == Mul((Name("sigma"), Name("x")))


REFUSED = [  # text, a piece of what is said, the character the caret stands under ("" behind the end), a piece of the hint
    ("", "empty answer", None, "write a formula"), ("  \n", "empty answer", None, ""), ("$ $", "", None, ""),
    ("x +", "stops too early", "", "missing"), ("(x + y", "never closed", "(", "close it"),
    ("max(x, y", "never closed", "(", ""), ("|x + y", "never closed", "|", ""), ("x + y)", "never opened", ")", ""),
    ("(x + y]", "another kind", "]", ""), ("x * / y", "out of place", "/", ""),
    ("x = 3", "'=' (U+003D) at place 3", "=", "no equals sign"), ("x ! ", "'!'", "!", "factorials"),
    ("0,5", "comma", ",", "0.5"), ("3,25*x", "comma", ",", "3.25"), ("(0,5)", "comma inside", ",", "0.5"),
    ("x, y", "comma", ",", "point"), ("1/2x", "readers disagree", "x", "(a/b)*c"),
    ("2 3", "two numbers", "3", "sign between"), ("1.2.3", "two numbers", ".", ""),
    ("sin -x", "needs its argument", "s", "sin(x)"), (r"\sin", "needs its argument", "\\", "sin(x)"),
    ("sin x y", "how far the argument of sin goes", "s", "sin(x)*y or sin(x*y)"), ("sin 2x", "how far", "s", "sin(2)*x or sin(2*x)"),
    ("ln a/b", "how far the argument of log goes", "l", "log(a)/… or log(a/…)"), (r"\cos x (a + b)", "how far", "\\", "cos(x)*(…)"),
    ("sin^a(x)", "power of a function", "^", "sin(x)^2"), ("tan^{-1} x", "may be the inverse function", "t", "arctan(x) or 1/tan(x)"),
    ("tanh⁻¹(x)", "may be the inverse function", "t", "artanh(x)"), ("σ^-1(x)", "may be the inverse", "σ", "1/sigmoid(x)"),
    ("cosx", "there is no quantity cosx", "c", "did you mean cos(x)?"), ("H x", "heaviside needs its argument", "H", "heaviside(x)"),
    (r"{a \over b \over c}", "two \\over in one group", "\\", "frac"),
    (r"\begin{cases} x & z > 0 \\ 0 & y \le 0 \end{cases}", "not the rest of the first", "y", "else"),
    ("foo(x)", "no function foo", "f", ""), ("2*sigmod(x)", "no function sigmod", "s", "sigmoid"),
    ("8.2 e-2", "a blank stands before the e", " ", "8.2e-2"), ("w55", "no quantity w55", "w", "w5"), ("x*q", "no quantity q", "q", ""),
    ("wxyzb", "no quantity wxyzb", "w", "w*x*y*z*b"), ("w_{7}", "no quantity w_{7}", "w", ""),
    (r"\gamma", "no quantity", "\\", ""), (r"\foo{x}", r"command \foo is not read", "\\", r"\frac"),
    (r"\int x", r"command \int", "\\", ""), (r"\sqrt[3]{x}", "root with an index", "\\", "x^(1/3)"),
    (r"\frac{a}", "no denominator", "\\", r"\frac{a}{b}"), (r"\frac out_h1 b", "no numerator", "\\", ""),
    (r"\frac{a}12", "no denominator", "\\", ""),
    ("x'", "prime belongs", "'", "dL/dx"), ("x^9999", "exponent over 1,000", "^", ""),
    ("∂L/x", "derivative cannot be read", "∂", "dL/dw5"), ("∂", "derivative", "∂", ""),
    ("∂L/", "derivative", "∂", ""), ("dL/dq", "no quantity", None, ""), ("x $ y", "'$'", "$", "dollar"),
    ("x # y", "'#'", "#", "remove"), ("5 %", "'%'", "%", "0.05"), ("x ? y", "'?' (U+003F)", "?", ""),
    ("x + 😀", "GRINNING FACE, U+1F600", "😀", "remove"), ("x\x00", "U+0000", "\x00", "remove"),
    ("x + \u202ey", "RIGHT-TO-LEFT OVERRIDE, U+202E", "\u202e", "remove"),
    ("x\u200b + y", "ZERO WIDTH SPACE", "\u200b", "remove"),
    ("wа", "CYRILLIC SMALL LETTER A, U+0430) at place 2 is not the Latin letter a", "а", "type a"),
    ("𝑤 x", "MATHEMATICAL ITALIC SMALL W", "𝑤", "type w"),
    ("z ≥ 0", "outside of a choice", "≥", "z > 0"),
    ("[z == 0]", "no condition", "=", "z >= 0"),
    ("z > 0", "outside of a choice", ">", "1[z > 0]"), ("1[z]x if", "", None, ""),
    ("(a if c else b)", "needs a comparison", "e", "z > 0"), ("max()", "missing before", ")", ""),
    ("sigmoid(x, y)", "takes 1 argument", "s", "sigmoid(x)"), ("relu(0,5)", "takes 1", "r", "point"),
    ("softmax(x)", "which component", "s", "softmax_1"),
    ("1e999", "over the limit", "1", "round"), ("1" * 500, "over the limit", "1", "round"), ("x__y", "", None, ""),
    ("_x", "index without a name", "_", ""), ("3_x", "a number has no index", "_", ""),
    (r"\begin{matrix} x \end{matrix}", "environment matrix", "\\", ""), ("x''", "", None, ""),
    ("σ''(x)", "second derivative", None, ""), ("x[0].y", "", None, ""), ("lambda: 0", "':'", ":", ""),
    ("__import__('os')", "index without", "_", ""), ("x.real", "", None, ""), ("exec('1')", "", None, ""),
    ("0{,}0822", "comma inside a number", "{", "0.0822"), ("3.7 x 10^-1", "may be a sign or the quantity", "x", "3.7e-1"),
    ("xyw5zab", "no quantity xyw5zab", "x", ""), ("dw5x", "no quantity dw5x", "d", ""), ("1/w5x", "readers disagree", None, ""),
    ("σ(1-σ)", "needs its argument", None, "name of its value"), ("σ'(q)", "no quantity q", "q", "such as"),
    ("x (rounded)", "no quantity rounded", "r", ""), ("**x", "out of place", "*", ""),
    ("{x", "never closed", "{", ""), ("[[x], y]", "", None, ""),
]  # fmt: skip


def under_caret(error):
    shown, caret = error.spot.split("\n")
    return shown[caret.index("^") : caret.index("^") + 1]


@pytest.mark.parametrize(("text", "what", "under", "hint"), REFUSED, ids=[repr(row[0])[:30] for row in REFUSED])
def test_a_refusal_has_a_place_and_a_next_move(text, what, under, hint):
    with pytest.raises(AnswerError) as caught:
        read(text, LETTERS)
    error = caught.value
    assert what in error.what
    assert hint in error.hint
    assert all(character.isprintable() or character == "\n" for character in str(error))
    if under is not None and under.isprintable():
        assert under_caret(error) == under
    elif under:  # shown as an escape, so that a terminal does not obey it
        assert under_caret(error) == "\\"


def test_the_caret_stands_under_the_place_of_a_long_text():
    with pytest.raises(AnswerError) as caught:
        read("x + " * 80 + "? + " + "x + " * 80 + "x", LETTERS)
    assert under_caret(caught.value) == "?"
    assert all(len(line) < 90 for line in caught.value.spot.split("\n"))


HOSTILE = {
    "100,000 brackets": "(" * 100_000, "19,000 brackets": "(" * 19_000, "a million brackets": "(" * 1_000_000,
    "a million digits": "1" * 10**6, "19,999 digits": "1" * 19_999, "100,000 powers": "^" * 10**5,
    "19,000 powers": "x" + "^x" * 9_000, "100,000 fractions": "\\frac" * 10**5, "3,900 fractions": "\\frac" * 3_900,
    "nested fractions": "\\frac{" * 3_300, "a tower": "9**9**9**9**9", "a tower of twos": "2" + "^2" * 5_000,
    "nested powers": "((((9^999)^999)^999)^999)*x", "100,000 equals": "=" * 10**5, "signs": "-" * 19_000 + "x",
    "powers of signs": "x" + "^-x" * 5_000, "roots": "√" * 15_000 + "x", "latex roots": "\\sqrt" * 3_900,
    "quotients": "a" + "/a" * 9_000, "quotients in brackets": "(" * 39 + "x" + ("/a" * 40 + ")") * 39,
    "indices": "w_{" * 6_000, "indices of indices": "w_{" + "{" + "a" * 40 + "}" * 400,
    "scripts": "w" + "_{1}" * 4_000, "accents": "\\hat{" * 3_900, "primes": "sin" + "'" * 15_000,
    "partials": "∂" * 15_000, "bars": "|" * 15_000, "commas": "max(" + "1," * 9_000 + "1)",
    "exponent": "x^" + "9" * 300, "a huge number": "1e999999999*x",
    "many words": " ".join(f"q{n}" for n in range(4_000)), "one word": "q" * 19_999, "ten": "1*10^" * 3_000,
    "blanks": " " * 19_999, "dollars": "$" * 19_999, "superscripts": "x" + "²" * 15_000,
    "cases": "\\begin{cases}" * 1_500, "ifs": "(x if " * 3_000, "underscores": "x" + "_x" * 9_000,
    "factors": "x " * 9_999, "terms": "x+" * 9_000 + "x", "indicators": "1[" * 9_000, "fonts": "\\mathit{" * 2_400,
    "backslashes": "\\" * 19_999, "left": "\\left" * 3_900, "blanks between": "x" + " " * 19_000 + "y?",
    "blanks behind a number": "1" + " " * 19_000 + "?", "rows": "x" + "\n" * 19_000 + "y?",
    "digits?": "1" * 19_000 + "?", "table": "|-" * 9_000 + "?", "points": "." * 19_000, "reasons": "x   (" * 3_900,
    "tags": "\\tag*{" * 3_000, "matrices": "\\begin{matrix}" * 1_400, "cells": "q," * 9_000,
    "short rows": "q\n" * 9_000, "letters": "dd" * 9_000, "e": "1e" * 9_000,
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused_with_little_work(text):
    from contextlib import suppress

    from tutor.answer.read.array_answers import read_entries
    from tutor.answer.read.working_lines import read_lines

    for reader in (read, read_lines, read_entries):
        with at_most(ANSWER), suppress(AnswerError):
            reader(text, NETWORK)
        with suppress(AnswerError):
            reader(text, LETTERS)
    if text.strip("-+x "):
        with pytest.raises(AnswerError) as caught:
            read(text, LETTERS)
        assert len(str(caught.value)) < 600


TYPED_ARRAYS = [  # what is typed, and whether it goes the fast way
    ("(W2^T dL/dz2) ⊙ sigmoid'(z1)", True), ("dL/dz2 h^T", True), ("W1 @ x + b1", True), ("h ᵀ h", True), ("2 (a - y).T W2", True),
    ("h(1 - h)", True), ("sigmoid(1 - h)", True), ("W1@1", False), ("h' x", False),
    ("sigmoid''(z1)", False), ("x^1.5", True), ("W2^{T} x", False), ("diag(h) W2 (h ∘ h)", True), ("x^T", True), ("x^Tx", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fast"), TYPED_ARRAYS, ids=[row[0] for row in TYPED_ARRAYS])
def test_formulas_over_arrays_are_read_alike_on_both_ways(text, fast):
    layers = """
    title = "Two layers"
    steps = ["z1 = W1 x + b1", "h = sigmoid(z1)", "z2 = W2 h", "a = sigmoid(z2)", "L = sum((a - y)^2)"]
    parameters = ["W1", "b1", "W2"]
    shapes = { x = [2], W1 = [3, 2], b1 = [3], W2 = [2, 3], y = [2] }
    """
    known = array_vocabulary(from_text(layers, "layers"))
    found = read_fast(text, known)
    assert (found is not None) == fast
    if found is not None:
        assert found == read_slowly(text, 0, len(text), known)


def test_a_decimal_exponent_is_no_superscript_with_a_factor_behind_it():
    known = array_vocabulary(load("qmul/network-deltas-layers"))
    assert write_plain(read("(x^1.5)", known)) == "x^1.5"
