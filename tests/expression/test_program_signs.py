"""Signs of programs in formulas over arrays: what each text is read as, and what is no such sign."""

import pytest

from tutor.errors import ExpressionError
from tutor.expression.nodes import Call, Neg, Number
from tutor.expression.parse import parse
from tutor.expression.program_signs import AXIS, END, METHOD_ALONG, SLICED, read_axis, read_method_along, read_slice
from tutor.graph.layered import LAYER_FUNCTIONS


@pytest.mark.parametrize(
    ("text", "func", "axes"),
    [
        ("axis=0)", "axis", ["0"]), ("axis = -1)", "axis", ["-1"]), ("dim=(0, 2))", "axis", ["0", "2"]), ("axis=[1])", "axis", ["1"]),
        ("axis=1, keepdims=True)", "axis kept", ["1"]), ("keepdims=True, axis=1)", "axis kept", ["1"]), ("keepdims=True)", "axis kept", []),
        ("dim=1, keepdim=False)", "axis", ["1"]),
    ],
)  # fmt: skip
def test_an_axis(text, func, axes):
    _, call = read_axis(AXIS.match(text))
    assert call.func == func
    assert [f"-{part.arg.text}" if isinstance(part, Neg) else part.text for part in call.args] == axes


@pytest.mark.parametrize("text", ["axis", "axis=k)", "axis=0.5)", "axis=0 + 1", "keepdims)", "axes=1)"])
def test_what_is_no_axis(text):
    assert AXIS.match(text) is None


WHOLE, FROM_1 = Call("span", ()), Call("span", (Number("1"), END))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[:, 1:]", (WHOLE, FROM_1)), ("[-1]", (Neg(Number("1")),)), ("[:-1]", (Call("span", (Number("0"), Neg(Number("1")))),)),
        ("[None, :]", (Call("new axis", ()), WHOLE)), ("[..., 0]", (Call("rest", ()), Number("0"))),
        ("[:, np.newaxis]", (WHOLE, Call("new axis", ()))), ("[1:2, 0]", (Call("span", (Number("1"), Number("2"))), Number("0"))),
    ],
)  # fmt: skip
def test_a_slice(text, parts):
    assert read_slice(SLICED.match(text))[1].settings == parts


@pytest.mark.parametrize("text", ["[1]", "[1, 2]", "[i, j]", "[::2]", "[x]", "[]", "[1:2:3]", "[h/2:]", "[None:2]"])
def test_what_is_no_slice(text):
    assert SLICED.match(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [(".max(1)", ("max", "axis", 1)), (".sum((0, 2))", ("sum", "axis", 2)), (".mean(-1, keepdims=True)", ("mean", "axis kept", 1)),
     (".softmax(-1)", ("softmax", "axis", 1)), (".min( 0 )", ("min", "axis", 1))],
)  # fmt: skip
def test_a_method_along_axes(text, found):
    _, named = read_method_along(METHOD_ALONG.match(text))
    assert (named.func, named.settings[0].func, len(named.settings[0].args)) == found


@pytest.mark.parametrize("text", ["softmax(x)[2]", "sum(X, axis=0)[0]", "(x + y)[2]", "X[:, 0][1]", "2*sum(X, axis=0)[1]/4"])
def test_an_entry_of_what_has_no_name_is_refused(text):
    with pytest.raises(ExpressionError, match="an entry of what has no name"):
        parse(text, functions=LAYER_FUNCTIONS, known=("x", "y", "X"))


def test_a_bracket_is_no_slice_where_there_are_no_arrays():
    assert parse("x[-1]*y") == parse("x*(-1)*y")
    assert parse("x[-1]*y", functions=LAYER_FUNCTIONS) != parse("x*(-1)*y", functions=LAYER_FUNCTIONS)
