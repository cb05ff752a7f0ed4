"""The grammar, as a table of texts; what it refuses, where the caret stands, and how fast a hostile text is refused."""


import pytest
from counted import ANSWER, at_most

from tutor.errors import ExpressionError
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.parse import parse, read_name
from tutor.expression.plain import write_plain
from tutor.rules.functions import FUNCTIONS

READ = [
    # products, sums, quotients
    ("w*x + b", "w*x + b"),
    ("w x + b", "w*x + b"),
    ("2x", "2*x"),
    ("w5 out_h1", "w5*out_h1"),
    ("x(1-x)", "x*(1 - x)"),
    ("(x+y)(x-y)", "(x + y)*(x - y)"),
    ("(x + y)*z", "(x + y)*z"),
    ("a + b + c", "a + b + c"),
    ("(a + b) + c", "(a + b) + c"),
    ("a + (b + c)", "a + (b + c)"),
    ("a*b*c", "a*b*c"),
    ("(a*b)*c", "(a*b)*c"),
    ("a*(b*c)", "a*(b*c)"),
    ("a - b - c", "a - b - c"),
    ("a - (b - c)", "a - (b - c)"),
    ("a/b/c", "a/b/c"),
    ("a/(b/c)", "a/(b/c)"),
    ("a*b/c", "a*b/c"),
    ("a/b*c", "a/b*c"),
    ("a*(b/c)", "a*(b/c)"),
    ("1/2*(t - o)^2", "1/2*(t - o)^2"),
    ("[x + y]*z", "(x + y)*z"),
    # signs
    ("-x", "-x"),
    ("--x", "x"),
    ("+x", "x"),
    ("-a*b", "-a*b"),
    ("(-a)*b", "(-a)*b"),
    ("a*-b", "a*(-b)"),
    ("a - -b", "a - (-b)"),
    ("-(-x)", "-(-x)"),
    ("-(a + b)", "-(a + b)"),
    ("-x^2", "-x^2"),
    ("(-x)^2", "(-x)^2"),
    ("-x + y", "-x + y"),
    # powers
    ("x**2", "x^2"),
    ("2^3^4", "2^(3^4)"),
    ("(2^3)^4", "(2^3)^4"),
    ("x^-1", "x^(-1)"),
    ("x^(a + 1)", "x^(a + 1)"),
    ("x²", "x^2"),
    ("x⁻¹²", "x^(-12)"),
    ("sin(x)²", "sin(x)^2"),
    ("e^x", "exp(x)"),
    ("e^(-x)", "exp(-x)"),
    # numbers keep what was written
    ("0.10", "0.10"),
    (".5", "0.5"),
    ("5.", "5"),
    ("4.38568e-4", "4.38568e-4"),
    ("1E5", "1E5"),
    ("½(t - o)²", "1/2*(t - o)^2"),
    # functions
    ("σ(z)", "sigmoid(z)"),
    ("sigma(z)", "sigmoid(z)"),
    ("ln(x)", "log(x)"),
    ("log (x)", "log(x)"),
    ("√x", "sqrt(x)"),
    ("√(x + y)", "sqrt(x + y)"),
    ("2√x", "2*sqrt(x)"),
    ("|x - y|", "abs(x - y)"),
    ("maxout(a, b, c)", "max(a, b, c)"),
    ("max(a; b)", "max(a, b)"),
    ("softmax_2(z1, z2, z3)", "softmax_2(z1, z2, z3)"),
    ("σ'(z)", "sigmoid'(z)"),
    ("σ′(z)", "sigmoid'(z)"),
    ("pi*x", "pi*x"),
    ("π", "pi"),
    # other signs and letters
    ("a·b×c⋅d", "a*b*c*d"),
    ("a − b", "a - b"),
    ("a ÷ b", "a/b"),
    ("η₁ δ_o1", "eta1*delta_o1"),
    ("x₁", "x1"),
    ("λ + α", "lambda + alpha"),
    ("  x \t+\n y ", "x + y"),
]

