"""The index form: a table of entries as lectures print them, and every form against the expression, entry by entry."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from independent import MP, OutsideError, close
from independent_layers import array, indexed, nd
from random_layers import random_layers

from tutor.derive.backward import derive
from tutor.derive.indexed import HIDDEN, INDICES, choose_indices, index_form, product, reduce_linear
from tutor.errors import ValueProblem
from tutor.expression.nodes import Call, Mul, Name, Number, Partial, children
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import substitute
from tutor.graph.array_products import arrange_products
from tutor.graph.entries import Array, Entries, places
from tutor.graph.layered import LAYER_FUNCTIONS, from_layers
from tutor.graph.shapes import shape_of
from tutor.numbers.run_arrays import Numbers, evaluate_layers, run_layers
from tutor.rules.operations import NAMES, formula

S = {"W": (2, 3), "x": (3,), "y": (2,), "X": (3, 4), "b": (2,), "A": (4, 4), "K": (2, 2), "h": (2,), "u": (3,), "z": (3,), "o": (2,)}
FORMS = [  # formula, its entry j, or i and j
    ("W x + b", "sum_over(v, 3, at(W, j, v)*at(x, v)) + at(b, j)"),
    ("W^T y", "sum_over(v, 2, at(W, v, j)*at(y, v))"),
    ("W X", "sum_over(v, 3, at(W, i, v)*at(X, v, j))"),
    ("W X + columns(b, 4)", "sum_over(v, 3, at(W, i, v)*at(X, v, j)) + at(b, i)"),
    ("X^T W^T + rows(b, 4)", "sum_over(v, 3, at(X, v, i)*at(W, j, v)) + at(b, j)"),
    ("outer(fill(2, 3), x)", "2*at(x, j)"),
    ("y x^T", "at(y, i)*at(x, j)"),
    ("x ⊙ u", "at(x, j)*at(u, j)"),
    ("x^T u", "sum_over(v, 3, at(x, v)*at(u, v))"),
    ("(W^T y) ⊙ sigmoid(x)", "sum_over(v, 2, at(W, v, j)*at(y, v)*sigmoid(at(x, j)))"),
    ("(x^T u) x", "sum_over(v, 3, at(x, v)*at(u, v)*at(x, j))"),
    ("x - (x^T u) u", "at(x, j) - sum_over(v, 3, at(x, v)*at(u, v)*at(u, j))"),
    ("(W x) ⊙ (W u)", "sum_over(v, 3, sum_over(k, 3, at(W, j, k)*at(u, k)*at(W, j, v)*at(x, v)))"),
    ("row_sums(X)", "sum_over(v, 4, at(X, j, v))"),
    ("column_sums(X)", "sum_over(v, 3, at(X, v, j))"),
    ("row_sums(columns(b, 4))", "sum_over(v, 4, at(b, j))"),
    ("fill(c, 3)", "c"),
    ("sum(X)", "sum_over(v, 3, sum_over(k, 4, at(X, v, k)))"),
    ("mean(x^2)", "sum_over(v, 3, at(x, v)^2)/3"),
    ("mean(X)", "sum_over(v, 3, sum_over(k, 4, at(X, v, k)))/12"),
    ("softmax(x)", "exp(at(x, j))/sum_over(v, 3, exp(at(x, v)))"),
    ("softmax_columns(X)", "exp(at(X, i, j))/sum_over(v, 3, exp(at(X, v, j)))"),
    ("softmax_rows(X)", "exp(at(X, i, j))/sum_over(v, 4, exp(at(X, i, v)))"),
    ("correlate(x, h)", "sum_over(a, 2, at(h, a)*at(x, j + a - 1))"),
    ("convolve(x, h)", "sum_over(a, 2, at(h, a)*at(x, j - a + 2))"),
    ("convolve(x, h, 2, 1)", "sum_over(a, 2, at(h, a)*at(x, 2*j - a))"),
    ("correlate(A, K, 2, 1)", "sum_over(a, 2, sum_over(v, 2, at(K, a, v)*at(A, 2*i + a - 3, 2*j + v - 3)))"),
    ("convolve(A, K)", "sum_over(a, 2, sum_over(v, 2, at(K, a, v)*at(A, i - a + 2, j - v + 2)))"),
    ("max_pool(x, 2, 1)", "max_over(a, 2, at(x, j + a - 1))"),
    ("max_pool(A, 2)", "max_over(a, 2, max_over(v, 2, at(A, 2*i + a - 2, 2*j + v - 2)))"),
    ("average_pool(x, 2, 1)", "sum_over(a, 2, at(x, j + a - 1))/2"),
    ("average_pool(A, 2)", "sum_over(a, 2, sum_over(v, 2, at(A, 2*i + a - 2, 2*j + v - 2)))/4"),
    ("unflatten(x, 1, 3)", "at(x, 3*i + j - 3)"),
    ("1 - 2*x", "1 - 2*at(x, j)"),
    ("sum((x - u)^2)/2", "sum_over(v, 3, (at(x, v) - at(u, v))^2)/2"),
    ("spread(D, h, 3, 1, 0)", "sum_over(v, 2, at(dL/do, v)*at(h, j - v + 1))"),
    ("spread_flipped(D, h, 3, 2, 1)", "sum_over(v, 2, at(dL/do, v)*at(h, 2*v - j))"),
    ("kernel_gradient(D, x, 2, 1, 0)", "sum_over(v, 2, at(dL/do, v)*at(x, v + j - 1))"),
    ("part(x, 1, 2)", "at(x, j + 1)"),
]  # fmt: skip


def read(text, shapes=S):
    expr = substitute(parse(text, functions={*LAYER_FUNCTIONS, *NAMES}), {"D": Partial("L", "o")})
    return arrange_products(expr, shapes)


@pytest.mark.parametrize(("text", "form"), FORMS, ids=[row[0] for row in FORMS])
def test_the_entry(text, form):
    expr = read(text)
    assert write_plain(index_form(expr, [[], ["j"], ["i", "j"]][len(shape_of(expr, S))], S)) == form


@pytest.mark.parametrize("text", ["flatten(X)", "share(D, 3, 2, 1)", "route(D, x, 2, 1)", "2*flatten(X)"])
def test_what_would_say_less_than_its_name(text):
    assert index_form(read(text), ["j"], S) is None


def test_the_recursion_of_delta():
    """δ_j = Σ_v w_jv δ_v σ'(z_j), the textbook's, from W δ ⊙ σ'(z)."""
    shapes = {"W": (3, 2), "o": (2,), "z": (3,)}
    recursion = Call("hadamard", (Call("matmul", (Name("W"), Partial("L", "o"))), Call("sigmoid'", (Name("z"),))))
    slope = Call("sigmoid'", (Call("at", (Name("z"), Name("j"))),))
    factors = (Call("at", (Name("W"), Name("j"), Name("v"))), Call("at", (Partial("L", "o"), Name("v"))), slope)
    assert index_form(recursion, ["j"], shapes) == Call("sum_over", (Name("v"), Number("2"), Mul(factors)))


