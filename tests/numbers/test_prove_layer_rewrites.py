"""The proof of the named rewrites in layer form: what holds is kept with its numbers, what does not hold is refused."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tutor.derive.backward import derive
from tutor.derive.rewrites.layered import SOFTMAX, UNIT, LayerRewrite, find_layer_rewrites
from tutor.errors import ProofError
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Add, Call, Expr, Name, Neg, Partial
from tutor.graph.layered import from_layers
from tutor.numbers.prove_layer_rewrites import Rewritten, prove
from tutor.numbers.run_arrays import as_arrays, evaluate_layers

CLASSES = from_layers(["p = softmax(z)", "L = -sum(y ⊙ log(p))"], {"z": (3,), "y": (3,)})
COLUMNS = from_layers(["P = softmax_columns(Z)", "L = -sum(Y ⊙ log(P))/2"], {"Z": (3, 2), "Y": (3, 2)})
ROWS = from_layers(["P = softmax_rows(Z)", "L = -sum(Y ⊙ log(P))/3"], {"Z": (3, 2), "Y": (3, 2)})
BINARY = from_layers(["p = sigmoid(z)", "L = sum(binary_cross_entropy(p, y))"], {"z": (2,), "y": (2,)})
LINEAR = from_layers(
    ["f = W1 x + b1", "g = W2 f + b2", "L = sum(g^2)"],
    {"x": (2,), "W1": (3, 2), "b1": (3,), "W2": (2, 3), "b2": (2,)}, parameters=["W1", "b1", "W2", "b2"],
)  # fmt: skip
LETTERS = from_layers(
    ["Z = W X + columns(b, N)", "P = softmax_columns(Z)", "L = mean(cross_entropy(P, Y))"],
    {"W": ("C", "D"), "X": ("D", "N"), "b": ("C",), "Y": ("C", "N")},
)


def numbers(layered, **arrays):
    values = {}
    for name, items in arrays.items():
        values |= dict(zip(layered.entries[name].items, map(Fraction, items), strict=True))
    return values


def worked(layered, values):
    return evaluate_layers(derive(layered.graph), as_arrays(layered, values))


@pytest.mark.parametrize("layered", [CLASSES, COLUMNS, ROWS, BINARY, LINEAR, LETTERS])
def test_what_is_found_holds_at_random_points(layered):
    rewrites = find_layer_rewrites(layered)
    proved = prove(layered, rewrites, None)
    assert proved.rewrites == tuple(rewrites) != ()
    assert proved.arrays == {}
    assert ENGLISH.proofs.say_proof(proved) == "What is simplified has the values of what it replaces, entry by entry, at 2 random points"


def test_nothing_to_prove():
    assert prove(CLASSES, (), None) == Rewritten((), {})
    assert ENGLISH.proofs.say_proof(Rewritten((), {})) == ""


def test_the_numbers_of_a_rewrite():
    given = numbers(LINEAR, x=[1, 2], W1=[1, 0, 0, 1, 1, 1], b1=[1, 0, -1], W2=[1, 2, 3, 0, 1, 0], b2=[5, 7])
    proved = prove(LINEAR, find_layer_rewrites(LINEAR), worked(LINEAR, given))
    assert proved.arrays[str(Name(UNIT))].items == (4, 5, 0, 1)  # W2 W1 by hand
    assert proved.arrays[str(Name("bhat"))].items == (3, 7)  # W2 b1 + b2
    assert proved.arrays[str(Name("g"))].items == (17, 9)
    assert "at 2 random points and at the given values" in ENGLISH.proofs.say_proof(proved)


@pytest.mark.parametrize(
    ("layered", "given", "kept"),
    [
        (CLASSES, {"z": [1, 2, 3], "y": [0, 1, 0]}, True),
        (CLASSES, {"z": [1, 2, 3], "y": ["1/2", "1/3", "1/6"]}, True),
        (CLASSES, {"z": [1, 2, 3], "y": [1, 1, 0]}, False),
        (COLUMNS, {"Z": [1, 2, 3, 4, 5, 6], "Y": [1, 0, 0, 0, 0, 1]}, True),
        (COLUMNS, {"Z": [1, 2, 3, 4, 5, 6], "Y": [1, 0, 0, 1, 1, 0]}, False),  # the rows sum to 1, the columns do not
        (ROWS, {"Z": [1, 2, 3, 4, 5, 6], "Y": [1, 0, 0, 1, 1, 0]}, True),
        (ROWS, {"Z": [1, 2, 3, 4, 5, 6], "Y": [1, 0, 0, 0, 0, 1]}, False),
        (BINARY, {"z": [1, 2], "y": [1, 1]}, True),  # needs no sum
    ],
)
def test_targets_that_do_not_sum_to_one_are_not_simplified(layered, given, kept):
    proved = prove(layered, find_layer_rewrites(layered), worked(layered, numbers(layered, **given)))
    assert bool(proved.rewrites) is kept
    assert bool(ENGLISH.proofs.say_proof(proved)) is kept


def wrong(layered, expr: Expr) -> list[LayerRewrite]:
    return [replace(find_layer_rewrites(layered)[0], expr=expr)]


@pytest.mark.parametrize(
    ("layered", "expr"),
    [
        (CLASSES, Add((Name("y"), Neg(Name("p"))))),
        (CLASSES, Name("p")),
        (COLUMNS, Add((Name("P"), Neg(Name("Y"))))),  # without the mean
        (BINARY, Call("hadamard", (Add((Name("p"), Neg(Name("y")))), Name("p")))),
        (LINEAR, Call("matmul", (Name("W2"), Add((Name("W1"), Name("W1")))))),
    ],
)
@pytest.mark.parametrize("numbered", [True, False])
def test_a_wrong_rewrite_is_refused(layered, expr, numbered):
    values = {single: Fraction(n % 3 + 1, 5) for n, q in enumerate(layered.graph.leaves) for single in layered.entries[q.name].items}
    with pytest.raises(ProofError, match="does not hold"):
        prove(layered, wrong(layered, expr), worked(layered, values) if numbered else None)


def test_what_holds_only_for_targets_that_sum_to_one_says_so():
    left = Partial("L", "z")
    careless = LayerRewrite(left, Add((Name("p"), Neg(Name("y")))), left, SOFTMAX)  # no targets named
    with pytest.raises(ProofError):
        prove(CLASSES, [careless], None)


def test_letters_are_proved_as_they_are_shown():
    # once the rewrite was found again with numbers for the letters, and that one was proved
    shown = find_layer_rewrites(LETTERS)[0]
    with pytest.raises(ProofError):
        prove(LETTERS, [replace(shown, expr=Add((Name("P"), Neg(Name("Y")))))], None)