ERRORS = [  # text, a piece of the message, the character the caret stands under (None: no caret), a piece of the hint
    ("∂f/∂g/∂g/∂x", "in two ways", "∂", "df/dg * dg/dx"), ("2 ∂L/∂a / ∂a/∂z", "in two ways", "∂", "dL/da / (da/dz)"),
    ("", "empty expression", None, "write a formula"),
    ("   ", "empty expression", None, "write a formula"),
    ("x +", "stops too early", "", "missing at the end"),
    ("(x + y", "never closed", "(", ""),
    ("max(x, y", "never closed", "(", ""),
    ("|x + y", "never closed", "|", ""),
    ("x + y)", "never opened", ")", ""),
    ("x * / y", "'/' is out of place", "/", "a number, a name or a bracket"),
    ("x = 3", "'='", "=", "no equals sign"),
    ("x $ y", "'$'", "$", "dollar"),
    ("x > 3", "outside of a choice", ">", "1[z > 0]"),
    ("\\foo{x}", "the LaTeX command \\foo is not read", "\\", "\\frac"),
    ("x & y", "'&' (U+0026) at place 3 means nothing here", "&", "remove it"),
    ("x + 😀", "U+1F600", "😀", "remove it"),
    ("x\x00", "U+0000", "\x00", "remove it"),
    ("x + \u202ey", "U+202E", "\u202e", "remove it"),
    ("2 3", "two numbers", "3", "sign between"),
    ("1/2x", "readers disagree", "x", "(a/b)*c"),
    ("(0,5)", "comma inside plain brackets", ",", "0.5"),
    ("x, y", "comma stands outside", ",", "0.5"),
    ("foo(x)", "no function foo", "f", ""),
    ("2*sigmod(x)", "no function sigmod", "s", "did you mean sigmoid"),
    ("x'", "a prime belongs to a function", "'", ""),
    ("x^9999", "exponent over 1,000", "^", "smaller power"),
    ("∂L/x", "derivative cannot be read", "∂", "dL/dw5"),
    ("∂", "", "∂", ""),  # the text ends inside a ∂…/∂…
    ("x + ∂L", "", "∂", ""),
    ("∂L/", "", "∂", ""),
    ("∂L/∂", "", "∂", ""),
]


def read(text, **settings):
    return parse(text, functions=FUNCTIONS, **settings)


def refused(text, **settings):
    with pytest.raises(ExpressionError) as caught:
        read(text, **settings)
    return caught.value


@pytest.mark.parametrize(("text", "canonical"), READ, ids=[row[0] for row in READ])
def test_a_text_is_read_and_written(text, canonical):
    assert write_plain(read(text)) == canonical
    assert read(canonical) == read(text)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("w*x + b", Add((Mul((Name("w"), Name("x"))), Name("b")))),
        ("a - b", Add((Name("a"), Neg(Name("b"))))),
        ("(a + b) + c", Add((Add((Name("a"), Name("b"))), Name("c")))),
        ("-a*b", Neg(Mul((Name("a"), Name("b"))))),
        ("-x^2", Neg(Pow(Name("x"), Number("2")))),
        ("a/b*c", Mul((Div(Name("a"), Name("b")), Name("c")))),
        ("2^3^4", Pow(Number("2"), Pow(Number("3"), Number("4")))),
        ("σ'(z)", Call("sigmoid'", (Name("z"),))),
    ],
)
def test_the_tree_is_as_written(text, tree):
    assert read(text) == tree


def place_of_caret(error):
    """The character of the shown text that the caret stands under; empty behind the end."""
    shown, caret = error.spot.split("\n")
    return shown[caret.index("^") : caret.index("^") + 1]


@pytest.mark.parametrize(("text", "what", "under", "hint"), ERRORS, ids=[repr(row[0])[:30] for row in ERRORS])
def test_an_error_has_a_place_and_a_next_move(text, what, under, hint):
    error = refused(text)
    assert what in error.what
    assert hint in error.hint
    if under is None:
        assert not error.spot
    elif under.isprintable():
        assert place_of_caret(error) == under
    else:  # shown as an escape, so that a terminal does not obey it
        assert place_of_caret(error) == "\\"
        assert under not in str(error)


