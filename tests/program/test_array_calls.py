"""Functions that give several arrays, or whose shape the program tells."""

import pytest
from small_programs import TORCH, read_last

from tutor.errors import ProgramError
from tutor.program.array_calls import ARRAY_CALLS

READ = {
    "np.split(x, 2, axis=1)[1]": "part_row(x, 2, 2)", "np.split(x, [1, 3], axis=1)[1]": "part_row(x, 1, 2)", "np.prod(x.shape) * x": "8*x",
    "np.tile(x, (2, 1))": "concat(x, x)", "np.pad(x, ((0, 0), (1, 0)))[:, 1] * 2": "drop_row(part_row(x, 0, 1))*2",
    "np.broadcast_to(x[:, :1], (2, 3))": "stretch_row(part_row(x, 0, 1), 3)", "np.cumsum(x, axis=0)[1]": None,
    "np.full_like(x, 2) * x": "2*x",
    "np.pad(x, ((0,), (1,)))[0] * x.sum()": "concat(concat(fill(0, 1), drop_column(part(x, 0, 1))), fill(0, 1))*sum(x)",
}  # fmt: skip
PYTORCH = {
    "x.split(3, dim=1)[1]": "part_row(x, 3, 1)", "x.chunk(2, dim=-1)[0]": "part_row(x, 0, 2)",
    "x[:, :1].expand(-1, 3)": "stretch_row(part_row(x, 0, 1), 3)",
    "x.unbind(0)[1]": "drop_column(part(x, 1, 1))", "F.dropout(x, 0.5) * 2": "x*2", "x.view_as(x.T)": "unflatten(flatten(x), 4, 2)",
}  # fmt: skip


def test_parts_and_shapes_are_read():
    for imports, table in (("import numpy as np\n", READ), (TORCH, PYTORCH)):
        found = {text: read_last(text, imports, "x", x=(2, 4)) for text in table}
        assert {text: formula for text, formula in found.items() if table[text]} == {text: one for text, one in table.items() if one}


def test_what_is_not_known_is_told():
    assert all(parameters for parameters, _ in ARRAY_CALLS.values())
    for text, told in (("np.split(x, 3, axis=1)", "not 3 equal parts"), ("np.pad(x, x)", "how much is padded"),
                       ("np.pad(x, (1, 1, 1))", "how much is padded"),
                       ("np.split(x, 2, axis=7)", "no axis 7"), ("np.argmax(x, axis=1) * x", "places of the largest")):  # fmt: skip
        with pytest.raises(ProgramError, match=told):
            read_last(f"{text}" if "*" in text else f"{text}[0] * x", arguments="x", x=(2, 4))
