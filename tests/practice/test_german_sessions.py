"""Sessions in German: whatever made learners do, no English sentence is said to them."""

import random
import re

import pytest
from chosen_exercises import chosen_entries, load_once
from learners_made import RUBBISH, slip_in_formula, slip_in_number
from some_now import some_now

from tutor.cli.practice_dialogue import take_line
from tutor.exercise.load import load
from tutor.explain.practice_page import write_question, write_reply, write_start
from tutor.explain.practice_parts import write_preview
from tutor.explain.practice_summary import write_summary
from tutor.explain.words.languages import find_wording
from tutor.notation.profile import Notation
from tutor.practice.preview import read_preview
from tutor.practice.session import Event, PracticeError, Settings, start, step
from tutor.results.page import Page
from tutor.results.practice import SaidPage, practise

GERMAN = find_wording("de")
ENGLISH_WORDS = re.compile(r"\b(the|is|of|and|write|with|this|that|no|did|you|not|where|are|for|it|stands)\b(?!\()")
MOST = 40
TYPED = [*RUBBISH, "(1", "1 2", "1, 2, 3", "1\n2", "w55", "sigmod(1)", "softmax(1, 2)", "0,,5", "x = ", "\\foo{1}", "1 +", "a if 1 > 0",
         "sin(1, 2)", "1/0", "log(0)", "W @ W", "max(W)", "sum(W, axis=7)", "W^T^T", "x x", "[1, 2", "[1, , 2]", "[[1, 2], [3]]",
         "\\begin{pmatrix} 1", "1 & 2", "а", "0.5·", "W + 1", "x[9]", "convolve(x, W)", "|1", "exp 1", "d/dx"]  # fmt: skip
FORMS = some_now([(entry.id, layer) for entry in chosen_entries()[::3] for layer in (False, True)], every=21, rows=True)
"""Of three exercises one: what is refused is said by the kind of a question, which they have in common."""


def say(doc):
    return SaidPage(doc, Notation()).to_text(100) if doc.blocks else ""


def list_english(text, typed):
    """Words of English that are no piece of what was typed."""
    said = "\n".join(line for line in text.splitlines() if not line.startswith("    "))  # the answer, above its caret
    return [word for word in ENGLISH_WORDS.findall(said.replace(typed, "")) if word not in typed]


@pytest.mark.parametrize(("ident", "layer"), FORMS)
def test_rubbish_is_refused_in_german(ident, layer):
    """Of tasks that are asked alike, and train the same, only the first is gone through."""
    session, chance = start(load_once(ident), Settings(layer=layer)), random.Random(3)
    lesson, place, met = session.lesson, 0, set()
    assert list_english(say(write_start(session, GERMAN)), "") == []
    while session.at and not session.ended and place < MOST:
        task = session.task
        alike = (task.kind, task.question.kind, task.question.shape == (), task.skill)
        if alike in met:
            session, _ = step(session, Event("give-up", "", place * 1000.0))
            continue
        met.add(alike)
        assert list_english(say(write_question(session, GERMAN)), "") == []
        slip = (slip_in_number if lesson.exercise.values else slip_in_formula)(session, chance)
        typed = [*(TYPED[(place + k * 7) % len(TYPED)] for k in range(4)), *([slip[1]] * 2 if slip else [])]
        for at, text in enumerate(typed):
            found = read_preview(lesson.marker, task, text)
            assert list_english(say(write_preview(found, GERMAN)), text) == [], text
            if session.at == task.id:
                session, reply = step(session, Event("answer", text, place * 1000.0 + at))
                assert list_english(say(write_reply(session, reply, GERMAN)), text) == [], text
        for at in range(9):
            if session.at == task.id:
                session, reply = step(session, Event("hint", "", place * 1000.0 + 30 * at + 30))
                assert list_english(say(write_reply(session, reply, GERMAN)), "") == []
        place += 1
    assert list_english(say(write_summary(session, GERMAN)), ident) == []


def test_english_would_be_seen():
    session = start(load("neuron/two-two-two"))
    session, reply = step(session, Event("answer", "banana(("))
    assert list_english(say(write_reply(session, reply)), "banana((")


@pytest.mark.parametrize("line", [":go dL/dw99", ":go out", ":nothing", ":help", ":table", ":graph"])
def test_commands_are_answered_in_german(line):
    practice = practise("neuron/two-two-two", words="de")
    assert list_english(say(take_line(practice, line)), line) == []


def test_a_session_that_has_ended():
    practice = practise("graz/chain", words="de")
    practice.send("quit")
    assert say(take_line(practice, "1")) == "die Sitzung ist zu Ende; beginnen Sie eine neue\n"
    with pytest.raises(PracticeError, match="the session has ended"):
        practice.send("answer", "1")
    assert isinstance(practice, Page)
