"""Vectors, matrices and columns, in every way in which they are written."""

import pytest
from readings import LETTERS

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.array_answers import MAX_CELLS, read_entries
from tutor.expression.plain import write_plain

SQUARE = [["1", "2"], ["3", "4"]]
READ_AS = [
    ("[1, 2]", [["1", "2"]]),
    ("(1, 2)", [["1", "2"]]),
    ("1; 2", [["1"], ["2"]]),
    ("1\n2", [["1"], ["2"]]),
    ("[1, 2]^T", [["1"], ["2"]]),
    ("[[1, 2], [3, 4]]", SQUARE),
    ("[[1, 3], [2, 4]]ᵀ", SQUARE),
    ("[1 2; 3 4]", SQUARE),
    ("[[1; 2]; [3; 4]]", SQUARE),
    ("[[1; 2], [3; 4]]", SQUARE),
    ("1 2\n3 4", SQUARE),
    ("| 1 | 2 |\n| 3 | 4 |", SQUARE),
    ("np.array([[1, 2], [3, 4]])", SQUARE),
    ("tensor([[1, 2], [3, 4]], dtype=float)", SQUARE),
    (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", SQUARE),
    (r"\begin{pmatrix} 1 & 2 \\[3pt] 3 & 4 \end{pmatrix}", SQUARE),
    (r"\begin{bmatrix} 1 & 3 \\ 2 & 4 \end{bmatrix}^\top", SQUARE),
    ("[w*x, 1/2]", [["w*x", "1/2"]]),
    ("[max(x, y), -1]", [["max(x, y)", "-1"]]),
]


@pytest.mark.parametrize(("text", "rows"), READ_AS, ids=[row[0] for row in READ_AS])
def test_rows_and_entries(text, rows):
    assert [[write_plain(entry) for entry in row] for row in read_entries(text, LETTERS)] == rows


def test_an_entry_that_cannot_be_read_has_its_reason_in_its_place():
    ((good, bad),) = read_entries("[1, x!]", LETTERS)
    assert write_plain(good) == "1"
    assert isinstance(bad, AnswerError)
    assert "!" in bad.what


REFUSED = [
    ("", "empty answer"),
    ("[1, 2", "never closed"),
    ("[" + "1," * MAX_CELLS + "1]", "more than 1,000 entries"),
    ("[" + "?," * 40 + "1]", "entries cannot be read"),
    ("[[1, 2], [3]]^T", "rows of different lengths"),
    ("see photo", ""),
]


@pytest.mark.parametrize(("text", "what"), REFUSED, ids=[row[0][:20] for row in REFUSED])
def test_what_cannot_be_taken_apart_is_refused(text, what):
    with pytest.raises(AnswerError) as caught:
        read_entries(text, LETTERS)
    assert what in caught.value.what
