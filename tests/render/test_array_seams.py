"""Where an operation that is too wide may be broken, with the sign that stands there."""

import pytest

from tutor.expression.nodes import Call, Name
from tutor.notation.profile import Notation
from tutor.render.array_seams import seams
from tutor.render.maths import LATEX, Writer


@pytest.mark.parametrize(
    ("func", "names", "sign"),
    [("matmul", "W x", "\\,"), ("matmul", "weight x", "\\cdot "), ("outer", "d out", "\\cdot "), ("hadamard", "dout x", " \\odot ")],
)
def test_a_product_is_broken_before_its_second_factor_with_the_sign_that_stands_there(func, names, sign):
    writer = Writer(LATEX, Notation())
    call = Call(func, tuple(map(Name, names.split())))
    found = seams(writer, call)
    assert [part[0] for part in found.parts] == ["", sign]
    assert "".join(before + writer.show(part) for before, part, _ in found.parts) == writer.show(call)
