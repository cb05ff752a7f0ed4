"""Marked work as a record of plain JSON, and back."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from marks_made import ANNA, BEN, FAILED, WAITING

from tutor.marking.marked import BrokenLine, Credit, Refutation
from tutor.marking.record import dump_record, from_record, loads, to_record

FULL = replace(
    ANNA,
    answers=(
        replace(
            ANNA.answers[0],
            credits=(Credit("award", Fraction(1, 3), "why"),),
            line=BrokenLine(2, "0.1·x", "before", None, None),
            refutation=Refutation((("x", "1.5"),), "2", "3"),
            follows=("a",),
        ),
        *ANNA.answers[1:],
    ),
)


@pytest.mark.parametrize("marked", [ANNA, BEN, WAITING, FAILED, FULL], ids=["anna", "ben", "waiting", "failed", "full"])
def test_what_was_written_comes_back(marked):
    assert loads(dump_record(marked)) == marked
    assert from_record(json.loads(json.dumps(to_record(marked)))) == marked


def test_one_line_of_ascii_the_same_every_time():
    odd = replace(ANNA, student="Jürgen\n\u202e")
    assert dump_record(odd) == dump_record(loads(dump_record(odd)))
    assert dump_record(odd).isascii()
    assert "\n" not in dump_record(odd)


@pytest.mark.parametrize("spoil", [
    lambda r: r.pop("student"), lambda r: r.update(marks="x"), lambda r: r.update(answers=[{}]), lambda r: r.update(more=1),
])  # fmt: skip
def test_what_is_no_record_is_refused(spoil):
    record = to_record(ANNA)
    spoil(record)
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_record(record)
