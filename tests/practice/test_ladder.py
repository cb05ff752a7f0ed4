"""Hints: each rung says a little more, numbers are put in only where the learner has them, the last one is the answer."""

from tutor.exercise.load import load
from tutor.expression.plain import write_plain
from tutor.marking.mark_submission import Marker
from tutor.practice.ladder import list_rungs, write_answer
from tutor.practice.tasks import list_tasks


def rungs(ident, task, shown=()):
    marker = Marker(load(ident))
    asked = {one.id: one for one in list_tasks(marker)}[task]
    return {rung.kind: rung for rung in list_rungs(marker, asked, dict(shown))}


def test_the_rungs_of_a_slope():
    found = rungs("qmul/activated-neuron", "dx_L/dz_L")
    assert list(found) == ["look", "rule", "formula", "symbols", "result"]
    assert write_plain(found["symbols"].right) == "x_L*(1 - x_L)"
    assert "out" in write_plain(found["formula"].right)


def test_numbers_are_put_in_where_they_are_known():
    found = rungs("qmul/activated-neuron", "dx_L/dz_L", {"x_L": "0.9"})
    assert write_plain(found["numbers"].right) == "0.9*(1 - 0.9)"


def test_the_last_rung_is_right():
    marker = Marker(load("neuron/two-two-two"))
    for task in list_tasks(marker):
        last = list_rungs(marker, task, {})[-1]
        assert last.text == write_answer(marker, task.question)
        assert marker.judge(task.question, last.text)[0].verdict == "correct"
