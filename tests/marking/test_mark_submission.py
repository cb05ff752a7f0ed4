"""What a marker says of answers: verdicts, follow-through, lines of working, lists, circles, credit."""


import pytest
from mark_one import FORMULAS, NEURON, answers, marker

from tutor.answer.handed_in import Submission, Unused
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker


def test_follow_through_names_the_root():
    """∂L/∂w5 is wrong only because ∂L/∂out_o1 was; the value that follows is as the student rounded it."""
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {
        "dL/dout_o1": "-0.741", "dL/din_o1": "-0.1384", "dL/dw5": "-0.0821", "w5@1": "0.441",
    })))  # fmt: skip
    assert found["dL/dout_o1"].tag == "sign-of-error"
    assert [found[name].verdict for name in ("dL/din_o1", "dL/dw5", "w5@1")] == ["follow-through"] * 3
    assert found["dL/din_o1"].follows == ("dL/dout_o1",)
    assert found["dL/dw5"].follows == ("dL/din_o1",)
    assert found["w5@1"].marks == found["w5@1"].out_of


def test_the_true_value_is_right_whatever_came_before():
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {"dL/dout_o1": "-0.741", "dL/dw5": "0.0822"})))
    assert found["dL/dw5"].verdict == "correct"


def test_one_of_two_wrong_results_may_have_been_used():
    """out_o1 is wrong and was not used for the slope; ∂L/∂out_o1 was."""
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {"out_o1": "0.9", "dL/dout_o1": "0.5", "dL/dw5": "0.0554155"})))
    assert found["dL/dw5"].verdict == "follow-through"
    assert found["dL/dw5"].follows == ("dL/dout_o1",)


@pytest.mark.parametrize("useless", ["0", "1e999", "dL/dw", "0,5", "1/0"])
def test_what_is_of_no_use_is_not_carried_on(useless):
    """A 0 would make everything 0, and be right for everybody."""
    one = marker(NEURON, 'ask = "dL/dz"', 'ask = "dL/dw"')
    found = answers(one.mark(Submission("s", {"dL/dz": useless, "dL/dw": "0"})))
    assert found["dL/dz"].verdict not in ("correct", "follow-through")
    assert found["dL/dw"].verdict == "wrong"


def test_a_scheme_can_switch_follow_through_off():
    on = marker(NEURON, 'ask = "dL/dz"', 'ask = "dL/dw"')
    off = marker(NEURON, 'ask = "dL/dz"', 'ask = "dL/dw"\nfollow = false')
    wrong = {"dL/dz": "0.5", "dL/dw": "0.75"}
    assert answers(on.mark(Submission("s", wrong)))["dL/dw"].verdict == "follow-through"
    assert answers(off.mark(Submission("s", wrong)))["dL/dw"].verdict != "follow-through"


def test_results_that_were_rounded_are_followed():
    """0.74·0.19 = 0.1406 from figures of two digits: right for this student."""
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {"dL/dout_o1": "0.74", "dout_o1/din_o1": "0.19", "dL/din_o1": "0.1406"})))
    assert (found["dL/din_o1"].verdict, found["dL/din_o1"].outcome) == ("follow-through", "rounded-early")


def test_formulas_follow_too():
    one = marker(FORMULAS, 'ask = "dL/da"\nkind = "expression"', 'ask = "dL/dz"\nkind = "expression"', 'ask = "dL/dw"\nkind = "expression"')
    found = answers(one.mark(Submission("s", {
        "dL/da.formula": "3(a - y)", "dL/dz.formula": "3(a - y)a(1-a)", "dL/dw.formula": "3(a - y)a(1-a)x",
    })))  # fmt: skip
    assert [answer.verdict for answer in found.values()] == ["wrong", "follow-through", "follow-through"]
    assert found["dL/dw.formula"].follows == ("dL/dz.formula",)


def test_circles_explain_nothing():
    one = marker(FORMULAS, 'ask = "dL/da"\nkind = "expression"', 'ask = "dL/dz"\nkind = "expression"')
    found = answers(one.mark(Submission("s", {"dL/da.formula": "dL/dz/(a(1-a))", "dL/dz.formula": "dL/da*a(1-a)"})))
    assert [(answer.verdict, answer.outcome, answer.marks) for answer in found.values()] == [("wrong", "circular", 0)] * 2
    straight = answers(one.mark(Submission("s", {"dL/da.formula": "2(a-y)", "dL/dz.formula": "dL/da*a(1-a)"})))
    assert [answer.verdict for answer in straight.values()] == ["correct", "correct"]


