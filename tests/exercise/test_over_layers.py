"""Exercises over whole layers: [shapes] and arrays are read, every fault is said with its place, and claims may be matrix formulas."""

from fractions import Fraction

import pytest

from tutor.errors import GraphError, Problems, TutorError
from tutor.exercise.load import from_text, load
from tutor.exercise.over_layers import flatten_values, layers_of, read_shapes
from tutor.expression.plain import write_plain
from tutor.solving.check_claims import check

LAYER = """
title = "One layer"
notation = "plain"
steps = ["z = W x + b", "a = sigmoid(z)", "L = sum(1/2*(a - y)^2)"]
parameters = ["W", "b"]
[shapes]
W = [2, 3]
x = [3]
b = [2]
y = [2]
"""
VALUES = """
[values]
W = [[0.5, -1, 0], ["1/3", 2, 1]]
x = [1, 2, 3]
b = [0, 0.25]
y = [1, 0]
"""
LETTERS = LAYER.replace("[2, 3]", '["m", "n"]').replace("[3]", '["n"]').replace("[2]", '["m"]')
NETWORK = """
title = "A network"
notation = "{}"
[network]
sizes = [2, 3, 1]
activation = ["tanh", "identity"]
loss = "squared error"
"""


def claim(text, printed, erratum=""):
    declared = f'erratum = "{erratum}"\n' if erratum else ""
    return f'[[claim]]\nclaim = "{text}"\nprinted = "{printed}"\n{declared}'


def verdict(exercise, text, printed, erratum=""):
    (found,) = check(from_text(exercise + claim(text, printed, erratum), "mine"))
    return found


def faults(text):
    with pytest.raises(Problems) as caught:
        from_text(text, "mine", "mine.toml")
    return caught.value.problems


# What is read.


def test_arrays_are_taken_apart_into_their_entries():
    exercise = from_text(LAYER + VALUES, "mine")
    assert exercise.layers is not None
    assert exercise.layers.shapes == {
        "x": (3,), "y": (2,), "W": (2, 3), "b": (2,), "z": (2,), "a": (2,), "L": (),
    }  # fmt: skip
    assert exercise.values["W_2_1"] == Fraction(1, 3)
    assert exercise.values["W_1_2"] == -1
    assert exercise.written["b_2"] == "0.25"
    assert len(exercise.values) == 6 + 3 + 2 + 2
    assert [q.name for q in exercise.graph.parameters] == ["W_1_1", "W_1_2", "W_1_3", "W_2_1", "W_2_2", "W_2_3", "b_1", "b_2"]


def test_a_single_number_needs_no_shape():
    text = 'title = "t"\nsteps = ["z = c*x", "L = sum(z)"]\n[shapes]\nx = [2]\n[values]\nx = [1, 2]\nc = 3\n'
    exercise = from_text(text, "mine")
    assert exercise.layers.shapes["c"] == ()
    assert exercise.values == {"x_1": 1, "x_2": 2, "c": 3}


def test_a_single_size_needs_no_brackets():
    assert read_shapes({"x": 3, "y": "n", "W": ["n", 4]}, pytest.fail) == {"x": (3,), "y": ("n",), "W": ("n", 4)}


def test_letters_for_sizes_make_a_symbolic_exercise():
    exercise = from_text(LETTERS, "mine")
    assert exercise.layers.symbolic == ("n", "m")
    assert exercise.values == {}
    assert len(exercise.graph.leaves) == 2 + 3 + 3 * 2 + 3  # n = 2 and m = 3: the smallest that differ


def test_the_steps_know_their_kinds_and_places():
    exercise = load("qmul/network-deltas-layers")
    kinds = {q.name: (q.kind, q.index) for q in (*exercise.layers.graph.leaves, *exercise.layers.graph.nodes)}
    assert kinds["W2"] == ("weight", (2,))
    assert kinds["z1"] == ("sum", (1,))


@pytest.mark.parametrize(("course", "shape"), [("plain", (3, 2)), ("neuron", (3, 2)), ("qmul", (2, 3)), ("graz", (2, 3))])
def test_a_network_has_layers_in_the_convention_of_its_course(course, shape):
    exercise = from_text(NETWORK.format(course), "mine")
    assert layers_of(exercise, course).shapes["W1"] == shape


def test_steps_neuron_by_neuron_have_no_layers():
    with pytest.raises(GraphError) as caught:
        layers_of(load("dl/add-multiply"), "dl")
    assert "dl/add-multiply is written neuron by neuron" in str(caught.value)
    assert "[shapes]" in str(caught.value)


# What is wrong: where, what, the next move.

