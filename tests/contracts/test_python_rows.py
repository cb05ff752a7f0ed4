"""What the libraries have as a line: every row says where its operands go, every helper is Python."""

import ast

from tutor.contracts.python_formula import _SPECIAL
from tutor.contracts.python_rows import FUNCTION_ROWS, LIBRARIES, ROWS, SPREAD
from tutor.rules.operations import LAYERS, SUMS


def test_rows_and_helpers_are_python():
    for text in (*ROWS.values(), *FUNCTION_ROWS.values(), *SPREAD.values()):
        assert "{0}" in text
        assert ast.parse(text.replace("{0}", "A").replace("{1}", "B"))
    for library in LIBRARIES.values():
        assert all(ast.parse(helper).body[0].name == name for name, helper in library.helpers.items())


def test_every_operation_along_an_axis_is_a_line():
    along = [name for name in LAYERS if name.partition("_")[0] in ("keep", "drop", "part", "pad", "concat", "stretch", "largest")]
    assert len(along) > 30
    assert [name for name in along if not {name} & {*ROWS, *SPREAD, *_SPECIAL}] == []
    assert {name for names in SUMS.values() for name in names} <= {*ROWS}
