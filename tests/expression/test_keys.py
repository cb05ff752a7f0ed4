"""Keys of numbers: what is made of a key is the key again, and what is none is nothing."""

import pytest

from tutor.expression.keys import (
    After,
    Derivative,
    derivative_key,
    edge_key,
    entry_key,
    is_derivative,
    make_after_key,
    read_after,
    read_derivative,
    read_edge,
)

NAMES = ["w", "w5", "out_h1", "W_1_2", "d", "dd", "dL"]


@pytest.mark.parametrize("of", NAMES)
@pytest.mark.parametrize("wrt", NAMES)
def test_a_key_is_taken_apart_as_it_was_made(of, wrt):
    assert read_derivative(derivative_key(of, wrt)) == Derivative(of, wrt)
    assert read_edge(edge_key(of, wrt)) == Derivative(of, wrt)
    assert str(Derivative(of, wrt)) == derivative_key(of, wrt)
    for updates in (0, 1, 12):
        made = make_after_key(derivative_key(of, wrt), updates)
        assert read_after(made) == After(derivative_key(of, wrt), updates)
        assert str(read_after(made)) == made
        assert is_derivative(made)


def test_second_derivatives_keep_the_first_as_what_is_differentiated():
    """The first /d parts them: an entry of the Hessian is ∂²L, with respect to w and b."""
    key = derivative_key(derivative_key("L", "w"), "b")
    assert (key, read_derivative(key)) == ("ddL/dw/db", Derivative("dL", "w/db"))


@pytest.mark.parametrize("key", ["w5", "d", "", "dL", "d/w", "L/dw", "w@1", "c|x"])
def test_what_is_no_derivative(key):
    assert read_derivative(key) is None
    assert not is_derivative(key)


@pytest.mark.parametrize("key", ["w5", "dL/dw", "w@1", ""])
def test_what_is_no_edge(key):
    assert read_edge(key) is None


@pytest.mark.parametrize("key", ["w@", "w@x", "w@-1", "w@1.5", "w"])
def test_what_is_after_no_update(key):
    assert read_after(key) == After(key, 0)


def test_entries_count_from_one():
    assert [entry_key("W", index) for index in ((1, 2), (3,), ())] == ["W_1_2", "W_3", "W"]
