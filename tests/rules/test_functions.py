"""Every row of the function table, by existing: its derivatives against SymPy and against finite differences."""

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from independent import FUNCTIONS as FORMULAS
from independent import MP, OutsideError, close, dual, softmax, value
from some_now import some_now

from tutor.errors import ExpressionError, TutorError
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Call, Name
from tutor.rules.functions import (
    FUNCTIONS,
    OUT,
    PRIMITIVES,
    Function,
    check_calls,
    function,
    parameter_names,
    partials_of,
    value_of,
)

MADE = [function(name, arity) for name in ("max", "min", "softmax_1") for arity in (1, 2, 3, 4)]
MADE += [function("softmax_4", 4), function("softmax_2", 3)]
MADE += [function(name, arity) for name in ("max_share", "min_share") for arity in (2, 3)]
ROWS = [row for row in FUNCTIONS.values() if row.partials] + MADE
NAMES = [f"{row.name}/{len(row.params)}" for row in ROWS]
STEP = MP.mpf(10) ** -15
BENT = Fraction(1001, 1000)


def formula(row):
    """The row's function, from the independent implementation."""
    if row.name.startswith("softmax_"):
        return lambda *args: softmax(int(row.name.removeprefix("softmax_")), *args)
    return FORMULAS[row.name]


def points(row, count=12):
    """Random points of the row's range, on both sides of every kink and right beside it."""
    generator = random.Random(row.name)
    low, high = row.sample
    found = [[Fraction(generator.uniform(low, high)).limit_denominator(997) for _ in row.params] for _ in range(count)]
    if row.settings and row.settings[0][1] == "0" and row.role == "loss":  # a bound is positive
        found = [[*point[:-1], abs(point[-1])] for point in found]
    if row.kinks:
        rest = [Fraction(1, 3) for _ in row.params[1:]]
        found += [[Fraction(kink) + side * Fraction(1, 1000), *rest] for kink in row.kinks for side in (1, -1)]
    return found


def shifted(point, place, by):
    return [dual(x) if k != place else dual(dual(x).value + by) for k, x in enumerate(point)]


def slope(row, point, place):
    """The derivative by central differences, 50 digits; raises `OutsideError` at a kink."""
    run = formula(row)
    run(*map(dual, point))
    return (run(*shifted(point, place, STEP)).value - run(*shifted(point, place, -STEP)).value) / (2 * STEP)


def filled(row, partial, point):
    """The value of a partial as the row writes it, in its parameters and its own output."""
    known = dict(zip(row.params, map(dual, point), strict=True))
    return value(partial, {**known, OUT: formula(row)(*known.values())}).value


def disagreements(row):
    """The parameters whose derivative is not what finite differences say, at any point."""
    found = set()
    checked = 0
    for point, (place, partial) in itertools.product(points(row), enumerate(partials_of(row))):
        try:
            numeric = slope(row, point, place)
            written = filled(row, partial, point)
        except OutsideError:
            continue
        checked += 1
        if not close(numeric, written, 12):
            found.add(row.params[place])
    assert checked >= 8 * len(row.params)
    return found


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_derivatives_agree_with_finite_differences(row):
    assert disagreements(row) == set()


CURVED = [row for row in ROWS if not row.flat and (row.name, len(row.params)) != ("softmax_1", 1)]


@pytest.mark.parametrize("row", CURVED, ids=lambda row: f"{row.name}/{len(row.params)}")
def test_a_derivative_wrong_by_a_thousandth_is_caught(row):
    for place, name in enumerate(row.params):
        if row.partials[place] == "0":
            continue
        bent = [f"({text})*1.001" if k == place else text for k, text in enumerate(row.partials)]
        assert disagreements(replace(row, partials=tuple(bent))) == {name}


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.rising])
def test_what_rises_does_so_everywhere(name):
    row = FUNCTIONS[name]
    generator = random.Random(name)
    places = sorted(generator.uniform(*row.sample) for _ in range(200))
    values = [FORMULAS[name](dual(Fraction(place))).value for place in places]
    assert all(one < two for one, two in itertools.pairwise(values))
    assert (len(row.params), row.kinks, row.settings) == (1, (), ())


