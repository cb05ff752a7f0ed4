"""No kind of statement or expression is refused without a word on what to write instead."""

import ast

import pytest
from source_trees import TREES

from tutor.code.work_expressions import _READ
from tutor.code.work_statements import _RUN
from tutor.errors import ProgramError
from tutor.program.expression_reader import _READERS
from tutor.program.read_program import read_program
from tutor.program.statement_reader import _STATEMENTS
from tutor.program.unread_kinds import INSTEAD, UNREAD
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


def list_refusals():
    """The first words of each refusal of the reader of programs that says nothing of what to write instead where it stands."""
    for name, tree in TREES.items():
        for call in ast.walk(tree) if name.startswith("program/") else ():
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "refuse" and len(call.args) == 2 and not call.keywords:
                told = call.args[1]
                if isinstance(told, ast.Call) and not isinstance(call.args[0], ast.Call) and isinstance(told.args[0], ast.Constant):
                    yield told.args[0].value


def test_each_refusal_says_what_to_write_instead():
    said = [*list_refusals()]
    assert len(said) > 40
    assert sorted({*said} - {*INSTEAD}) == []


UNREAD_FORMULAS = ("np.median(x)", "x[x > 0]", "x << 2", "x & 3", "{x, x}", "x.foo", "x * 1j", "~x", "np.sum(x, axis=7)", "x * 'a'",
                   "foo(x)", "(yield x)", "np.fft.fft(x)", "x[np.argsort(x)]")  # fmt: skip
PLACES = {
    "loop": "def f(x):\n    h = 0\n    for t in range(2):\n        y = {}\n        h = h + np.sum(y)\n    return h\n",
    "comprehension": "def f(x):\n    y = [{} for t in range(2)]\n    return np.sum(y[0])\n",
    "helper": "def outer(x):\n    def inner(x):\n        return {}\n    return inner(x)\ndef f(x):\n    return np.sum(outer(x))\n",
    "lambda": "def f(x):\n    g = lambda x: {}\n    return np.sum(g(x))\n",
    "class": "class f:\n    def other(self):\n        return 1\n    def forward(self, x):\n        y = {}\n        return np.sum(y)\n",
}


def find_caret(error):
    """The text over the caret, and the line and the column that are told."""
    code, caret = error.spot.split("\n")
    _, line, column = error.where.rsplit(":", 2)
    return code[len(caret) - 1 :], int(line), int(column)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("formula", UNREAD_FORMULAS)
def test_what_is_not_read_is_told_where_it_stands(place, formula):
    text = "import numpy as np\n" + PLACES[place].format(formula)
    with pytest.raises(ProgramError) as caught:
        read_program(text, "f.py", "f", {"x": ("N", "D")})
    row = next(number for number, line in enumerate(text.split("\n"), 1) if formula in line)
    shown, line, column = find_caret(caught.value)
    at = text.split("\n")[row - 1].index(formula)
    assert (line, at < column <= at + len(formula), caught.value.hint != "") == (row, True, True)
    assert text.split("\n")[row - 1][column - 1 :].startswith(shown)
    assert shown


def test_a_judged_program_tells_the_place_too():
    loop = "    for i in range(2):\n        dout = dout + 0 * np.median(dout)\n"
    text = "import numpy as np\n" + START + loop + "    return dout * w, dout * x\n"
    page = check_code(text, "net.py")
    (found,) = page.verdicts
    assert (found.verdict, found.place.where, found.place.spot.split("\n")[1].index("^")) == ("undecided", "net.py:7:27", 30)
    assert "dout + 0 * np.median(dout)\n                      ^\n" in page.to("markdown")
    assert "give what it computes as an argument" in page.to("markdown")


@pytest.mark.parametrize("line", ["raise ValueError", "y = np.array(f'{x}')"])
def test_what_stops_is_not_called_right(line):
    (found,) = check_code("import numpy as np\n" + START + f"    {line}\n    return dout * w, dout * x\n").verdicts
    assert found.verdict == ("undecided" if line.startswith("raise") else "right")
