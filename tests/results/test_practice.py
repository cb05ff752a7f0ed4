"""A session in Python: each call is an event, what is said is a page, and the whole has a contract."""

import json

import pytest

import tutor
from tutor.errors import TutorError
from tutor.practice.session import replay, start


def test_a_session_is_driven():
    session = tutor.practise("neuron/two-two-two", wrt=["w5"])
    session.clock = lambda: 0.0
    assert "What is in_h1?" in repr(session)
    assert "Right." in repr(session.answer("0.3775"))
    assert "Look at in_h1." in session.hint().to_text()
    assert "Not yet." in session.answer(0.7).to_text()
    assert "your own value" in session.go_on().to_text()
    assert "What is out_h2?" in session.skip().to_text()
    assert "What is in_h2?" in session.go_back().to_text()
    assert "the answer is" in session.give_up().to_text().lower()
    assert "Which" not in session.go("dL/dw5").to_text()
    assert "What you did" in session.quit().to_text() or session.ended
    assert "What you did" in session.to_text()
    assert "What you did" in session.to_latex()
    assert [event.kind for event in session.session.events] == [
        "answer", "hint", "answer", "keep", "skip", "back", "give-up", "go", "quit",
    ]  # fmt: skip


@pytest.mark.parametrize(("ident", "form", "layer"), [
    ("dl/perceptron-vector", None, True), ("dl/perceptron-vector", "scalar", False), ("graz/chain", None, False),
])  # fmt: skip
def test_it_is_asked_as_it_is_written(ident, form, layer):
    """Matrices as matrices, where nobody says otherwise."""
    assert tutor.practise(ident, form=form).session.lesson.settings.layer is layer


def test_each_event_is_kept_before_it_is_answered():
    session, kept = tutor.practise("graz/chain"), []
    session.keep = kept.append
    session.answer("17")
    session.hint()
    assert tuple(kept) == session.session.events

    def refuse(event):
        raise TutorError("the disk is full")

    session.keep = refuse
    before = session.session
    with pytest.raises(TutorError, match="disk"):
        session.answer("18")
    assert session.session is before


def test_the_contract():
    session = tutor.practise("neuron/two-two-two", wrt=["w5"])
    session.answer("0.3775")
    session.answer("0.9")
    data = json.loads(session.to_json())
    assert data["schema"] == 1
    assert [row["status"] for row in data["steps"][:3]] == ["right", "open", "open"]
    assert data["marks"]["earned"] == "1"
    assert [event["text"] for event in data["events"]] == ["0.3775", "0.9"]
    again = replay(start(session.session.lesson), session.session.events)
    assert again == session.session


def test_before_an_exam_ends_the_contract_tells_no_verdict():
    session = tutor.practise("neuron/two-two-two", wrt=["w5"], mode="exam")
    session.answer("0.3775")
    session.answer("0.9")
    data = json.loads(session.to_json())
    assert data["marks"] is None
    assert data["skills"] == {}
    assert {row["status"] for row in data["steps"]} == {"taken", "open"}
    session.quit()
    assert json.loads(session.to_json())["marks"] is not None


@pytest.mark.parametrize(("arguments", "said"), [
    ({"mode": "exams"}, "there is no mode exams"), ({"form": "matrix"}, "there is no form matrix"), ({"wrt": ["w55"]}, "no gradient"),
    ({"words": "xx"}, "no language"),
])  # fmt: skip
def test_refusals(arguments, said):
    with pytest.raises(TutorError, match=said):
        tutor.practise("neuron/two-two-two", **arguments)
