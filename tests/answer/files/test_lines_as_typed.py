"""Equations on one line, remarks behind answers, numbers of questions, errors of units, lines of no quantity: what becomes of each."""

from functools import cache

import pytest

from tutor.answer.files.submissions import read_submissions
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker

RIGHT = [
    (r"\begin{align} L &= 0.298371 \end{align}", {"L"}), (r"$$\begin{aligned} L &= 0.298371 \end{aligned}$$", {"L"}),
    (r"\begin{align*} out_{h1} &= 0.593270 \\ L &= 0.298371 \end{align*}", {"L", "out_h1"}),
    ("dL/dw5: \\begin{aligned} dL/dw5 &= 0.082167 \\end{aligned}", {"dL/dw5"}),
    ("L = 0.298371 # total loss", {"L"}), ("L = 0.298371 // of both outputs", {"L"}), (r"L = \frac{0.298371}{1} % total loss", {"L"}),
    ("Q11: L = 0.298371\n12) out_h1 = 0.593270\nQuestion 5: in_h1 = 0.3775", {"L", "out_h1", "in_h1"}), ("11) L = 0.298371", {"L"}),
    ("δ_o1 = 0.138499", {"dL/din_o1"}), (r"\delta_{o1} = 0.138499", {"dL/din_o1"}), ("delta_h1 = 0.008771", {"dL/din_h1"}),
]  # fmt: skip
LEFT = [  # what is put on the list for a person
    ("out_h1 = 0.593270\nfoo = 0.3", "foo = 0.3"), ("out_h1 = 0.593270\nfoo = 0.3*2 = 0.6\nL = 0.298371", "foo = 0.3*2 = 0.6"),
    ("out_h1 = 0.593270\nz_h1 = 0.3775", "z_h1 = 0.3775"),
]  # fmt: skip
KEPT = ["out_h1 = 0.593270\nw1 = 0.15", "out_h1 = 1/(1+e^-0.3775)\n= 0.593270", "out_h1 = 0.593270\nso: fine"]
UNCLEAR = [
    ("L = 0.298371 # 0.3", ""), ("L = 0.298371 # or more", ""), ("L = 0.298371 % of it", ""), ("L = 1,234.5", "write 1234.5 where"),
    ("L = 1.234,5", "write 1234.5 where"), ("L = 1,234", "write 1.234 or 1234"),
]  # fmt: skip


@cache
def marker():
    return Marker(load("neuron/two-two-two"))


def handed_in(text):
    (submission,) = read_submissions("in/anna.txt", text.encode(), marker().names, own=True).submissions
    return submission


def verdicts(text):
    return {answer.question: answer for answer in marker().mark(handed_in(text)).answers if answer.text}


@pytest.mark.parametrize(("text", "answered"), RIGHT, ids=[row[0][:40] for row in RIGHT])
def test_what_is_typed_is_read(text, answered):
    found = verdicts(text)
    assert {question for question, answer in found.items() if answer.verdict == "correct"} == answered
    assert handed_in(text).unused == ()


@pytest.mark.parametrize(("text", "line"), LEFT, ids=[row[0] for row in LEFT])
def test_a_line_of_no_quantity_is_for_a_person(text, line):
    assert [unused.text for unused in handed_in(text).unused] == [line]
    assert verdicts(text)["out_h1"].verdict == "correct"


@pytest.mark.parametrize("text", KEPT)
def test_working_stays_working(text):
    assert handed_in(text).unused == ()
    assert verdicts(text)["out_h1"].verdict == "correct"


@pytest.mark.parametrize(("text", "hint"), UNCLEAR, ids=[row[0] for row in UNCLEAR])
def test_what_may_mean_two_things_is_for_a_person(text, hint):
    answer = verdicts(text)["L"]
    assert answer.verdict == "unreadable"
    assert hint in answer.message
