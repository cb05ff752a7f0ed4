"""What may be shown of compared numbers: with a hint nothing that is right, without one verdicts alone."""

import numpy as np

from tutor.marking.compared import Bent, ComparedArray, ComparedNumbers, WrongEntry, disclose_numbers
from tutor.marking.marked import Slip
from tutor.marking.number_places import find_places

WRONG = ComparedArray("dW", "dL/dW", "misconception", (2,), (2,), apart=0.5, where=find_places(np.array([True, False])),
                      entries=(WrongEntry((0,), 1.5, 0.75, 2.0),), bends=(Bent((Slip("half-lost", "dL/da"),)),))  # fmt: skip
AFTER = ComparedArray("db", "dL/db", "follow-through", follows=("dL/dW",))


def test_no_more_is_shown_than_may_be():
    found = ComparedNumbers((WRONG, AFTER))
    assert (found.first, found.ok, list(found.list_following("dL/dW"))) == ("dL/dW", False, ["dL/db"])
    assert disclose_numbers(found, "solution") is found
    hint = disclose_numbers(found, "hint").arrays[0]
    assert (hint.entries[0].right, hint.entries[0].ratio, hint.apart, hint.bends) == (None, None, 0.0, WRONG.bends)
    bare = disclose_numbers(found, "none").arrays
    assert (bare[0].verdict, bare[0].bends, bare[0].entries, bare[1].follows) == ("misconception", (), (), ())
