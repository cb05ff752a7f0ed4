"""Marked work of three students, and what the formats make of it."""

import csv
import io
from fractions import Fraction

from tutor.exercise.question import Question
from tutor.export.mark_formats import export
from tutor.export.output import Header
from tutor.marking.marked import Marked, MarkedAnswer, Slip

QUESTIONS = (Question("q1", "dL/dw5", marks=Fraction(2)), Question("q2", "out_h1", marks=Fraction(1)), Question("q3", "w5 after 1"))


HEADER = Header("neuron/two-two-two", "Homework 3", "0.3.0", "ab12")


SLIPS = ((Slip("sign-of-error", "x"),),)


def student(name, /, *marks, person=(), texts=(), **fields):
    answers = tuple(
        MarkedAnswer(q.id, text, "correct" if m == q.marks else "misconception", Fraction(m), q.marks, slips=SLIPS)
        for q, m, text in zip(QUESTIONS, map(Fraction, marks), texts or ("a", "b", "c"), strict=True)
    )
    return Marked(
        name, "neuron/two-two-two", answers, sum((a.marks for a in answers), Fraction(0)), Fraction(4), person=person,
        source=f"{name}.json", fields=fields, version="0.3.0", exercise_hash="ab12", input_hash="cd34",
    )  # fmt: skip


FAILED = Marked("zoe", "neuron/two-two-two", status="could not be marked", reason="the file has a NUL byte", source="zoe.txt")


ANNA = student("anna", 2, "1/3", "1/3", email="anna@x.de", name="Berg, Anna")


BEN = student("ben", "3/2", 0, 1, email="ben@x.de")
WAITING = student("ben", "3/2", 0, 1, person=("q2",), email="ben@x.de")  # a person has to look at q2


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def written(name, *marked, header=HEADER):
    return export(name, marked, QUESTIONS, header)
