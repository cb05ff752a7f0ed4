"""How a session may go: the rows say what is told, taught and charged."""

from fractions import Fraction

import pytest

from tutor.exercise.load import load
from tutor.explain.practice_summary import write_summary
from tutor.practice.modes import MODES
from tutor.practice.session import Event, Settings, start, step


def test_modes():
    assert list(MODES) == ["learn", "practise", "graded", "exam"]
    assert [name for name, row in MODES.items() if not row.tells] == ["exam"]


@pytest.mark.parametrize(("mode", "earned", "marked"), [
    ("practise", Fraction(1), False), ("learn", Fraction(1), False), ("graded", Fraction(6, 10), True), ("exam", Fraction(1), True),
])  # fmt: skip
def test_what_a_hint_and_a_try_cost(mode, earned, marked):
    """One wrong try and one hint, then the right answer."""
    session = start(load("qmul/activated-neuron"), Settings(mode=mode))
    for event in (Event("go", "x_L"), Event("answer", "17"), Event("hint"), Event("go", "x_L"), Event("answer", "0.90025")):
        session, _ = step(session, event)
    assert session.look_up("x_L").earned == earned
    session, _ = step(session, Event("quit"))
    assert any("Mark: " in str(part) for fact in write_summary(session).facts for part in fact) == marked
