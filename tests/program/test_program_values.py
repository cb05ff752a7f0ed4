"""The nouns of reading: numbers with their signs, how large and how deep a formula is."""

from tutor.expression.nodes import Add, Name, Neg, Number
from tutor.program.program_values import count_parts, find_depth, name_value, write_number, write_size


def test_numbers_and_sizes():
    assert write_number("-1e-05").expr == Neg(Number("1e-05"))
    assert (write_size(3), write_size("N").expr) == (3, Name("N"))


def test_how_large_and_how_deep_a_formula_is():
    expr = Add((Name("x"), Neg(Neg(Number("2")))))
    assert (count_parts(expr), find_depth(expr)) == (5, 4)


def test_values_are_named_for_people():
    assert [name_value(value) for value in ("a", None, (1,), range(2))] == ["a text", "None", "a tuple", "a range"]
