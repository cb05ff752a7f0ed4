"""What is typed for one question: the array in it is found."""

import pytest

from tutor.answer.read.typed_arrays import array_of
from tutor.answer.read.vocabulary import vocabulary
from tutor.exercise.load import load

KNOWN = vocabulary(load("neuron/two-two-two"))


ARRAYS = [
    ("W = [[1, 2], [3, 4]]", "[[1, 2], [3, 4]]"), ("w1 = 1\nw2 = 2", "1 2"), ("w1 = 1; w2 = 2", "1; 2"), ("1, 2", "1, 2"),
    ("W = A B   (matrix product)\n  = ⎡ 1  2 ⎤\n    ⎣ 3  4 ⎦\n      entry by entry", "1 2 3 4"),
    (" 6  ∂m/∂w₁ = ∂m/∂u · x     (the other factor)\n         ∂m/∂u · (2×1)          (2, −1)", "(2, −1)"),
    (r"$W &= \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \\$", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \\"),
    (r"W &= \underset{2 \times 1}{a}\,b = \begin{bmatrix} 1 \cr 2 \end{bmatrix} && \text{(5) a product} \cr",
     r"\begin{bmatrix} 1 \cr 2 \end{bmatrix}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "array"), ARRAYS, ids=[row[0][:30] for row in ARRAYS])
def test_the_array_is_found(text, array):
    assert array_of(text, KNOWN).split() == array.split()
