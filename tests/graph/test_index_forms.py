"""Formulas over arrays as they are written, made whole; what does not fit is refused with both shapes."""

import pytest

from tutor.errors import GraphError
from tutor.expression.nodes import Add, Call, Name, Neg, Number
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.index_forms import array_formulas
from tutor.graph.layered import LAYER_FUNCTIONS

SHAPES = {"W": ("m", "n"), "x": ("n",), "d": ("m",), "X": ("n", "N"), "G": ("m", "N")}


def at(name, *letters):
    return Call("at", (Name(name), *map(Name, letters)))


def total(letter, body):
    return Call("sum_over", (Name(letter), body))


def product(*factors):
    from tutor.expression.nodes import Mul

    return Mul(factors)


def read(text):
    return parse(text, functions=LAYER_FUNCTIONS, known=tuple(SHAPES))


ONES = Call("ones", ())


@pytest.mark.parametrize(
    ("tree", "wanted", "shape"),
    [
        (product(Name("W"), Name("x")), ("m",), ("m",)),
        (product(Call("transpose", (Name("d"),)), Name("W")), ("n",), ("n",)),
        (product(Name("G"), ONES), ("m",), ("m",)),
        (product(Name("d"), Call("transpose", (ONES,))), ("m", "N"), ("m", "N")),
        (product(ONES, product(Call("transpose", (ONES,)), Name("G"))), ("m", "N"), ("m", "N")),
        (product(Call("diag", (Name("d"),)), Name("W")), ("m", "n"), ("m", "n")),
        # six ones of three lengths, ((G - d 1ᵀ) ⊙ (1 (1ᵀ G))) 1 + W (x ⊙ 1) + 1
        (Add((product(Call("hadamard", (Add((Name("G"), Neg(product(Name("d"), Call("transpose", (ONES,)))))),
                                        product(ONES, product(Call("transpose", (ONES,)), Name("G"))))), ONES),
              product(Name("W"), Call("hadamard", (Name("x"), ONES))), ONES)), ("m",), ("m",)),
    ],
)
def test_what_fits(tree, wanted, shape):
    (found,) = array_formulas(tree, SHAPES, wanted=wanted, beside=True)
    assert found.shape == shape


def test_an_index_form_takes_its_order_from_the_left_side():
    form = product(at("d", "j"), at("x", "i"))
    (found,) = array_formulas(form, SHAPES, index=("j", "i"), wanted=("m", "n"))
    assert found.shape == ("m", "n")
    (turned,) = array_formulas(form, SHAPES, index=("i", "j"), wanted=("m", "n"))
    assert turned.shape == ("n", "m")
    assert [one.shape for one in array_formulas(form, SHAPES, wanted=("m", "n"))] == [("m", "n"), ("n", "m")]


def test_a_sum_runs_as_far_as_its_arrays():
    (found,) = array_formulas(total("v", product(at("W", "j", "v"), at("x", "v"))), SHAPES, wanted=("m",))
    assert write_plain(found.expr.args[0].args[1]) == "n"
    assert found.shape == ("m",)


def test_a_sum_that_says_how_far_it_runs_goes_over_a_part_of_a_longer_axis():
    shapes, body = {"H": (3, 4), "V": (5, 2), "P": (3, 5)}, product(at("H", "i", "v"), at("V", "j", "v"))
    (found,) = array_formulas(Call("sum_over", (Name("v"), Number("2"), body)), shapes, index=("i", "j"), wanted=(3, 5))
    assert found.shape == (3, 5)
    for last in (Number("3"), Number("4")):
        with pytest.raises(GraphError, match="the index v runs to 4 at one place and to 2"):
            array_formulas(Call("sum_over", (Name("v"), last, body)), shapes, index=("i", "j"), wanted=(3, 5))


@pytest.mark.parametrize(
    ("tree", "index", "words"),
    [
        (total("v", product(at("W", "v", "j"), at("x", "v"))), (), "the index v runs to m at one place and to n at another"),
        (product(at("W", "j", "v"), at("x", "v")), ("j",), "the index v stands at the right side only"),
        (product(at("x", "j"), Name("d")), (), "stands without an index"),
        (total("u", at("x", "v")), (), "nothing behind it has this index"),
        (at("W", "j"), (), "has 2 index, not 1"),
        (Call("sum_over", (Name("v"), Number("99999999"), at("x", "v"))), (), "a sum over v runs to 99999999"),
        (product(Name("W"), Name("d")), (), "W of shape m×n is multiplied with d of shape m"),
        (Call("diag", (Name("W"),)), (), "diag of diag(W)"),
    ],
)
def test_what_does_not_fit_is_refused_with_both(tree, index, words):
    with pytest.raises(GraphError) as refused:
        array_formulas(tree, SHAPES, index=index, wanted=("m",))
    assert words in refused.value.what


def test_a_row_is_known_as_one():
    assert array_formulas(product(Call("transpose", (Name("d"),)), Name("W")), SHAPES)[0].row
    assert not array_formulas(product(Name("W"), Name("x")), SHAPES)[0].row
