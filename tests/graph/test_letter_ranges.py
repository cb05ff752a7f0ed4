"""How far letters run that stand in computed indices, and forms that count from 0."""

import pytest

from tutor.errors import GraphError
from tutor.expression.nodes import Add, Call, Name, Number
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.index_forms import array_formulas
from tutor.graph.letter_ranges import LetterRanges, count_from_1, has_computed, list_free_letters, weigh_index

SHAPES = {"x": (5,), "k": (3,), "X": (4, 6)}


def at(name, *index):
    return Call("at", (Name(name), *map(parse, index)))


@pytest.mark.parametrize(
    ("index", "size", "others", "last"),
    [
        ("j+a-1", 5, {"j": 3}, 3), ("2*j+a-2", 4, {"j": 2}, 2), ("2*j+a-2", 5, {"j": 2}, 3), ("j-a+3", 5, {"j": 3}, 3), ("4-a", 3, {}, 3),
        ("a+1", 3, {}, 2), ("3*a", 7, {}, 2),
    ],
)  # fmt: skip
def test_a_letter_runs_as_far_as_it_stays_inside(index, size, others, last):
    ranges = LetterRanges({f" {letter}": size for letter, size in others.items()}, {}, [weigh_index(parse(index), size)])
    assert ranges.find_last(" a") == last


@pytest.mark.parametrize(
    ("index", "size", "others"), [("j+a", 5, {}), ("j+a", 5, {"j": 5}), ("a-1", 5, {}), ("j-a", 5, {"j": 3}), ("a+1", "n", {})]
)
def test_where_nothing_tells_it_is_refused(index, size, others):
    ranges = LetterRanges({f" {letter}": size for letter, size in others.items()}, {}, [weigh_index(parse(index), size)])
    with pytest.raises(GraphError, match="how far the index a runs is not clear"):
        ranges.find_last(" a")


def test_letters_and_computed_indices():
    form = Call("sum_over", (Name("a"), at("X", "i-a+3", "j")))
    assert has_computed(form)
    assert list(list_free_letters(form)) == ["i", "j"]
    assert not has_computed(Call("sum_over", (Name("a"), at("X", "a", "j"))))


def from_0(letter, body, *last):
    return Call("sum_over", (Name(letter), Call("from_0", last), body))


def test_forms_that_count_from_0():
    """All indices may count from 0, or this letter alone; where it is an index by itself, all do."""
    both = count_from_1(from_0("a", at("x", "2*j+a"), Number("3")))
    assert [write_plain(form) for form in both] == ["sum_over(a, 3, at(x, (2*j + a) - 2))", "sum_over(a, 3, at(x, (2*j + a) - 1))"]
    alone = count_from_1(from_0("a", Add((at("x", "2*j+a"), at("k", "a")))))
    assert [write_plain(form) for form in alone] == ["sum_over(a, at(x, (2*j + a) - 2) + at(k, a))"]
    assert [write_plain(form) for form in count_from_1(from_0("a", at("k", "a")))] == ["sum_over(a, at(k, a))"]


@pytest.mark.parametrize(
    ("last", "index", "words"),
    [("9", "a+1", "the index a runs to 9, and its arrays to 5"), ("99999999", "a+1", "the index a runs to 99999999")],
)
def test_a_run_beyond_all_arrays_is_refused(last, index, words):
    with pytest.raises(GraphError) as refused:
        array_formulas(Call("sum_over", (Name("a"), Number(last), at("x", index))), SHAPES)
    assert words in refused.value.what
