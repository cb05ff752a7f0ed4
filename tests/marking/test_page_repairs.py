"""One change makes a printed formula right, and is told by what belongs there or is one too many."""

import pytest

from tutor.exercise.load import from_text
from tutor.results.check import check

NEURON = 'title = "t"\nsteps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]\nparameters = ["w", "b"]\n'
ROWS = [  # claim, printed, tag, place
    ("dL/dw", "2*(a - y)*a*(1 - a)*b", "another-name", "x"),
    ("dL/da", "2*(a - y)*x", "factor-too-many", "x"),
    ("z", "w*x + b + y", "term-too-many", "y"),
    ("dL/dz", "20*(a - y)*a*(1 - a)", "point-misplaced", "dL/dz"),
]


@pytest.mark.parametrize(("claim", "printed", "tag", "place"), ROWS)
def test_what_makes_a_formula_right_is_told(claim, printed, tag, place):
    (verdict,) = check(from_text(f'{NEURON}[[claim]]\nclaim = "{claim}"\nprinted = "{printed}"\n', "t"))
    assert (tag, place) in [slip for way in verdict.cause.slips for slip in way]
