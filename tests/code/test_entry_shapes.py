"""Shapes of the entries of a dictionary, from documentation."""

import ast

import pytest

from tutor.code.entry_shapes import find_entry
from tutor.code.guess_shapes import Sizes

HEAD = 'def f(p):\n    """p: a dictionary.\n    {}\n    """\n'


@pytest.mark.parametrize(
    ("said", "letters"),
    [
        ("W -- weights, array of shape (n_a, n_x)", ("n_a", "n_x")),
        ("W -- weights of shape (20, 2)", None),  # of one example
        ("W -- weights of shape (1, 1)", None),
        ("W -- weights of shape (n_a, n_x)\n    W -- weights of shape (n_x, n_a)", None),
        ("U -- weights of shape (n_a, n_x)", None),
    ],
)
def test_an_entry_has_the_shape_that_is_said_in_letters(said, letters):
    sizes = Sizes()
    found = find_entry([ast.parse(HEAD.format(said))], "W", sizes)
    assert found == (letters and tuple(map(sizes.find, letters)))
