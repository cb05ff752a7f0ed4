"""Words of marking: every verdict, outcome and slip has some, and a hint never states what is asked."""

from dataclasses import replace
from fractions import Fraction
from typing import get_args

import pytest
from chosen_exercises import chosen_ids, load_once
from marked_class import OWN, QUESTIONS, RULES, SIGN, SOLUTIONS, TITLE, answer, student

from tutor.explain.words.wording import ENGLISH
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import Outcome, Slip, Verdict
from tutor.marking.misconceptions import TABLE
from tutor.results.feedback import Feedback, class_report
from tutor.rules.functions import FUNCTIONS
from tutor.rules.patterns import PATTERNS


def report(work, reveal="hint"):
    return Feedback(work, reveal, TITLE, questions=QUESTIONS, own=OWN, rules=RULES, solutions=SOLUTIONS)


def said(work, reveal="hint"):
    """The report as one line of words."""
    return " ".join(report(work, reveal).to_text(120).split())


def test_every_verdict_and_outcome_has_words():
    assert set(ENGLISH.marking.VERDICTS) == set(get_args(Verdict))
    assert {each for each in get_args(Outcome) if each} <= set(ENGLISH.marking.OUTCOMES)
    assert set(ENGLISH.marking.OUTCOMES) == set(ENGLISH.marking.NEXT_OUTCOMES)


@pytest.mark.parametrize("tag", ENGLISH.marking.SLIPS)
def test_no_phrase_is_empty(tag):
    row = ENGLISH.marking.SLIPS[tag]
    assert all((row.name, row.done, row.look))
    assert not row.done.endswith(".")
    assert row.look.endswith((".", "?"))
    assert row.name[0].islower() or not row.name[0].isalpha() or row.name.startswith(("ReLU",))


def test_every_misconception_has_words():
    assert [row.tag for row in TABLE if row.tag not in ENGLISH.marking.SLIPS] == []


def test_a_tag_without_words_is_said_all_the_same():
    one = replace(SIGN, slips=((replace(SIGN.slips[0][0], tag="brand-new-slip"),),))
    assert "Probably brand new slip, in the step" in said(student("x", one))
    assert ENGLISH.marking.slip("").name
    assert class_report([student("x", one)]).to_text().count("brand new slip") == 2


def test_a_hint_names_the_rule_and_never_states_it():
    """Every rule that any exercise, function or pattern has."""
    found = {(step.sort, step.rule) for ident in chosen_ids() for step in Marker(load_once(ident)).sheet.working.steps}
    named = {*ENGLISH.marking.SUBJECTS, *ENGLISH.marking.KINDS, *FUNCTIONS, *(pattern.rule for pattern in PATTERNS)} - {"start"}
    found |= {(sort, name) for sort in ("forward", "local") for name in named - set(ENGLISH.marking.KINDS) | {"sigmoid'", "softmax_12"}}
    assert len(found) > 80
    phrases = {one: ENGLISH.marking.rule(*one) for one in found}
    assert [one for one, phrase in phrases.items() if phrase == ENGLISH.marking.ANY_RULE or set(phrase) & set("_=·(^′0123456789")] == []


def test_an_answer_with_all_marks_is_not_called_wrong():
    one = answer("dL/dw5", "misconception", "0.0821", marks=Fraction(2), slips=((Slip("sign-lost", "out_o1"),),))
    page = said(student("x", one, first="dL/dw5"))
    assert "a slip that costs no marks" in page
    assert "a known slip" not in page
    assert "is the first" not in page
    assert "a known slip" in said(student("x", replace(one, marks=Fraction(1))))
