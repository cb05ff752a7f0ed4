"""What is asked, as JSON: everything that a program needs to ask it, and no answer."""

import json

from tutor.contracts.sheet_json import list_asked
from tutor.exercise.load import load
from tutor.marking.mark_sheet import Sheet
from tutor.results.sheet import sheet


def test_questions_have_what_is_needed_and_no_answer():
    questions = Sheet(load("cmu/smallest-perceptron")).questions
    listed = list_asked("cmu/smallest-perceptron", questions)
    assert [one["id"] for one in listed["questions"]] == [question.id for question in questions]
    assert listed["questions"][-1]["options"].keys() == {"a", "b", "c"}
    assert not {"right", "answer", "targets"} & {key for one in listed["questions"] for key in one}


def test_a_sheet_lists_its_exercises():
    found = json.loads(sheet(["dl/bce", "graz/chain"]).to_json())
    assert [one["exercise"] for one in found["exercises"]] == ["dl/bce", "graz/chain"]
    assert found["schema"] == 1
