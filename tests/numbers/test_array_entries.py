"""One entry of an array program, held against the formula that the write-out neuron by neuron has for it."""

import random
from math import prod

import pytest

from tutor.errors import ExpressionError
from tutor.expression.nodes import Call, Name, Number
from tutor.expression.parse import parse
from tutor.expression.walk import names
from tutor.graph.algebra import Formulas
from tutor.graph.entries import Array, Entries, places
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.numbers.array_entries import has_entries, write_entry
from tutor.numbers.array_program import lower_formula
from tutor.numbers.balls import enclose, working
from tutor.numbers.enclosures import enclose_all
from tutor.numbers.program import program

SHAPES = {"W": (3, 2), "x": (2,), "y": (3,), "A": (3, 3), "X": (4, 4), "K": (2, 2), "c": ()}
NAMES = {
    name: Array(shape, tuple(f"{name}_{'_'.join(map(str, place))}" if shape else name for place in places(shape)))
    for name, shape in SHAPES.items()
}
FORMULAS = [
    "W @ x + y", "transpose(W) @ y", "outer(x, y)", "A @ (A @ y)", "hadamard(A, A) - 2*A/c", "sigmoid'(y)", "relu(W @ x) - y*c",
    "x^-3 + x^7", "sqrt(x) + x^0.5 + exp(-x)", "softmax(y)", "softmax_rows(W)", "columns(y, 4)", "sum(W)/0.1", "mean(x)", "max_pool(X, 2)",
    "average_pool(X, 2)", "correlate(X, K)", "convolve(X, K, 1, 1)", "flatten(W)", "concat(x, y)", "one_hot(2, 3)", "-(1/3)*y",
    "y*pi", "1.0*y",
]  # fmt: skip


def values(seed=3):
    chance = random.Random(seed)
    return {name: enclose(chance.randint(1, 999)) / 1000 for array in NAMES.values() for name in array.items}


def result(steps):
    with working(60):
        return enclose_all(steps, values())[steps.result]


@pytest.mark.parametrize("text", FORMULAS)
def test_an_entry_is_that_of_the_write_out(text):
    expr = parse(text, functions=LAYER_FUNCTIONS, known=tuple(SHAPES))
    singles = {name: Array(array.shape, tuple(map(Name, array.items))) for name, array in NAMES.items()}
    expected = Entries(singles, Formulas()).value(expr)
    made = lower_formula(expr, SHAPES.__getitem__)
    assert has_entries(made)
    assert prod(expected.shape) == len(expected.items) > 0
    for place, formula in zip(places(expected.shape), expected.items, strict=True):
        entry = write_entry(made, place, NAMES.__getitem__)
        assert set(entry.names) >= set(names(formula))
        assert len(entry.kinks) == len(program(formula).kinks)
        with working(60):
            found, wanted = result(entry), result(program(formula))
            assert found.overlaps(wanted)
            assert found.rel_accuracy_bits() > 150


def test_a_constant_is_exact_and_asks_for_its_digits():
    entry = write_entry(lower_formula(parse("1.00000000000000000001*x", known=("x",)), SHAPES.__getitem__), (1,), NAMES.__getitem__)
    assert entry.digits > 10
    assert any(op == "number" and value != 1 for op, value, *_ in entry.code)


def test_where_entries_are_equal_balls_cannot_tell():
    route = Call("route", (Name("x"), Name("u"), Number("2"), Number("2")))
    made = lower_formula(route, {"x": (2,), "u": (4,)}.__getitem__)
    assert not has_entries(made)


def test_an_entry_of_too_many_operations_is_refused():
    made = lower_formula(parse("sum(hadamard(V, V))", functions=LAYER_FUNCTIONS), {"V": (200, 200)}.__getitem__)
    with pytest.raises(ExpressionError, match="more than 20,000 operations"):
        write_entry(made, (), {"V": Array((200, 200), tuple(f"V_{n}" for n in range(40_000)))}.__getitem__)