def in_sympy(expr, table):
    """A display tree in SymPy, written here and not with the bridge of the product."""
    call = {
        "max": sympy.Max, "min": sympy.Min, "abs": sympy.Abs, "sign": sympy.sign, "exp": sympy.exp, "log": sympy.log,
        "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "arctan": sympy.atan, "arcsin": sympy.asin,
        "arsinh": sympy.asinh, "artanh": sympy.atanh, "sinh": sympy.sinh,
        "cosh": sympy.cosh, "cot": sympy.cot, "coth": sympy.coth, "tanh": sympy.tanh, "pi": lambda: sympy.pi,
        "erf": sympy.erf, "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
        "if_positive": lambda c, a, b: sympy.Piecewise((a, c > 0), (b, True)),
        "max_share": lambda own, *rest: sympy.Piecewise((1, own > sympy.Max(*rest)), (0, True)),  # not at a tie
        "min_share": lambda own, *rest: sympy.Piecewise((1, own < sympy.Min(*rest)), (0, True)),
        "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    }  # fmt: skip
    kind = type(expr).__name__
    if kind == "Number":
        return sympy.Rational(expr.text)
    if kind == "Name":
        return table[expr.name]
    if kind == "Call" and expr.func.startswith("softmax_"):
        parts = [sympy.exp(in_sympy(arg, table)) for arg in expr.args]
        return parts[int(expr.func.removeprefix("softmax_")) - 1] / sum(parts)
    parts = [in_sympy(part, table) for part in _parts(expr)]
    if kind == "Call":
        return call[expr.func](*parts)
    made = {"Neg": lambda a: -a, "Div": lambda a, b: a / b, "Pow": lambda a, b: a**b,
            "Add": lambda *a: sympy.Add(*a), "Mul": lambda *a: sympy.Mul(*a)}  # fmt: skip
    return made[kind](*parts)


def _parts(expr):
    from tutor.expression.nodes import children

    return children(expr)


def sympy_value(row, symbols):
    """What a row computes: its formula, or SymPy's own function for a primitive."""
    tree = value_of(row) or Call(row.name, parameter_names(row))
    return in_sympy(tree, symbols)


def proved(row):
    """Whether each derivative equals SymPy's, by algebra or (a piecewise one) exactly on each side of its kinks."""
    symbols = {name: sympy.Symbol(name, real=True) for name in row.params}
    whole = sympy_value(row, symbols)
    for name, partial in zip(row.params, partials_of(row), strict=True):
        written = in_sympy(partial, {**symbols, OUT: whole})
        derived = sympy.diff(whole, symbols[name])
        if not _equal(sympy.simplify(written - derived), row, symbols):
            return False
    return True


def _equal(difference, row, symbols):
    if difference == 0:
        return True
    cases = (sympy.Piecewise, sympy.Heaviside, sympy.DiracDelta, sympy.Max, sympy.Min, sympy.sign, sympy.Abs)
    if not difference.has(*cases) and row.name != "focal":  # powers that SymPy does not collect
        return False
    for point in points(row):
        at = {
            symbols[name]: sympy.Rational(x.numerator, x.denominator) for name, x in zip(row.params, point, strict=True)
        }
        if abs(sympy.N(difference.subs(at), 40)) > sympy.Float("1e-35"):
            return False
    return True


@pytest.mark.parametrize("row", some_now(ROWS, 5), ids=NAMES)
def test_derivatives_are_sympys(row):
    assert proved(row)


@pytest.mark.parametrize(
    "name", ["sigmoid", "tanh", "relu", "elu", "hinge", "log", "half_squared_error", "binary_cross_entropy"]
)
def test_sympy_catches_a_bent_derivative(name):
    row = FUNCTIONS[name]
    assert not proved(replace(row, partials=(f"({row.partials[0]})*1.001", *row.partials[1:])))


NATIVE = {
    "tan": sympy.tan, "sec": sympy.sec, "csc": sympy.csc, "cot": sympy.cot, "sech": sympy.sech, "csch": sympy.csch, "coth": sympy.coth,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "identity": lambda x: x,
    "relu": lambda x: sympy.Max(0, x),
}  # fmt: skip


@pytest.mark.parametrize("name", NATIVE)
def test_a_formula_is_sympys_function(name):
    x = sympy.Symbol("x", real=True)
    ours = in_sympy(value_of(FUNCTIONS[name]), {"x": x})
    assert sympy.simplify((ours - NATIVE[name](x)).rewrite(sympy.exp)) == 0


def test_the_lists_are_complete():
    assert {row.name for row in FUNCTIONS.values() if not row.value} - PRIMITIVES == {"softmax", "log_softmax", "lse"}
    assert all(row.convention for row in FUNCTIONS.values() if row.kinks)
    assert set(FORMULAS) - {"pi"} == set(FUNCTIONS) - {"softmax", "log_softmax", "lse"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_row_has_its_words(name):
    assert name in ENGLISH.rules.FORWARD
    assert name in ENGLISH.rules.LOCAL


@pytest.mark.parametrize("words", [ENGLISH.rules.FORWARD, ENGLISH.rules.LOCAL], ids=["forward", "local"])
def test_no_words_without_a_rule(words):
    operations = {
        "sum",
        "difference",
        "weighted sum",
        "product",
        "quotient",
        "power",
        "negation",
        "copy",
        "constant",
        "formula",
    }
    assert set(words) <= set(FUNCTIONS) | operations


@pytest.mark.parametrize(
    ("name", "arity", "partials"),
    [
        ("max", 2, ("max_share(x1, x2)", "max_share(x2, x1)")),
        ("min", 3, ("min_share(x1, x2, x3)", "min_share(x2, x1, x3)", "min_share(x3, x1, x2)")),
        ("max", 1, ("1",)),
        ("softmax_1", 1, ("out*(1 - out)",)),
        ("lse", 2, ("softmax_1(z1, z2)", "softmax_2(z1, z2)")),
        ("log_softmax_1", 2, ("1 - softmax_1(z1, z2)", "-softmax_2(z1, z2)")),
        ("softmax_2", 3, ("-out*softmax_1(z1, z2, z3)", "out*(1 - out)", "-out*softmax_3(z1, z2, z3)")),
    ],
)
def test_rows_made_for_a_number_of_arguments(name, arity, partials):
    assert function(name, arity).partials == partials


@pytest.mark.parametrize(
    ("name", "arity", "what", "hint"),
    [
        ("sigmod", 1, "no function sigmod", "sigmoid"),
        ("sigmoid", 2, "sigmoid takes 1 argument(s), not 2", "sigmoid(x)"),
        ("elu", 1, "elu takes 2 argument(s), not 1", "elu(x, a)"),
        ("softmax", 3, "which component", "softmax_1(z1, z2, z3)"),
        ("softmax_4", 3, "softmax_4 of 3 values", "softmax_3"),
        ("softmax_0", 3, "no function softmax_0", ""),
        ("max", 0, "max of nothing", "max(0, x)"),
    ],
)
def test_a_wrong_call_is_refused_by_name(name, arity, what, hint):
    with pytest.raises(ExpressionError) as caught:
        function(name, arity)
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_calls_are_checked_inside_too():
    with pytest.raises(ExpressionError, match="exp takes 1"):
        check_calls(Call("sin", (Call("exp", (Name("x"), Name("y"))),)))
    with pytest.raises(ExpressionError, match="several arguments"):
        check_calls(Call("elu'", (Name("x"), Name("y"))))


def test_a_row_checks_itself():
    with pytest.raises(TutorError, match="2 derivatives for 1 parameters") as caught:
        Function("broken", ("x",), ("1", "2"))
    assert "row broken" in caught.value.where
