"""The local derivatives of one step, as lecturers write them."""

from fractions import Fraction

import pytest
from independent import MP, Dual, close, dual, value

from tutor.derive.local import complete_rule, local_derivatives, name_rules, plus, refine_rule, times
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Name, Neg, Number
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.rules.functions import FUNCTIONS

TABLE = [  # the step f = …, its rule, and every derivative
    ("x + y", "sum", {"x": "1", "y": "1"}),
    ("x - y", "difference", {"x": "1", "y": "-1"}),
    ("x + x", "sum", {"x": "2"}),
    ("w*x + b", "weighted sum", {"w": "x", "x": "w", "b": "1"}),
    ("x*y*z", "product", {"x": "y*z", "y": "x*z", "z": "x*y"}),
    ("x*x", "product", {"x": "2*x"}),
    ("3*x", "product", {"x": "3"}),
    ("x/y", "quotient", {"x": "1/y", "y": "-x/y^2"}),
    ("2/y", "quotient", {"y": "-2/y^2"}),
    ("x/4", "quotient", {"x": "1/4"}),
    ("x^2", "power", {"x": "2*x"}),
    ("x^5", "power", {"x": "5*x^4"}),
    ("x^-1", "power", {"x": "-1/x^2"}),
    ("x^0.5", "power", {"x": "0.5/x^0.5"}),
    ("2*x/4", "quotient", {"x": "1/2"}),
    ("sqrt(2/pi)*x", "product", {"x": "sqrt(2/pi)"}),
    ("-x", "negation", {"x": "-1"}),
    ("x", "copy", {"x": "1"}),
    ("7", "constant", {}),
    ("pi", "constant", {}),
    ("exp(x)", "exp", {"x": "f"}),
    ("log(x)", "log", {"x": "1/x"}),
    ("sqrt(x)", "sqrt", {"x": "1/(2*f)"}),
    ("cos(x)", "cos", {"x": "-sin(x)"}),
    ("tanh(x)", "tanh", {"x": "1 - f^2"}),
    ("sigmoid(x)", "sigmoid", {"x": "f*(1 - f)"}),
    ("relu(x)", "relu", {"x": "if_positive(x, 1, 0)"}),
    ("max(0, x)", "relu", {"x": "if_positive(x, 1, 0)"}),
    ("leaky_relu(x, 0.1)", "leaky_relu", {"x": "if_positive(x, 1, 0.1)"}),
    ("elu(x, a)", "elu", {"x": "if_positive(x, 1, a*exp(x))", "a": "if_positive(x, 0, exp(x) - 1)"}),
    ("heaviside(x)", "heaviside", {"x": "0"}),
    ("1/2*(t - o)^2", "half_squared_error", {"t": "t - o", "o": "o - t"}),
    ("(a - y)^2", "squared_error", {"a": "2*(a - y)", "y": "2*(y - a)"}),
    ("softmax_1(x, y)", "softmax_1", {"x": "f*(1 - f)", "y": "-f*softmax_2(x, y)"}),
    ("binary_cross_entropy(a, y)", "binary_cross_entropy", {"a": "(a - y)/(a*(1 - a))", "y": "log(1 - a) - log(a)"}),
]


REASONS = [
    ("-(y*log(p) + (1 - y)*log(1 - p))", {"y": "target of a loss", "p": "binary_cross_entropy"}),
    ("-y*log(p)", {"y": "target of a loss", "p": "cross_entropy"}),
    ("log_poisson_nll(p, y)", {"y": "target of a loss", "p": "log_poisson_nll"}),
    ("prelu(x, a)", {"x": "prelu", "a": "slope below 0"}),
    ("elu(x, a)", {"x": "elu", "a": "slope below 0"}),
]


def read(text):
    return parse(text, functions=FUNCTIONS)


