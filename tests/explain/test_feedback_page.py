"""A student's report: what it says, what it must not say, and that nobody's words steer anything."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from markdown_it import MarkdownIt
from marked_class import (
    CLASS,
    HOSTILE,
    OWN,
    QUESTIONS,
    RULES,
    SIGN,
    SOLUTIONS,
    TITLE,
    answer,
    hostile,
    student,
)

from tutor.answer.handed_in import Submission
from tutor.exercise.load import load
from tutor.exercise.question import Question
from tutor.explain.feedback_page import quantity, value
from tutor.explain.words.wording import ENGLISH
from tutor.marking.disclosure import REVEALS
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import Credit, Marked, MarkedAnswer
from tutor.results.feedback import ClassReport, Feedback, class_report, reports

NAMED = {work.student: work for work in CLASS}


def report(work, reveal="hint"):
    return Feedback(work, reveal, TITLE, questions=QUESTIONS, own=OWN, rules=RULES, solutions=SOLUTIONS)


def said(work, reveal="hint"):
    """The report as one line of words."""
    return " ".join(report(work, reveal).to_text(120).split())


def formats(page):
    return {"text": page.to_text(), "wide": page.to_text(120), "markdown": page.to_markdown(), "latex": page.to_latex(),
            "json": page.to_json()}  # fmt: skip


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("Anna Berger", "12.5 of 13 marks"),
        ("Anna Berger", "∂L/∂out_o1 is the first answer that is wrong"),
        ("Anna Berger", "∂L/∂w₅ and ∂L/∂w₆ are wrong only because ∂L/∂out_o1 was."),
        ("Anna Berger", "w5 after 1 is wrong only because ∂L/∂w₅ was."),
        ("Anna Berger", "taken the other way round, in the step ∂L/∂out_o1."),
        ("Anna Berger", "At out_o1 = −1, target_o1 = 2 yours gives 3, the expected value is −3."),
        ("Anna Berger", "0.5 of 1: 0.5 (sign of the error turned round)."),
        ("Ben Çelik", "Every answer is right."),
        ("Cléo Dubois", "10.6667 of 13 marks, 1 open"),
        ("Cléo Dubois", "A person will look at ∂L/∂w₁; the mark there is still open."),
        ("Cléo Dubois", "open, of 2"),
        ("Cléo Dubois", "Line 2 of your working does not hold, though the line before it does: 0.7414 * 0.1868 + 0.5933"),
        ("Cléo Dubois", "The result is right, but a line of the working does not hold."),
        ("Eva Fischer", "Two explanations fit equally well: either σ was used"),
        ("Eva Fischer", "Write the step ∂L/∂w₁ out once more. It needs the sum over all paths."),
        ("Finn", "left out, in the step ∂L/∂out_h1, and besides the difference"),
        ("Finn", "undecided; a person will look at it"),
        ("Gül", "No answer to 6 questions (0 of 9): ∂L/∂w₅, ∂L/∂w₆, ∂L/∂out_h1, ∂L/∂w₁, w5 after 1 and w1 after 1."),
        ("Hana Ito", "Correctly rounded, but to fewer digits than are asked for."),
        ("Ivo", "there is no question dL/dw99: did you mean dL/dw5?"),
        ("../../etc/passwd", "could not be marked. A person will look at it"),
        ("../../etc/passwd", "the file is not text: it begins with PK"),
    ],
)  # fmt: skip
def test_what_a_student_reads(who, words):
    assert words in said(NAMED[who])


def test_the_caret_stays_under_its_place():
    lines = report(NAMED["Cléo Dubois"], "none").to_text().splitlines()
    place = next(number for number, line in enumerate(lines) if "0,000438568" in line and "answer" not in line)
    assert lines[place].index(",") == lines[place + 1].index("^")


def test_work_that_could_not_be_marked_shows_no_mark():
    assert " marks" not in said(NAMED["../../etc/passwd"])


def test_a_wrong_answer_after_a_wrong_one():
    both = replace(SIGN, question="dL/dw5", follows=("dL/dout_o1",))
    assert "It was computed from your own ∂L/∂out_o1, too, which is not right" in said(student("x", both))
    rounded = answer("dL/dw5", "correct", outcome="rounded-early", follows=("out_o1", "out_h1"))
    assert "It was computed from your rounded out_o1 and out_h1." in said(student("x", rounded))


def test_many_explanations_are_cut():
    ways = tuple((replace(SIGN.slips[0][0], tag=tag),) for tag in ("missing-path", "step-up", "sign-lost", "half-lost", "neighbour"))
    words = said(student("x", replace(SIGN, slips=ways)))
    assert "Several explanations fit equally well: either one of the paths" in words
    assert "a minus sign was lost, or something else, in the step ∂L/∂out_o1." in words
    assert "½" not in words


def test_credits_are_a_short_line():
    form = Credit("cap", Fraction(1, 2), "one mark for the form")
    credits = (Credit("award", Fraction(1), "right"), form, Credit("stop", Fraction(0), ""))
    cut = answer("dL/dw5", "correct", marks=Fraction(1), outcome="other-form", credits=credits)
    assert "1 of 2: 2 (right); at most 1 (one mark for the form); no further credit." in said(student("x", cut))


@pytest.mark.parametrize("reveal", REVEALS)
@pytest.mark.parametrize("work", CLASS, ids=lambda work: work.student)
def test_every_page_is_made_at_every_level(work, reveal):
    page = report(work, reveal)
    made = formats(page)
    assert all(len(line) <= 80 for line in made["text"].splitlines())
    assert made["latex"].isascii()
    assert formats(page) == made
    data = json.loads(made["json"])
    assert data["student"] == work.student
    assert Fraction(data["marks"]) == sum(Fraction(each["marks"]) for each in data["answers"])


def test_the_report_of_work_that_was_really_marked():
    """The marker's own words and numbers in every format; no right value before it may be shown."""
    marker = Marker(load("neuron/two-two-two"))
    given = {"dL/dout_o1": "-0.741365", "dL/dw5": "-0.0821670", "dL/dout_h1": "0,036", "dL/dw1": "0.1", "out_o1": "0.751 ¥"}
    work = marker.mark(Submission("anna", given))
    words = " ".join(reports(marker, "hint")(work).to_text().split())
    assert "∂L_total/∂w₅ is wrong only because ∂L_total/∂out_o1 was." in words
    assert "taken the other way round, in the step ∂L_o1/∂out_o1." in words
    assert "a decimal is written with a point: 0.036" in words
    right = [marker.solution(question)[1] for question in given]
    for reveal in ("none", "hint"):
        hidden = [value for value in right if value.lstrip("-") not in " ".join(given.values())]
        assert [value for value in hidden for text in formats(reports(marker, reveal)(work)).values() if value in text] == []
    shown = reports(marker, "solution")(work).to_text(120)
    assert [value for value in right if value.replace("-", "−") not in shown] == []


