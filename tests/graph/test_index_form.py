"""Index forms: their entries are what NumPy makes of the same sums, and an index outside of an array is 0."""

from fractions import Fraction

import numpy as np
import pytest

from tutor.errors import GraphError
from tutor.expression.nodes import Name
from tutor.graph.entries import Array, places
from tutor.graph.index_form import IndexReader, arrays_of, count_terms, prepare_whole, read_whole
from tutor.numbers.run_arrays import Numbers
from tutor.rules.operations import formula

W = np.arange(1, 13).reshape(3, 4)
X = np.arange(4) - 2
ARRAYS = {"W": W, "x": X}


def entries(form: str, letters: tuple[str, ...], shape: tuple[int, ...], **sizes: int) -> np.ndarray:
    expr = formula(form)
    arrays = {
        name: Array(ARRAYS[name].shape, tuple(Fraction(int(item)) for item in ARRAYS[name].ravel()))
        for name in arrays_of(expr, {*letters, *sizes})
    }
    reader = IndexReader(expr, letters, arrays, sizes, Numbers())
    return np.array([float(reader.entry(place)) for place in places(shape)]).reshape(shape)


@pytest.mark.parametrize(
    ("form", "letters", "shape", "expected"),
    [
        ("sum_over(j, n, at(W, i, j)*at(x, j))", ("i",), (3,), W @ X),
        ("sum_over(i, 3, sum_over(j, n, at(W, i, j)))/n", (), (), W.sum() / 4),
        ("at(x, i + 1) - at(x, i - 1)", ("i",), (4,), np.append(X[1:], 0) - np.append(0, X[:-1])),
        ("at(W, 1 + quotient(i - 1, n), 1 + remainder(i - 1, n))", ("i",), (12,), W.ravel()),
        ("max_over(i, 3, max_over(j, n, at(W, i, j)))", (), (), W.max()),
        ("inside(i, 2)*at(x, i)^2", ("i",), (4,), [4, 1, 0, 0]),
        ("winner(x, i, 0, n)", ("i",), (4,), [0, 0, 0, 1]),
        ("log(sum_over(j, n, exp(at(x, j))))", (), (), np.log(np.exp(X).sum())),
    ],
)
def test_entries_are_those_of_numpy(form, letters, shape, expected):
    assert entries(form, letters, shape, n=4) == pytest.approx(np.array(expected))


def test_an_entry_does_not_depend_on_those_before_it():
    """A loop writes its letter into the indices: two loops over one letter stay apart."""
    form = "sum_over(j, n, at(x, j))*at(x, i) + sum_over(j, 2, at(x, j))"
    assert entries(form, ("i",), (4,), n=4) == pytest.approx(X.sum() * X + X[:2].sum())


def test_whole_numbers_are_of_many_places_at_once():
    expr = formula("quotient(i - 1, 2) + 3*remainder(i, n)")
    many = np.arange(1, 9)
    assert list(read_whole(expr, {"i": many, "n": 3})) == [prepare_whole(expr)({"i": int(i), "n": 3}) for i in many]


def test_what_is_no_index_is_refused():
    with pytest.raises(GraphError, match="no whole number"):
        read_whole(formula("i/2"), {"i": 4})


def test_terms_are_counted():
    assert count_terms(formula("sum_over(i, 3, sum_over(j, n, at(W, i, j)))"), {"n": 4}) == 12
    assert arrays_of(Name("i"), {"i"}) == []
