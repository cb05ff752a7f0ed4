"""Array programs: what becomes an instruction and what costs nothing, and a row of operations that nobody has written code for."""

from fractions import Fraction
from math import cos, prod, sin

import pytest

from tutor.derive.backward import derive
from tutor.errors import GraphError, ValueProblem
from tutor.expression.nodes import Call, Name, Number, Partial
from tutor.expression.parse import parse
from tutor.graph.entries import Array
from tutor.graph.layered import LAYER_FUNCTIONS, from_layers
from tutor.graph.nouns import Step
from tutor.numbers.array_algebra import TOTAL
from tutor.numbers.array_code import DOT, GATHER, GIVEN
from tutor.numbers.array_plan import Rows, plan_arrays
from tutor.numbers.array_program import lower_arrays
from tutor.numbers.run_arrays import run_layers
from tutor.numbers.runner import One
from tutor.rules.layer_row import Layer
from tutor.rules.operations import LAYERS


def program(text, wanted=("f",), **shapes):
    step = Step("f", parse(text, functions=LAYER_FUNCTIONS), "")
    return lower_arrays([step], shapes, wanted)


@pytest.mark.parametrize(("text", "shapes", "ops"), [
    ("matmul(W, x) + b", {"W": (2, 3), "x": (3,), "b": (2,)}, [DOT, "+"]),
    ("matmul(transpose(W), x)", {"W": (3, 2), "x": (3,)}, [DOT]),
    ("matmul(W, X) + columns(b, 4)", {"W": (2, 3), "X": (3, 4), "b": (2,)}, [DOT, "+"]),
    ("transpose(transpose(W))", {"W": (2, 3)}, []),
    ("sum(W)", {"W": (2, 3)}, [DOT]),
    ("fill(c, 2, 3)", {"c": ()}, []),
    ("entry(x, 2)", {"x": (3,)}, [GATHER]),
    ("x - (y - x)", {"x": (2,), "y": (2,)}, ["-", "-"]),
    ("-(x - y) + x", {"x": (2,), "y": (2,)}, ["-", "-"]),
    ("sigmoid(x) + sigmoid(x)", {"x": (2,)}, ["sigmoid", "+"]),
    ("x^3", {"x": (2,)}, ["square", "*"]),
    ("x^0.5 + x^2.5", {"x": (2,)}, ["sqrt", "number", "pow", "+"]),
    ("hadamard(1*x, y)", {"x": (2,), "y": (2,)}, ["*"]),
    ("-fill(3, 2)", {"x": (2,)}, ["number", "neg"]),
])  # fmt: skip
def test_what_an_expression_becomes(text, shapes, ops):
    assert [step.op for step in program(text, **shapes).code if step.op != GIVEN] == ops


def test_only_what_is_wanted_is_kept():
    layered = from_layers(["z = W x", "a = sigmoid(z)", "L = sum(a^2)"], {"W": (2, 3), "x": (3,)})
    steps = layered.graph.steps + derive(layered.graph).backward
    given = {"W": (2, 3), "x": (3,)}
    assert [step.op for step in lower_arrays(steps, given, ["z"]).code] == [GIVEN, GIVEN, DOT]
    with pytest.raises(ValueProblem, match="x has no value"):
        lower_arrays(steps, {"W": (2, 3)}, ["L"])
    with pytest.raises(GraphError, match="shapes do not fit"):
        lower_arrays(steps, {"W": (2, 2), "x": (3,)}, ["L"])


def test_a_total_over_the_samples_is_one_product_of_matrices():
    """G xᵀ of every sample, added up, is G Xᵀ; what is the same for every sample counts so many times."""
    steps = [Step("g", parse("outer(d, x)", functions=LAYER_FUNCTIONS), ""), Step("s", Call(TOTAL, (Name("g"),)), "")]
    made = lower_arrays(steps, {"d": (2,), "x": (3,)}, ["s"], ("d", "x"), 5)
    assert [(step.op, step.shape, step.loops) for step in made.code] == [
        (GIVEN, (2, 5), ()), (GIVEN, (3, 5), ()), (DOT, (2, 3), (5,))
    ]  # fmt: skip
    same = lower_arrays([Step("s", Call(TOTAL, (Name("w"),)), "")], {"w": ()}, ["s"], (), 5)
    assert [step.op for step in same.code] == [GIVEN, "number", "*"]


def test_a_derivative_is_known_by_its_name():
    steps = [Step("dL/dw", Name("w"), ""), Step("f", Partial("L", "w"), "")]
    assert lower_arrays(steps, {"w": (2,)}, ["f"]).wanted[0].place == 0


