"""In layer form, too, what a source prints besides what is asked is worked out on the page, and not only said to be right."""

import re

import pytest

from tutor import solve
from tutor.exercise.load import from_text
from tutor.explain.words.wording import ENGLISH

NOT_HERE = ENGLISH.pages.UNSEEN.partition("{")[0]
BESIDES = "prints besides:"
WHOLE = """title = "T"
steps = ["h = W x", "o = v^T h", "L = (o - y)^2"]
parameters = ["W", "v"]
claim = [{ claim = "do/dx", printed = "W^T v" }, { claim = "do/dW", printed = "v x^T" }]
[shapes]
"""
LETTERS = 'W = ["m", "n"]\nx = ["n"]\nv = ["m"]\n'
NUMBERS = "W = [2, 2]\nx = [2]\nv = [2]\n[values]\nW = [[1, 2], [3, 4]]\nx = [1, -1]\nv = [0.5, 2]\ny = 1\n"
TIMES = """title = "T"
loss = "sum(l[t], t)"
parameters = ["w"]
claim = [{ claim = "dL/dl[2]", printed = "1" }, { claim = "dL/dw", printed = "sum(dL/dh[t] h[t-1], t)" }]
[[repeat]]
index = "t"
to = "T"
steps = ["h[t] = w*h[t-1]", "l[t] = h[t]^2"]
"""


def write(text):
    return solve(from_text(text, "t")).to_text()


@pytest.mark.parametrize(("sizes", "row"), [
    (LETTERS, r"∂o/∂x += Wᵀ ∂o/∂h"),
    (NUMBERS, r"∂o/∂x += Wᵀ ∂o/∂h[^=]*\(6\.5, 9\)"),
])  # fmt: skip
def test_a_number_by_an_array_has_a_backward_pass_of_its_own(sizes, row):
    page = write(WHOLE + sizes)
    assert page.count(BESIDES) == 1
    assert NOT_HERE not in page
    assert re.search(row, page)
    assert re.search("∂o/∂W += ∂o/∂h xᵀ", page)
    numbers = [int(number) for number in re.findall(r"^ ?(\d+)  ", page, re.M)]
    assert numbers == list(range(1, len(numbers) + 1))  # its steps go on counting


def test_entries_are_told_along_their_paths():
    page = solve("published/ccc-softmax-entropy").to_text()
    assert page.count(BESIDES) == 1
    assert NOT_HERE not in page
    assert "∂s₁/∂x₂ = −s₁·s₂ = −0.319873·0.390694" in page
    assert "−0.124972" in page


def test_a_row_for_every_t_has_what_is_printed_of_one_time():
    page = write(TIMES)
    assert NOT_HERE not in page
    assert "in another form" not in page
    assert "in other forms" not in page
    assert "w is shared by hₜ (t = 1, …, T)" in page


def test_what_is_printed_for_one_number_of_times_is_said_so():
    assert "Printed for T = 3 in other forms" in " ".join(solve("sequences/bptt").to_text().split())
