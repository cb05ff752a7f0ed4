"""Questions that an exercise does not declare: made from its graph, as sharp as they must be."""

from fractions import Fraction

import pytest

from tutor.derive.working import working
from tutor.exercise.load import from_text
from tutor.exercise.question import Question
from tutor.marking.question_list import list_questions, losses_in, parts, sharpen, updates_in

TEXT = 'title = "t"\nsteps = ["z = w^2*x", "L = (z - y)^2"]\nparameters = ["w"]\n{}[values]\nx = 2\ny = 1\nw = 3\n[train]\nrate = 0.1\n'


def made(more=""):
    exercise = from_text(TEXT.format(more), "t")
    return exercise, list_questions(exercise, working(exercise.graph, updates=1))


def test_forward_values_local_derivatives_gradients_and_the_first_update_are_asked():
    _, questions = made()
    targets = [target for question in questions for target in question.targets]
    assert {"z", "L", "dL/dz", "dz/dw", "dL/dw"} <= set(targets)
    assert len(set(targets)) == len(targets)


def test_a_declared_question_is_the_only_one():
    exercise = from_text(TEXT.format("") + '[[question]]\nask = "dL/dw"\nmarks = 1\n', "t")
    assert [question.targets for question in list_questions(exercise, working(exercise.graph))] == [("dL/dw",)]


@pytest.mark.parametrize(("target", "found"), [
    ("dL/dw5@2", ("L", "w5", 2)), ("dL/dw5", ("L", "w5", 0)), ("w5@1", ("", "w5", 1)), ("w5", ("", "w5", 0)),
])  # fmt: skip
def test_a_target_taken_apart(target, found):
    assert parts(target) == found


def test_how_much_has_to_be_worked_out():
    questions = [Question("a", "w after 2", targets=("w@2",)), Question("b", "dL/dw", targets=("dL/dw",))]
    assert (updates_in(questions), updates_in([])) == (2, 0)
    assert losses_in(questions, ["z", "L"]) == ("L",)


SHARP = [("0.4", "0.405", 3), ("0.4", "0.4008", 4), ("0.4", "0.6", 2), ("0.4", "0.400000001", 8)]


@pytest.mark.parametrize(("old", "new", "digits"), SHARP)
def test_an_update_is_asked_with_the_digits_that_tell_it_from_the_old_value(old, new, digits):
    question = Question("w@1", "w after 1", "number", ("w@1",))
    found = sharpen(question, {"w": Fraction(old), "w@1": Fraction(new)}).tolerance
    assert found.digits == digits
    assert found.relative <= max(abs(Fraction(new) - Fraction(old)) / Fraction(new), Fraction(1, 10**6))
