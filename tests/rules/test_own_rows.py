"""A lecturer's own function as a row."""

from tutor.expression.nodes import Call, Mul, Name
from tutor.expression.plain import write_plain
from tutor.rules.functions import FUNCTIONS, function, partials_of, slope_of, value_of
from tutor.rules.own_rows import list_callable, name_function, read_function

CUBE = name_function("cube", ["z"], "z^3", ["3*z^2"])
GATE = name_function("gate", ["x", "y"], "x*cube(y)", ["cube(y)", "x*cube'(y)"], CUBE)


def test_a_name_is_read_back():
    row = read_function(GATE)
    assert (row.params, row.value, row.partials, row.role) == (("x", "y"), "x*cube(y)", ("cube(y)", "x*cube'(y)"), "function")
    assert list_callable(row) == (CUBE,)
    assert write_plain(value_of(row)) == "x*cube(y)"
    assert partials_of(row)[1] == Mul((Name("x"), Call(CUBE + "'", (Name("y"),))))


def test_one_of_one_number_has_a_prime():
    row = function(CUBE, 1)
    assert partials_of(row) == (Call(CUBE + "'", (Name("z"),)),)
    assert write_plain(slope_of(row)) == "3*z^2"


def test_own_functions_are_found_and_not_listed():
    assert CUBE in FUNCTIONS
    assert FUNCTIONS.get(CUBE).source
    assert CUBE not in list(FUNCTIONS)
    assert (FUNCTIONS.get("cube"), FUNCTIONS.get("cube", 1), "cube" in FUNCTIONS) == (None, 1, False)
