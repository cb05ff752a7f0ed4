"""Otter's table of scores."""

from marks_made import ANNA, FAILED, rows, written


def test_otter():
    assert rows(written("otter", ANNA, FAILED).text)[1:] == [
        ["points-per-question", "2", "1", "1", "4", "", ""],
        ["anna.json", "2", "0.3333", "0.3333", "2.6666", "0.6666", "Completed"],
        ["zoe.txt", "", "", "", "", "", "Failed: the file has a NUL byte"],
    ]
