"""Reports on marked work, by compiling them: a student's, the class's, and one made of everything that hostile students write."""

from __future__ import annotations

from dataclasses import replace

import pytest
from marked_class import CLASS, HOSTILE, OWN, QUESTIONS, RULES, SOLUTIONS, TITLE, hostile
from some_now import some_now

import tutor
from tutor.explain.document import Document, Verbatim
from tutor.notation.profile import Notation
from tutor.render.latex import article as latex
from tutor.results.feedback import Feedback, class_report


def joined(documents, notation):
    """Many documents as one article."""
    blocks = tuple(block for each in documents for block in each.blocks)
    return latex.document(Document("All", blocks=blocks), replace(notation, slashed=True))


@pytest.mark.parametrize("reveal", some_now(["solution", "none", "hint"], 3))
def test_every_student_s_report_compiles(pages, reveal):
    notation = tutor.solve("neuron/two-two-two").notation
    made = [Feedback(work, reveal, TITLE, notation, QUESTIONS, OWN, RULES, SOLUTIONS) for work in CLASS]
    assert pages(joined([each.document() for each in made], notation)) >= 2
    assert pages(made[0].to_latex()) == 1


@pytest.mark.parametrize("course", ["neuron", "graz"])
def test_the_class_compiles(pages, course):
    notation = tutor.solve("neuron/two-two-two", notation_name=course).notation
    assert pages(class_report(CLASS, title=TITLE, notation=notation, questions=QUESTIONS).to_latex()) == 2


def test_hostile_students_compile(pages):
    works = [hostile(words) for words in HOSTILE]
    made = [Feedback(work, "solution", work.student[:50]).document() for work in works]
    made.append(class_report(works, title=HOSTILE[0]).document())
    assert pages(joined(made, Notation())) > 5


def test_carets_and_long_lines_compile(pages):
    text = "\n".join(["漢é·σ\\{}$%#&_^~`'\"<>|-- " * 20, " " * 37 + "^", "", "   x", "w" * 400, "ff fi ?` !` --- ,,"])
    assert pages(latex.document(Document("Verbatim", blocks=(Verbatim(text), Verbatim(""), Verbatim("^"))), Notation())) == 1
