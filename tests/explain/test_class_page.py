"""The report on a class: what a grader reads, in which order, and how much of a long list."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
from marked_class import ASKED, CLASS, QUESTIONS, TITLE, UNREADABLE, student

from tutor.explain import class_page as classroom
from tutor.explain.document import Bars, Heading
from tutor.explain.words.wording import ENGLISH
from tutor.marking.classwork import count
from tutor.marking.marked import VERDICTS, Marked
from tutor.results.feedback import class_report

REPORT = class_report(CLASS, title=TITLE, questions=QUESTIONS)
WORDS = " ".join(REPORT.to_text(120).split())
CELLS = " ".join(REPORT.to_markdown().replace("\\", "").split())


@pytest.mark.parametrize(
    "words",
    [
        "The class: A 2-2-2 network learns", "10 students", "Mean 10.8611, median 12, quartiles 10.5 and 12.5, from 4 to 13, of 13.",
        "1 could not be marked and is not in these numbers.", "dL/dw5 |", "6 of 9 right", "░ wrong", "0.9722/1",
        "σ′ taken as σ, or derivative taken at another node 1",
        "../../etc/passwd the file is not text: it begins with PK", "Ivo there is no question dL/dw99: did you mean dL/dw5?",
    ],
)  # fmt: skip
def test_what_a_grader_reads(words):
    assert words in WORDS


@pytest.mark.parametrize(
    "row",
    [
        "| one path left out | 3 | Dan O'Neil, Finn and Ivo | $partial L/partial out _{h1}$ and $partial L/partial w _{1}$ |",
        "| σ′ taken as σ | 0 + 1 | Eva Fischer | $partial out _{o1}/partial in _{o1}$ |",
        "| Cléo Dubois | $partial L/partial w _{1}$ | unreadable: a decimal comma is not understood | 0,000438568 |",
        "| Finn | w1 after 1 | undecided: no point could be tried | w1 - 0.5*dL/dw1 + 0*x |",
    ],
)
def test_the_rows_of_the_tables(row):
    assert row in re.sub(r"mathit{(.*?)}", r"\1", CELLS)


def test_the_parts_come_in_their_order():
    blocks = REPORT.document().blocks
    heads = [block.text for block in blocks if isinstance(block, Heading)]
    assert heads == ["By question", "By misconception", "For a person", "Could not be marked", "Problems of submissions"]
    assert [len(block.bars) for block in blocks if isinstance(block, Bars)] == [10, len(ASKED)]


def test_a_class_without_anything_to_say():
    words = " ".join(class_report([student("Ben")]).to_text().split())
    assert "one student" in words
    assert "No misconception was recognised." in words
    assert "There is nothing that a person has to look at." in words
    assert "could not be marked" not in words.lower()
    assert "No work was marked." in class_report([]).to_text()
    assert "No work was marked." in class_report([Marked("x", "e", status="could not be marked", reason="y")]).to_text()


@pytest.mark.parametrize("left", [
    Marked("x", "e", status="could not be marked", reason="no text"), student("Ben", problems=("there is no question 'q9'",)),
], ids=["failed", "problem"])  # fmt: skip
def test_a_whole_submission_for_a_person_is_not_nothing(left):
    words = " ".join(class_report([student("Ann"), left]).to_text().split())
    assert "There is nothing that a person has to look at." not in words
    assert "No single answer; the submissions listed below." in words


@pytest.mark.parametrize(("students", "said"), [(0, ""), (1, "a0"), (4, "a0, a1, a2 and a3"), (5, "a0, a1, a2, a3 and 1 more")])
def test_a_few_students_by_name(students, said):
    assert classroom.names([f"a{number}" for number in range(students)], ENGLISH.marking) == said


def test_a_long_list_is_cut_in_the_page_and_whole_in_the_data():
    many = class_report(student(f"s{number}", UNREADABLE, person=("dL/dw1",)) for number in range(450))
    text = many.to_text()
    assert "250 more rows are left out here" in text
    assert ("s199 " in text, "s200 " in text) == (True, False)
    assert len(json.loads(many.to_json())["person"]) == 450


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_line_is_too_long(width):
    assert max(map(len, REPORT.to_text(width).splitlines())) <= width


def test_the_data_agree_with_the_counts():
    data, work = json.loads(REPORT.to_json()), count(CLASS)
    assert data["bins"] == list(work.bins)
    assert [sum(each["verdicts"].values()) for each in data["questions"]] == [9] * len(ASKED)
    assert list(data["questions"][0]["verdicts"]) == list(VERDICTS)
    assert {each["tag"]: len(each["students"]) for each in data["misconceptions"]} == {t.tag: len(t.students) for t in work.tags}
    assert Fraction(data["marks"]["median"]) == work.spread.median
    assert REPORT.to_json() == class_report(CLASS, title=TITLE, questions=QUESTIONS).to_json()