@pytest.mark.parametrize(("text", "rule", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_local_derivatives(text, rule, expected):
    found = local_derivatives("f", read(text), {})
    assert found[0] == rule
    assert {name: write_plain(partial) for name, partial in found[1]} == expected


@pytest.mark.parametrize(("text", "reasons"), REASONS)
def test_each_argument_has_its_own_reason(text, reasons):
    rule, found = local_derivatives("f", read(text), {})
    assert {name: refine_rule(rule, partial, name, "shared") for name, partial in found} == reasons


NESTED = [
    "log(sigmoid(x))",
    "binary_cross_entropy(sigmoid(x), y)",
    "exp(tanh(x*y))",
    "sqrt(exp(x))",
    "sigmoid(sqrt(exp(x)))",
    "softplus(sigmoid(x) + y)",
    "sigmoid(2*x - y)",
    "exp(-x*x)",
    "sin(x*y)*y",
    "x^y",
    "1/(1 + x^2)",
    "max(x*y, sin(y), 1/3)",
    "squared_error(w*x, y)",
    "relu(x - y)*x",
    "abs(x)*sigmoid(y)^2",
]


@pytest.mark.parametrize("text", NESTED)
def test_every_other_formula_is_differentiated_rightly(text):
    expr = read(text)
    point = {"x": Fraction(5, 4), "y": Fraction(2, 3), "w": Fraction(-3, 2)}
    known = {name: dual(point[name]) for name in names(expr)}
    whole = value(expr, known)
    found = dict(local_derivatives("f", expr, {})[1])
    assert set(found) == set(known)
    for name, partial in found.items():
        assert set(names(partial)) <= {*known, "f"}
        seeded = value(expr, {n: Dual(d.value, MP.mpf(n == name)) for n, d in known.items()})
        assert close(value(partial, {**known, "f": whole}).value, seeded.slope)


def test_a_call_that_is_a_step_of_its_own_is_written_as_its_name():
    named = {read("softmax_2(x, y)"): "p2"}
    found = dict(local_derivatives("p1", read("softmax_1(x, y)"), named)[1])
    assert write_plain(found["y"]) == "-p1*p2"


@pytest.mark.parametrize(
    ("factors", "product"),
    [
        (["1", "x"], "x"), (["x", "0"], "0"), (["x", "-y"], "-x*y"), (["-x", "-y"], "x*y"), (["x*y", "z"], "x*y*z"),
        ([], "1"), (["2", "W", "1/2"], "W"), (["0.5", "3*x"], "1.5*x"), (["2", "x", "1/3"], "2/3*x"),
    ],
)  # fmt: skip
def test_times(factors, product):
    assert write_plain(times(*map(read, factors))) == product


def test_plus():
    assert plus([]) == Number("0")
    assert plus([Number("0"), Name("x")]) == Name("x")
    assert write_plain(plus([Name("x"), Neg(Name("y"))])) == "x - y"


@pytest.mark.parametrize(
    ("text", "wrt", "rules"),
    [
        ("1/2*(a - y)^2 + b", "a", "formula: power chain"),
        ("a^2 + b", "a", "formula: power"),
        ("(a + b)/4", "a", "formula: factor"),
        ("-(y*log(a) + (1 - y)*log(1 - a))", "a", "formula: log kept chain"),
        ("b*c*exp(a)/2 + b", "a", "formula: exp kept"),
        ("a*exp(a) + b", "a", "formula: product exp"),
        ("b/a + b", "a", "formula: quotient"),
        ("2^a + b", "a", "formula"),
        ("a*b + a", "a", "formula: factor term"),
        ("b*a^2 - a", "a", "formula: power kept minus"),
        ("a*b + (1 - a)*c", "a", "formula: factors"),
        ("3*a^2 + 2*a + 1", "a", "formula: power factor"),
        ("b^2 - a", "a", "difference"),
        ("a*b + a + a", "a", "formula: factor terms"),
        ("1/2*(a + b^2 - 1 - log(a))", "a", "formula: log term"),  # of the bracket all that it has
        ("-(log(a) - a)/2", "a", "formula: log minus"),
    ],
)
def test_a_formula_names_what_is_done(text, wrt, rules):
    expr = parse(text, functions=("log", "exp"))
    assert name_rules(expr, wrt) == rules
    assert "as it stands" not in ENGLISH.rules.say_local(rules)
    assert ENGLISH.rules.say_local(rules) != ENGLISH.rules.ANY_LOCAL


@pytest.mark.parametrize(
    ("text", "wrt", "said"),
    [
        ("z + z*x", "z", "what it is multiplied by, 1 for the term alone"),
        ("z*z", "z", "product rule"),
        ("z*x + 2", "z", "the partner in its product"),
        ("z*x - y", "y", "what is subtracted has derivative −1"),
        ("tanh(w*x + b)", "x", "tanh′ = 1 − tanh²; chain rule"),
        ("tanh(w*x + b)", "b", "tanh′ = 1 − tanh²"),
        ("max(w*x, v*y)", "x", "1 for the larger one, else 0; equal ones share it; chain rule"),
        ("exp(x)", "x", "exp is its own derivative"),
    ],
)
def test_a_reason_accounts_for_all_of_a_derivative(text, wrt, said):
    expr = parse(text, functions=("tanh", "max", "exp"))
    rule, found = local_derivatives("f", expr, {})
    told = refine_rule(complete_rule(rule, expr, wrt), dict(found)[wrt], wrt, "shared")
    assert ENGLISH.rules.say_local(told) == said