# Wording


def test_a_hint_does_not_state_the_derivative_that_is_asked():
    marker = Marker(load("neuron/two-two-two"))
    words = " ".join(reports(marker, "hint")(marker.mark(Submission("x", {"dout_o1/din_o1": "0.3"}))).to_text().split())
    assert "out once more. It needs the derivative of the sigmoid." in words
    assert "1 − " not in words


def test_a_formula_without_a_value_ends_without_a_sign():
    asked = Question("chain", "the chain for dL/dw5", targets=("dL/dw5",))
    page = Feedback(
        Marked("x", "e", (MarkedAnswer("chain", "1", "wrong", Fraction(0), Fraction(1)),)), "solution", questions=(asked,),
        solutions={"chain": (SOLUTIONS["dL/dw5"][0], "")},
    )  # fmt: skip
    assert page.to_text().split("Solution")[1].rstrip().endswith("∂w₅")


# Hostile words


def outside(markdown):
    """The Markdown of a page as a reader takes it: kinds of tokens that would act."""
    acting = set()
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown):
        for each in [token, *(token.children or [])]:
            if each.type in ("html_block", "html_inline", "link_open", "image"):
                acting.add(each.type)
    return acting


def harmless(text):
    return [char for char in text if not char.isprintable() and char != "\n"] == []


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: ascii(words)[:20])
def test_nobodys_words_act_in_any_format(words):
    for page in (*(report(hostile(words), reveal) for reveal in REVEALS), class_report([hostile(words)], title=words)):
        made = formats(page)
        assert all(harmless(text) for text in made.values())
        assert outside(made["markdown"]) == set()
        assert all(len(line) <= 80 for line in made["text"].splitlines())
        assert made["latex"].isascii()
        assert made["json"].isascii()
        assert not any(command in made["latex"] for command in ("\\input{", "\\write18", "\\catcode", "^^"))
        if isinstance(page, ClassReport):
            assert harmless(page.to_svg())
            assert not any(tag in page.to_svg() for tag in ("<script", "<img", "<!--", "onerror=alert(1)>"))
        json.loads(made["json"])


def test_a_megabyte_of_text_is_cut():
    page = report(hostile("x y" * 350_000))
    assert "1,050,000 characters in all" in " ".join(page.to_text().split())
    assert len(page.to_text()) < 30_000


@pytest.mark.parametrize("text", ["dL/dw5", "out_h1", "w5@1"])
def test_names_are_maths(text):
    assert not isinstance(quantity(text, ENGLISH.marking), str)


@pytest.mark.parametrize("text", ["a@b", "dL/dw5; x", "$x$", "", "w" * 60, "1", "dL/d", "x\n", "ä" * 3])
def test_what_is_no_name_is_words(text):
    assert isinstance(quantity(text, ENGLISH.marking), str)


@pytest.mark.parametrize("text", ["x", "1/0x", "1e", "１２", "0." + "1" * 70, "(1, 2)", "+1"])
def test_what_is_no_number_is_words(text):
    assert isinstance(value(text, ENGLISH.marking), str)