def test_what_a_person_must_see_is_listed():
    question = marker(NEURON, 'ask = "a"', 'ask = "dL/dw"')
    marked = question.mark(Submission("s", {"a": "1,900", "dL/dw": "1/0"}))
    assert marked.person == ("a", "dL/dw")
    assert marked.marks == 0
    assert marked.out_of == 2


def test_what_cannot_be_read_is_not_the_first_that_is_wrong():
    marked = marker(NEURON, 'ask = "a"', 'ask = "dL/dw"').mark(Submission("s", {"a": "?!", "dL/dw": "1/0"}))
    assert (marked.first, marked.waits) == ("", True)


@pytest.mark.parametrize("text", ["?", "-", "–", "—", "n/a", "N/A.", "TODO", "…", "...", " ", "k. A.", "???"])
def test_what_says_that_there_is_no_answer_is_blank(text):
    (answer, _) = marker(NEURON, 'ask = "a"').judge("a", text)
    assert answer.verdict == "blank"


def test_what_was_not_used_waits_for_a_person_only_where_a_question_is_blank():
    lost = (Unused("line 3", "0.7", "no question"),)
    both = marker(NEURON, 'ask = "a"', 'ask = "dL/dw"')
    assert both.mark(Submission("s", {"a": "1"}, unused=lost)).waits
    assert not both.mark(Submission("s", {"a": "1", "dL/dw": "2"}, unused=lost)).waits


def test_refused_answers_are_unreadable_and_not_blank():
    question = marker(NEURON, 'ask = "a"')
    marked = question.mark(Submission("s", {}, refused={"a": "given twice"}))
    assert (marked.answers[0].verdict, marked.answers[0].message) == ("unreadable", "given twice")


def test_totals_add_up_and_results_repeat():
    network = load("neuron/two-two-two")
    given = {"out_o1": "0.751", "dL/dw5": "-0.0822", "w5@1": "0.441", "dL/dw1": "x"}
    first = Marker(network).mark(Submission("s", given))
    again = Marker(network).mark(Submission("s", given))
    assert first == again
    assert first.marks == sum(answer.marks for answer in first.answers)
    assert first.out_of == sum(answer.out_of for answer in first.answers)
    assert (first.exercise_hash, first.seed) == (network.digest, 0)
    assert len(network.digest) == 64


def test_a_careful_student_who_rounds_has_full_marks():
    """Three digits everywhere, each result computed from the rounded ones before it."""
    given = {"out_o1": "0.75", "dL/dout_o1": "0.74", "dout_o1/din_o1": "0.188", "dL/din_o1": "0.139", "dL/dw5": "0.0824",
             "dL/dout_h1": "0.0366", "dL/din_h1": "0.00882", "dL/dw1": "0.000441"}  # fmt: skip
    marked = Marker(load("neuron/two-two-two")).mark(Submission("s", given))
    assert [a.question for a in marked.answers if a.text and a.marks < a.out_of] == []


def test_zeros_that_make_everything_zero_earn_nothing():
    given = {"out_o1": "1", "dout_o1/din_o1": "0", "dL/din_o1": "0", "dL/dw5": "0", "dL/dw6": "0", "w5@1": "0.4", "w6@1": "0.45"}
    assert Marker(load("neuron/two-two-two")).mark(Submission("s", given)).marks == 0


def test_one_quantity_asked_twice_counts_as_answered_last():
    network = Marker(load("neuron/two-two-two"))
    chain = "dL/dout_o1*dout_o1/din_o1*din_o1/dw5"
    with_chain = answers(network.mark(Submission("s", {"dL/dw5.chain": chain, "dL/dw5": "0.5", "w5@1": "0.15"})))
    without = answers(network.mark(Submission("s", {"dL/dw5": "0.5", "w5@1": "0.15"})))
    assert with_chain["w5@1"] == without["w5@1"]
    assert without["w5@1"].verdict == "follow-through"
