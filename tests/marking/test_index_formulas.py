"""Indices that are computed, windows, and operations by their names: right ones are right in every way of writing, wrong ones stay wrong.

A formula that is off by one, that forgets to flip, that has another window or runs too short is never right; what says too little is left
to a person; and nothing that stands in an index takes long.
"""

from dataclasses import replace
from functools import cache

import pytest
from mark_one import marker_of
from some_now import some_now

from tutor.answer.read.effort import Effort
from tutor.exercise.load import from_text, load
from tutor.exercise.over_layers import layers_of
from tutor.graph.layered import choose_sizes
from tutor.marking.array_questions import array_question
from tutor.marking.mark_submission import Marker

LINE, PLANE, POOL, DUMMY = "qmul/convolution-line", "qmul/laplacian", "qmul/max-pooling", "graz/mlp-dummies"
RIGHT = [
    (LINE, "z", "z_j = Σ_a k_a x_{j-a+3}"), (LINE, "z", "Σ_a k_a x_{j-a+3}"), (LINE, "z", "z_j = Σ_{a=1}^{3} k_a x_{j+3-a}"),
    (LINE, "z", "z_j = Σ_a k_{4-a} x_{j+a-1}"), (LINE, "z", r"z_i = \sum_{a=0}^{2} k_a x_{i-a+2}"),
    (LINE, "z", r"z_i = \sum_{a=0}^{2} k_{a+1} x_{i-a+2}"), (LINE, "z", "z_j = k_1 x_{j+2} + k_2 x_{j+1} + k_3 x_j"),
    (LINE, "z", "z_j = Σ_a k_a·xⱼ₋ₐ₊₃"), (LINE, "z", "z_j = Σ_a k_a x_(j-a+3)"), (LINE, "z", "x ∗ k"), (LINE, "z", "x ⋆ flip(k)"),
    (LINE, "dE/dx", "∂E/∂z ⋆[full] k"), (LINE, "dE/dx", r"\frac{\partial E}{\partial z} \star_{\mathrm{full}} k"),
    (LINE, "dE/dx", "∂E/∂z ∗[full] flip(k)"), (LINE, "dE/dx", "∂E/∂x_j = Σ_u ∂E/∂z_u k_{u-j+3}"),
    (LINE, "dE/dx", "Σ_a ∂E/∂z_{j+a-3} k_a"), (LINE, "dE/dk", "flip(x ⋆ ∂E/∂z)"), (LINE, "dE/dk", "∂E/∂k_j = Σ_u ∂E/∂z_u x_{u-j+3}"),
    (PLANE, "Z", "Z_ij = Σ_{a,b} K_ab X_{i-a+3,j-b+3}"), (PLANE, "Z", "Z_ij = Σ_a Σ_b K_ab X_(i-a+3,j-b+3)"), (PLANE, "Z", "X ⋆ flip(K)"),
    (POOL, "P", "maxpool[2](X)"), (POOL, "P", "max_pool(X, 2)"), (POOL, "P", r"\operatorname{maxpool}_{2}(X)"),
    (POOL, "P", "max_{a,b} X_{2i+a-2,2j+b-2}"), (POOL, "P", "P_ij = max_{a,b} X_{2(i-1)+a,2(j-1)+b}"),
    (POOL, "P", r"P_{ij} = \max_{a,b=1}^{2} X_{2i+a-2,2j+b-2}"), (POOL, "P", "P_ij = max_(a=1..2) max_(b=1..2) X_(2·i+a-2,2·j+b-2)"),
    (POOL, "P", r"P_ij = \max_{a=0}^{1}\max_{b=0}^{1} X_{2i-1+a,2j-1+b}"),
    (POOL, "P", "P_ij = max(X_{2i-1,2j-1}, X_{2i-1,2j}, X_{2i,2j-1}, X_{2i,2j})"),
    (POOL, "dE/dX", "route(∂E/∂P, X)"), (POOL, "dE/dX", "route(∂E/∂P, X, 2, 2)"),
    (DUMMY, "dell/da1", "part[2..3](∂ℓ/∂h¹) ⊙ σ′(a¹)"), (DUMMY, "dell/da1", "∂ℓ/∂a¹ⱼ = ∂ℓ/∂h¹ⱼ₊₁·σ′(a¹ⱼ)"),
    (DUMMY, "dell/da1", r"\frac{\partial\ell}{\partial h^1_{j+1}} \sigma'(a^1_j)"),
]  # fmt: skip
WRONG = [  # off by one, not flipped, another window, too short, the other way round
    (LINE, "z", "z_j = Σ_a k_a x_{j-a+2}"), (LINE, "z", "z_j = Σ_a k_a x_{j-a+4}"), (LINE, "z", "z_j = Σ_a k_a x_{j+a-1}"),
    (LINE, "z", "z_j = Σ_a k_a x_{j-a}"), (LINE, "z", "x ⋆ k"), (LINE, "z", "x ∗ flip(k)"), (LINE, "z", "z_j = Σ_{a=1}^{2} k_a x_{j-a+3}"),
    (LINE, "z", "z_j = Σ_a k_a x_j"), (LINE, "z", "z_j = Σ_a k_a x_{a-j+3}"), (LINE, "z", "z_j = k_1 x_j + k_2 x_{j+1} + k_3 x_{j+2}"),
    (LINE, "z", r"z_i = \sum_{a=0}^{2} k_a x_{i-a+3}"), (LINE, "z", "z_j = Σ_a x_{j-a+3}"), (LINE, "z", "z_j = max_a k_a x_{j-a+3}"),
    (LINE, "dE/dx", "∂E/∂z ∗[full] k"), (LINE, "dE/dx", "∂E/∂z ⋆[full] flip(k)"), (LINE, "dE/dx", "∂E/∂x_j = Σ_u ∂E/∂z_u k_{j-u+3}"),
    (LINE, "dE/dx", "∂E/∂x_j = Σ_u ∂E/∂z_u k_{u-j+2}"), (LINE, "dE/dx", "∂E/∂x_j = Σ_u ∂E/∂z_u k_{j-u+1}"),
    (LINE, "dE/dk", "x ⋆ ∂E/∂z"), (LINE, "dE/dk", "∂E/∂k_j = Σ_u ∂E/∂z_u x_{u+j-1}"), (LINE, "dE/dk", "x ⋆ flip(∂E/∂z)"),
    (PLANE, "Z", "Z_ij = Σ_{a,b} K_ab X_{i+a-1,j+b-1}"), (PLANE, "Z", "Z_ij = Σ_{a,b} K_ab X_{i-a+3,j+b-1}"),
    (PLANE, "Z", "Z_ij = Σ_{a,b} K_ba X_{i-a+3,j-b+3}"), (PLANE, "Z", "Z_ij = Σ_{a,b} K_ab X_{j-b+3,i-a+3}"), (PLANE, "Z", "X ⋆ K"),
    (POOL, "P", "maxpool[3, s=1](X)"), (POOL, "P", "avgpool[2](X)"), (POOL, "P", "maxpool[4](X)"),
    (POOL, "P", "max_{a,b} X_{2i+a-1,2j+b-1}"), (POOL, "P", "max_{a,b} X_{i+a-1,j+b-1}"),
    (POOL, "P", "max_(a,b=1..3) X_{2i+a-2,2j+b-2}"), (POOL, "P", "P_ij = Σ_(a,b=1..2) X_{2i+a-2,2j+b-2}/4"),
    (POOL, "P", "P_ij = max(X_{2i-1,2j-1}, X_{2i-1,2j}, X_{2i,2j-1})"), (POOL, "dE/dX", "route(∂E/∂P, X, 2, 1)"), (POOL, "dE/dX", "∂E/∂P"),
    (DUMMY, "dell/da1", "part[1..2](∂ℓ/∂h¹) ⊙ σ′(a¹)"), (DUMMY, "dell/da1", "∂ℓ/∂a¹ⱼ = ∂ℓ/∂h¹ⱼ·σ′(a¹ⱼ)"),
    (DUMMY, "dell/da1", "∂ℓ/∂a¹ⱼ = ∂ℓ/∂h¹ⱼ₊₁"), (DUMMY, "dell/da1", "∂ℓ/∂a¹ⱼ = ∂ℓ/∂h¹ⱼ₋₁·σ′(a¹ⱼ)"),
]  # fmt: skip
UNCLEAR = [  # what a person has to look at: it says too little, or what nobody means
    (LINE, "z", "z_{j+1} = Σ_a k_a x_{j-a+4}"), (LINE, "z", "z_j = Σ_a k_a x_{i-a+3}"), (LINE, "z", "z_j = Σ_a k_a x_{j*a}"),
    (LINE, "z", "z_j = Σ_a x_{j-a}"), (DUMMY, "dell/da1", "part[3..2](∂ℓ/∂h¹) ⊙ σ′(a¹)"), (POOL, "P", "max_{a,b} X_{2i+a,2j+b}"),
    (POOL, "dE/dX", "route(∂E/∂P)"), (LINE, "z", "z_j = Σ_a k_a x_{j/2}"),
]  # fmt: skip
RUNS = " ".join(f"Σ_{{{letter}=1}}^{{5}}" for letter in "abcdefgh")
HOSTILE = [
    "Σ_{a=1}^{1000} Σ_{b=1}^{1000} x_{j+a+b}", f"z_j = {RUNS} x_{{a+b+c+d+e+f+g+h-j}}", "z_j = x_{9999j-9999}", f"z_j = x_{{j{'+j' * 28}}}",
    f"z_j = Σ_a k_a x_{{{'(' * 28}j{')' * 28}}}", "flip(" * 38 + "x" + ")" * 38, "part[1..99999](x)", "∂E/∂z ⋆[full, d=999, p=0] k",
    "maxpool[999](x)", "onehot(1) ⊙ " * 60 + "z", "z_j = " + "max_a " * 39 + "x_{j+a-1}", "1[j = 2] " * 150,
]  # fmt: skip


