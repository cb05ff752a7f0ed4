"""Text and Markdown: lines that begin with a question's id, headings, lists, blocks of code that are no headings."""

import pytest
from read_files import read

ONE = [  # file, text, student, answers
    ("anna.txt", "q1: 0.5\nq2: = a b\n   = 0.25\nso it is\n\n", "anna", {"q1": "0.5", "q2": "= a b\n   = 0.25"}),
    ("anna.txt", "student: ann\nemail: a@b.c\nq1:0.5", "ann", {"q1": "0.5"}),
    ("anna.txt", "q1: 0.5\nstudent: ann", "ann", {"q1": "0.5"}),
    ("anna.txt", "q1: 0.5\nthus: 3", "anna", {"q1": "0.5\nthus: 3"}),
    ("anna.txt", "q1: 0.5\n  q2: 3", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "q1: 0.5\n  q2: 3\nq2: 4", "anna", {"q1": "0.5\n  q2: 3", "q2": "4"}),
    ("anna.txt", "q1: 0.5\nq2 = 3 = 4", "anna", {"q1": "0.5", "q2": "3 = 4"}),
    ("anna.txt", "q1:\nq2 = 3\n= 4", "anna", {"q1": "q2 = 3\n= 4", "q2": "3"}),
    ("anna.txt", "q1: ?\nq1 = 3\nq2: TODO", "anna", {"q1": "3", "q2": "TODO"}),
    ("anna.txt", "q1: 0.5\nBemerkung: das war schwer\nq2: 3", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "q1: 0.5\nstep: 2 a = 3\ncheck: 3", "anna", {"q1": "0.5\nstep: 2 a = 3\ncheck: 3"}),
    ("anna.txt", "q1 = 0.5\nq2 = a b\n   = 0.25\n- ∂L/∂w5 = 3\nq1 = 7", "anna",
     {"q1": "0.5", "q2": "a b\n   = 0.25", "dL/dw5": "3\nq1 = 7"}),
    ("anna.txt", "**q1 = 0.5**\n`q2` = 3\n  dL/dw5 = 1", "anna", {"q1": "0.5", "q2": "3\n  dL/dw5 = 1", "dL/dw5": "1"}),
    ("anna.txt", "q1: 0.5\nq2 = 3\nq2: 4", "anna", {"q1": "0.5\nq2 = 3", "q2": "4"}),
    ("anna.md", "```\nq1 = 0.5\nq2 = 3\n```", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.md", "# Homework 3\n\n- **q1:** $x(1-x)$\n* *q2*: `2`\n1. dL/dw5: 3", "anna", {"q1": "$x(1-x)$", "q2": "`2`", "dL/dw5": "3"}),
    ("anna.md", "## q1\n\n$a$\n\n## w5 after  1\n0.3\n### Q2: 7", "anna", {"q1": "$a$", "w5 after 1": "0.3", "q2": "7"}),
    ("anna.md", "**q1**: a\n**q2 :** b", "anna", {"q1": "a", "q2": "b"}),
    ("anna.md", "## q1\n```python\nq2: 3\n# q2\n```\nq2: 4", "anna", {"q1": "q2: 3\n# q2", "q2": "4"}),
    ("anna.md", "```\nq1 = 0.5\n```\n\n```python\nq2 = 3\n```", "anna", {"q1": "0.5\n\nq2 = 3", "q2": "3"}),
    ("anna.md", "| # | Quantity | My result | Working |\n|:--|:-:|--:|---|\n| 1 | q1 | 0.5 | see above |", "anna", {"q1": "0.5"}),
    ("anna.txt", "q1:\n0.5\nq2 =\n3", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "q1:\n0.5\nq2 = 1 + 2\n= 3", "anna", {"q1": "0.5", "q2": "1 + 2\n= 3"}),
    ("anna.txt", "q1 = 0.5      q2 = 3\nBest wishes\nAnna", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "q1 = 0.5 q2 = 3 dL/dw5 = 0.07", "anna", {"q1": "0.5", "q2": "3", "dL/dw5": "0.07"}),
    ("anna.txt", "q2 = 3\nq1 = 0.5 dL/dw5 = 0.07", "anna", {"q2": "3", "q1": "0.5", "dL/dw5": "0.07"}),
    ("anna.txt", "q2 = 3\nq1 = 0.5 q2 = 1.5", "anna", {"q2": "3", "q1": "0.5 q2 = 1.5"}),  # a line of working: half of q2
    ("anna.txt", "Aufgabe 1.1: q1 = 0.5\nTask 3b: q2 = 3\n2.1) dL/dw5 = 0.07", "anna", {"q1": "0.5", "q2": "3", "dL/dw5": "0.07"}),
    ("anna.txt", "The first one: q1 = 0.5\nTotal loss: q2 = 3", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "thus: q1 = 0.5\nq2 = 3\nalso: q1 = 0.6", "anna", {"q2": "3\nalso: q1 = 0.6"}),
    ("anna.txt", "Lösung zu q1: 0.5\nErgebnis für q2: 3", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "q1\tq1\t0.5\nq2\tq2\t3", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "Ex. 2 (c): q1 = 0.5\nQ5: q2 = 3", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.md", "---\nname: Anna Berg\n---\nq1: 1", "Anna Berg", {"q1": "1"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "student", "answers"), ONE)
def test_one_student(name, text, student, answers):
    (submission,) = read(name, text).submissions
    assert (submission.student, submission.answers, submission.failed) == (student, answers, "")


UNUSED = [  # text, what is not used, why
    ("q1: 1\nq7: 2", ["q7: 2"], "there is no question 'q7'"),
    ("q1: 1\ndL/dw55 = 2", ["dL/dw55 = 2"], "did you mean dL/dw5?"),
    ("0.7 for the first\nq1: 1", ["0.7 for the first"], "no question is named in this line or above it"),
    ("q1: 1\n## Remarks\nI got 0.3", ["I got 0.3"], "the heading above it names no question"),
    ("q1: 1\nBemerkung: ich habe 0.5*(t - o)^2 benutzt", ["Bemerkung: ich habe 0.5*(t - o)^2 benutzt"], "these are words"),
    ("q1: 1\nI used 3 digits all the way", ["I used 3 digits all the way"], "these are words"),
    ("| a | b |\n|---|---|\n| q1 | 1 |\n| q7 | 2 |", ["| q7 | 2 |"], "there is no question 'q7'"),
]


@pytest.mark.parametrize(("text", "unused", "reason"), UNUSED)
def test_nothing_is_dropped(text, unused, reason):
    (submission,) = read("anna.md", text).submissions
    assert submission.answers == {"q1": "1"}
    assert [one.text for one in submission.unused] == unused
    assert reason in submission.unused[0].reason


NOTES = ["# Homework 3", "Page 1 of 2", "Dear tutor, here are my answers.", "---", "Date: 2026-11-28", "Name: Anna", "Kind regards"]


@pytest.mark.parametrize("line", NOTES)
def test_cover_pages_are_no_answers(line):
    (submission,) = read("anna.md", f"{line}\n\nq1: 1").submissions
    assert (submission.answers, submission.unused, submission.failed) == ({"q1": "1"}, (), "")
