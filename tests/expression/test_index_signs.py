"""Sums over letters and vectors of ones, as they are typed and typeset."""

import pytest

from tutor.expression.index_signs import read_sign
from tutor.expression.nodes import Call, Name, Number

SIGNS = [
    ("Σ_v w", (("v",), None)), ("Σᵥ w", (("v",), None)), ("∑_{v} w", (("v",), None)), (r"\sum_v w", (("v",), None)),
    (r"\sum_{v=1}^{n} w", (("v",), Name("n"))), (r"\sum\limits_{v=1}^3 w", (("v",), Number("3"))), ("Σ_(v=1..2) w", (("v",), Number("2"))),
    (r"\sum_{u,v} w", (("u", "v"), None)), (r"\sum_{v=0}^{n-1} w", (("v",), Name("n"))), ("sum_v w", (("v",), None)),
    (r"\sum _{v} w", (("v",), None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SIGNS, ids=[row[0] for row in SIGNS])
def test_a_sum(text, value):
    token, length = read_sign(text, 0, len(text))
    assert token == ("S", value)
    assert text[length:] == " w"


@pytest.mark.parametrize("text", ["𝟏", r"\mathbf{1}", r"\mathbb 1", "𝟙"])
def test_a_vector_of_ones(text):
    assert read_sign(text, 0, len(text)) == (("a", Call("ones", ())), len(text))


@pytest.mark.parametrize("text", ["sum(x)", "Σ", r"\sum_{i<j} x", "𝟏_{z>0}", r"\mathbb{1}_{z>0}", "x"])
def test_what_is_none(text):
    assert read_sign(text, 0, len(text)) == (None, 0)


def test_a_sum_that_cannot_be_read():
    token, length = read_sign(r"\sum_{v=0}^{n} w", 0, 15)
    assert token is None
    assert length > 0
