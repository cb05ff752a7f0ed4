"""Answers to questions about arrays of three and four axes: every way to write one, in every file, and what is said of a wrong one."""

import json
from fractions import Fraction

import pytest

from tutor.answer.files.submissions import read_submissions
from tutor.answer.handed_in import Submission
from tutor.autograde import as_text, check_answer
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker, nest_texts

THREE = """
title = "three"
steps = ["Z = A @ B", "L = sum(Z^2)/2"]
parameters = ["A", "B"]
[shapes]
A = [2, 1, 2]
B = [2, 2, 3]
[values]
A = [[[1, 2]], [[3, -1]]]
B = [[[1, 0, 1], [2, 1, 0]], [[0, 1, 0], [1, 1, 2]]]
[[question]]
ask = "Z"
[[question]]
ask = "dL/dB"
marks = 12
"""
FOUR = """
title = "four"
steps = ["L = sum(X^2)/2"]
parameters = ["X"]
[shapes]
X = [1, 2, 2, 2]
[values]
X = [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]
[[question]]
ask = "dL/dX"
"""
GRADIENT = [[[5, 2, 1], [10, 4, 2]], [[-3, 6, -6], [1, -2, 2]]]  # by hand: A^T Z, with Z = [[[5, 2, 1]], [[-1, 2, -2]]]
NESTED = json.dumps(GRADIENT)
WAYS = [
    NESTED, NESTED.replace(" ", ""), f"dL/dB = {NESTED}", f"np.array({NESTED})", f"torch.tensor({NESTED}, dtype=torch.float64)",
    NESTED.replace("-", "−"), NESTED.replace("[", "(").replace("]", ")"), NESTED.replace("[", "{").replace("]", "}"),
    "[[5 2 1; 10 4 2], [-3 6 -6; 1 -2 2]]", "[[5, 2, 1; 10, 4, 2], [-3, 6, -6; 1, -2, 2]]",
    "[[5, 2, 1], [10, 4, 2]]\n[[-3, 6, -6], [1, -2, 2]]", "[[5, 2, 1], [10, 4, 2]]; [[-3, 6, -6], [1, -2, 2]]",
    "[[[5, 2, 1],\n  [10, 4, 2]],\n [[-3, 6, -6],\n  [1, -2, 2]]]", "[[[ 5  2  1]\n  [10  4  2]]\n\n [[-3  6 -6]\n  [ 1 -2  2]]]",
    "⎡  5  2  1 ⎤  ⎡ −3   6  −6 ⎤\n⎣ 10  4  2 ⎦  ⎣  1  −2   2 ⎦", "= ⎡ 5 2 1 ⎤\n  ⎣ 10 4 2 ⎦\n  ⎡ −3 6 −6 ⎤\n  ⎣ 1 −2 2 ⎦",
    "\\left[\\begin{bmatrix} 5 & 2 & 1 \\\\ 10 & 4 & 2 \\end{bmatrix},\\; "
    "\\begin{bmatrix} -3 & 6 & -6 \\\\ 1 & -2 & 2 \\end{bmatrix}\\right]",
    "\\begin{pmatrix} 5 & 2 & 1 \\\\ 10 & 4 & 2 \\end{pmatrix}, \\begin{pmatrix} -3 & 6 & -6 \\\\ 1 & -2 & 2 \\end{pmatrix}",
    "[5, 2, 1, 10, 4, 2, -3, 6, -6, 1, -2, 2]", '[[["5", "2", "1"], ["10", "4", "2"]], [["-3", "6", "-6"], ["1", "-2", "2"]]]',
    "[[[5, 1+1, 1], [10, 4, 2.0]], [[-3, 6, -6], [1, -4/2, 2]]]",
]  # fmt: skip
WRONG = [  # answer, verdict, what is said, share of the marks
    ("[[[5, 2, 1], [10, 4, 2]], [[-3, 6, 8], [1, -2, 2]]]", "wrong", "the first is entry (2,1,3)", Fraction(11, 12)),
    ("[[[5, 2, 1], [10, 4, 2]], [[-3, 6, -6], [1, -2, x]]]", "unreadable", "no quantity x", None),
    ("[[[5, 2, 1], [10, 4, 2]]]", "wrong", "6 entries where 12 are asked", 0),
    ("[[[5, 10], [2, 4], [1, 2]], [[-3, 1], [6, -2], [-6, 2]]]", "misconception", "rows and columns are exchanged", None),
    ("[[[5, 2], [1, 10], [4, 2]], [[-3, 6], [-6, 1], [-2, 2]]]", "wrong", "an array of shape 2×3×2 where 2×2×3 is asked", 0),
    ("[[5, 2, 1], [10, 4, 2], [-3, 6, -6], [1, -2, 2]]", "wrong", "an array of shape 4×1×3 where 2×2×3 is asked", 0),
    ("[[[5, 2, 1], [10, 4, 2]], [[-3, 6, -6], [1, -2, 2]]", "unreadable", "never closed", 0),
    ("[[[5, 2, 1], [10, 4, 2]], [[-3, 6, -6]]]", "wrong", "9 entries where 12 are asked", 0),
    ("7", "wrong", "1 entry where 12 are asked", 0),
    ("", "blank", "", 0),
]  # fmt: skip