def test_letters_are_no_names_of_quantities_or_sizes():
    shapes = {"W": ("u", "v"), "k": ("v",), "a": ("u",)}
    form = index_form(read("W k + a", shapes), ["j"], shapes)
    assert write_plain(form) == "sum_over(m, v, at(W, j, m)*at(k, m)) + at(a, j)"
    many = {**dict.fromkeys("vukmabrqst", ()), "W": (2, 2), "x": (2,)}
    assert write_plain(index_form(read("W x", many), ["j"], many)) == "sum_over(v1, 2, at(W, j, v1)*at(x, v1))"


@pytest.mark.parametrize(("text", "table", "found"), [
    ("s*(i - 1) + a - p", {"s": 2, "p": 1}, "2*i + a - 3"), ("s*(i - 1) + a - p", {"s": 1, "p": 0}, "i + a - 1"),
    ("m + 1 - i + s*(u - 1) - p", {"m": 2, "s": 1, "p": 0}, "u - i + 2"), ("m + 1 - i", {"m": 3}, "4 - i"),
    ("i - i", {}, "0"), ("n*(i - 1) + j", {"n": 3}, "3*i + j - 3"), ("m*n", {"m": 2, "n": 3}, "6"), ("i*j", {}, "i*j"),
    ("1 - 1", {}, "0"), ("-(i - 2)", {}, "2 - i"),
])  # fmt: skip
def test_indices(text, table, found):
    assert write_plain(reduce_linear(formula(text), {key: Number(str(value)) for key, value in table.items()})) == found


