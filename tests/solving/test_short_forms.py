"""A wrong formula is told the short form of a gradient, as pages print it, and not what the rules made of it."""

import pytest

from tutor.exercise.load import from_text
from tutor.expression.plain import write_plain
from tutor.solving.check_claims import check

LAYERS = 'title = "t"\nsteps = ["p = softmax(s)", "L = -log(p[2])"]\n[shapes]\ns = [3]\n'
NUMBERS = 'title = "t"\nsteps = ["a = sigmoid(z)", "L = -(t*log(a) + (1 - t)*log(1 - a))"]\n[values]\nz = 1\nt = 1\n'
SCORES = """title = "t"
steps = ["p1 = exp(u)/(exp(u) + exp(v))", "p2 = exp(v)/(exp(u) + exp(v))", "L = -(t1*log(p1) + t2*log(p2))"]
"""


@pytest.mark.parametrize(
    ("head", "claim", "printed", "derived"),
    [
        (LAYERS, "dL/ds", "p - onehot(1)", "p - one_hot(2, 3)"),
        (NUMBERS, "dL/dz", "t - a", "a - t"),
        (SCORES, "dL/du", "p1 - t2", "p1*(t1 + t2) - t1"),
        (NUMBERS, "dL/dz", "dL/da * a", "dL/da*a*(1 - a)"),  # of the derivatives that are printed, as ever
        (NUMBERS, "dL/da", "(t - a)/(a*(1 - a))", "(a - t)/(a*(1 - a))"),
    ],
)
def test_what_a_wrong_formula_is_told(head, claim, printed, derived):
    (verdict,) = check(from_text(f'{head}[[claim]]\nclaim = "{claim}"\nprinted = "{printed}"\n', "mine"))
    assert (verdict.agreement, write_plain(verdict.derived)) == ("differs", derived)