HEAD = 'title = "t"\nsteps = ["z = W x", "L = sum(z)"]\n'
FAULTS = [
    (HEAD + "[shapes]\nW = [2, 3]\nx = [2]", "steps: step z", "W of shape 2×3 is multiplied with x of shape 2", "as many columns"),
    (HEAD + "[shapes]\nW = [2, 0]\nx = [3]", "shapes.W", "a whole number from 1 to 10,000", "W = [2, 3]"),
    (HEAD + "[shapes]\nW = [2, 10001]\nx = [3]", "shapes.W", "a whole number from 1 to 10,000", ""),
    (HEAD + "[shapes]\nW = [2, true]\nx = [3]", "shapes.W", "a whole number from 1", ""),
    (HEAD + "[shapes]\nW = [1, 1, 1, 1, 1, 1]\nx = [3]", "shapes.W", "W has 6 axes", "four or five"),
    (HEAD + '[shapes]\nW = [2, "n/3"]\nx = [3]', "shapes.W", "n/3", ""),
    (HEAD + '[shapes]\n"2W" = [2]', "shapes.2W", "2W", ""),
    (HEAD + '[shapes]\n"W" = [2, 3]\nx = [3]\nW = [1]', "", "not a TOML file", ""),
    ('title = "t"\nexpression = "x*y"\n[shapes]\nx = [2]', "shapes", "steps over arrays", "steps ="),
    ('title = "t"\n[shapes]\nx = [2]\n[network]\nsizes = [1, 1]', "shapes", "steps over arrays", ""),
    ('title = "t"\nshapes = [2]\nsteps = ["f = x"]', "shapes", "shapes is a table", ""),
    ('title = "t"\nsteps = ["z = W x"]\n[shapes]\nW = [2, 3]\nx = [3]', "steps", "z has the shape 2", "sum(z)"),
    ('title = "t"\nsteps = ["L = sum(W W)"]\n[shapes]\nW = [2, 2]', "steps: step L", "readers disagree", "A @ B"),
    ('title = "t"\nsteps = ["L = sum(x + y)"]\n[shapes]\nx = [2]\ny = [3]', "steps: step L", "x of shape 2 is added to y of shape 3",
     "axis 0"),
    ('title = "t"\nsteps = ["z = foo(x)", "L = sum(z)"]\n[shapes]\nx = [2]', "steps: step 1", "no function foo", ""),
    ('title = "t"\nsteps = ["x = y", "L = sum(x)"]\n[shapes]\nx = [2]\ny = [2]', "steps: step 1", "x is defined twice", ""),
    ('title = "t"\nsteps = ["L = sum(max_pool(x, 3))"]\n[shapes]\nx = [2]', "steps: step L", "larger than its input", "smaller"),
    (LAYER + VALUES.replace("[1, 2, 3]", "[1, 2]"), "values.x", "x has the shape 2 here and 3 under [shapes]", ""),
    (LAYER + VALUES.replace("[1, 2, 3]", "4"), "values.x", "x has the shape a number here and 3 under [shapes]", ""),
    (LAYER + VALUES.replace("[0.5, -1, 0]", "[0.5, -1]"), "values.W", "W is no regular array", "same number of entries"),
    (LAYER + VALUES.replace("[1, 2, 3]", "[]"), "values.x", "x is no regular array", ""),
    (LAYER + VALUES.replace("[1, 2, 3]", '[1, 2, "abc"]'), "values.x_3", "'abc' is not a number", ""),
    (LAYER + VALUES.replace("[1, 2, 3]", "[1, 2, true]"), "values.x_3", "a value is a number, not True", ""),
    (LAYER + VALUES.replace("y = [1, 0]", ""), "values", "no value for y_1, y_2", ""),
    (LAYER + VALUES + "v = [1, 2]\n", "values.v", "v is an array here, and has no shape", "[shapes]"),
    (LETTERS + VALUES, "values.W", "W has the shape 2×3 here and m×n under [shapes]", ""),
    (LAYER + '[symbols]\nW_9_9 = "w"\n', "symbols.W_9_9", "there is no quantity W_9_9", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "what", "hint"), FAULTS, ids=[f"{row[1]} {row[2]}"[:60] for row in FAULTS])
def test_a_fault_is_said_with_its_place(text, where, what, hint):
    if not where:
        with pytest.raises(Exception, match=what):
            from_text(text, "mine")
        return
    found = [problem for problem in faults(text) if problem.where.startswith(where) and what in problem.what]
    assert found, [str(problem) for problem in faults(text)]
    assert hint in found[0].hint


def test_all_faults_of_a_file_are_said_together():
    text = HEAD + "[shapes]\nW = [2, 0]\nx = [3]\nq = [1, 1, 1, 1, 1, 1]\n[values]\nx = [1, 2]\n"
    said = {problem.where.partition(":")[0] for problem in faults(text)}
    assert {"shapes.W", "shapes.q", "values.x"} <= said


