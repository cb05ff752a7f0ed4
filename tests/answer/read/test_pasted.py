"""What stands around the formulas on the product's own pages is left out, and nothing else: same length, same places."""

import pytest

from tutor.answer.read.pasted import drop_setting, is_reason
from tutor.answer.read.vocabulary import vocabulary
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker

KNOWN = vocabulary(load("neuron/two-two-two"))

LEFT = [
    ("w5 + w6   (path 1)", "w5 + w6"), ("w5   (σ′ = σ·(1 − σ))   0.5", "w5 0.5"), ("w5   (√x)′ = 1/(2√x)     0.5", "w5 0.5"),
    ("w5 = 2\n       the partner in its product", "w5 = 2"), ("w5   (w6 + 1)", "w5 (w6 + 1)"), ("w5 ·   (sum)", "w5 · (sum)"),
    ("w5 = 2\nthe partner in its product", "w5 = 2 the partner in its product"), ("w5   (wron_name)", "w5 (wron_name)"),
    (r"w_5 \tag*{{\footnotesize(path 1)}\quad {(3)}} \\*", "w_5"), (r"w_5 && \text{(14) a term}\quad \text{(step 2)} \cr", "w_5"),
    (r"w_5 \mathrel{+} w_6", "w_5 + w_6"), (r"\mathmakebox[3.21em][r]{w_5} &= 2", "{w_5} &= 2"),
    ("w_5 \\\\*\n &\\phantom{=}\\qquad{} {}+ w_6", "w_5 + w_6"),
    (r"\begin{cases} w_5 & \text{if } w_6 > 0 \\ 2 & \text{else} \end{cases}",
     r"\begin{cases} w_5 & \text{if } w_6 > 0 \\ 2 & \text{else} \end{cases}"),
    (r"w_5 = \begin{bmatrix} 1 & \cdots & 2 \end{bmatrix} \cr", "w_5"), (r"w_5 = \begin{bmatrix} 1 & 2 \end{bmatrix}",
     r"w_5 = \begin{bmatrix} 1 & 2 \end{bmatrix}"), (r"\begin{bmatrix} 1 & \cdots & 2 \end{bmatrix}",
     r"\begin{bmatrix} 1 & \cdots & 2 \end{bmatrix}"),
    ("# answer\nw5\n## My solution:\n# w5 = 3\n# 4", "w5 # w5 = 3 # 4"), ("0.5 # or more", "0.5 # or more"),
    ("= (w²)ᵀ h¹\n          (1×3) (3×1)       1.35", "= (w²)ᵀ h¹ 1.35"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), LEFT, ids=[row[0][:30] for row in LEFT])
def test_only_the_formulas_are_left(text, left):
    bare = drop_setting(text, KNOWN)
    assert len(bare) == len(text)
    assert bare.split() == left.split()
    assert all(b in (" ", a) for a, b in zip(text, bare, strict=True))


@pytest.mark.parametrize("text", ["w5", "w5 + w6", "foo_1*bar", "w5 = 3 or so", "", "0.5", "w5 w6"])
def test_a_formula_is_no_reason(text):
    assert not is_reason(text, KNOWN)




@pytest.mark.parametrize("text", [
    r"\frac{\partial L}{\partial z_1} & = p_1 - y_1 && \text{(}y_1 + y_2 + y_3\text{ = 1, step 12)} \cr",
    r"\frac{\partial L}{\partial z_1} & = p_1 - y_1 && \text{(step 12)} \cr",
    "∂L/∂z_1 = p_1 - y_1\n  (step 38)", "∂L/∂z_1 = p_1 − y_1   (Schritt 7)", r"\frac{\partial L}{\partial z _{1}} = p _{1} - y _{1}",
])  # fmt: skip
def test_the_step_where_the_number_stands_is_no_factor(text):
    marker = Marker(load("neuron/softmax-cross-entropy"), also=("dL/dz_1",))
    answer = marker.judge("dL/dz_1", text)[0]
    assert (answer.verdict, answer.outcome) == ("correct", "other-form")
