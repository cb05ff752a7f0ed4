"""Solutions in layer form as documents: matrices, shapes under the factors, the index form, large matrices, what is simplified."""

from fractions import Fraction

import pytest

import tutor
from tutor.exercise.load import from_text
from tutor.explain.document import Equations, Heading, Paragraph
from tutor.explain.layer_formulas import MAX_COLUMNS, MAX_NARROW, MAX_ROWS, bare, dressed, matrix
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Call, Number, Partial
from tutor.expression.parse import parse
from tutor.expression.plain import plain
from tutor.graph.entries import Array
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.graph.shapes import arranged
from tutor.notation.profile import profile_names
from tutor.rules.operations import WRITABLE

SHAPES = {"W": (2, 3), "V": (3, 2), "x": (3,), "b": (2,), "c": (), "X": ("n", "N"), "U": ("m", "n")}


def formula(text):
    return arranged(parse(text, functions=LAYER_FUNCTIONS), SHAPES)


def sections(solution):
    """The equations of each section: {heading: {left side: [right sides]}}."""
    found, rows = {}, {}
    for block in solution.document().blocks:
        if isinstance(block, Heading):
            rows = found.setdefault(block.text, {})
        elif isinstance(block, Equations):
            for row in block.rows:
                rows.setdefault(plain(row.left), []).extend(side.expr for side in row.sides)
    return found


DRESSED = [
    ("W x", "matmul(shaped(W, 2, 3), shaped(x, 3, 1))"),
    ("W x + b", "matmul(shaped(W, 2, 3), shaped(x, 3, 1)) + shaped(b, 2, 1)"),
    ("V^T x", "matmul(shaped(transpose(V), 2, 3), shaped(x, 3, 1))"),
    ("outer(b, x)", "matmul(shaped(b, 2, 1), shaped(transpose(x), 1, 3))"),
    ("U X", "matmul(shaped(U, m, n), shaped(X, n, N))"),
    ("sigmoid(b)", "shaped(sigmoid(b), 2, 1)"),
    ("c", "c"),
    ("2*c", "2*c"),
]


@pytest.mark.parametrize(("text", "expected"), DRESSED)
def test_every_factor_has_its_shape(text, expected):
    assert plain(dressed(formula(text), SHAPES)) == expected


@pytest.mark.parametrize("text", [row[0] for row in DRESSED if "outer" not in row[0]])
def test_the_shapes_come_off_again(text):
    assert bare(dressed(formula(text), SHAPES)) == formula(text)


def entries(rows, columns):
    return Array((rows, columns), tuple(Fraction(10 * i + j) for i in range(1, rows + 1) for j in range(1, columns + 1)))


def drawn(array):
    """The entries of a matrix as texts, row after row."""
    made = matrix(array, 6)
    assert isinstance(made, Call)
    width = int(made.args[0].text)
    texts = [{"dots": "…", "down": "⋮"}.get(item.func, "?") if isinstance(item, Call) else plain(item) for item in made.args[1:]]
    return [texts[place : place + width] for place in range(0, len(texts), width)]


def test_a_small_matrix_is_written_in_full():
    assert drawn(entries(2, 3)) == [["11", "12", "13"], ["21", "22", "23"]]
    full = drawn(entries(MAX_ROWS, MAX_COLUMNS))
    assert len(full) == MAX_ROWS
    assert "…" not in full[0]


def test_a_large_matrix_has_its_corners():
    rows, columns = MAX_ROWS + 3, MAX_NARROW + 3
    corners = drawn(entries(rows, columns))
    assert len(corners) == MAX_ROWS
    assert all(len(row) == MAX_COLUMNS for row in corners)
    assert corners[0][0] == "11"
    assert corners[0][-1] == str(10 + columns)
    assert corners[-1][-1] == str(10 * rows + columns)
    assert len(drawn(entries(rows, MAX_NARROW - 2))[0]) == MAX_NARROW - 2  # a picture of digits is shown whole
    assert corners[0][-2] == "…"
    assert set(corners[-2]) == {"⋮"}


def test_a_vector_and_a_number():
    assert drawn(Array((2,), (Fraction(1), Fraction(2)))) == [["1"], ["2"]]
    assert matrix(Array((), (Fraction(1, 2),)), 6) == Number("0.5")