def test_too_many_numbers():
    found = []
    flatten_values({"x": [0] * 10_001}, {"x": (10_001,)}, lambda *fault: found.append(fault))
    assert found == [("10,001 numbers", "values", "the limit is 10,000")]


# Claims in matrix form.

RIGHT = [
    ("z", "W x + b"),
    ("z", "W @ x + b"),
    ("a", "sigmoid(W x + b)"),
    ("dL/da", "a - y"),
    ("dL/dz", "(a - y) ⊙ sigmoid'(z)"),
    ("dL/dz", "hadamard(a - y, a ⊙ (1 - a))"),
    ("dL/dW", "outer(dL/dz, x)"),
    ("dL/dW", "(dL/dz) x^T"),
    ("dL/db", "dL/dz"),
    ("dL/dx", "W^T dL/dz"),
    ("dL/dx", "dL/dz @ W"),
    ("W x", "z - b"),
    ("L", "sum((y - a)^2)/2"),
    ("L", "1/2*(y - a)^T (y - a)"),
]
WRONG = [
    ("z", "W x - b"),
    ("dL/da", "y - a"),
    ("dL/dz", "(a - y) ⊙ sigmoid(z)"),
    ("dL/dz", "dL/da"),
    ("dL/dW", "2*outer(dL/dz, x)"),
    ("dL/dx", "W^T dL/da"),
    ("L", "sum((y - a)^2)"),
]


@pytest.mark.parametrize("exercise", [LAYER, LAYER + VALUES, LETTERS], ids=["symbolic", "numbers", "letters"])
@pytest.mark.parametrize(("text", "printed"), RIGHT)
def test_a_right_formula_agrees(exercise, text, printed):
    assert verdict(exercise, text, printed).agreement == "exact"


@pytest.mark.parametrize("exercise", [LAYER, LAYER + VALUES, LETTERS], ids=["symbolic", "numbers", "letters"])
@pytest.mark.parametrize(("text", "printed"), WRONG)
def test_a_wrong_formula_differs(exercise, text, printed):
    assert verdict(exercise, text, printed).agreement == "differs"
    assert verdict(exercise, text, printed, erratum="a slip").ok


@pytest.mark.parametrize(("last", "ok"), [("0", True), ("1/1000", False)])
def test_one_wrong_entry_is_found(last, ok):
    assert verdict(LAYER, "b", f"b + concat(fill(0, 1), fill({last}, 1))").ok is ok


def test_what_is_derived_is_shown_as_a_matrix_formula():
    found = verdict(LAYER, "dL/dW", "outer(dL/dz, x)")
    assert write_plain(found.derived) == found.value == "outer(dL/dz, x)"
    assert verdict(LAYER, "z", "W x + b").value == "matmul(W, x) + b"


def test_numbers_are_claimed_by_entry():
    exercise = LAYER + VALUES
    assert verdict(exercise, "z_1", "-1.5").agreement == "exact"
    assert verdict(exercise, "z_1", "-1.4").agreement == "differs"
    assert verdict(exercise, "a_1", "0.182").agreement == "rounded"
    assert verdict(exercise, "dL/dW_1_3", "(a_1 - y_1)*a_1*(1 - a_1)*x_3").agreement == "exact"


def test_a_size_may_stand_in_a_formula():
    # once the letter had no value and the check ended with a KeyError
    text = LETTERS.replace("L = sum(1/2*(a - y)^2)", "L = sum((a - y)^2)/m")
    assert verdict(text, "dL/da", "2/m*(a - y)").ok
    assert not verdict(text, "dL/da", "2/n*(a - y)").ok


def test_the_derivative_of_a_number_on_the_way():
    # once a KeyError
    text = LAYER.replace("L = sum(1/2*(a - y)^2)", "s = sum(a)", 1).replace('"s = sum(a)"]', '"s = sum(a)", "L = (s - 1)^2"]')
    text = text.replace("y = [2]\n", "")
    assert verdict(text, "ds/dz", "sigmoid'(z)").ok
    assert verdict(text, "dL/dz", "2*(s - 1)*(ds/dz)").ok
    assert verdict(text, "ds/dW", "ds/dz x^T").value == "outer(ds/dz, x)"


def test_a_number_claimed_of_arrays():
    # once "there is no quantity X" although the formula was about the arrays of the exercise
    assert verdict(LAYER, "L", "sum(1/2*(a - y)^2)").ok
    network = NETWORK.format("plain")
    assert verdict(network, "L", "sum((a2 - y)^2)").ok
    assert not verdict(network, "L", "sum((a2 - y)^2)/2").ok


