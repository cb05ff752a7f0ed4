"""``tutor questions``: the ids that answers are given under."""

import json


def test_questions_are_listed(tutor):
    code, out, _ = tutor("questions", "neuron/two-two-two")
    assert code == 0
    assert "dL/dw5.chain" in out
    assert "the chain of derivatives" in out
    assert all(len(line) <= 80 for line in out.splitlines())
    code, out, _ = tutor("questions", "graz/sqrt-cos", "--json")
    listed = json.loads(out)
    assert listed["exercise"] == "graz/sqrt-cos"
    assert {"id", "asks", "kind", "marks"} <= listed["questions"][0].keys()


def test_an_empty_target_has_one_fault(tutor):
    code, _, error = tutor("questions", "")
    assert code == 2
    assert "an empty expression" in error
    assert "title" not in error


def test_questions_of_an_expression(tutor):
    code, out, _ = tutor("questions", "(x+y)*z", "--json")
    assert code == 0
    assert [one["id"] for one in json.loads(out)["questions"]]
