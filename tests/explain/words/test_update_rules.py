"""Every rule of an optimiser has its words, and no words are left over."""

from tutor.explain.words.wording import ENGLISH
from tutor.rules.optimisers import OPTIMISERS


def test_every_rule_has_its_words_and_no_words_are_left_over():
    assert {move.rule for row in OPTIMISERS for move in row.moves} == set(ENGLISH.updates.MOVES)
