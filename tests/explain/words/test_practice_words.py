"""The words of practice: a phrase for each status, note and rung; each kind of skill has a name."""

from typing import get_args

from tutor.exercise.load import load
from tutor.explain.words.practice_words import PracticeWords
from tutor.practice.ladder import RungKind
from tutor.practice.session import Settings, Status, start

SAY = PracticeWords()


def test_every_status_and_rung_has_its_phrase():
    assert set(SAY.STATUS) == {*get_args(Status), "helped", "retried", "tried", "taken"}
    assert set(SAY.RUNGS) | {"think"} == set(get_args(RungKind))


def test_every_kind_of_skill_has_a_name():
    for ident in ("neuron/two-two-two", "dl/bce", "graz/chain"):
        for layer in (False, True):
            assert {skill.partition(":")[0] for skill in start(load(ident), Settings(layer=layer)).known} <= set(SAY.PLACES)
