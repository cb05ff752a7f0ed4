"""The table of slips: every row's worked wrong answer comes out of its bend, and the marker names it."""

import pytest

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import BY_TAG, NEIGHBOUR, ROUNDED, TABLE


def exercise(example):
    steps = ", ".join(f'"{step.strip()}"' for step in example.steps.split(";"))
    values = "\n".join(example.values.split("; "))
    rate, _, parameters = example.train.partition(": ")
    listed = ", ".join(f'"{name.strip()}"' for name in parameters.split(",")) if parameters else ""
    train = f"[train]\nrate = {rate}\nsteps = 1\n" if rate else ""
    ask = example.ask.replace("@", " after ")
    return from_text(
        f'title = "t"\nsteps = [{steps}]\nparameters = [{listed}]\n[values]\n{values}\n{train}[[question]]\nask = "{ask}"\nmarks = 2\n', "t"
    )


EXAMPLES = [(row, example) for row in TABLE for example in (row.example, *row.also)]


@pytest.mark.parametrize(("row", "example"), EXAMPLES, ids=[f"{row.tag}-{example.ask}" for row, example in EXAMPLES])
def test_worked_answers(row, example):
    """Right and wrong as worked by hand: one is marked right, the other named."""
    marker = Marker(exercise(example))
    (ident,) = [question.id for question in marker.questions]
    right = marker.mark(Submission("a", {ident: example.right})).answers[0]
    assert (right.verdict, right.marks) == ("correct", 2)
    wrong = marker.mark(Submission("a", {ident: example.wrong})).answers[0]
    if row.tag == ROUNDED:
        assert wrong.verdict == "correct"  # rounded on the way, and still within the tolerance
        return
    assert wrong.verdict == "misconception"
    assert row.tag in {slip.tag for slips in wrong.slips for slip in slips}
    assert wrong.marks <= 1


def test_rounding_on_the_way_is_named():
    """0.9 and 0.09 for 0.900250 and 0.0898003, and so on."""
    marker = Marker(exercise(BY_TAG[ROUNDED].example))
    answer = marker.mark(Submission("a", {"dL/dw": "0.1078"})).answers[0]
    assert answer.verdict == "correct"
    a, z = 0.9, 0.09
    answer = marker.mark(Submission("a", {"dL/dw": f"{round(2 * (a - 0.5), 2) * z * 1.5:.3f}"})).answers[0]
    assert (answer.verdict, answer.tag) in {("correct", ""), ("misconception", ROUNDED)}


def test_tags_are_stable():
    """Reports, statistics and mark schemes are made with these."""
    assert len(BY_TAG) == len(TABLE) == 29
    assert all(tag == tag.lower() and " " not in tag for tag in BY_TAG)
    assert NEIGHBOUR in BY_TAG


def test_every_row_says_what_is_left_of_the_marks():
    assert all(0 <= row.credit <= 1 for row in TABLE)


