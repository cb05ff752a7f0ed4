"""How a session may go: the modes have their words in the help of the command."""

from tutor.practice.modes import MODES


def test_modes():
    assert list(MODES) == ["learn", "practise", "exam"]