@pytest.mark.parametrize(
    ("course", "right", "wrong"),
    [("plain", "(W2^T dL/dz2) ⊙ tanh'(z1)", "(W2^T dL/dz2) ⊙ tanh(z1)"), ("qmul", "(W2 dL/dz2) ⊙ tanh'(z1)", "(W2 dL/dz2) ⊙ tanh(z1)")],
)  # fmt: skip
def test_a_network_has_claims_in_matrices_and_neuron_by_neuron(course, right, wrong):
    network = NETWORK.format(course)
    assert verdict(network, "dL/dz1", right).ok
    assert not verdict(network, "dL/dz1", wrong).ok
    assert verdict(network, "dL/dz1_1", "(dL/da1_1)*tanh'(z1_1)").ok


BAD_CLAIMS = [  # claim, printed, what is said
    ("dL/dV", "outer(dL/dz, x)", "there is no quantity V"),
    ("dL/dW", "outer(dL/dz, q)", "there is no quantity q"),
    ("dL/dW", "foo(dL/dz)", "there is no function foo"),
    ("dL/dW", "outer(dL/dz)", "outer takes 2"),
    ("dL/dW", "W dL/dz", "shapes do not fit"),
    ("dL/dz", "(a - y) ⊙ x", "shapes do not fit"),
    ("dL/dW", "spread(x, b, 3, 1, 0)", "spread"),
    ("dz/dW", "x", "z is an array of shape 2, and its derivative is none"),
    ("dx/dW", "x", "x is not computed by a step"),
    ("dL/dW", "", "an empty figure"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "printed", "said"), BAD_CLAIMS, ids=[f"{row[0]} = {row[1]}" for row in BAD_CLAIMS])
def test_a_claim_that_cannot_be_computed(text, printed, said):
    problems = faults(LAYER + claim(text, printed))
    assert [problem.where.partition(":")[0] for problem in problems] == ["claim[1]"]
    assert said in str(problems[0])


def test_both_sides_need_one_shape():
    exercise = from_text(LAYER + claim("dL/dW", "outer(x, dL/dz)"), "mine")
    with pytest.raises(Exception, match=r"shapes do not fit: dL/dW is 2×3, and .* is 3×2") as caught:
        check(exercise)
    assert "mine: claim 1, dL/dW" in str(caught.value)


@pytest.mark.parametrize(("targets", "ok"), [("", True), ("[1, 0]", True), ('["1/3", "2/3"]', True), ("[1, 1]", False)])
def test_given_values_are_a_point_too(targets, ok):
    text = 'title = "t"\nsteps = ["p = softmax(z)", "L = -sum(y ⊙ log(p))"]\n[shapes]\nz = [2]\ny = [2]\n'
    given = f"[values]\nz = [1, 2]\ny = {targets}\n" if targets else ""
    assert verdict(text + given, "dL/dz", "p - y").ok is ok


@pytest.mark.parametrize(("printed", "said"), [
    ("A * C", "D is 2×2, and A ⊙ C is 2×3\n  A * C of one shape is entry by entry, A ⊙ C; the matrix product is A @ C"),
    ("A ⊙ B", "as a matrix product, A @ B, it is 2×2"), ("A @ C", "entry by entry it is A ⊙ C (or A * C)"),
])  # fmt: skip
def test_both_readings_of_a_product_are_named(printed, said):
    text = 'title = "t"\nsteps = ["D = A @ B", "L = sum(D) + sum(C)"]\n[shapes]\nA = [2, 3]\nB = [3, 2]\nC = [2, 3]\n'
    with pytest.raises(TutorError) as caught:
        check(from_text(f'{text}[[claim]]\nclaim = "D"\nprinted = "{printed}"\n', "t"))
    assert said in str(caught.value)


MASKED = """
title = "t"
steps = ["A = softmax(S, axis=1)", "O = attention(Q, K, V, mask=M)", "L = sum(O) + sum(A)"]
shapes = { S = [2, 2], Q = [2, 1], K = [2, 1], V = [2, 1], M = [2, 2] }
[values]
S = [[0, -5], [2, 3]]
Q = [[1], [2]]
K = [[1], [2]]
V = [[1], [2]]
"""


def test_a_mask_has_ones_and_zeros_and_lets_something_through():
    assert from_text(MASKED + "M = [[1, 0], [1, 1]]", "t").values
    for mask, what in (("[[1, 0], [0.5, 1]]", "a mask has 1 where a score counts"), ("[[1, 0], [0, 0]]", "row 2 of the mask lets nothing")):
        with pytest.raises(Problems, match=what):
            from_text(MASKED + f"M = {mask}", "t")
