"""What a report may show: no right value is given away before the solution."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from marked_class import (
    ASKED,
    BROKEN,
    CLASS,
    OWN,
    PAIR,
    PATH,
    QUESTIONS,
    RULES,
    SIGN,
    SOLUTIONS,
    TITLE,
    TWO_WAYS,
    answer,
    student,
)

from tutor.marking.marked import BrokenLine, Credit, Marked, MarkedAnswer, Refutation
from tutor.results.feedback import Feedback


def report(work, reveal="hint"):
    return Feedback(work, reveal, TITLE, questions=QUESTIONS, own=OWN, rules=RULES, solutions=SOLUTIONS)


def said(work, reveal="hint"):
    """The report as one line of words."""
    return " ".join(report(work, reveal).to_text(120).split())


def formats(page):
    return {"text": page.to_text(), "wide": page.to_text(120), "markdown": page.to_markdown(), "latex": page.to_latex(),
            "json": page.to_json()}  # fmt: skip


LEVELS = [  # answer; words that must not be there at this level, and words that must
    (SIGN, "none", ("other way round", "∂L/∂out_o1 is the first", "−3", "sign of the error"), ("a known slip",)),
    (SIGN, "hint", ("Solution", "out_o1 − target_o1"), ("other way round", "expected value is −3")),
    (SIGN, "solution", (), ("out_o1 − target_o1", "0.74136507")),
    (PATH, "hint", ("0.0363503",), ("one of the paths",)),
    (PATH, "solution", (), ("Yours gives 0.0553994, the expected value is 0.0363503.",)),
    (BROKEN, "none", ("Line 2", "it comes to"), ("a line of the working before it does not hold",)),
    (BROKEN, "hint", ("expected value",), ("it comes to 0.7318",)),
    (BROKEN, "solution", (), ("it comes to 0.7318, the expected value is 0.082167",)),
    (TWO_WAYS, "none", ("σ was used",), ("a known slip",)),
    (PAIR, "none", ("paths",), ("a known slip",)),
]  # fmt: skip


@pytest.mark.parametrize(("one", "reveal", "absent", "present"), LEVELS)
def test_no_more_is_shown_than_is_allowed(one, reveal, absent, present):
    words = said(student("x", one, first=one.question), reveal)
    assert [each for each in absent if each in words] == []
    assert [each for each in present if each not in words] == []


@pytest.mark.parametrize("work", CLASS, ids=lambda work: work.student)
def test_without_a_hint_the_data_have_verdicts_and_marks_only(work):
    data = json.loads(report(work, "none").to_json())
    assert data["first"] == ""
    for one in data["answers"]:
        assert [one[key] for key in ("tag", "slips", "follows", "line", "refutation", "credits", "solution")] == [
            "", [], [], None, None, [], None,
        ]  # fmt: skip
        assert bool(one["message"]) <= (one["verdict"] == "unreadable")


@pytest.mark.parametrize("reveal", ["none", "hint"])
def test_no_format_gives_a_right_value_away(reveal):
    """Every answer wrong in its own way, with the right value in every place where the marker may put it."""
    answers = tuple(
        MarkedAnswer(ask, "7.77", "wrong", Fraction(0), Fraction(1), (Credit("award", Fraction(0), "none"),),
                     line=BrokenLine(2, "7.77", "goal", "7.77", right), refutation=Refutation((("w5", "0.4"),), "7.77", right))
        for ask, right in ASKED.items()
    )  # fmt: skip
    page = report(Marked("x", "e", answers, Fraction(0), Fraction(10), "out_h1"), reveal)
    for name, text in formats(page).items():
        assert [right for right in ASKED.values() if right in text] == [], name
    assert ASKED["dL/dw5"] in replace(page, reveal="solution").to_json()


@pytest.mark.parametrize(
    ("point", "expected", "shown"),
    [((("w5", "-1"),), "5", True), ((("w5", "0.4"),), "5", False), ((("w5", "0.4000001"),), "5", False), ((("w5", "2/5"),), "5", False),
     ((), "5", False), ((("w5", "-1"),), "0.08217", False), ((("unknown", "1"),), "5", False), ((("w5", "x"),), "5", False),
     ((("w5", "-1"), ("i1", "0.05")), "5", True)],
)  # fmt: skip
def test_a_refuting_point_is_whole_only_away_from_the_exercise(point, expected, shown):
    one = answer("dL/dw5", "wrong", "1", refutation=Refutation(point, "1.5", expected))
    assert ("expected value is " in said(student("x", one))) == shown