def test_the_sections_and_their_order():
    network = tutor.solve("neuron/two-two-two", form="layer")
    assert list(sections(network)) == ["Given", "Forward pass", "Backward pass", "Update"]
    assert list(sections(tutor.solve("qmul/network-deltas", form="layer"))) == ["Forward pass", "Backward pass"]
    assert list(sections(tutor.solve("dl/bce-columns"))) == ["Given", "Forward pass", "Backward pass", ENGLISH.rules.SIMPLIFIED, "Update"]


def test_the_deltas_are_written_as_the_lecture_does():
    rows = sections(tutor.solve("qmul/network-deltas-layers"))["Backward pass"]
    said = {left: [plain(bare(side)) for side in sides] for left, sides in rows.items()}
    assert said["dE/dz2"][0] == "hadamard(dE/dx2, sigmoid'(z2))"
    assert said["dE/dz1"][:2] == ["hadamard(dE/dx1, sigmoid'(z1))", "hadamard(matmul(W2, dE/dz2), sigmoid'(z1))"]
    assert said["dE/dW2"][0] == "matmul(x1, transpose(dE/dz2))"
    assert said["dE/dW1"][0] == "matmul(x, transpose(dE/dz1))"
    assert said["dE/db1"] == ["dE/dz1"]
    text = tutor.solve("qmul/network-deltas-layers").to_text()
    assert "w² δ² ⊙ σ′(z¹)" in text or "(w² δ²) ⊙ σ′(z¹)" in text
    assert "x⁰ (δ¹)ᵀ" in text


def test_the_index_form_stands_below_the_matrices():
    rows = sections(tutor.solve("qmul/network-deltas-layers"))
    assert "at(z1, j)" in rows["Forward pass"]
    assert "at(dE/dz1, j)" in rows["Backward pass"]
    assert "at(dE/dW1, i, j)" in rows["Backward pass"]
    assert "at(dE/db1, j)" not in rows["Backward pass"]  # it would say nothing more


def test_weights_have_the_indices_of_their_course():
    for course, left in (("neuron", "at(dL/dW2, j, i)"), ("qmul", "at(dL/dW2, i, j)")):
        assert left in sections(tutor.solve("neuron/two-two-two", form="layer", notation_name=course))["Backward pass"]


def test_numbers_stand_where_they_are():
    rows = sections(tutor.solve("qmul/max-pooling"))
    assert [plain(side) for side in rows["Forward pass"]["P"]][-1] == "matrix(2, 20, 30, 112, 37)"
    assert plain(rows["Given"]["Y"][0]) == "matrix(2, 0, 0, 112, 0)"
    assert "matrix(" not in " ".join(plain(side) for row in sections(tutor.solve("dl/bce-rows")).values()
                                     for sides in row.values() for side in sides)  # fmt: skip


def test_only_what_is_needed_for_the_matrix_chosen():
    whole = sections(tutor.solve("neuron/two-two-two", form="layer"))["Backward pass"]
    one = sections(tutor.solve("neuron/two-two-two", form="layer", wrt=["W2"]))["Backward pass"]
    assert {"dL/da2", "dL/dz2", "dL/dW2"} <= set(one)
    assert not {"dL/dW1", "dL/dz1", "dL/da1", "dL/db2"} & set(one)
    assert set(one) < set(whole)


def test_the_condition_on_the_targets():
    def conditions(solution):
        return [str(b.parts[0]) for b in solution.document().blocks if isinstance(b, Paragraph) and b.label == "Condition"]

    (text,) = conditions(tutor.solve("neuron/softmax-regression-batch"))
    assert text == ENGLISH.arrays.ASSUMED
    assert conditions(tutor.solve("dl/bce-columns")) == []


def test_targets_that_do_not_sum_to_one_show_nothing_simplified():
    text = 'title = "t"\nsteps = ["p = softmax(z)", "L = -sum(y ⊙ log(p))"]\n[shapes]\nz = [2]\ny = [2]\n'
    text += "[values]\nz = [1, 2]\ny = [1, {}]\n"
    assert ENGLISH.rules.SIMPLIFIED in sections(tutor.solve(from_text(text.format(0), "mine")))
    assert ENGLISH.rules.SIMPLIFIED not in sections(tutor.solve(from_text(text.format(1), "mine")))


