"""The names of an exercise's own functions in a tree."""

from tutor.expression.nodes import Call, Name
from tutor.expression.own_functions import is_own, list_own, list_within, shorten_name
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain

CUBE = "cube(z)=z^3|3*z^2"
OUTER = f"outer_one(z)=cube(z)+1|cube'(z);{CUBE}"


def test_a_name_is_typed_and_written_short():
    expr = parse("cube(x)*cube'(x) + sin(x)", functions=(CUBE, "sin"))
    assert [node.func for node in expr.args[0].args] == [CUBE, CUBE + "'"]
    assert write_plain(expr) == "cube(x)*cube'(x) + sin(x)"
    assert (shorten_name(CUBE + "'"), shorten_name("sin'"), is_own(CUBE), is_own("sin")) == ("cube'", "sin'", True, False)


def test_an_own_function_is_stronger_than_another_name_of_one():
    own = "swish(z)=z^2|2*z"
    assert parse("swish(x)", functions=(own, "silu")).func == own
    assert parse("swish(x)", functions=("silu",)).func == "silu"


def test_what_a_function_is_made_of_is_found():
    assert list_own([Call("sin", (Call(OUTER + "'", (Name("x"),)),))]) == (OUTER, CUBE)
    assert list_within(CUBE) == (CUBE,)