@pytest.fixture(scope="module")
def three():
    return Marker(from_text(THREE, "three"))


def marked(marker, **answers):
    return {answer.question: answer for answer in marker.mark(Submission("s", answers)).answers}


@pytest.mark.parametrize("text", WAYS)
def test_every_way_to_write_an_array_is_read(three, text):
    answer = marked(three, **{"dL/dB": text})["dL/dB"]
    assert (answer.verdict, answer.marks, answer.message) == ("correct", 12, "")


@pytest.mark.parametrize(("text", "verdict", "said", "share"), WRONG)
def test_what_is_said_of_a_wrong_one(three, text, verdict, said, share):
    answer = marked(three, **{"dL/dB": text})["dL/dB"]
    assert answer.verdict == verdict
    assert said in answer.message
    assert share is None or answer.marks == 12 * share


def test_what_follows_from_a_wrong_entry_follows(three):
    found = marked(three, Z="[[[5, 2, 1.3]], [[-1, 2, -2]]]", **{"dL/dB": "[[[5, 2, 1.3], [10, 4, 2.6]], [[-3, 6, -6], [1, -2, 2]]]"})
    assert (found["Z"].verdict, found["dL/dB"].verdict) == ("wrong", "follow-through")
    assert found["Z"].message == "1 of 6 entries is not right, the first is entry (1,1,3)"


def test_a_slip_is_named_with_its_entry(three):
    answer = marked(three, **{"dL/dB": "[[[5, 2, 1], [10, 4, 2]], [[-3, 6, -6], [1, 2, 2]]]"})["dL/dB"]
    assert "entry (2,2,2)" in answer.message


def test_it_is_shown_as_it_is_answered(three):
    shown = three.solution("dL/dB")[1]
    assert shown == NESTED
    assert marked(three, **{"dL/dB": shown})["dL/dB"].verdict == "correct"
    assert marked(three, **{"dL/dB": NESTED})["dL/dB"].read == "[[5, 2, 1; 10, 4, 2], [-3, 6, -6; 1, -2, 2]]"


@pytest.mark.parametrize("text", [
    "[[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]", "[[[1 2; 3 4], [5 6; 7 8]]]", "⎡ 1 2 ⎤ ⎡ 5 6 ⎤\n⎣ 3 4 ⎦ ⎣ 7 8 ⎦", "[1, 2, 3, 4, 5, 6, 7, 8]",
])  # fmt: skip
def test_four_axes(text):
    marker = Marker(from_text(FOUR, "four"))
    assert marked(marker, **{"dL/dX": text})["dL/dX"].verdict == "correct"
    wrong = text.replace("8", "9")
    assert "entry (1,2,2,2)" in marked(marker, **{"dL/dX": wrong})["dL/dX"].message


FILES = {
    "a.json": json.dumps({"dL/dB": GRADIENT}), "b.toml": f'"dL/dB" = {NESTED}\n', "c.toml": f'"dL/dB" = "{NESTED}"\n',
    "d.csv": f'student,question,answer\nd,dL/dB,"{NESTED}"\n', "e.txt": f"dL/dB: {NESTED}\n", "f.md": f"# Answers\n\ndL/dB: {NESTED}\n",
    "g.txt": "dL/dB:\n[[[5, 2, 1],\n  [10, 4, 2]],\n [[-3, 6, -6],\n  [1, -2, 2]]]\n",
    "h.json": json.dumps({"dL/dB": [[[str(x) for x in row] for row in part] for part in GRADIENT]}),
    "i.ipynb": json.dumps({"cells": [{"cell_type": "markdown", "metadata": {}, "source": [f"dL/dB: {NESTED}"]}], "metadata": {},
                           "nbformat": 4, "nbformat_minor": 5}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_read(three, name):
    (found,) = read_submissions(name, FILES[name].encode(), ["Z", "dL/dB"]).submissions
    answer = {each.question: each for each in three.mark(found).answers}["dL/dB"]
    assert (answer.verdict, answer.marks) == ("correct", 12), answer.message


def test_six_axes_are_no_answer():
    (found,) = read_submissions("a.json", b'{"dL/dB": [[[[[[1]]]]]]}', ["dL/dB"]).submissions
    assert "list of rows" in str(found)


def test_notebooks_hand_arrays_in():
    assert as_text(GRADIENT) == NESTED
    assert check_answer(from_text(THREE, "three"), "dL/dB", GRADIENT).correct
    assert not check_answer(from_text(THREE, "three"), "dL/dB", [[[0] * 3] * 2] * 2).correct


def test_nested_text():
    assert nest_texts(list("abcdefgh"), (2, 1, 4)) == "[[[a, b, c, d]], [[e, f, g, h]]]"
