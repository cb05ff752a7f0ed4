"""Solutions in layer form as documents: matrices, shapes under the factors, the index form, large matrices, what is simplified."""

import json
import re

import pytest
from shown import list_worked_blocks

import tutor
from tutor.exercise.load import from_text
from tutor.explain.document import Equations, Heading, Paragraph
from tutor.explain.layer_formulas import strip_shapes
from tutor.explain.words.wording import ENGLISH
from tutor.expression.plain import write_plain


def sections(solution):
    """The equations of each section: {heading: {left side: [right sides]}}."""
    found, rows = {}, {}
    for block in list_worked_blocks(solution.document()):
        if isinstance(block, Heading):
            rows = found.setdefault(block.text, {})
        elif isinstance(block, Equations):
            for row in block.rows:
                rows.setdefault(write_plain(row.left), []).extend(side.expr for side in row.sides)
    return found


def test_the_sections_and_their_order():
    network = tutor.solve("neuron/two-two-two", form="layer")
    assert list(sections(network)) == ["Given", "Forward pass", "Backward pass", "Update"]
    assert list(sections(tutor.solve("qmul/network-deltas", form="layer"))) == ["Forward pass", "Backward pass"]
    assert list(sections(tutor.solve("dl/bce-columns"))) == ["Given", "Forward pass", "Backward pass", ENGLISH.rules.SIMPLIFIED, "Update"]


def test_the_deltas_are_written_as_the_lecture_does():
    rows = sections(tutor.solve("qmul/network-deltas-layers"))["Backward pass"]
    said = {left: [write_plain(strip_shapes(side)) for side in sides] for left, sides in rows.items()}
    assert said["dE/dz2"][0] == "hadamard(dE/dx2, sigmoid'(z2))"
    assert said["dE/dz1"][:2] == ["hadamard(dE/dx1, sigmoid'(z1))", "hadamard(matmul(W2, dE/dz2), sigmoid'(z1))"]
    assert said["dE/dW2"][0] == "matmul(x1, transpose(dE/dz2))"
    assert said["dE/dW1"][0] == "matmul(x, transpose(dE/dz1))"
    assert said["dE/db1"] == ["dE/dz1"]
    text = tutor.solve("qmul/network-deltas-layers").to_text()
    assert "w² δ² ⊙ σ′(z¹)" in text or "(w² δ²) ⊙ σ′(z¹)" in text
    assert "x⁰ (δ¹)ᵀ" in text


def test_only_a_slope_has_the_row_above_put_in():
    """O = ... of a gate: what comes back from the next step stands in the row above, with its numbers."""
    row = sections(tutor.solve("sequences/lstm-three-steps"))["Backward pass"]["dL/dO2"]
    assert write_plain(strip_shapes(row[0])) == "hadamard(dL/dH2, tanh(C2))"
    assert not any("matmul" in write_plain(side) for side in row)


def test_the_index_form_stands_below_the_matrices():
    rows = sections(tutor.solve("qmul/network-deltas-layers"))
    assert "at(z1, j)" in rows["Forward pass"]
    assert "at(dE/dz1, j)" in rows["Backward pass"]
    assert "at(dE/dW1, i, j)" in rows["Backward pass"]
    assert "at(dE/db1, j)" not in rows["Backward pass"]  # it would say nothing more


@pytest.mark.parametrize(
    ("exercise", "wrt", "left"),
    [
        ("attention/positional-encoding", (), "at(dL/dP, i, j, l)"),
        ("sequences/lstm-peepholes", ("Wi",), "at(dL/dWi, k, j)"),
        ("normalisation/group-norm", (), "at(dL/dV, i, 1)"),  # of a single column
    ],
)
def test_an_index_has_not_the_letter_of_a_quantity(exercise, wrt, left):
    solution = tutor.solve(exercise, wrt=wrt)
    assert left in sections(solution)["Backward pass"]
    contract = json.loads(solution.to("json"))
    entries = [entry for step in contract["steps"] for entry in re.findall(r"at\(([^()]*)\)", step["index"] or "")]
    assert {letter for entry in entries for letter in entry.split(", ")[1:]}.isdisjoint(contract["shapes"])