NAMES = ["x", "y", "w5", "out_h1", "L"]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("x*q", "no quantity q", ""),
        ("x*w55", "no quantity w55", "did you mean w5"),
        ("sigmoid", "function sigmoid needs its argument", "sigmoid(x)"),
        ("∂L/∂w55", "no quantity w55", "w5"),
        ("out_h2 + x", "no quantity out_h2", "out_h1"),
    ],
)
def test_an_unknown_name_is_named_with_near_misses(text, what, hint):
    error = refused(text, names=NAMES)
    assert what in error.what
    assert hint in error.hint


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("dL/dw5", Partial("L", "w5")),
        ("∂L/∂w5", Partial("L", "w5")),
        ("x*dL/dw5", Mul((Name("x"), Partial("L", "w5")))),
        ("dL/dx*dL/dy", Mul((Partial("L", "x"), Partial("L", "y")))),
        ("x(y)", Mul((Name("x"), Name("y")))),
    ],
)
def test_with_known_names(text, tree):
    assert read(text, names=NAMES) == tree
    assert read(write_plain(tree), names=NAMES) == tree


def test_a_quantity_wins_over_every_other_meaning():
    assert read("e^x", names=["e", "x"]) == Pow(Name("e"), Name("x"))
    assert read("pi", names=["pi"]) == Name("pi")
    assert read("dL/dx", names=["dL", "dx", "L", "x"]) == Div(Name("dL"), Name("dx"))
    assert read("sigma*x", names=["sigma", "x"]) == Mul((Name("sigma"), Name("x")))


SYMPY_NAMES = [
    "beta",
    "gamma",
    "S",
    "N",
    "E",
    "I",
    "Q",
    "O",
    "C",
    "lambda",
    "zeta",
    "Symbol",
    "oo",
    "True",
    "None",
    "import",
]


@pytest.mark.parametrize("name", SYMPY_NAMES)
def test_names_that_sympy_or_python_use_are_plain_names(name):
    assert read(f"{name} + 1") == Add((Name(name), Number("1")))
    assert read(f"2*{name}", names=[name]) == Mul((Number("2"), Name(name)))


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch pwned')",
        "__import__",
        "().__class__.__bases__",
        "x.real",
        "x.__class__",
        "lambda: 0",
        "exec('1')",
        "open(x)",
        "eval(x)",
        "x[0].y",
        "x if y else z",
        "x; import os",
        "f'{x}'",
        "x := 3",
        "`x`",
        "@x",
        "x # y",
        "x\\ny",
        "0x10 . 3",
    ],
)
def test_nothing_is_ever_evaluated(text):
    refused(text, names=["x", "y", "z"])


HOSTILE = {
    "100,000 brackets": "(" * 100_000,
    "19,000 brackets": "(" * 19_000,
    "square brackets": "[" * 10_000,
    "bars": "|" * 15_000,
    "calls": "sin(" * 4_000,
    "a tower": "9**9**9**9",
    "a tower of twos": "2" + "^2" * 5_000,
    "signs in a tower": "x" + "^-x" * 5_000,
    "100,000 signs": "-" * 100_000 + "x",
    "roots": "√" * 15_000 + "x",
    "root and sign": "√-" * 5_000 + "x",
    "quotients": "a" + "/a" * 9_000,
    "20,001 characters": "x" * 20_001,
    "a huge number": "1" * 401,
    "a huge exponent": "x^" + "9" * 300,
    "a constant exponent": "x^(999*999)",
    "a constant sum": "x^(999 + 999)",
    "an exponent of exponents": "x^(2^(2^(2^9)))",
    "nested primes": "sin'" * 4_000,
    "partials": "∂" * 15_000,
    "a million letters": "x" * 1_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused_with_little_work(text):
    with at_most(ANSWER):
        error = refused(text)
    assert len(str(error)) < 500


@pytest.mark.parametrize(
    ("text", "name"), [("η₁", "eta1"), (" w5 ", "w5"), ("δ_o1", "delta_o1"), ("ℓ", "ell"), ("λ", "lambda")]
)
def test_read_name(text, name):
    assert read_name(text) == name
