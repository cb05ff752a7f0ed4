"""Each profile against its lecture, symbol by symbol: what the lecture writes, and what the page of a network in that notation shows."""

import re

import pytest

import tutor
from tutor.exercise.load import from_text

VALUES = """
[values]
i1 = 0.05
i2 = 0.1
w1 = 0.15
w2 = 0.2
w3 = 0.25
w4 = 0.3
w5 = 0.4
w6 = 0.45
b_h1 = 0.35
b_h2 = 0.25
b_o1 = 0.6
target_o1 = 0.01
[train]
rate = 0.5
"""
TWO = VALUES.replace("b_o1 = 0.6", "b_o1 = 0.6\nb_o2 = 0.1\nw7 = 0.5\nw8 = 0.55\ntarget_o2 = 0.99")
NETWORK = 'title = "t"\nnotation = "{}"\n[network]\nsizes = {}\nactivation = "sigmoid"\nloss = "half squared error"\n'
NETWORK += 'biases = "neuron"\nnaming = "numbered"\n{}'
EXERCISES = {"two outputs": ("[2, 2, 2]", TWO), "one output": ("[2, 2, 1]", VALUES)}
"""A network of the lectures' kind, with one output or two; any other row names an exercise of the lecture."""

LECTURES = [  # the course; what its lecture writes; where: an exercise, its form; what the page shows in LaTeX, and on the terminal
    ("dl", r"x_k", "two outputs", "scalar", r"x_{0}", "x₀"),
    ("dl", r"h_j = A(b_{0,j} + \sum_k x_k w_{0,j,k})", "two outputs", "scalar", r"h_{1} &= \sigma(s_{0,1})", "h₁   = σ(s₀,₁)"),
    ("dl", r"b_{0,j}, w_{0,j,k}", "two outputs", "scalar",
     r"w_{0,1,0}\,x_{0} + w_{0,1,1}\,x_{1} + b_{0,1}", "w₀,₁,₀·x₀ + w₀,₁,₁·x₁ + b₀,₁"),
    ("dl", r"\hat{y}_i = A(b_{1,i} + \sum_j h_j w_{1,i,j})", "two outputs", "scalar", r"\hat{y}_{0} &= \sigma(s_{1,0})", "ŷ₀   = σ(s₁,₀)"),
    ("dl", r"L_i = (\hat{y}_i - y_i)^2", "two outputs", "scalar", r"(y_{0} - \hat{y}_{0})^{2}", "(y₀ − ŷ₀)²"),
    ("dl", r"\frac{\partial L}{\partial \hat{y}} = 2(\hat{y} - y)", "one output", "scalar",
     r"\hat{y} - y = 0.7", "∂L/∂ŷ    = ŷ − y"),
    ("dl", r"\frac{\partial L}{\partial w_{0,j,k}} = \frac{\partial L}{\partial \hat{y}_i} \cdot \frac{\partial \hat{y}_i}{\partial h_j}"
     r" \cdot \frac{\partial h_j}{\partial w_{0,j,k}}", "one output", "scalar",
     r"\frac{\partial s_{1,0}}{\partial h_{0}} \cdot \frac{\partial h_{0}}{\partial s_{0,0}}",
     "∂s₁,₀/∂h₀ · ∂h₀/∂s₀,₀"),
    ("dl", r"\mathbf{W}_2 \max(\mathbf{0}, \mathbf{W}_1 \mathbf{x}), \mathbf{b}", "two outputs", "layer", r"\mathbf{W}_{0}", "W₀ x + b₀"),
    ("dl", r"\{\mathbf{x}, \mathbf{y}\}", "two outputs", "layer", r"\mathbf{x}", "x"),
    ("dl", r"\hat{\mathbf{f}}", "two outputs", "layer", r"\hat{\mathbf{y}}", "ŷ"),
    ("dl", r"\mathbf{W}' = \mathbf{W} - \alpha \nabla_{\mathbf{W}} f", "two outputs", "layer",
     r"\mathbf{W}_{0}' &= \mathbf{W}_{0} - \alpha \cdot", "W₀′ = W₀ − α"),
    ("dl", r"w_{l,m,n} of \mathbf{W}", "two outputs", "layer", r"w_{0,j,v}\,x_{v}", "w₀,ⱼ,ᵥ·xᵥ"),
    ("qmul", r"x_j^L = \sigma(z_j^L)", "two outputs", "scalar", r"x_{1}^{2} &= \sigma(z_{1}^{2})", "x²₁ = σ(z²₁)"),
    ("qmul", r"z_j^L = \sum_v w_{vj}^L x_v^{L-1} + b_j^L", "two outputs", "scalar",
     r"w_{11}^{2}\,x_{1}^{1} + w_{21}^{2}\,x_{2}^{1} + b_{1}^{2}",
     "w²₁₁·x¹₁ + w²₂₁·x¹₂ + b²₁"),
    ("qmul", r"E_0 = \frac{1}{2} \sum_i (x_i^L - y_i)^2", "two outputs", "scalar", r"(y_{1} - x_{1}^{2})^{2}", "(y₁ − x²₁)²"),
    ("qmul", r"\frac{\partial E}{\partial z_j^L} = \delta_j^L", "two outputs", "layer", r"\delta_{j}^{2} &= ", "δ²ⱼ"),
    ("qmul", r"\boldsymbol{\delta}^{L} = (\mathbf{x}^{L} - \mathbf{y}) \odot \boldsymbol{\sigma}'(\mathbf{z}^{L})", "two outputs", "layer",
     r"\boldsymbol{\delta}^{2} &= \underset", "δ²    = ∂E/∂x² ⊙ σ′(z²)"),
    ("qmul", r"\frac{\partial E}{\partial \mathbf{w}^l} = \mathbf{x}^{l-1} (\boldsymbol{\delta}^l)^{\mathsf{T}}", "two outputs", "layer",
     r"\frac{\partial E}{\partial \mathbf{w}^{2}} &= ", "∂E/∂w²  "),
    ("qmul", r"\frac{\partial E}{\partial \mathbf{b}^l} = \boldsymbol{\delta}^l", "two outputs", "layer",
     r"\frac{\partial E}{\partial \mathbf{b}^{2}} &= \underset{\;2 \times 1\;}{\boldsymbol{\delta}^{2}}", "∂E/∂b²"),
    ("qmul", r"\frac{\partial E}{\partial w_{ij}^l} = \delta_j^l x_i^{l-1}", "two outputs", "layer",
     r"\frac{\partial E}{\partial w_{ij}^{2}} &= x_{i}^{1}\,\delta_{j}^{2}", "∂E/∂w²ᵢⱼ"),
    ("qmul", r"w_1^L = w^L - \tau \frac{\partial E}{\partial w^L}", "qmul/linear-neuron", "scalar",
     r"w_{1}^{L} &= w^{L} - \tau", "wᴸ₁ = wᴸ − τ"),
    ("qmul", r"w^k, an iteration of an entry", "two outputs", "scalar", r"w_{11}^{2,(1)} &= w_{11}^{2} - \tau", "w²₁₁⁽¹⁾ = w²₁₁ − τ"),
    ("graz", r"a_j^l = \sum_{i=0}^{H_{l-1}} w_{i,j}^l h_i^{l-1}", "two outputs", "scalar",
     r"w_{1,1}^{2}\,h_{1}^{1} + w_{2,1}^{2}\,h_{2}^{1} + w_{0,1}^{2}",
     "w²₁,₁·h¹₁ + w²₂,₁·h¹₂ + w²₀,₁"),
    ("graz", r"\hat{y}_i := h_i^{L+1}", "two outputs", "scalar", r"\hat{y}_{1} &= \sigma(a_{1}^{2})", "ŷ₁   = σ(a²₁)"),
    ("graz", r"\frac{\partial \ell}{\partial \hat{y}}", "one output", "scalar",
     r"\frac{\partial \ell}{\partial \hat{y}} &= \hat{y} - y", "∂ℓ/∂ŷ"),
    ("graz", r"1 \times 1, a product of numbers", "one output", "scalar", r"\times", "×"),
    ("graz", r"\mathbf{x} = (1, x_1, \dots, x_D)^T", "two outputs", "layer", r"\mathbf{x}", "x"),
    ("neuron", r"in_{h1} = w_1 i_1 + w_2 i_2 + b_1", "neuron/two-two-two", "scalar",
     r"\mathit{in}_{h1} &= w_{1}\,i_{1} + w_{2}\,i_{2} + b_{1}", "in_h1   = w₁·i₁ + w₂·i₂ + b₁"),
    ("neuron", r"out_{h1} = \frac{1}{1 + e^{-in_{h1}}}", "two outputs", "scalar",
     r"\mathit{out}_{h1} &= \sigma(\mathit{in}_{h1})", "out_h1  = σ(in_h1)"),
    ("neuron", r"L_{o1} = 0.5(target_{o1} - output_{o1})^2", "two outputs", "scalar",
     r"(\mathit{target}_{o1} - \mathit{out}_{o1})^{2}", "(target_o1 − out_o1)²"),
    ("neuron", r"\frac{\partial L_{total}}{\partial out_{o1}} \times \frac{\partial out_{o1}}{\partial in_{o1}}", "neuron/two-two-two",
     "scalar",
     r"\frac{\partial L_{total}}{\partial \mathit{out}_{o1}} \times \frac{\partial \mathit{out}_{o1}}{\partial \mathit{in}_{o1}}",
     "∂L_total/∂out_o1 × ∂out_o1/∂in_o1"),
    ("neuron", r"w_5^{t+1} = w_5 - \lambda \times \frac{\partial L_{total}}{\partial w_5}", "neuron/two-two-two", "scalar",
     r"w_{5}^{t+1} &= w_{5} - \lambda \times \frac{\partial L_{total}}{\partial w_{5}}", "w₅^(t+1) = w₅ − λ × ∂L_total/∂w₅"),
    ("neuron", r"f(\vec{x}) = g(\mathbf{W} \cdot \vec{x} + \vec{b})", "two outputs", "layer", r"\vec{b}^{(1)}", "W⁽¹⁾ x + b⁽¹⁾"),
    ("cmu", r"\mathcal{L} = \frac{1}{2}(y - \hat{y})^2", "one output", "scalar", r"\mathcal{L} &= \frac{1}{2}(y - f_{1}^{(2)})^{2}", "ℒ"),
    ("cmu", r"a_1 = w_1 \cdot x + b_1", "cmu/three-layer-chain", "scalar", r"a_{1} &= w_{1}\,x + b_{1}", "a₁ = w₁·x + b₁"),
    ("cmu", r"\frac{\partial \mathcal{L}}{\partial f_3}", "cmu/three-layer-chain", "scalar",
     r"\frac{\partial \mathcal{L}}{\partial f_{3}}", "∂ℒ/∂f₃"),
    ("cmu", r"\theta \leftarrow \theta - \eta \nabla \theta", "two outputs", "scalar",
     r"w_{11}^{(1)} &\leftarrow w_{11}^{(1)} - \eta", "w⁽¹⁾₁₁ ← w⁽¹⁾₁₁ − η"),
]  # fmt: skip


def solved(course, where, form):
    if where not in EXERCISES:
        return tutor.solve(where, form=form)
    sizes, values = EXERCISES[where]
    return tutor.solve(from_text(NETWORK.format(course, sizes, values), "t"), form=form, steps=1)


@pytest.mark.parametrize(("course", "lecture", "where", "form", "latex", "text"), LECTURES, ids=[f"{row[0]}: {row[1]}" for row in LECTURES])
def test_the_page_writes_as_the_lecture_does(course, lecture, where, form, latex, text):
    assert lecture
    page = solved(course, where, form)
    assert latex in page.to_latex()
    assert "".join(text.split()) in "".join(page.to_text(200).split())
    spaced = re.sub(r"\\thinspace|\\thickspace|\\,|\\;|\s|&=|=", "", page.to_markdown().replace("&", ""))
    assert re.sub(r"\\,|\\;|\s|&=|=", "", latex.replace("\\\\", "").replace("&", "")) in spaced
