"""A recursion for every T, and for a number: against PyTorch's numbers and the derivation written out; what is refused."""

import dataclasses

import numpy as np
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

    def bend(*given, **more):
        found = real(*given, **more)
        row = found.backward[-1]
        return dataclasses.replace(found, backward=(*found.backward[:-1], dataclasses.replace(row, step=dataclasses.replace(
            row.step, expr=found.backward[0].step.expr))))  # fmt: skip

    monkeypatch.setattr(work_recursion, "read_recursion", bend)
    for text in (OPEN, f"recursion = true\n{SMALL}"):
        with pytest.raises(ProofError, match="not the derivation written out"):
            tutor.solve(from_text(text, "t"))


TRUNCATED = """title = "T"
loss = "{loss}"
parameters = ["w"]
[[repeat]]
to = {last}
steps = ["h[t] = tanh(x[t] + w*h[t-1])", "L[t] = (h[t] - y[t])^2"]
"""


def detach(loss: str, last: int, steps: int) -> float:
    """∂L/∂w with a state that is detached after each block, by hand; blocks are counted from the end where the loss is at the end."""
    ends = {t for t in range(1, last + 1) if ((last - t) % steps == 0 if loss == "L[T]" else t % steps == 0)}
    x, y, w = [0.5, -1.0, 0.25, 1.0, -0.5], [0.0, 1.0, 0.5, -1.0, 0.25], 0.75
    state, gradient = 0.5, 0.0
    slope, states = 0.0, []  # ∂h/∂w within the block
    for t in range(1, last + 1):
        new = np.tanh(x[t - 1] + w * state)
        slope = (1 - new**2) * (state + w * slope)
        states.append((new, slope))
        if loss != "L[T]" or t == last:
            gradient += 2 * (new - y[t - 1]) * slope
        state, slope = new, 0.0 if t in ends else slope
    return float(gradient)


def test_truncated_gradients_go_back_so_many_steps():
    for loss, last, steps in (("sum(L[t], t)", 5, 2), ("L[T]", 5, 2), ("L[T]", 3, 1), ("sum(L[t], t)", 3, 5), ("L[T]", 1, 1)):
        text = TRUNCATED.format(loss=loss, last=last) + (
            f"[values]\nx = {[0.5, -1.0, 0.25, 1.0, -0.5][:last]}\ny = {[0.0, 1.0, 0.5, -1.0, 0.25][:last]}\nh_0 = 0.5\nw = 0.75\n"
        )
        exercise = from_text(text, "t")
        found = tutor.solve(exercise, truncate=steps, recursion=True)
        assert float(found.gradient("w")) == pytest.approx(detach(loss, last, steps), rel=1e-12), (loss, last, steps)
        assert ("there is nothing to cut" in found.to_text()) == (steps >= last)
    for loss, times, noted in (("sum(L[t], t)", "t = 2, 4, … and T", "counted from the first"), ("L[T]", "t=T − 1..T", "for T up to 2")):
        said = tutor.solve(from_text(TRUNCATED.format(loss=loss, last='"T"').replace("to =", "truncate = 2\nto ="), "t")).to_text(100)
        assert times in said
        assert noted in " ".join(said.split())


def test_what_cannot_be_told_so_is_refused():
    with pytest.raises(ValueProblem, match="go back 0 steps"):
        tutor.solve(from_text(OPEN, "t"), truncate=0)
    with pytest.raises(ValueProblem, match="repeats no steps"):
        tutor.solve("(x+y)*z", truncate=2)
    for target, way, what in (("(x+y)*z", True, "repeats no steps"), (from_text(OPEN, "t"), False, "T is open")):
        with pytest.raises(ValueProblem, match=what):
            tutor.solve(target, recursion=way)
    with pytest.raises(ValueProblem, match="not their entries"):
        tutor.solve(from_text(OPEN, "t"), recursion=True, form="scalar")
