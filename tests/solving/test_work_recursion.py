"""A recursion for every T, and for a number: against PyTorch's numbers and the derivation written out; what is refused."""

import dataclasses

import pytest

import tutor
from tutor.errors import ProofError, ValueProblem
from tutor.exercise.load import from_text
from tutor.solving import work_recursion

OPEN = """title = "T"
loss = "sum(L[t], t)"
parameters = ["W", "U"]
[[repeat]]
to = "T"
steps = ["h[t] = tanh(W x[t] + U h[t-1])", "L[t] = sum((h[t] - y[t])^2)"]
[shapes]
x = ["n"]
h = ["m"]
y = ["m"]
W = ["m", "n"]
U = ["m", "m"]
"""
SMALL = 'title = "T"\nloss = "h[3]"\n[[repeat]]\nto = 3\nsteps = ["h[t] = w*h[t-1]"]\n[values]\nw = "1/2"\nh_0 = 1\n'


def test_an_open_end_is_a_recursion_held_against_four_derivations():
    solution = tutor.solve(from_text(OPEN, "t"))
    assert solution.worked.recursion.agreed == (1, 2, 3, 4)
    text = solution.to_text(100)
    assert "Σ_(t=1..T)" in text
    assert "t = T − 1, …, 1" in text
    assert "Written out for T = 1, 2, 3, 4" in text
    assert r"\sum_{t=1}^{T}" in solution.to_latex()
    assert '"written_out_for": [\n' in solution.to_json()


def test_a_number_of_times_both_ways():
    written, told = (tutor.solve(from_text(SMALL, "t"), recursion=way) for way in (False, True))
    assert written.gradient("w") == told.gradient("w")
    assert "hₜ₋₁" in told.to_text()
    assert "hₜ₋₁" not in written.to_text()
    assert tutor.solve(from_text(f"recursion = true\n{SMALL}", "t")).worked.recursion is not None
    assert "from t = 3 back to 1" in told.to_text()
    long = from_text(SMALL.replace("to = 3", "to = 9").replace("h[3]", "h[9]"), "t")
    assert tutor.solve(long).worked.recursion is not None
    assert tutor.solve(long, recursion=False).worked.recursion is None
    assert "schrumpft" in tutor.solve(from_text(SMALL, "t"), recursion=True, words="de").to_text()


def test_a_recursion_that_is_not_the_derivation_is_never_shown(monkeypatch):
    real = work_recursion.read_recursion

    def bend(*given):
        found = real(*given)
        row = found.backward[-1]
        return dataclasses.replace(found, backward=(*found.backward[:-1], dataclasses.replace(row, step=dataclasses.replace(
            row.step, expr=found.backward[0].step.expr))))  # fmt: skip

    monkeypatch.setattr(work_recursion, "read_recursion", bend)
    for text in (OPEN, f"recursion = true\n{SMALL}"):
        with pytest.raises(ProofError, match="not the derivation written out"):
            tutor.solve(from_text(text, "t"))


def test_what_cannot_be_told_so_is_refused():
    for target, way, what in (("(x+y)*z", True, "repeats no steps"), (from_text(OPEN, "t"), False, "T is open")):
        with pytest.raises(ValueProblem, match=what):
            tutor.solve(target, recursion=way)
    with pytest.raises(ValueProblem, match="not their entries"):
        tutor.solve(from_text(OPEN, "t"), recursion=True, form="scalar")
