"""Labels that the product makes: none that anybody wrote, none that means something else."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.graph.labels import labels
from tutor.rules.functions import FUNCTIONS

TABLE = [
    (6, [], ["a", "b", "c", "d", "e", "f"]),
    (1, ["x"], ["f"]),
    (3, ["x"], ["a", "b", "f"]),
    (4, ["a", "b", "c", "x"], ["d", "e", "g", "f"]),
    (5, ["a", "b", "x"], ["c", "d", "e", "g", "f"]),
    (2, ["f", "x"], ["a", "b"]),
    (2, ["da", "x"], ["b", "f"]),  # da/dx would mean two things
    (3, ["e"], ["a", "b", "f"]),
    (2, list(string.ascii_lowercase), ["n1", "n2"]),
    (2, [*string.ascii_lowercase, "n1"], ["n2", "n3"]),
]


@pytest.mark.parametrize(("number", "taken", "expected"), TABLE)
def test_labels(number, taken, expected):
    assert labels(number, taken) == expected


@given(st.integers(0, 60), st.sets(st.sampled_from([*string.ascii_lowercase, *(f"d{x}" for x in string.ascii_lowercase), "n1", "n2"])))
def test_no_label_collides(number, taken):
    found = labels(number, taken)
    assert len(found) == len(set(found)) == number
    assert not set(found) & (taken | set(FUNCTIONS))
    assert not {f"d{name}" for name in found} & taken
    assert "f" in found or not number or "f" in taken or "df" in taken
