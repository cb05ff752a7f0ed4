"""No kind of statement or expression is refused without a word on what to write instead."""

import ast

import pytest

from tutor.code.work_expressions import _READ
from tutor.code.work_statements import _RUN
from tutor.program.expression_reader import _READERS
from tutor.program.statement_reader import _STATEMENTS
from tutor.program.unread_kinds import UNREAD
from tutor.results.code_check import check_code

START = "def f_forward(x, w):\n    return x * w, (x, w)\ndef f_backward(dout, cache):\n    x, w = cache\n"
INNER = {ast.FormattedValue}  # of a text alone


def list_kinds(base):
    return {kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, base) and kind is not base
            and not issubclass(kind, ast.Constant) and kind.__module__ in ("ast", "_ast") and kind.__name__ in vars(ast)}  # fmt: skip


@pytest.mark.parametrize(("base", "read"), [(ast.stmt, _STATEMENTS), (ast.stmt, _RUN), (ast.expr, _READERS), (ast.expr, _READ)])
def test_each_kind_is_read_or_told_what_to_write_instead(base, read):
    assert {kind.__name__ for kind in list_kinds(base) - {*read} - {*UNREAD} - INNER} == set()


@pytest.mark.parametrize("lines", [
    ("match 1:", "    case 1:", "        dout = dout * 2"),
    ("try:", "    dout = dout * 2", "except* E:", "    pass"),
    ("async def g(a):", "    return a", "dout = g(dout)"),
    ("dout = (w := dout * 2) + w",),
    ("a = (w := w * 2)",),
    ("for a in {b for b in (1, 2)}:", "    dout = dout * a"),
])  # fmt: skip
def test_what_is_not_read_is_not_passed_over(lines):
    text = START + "".join(f"    {line}\n" for line in lines) + "    return dout * w, dout * x\n"
    (found,) = check_code(text).verdicts
    assert (found.verdict, "is not read: " in found.why) == ("undecided", True)
