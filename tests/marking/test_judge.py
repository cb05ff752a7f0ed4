"""One marker for everybody: answers of several students, interleaved and from threads, are marked as if each were marked alone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from itertools import zip_longest

import pytest

from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text, load
from tutor.marking.judge import Earlier
from tutor.marking.mark_submission import Marker

STUDENTS = {
    "anna": {"out_h1": "0.6", "in_o1": "1.109", "out_o1": "0.7520", "dL/dout_o1": "0.742", "dL/dw5": "0.0830"},
    "ben": {"out_h1": "0.59327", "in_o1": "1.1059", "out_o1": "0.7514", "dL/dout_o1": "-0.741", "dL/dw5": "-0.0822"},
    "cara": {"out_h1": "(", "in_o1": "", "dL/dw5": "0.741*0.186*0.593 = 0.082", "w5 after 1": "0.441"},
    "dan": {"dL/dw5": "1" + "0" * 40 + "/3", "out_o1": "1/(1+e^-1.1059)"},
}
FORMULAS = {
    "anna": {"da/dz": "a", "dL/da": "2*(y - a)", "dL/dw": "dL/da*da/dz*x"},
    "ben": {"da/dz": "a*(1-a)", "dL/da": "2*(a - y)", "dL/dw": "2*(a-y)*a*(1-a)*x"},
    "cara": {"dL/dw": "dL/db*x", "dL/db": "dL/dw/x"},
}
NEURON = """
title = "t"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
asked = ["dL/dw", "dL/db"]
"""
CASES = [("neuron/two-two-two", STUDENTS), ("formulas", FORMULAS)]


def read(ident):
    return from_text(NEURON, ident) if ident == "formulas" else load(ident)


def turns(marker, answers):
    """A student's answers as (question, text), in the order of the computation."""
    named = {question.ask: question.id for question in marker.questions} | {q.id: q.id for q in marker.questions}
    by_id = {named[name]: text for name, text in answers.items() if name in named}
    return [(question, by_id[question.id]) for question in marker.sheet.marking_order if question.id in by_id]


def alone(marker, answers):
    earlier, found = Earlier(), []
    for question, text in turns(marker, answers):
        answer, earlier = marker.judge(question, text, earlier)
        found.append(answer)
    return found


@pytest.mark.parametrize(("ident", "students"), CASES, ids=[ident for ident, _ in CASES])
def test_interleaved_and_from_threads(ident, students):
    expected = {name: alone(Marker(read(ident)), answers) for name, answers in students.items()}
    assert len({answer.verdict for found in expected.values() for answer in found}) > 1

    shared = Marker(read(ident))
    known, found = dict.fromkeys(students, Earlier()), {name: [] for name in students}
    for step in zip_longest(*(turns(shared, answers) for answers in students.values())):
        for name, turn in zip(students, step, strict=True):
            if turn is not None:
                answer, known[name] = shared.judge(*turn, known[name])
                found[name].append(answer)
    assert found == expected

    fresh = Marker(read(ident))  # its tables are made while several threads ask for them
    with ThreadPoolExecutor(8) as pool:
        jobs = [(name, pool.submit(alone, fresh, answers)) for _ in range(4) for name, answers in students.items()]
        assert all(job.result() == expected[name] for name, job in jobs)


@pytest.mark.parametrize(("ident", "students"), CASES, ids=[ident for ident, _ in CASES])
def test_marking_is_a_fold(ident, students):
    marker = Marker(read(ident))
    for name, answers in students.items():
        by_id = {question.id: text for question, text in turns(marker, answers)}
        marked = {answer.question: answer for answer in marker.mark(Submission(name, by_id)).answers}
        for answer in alone(marker, answers):
            assert marked[answer.question] == answer or marked[answer.question].outcome == "circular"


def test_an_answer_changes_nothing_that_was_known():
    marker = Marker(load("neuron/two-two-two"))
    _, first = marker.judge("out_h1", "0.6")
    before = dict(first.results)
    _, second = marker.judge("in_o1", "2", first)
    again = marker.judge("in_o1", "2", first)
    assert dict(first.results) == before
    assert set(second.results) == {*before, "in_o1"}
    assert again == marker.judge("in_o1", "2", first)
    with pytest.raises(FrozenInstanceError):
        first.results = {}


def test_a_student_can_go_back_and_answer_again():
    """What a practice session needs: the results before an answer are still there, and another answer starts from them."""
    marker = Marker(load("neuron/two-two-two"))
    _, wrong = marker.judge("out_h1", "0.9")
    follows, _ = marker.judge("in_o1", f"{0.4 * 0.9 + 0.45 * 0.596884378 + 0.6:.6f}", wrong)
    _, right = marker.judge("out_h1", "0.593270", wrong)
    own, _ = marker.judge("in_o1", "1.1059", right)
    assert (follows.verdict, own.verdict) == ("follow-through", "correct")
