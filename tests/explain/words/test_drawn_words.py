"""The words in pictures: every kind of quantity has a name, for one and for several."""

from typing import get_args

from tutor.explain.words.drawn_words import ENGLISH_DRAWN
from tutor.graph.nouns import Kind


def test_every_kind_has_its_name():
    assert set(ENGLISH_DRAWN.KINDS) == set(get_args(Kind))
    assert all(one != several for one, several in ENGLISH_DRAWN.KINDS.values())
