r"""Right answers in columns: short equations, each behind its number, as many in a line of the page as fit.

A line is a paragraph, so that a page may end between two of them; an equation that is too long for a column has the line for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tutor.explain.document import Equation
from tutor.render.latex.heights import part_fractions
from tutor.render.latex.rows import LatexRow, set_rows
from tutor.render.latex.sentences import Phrases
from tutor.render.latex.widths import measure
from tutor.render.maths import Writer

MOST_COLUMNS = 3
FEWEST = 4
"""So many short answers are worth a second column."""
_GAP, _NUMBER = 1.0, 0.9
"""Between two columns, and between a number and its equation, in em."""


class _Answer(NamedTuple):
    """One answer: its number, its one row."""

    number: str
    number_width: float
    row: LatexRow

    @property
    def left_width(self) -> float:
        return measure(self.row.left)


def set_answer_columns(equations: Sequence[Equation], writer: Writer, phrases: Phrases, line: float) -> str:
    """The equations in columns on a line of ``line`` em, below one another where few are short; empty where one takes several rows."""
    answers: list[_Answer] = []
    for equation in equations:
        rows = set_rows(writer, equation, line - 6.0, measure(writer.show(equation.left)), {})
        if len(rows) != 1 or rows[0].alone:
            return ""
        answers.append(_Answer(phrases.latex(equation.why), phrases.width(equation.why), rows[0]))
    number = max((one.number_width for one in answers), default=0.0) + _NUMBER
    short = _choose_short(answers, number, (line - _GAP) / 2)
    fitting = [columns for columns in range(2, MOST_COLUMNS + 1)
               if len(_choose_short(short, number, (line - _GAP * (columns - 1)) / columns)) == len(short)]  # fmt: skip
    enough = len(short) >= FEWEST and 2 * len(short) > len(answers) and not any("\\begin" in one.row.body for one in answers)
    return _set_lines(answers, short, fitting[-1], number, line) if enough else _set_lines(answers, answers, 1, number, line)


def _choose_short(answers: Sequence[_Answer], number: float, width: float) -> list[_Answer]:
    """The answers that fit into columns of that width, with their relation signs below one another."""
    short = [one for one in answers if number + one.left_width + one.row.width <= width]
    left = max((one.left_width for one in short), default=0.0)
    return [one for one in short if number + left + one.row.width <= width]


def _set_lines(answers: Sequence[_Answer], short: Sequence[_Answer], columns: int, number: float, line: float) -> str:
    lines: list[list[_Answer]] = [[]]
    for one in answers:
        if one not in short:
            lines += [[one], []]
            continue
        if len(lines[-1]) == columns:
            lines.append([])
        lines[-1].append(one)
    width = (line - _GAP * (columns - 1)) / columns
    lefts = [max((cells[place].left_width for cells in lines if len(cells) > place and cells[0] in short), default=0.0)
             for place in range(columns)]  # fmt: skip

    def write(one: _Answer, left: float) -> str:
        name = f"\\makebox[{max(left, one.left_width):.2f}em][r]{{$\\displaystyle {one.row.left}$}}"
        return f"\\makebox[{number:.2f}em][l]{{\\small {one.number}}}{name}$\\displaystyle {{}}{one.row.body}$"

    def write_cell(place: int, one: _Answer) -> str:
        shown = write(one, lefts[place])
        return f"\\makebox[{width:.2f}em][l]{{{shown}}}" if one in short else shown

    between = f"\\hspace{{{_GAP:.2f}em}}"
    body = "\\par\n".join(f"\\noindent {between.join(map(write_cell, range(columns), cells))}" for cells in lines if cells)
    return f"{{\\parskip=3pt\\lineskiplimit=3pt\\lineskip=3pt\\relax\n{part_fractions(body)}\\par}}\\smallskip"
