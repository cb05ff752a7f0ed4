"""Sizes with letters in them: one canonical text for each, and what is known of them whatever the letters are."""

import itertools

import pytest

from tutor.expression.sizes import (
    add_sizes,
    divide_size,
    is_at_least,
    list_size_letters,
    multiply_sizes,
    put_in_size,
    read_size,
    show_size,
)

SAME = [("4h", "4*h", "h*4", "2*h + 2*h", "h+h+h+h"),
        ("h + k", "k+h"), ("n*m", "m*n", "m·n"), ("n-h", "-h+n", "n - 2*h + h"), ("0", "h - h")]  # fmt: skip


@pytest.mark.parametrize("texts", SAME, ids=[row[0] for row in SAME])
def test_one_text_for_each_size(texts):
    assert len({read_size(text) for text in texts}) == 1
    assert read_size(str(read_size(texts[0]))) == read_size(texts[0])


@pytest.mark.parametrize("text", ["", "h/2", "h^2", "2 3", "h k", "(h", "sin(h)", "h*", "+", "1.5", "x" * 70, "-", "h-*2"])
def test_what_is_no_size(text):
    assert read_size(text) is None


def test_what_is_known_holds_for_all_letters():
    sizes = [read_size(text) for text in ("h", "2*h", "h + k", "n - h", "h*k", "3", "h - 1", "2*k + 1")]
    for one, other in itertools.product(sizes, repeat=2):
        found = is_at_least(one, other)
        for numbers in itertools.product((1, 2, 5), repeat=3):
            values = dict(zip("hkn", numbers, strict=True))
            left, right = put_in_size(one, values), put_in_size(other, values)
            assert found is None or (left >= right) is found
            assert put_in_size(add_sizes(one, other), values) == left + right
            assert put_in_size(multiply_sizes([one, other]), values) == left * right
            whole = divide_size(multiply_sizes([one, other]), other)
            assert whole is None or put_in_size(whole, values) == left


def test_letters_and_how_a_size_is_shown():
    assert list_size_letters(["2*h + k", 3, "n"]) == ("h", "k", "n")
    assert [show_size(size) for size in ("4*h", "h + k", "n - h", "h*k", 3)] == ["4h", "(h+k)", "(n-h)", "h·k", "3"]
