"""The phrases of slips over whole arrays: each is a row of one of the tables, and said by pages like the others."""

from tutor.explain.words.array_slip_words import ARRAY_SLIPS
from tutor.explain.words.slip_words import SLIPS
from tutor.marking import array_misconceptions, misconceptions


def test_each_is_a_slip_of_a_table():
    assert set(ARRAY_SLIPS) <= {row.tag for row in (*array_misconceptions.TABLE, *misconceptions.TABLE)}
    assert ARRAY_SLIPS.items() <= SLIPS.items()
