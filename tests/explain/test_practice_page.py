"""A session in words: every reply of every exercise can be said in every language and format, and looks as it should."""

import re
from itertools import islice

import pytest
from chosen_exercises import chosen_entries, load_once
from rich.cells import cell_len
from some_now import some_now

from tutor.exercise.load import load
from tutor.explain.practice_page import (
    name_rule,
    say_rule,
    write_known,
    write_question,
    write_reply,
    write_start,
)
from tutor.explain.practice_steps import draw_so_far, write_worked
from tutor.explain.practice_summary import find_status, write_summary
from tutor.explain.words.languages import find_wording
from tutor.explain.words.wording import ENGLISH
from tutor.notation.profile import Notation
from tutor.numbers.data_set import batches
from tutor.practice.ladder import list_rungs
from tutor.practice.session import Event, Progress, Settings, start, step
from tutor.render.latex.article import document as latex
from tutor.render.page_formats import page_format
from tutor.render.terminal.terminal_page import write_plain_page
from tutor.results.practice import find_notation

EXERCISES = some_now([(entry.id, lang) for entry in chosen_entries() for lang in ("en", "de")], every=59, first=5, rows=True)


@pytest.mark.parametrize(("ident", "lang"), EXERCISES)
def test_everything_can_be_said(ident, lang):
    words, notation = find_wording(lang), Notation()
    session = start(load_once(ident))
    for place in range(200):
        if not session.at or session.ended:
            break
        said = [write_question(session, words)]
        for event in (Event("answer", "17", place * 90.0), Event("hint", "", place * 90 + 30.0), Event("hint", "", place * 90 + 60.0)):
            if session.at:
                session, reply = step(session, event)
                said.append(write_reply(session, reply, words))
        for doc in said:
            text = write_plain_page(doc, notation, 60)
            assert all(cell_len(line) <= 60 for line in text.splitlines())
            assert page_format("markdown").write(doc, notation) is not None
    page = write_summary(session, words)
    assert write_plain_page(page, notation, 80)
    assert "\\end{document}" in latex(page, notation)


def test_a_slip_is_asked_before_it_is_said():
    session = start(load("qmul/activated-neuron"))
    session, _ = step(session, Event("go", "dE0/dx_L"))
    session, reply = step(session, Event("answer", "0.5"))
    texts = []
    for text in ("-0.200500", "-0.200500"):
        session, reply = step(session, Event("answer", text))
        texts.append(write_plain_page(write_reply(session, reply), Notation(), 80))
    if reply.marked.slips:
        assert "Probably" in texts[1]
    assert "How did you get" in texts[0] or "Not yet" in texts[0]


@pytest.mark.parametrize(("progress", "told"), [
    (Progress("right"), "right"), (Progress("right", rungs=1), "helped"), (Progress("right", attempts=1), "retried"),
    (Progress("shown", rungs=3), "shown"), (Progress(), "open"),
])  # fmt: skip
def test_how_a_step_was_done(progress, told):
    assert find_status(progress) == told


def test_what_an_answer_settles_is_named_or_counted():
    begun = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    for typed, told in (("out_h1 = 0.593270", "in_h1 is settled by it"), ("dL/dw5 = 0.0821670", "10 earlier steps are settled")):
        session, reply = step(begun, Event("answer", typed))
        assert told in write_plain_page(write_reply(session, reply), Notation(), 80)


def test_a_graph_without_numbers_has_its_formulas():
    """Also in the terminal, where a worked solution has them elsewhere on its page."""
    text = write_plain_page(draw_so_far(start(load("graz/chain"))), Notation(), 60)
    assert "tanh(g)" in text
    assert "x" in text


def test_skills_have_names():
    words = find_wording("en")
    for mode in ("scalar", "layer"):
        session = start(load("neuron/two-two-two"), Settings(layer=mode == "layer"))
        assert all(words.name_skill(skill) and "{" not in words.name_skill(skill) for skill in session.known)


def test_what_is_worked_out_is_shown_with_its_numbers():
    session = start(load("neuron/two-two-two"), Settings(mode="learn", wrt=("w5",)))
    text = write_plain_page(write_worked(None, session), Notation(), 80)
    assert "sigmoid(in_h1) = sigmoid(0.3775)" in text
    assert "0.593270" in text
    assert write_worked(session, session).blocks == ()


def test_the_table_has_what_is_known_and_no_more():
    session, _ = step(start(load("neuron/two-two-two"), Settings(wrt=("w5",))), Event("answer", "0.3775"))
    text = write_plain_page(write_known(session), Notation(), 80)
    assert "0.3775" in text
    assert "out_h1" not in text


def test_tiles_can_be_read():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w1",)))
    session, _ = step(session, Event("go", "dL/dout_h1.ways"))
    text = write_plain_page(write_question(session), Notation(), 80)
    assert "does out_h1 reach L?" in text
    assert all(f"{letter})" in text for letter, _ in session.task.question.options)


def test_what_is_given_is_shown_first():
    def shown(ident):
        return write_plain_page(write_start(start(load_once(ident))), Notation(), 80)

    assert "w₁ = 0.15" in shown("neuron/two-two-two")
    assert "in_h1  = w₁·i₁ + w₂·i₂ + b₁" in shown("neuron/two-two-two")
    assert "0.593" not in shown("neuron/two-two-two")
    assert "have the sizes 3-4-2" in shown("cmu/counting")


