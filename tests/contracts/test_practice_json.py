"""A session as JSON: events come back as they were, others are refused with what there is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.contracts.practice_json import read_event, write_event
from tutor.practice.session import Event, PracticeError

TEXTS = st.text(max_size=200)


@given(st.sampled_from(["answer", "go"]), TEXTS, st.floats(0, 1e9))
def test_events_come_back(kind, text, at):
    event = Event(kind, text, at)
    assert read_event(write_event(event), 0.0) == event


@pytest.mark.parametrize("data", [
    [], "x", {}, {"event": "dance"}, {"answer": ["1"]}, {"answer": "1" * 30_000}, {"hint": True, "at": "now"}, {"hint": True, "at": -1},
    {"hint": True, "at": float("nan")}, {"event": "answer", "text": {"a": 1}},
])  # fmt: skip
def test_other_things_are_refused(data):
    with pytest.raises(PracticeError) as refused:
        read_event(data, 0.0)
    assert refused.value.hint


def test_numbers_are_answers():
    assert read_event({"answer": 0.5}, 1.0) == Event("answer", "0.5", 1.0)


@pytest.mark.parametrize(("data", "said"), [
    ({"answer": None}, "is a text"), ({"answer": "1" * 30_000}, "at most 20,000"), ({"event": "dance"}, "no event dance"), ({}, "no event"),
])  # fmt: skip
def test_it_is_said_what_is_wrong(data, said):
    with pytest.raises(PracticeError, match=said):
        read_event(data, 0.0)
