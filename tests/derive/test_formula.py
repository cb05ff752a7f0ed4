"""Functions of the tables in SymPy: opaque, with the derivative of their row, at any depth."""

import pytest
import sympy

from tutor.derive.formula import call_opaque

W, X = sympy.symbols("w x", real=True)


@pytest.mark.parametrize("func", ["sigmoid", "tanh", "relu", "softplus"])
def test_the_chain_rule_names_the_rows_derivative(func):
    """d f(wx)/dw = f′(wx)·x, with f′ a function of its own that no exponential is in."""
    inner = call_opaque(func, [W * X])
    slope = call_opaque(f"{func}'", [W * X])
    assert sympy.diff(inner, W) == slope * X
    assert slope.func.row == (func, 1)
    assert not inner.has(sympy.exp)


def test_each_argument_has_a_derivative_of_its_own():
    call = call_opaque("squared_error", [W, X])
    rows = [sympy.diff(call, name).func.row for name in (W, X)]
    assert rows == [("squared_error", 1), ("squared_error", 2)]
    assert sympy.diff(call_opaque("squared_error", [W, W]), W).is_Add  # both ways


def test_one_function_is_one_class():
    assert call_opaque("sigmoid", [X]) == call_opaque("sigmoid", [X])
    assert call_opaque("sigmoid", [X]) != call_opaque("tanh", [X])
