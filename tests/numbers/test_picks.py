"""Which entries a pick means: indices for all places at once, and which of them are inside."""

from tutor.expression.nodes import Add, Mul, Name, Number
from tutor.numbers.array_code import Pick
from tutor.numbers.picks import find_inside, find_places

WINDOW = Pick((Add((Mul((Name("s"), Name("i"))), Name("a"))), Name("a")), ("i", "a"), (3, 2), (("s", 2),), (6, 2))


def test_an_index_has_an_axis_for_every_letter_it_needs():
    rows, columns = find_places(WINDOW)
    assert rows.tolist() == [[3, 4], [5, 6], [7, 8]]
    assert columns.tolist() == [[1, 2]]


def test_an_entry_is_inside_where_every_index_is():
    assert find_inside(WINDOW, find_places(WINDOW)).tolist() == [[True, True], [True, True], [False, False]]
    assert find_inside(Pick((Number("0"),), (), (), (), (2,)), find_places(Pick((Number("0"),), (), (), (), (2,)))).tolist() is False
