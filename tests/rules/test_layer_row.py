"""One row of the table of operations: what it is written in."""

import pytest

from tutor.errors import TutorError
from tutor.rules.layer_row import INDEX, Layer


def test_a_row_checks_itself():
    with pytest.raises(TutorError, match=r"rules\.layers, row twice.*\n.*one letter for each size"):
        Layer("twice", ("x: n",), ("n",), (), "2*at(x, i)", ("2*G",))
    with pytest.raises(TutorError, match="do not match"):
        Layer("twice", ("x: n",), ("n",), ("i",), "2*at(x, i)", ("2*G", "G"))


def test_the_operands_are_read():
    assert Layer("twice", ("x: n", "K: o c"), ("n",), INDEX[1], "at(x, i)").operands == (("x", ("n",)), ("K", ("o", "c")))
    assert [len(letters) for letters in INDEX] == [0, 1, 2, 3, 4, 5]
