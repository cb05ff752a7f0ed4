"""Calls: arguments by their names, methods, Python's own functions; what a function does not have is refused."""

import pytest
from small_programs import TORCH, read_last

from tutor.errors import ProgramError
from tutor.program.call_reader import BUILT_IN
from tutor.program.expression_reader import KNOWN_WORDS


@pytest.mark.parametrize(("text", "told"), [
    ("np.sum(x, axes=1, where=x)", "sum with where= is not read"), ("np.fft(x)", "the function fft is not read"),
    ("np.exp()", "exp needs x"), ("np.exp(x, x)", "exp with 2 arguments"), ("np.random.choice(x)", "no function that is read"),
    ("np.einsum('ii', x)", "the letters of einsum"), ("x.foo()", "the function foo is not read"), ("np.sum(x, axis=5)", "has no axis 5"),
    ("np.var(x, axis=5, ddof=1)", "has no axis 5"), ("np.std(x, axis=np, ddof=1)", "numpy stands where"),
])  # fmt: skip
def test_calls_that_are_not_read_are_refused(text, told):
    with pytest.raises(ProgramError, match=told):
        read_last(text, arguments="x", x=(2, 3))


def test_behind_detach_stands_a_quantity_of_its_own():
    assert read_last("x * (2 * x).detach()", TORCH, "x", x=(2, 3)) == "hadamard(x, t_fixed)"


def test_the_functions_of_python_are_those_that_are_named():
    assert set(BUILT_IN) == KNOWN_WORDS
