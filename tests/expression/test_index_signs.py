"""Sums over letters and vectors of ones, as they are typed and typeset."""

import pytest

from tutor.expression.index_signs import (
    FROM_0,
    read_index_below,
    read_index_inside,
    read_kronecker,
    read_sign,
    read_sliding,
)
from tutor.expression.nodes import Call, Name, Number
from tutor.expression.plain import write_plain
from tutor.expression.tokens import Named

V, THREE, N = ("v",), Number("3"), Name("n")
SIGNS = [
    ("Σ_v w", "sum_over", V, None), ("Σᵥ w", "sum_over", V, None), ("∑_{v} w", "sum_over", V, None), (r"\sum_v w", "sum_over", V, None),
    (r"\sum_{v=1}^{n} w", "sum_over", V, N), (r"\sum\limits_{v=1}^3 w", "sum_over", V, THREE), ("Σ_(v=1..3) w", "sum_over", V, THREE),
    (r"\sum_{u,v} w", "sum_over", ("u", "v"), None), (r"\sum_{v=0}^{n-1} w", "sum_over", V, Call(FROM_0, (N,))),
    (r"\sum_{v=0}^{2} w", "sum_over", V, Call(FROM_0, (THREE,))), (r"\sum_{v=0} w", "sum_over", V, Call(FROM_0, ())),
    ("sum_v w", "sum_over", V, None), (r"\sum _{v} w", "sum_over", V, None), ("Σ_u,v w", "sum_over", ("u", "v"), None),
    ("Σ_(u,v=1..3) w", "sum_over", ("u", "v"), THREE), ("max_v w", "max_over", V, None), ("max_u,v w", "max_over", ("u", "v"), None),
    (r"\max_{u,v=1}^{3} w", "max_over", ("u", "v"), THREE), (r"\max _{v} w", "max_over", V, None), ("maxᵥ w", "max_over", V, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "func", "letters", "last"), SIGNS, ids=[row[0] for row in SIGNS])
def test_a_sum_or_a_maximum(text, func, letters, last):
    token, length = read_sign(text, 0, len(text))
    assert token == ("S", (func, letters, last, 0))
    assert text[length:] == " w"


@pytest.mark.parametrize(("text", "last", "later"), [
    (r"\sum_{v=-1}^{1} w", "3", -2), (r"\sum_{v=−2}^{1} w", "4", -3), (r"\sum_{v=2}^{4} w", "3", 1), ("max_(v=2..3) w", "2", 1),
])  # fmt: skip
def test_letters_that_begin_elsewhere(text, last, later):
    token, length = read_sign(text, 0, len(text))
    assert token[1][1:] == (V, Number(last), later)
    assert text[length:] == " w"


@pytest.mark.parametrize("text", [r"\sum_{v=-1}^{n} w", r"\sum_{v=3}^{2} w", r"\sum_{v=2} w"])
def test_a_sum_whose_end_is_not_clear(text):
    assert read_sign(text, 0, len(text))[0] is None


@pytest.mark.parametrize(("text", "index"), [("δ_jk", "jk"), ("δⱼₖ", "jk"), (r"\delta_{ij}", "ij"), (r"\delta_{i, j}", "ij")])
def test_the_delta_of_kronecker(text, index):
    assert read_kronecker(text, 0, len(text)) == (("a", Call("equal", tuple(map(Name, index)))), len(text))


@pytest.mark.parametrize("text", ["δ_j", "δ_1", "δ_jkl", r"\delta", "δ_j2"])
def test_any_other_delta_is_none(text):
    assert read_kronecker(text, 0, len(text)) == (None, 0)


@pytest.mark.parametrize(("text", "axes", "length"), [
    ("[m, n]", 2, 6), ("(i+m-1, 2j)", 2, 11), ("[i]", 1, 3), ("(i)", 1, 0), ("[1, 2]", 2, 0), ("[m]", 2, 0),
    ("[m, n]", 0, 0), ("(a b)", 2, 0),
])  # fmt: skip
def test_an_index_in_brackets(text, axes, length):
    found = read_index_inside(text, 0, axes)
    assert (found[1] if found else 0) == length


@pytest.mark.parametrize(("text", "parts"), [
    ("ᵢⱼ", ["i", "j"]), ("ᵢ₁", ["i", "1"]), ("ᵢ,ⱼ₊₄", ["i", "j + 4"]), ("_{i1}", ["i", "1"]), ("_{1j}", ["1", "j"]),
    ("_{2j-1}", ["2*j - 1"]),
])
def test_an_index_behind_a_bracket(text, parts):
    token, length = read_index_below(text, 0, len(text))
    assert [write_plain(part) for part in token[1]] == parts
    assert length == len(text)


@pytest.mark.parametrize("text", ["1[v = 2]", "𝟏[v=2]", r"\mathbf{1}_{v = 2}", r"\mathbb 1_{v=2}", "𝟙_{v = 2}"])
def test_one_where_two_indices_are_equal(text):
    assert read_sign(text, 0, len(text)) == (("a", Call("equal", (Name("v"), Number("2")))), len(text))


SLIDING = [
    ("∗ k", "convolve", 1), (r"\star k", "correlate", 5), ("⋆[full] k", Named("correlate full", (Number("1"), Number("0"))), 7),
    ("∗[full, d=2, p=1] k", Named("convolve full", (Number("2"), Number("1"))), 17),
    (r"\ast_{\mathrm{full}} k", Named("convolve full", (Number("1"), Number("0"))), 20),
    ("⋆[s=2] k", Named("correlate", (Number("2"), Number("0"))), 6), ("⋆[d=2] k", Named("correlate apart", (Number("2"), Number("0"))), 6),
    ("⋆[k] k", "correlate", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "length"), SLIDING, ids=[row[0] for row in SLIDING])
def test_a_convolution_with_what_is_said_of_it(text, value, length):
    assert read_sliding(text, 0, len(text), {"convolve"}) == (("@", value), length)
    assert read_sliding(text, 0, len(text), set()) == (None, 0)


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