def test_products_with_sums():
    form = product([Name("a"), Call("sum_over", (Name("v"), Name("b"))), Name("c")])
    assert write_plain(form) == "sum_over(v, b*a*c)"
    assert write_plain(product([parse("2/(n*m)"), Call("sum_over", (Name("v"), Name("b"))), Name("c")])) == "2/(n*m)*sum_over(v, b*c)"
    root = Call("sqrt", (Call("sum_over", (Name("u"), Name("x"))),))  # √(Σ_u x) behind Σ_v could be a part of it
    assert write_plain(product([Call("sum_over", (Name("v"), Name("b"))), root])) == "sqrt(sum_over(u, x))*sum_over(v, b)"
    assert write_plain(product([Name("a"), parse("sum_over(v, b + d)", functions=["sum_over"])])) == "a*sum_over(v, b + d)"


def shown(expr):
    """Whether the test can read a form: a maximum has no last value, and what hides has no form."""
    return not (type(expr) is Call and expr.func in (*HIDDEN, "max_pool")) and all(map(shown, children(expr)))


@given(st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_every_form_is_the_entry_of_its_expression(generator):
    layered = random_layers(generator)
    derivation = derive(layered.graph)
    values = Random(generator.randint(0, 99))
    given = {
        name: Array(found.shape, tuple(Fraction(values.randint(1, 40), 9) for _ in found.items))
        for name, found in layered.entries.items() if name in [q.name for q in layered.graph.leaves]
    }  # fmt: skip
    steps = [*layered.graph.steps, *derivation.backward]
    try:
        known = evaluate_layers(derivation, given)
    except ValueProblem:  # the logarithm of a negative number
        return
    tables = {name: nd(found) for name, found in known.items()}
    for step in steps:
        if not shown(step.expr):
            continue
        expected = Entries(known, Numbers()).value(step.expr)
        form = index_form(step.expr, INDICES[: len(expected.shape)], layered.shapes)
        if form is None:
            continue
        for place in places(expected.shape):
            try:
                with MP.workdps(120):  # 1 - sigmoid(80) leaves few of 50
                    found = indexed(form, dict(zip(INDICES, place, strict=False)), tables)
            except OutsideError:  # a kink
                continue
            assert close(found, expected.pick_entry(place), 25), (write_plain(step.expr), write_plain(form))


def test_the_property_can_fail():
    layered = from_layers(["z = W x", "L = sum(z)"], {"W": (2, 2), "x": (2,)})
    values = {"W": array([[Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]]), "x": array([Fraction(1), Fraction(2)])}
    tables = {name: nd(found) for name, found in run_layers(layered.graph.steps, values).items()}
    right = parse("sum_over(v, at(W, j, v)*at(x, v))", functions=["sum_over", "at"])
    wrong = parse("sum_over(v, at(W, v, j)*at(x, v))", functions=["sum_over", "at"])
    assert [indexed(right, {"j": j}, tables) for j in (1, 2)] == [5, 11]
    assert [indexed(wrong, {"j": j}, tables) for j in (1, 2)] != [5, 11]


@pytest.mark.parametrize(
    ("wanted", "shapes", "letters"),
    [
        ("ijk", {"P": (4, 2, 2)}, "ijk"),
        ("ijk", {"P": (4, 2, 2), "k": (4,)}, "ijl"),  # a quantity k
        ("ij", {"W": (2, 3), "i": (2,), "k": (2,)}, "lj"),  # the input gate of an LSTM
        ("ji", {"W": (2, 3), "j": (2,)}, "ki"),
        ("ijk", {"P": ("b", "k", "n")}, "ijl"),  # a size
        ("ij", {"z_i": (2, 3), "j_1": (2,)}, "kl"),  # (z_i)_i
    ],
)
def test_an_index_is_no_name_of_a_quantity_or_a_size(wanted, shapes, letters):
    assert choose_indices(wanted, shapes) == [*letters]
