"""What is known of learners: of one from all first tries, of a class on average."""

import re

import pytest

from tutor.practice.tracing import trace_answer
from tutor.web.progress import average_skills, trace_known, write_date
from tutor.web.store import Kept


def keep(learner, at, known=(), trials=()):
    return Kept(1, learner, "x", {}, 0, "", {"known": dict(known), "trials": list(trials)}, 0.0, at)


def test_a_class_is_averaged_by_what_was_last():
    found = average_skills([keep(1, 1.0, {"a": 0.2}), keep(1, 2.0, {"a": 0.8}), keep(2, 1.0, {"a": 0.4, "b": 0.1})])
    assert list(found.items()) == [("b", (0.1, 1)), ("a", (pytest.approx(0.6), 2))]


def test_tries_of_all_sessions_are_taken_in_their_order():
    sessions = [keep(1, 1.0, trials=[["a", True, 5.0]]), keep(1, 1.0, trials=[["a", False, 1.0], ["b", True, 2.0]])]
    assert trace_known(sessions) == {
        "a": round(trace_answer(trace_answer(0.4, False), True), 4), "b": round(trace_answer(0.4, True), 4),
    }  # fmt: skip


def test_dates():
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", write_date(1e9))
    assert write_date(0.0) == ""
