"""What is understood while it is typed: the same as when it is judged, and nothing about whether it is right."""

import pytest

from tutor.exercise.load import load
from tutor.expression.plain import write_plain
from tutor.practice.preview import MOST_LETTERS, read_preview
from tutor.practice.session import Event, Settings, start, step


def preview(text, key="neuron/two-two-two", task=None, **settings):
    session = start(load(key), Settings(**settings))
    asked = session.lesson.by_id[task] if task else session.task
    found = read_preview(session.lesson.marker, asked, text)
    return [(sign, write_plain(expr)) for sign, expr in found.members], found.message


@pytest.mark.parametrize(("text", "members"), [
    ("0.3775", [("", "0.3775")]), ("0,5*2", [("", "0.5*2")]), ("i1·w1 = 0.1", [("", "i1*w1"), ("=", "0.1")]), ("", []), ("?", []),
    (r"\frac{1}{2}", [("", "1/2")]), ("1" * (MOST_LETTERS + 1), []), ("1/4 ≈ 0.25", [("", "1/4"), ("≈", "0.25")]),
])  # fmt: skip
def test_what_is_understood(text, members):
    assert preview(text) == (members, "")


@pytest.mark.parametrize("text", ["(1", "banana(2)", "1 +", "0..5"])
def test_what_is_not_has_the_reason(text):
    members, message = preview(text)
    assert members == []
    assert message


def test_a_list_is_a_matrix():
    session = start(load("qmul/network-deltas-layers"), Settings(layer=True))
    task = next((task for task in session.lesson.tasks if task.question.kind == "vector"), None)
    if task is not None:
        assert write_plain(read_preview(session.lesson.marker, task, "[1, 2]").members[0][1]).count("1") >= 1


def test_a_choice_needs_none():
    assert preview("a", task="dL/dw5.factors", wrt=("w5",)) == ([], "")


def test_who_is_refused_in_the_preview_is_refused_when_judged():
    session = start(load("neuron/two-two-two"))
    for text in ("(1", "0.3", "x y z", "banana(2)", "1/0"):
        found = read_preview(session.lesson.marker, session.task, text)
        _, reply = step(session, Event("answer", text))
        assert bool(found.message) <= (reply.note == "unreadable"), text
