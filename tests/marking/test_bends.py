"""A slip's bend changes what is asked."""

import numpy as np
import pytest
from some_now import some_now
from worked import exercise

from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import NEIGHBOUR, TABLE

EXAMPLES = [(row, example) for row in TABLE for example in (row.example, *row.also)]


@pytest.mark.parametrize(
    ("row", "example"), some_now(EXAMPLES, 5, rows=True), ids=[f"{row.tag}-{example.ask}" for row, example in EXAMPLES]
)
def test_a_bend_changes_what_is_asked(row, example):
    """A row whose bend has no effect would never be found."""
    if row.tag == NEIGHBOUR:
        pytest.skip("made by looking at another quantity")
    marker = Marker(exercise(example))
    sheet, bends = marker.sheet, marker.diagnosis.bends
    target = marker.questions[0].targets[0]
    own = [marker.diagnosis.variants[i] for i, bend in enumerate(bends) if bend.tag == row.tag]
    values = sheet.numbers.run_bent(own, [target])[target]
    assert np.any(np.abs(values - float(example.wrong)) <= 1e-5 * abs(float(example.wrong)))
