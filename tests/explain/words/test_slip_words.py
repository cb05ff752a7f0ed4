"""Every slip has its words, and says three different things: its name, what was done, where to look."""

import pytest

from tutor.explain.words.slip_words import SLIPS
from tutor.marking.misconceptions import TABLE


@pytest.mark.parametrize("tag", [row.tag for row in TABLE])
def test_every_slip_of_the_table_is_said(tag):
    phrase = SLIPS[tag]
    assert len({phrase.name, phrase.done, phrase.look}) == 3
    assert phrase.look[0].isupper()
    assert phrase.look.endswith((".", "?"))


def test_no_two_slips_have_one_name():
    names = [phrase.name for phrase in SLIPS.values()]
    assert len(names) == len(set(names))
