"""What is prepared once an exercise: its values, which a question for a number needs."""

import pytest
from mark_one import FORMULAS, NEURON, marker, one

from tutor.errors import ExerciseError
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker


def test_numbers_need_values():
    with pytest.raises(ExerciseError, match="asks for a number, but the exercise has no values"):
        marker(FORMULAS, 'ask = "dL/dw"\nkind = "number"')


def test_a_student_may_have_values_of_their_own():
    """Variants: the exercise is an argument; other values give other marks for the same answer."""
    other = Marker(from_text(NEURON.replace("x = 1.5", "x = 2") + '\n[[question]]\nask = "z"\nmarks = 1\n', "t"))
    own = marker(NEURON, 'ask = "z"')
    assert one(own, "2.2").verdict == "correct"
    assert one(other, "2.6").verdict == "correct"
    assert one(other, "2.2").verdict != "correct"