@cache
def marker(name):
    return marker_of(load(name))


def judged(name, question, text):
    return marker(name).judge(question, text)[0]


@pytest.mark.parametrize(("name", "question", "text"), RIGHT, ids=[row[2] for row in RIGHT])
def test_what_is_right_is_right(name, question, text):
    answer = judged(name, question, text)
    assert (answer.verdict, answer.outcome) == ("correct", ""), answer.message


@pytest.mark.parametrize(("name", "question", "text"), WRONG, ids=[row[2] for row in WRONG])
def test_what_is_wrong_stays_wrong(name, question, text):
    assert judged(name, question, text).verdict in ("wrong", "misconception")


@pytest.mark.parametrize(("name", "question", "text"), UNCLEAR, ids=[row[2] for row in UNCLEAR])
def test_what_says_too_little_goes_to_a_person(name, question, text):
    answer = judged(name, question, text)
    assert answer.verdict in ("unreadable", "undecided")
    assert answer.message


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:40] for text in HOSTILE])
def test_hostile_indices_are_never_right_and_cost_little(text, monkeypatch):
    spent = []
    monkeypatch.setattr(Effort, "spend", lambda self, work, spend=Effort.spend: (spent.append(work), spend(self, work))[1])
    assert judged(LINE, "z", text).verdict in ("wrong", "undecided", "unreadable")
    assert sum(spent) < 100_000


