"""Expressions of a program as formulas of the product's own operations."""

import pytest
from small_programs import read_last

from tutor.errors import ProgramError

READ = {  # what is returned: the formula
    "x @ y": "matmul(x, y)", "x * 2 - 1": "x*2 - 1", "-x ** 2 / 3": "(-x^2)/3", "x.T @ x": "matmul(transpose(x), x)",
    "x[:, 0]": "drop_row(part_row(x, 0, 1))", "x[-1]": "drop_column(part(x, 1, 1))", "x.shape[1] * x": "3*x", "len(x) * x": "2*x",
    "(x > 0) * x": "hadamard(if_positive(x, 1, 0), x)", "x if x.ndim == 2 else 0": None, "math.pi * x": "pi*x", "x / 2 ** 3": "x/8",
    "sum([x, x * 2])": "x + x*2", "[x * k for k in range(1, 4) if k != 2][1]": "x*3", "(lambda z: z * z)(x)": "hadamard(x, x)",
    "x[::2] * 2": "part(x, 0, 1)*2", "(y := x * 2) + y": "y2 + y2", "{k: x * k for k in (1, 2)}[2]": "x*2",
    "x * np.e": "x*exp(1)", "x * (1 // 2 + 7 % 4)": "x*3", "max(2, 3) * x": "3*x",
}  # fmt: skip


def test_expressions_are_read_as_formulas():
    found = {}
    for text in READ:
        try:
            found[text] = read_last(text, arguments="x, y" if "y" in text else "x", x=(2, 3), y=(3,))
        except ProgramError:
            found[text] = None  # x itself is returned, and computes nothing
    assert found == READ


@pytest.mark.parametrize(("text", "told"), [
    ("x + z", "nothing defines z"), ("x % 2", "the sign % is not read"), ("x / 0 // 0", "//|division"), ("x == x", "two numbers are equal"),
    ("x[0, 0, 0]", "3 places"), ("x @ x", "shapes do not fit"), ("'a' * x", "a text stands"), ("x[::0]", "a slice with a step"),
])  # fmt: skip
def test_what_is_not_read_is_refused_at_its_place(text, told):
    with pytest.raises(ProgramError, match=told) as caught:
        read_last(text, arguments="x", x=(2, 3))
    assert caught.value.where.startswith("f.py:4:")
    assert "^" in caught.value.spot
