"""One entry with its numbers: what is printed is what comes out, for every operation, and the choice of the entry."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from independent import close
from random_layers import random_layers
from some_now import some_now

import tutor
from tutor.derive.backward import derive
from tutor.errors import TutorError
from tutor.explain.worked_entry import MOST_ENTRIES, find_moved_entry, shorten_sums, work_out_entry
from tutor.expression.nodes import Add, Call, Name, Number, children
from tutor.expression.plain import write_plain
from tutor.expression.walk import names
from tutor.graph.entries import Array
from tutor.graph.layered import choose_sizes, from_layers
from tutor.numbers.run import compute
from tutor.numbers.run_arrays import evaluate_layers


def vector(*values):
    return Array((len(values),), tuple(map(Fraction, values)))


def matrix(*rows):
    return Array((len(rows), len(rows[0])), tuple(Fraction(value) for row in rows for value in row))


KNOWN = {"W": matrix([0, 2], [3, "1/2"]), "x": vector(0, -1), "k": vector(1, 0, -2), "s": vector(1, 2, 4, 0, -1)}
KNOWN["n"] = Array((), (Fraction(3),))
SHAPES = {name: array.shape for name, array in KNOWN.items()}


@pytest.mark.parametrize(("call", "result", "place", "shown"), [
    (Call("matmul", (Name("W"), Name("x"))), vector(-2, "-1/2"), (1,), "0*0 + 2*(-1)"),
    (Call("outer", (Name("x"), Name("k"))), matrix([0, 0, 0], [-1, 0, 2]), (2, 1), "(-1)*1"),
    (Call("convolve", (Name("s"), Name("k"))), vector(2, -4, -9), (1,), "1*4 + 0*2 + (-2)*1"),
    (Call("correlate", (Name("s"), Name("k"), Number("1"), Number("1"))), vector(-4, 1, 2, 6, 0), (2,), "1*1 + 0*2 + (-2)*4"),
    (Call("sigmoid", (Name("x"),)), vector("1/2", "1/4"), (1,), "sigmoid(0)"),
    (Call("max_pool", (Name("s"), Number("2"), Number("2"))), vector(2, 4), (1,), "max(1, 2)"),
    (Call("softmax", (Name("x"),)), vector("0.7", "0.3"), (1,), "exp(0)/(exp(0) + exp(-1))"),
    (Call("sum", (Call("hadamard", (Name("x"), Name("x"))),)), Array((), (Fraction(1),)), (), "0*0 + (-1)*(-1)"),
    (Add((Name("x"), Call("fill", (Name("n"), Number("2"))))), vector(3, 2), (1,), "0 + 3"),
])  # fmt: skip
def test_the_arithmetic_of_one_entry(call, result, place, shown):
    found = work_out_entry(call, result, KNOWN, SHAPES, 6)
    assert (found.place, write_plain(found.shown)) == (place, shown)


@pytest.mark.parametrize("expr", [Name("x"), Call("transpose", (Name("W"),))])
def test_where_nothing_is_computed_nothing_is_worked_out(expr):
    assert work_out_entry(expr, KNOWN["x"] if expr == Name("x") else matrix([0, 3], [2, "1/2"]), KNOWN, SHAPES, 6) is None


MOVED = {"X": matrix([0, 2, 5], [3, 1, 0]), "G": matrix([4, 0], [6, 8]), "v": vector(0, 0, 7, 9), "x": vector(1, 2), "y": vector(0, 3, 4)}
MOVED |= {"g": vector(8), "e": vector(5, 5)}


def call(func, *args):
    return Call(func, tuple(Name(arg) if isinstance(arg, str) else Number(str(arg)) for arg in args))


@pytest.mark.parametrize(("expr", "result", "place", "shown", "numbers"), [
    (call("flatten", "X"), vector(0, 2, 5, 3, 1, 0), (4,), "at(X, 2, 1)", "3"),  # the first three are the first row
    (call("unflatten", "v", 2, 2), matrix([0, 0], [7, 9]), (2, 1), "at(v, 3)", "7"),
    (call("concat", "x", "y"), vector(1, 2, 0, 3, 4), (4,), "at(y, 2)", "3"),  # the third is 0
    (call("part", "v", 2, 2), vector(7, 9), (1,), "at(v, 3)", "7"),
    (call("flip", "v"), vector(9, 7, 0, 0), (1,), "at(v, 4)", "9"),
    (call("share", "G", 4, 4, 2, 2), matrix(*[[1, 1, 0, 0]] * 2, *[["3/2", "3/2", 2, 2]] * 2), (1, 2), "at(G, 1, 1)/4", "4/4"),
    (call("route", "x", "v", 2, 2), vector(0, 0, 0, 2), (4,), "at(x, 2)", "2"),
    (call("route", "g", "e", 2, 2), vector(4, 4), (2,), "at(g, 1)*0.5", "8*0.5"),  # two equal ones share it
    (Call("hadamard", (call("flatten", "G"), Name("v"))), vector(0, 0, 42, 72), None, "", ""),  # v_3 stands where it was
    (Call("concat", (Name("x"), Call("hadamard", (Name("y"), Call("relu'", (Name("y"),)))))), vector(1, 2, 0, 3, 4), (4,),
     "at(y, 2)*relu'(at(y, 2))", "3*1"),
])  # fmt: skip
def test_where_an_entry_comes_from(expr, result, place, shown, numbers):
    found = find_moved_entry(expr, result, MOVED, {name: array.shape for name, array in MOVED.items()}, 6)
    if place is None:
        assert found is None
        return
    assert (found.place, write_plain(found.shown), write_plain(found.numbers)) == (place, shown, numbers)
    assert found.value == result.pick_entry(place)


def test_large_arrays_are_left_alone():
    large = Array((MOST_ENTRIES + 1,), (Fraction(1),) * (MOST_ENTRIES + 1))
    assert work_out_entry(Call("sum", (Name("v"),)), Array((), (Fraction(1),)), {"v": large}, {"v": large.shape}, 6) is None


def test_long_sums_have_dots():
    found = work_out_entry(Call("sum", (Name("v"),)), Array((), (Fraction(20),)), {"v": vector(*range(1, 21))}, {"v": (20,)}, 6)
    assert write_plain(found.shown) == "1 + 2 + 3 + 4 + dots + 20"
    assert found.value == 210
    assert shorten_sums(Number("1")) == Number("1")


def test_an_entry_with_very_many_numbers_has_functions_by_their_values():
    expr = Call("sum", (Call("hadamard", (Name("v"), Call("log_softmax", (Name("v"),)))),))
    for length, shown in ((2, "(-1)*(-1 - log(exp(-1) + exp(1)))"), (7, "(-1)*(-1 - 11.1454)")):
        v = vector(*range(-1, 2 * length - 1, 2))
        known = evaluate_layers(derive(from_layers(["L = sum(v ⊙ log_softmax(v))"], {"v": (length,)}).graph), {"v": v})
        assert write_plain(work_out_entry(expr, known["L"], known, {"v": (length,)}, 6).shown).startswith(shown)


@pytest.mark.parametrize(
    ("text", "given", "place", "shown"),
    [
        ("a - 1", ["1.00000000000001", "3.5", "4"], (2,), "3.5 - 1"),  # 1.00000 - 1 is not 1e-14
        ("a*b + c", ["1e-20", "2", "3"], (2,), "2*2 + 2"),  # 1e-20 adds nothing
        ("a*b", ["1e-20", "2", "3"], (2,), "2*2"),
        ("log(1 - a)", ["0.99999999", "0.5", "0.25"], (2,), "log(1 - 0.5)"),  # log(1 - 1.00000) is nothing
        ("a - 1", ["1.00000000000001", "1.00000000000002"], (1,), "1.00000 - 1"),  # there is no better one
        ("a - 1", ["3.5", "4"], (1,), "3.5 - 1"),
    ],
)
def test_the_entry_that_is_worked_out_comes_out(text, given, place, shown):
    values = tuple(map(Fraction, given))
    arrays = {"a": values, "b": (Fraction(1), *values[1:]), "c": (Fraction(1), *values[1:])}
    shapes = dict.fromkeys("abc", (len(given),))
    graph = from_layers([f"f = {text}".replace("*", " ⊙ "), "L = sum(f)"], shapes).graph
    known = evaluate_layers(derive(graph), {leaf.name: Array((len(given),), arrays[leaf.name]) for leaf in graph.leaves})
    found = work_out_entry(graph.steps[0].expr, known["f"], known, shapes, 6)
    assert (found.place, write_plain(found.shown)) == (place, shown)


def test_a_function_stands_by_its_values_everywhere_or_nowhere():
    page = tutor.solve("dl/bce-columns", form="layer").to_latex()
    assert "-\\bigl(1\\cdot (-0.974077) + (1 - 1)\\cdot (-0.474077) + 0" in page
    assert "log(0" not in page


@pytest.mark.parametrize("seed", some_now(range(60), 10))
def test_what_is_shown_gives_what_comes_out(seed):
    """The printed arithmetic, evaluated as it stands, is the entry: to the digits that are printed."""
    small, _ = choose_sizes(random_layers(Random(seed)))
    random = np.random.default_rng(seed)
    given = {}
    for leaf in small.graph.leaves:
        shape = small.shapes[leaf.name]
        values = random.integers(-8, 9, int(np.prod(shape, dtype=int)))
        given[leaf.name] = Array(shape, tuple(Fraction(int(value), 8) + Fraction(1, 3) for value in values))
    derivation = derive(small.graph)
    try:
        known = evaluate_layers(derivation, given)
    except TutorError:
        pytest.skip("a value that does not exist")
    for step in (*derivation.graph.steps, *derivation.backward):
        found = work_out_entry(step.expr, known[step.target], known, small.shapes, 30)
        if found is None:
            continue
        result = known[step.target]
        wanted = result.pick_entry(found.place) if result.shape else result.items[0]
        assert close(found.value, wanted, 40)
        assert not names(found.shown)
        if not has_dots(found.shown):
            assert close(compute(found.shown, {}), wanted, 20), (step.target, write_plain(found.shown))


def has_dots(expr):
    return (isinstance(expr, Call) and expr.func == "dots") or any(map(has_dots, children(expr)))


def test_the_page_has_the_nine_products():
    text = " ".join(tutor.solve("qmul/laplacian", form="layer").to_text(100).split())
    assert "Z₁₁ = 0·37 + (−1)·70 + 0·34 + (−1)·2 + 4·12 + (−1)·8 + 0·30 + (−1)·20 + 0·12" in text
    assert "worked out" not in tutor.solve("qmul/network-deltas-layers").to_text()


def test_a_single_number_of_the_layer_form_has_its_numbers_beside_the_formula():
    text = " ".join(tutor.solve("published/aimlnotes-relu-sigmoid").to_text(100).split())
    for shown in ("o = σ(zₒ) = σ(0.597)", "L = 0.5·(t − o)² = 0.5·(1 − 0.644970)²", "= −0.355030·0.228984"):
        assert shown in text
    assert text.count("∂L/∂bₒ = ∂L/∂zₒ (passed on unchanged) −0.0812962") == 1  # nothing is computed