def test_a_linear_network_is_one_layer():
    rows = sections(tutor.solve("dl/linear-collapse-layers"))[ENGLISH.rules.SIMPLIFIED]
    assert {left: plain(bare(sides[0])) for left, sides in rows.items()} == {"What": "matmul(W_2, W)", "fhat": "matmul(What, x)"}
    assert "Ŵ" in tutor.solve("dl/linear-collapse-layers").to_text()


@pytest.mark.parametrize("course", profile_names())
@pytest.mark.parametrize("ident", ["qmul/laplacian", "qmul/softmax-layer", "neuron/softmax-loss-batch", "graz/two-two-one-layers"])
def test_every_notation_says_why(ident, course):
    solution = tutor.solve(ident, notation_name=course)
    numbered = [row for block in solution.document().blocks if isinstance(block, Equations) for row in block.rows if row.number]
    assert [row.number for row in numbered] == list(range(1, len(numbered) + 1))
    assert all(row.why for row in numbered)
    for text in (solution.to_text(), solution.to_latex(), solution.to_markdown()):
        assert "shaped" not in text
        assert "None" not in text
        assert "dL/d" not in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outer(dL, x)", "outer"), ("matmul(transpose(W), G)", "transpose"), ("hadamard(G, sigmoid'(z))", "slope"),
        ("sum(G)", "sum"), ("row_sums(G)", "row_sums"), ("column_sums(G)", "column_sums"), ("flatten(G)", "flatten"),
    ],
)  # fmt: skip
def test_why_a_gradient_is_what_it_is(text, said):
    upstream = Partial("L", "z")
    expr = parse(text, functions=LAYER_FUNCTIONS)

    def put(node):
        if plain(node) == "G":
            return upstream
        return Call(node.func, tuple(put(arg) for arg in node.args)) if isinstance(node, Call) else node

    assert ENGLISH.arrays.backward(put(expr), ENGLISH.rules) == ENGLISH.arrays.BACKWARD[said]


def test_every_operation_has_its_phrase():
    arrays, rules = ENGLISH.arrays, ENGLISH.rules
    unsaid = {name for name in WRITABLE if arrays.forward(name, rules) == arrays.forward("no such rule", rules)}
    assert unsaid - {"columns", "rows", "row_sums", "column_sums", "fill"} == set()


def test_no_index_form_reads_outside_of_an_array():
    # once "h_j = 1 + x_(j-1)", which is wrong for every j: concat(𝟏, x) is 1 only at its first place
    rows = sections(tutor.solve("graz/mlp-dummies"))
    assert not {"at(h0, j)", "at(h1, j)"} & set(rows["Forward pass"])


TIED = """title = "tied"
steps = ["h = max(x, y)", "L = sum(h^2)"]
[shapes]
x = [12]
y = [12]
[values]
x = [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1]
y = [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
"""


def test_a_page_of_arrays_says_its_conventions_and_who_stands_on_a_kink():
    text = " ".join(tutor.solve(from_text(TIED, "tied")).to_text().split())
    assert "of k equal ones each gets 1/k of the derivative there" in text
    assert "h_1 is evaluated exactly on its kink here" in text
    assert "So are 3 more." in text
    assert "taken as 0" not in text


def test_a_page_of_numbers_says_that_equal_ones_share():
    text = " ".join(tutor.solve("max(x, y)", at={"x": "2", "y": "2"}).to_text().split())
    assert "(1 for the larger one, else 0; equal ones share it) 0.5" in text


@pytest.mark.parametrize(("text", "words"), [
    ("max(0, x)*y", ""), ("z = max(0, x*y)", "1 for the larger one, else 0"), ("(x if y > 0 else 0)", "(the condition only chooses)"),
])  # fmt: skip
def test_nothing_is_shared_where_one_branch_counts(text, words):
    page = " ".join(tutor.solve(text, at={"x": "1", "y": "2"}, apart=False).to_text().split())
    assert words in page
    assert "share it" not in page