def test_weights_have_the_indices_of_their_course():
    for course, left in (("neuron", "at(dL/dW2, j, i)"), ("qmul", "at(dL/dW2, i, j)")):
        assert left in sections(tutor.solve("neuron/two-two-two", form="layer", notation_name=course))["Backward pass"]


def test_numbers_stand_where_they_are():
    rows = sections(tutor.solve("qmul/max-pooling"))
    assert [write_plain(side) for side in rows["Forward pass"]["P"]][-1] == "matrix(2, 20, 30, 112, 37)"
    assert write_plain(rows["Given"]["Y"][0]) == "matrix(2, 0, 0, 112, 0)"
    assert "matrix(" not in " ".join(write_plain(side) for row in sections(tutor.solve("dl/bce-rows")).values()
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
    assert {left: write_plain(strip_shapes(sides[-1])) for left, sides in rows.items()} == {
        "What": "matmul(W_2, W)",
        "fhat": "matmul(What, x)",
    }
    assert tutor.solve("dl/linear-collapse-layers").to_text().count(ENGLISH.arrays.REWRITES["linear network"]) == 1  # said once
    assert "\\hat{\\mathbf{W}} &=" in tutor.solve("dl/linear-collapse-layers", notation_name="cmu").to_latex()  # bold, as W is


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
    assert "equal ones have equal shares of the derivative there" in text
    assert text.count("Kink ") == 1
    assert "Kink h₁, h₂, h₃, h₄, h₅, h₆, h₇, h₈ and 3 more are evaluated exactly on their kinks here" in text
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


POOL = """title = "Pool"
steps = ["P = max_pool(X, 2)", "L = sum(P)"]
[conventions]
max = "first"
[shapes]
X = [2, 2]
[values]
X = [[3, 3], [1, 2]]
"""


def test_who_stands_on_a_kink_is_a_symbol_in_the_proof_too():
    text = " ".join(tutor.solve(from_text(POOL, "pool")).to_text().split())
    assert "At the given values P₁₁ stands on a kink" in text
    assert "(for example)" not in text.partition("∂L/∂X ")[2]  # 1 = 1 - 0 says nothing: no entry has moved


@pytest.mark.parametrize(("target", "shown", "hidden"), [
    ("generative/denoising-diffusion", "∂L/∂b₁ = ∂L/∂h ⊙ SiLU′(W₁ xₜ + b₁) (⊙ the slope", "(W₂ᵀ ∂L/∂ê) ⊙"),
    ("published/batra-dense-relu-dense", "∂L/∂z₁ = 4.85·1", "(0.4·6 + 0.7·3.5)·1"),  # its sum is worked out a row above
    ("qmul/network-deltas-layers", "= (w² δ²) ⊙ σ′(z¹)", ""),  # the recursion that a course with a δ prints
])  # fmt: skip
def test_what_is_upstream_is_put_in_for_a_delta_only(target, shown, hidden):
    text = " ".join(tutor.solve(target, form="layer").to_text(100).split())
    assert shown in text
    assert not hidden or hidden not in text


@pytest.mark.parametrize(("target", "notation", "primes", "counted"), [
    ("dl/index-network-layers", "dl", True, True),
    ("dl/index-network-layers", "cmu", False, False),  # an arrow; neurons from 1
    ("dl/bce-columns", "dl", True, False),  # its letters are its own
    ("dl/maxout-vector", "dl", False, False),
    ("qmul/network-deltas-layers", "qmul", False, False),  # x⁰ is a layer
])  # fmt: skip
def test_a_prime_of_two_meanings_and_a_counting_that_changes_are_told(target, notation, primes, counted):
    page = tutor.solve(target, notation_name=notation).to_text(200)
    assert ("the prime of" in page, "counted from 1 here" in page) == (primes, counted)
