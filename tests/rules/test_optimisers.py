"""The table of optimisers: every row is well formed, and its first updates are those of its published formulas, written out by hand."""

from fractions import Fraction
from math import sqrt

import pytest

from tutor.errors import TutorError
from tutor.rules.optimisers import OPTIMISERS, Move, Optimiser, Setting, optimiser, optimiser_names


@pytest.mark.parametrize("row", OPTIMISERS, ids=lambda row: row.name)
def test_every_row_says_what_it_is(row):
    assert row.source
    assert row.moves[-1].target == "w"
    assert set(row.states) <= set(row.targets)
    assert bool(row.slips) == bool(row.published) == row.name.endswith("-slide")
    if row.published:
        assert not optimiser(row.published).published


@pytest.mark.parametrize("row", OPTIMISERS, ids=lambda row: row.name)
def test_every_default_is_in_its_range_and_the_ends_are_as_said(row):
    for setting in row.settings:
        assert setting.allows(Fraction(setting.default))
        assert setting.allows(setting.low) == setting.closed
        assert setting.high is None or not setting.allows(setting.high)


WRONG = [
    (("w", "w - rate*q"), "q"),
    (("v", "g"), "the last move is w"),
]


@pytest.mark.parametrize(("move", "words"), WRONG)
def test_a_row_checks_itself(move, words):
    with pytest.raises(ValueError, match=words):
        Optimiser("x", "nowhere", (Move(*move, "step"),))


def test_a_default_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="outside 0 ≤ mu < 1"):
        Optimiser("x", "", (Move("w", "w - mu*g", "step"),), settings=(Setting("mu", "1"),))


@pytest.mark.parametrize(
    ("word", "hint"), [("adm", "adam"), ("rmsporp", "rmsprop"), ("nestrov", "nesterov"), ("lion", "there are: gd, sgd")]
)
def test_an_unknown_one_has_near_misses(word, hint):
    with pytest.raises(TutorError) as error:
        optimiser(word)
    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("word", "name"), [("Adam", "adam"), ("NAG", "nesterov"), ("mini-batch", "minibatch"), ("gd", "gd")]
)
def test_other_spellings(word, name):
    assert optimiser(word).name == name
    assert name in optimiser_names()


def by_hand(name, gradients, rate):
    """w after each update from w = 1, in floats, from the published formulas with the default settings."""
    w, m, v, found = 1.0, 0.0, 0.0, []
    for t, g in enumerate(gradients, 1):
        if name == "momentum":
            v = 0.9 * v + g
            w -= rate * v
        elif name == "nesterov":
            v = 0.9 * v + g
            w -= rate * (g + 0.9 * v)
        elif name in ("adagrad", "adagrad-slide"):
            v += g * g
            w -= rate * g / (sqrt(v) + 1e-10) if name == "adagrad" else rate * g / sqrt(v + 1e-10)
        elif name == "rmsprop":
            v = 0.9 * v + 0.1 * g * g
            w -= rate * g / (sqrt(v) + 1e-8)
        elif name == "rmsprop-slide":
            v = rate * v + (1 - rate) * g * g
            w -= rate * g / sqrt(v + 1e-8)
        elif name in ("adam", "adam-slide"):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            slide = name == "adam-slide"
            mhat, vhat = m / (1 - 0.9 ** (1 if slide else t)), v / (1 - 0.999 ** (1 if slide else t))
            w -= rate * mhat / (sqrt(vhat + 1e-8) if slide else sqrt(vhat) + 1e-8)
        else:
            w -= rate * g
        found.append(w)
    return found


@pytest.mark.parametrize("row", [row for row in OPTIMISERS if not row.hessian], ids=lambda row: row.name)
def test_three_updates_by_hand(row):
    from tutor.derive.update import naming, update
    from tutor.numbers.run import run

    gradients, rate = [Fraction(1, 2), Fraction(-3, 10), Fraction(1, 5)], Fraction(1, 10)
    names = naming(row, ["w", "L"], "eta")
    made = update(row, "w", "L", names)
    values = {"w": Fraction(1), "eta": rate, **{name: Fraction(0) for name in made.states}}
    values.update({names.settings[setting.name]: Fraction(setting.default) for setting in row.settings})
    expected = by_hand(row.name, [float(g) for g in gradients], float(rate))
    for t, (g, w) in enumerate(zip(gradients, expected, strict=True), 1):
        after = run(made.steps, {**values, "dL/dw": g, names.t: Fraction(t)})
        assert float(after["w@1"]) == pytest.approx(w, rel=1e-13)
        values.update({name: after[f"{name}@1"] for name in ("w", *made.states)})
