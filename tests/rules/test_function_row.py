"""The noun of the table: what a row says of itself, and what it refuses (see also tests/marking/test_rows_take_part.py)."""

import pytest

from tutor.errors import TutorError
from tutor.rules.function_row import Function
from tutor.rules.functions import FUNCTIONS


def test_a_function_is_curved_where_its_slope_depends_on_what_it_is_of():
    some = ("exp", "sigmoid", "identity", "relu", "smooth_label", "heaviside", "softmax", "hinge")
    curved = {name for name in some if FUNCTIONS[name].curved}
    assert curved == {"exp", "sigmoid", "relu"}


def test_operands_come_before_settings():
    assert (FUNCTIONS["huber"].operands, FUNCTIONS["kl_gaussians"].operands, FUNCTIONS["smooth_label"].operands) == (2, 4, 1)


def test_a_fault_says_which_row_and_field():
    with pytest.raises(TutorError) as told:
        Function("f", ("x", "a"), ("1", "1"), "x", settings=(("x", "", ""),))
    assert "row f, field settings" in told.value.where
