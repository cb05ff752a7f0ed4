"""The nouns of reading: numbers with their signs."""

from tutor.expression.nodes import Name, Neg, Number
from tutor.program.program_values import name_value, write_number, write_size


def test_numbers_and_sizes():
    assert write_number("-1e-05").expr == Neg(Number("1e-05"))
    assert (write_size(3), write_size("N").expr) == (3, Name("N"))


def test_values_are_named_for_people():
    assert [name_value(value) for value in ("a", None, (1,), range(2))] == ["a text", "None", "a tuple", "a range"]
