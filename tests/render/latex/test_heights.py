"""What is kept together on a page: ends of lists, short lists."""

import pytest

from tutor.render.latex.heights import ENDS, TOGETHER, join_rows, measure_row

ROW = r"w_{1} &= 0.5"
FRACTION = r"\frac{\partial L}{\partial w} &= 0.5"
MATRIX = r"W &= \begin{bmatrix}" + r" \\ ".join(["1 & 2"] * 12) + r"\end{bmatrix}"


def parts(text: str) -> list[str]:
    """The pieces of a display between which a page may end."""
    return text.split(" \\\\\n")


@pytest.mark.parametrize("rows", [[ROW] * 3, [ROW] * 14, [FRACTION] * 7])
def test_a_short_list_is_not_parted(rows):
    assert sum(map(measure_row, rows)) <= TOGETHER
    assert len(parts(join_rows([[row] for row in rows]))) == 1


@pytest.mark.parametrize("rows", [[ROW] * 30, [FRACTION] * 16, [ROW] * 10 + [FRACTION] * 8, [MATRIX] * 3])
def test_no_few_lines_are_torn_off_a_long_one(rows):
    pieces = parts(join_rows([[row] for row in rows]))
    assert len(pieces) > 1
    for end in (pieces[0], pieces[-1]):
        assert sum(map(measure_row, end.split(" \\\\*\n"))) >= ENDS


def test_rows_of_one_equation_stay_together_unless_they_are_very_many():
    assert len(parts(join_rows([[ROW] * 4] * 10))) <= 10
    assert len(parts(join_rows([[ROW] * 40]))) == 40


def test_a_matrix_is_as_high_as_its_rows():
    assert measure_row(MATRIX) > 12 > measure_row(FRACTION) > measure_row(ROW)
