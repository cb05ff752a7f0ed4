"""Indices that are computed, read by the grammar of all formulas, and the weights of their letters."""

import pytest

from tutor.expression.computed_index import read_computed, weigh_letters
from tutor.expression.plain import write_plain

READ = [
    ("j-a+3", ["j - a + 3"]), ("i-a+3,j-b+3", ["i - a + 3", "j - b + 3"]), ("2i+a-2,2·j+b-2", ["2*i + a - 2", "2*j + b - 2"]),
    ("2(i-1)+a", ["2*(i - 1) + a"]), ("ij+1", ["i", "j + 1"]), ("2i,2j", ["2*i", "2*j"]), ("-a+4", ["-a + 4"]), ("1,j+1", ["1", "j + 1"]),
]  # fmt: skip


@pytest.mark.parametrize(("sub", "parts"), READ, ids=[row[0] for row in READ])
def test_what_is_read(sub, parts):
    assert [write_plain(part) for part in read_computed(sub)] == parts


NO_INDEX = ["j+", "j/2", "j*a", "j^2", "3-1", "j+12345", "(j", "j)", "", "j,", "h1", "j+j" * 30, "(" * 30 + "j" + ")" * 30]


@pytest.mark.parametrize("sub", NO_INDEX)
def test_what_is_no_index_is_not_read(sub):
    assert read_computed(sub) is None


@pytest.mark.parametrize(
    ("sub", "weights"), [("2(i-1)+a", {"i": 2, "": -2, "a": 1}), ("j-j+1", {"": 1, "j": 0}), ("3-2(a+j)", {"": 3, "a": -2, "j": -2})]
)
def test_the_weights_of_letters(sub, weights):
    from tutor.expression.parse import parse

    assert weigh_letters(parse(sub)) == {letter: weight for letter, weight in weights.items() if weight}
