"""What the libraries have as a line: every row says where its operands go, every helper is Python."""

import ast

from tutor.contracts.python_rows import FUNCTION_ROWS, LIBRARIES, ROWS, SPREAD


def test_rows_and_helpers_are_python():
    for text in (*ROWS.values(), *FUNCTION_ROWS.values(), *SPREAD.values()):
        assert "{0}" in text
        assert ast.parse(text.replace("{0}", "A").replace("{1}", "B"))
    for library in LIBRARIES.values():
        assert all(ast.parse(helper).body[0].name == name for name, helper in library.helpers.items())
