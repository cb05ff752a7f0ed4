"""The slips with arrays: each row's worked wrong answer is that slip, and its right answer is right; whole arrays of numbers, too."""

from dataclasses import replace

import numpy as np
import pytest

from tutor.exercise.load import from_text, load
from tutor.marking.array_misconceptions import TABLE
from tutor.marking.mark_submission import Marker


def marker_of(example):
    listed = (row.partition("=") for row in example.shapes.split(";"))
    shapes = [(name.strip(), [size.strip() for size in sizes.split(",")]) for name, _, sizes in listed]
    lines = [f"{name} = [{', '.join(size if size.isdigit() else repr(size) for size in sizes)}]" for name, sizes in shapes]
    steps = ", ".join(f'"{step.strip()}"' for step in example.steps.split(";"))
    ask = f'[[question]]\nask = "{example.ask}"\nkind = "expression"\nid = "q"\nmarks = 1\n'
    return Marker(from_text("\n".join(['title = "x"', f"steps = [{steps}]", "[shapes]", *lines, ask]), "mine"))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.tag)
def test_the_worked_wrong_answer_is_the_slip(row):
    marker = marker_of(row.example)
    right, _ = marker.judge("q", row.example.right)
    assert right.verdict == "correct", right.message
    wrong, _ = marker.judge("q", row.example.wrong)
    assert wrong.verdict == "misconception", wrong.message
    assert row.tag in {slip.tag for slips in wrong.slips for slip in slips}, wrong.tag
    assert wrong.marks < 1


@pytest.mark.parametrize(
    ("question", "answer", "tag"),
    [
        ("dE/dz1", "((w²)^T δ²) ⊙ σ′(z¹)", "transpose-too-many"), ("dE/dW2", "x¹ δ²", "transpose-forgotten"),
        ("dE/dW2", "δ² (x¹)ᵀ", "other-layout"), ("dE/dW2", "∂E/∂w²ᵢⱼ = x¹ᵢ·δ²ⱼ·7", ""),
        ("dE/dz1", "Σ_v w²_vj δ²_v σ′(z¹_j)", "transpose-forgotten"),
        ("dE/dz1", "(w² δ²) ⊙ σ′(z²)", "slope-at-wrong-node"),
    ],
)  # fmt: skip
def test_formulas_that_do_not_fit_are_told_by_what_would(question, answer, tag):
    found, _ = Marker(load("qmul/network-deltas-layers")).judge(question, answer)
    assert (found.verdict, found.tag) == ("misconception" if tag else "wrong", tag)


def test_both_shapes_are_named():
    found, _ = Marker(load("qmul/network-deltas-layers")).judge("dE/dW2", "δ² (x¹)ᵀ")
    assert found.message == "yours is q×m, asked is m×q"


def test_what_follows_from_an_earlier_formula_follows():
    marker = Marker(load("qmul/network-deltas-layers"))
    first, known = marker.judge("dE/dz2", "dE/dx2")
    second, known = marker.judge("dE/dx1", "w² dE/dx2", known)
    third, known = marker.judge("dE/dW2", "x¹ (x² - y)^T", known)
    assert [answer.verdict for answer in (first, second, third)] == ["misconception", "follow-through", "follow-through"]
    assert second.follows == ("dE/dz2",)
    right, _ = marker.judge("dE/dx1", "w² δ²", known)
    assert right.verdict == "correct"


def test_an_array_of_numbers_has_one_slip():
    exercise = load("dl/index-network-layers")
    marker = Marker(replace(exercise, questions=()))
    field = marker.sheet.array_slips
    rows = np.round(field.find_at_numbers("dL/ds1"), 6).reshape(-1)
    x = field.find_at_numbers("h").reshape(-1)
    turned = "[" + ", ".join("[" + ", ".join(f"{a * b:.6g}" for b in rows) + "]" for a in x) + "]"
    answer, _ = marker.judge("dL/dW1", turned)
    assert answer.verdict == "misconception"
