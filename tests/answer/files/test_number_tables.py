"""CSV of arrays: a number a line, a row a line, a matrix a file."""

import pytest

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.number_tables import read_number_table

TABLES = [  # the text, and the arrays in it
    ("name,i,j,value\nW,1,1,1\nW,1,2,2\nW,2,1,3\nW,2,2,4\n", {"W": [[1, 2], [3, 4]]}),  # no place is 0: counted from 1
    ("name,value\nloss,0.5\nb,2\n", {"loss": 0.5, "b": 2}),
    ("W1,1,2\nW1,3,4\nb1,5\n", {"W1": [[1, 2], [3, 4]], "b1": [5]}),
    ("1 2\n3 4\n", {"dW1": [[1, 2], [3, 4]]}),
    ("# by a C program\n1\t2\t3\n", {"dW1": [1, 2, 3]}),
    ("0,5;1,25\n-2;3e-1\n", {"dW1": [[0.5, 1.25], [-2, 0.3]]}),
]


@pytest.mark.parametrize(("text", "arrays"), TABLES)
def test_each_form_is_read(text, arrays):
    found = read_number_table(text, "dW1")
    assert {array.name: array.values.tolist() for array in found.arrays} == arrays
    assert found.unused == ()


def test_what_is_broken_is_said_with_its_line_or_its_array():
    found = read_number_table("name,row,value\nb,0,1\nb,one,2\n", "g")
    assert [(one.place, one.text) for one in found.unused] == [("line 3", "b,one,2")]
    assert [one.place for one in read_number_table("W,1,2\nW,3\nb,1\n", "g").unused] == ["W"]
    with pytest.raises(FileProblem, match="different lengths"):
        read_number_table("1,2\n3\n", "g")
