"""Limits of formulas leave room, and no expression hangs what reads it."""

import subprocess
import sys

import pytest
from some_now import some_now

from tutor.expression.limits import MAX_DEPTH, MAX_TERMS
from tutor.expression.nodes import Name, Number, Pow
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS


def read(text, **settings):
    return parse(text, functions=FUNCTIONS, **settings)


SLOW = {
    # Fraction("1e999999999") must not be computed
    "a number with a huge exponent": "1e999999999*x",
    "a number with a tiny exponent": "1e-999999999*x",
    # each power is within the limits, what they make together is not
    "powers of powers": "((((9^64)^64)^64)^64)^64*x",
    "powers of powers of powers": "((((9^999)^999)^999)^999)*x",
    # 40 quotients in each of 39 brackets make a tree 1,600 deep
    "quotients in brackets": "(" * 39 + "x" + ("/a" * 40 + ")") * 39,
    # the derivatives of a product grow with the square of its factors
    "9,000 factors": "*".join("x" * 9_000),
    "300 factors": "*".join(f"x{n}" for n in range(300)),
}


SOLVE = "import sys, tutor\ntry:\n    tutor.solve(sys.argv[1])\nexcept tutor.TutorError:\n    pass\n"


@pytest.mark.parametrize("text", some_now(SLOW.values(), 2), ids=SLOW)
def test_no_expression_hangs_or_crashes_what_reads_it(text):
    """Refused or solved in a process of its own: a hanging C call cannot be interrupted."""
    done = subprocess.run([sys.executable, "-c", SOLVE, text], timeout=300, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_the_limits_leave_room():
    assert read("(" * (MAX_DEPTH - 1) + "x" + ")" * (MAX_DEPTH - 1)) == Name("x")
    assert read("-" * 2_000 + "x") == Name("x")
    assert len(read("+".join(["x"] * MAX_TERMS)).args) == MAX_TERMS
    assert read("x^1000") == Pow(Name("x"), Number("1000"))
