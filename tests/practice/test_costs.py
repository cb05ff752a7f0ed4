"""What tries and hints cost: read from a text, exact, all faults at once, and counted by hand here."""

from fractions import Fraction

import pytest

from tutor.errors import Problems, TutorError
from tutor.exercise.load import load
from tutor.practice.costs import STANDARD, Costs, read_costs
from tutor.practice.session import Event, Settings, start, step
from tutor.results.practice import practise

F = Fraction
READ = {
    "": STANDARD, "1": Costs((F(1),)), "1, 0.7, 0.5; hint 0.1; floor 0.2": STANDARD,
    "tries 1, 1/3; floor 0": Costs((F(1), F(1, 3)), floor=F(0)),
    "hint=1/4": Costs(hint=F(1, 4)), "floor: .05; 1,.9": Costs((F(1), F(9, 10)), floor=F(1, 20)), " ; Hint 0 ;": Costs(hint=F(0)),
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_costs_are_read(text):
    assert read_costs(text) == READ[text]
    assert read_costs(str(READ[text])) == READ[text]
    assert str(read_costs(str(READ[text]))) == str(READ[text])


@pytest.mark.parametrize(("text", "faults"), [
    ("2", ["2 is no share"]), ("1, x; hint -1; fee 3", ["x is no share", "-1 is no share", "there is no cost fee"]),
    ("0.5, 1", ["a later try is worth more"]), ("0.5; floor 0.9", ["the floor 9/10 is more"]),
    ("hint 0.1, 0.2", ["hint is one number, not 2"]),
    ("1;1", ["tries is said twice"]), ("1,", ["nothing is no share"]), ("1/0", ["1/0 is no share"]), (", ".join(["1"] * 21), ["21 tries"]),
    ("1e-3", ["1e-3 is no share"]), ("1" * 500, ["is no share"]), ("\x1b[31m", ["is no share"]),
])  # fmt: skip
def test_all_faults_are_told_at_once(text, faults):
    with pytest.raises(Problems) as told:
        read_costs(text)
    assert len(told.value.problems) == len(faults)
    assert all(fault in str(told.value) for fault in faults)
    assert "\x1b" not in str(told.value)


@pytest.mark.parametrize(("tries", "hints", "share"), [
    (0, 0, "1"), (1, 0, "2/3"), (2, 0, "1/3"), (9, 0, "1/3"), (0, 1, "7/8"), (1, 3, "7/24"), (2, 3, "1/100"), (0, 8, "1/100"),
])  # fmt: skip
def test_a_session_charges_them(tries, hints, share):
    costs = read_costs("1, 2/3, 1/3; hint 1/8; floor 0.01")
    assert costs.count_share(tries, hints) == F(share)
    if hints <= 1:
        session = start(load("neuron/two-two-two"), Settings(mode="graded", wrt=("w5",), costs=costs))
        for event in [Event("answer", f"0.{9 - k}") for k in range(min(tries, 5))] + [Event("hint")] * hints + [Event("answer", "0.3775")]:
            session, _ = step(session, event)
        assert session.look_up("in_h1").earned == F(share)


def test_where_nothing_costs_anything_costs_are_refused():
    assert practise("graz/chain", mode="graded", costs="1, 0.5").session.lesson.settings.costs == Costs((F(1), F(1, 2)))
    with pytest.raises(TutorError, match=r"cost nothing in practise(?s:.*)graded"):
        practise("graz/chain", costs="1, 0.5")
