"""What is asked stands in front of a worked solution, once."""

import pytest

from tutor import sheet, solve
from tutor.exercise.load import from_text

TOO = "Here L and the derivatives are added: the source prints other values alone."
ADDED = "The derivatives are added here: the source prints values alone."
FORWARD = 'title = "T"\nsteps = ["z = w*x", "y = z^2", "L = y + z"]\nparameters = ["w"]\nclaim = [{claim}]\n[values]\nw = 2\nx = 3\n'
SYMBOLIC = 'title = "T"\nsteps = ["z = W x", "L = sum(z*z)"]\nasked = ["dL/dW"]\n[shapes]\nW = ["m", "n"]\nx = ["n"]\n'


def read_asked(target, **more):
    _, _, rest = solve(target, **more).to_text().partition("\nAsked ")
    return " ".join(rest.partition("\n\n")[0].split())


@pytest.mark.parametrize(("target", "asked"), [
    ("cmu/counting", "Compute the number of neurons, the number of weights and the number of parameters."),
    ("graz/chain", "Give ∂f/∂x as a formula."),
    ("cmu/second-smallest", "Compute ∂ℒ/∂w₁ and ∂ℒ/∂w₂; w₁ and w₂ after 1 update."),
    ("published/gnesi-momentum", "Compute ∂L/∂w; w after 4 updates."),
    ("graz/sqrt-cos", "Compute ∂f/∂e, ∂f/∂d, ∂f/∂c, ∂f/∂b, ∂f/∂a and ∂f/∂x."),
])  # fmt: skip
def test_what_is_asked_is_said(target, asked):
    assert read_asked(target) == asked


@pytest.mark.parametrize(("claim", "asked"), [
    ('{ claim = "z", printed = "6" }, { claim = "y", printed = "36" }', f"Compute z and y; ∂L/∂w. {TOO}"),
    ('{ claim = "z", printed = "6" }, { claim = "L", printed = "42" }', f"Compute z and L; ∂L/∂w. {ADDED}"),
    ('{ claim = "z", printed = "6" }, { claim = "dL/dw", printed = "39" }', "Compute ∂L/∂w."),
    ('{ claim = "z", printed = "6", follows = true }', "Compute ∂L/∂w."),
])  # fmt: skip
def test_a_source_that_prints_values_alone_asks_for_them(claim, asked):
    assert read_asked(from_text(FORWARD.format(claim=claim), "t")) == asked
    assert read_asked(from_text(FORWARD.format(claim=claim), "t"), wrt=["x"]) == "Compute ∂L/∂x."


def test_sizes_that_are_letters_leave_what_is_asked_alone():
    page = solve(from_text(SYMBOLIC, "t")).to_text()
    assert "Give ∂L/∂W as a formula." in page
    assert "∂L/∂x =" not in page.replace("  ", "")


def test_a_sheet_asks_once():
    assert "Asked" not in sheet(["graz/chain"], solutions="only").to_text()
    assert "Gesucht    Geben Sie ∂f/∂x als Formel an." in solve("graz/chain", words="de").to_text()
