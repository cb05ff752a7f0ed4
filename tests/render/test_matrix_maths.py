"""Matrices, and arrays of more axes as the matrices that they have, each with its place."""

from fractions import Fraction

import pytest

from tutor.explain.layer_formulas import matrix
from tutor.expression.nodes import Call
from tutor.graph.entries import Array
from tutor.notation.profile import Notation
from tutor.render.array_seams import seams
from tutor.render.maths import LATEX, Printer, Writer

PLACES = [  # a shape, and the place of each of its matrices
    ((2, 1, 2), ["1,\\cdot,\\cdot", "2,\\cdot,\\cdot"]),
    ((2, 2, 1, 2), [f"{i},{j},\\cdot,\\cdot" for i in (1, 2) for j in (1, 2)]),
]


@pytest.mark.parametrize(("shape", "places"), PLACES, ids=["three axes", "four axes"])
def test_every_matrix_of_an_array_has_its_place(shape, places):
    size = 2 * 2 if len(shape) == 3 else 2 * 2 * 2
    shown = matrix(Array(shape, tuple(map(Fraction, range(size)))), 6)
    assert type(shown) is Call
    latex = Writer(LATEX, Notation())
    found = seams(latex, shown)
    assert [part.split("}")[0] for part in latex.show(shown).split("\\underset{")[1:]] == places
    assert found is not None
    assert len(found.parts) == len(places)


def test_what_is_left_out_of_a_list_stands_beside_the_others():
    long = matrix(Array((40,), tuple(map(Fraction, range(40)))), 6)
    text = Printer(Notation()).text(long)
    assert "⋯" in text
    assert "⋮" not in text
    assert "\\vdots" in Printer(Notation()).latex(long)
