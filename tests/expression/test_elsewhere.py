"""What is said about functions that are not known: by formula, or a name that is a slip away and nothing that misleads."""

import pytest

from tutor.errors import ExpressionError
from tutor.expression.elsewhere import ARRAYS, CALLED_LAYERS, ELSEWHERE, WITHOUT, function_hint
from tutor.expression.parse import parse
from tutor.graph.layered import LAYER_FUNCTIONS
from tutor.rules.composite_layers import COMPOSITES
from tutor.rules.functions import FUNCTIONS, function
from tutor.rules.operations import SAID, WRITABLE


@pytest.mark.parametrize(("typed", "meant"), [
    ("sigmod", "sigmoid"), ("sgimoid", "sigmoid"), ("sofmax", "softmax"), ("rleu", "relu"), ("sqr", "sqrt"), ("softpluss", "softplus"),
])  # fmt: skip
def test_a_slip_is_recognised(typed, meant):
    assert function_hint(typed, FUNCTIONS) == f"did you mean {meant}?"


@pytest.mark.parametrize("typed", ["hardswish", "celu", "log1p", "digamma", "foo", "Q", "conv", "argmax", "log2", "reciprocal"])
def test_nothing_misleading_is_proposed(typed):
    assert "did you mean" not in function_hint(typed, FUNCTIONS)
    if typed not in FUNCTIONS:
        with pytest.raises(ExpressionError) as caught:
            function(typed, 1)
        assert "did you mean" not in caught.value.hint


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_formula_that_is_shown_can_be_read(name):
    parse(ELSEWHERE[name], functions=LAYER_FUNCTIONS)
    assert name not in WITHOUT


def test_functions_of_arrays_are_known_as_such_where_there_are_none():
    own = {name for name in WRITABLE if SAID.get(name, name) == name}  # the others are made of what is typed
    assert own - set(FUNCTIONS) == ARRAYS
    assert {name.lower() for name in COMPOSITES} == CALLED_LAYERS
    assert all("[shapes]" in function_hint(name, FUNCTIONS) for name in (*ARRAYS, *COMPOSITES))
    assert not any("[shapes]" in function_hint(name, LAYER_FUNCTIONS) for name in ARRAYS)
