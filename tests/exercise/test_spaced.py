"""Evenly spaced numbers are those of NumPy, exactly; what is no such text is refused with what it should be."""

from fractions import Fraction

import numpy as np
import pytest

from tutor.errors import Problems, TutorError
from tutor.exercise.load import from_text
from tutor.exercise.spaced import is_spaced, space_evenly

SHAPES = [(1,), (5,), (2, 3), (2, 1, 4), (2, 3, 4, 4)]


@pytest.mark.parametrize("shape", SHAPES)
def test_they_are_those_of_numpy(shape):
    ours = np.array(space_evenly("np.linspace(-0.4, 0.7)", shape), dtype=object)
    assert ours.shape == shape
    theirs = np.linspace(-0.4, 0.7, num=int(np.prod(shape))).reshape(shape)
    assert np.allclose(np.vectorize(lambda text: float(Fraction(text)))(ours), theirs, rtol=1e-15, atol=1e-15)


REFUSED = [
    ("linspace(0)", (2,), "a first number and a last one"),
    ("linspace(0, 1, 2, 3)", (2,), "a first number and a last one"),
    ("linspace(0, )", (2,), "a first number and a last one"),
    ("linspace(0, 1, 5)", (2, 3), "has room for 6"),
    ("linspace(0, 1)", ("n",), "needs sizes that are numbers"),
    ("linspace(0, sqrt(2))", (2,), "begins and ends at a fraction"),
    ("linspace(a, 1)", (2,), "is not a number"),
    ("linspace(0, 2**9999999)", (2,), "2**9999999"),
]


@pytest.mark.parametrize(("text", "shape", "what"), REFUSED)
def test_what_is_none_is_refused(text, shape, what):
    assert is_spaced(text)
    with pytest.raises(TutorError, match="(?s)" + what.replace("*", r"\*")):
        space_evenly(text, shape)


FILE = """
title = "Spaced"
steps = ["z = W x", "L = sum(z)"]
[shapes]
W = [2, 2]
x = [2]
[values]
x = [1, 2]
W = "linspace(0, 1)"
"""


def test_a_file_says_it_of_an_array_and_is_told_its_place():
    exercise = from_text(FILE, "spaced")
    assert [exercise.values[f"W_{i}_{j}"] for i in (1, 2) for j in (1, 2)] == [0, Fraction(1, 3), Fraction(2, 3), 1]
    with pytest.raises(Problems, match=r"values\.W"):
        from_text(FILE.replace("linspace(0, 1)", "linspace(0)"), "spaced")
    with pytest.raises(Problems, match="W has the shape"):
        from_text(FILE.replace("linspace(0, 1)", "logspace(0, 1)"), "spaced")
