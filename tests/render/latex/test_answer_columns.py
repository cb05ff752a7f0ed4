"""Right answers in columns: as many beside one another as fit, a long one on a line of its own; nothing is wider than the line."""

import re

import pytest

from tutor.explain.document import Equation, Side
from tutor.expression.nodes import Call, Div, Mul, Name, Number, Partial
from tutor.notation.profile import Notation
from tutor.render.latex.answer_columns import set_answer_columns
from tutor.render.latex.sentences import Phrases
from tutor.render.maths import Printer

SHORT = [Equation(Name(f"w{place}"), (Side(Number("0.25")),), None, (f"1.{place}",)) for place in range(1, 6)]
CHAIN = Equation(Partial("L", "w5"), (Side(Mul(tuple(Partial(f"u{k}", f"u{k + 1}") for k in range(6)))),), None, ("1.9",))

MATRIX = Equation(Name("v"), (Side(Call("matrix", (Number("1"), Number("2"), Number("3")))),), None, ("1.8",))


@pytest.mark.parametrize(
    ("answers", "line", "columns"),
    [
        (SHORT, 40.0, [3, 2]),
        (SHORT, 20.0, [2, 2, 1]),
        (SHORT, 12.0, [1, 1, 1, 1, 1]),
        (SHORT[:3], 40.0, [1, 1, 1]),  # one below the other, with its number where that of others is
        ([*SHORT[:2], MATRIX], 40.0, [1, 1, 1]),
        ([*SHORT, CHAIN], 18.0, []),  # what takes several rows stands as equations do
        ([*SHORT[:2], CHAIN, *SHORT[2:]], 40.0, [2, 1, 3]),
    ],
)
def test_as_many_beside_one_another_as_fit(answers, line, columns) -> None:
    printer = Printer(Notation(slashed=True))
    text = set_answer_columns(answers, printer.latex_writer, Phrases(printer), line)
    lines = text.split("\\noindent ")[1:]
    assert [len(re.findall(r"\\small 1\.", line)) for line in lines] == columns
    assert re.findall(r"\\small (1\.\d)", text) == ([one.why[0] for one in answers] if columns else [])


def test_fractions_of_a_matrix_do_not_touch() -> None:
    third = Div(Number("1"), Number("3"))
    answer = Equation(Name("v"), (Side(Call("matrix", (Number("1"), third, third))),), None, ("1.1",))
    printer = Printer(Notation(slashed=True))
    assert "\\\\[3pt]" in set_answer_columns([answer], printer.latex_writer, Phrases(printer), 40.0)