def test_a_new_row_needs_no_code(monkeypatch):
    """A row that nobody has written an evaluator for: moving sums that go round a corner, and outside is 0."""
    row = Layer("around", ("x: n", "k: m"), ("n",), ("i",), "sum_over(a, m, at(k, a)*at(x, i + a - 1))/n + exp(at(x, i))/m")
    monkeypatch.setitem(LAYERS, "around", (row,))
    steps = [Step("f", Call("around", (Name("x"), Name("k"))), "")]
    x, k = (Array((len(items),), tuple(map(Fraction, items))) for items in ((1, 2, 3, 4), (5, 7)))
    expected = run_layers(steps, {"x": x, "k": k})["f"].items
    made = lower_arrays(steps, {"x": (4,), "k": (2,)}, ["f"])
    rows = Rows(tuple(range(4)), tuple(range(4)))
    found = One(plan_arrays(made, [range(4), range(4, 6)], [rows], (6, 4)))([1, 2, 3, 4, 5, 7])
    assert found == pytest.approx([float(value) for value in expected])


def test_a_window_of_a_size_that_nobody_can_wait_for_is_refused():
    with pytest.raises(GraphError, match="takes 4,000,000 products"):
        program("average_pool(x, 2000, 1)", x=(3999,))


ROUTES = [  # the window and the stride of a pooling, and what it sends back of G = 1, 2, … at ties
    ("route", (4,), (2, 2), (5, 5, 3, 5), [0.5, 0.5, 0, 2]), ("route_first", (4,), (2, 2), (5, 5, 3, 5), [1, 0, 0, 2]),
    ("route", (4,), (2, 1), (5, 5, 3, 5), [0.5, 2.5, 0, 3]), ("route_first", (4,), (2, 1), (5, 5, 3, 5), [1, 2, 0, 3]),
    ("route_first", (4,), (3, 1), (5, 5, 5, 5), [1, 2, 0, 0]), ("route_first", (2, 2), (2, 2), (1, 7, 7, 7), [0, 1, 0, 0]),
    ("route_first", (1, 2, 2), (2, 2), (7, 1, 7, 7), [1, 0, 0, 0]), ("route", (2, 2), (2, 2), (7, 1, 7, 1), [0.5, 0, 0.5, 0]),
    ("route_first", (3, 3), (2, 1), (1, 2, 2, 2, 2, 2, 2, 2, 2), [0, 3, 0, 3, 4, 0, 0, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shape", "window", "values", "expected"), ROUTES)
def test_a_pooling_at_ties_is_compiled_as_it_is_written_out(name, shape, window, values, expected):
    size, stride = window
    made = tuple((n - size) // stride + 1 if axis or len(shape) < 3 else n for axis, n in enumerate(shape))
    count = len(values)
    steps = [Step("f", Call(name, (Name("G"), Name("x"), Number(str(size)), Number(str(stride)))), "")]
    x, back = Array(shape, tuple(map(Fraction, values))), Array(made, tuple(Fraction(n + 1) for n in range(prod(made))))
    assert [float(value) for value in run_layers(steps, {"x": x, "G": back})["f"].items] == expected
    total = count + len(back.items)
    rows = Rows(tuple(range(count)), tuple(range(count)))
    plan = plan_arrays(lower_arrays(steps, {"x": shape, "G": made}, ["f"]), [range(count), range(count, total)], [rows], (total, count))
    assert One(plan)([*values, *map(float, back.items)]) == pytest.approx(expected)


MASKED = [  # an operation, the shape of what it is of, the scores and the mask, what comes out
    ("masked_softmax(Z, M)", (3,), [1000, 0, -1000], [1, 1, 0], [1, 0, 0]),
    ("masked_softmax(Z, M)", (3,), [5000, 1, 1], [0, 1, 1], [0, 0.5, 0.5]),  # the largest is taken out, and nothing overflows
    ("masked_softmax(Z, M)", (2, 2), [-900, 900, 3, 3], [1, 0, 1, 1], [1, 0, 0.5, 0.5]),
    ("positional_encoding(2, 3)", (), [0] * 6, [0] * 6, [0, 1, 0, sin(1), cos(1), sin(10000 ** (-2 / 3))]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "scores", "mask", "expected"), MASKED)
def test_what_a_mask_takes_out_is_zero_and_overflows_nothing(text, shape, scores, mask, expected):
    steps = [Step("f", parse(text, functions=LAYER_FUNCTIONS), "")]
    count = len(scores)
    rows = Rows(tuple(range(count)), tuple(range(count)))
    lowered = lower_arrays(steps, {"Z": shape, "M": shape} if shape else {}, ["f"])
    plan = plan_arrays(lowered, [range(count), range(count, 2 * count)] if shape else [], [rows], (2 * count, count))
    assert One(plan)([*map(float, scores), *map(float, mask)]) == pytest.approx(expected, abs=1e-15)
