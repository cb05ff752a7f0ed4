"""Programs as answers: shares of gradients, a slip charged once, what waits for a person, and the documented class."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from tutor.answer.files.submissions import read_submissions
from tutor.errors import ExerciseError
from tutor.exercise.catalogue import read_exercise
from tutor.exercise.load import from_text
from tutor.exercise.question import AskedProgram, Question, Scheme
from tutor.marking.judge_programs import mark_program
from tutor.marking.mark_submission import Marker
from tutor.results.feedback import reports

PAGE = (Path(__file__).parents[2] / "docs" / "mark-programs.md").read_text("utf-8")
GIVEN = "def affine_forward(x, w, b):\n    return x @ w + b, (x, w, b)\ndef affine_backward(dout, cache):\n    return None\n"
HEAD = "def affine_backward(dout, cache):\n    x, w, b = cache\n"
RIGHT = f"{HEAD}    return dout @ w.T, x.T @ dout, dout.sum(axis=0)\n"
OWN = "def affine_forward(x, w, b):\n    return x @ w, (x, w, b)\n"  # what students have under the same name does not count


def marked(text, given=GIVEN, scheme=None, **settings):
    asked = AskedProgram("affine_backward", ("dx", "dw", "db"), given=given, file="layers.py")
    return mark_program(Question("q", "dx, dw, db", "program", marks=Fraction(3), program=asked, **settings), text, scheme or Scheme())


@pytest.mark.parametrize(("text", "verdict", "marks"), [
    (RIGHT, "correct", "3"),
    (OWN + RIGHT, "correct", "3"),
    (f"{HEAD}    dout = 2 * dout\n    return dout @ w.T, x.T @ dout, dout.sum(axis=0)\n", "misconception", "5/2"),
    (f"{HEAD}    return dout @ w.T, dout.T @ x, dout.sum(axis=1)\n", "misconception", "2"),
    (f"{HEAD}    dx = dout @ w.T\n    dw = x.T @ dout\n    return dx, dw\n", "wrong", "2"),
    (f"{HEAD}    return dout @ w.T, x.T @ dout\n", "wrong", "2"),
    (f"{HEAD}    pass\n", "undecided", "0"),
    (f"{HEAD}    return np.linalg.svd(dout)\n", "undecided", "0"),
    ("def affine_backward(dout, cache:\n", "unreadable", "0"),
    ("def other_backward(dout, cache):\n    return dout\n", "unreadable", "0"),
])  # fmt: skip
def test_each_gradient_has_its_share_and_a_line_is_charged_once(text, verdict, marks):
    found = marked(text)
    assert (found.verdict, found.marks) == (verdict, Fraction(marks))
    assert bool(found.message) == (verdict in ("undecided", "unreadable") or verdict == "wrong")


def test_the_scheme_says_what_a_slip_and_what_follows_is_worth():
    text = f"{HEAD}    dout = 2 * dout\n    return dout @ w.T, x.T @ dout, dout.sum(axis=0)\n"
    assert marked(text, follow=False).marks == 0
    assert marked(text, scheme=Scheme(misconception=Fraction(0), follow=Fraction(1, 2))).marks == 1


def test_a_forward_pass_that_is_not_told_is_refused_when_the_exercise_is_prepared():
    row = 'title = "t"\n[[question]]\nkind = "program"\nask = "dx"\nbackward = "g_backward"\ngiven = """\ndef f(x):\n    return x\n"""\n'
    with pytest.raises(ExerciseError, match="the forward pass of g_backward is not in the given program"):
        Marker(from_text(row, "t"))


def test_the_documented_class_is_marked_as_the_page_says(tmp_path):
    scheme, (layers, ben), said = (re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("toml", "python", "text"))
    (tmp_path / "lab.toml").write_text(scheme[0], "utf-8")
    (tmp_path / "layers.py").write_text(layers, "utf-8")
    marker = Marker(from_text(read_exercise(tmp_path / "lab.toml"), "lab"))
    (handed_in,) = read_submissions("in/ben.py", ben.encode(), marker.names, own=True).submissions
    found = marker.mark(handed_in)
    assert [(answer.verdict, answer.marks) for answer in found.answers] == [("misconception", Fraction(5, 2)), ("blank", 0)]
    assert said[0] in reports(marker)(found).to_text(80)
    whole, german = reports(marker, "solution")(found), reports(marker, words="de")(found)
    assert "     + " in whole.to_text(80)
    assert '"slip": "factor-too-many"' in whole.to_json()
    assert "Zeile 6" in german.to_text(80)
    assert "Line 6" not in reports(marker, "none")(found).to_text(80)
