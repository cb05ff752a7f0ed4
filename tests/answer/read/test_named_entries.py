"""Arrays answered entry by entry: each counts where its name says, in any order and any layout; what is no such list is none."""

import pytest

import tutor
from tutor.answer.read.named_entries import nest_entries, read_named
from tutor.answer.read.vocabulary import vocabulary
from tutor.exercise.load import load

TARGETS = ["z_1", "z_2", "z_3"]
RIGHT = [
    "z_3 = -9, z_2 = -4, z_1 = 2", "z_1 = 2\nz_3 = -9\nz_2 = -4", "z1 = 2; z3 = -9; z2 = -4", "z_1 = 2 and z_2 = -4 and z_3 = -9",
    "z_1: 2, z_2: -4, z_3: -9", "z[1] = 2, z[2] = -4, z[3] = -9", "$z_1 = 2$, $z_2 = -4$, $z_3 = -9$", "z_{2} := -4, z_3 = -9, z₁ = 2",
    r"\begin{align} z_1 &= 4 - 2 = 2 \\ z_3 &= -9 \\ z_2 &= -4 \end{align}",
]  # fmt: skip
NONE = ["[2, -4, -9]", "z = [2, -4, -9]", "2; -4; -9", "z_1 = 2, z_1 = -4", "z_1 = 2, E = 3", "", "z_1 = ", "z_1 = 2, -4, -9"]


@pytest.fixture(scope="module")
def known():
    return vocabulary(load("qmul/convolution-line"))


@pytest.mark.parametrize("text", RIGHT)
def test_entries_in_any_order_are_right(text, known):
    assert read_named(text, known, TARGETS) == {"z_1": "2", "z_2": "-4", "z_3": "-9"}
    answer = next(a for a in tutor.mark("qmul/convolution-line", {"z": text}).marked.answers if a.question == "z")
    assert (answer.verdict, answer.marks) == ("correct", 1)


@pytest.mark.parametrize("text", NONE)
def test_anything_else_is_no_list_of_named_entries(text, known):
    assert read_named(text, known, TARGETS) is None


@pytest.mark.parametrize(("text", "verdict", "marks"), [
    ("z_1 = 2", "wrong", "1/3"), ("z_2 = -4, z_3 = -9", "wrong", "2/3"), ("z_3 = 2, z_2 = -4, z_1 = -9", "wrong", "1/3"),
    ("z_1 = 2, z_2 = foo", "unreadable", "1/3"),
])  # fmt: skip
def test_what_is_left_out_or_exchanged_earns_nothing(text, verdict, marks):
    answer = next(a for a in tutor.mark("qmul/convolution-line", {"z": text}).marked.answers if a.question == "z")
    assert (answer.verdict, str(answer.marks)) == (verdict, marks)


def test_a_matrix_is_filled_by_names():
    page = tutor.mark("qmul/max-pooling", {"P": "P_11 = 20, P_21 = 112, P_12 = 30, P_22 = 37"})
    assert page.marked.answers[0].verdict == "correct"
    turned = tutor.mark("qmul/max-pooling", {"P": "P_11 = 20, P_12 = 112, P_21 = 30, P_22 = 37"})
    assert turned.marked.answers[0].tag == "weights-transposed"


def test_entries_are_nested_as_the_array_is():
    assert nest_entries(list("abcdefgh"), (2, 2, 2)) == "[[[a, b], [c, d]], [[e, f], [g, h]]]"