def test_what_is_counted_is_named_in_the_language():
    session, _ = step(start(load("cmu/counting")), Event("answer", "10"))
    text = write_plain_page(write_summary(session, find_wording("de")), Notation(), 80)
    assert "die Anzahl der Neuronen" in text
    assert "count" not in text.replace("cmu/counting", "")


@pytest.mark.parametrize(("typed", "told"), [("10", "No known slip explains"), ("6", "Nothing slipped")])
def test_what_no_slip_explains_is_not_passed_over(typed, told):
    session, _ = step(start(load("cmu/counting")), Event("answer", typed))
    assert told in write_plain_page(write_summary(session), Notation(), 80)


def test_what_was_kept_is_told_with_the_right_value_at_the_end_only():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    session, _ = step(session, Event("answer", "0.9"))
    assert "0.3775" not in write_plain_page(write_summary(session), Notation(), 80)
    session, reply = step(session, Event("keep"))
    assert "0.3775" not in write_plain_page(write_reply(session, reply), Notation(), 80)
    assert "right is 0.3775" in write_plain_page(write_summary(session), Notation(), 80)


@pytest.mark.parametrize("ident", some_now([entry.id for entry in chosen_entries()], every=12))
def test_what_is_chosen_from_reads_differently(ident):
    """No two options say the same: only one of them would be right."""
    lesson = start(load_once(ident)).lesson
    for lang in ("en", "de"):
        words = find_wording(lang)
        for task in lesson.tasks:
            said = [say_rule(sort, rule, words) for sort, rule in task.rules]
            assert len(set(said)) == len(said), task.id
            assert len(set(task.tiles)) == len(task.tiles)
            assert len(set(task.lines)) == len(task.lines)


LAYERED = some_now([entry.id for entry in chosen_entries() if "layers" in entry.abilities], every=8)


@pytest.mark.parametrize("ident", LAYERED)
def test_the_rule_of_whole_arrays_has_a_name(ident):
    session, found = start(load_once(ident), Settings(layer=True)), 0
    for task in session.lesson.tasks:
        for rung in list_rungs(session.lesson.marker, task, {}):
            found += rung.kind == "rule"
            assert rung.kind != "rule" or name_rule(rung.sort, rung.rule, ENGLISH) != ENGLISH.marking.ANY_RULE
    assert found


def test_arrays_stand_in_the_summary_by_their_symbols():
    session, reply = step(start(load("dl/index-network-layers"), Settings(layer=True)), Event("answer", "[1, 1.5, -2, 1]"))
    assert reply.marked.slips
    text = write_plain_page(write_summary(session), find_notation(session.lesson), 80)
    assert re.search("What slipped\n.*\\n.*s₀", text)


@pytest.mark.parametrize(("task", "told"), [("dL/din_o1.factors", "with letters"), ("dL_o1/dout_o1.why", "with a letter,")])
def test_how_many_are_to_be_chosen(task, told):
    session, _ = step(start(load("neuron/two-two-two"), Settings(wrt=("w5",))), Event("go", task))
    assert told in write_plain_page(write_question(session), Notation(), 80)


def test_a_question_is_asked_in_the_language():
    session = start(load("qmul/laplacian"), Settings(layer=True))
    text = " ".join(write_plain_page(write_question(session, find_wording("de")), Notation(), 80).split())
    assert "mit dem Kern gefaltet" in text
    assert "convolved" not in text


def test_arrays_are_given_as_matrices_in_layer_form():
    session = start(load("dl/index-network-layers"), Settings(layer=True))
    text = write_plain_page(write_start(session), find_notation(session.lesson), 80)
    assert "W₁ = ⎡   1   2  0  −1 ⎤" in text
    assert "x = (1, −1, 2)" in text
    assert "W₁₁" not in text
    assert "y = (5, 2)" in text


def test_where_an_answer_went_wrong_is_said_and_not_what_is_right():
    session, reply = step(start(load("dl/index-network-layers"), Settings(layer=True)), Event("answer", "[1, 2]"))
    assert write_plain_page(write_reply(session, reply), Notation(), 80).strip() == "Not yet. 2 entries where 4 are asked."
    session, reply = step(start(load("neuron/two-two-two")), Event("answer", "0.05*0.15 + 0.35 = 0.36"))
    assert "Line 1 of your working is not equal" in write_plain_page(write_reply(session, reply), Notation(), 80)
    session, reply = step(start(load("graz/branches")), Event("answer", "df/dg"))
    assert "typed back" in write_plain_page(write_reply(session, reply, find_wording("en")), Notation(), 80)


def test_what_an_update_needs_is_given():
    """The data set, how the samples are used, and the step size: else nobody could compute what is asked."""
    given = write_plain_page(write_start(start(load_once("published/deepml-neuron-two-epochs"))), Notation(), 100)
    for told in ("3   −1   −2   0", "mean over all 3 samples", "Each update uses all 3 samples", "Step size"):
        assert told in given
    shuffled = load_once("cmu/stochastic")
    order = [batch.samples[0] + 1 for batch in islice(batches(4, 1, "shuffled", shuffled.plan.seed), 3)]
    assert f"the samples {', '.join(map(str, order))}." in write_plain_page(write_start(start(shuffled)), Notation(), 200)


def test_numbers_that_never_end_are_given_as_they_can_be_typed():
    """Six digits of each, none of them as a fraction beside decimals."""
    given = write_plain_page(write_start(start(load_once("sequences/rnn-step"), Settings(layer=True))), Notation(), 100)
    assert "0.0172414" in given
    assert "/" not in given