SYSTEM = """
title = "t"
steps = ["C = {line}", "L = sum(C^2)"]
[shapes]
x = [{n}]
k = [{m}]
"""
SHIFTS = [(n, m, stride) for n in (5, 6, 7) for m in (2, 3) for stride in (1, 2)]


@pytest.mark.parametrize(("n", "m", "stride"), some_now(SHIFTS, 4, rows=True))
def test_of_all_shifts_one_is_right(n, m, stride):
    """C_j = Σ_a k_a x_(s·j + t·a + c) for every small c: right for one of them, and for that one in both directions of the kernel."""
    found = {}
    for line in ("correlate", "convolve"):
        exercise = from_text(SYSTEM.format(line=f"{line}(x, k, {stride})", n=n, m=m), "mine")
        layered = layers_of(exercise, exercise.notation)
        asked = Marker(replace(exercise, questions=(array_question(exercise, choose_sizes(layered)[0], "C"),)))
        for sign in "+-":
            for shift in range(-3, 5):
                text = f"C_j = Σ_a k_a x_{{{stride}j {sign} a {shift:+}}}"
                if asked.judge("C", text)[0].verdict == "correct":
                    found.setdefault(line, []).append((sign, shift))
    assert found == {"correlate": [("+", -stride)], "convolve": [("-", m + 1 - stride)]}
