"""Formulas over arrays as other courses and programs write them: right ones are right, wrong ones stay wrong, and what may be meant in two
ways goes to a person.

The exercises are none of the catalogue; what is right is worked out by hand.
"""

from dataclasses import replace
from functools import cache

import pytest

from tutor.answer.compare.places import Place
from tutor.answer.read.effort import Effort
from tutor.exercise.load import from_text, load
from tutor.exercise.over_layers import layers_of
from tutor.expression.keys import derivative_key
from tutor.graph.layered import choose_sizes
from tutor.marking.array_questions import array_question
from tutor.marking.mark_submission import Marker

EXERCISES = {
    "deep": """
steps = ["z1 = W1 x + b1", "a1 = tanh(z1)", "z2 = W2 a1 + b2", "p = softmax(z2)", "L = -sum(y ⊙ log(p))"]
[shapes]
x = ["d"]
W1 = ["h", "d"]
b1 = ["h"]
W2 = ["c", "h"]
b2 = ["c"]
y = ["c"]
[quantities]
y = { kind = "target" }
""",
    "batch": """
steps = ["Z = W X + columns(b, N)", "L = 1/(2*N)*sum((Z - Y)^2)"]
[shapes]
X = ["D", "N"]
W = ["C", "D"]
b = ["C"]
Y = ["C", "N"]
[quantities]
Y = { kind = "target" }
""",
    "line": """
steps = ["z = correlate(x, k, 2, 1)", "L = 1/2*sum(z^2)"]
[shapes]
x = [6]
k = [3]
""",
    "plane": """
steps = ["Z = correlate(X, K)", "A = sigmoid(Z)", "P = max_pool(A, 2)", "v = flatten(P)", "L = sum(v^2)"]
[shapes]
X = [5, 5]
K = [2, 2]
""",
    "unit": """
steps = ["z = k*x", "a = tanh(z)", "f = w^T a", "L = 1/2*(f - t)^2"]
[shapes]
x = [3]
w = [3]
""",
    "attention": """
steps = ["S = Q K^T", "A = softmax_rows(S)", "L = sum(A ⊙ G)"]
[shapes]
Q = ["n", "d"]
K = ["m", "d"]
G = ["n", "m"]
""",
}
RIGHT = [
    ("deep", "dL/dz2", r"\sum_k \frac{\partial L}{\partial p_k} p_k (\delta_{jk} - p_j)"),
    ("deep", "dL/dz2", "Σ_k ∂L/∂p_k p_k (δⱼₖ - p_j)"),
    ("deep", "dL/da1", r"\sum_{k=1}^{c} (W_2)_{kj} (p_k - y_k)"), ("deep", "dL/da1", "Σ_k (W2^T)_jk (p - y)_k"),
    ("deep", "dL/dW2", "(p - y) ⊗ a1"), ("deep", "dL/dW2", r"(p - y) \otimes a_1"), ("deep", "dL/dp", "-y ⊘ p"),
    ("deep", "dL/dz1", r"(W_2^T (p - y)) \odot (1 - a_1^{\odot 2})"), ("deep", "dL/dW2", "(p - y)_i a1[j]"),
    ("batch", "dL/dW", r"\frac1N \sum_n (Z - Y)_{in} X_{jn}"),
    ("line", "z", "z_j = Σ_{v=-1}^{1} k_{v+2} x_{2j-1+v}"), ("line", "z", r"z_j = \sum_{v=2}^{4} k_{v-1} x_{2j-4+v}"),
    ("line", "z", r"z_j = \sum_{v=-1}^{1} k_{2-v} x_{2j-1-v}"),
    ("line", "z", "z_1 = k_2 x_1 + k_3 x_2, z_2 = k_1 x_2 + k_2 x_3 + k_3 x_4, z_3 = k_1 x_4 + k_2 x_5 + k_3 x_6"),
    ("line", "z", "z_3 = k_1 x_4 + k_2 x_5 + k_3 x_6; z_1 = k_2 x_1 + k_3 x_2\nz_2 = k_1 x_2 + k_2 x_3 + k_3 x_4"),
    ("plane", "Z", r"Z[i,j] = \sum_{m=0}^{1}\sum_{n=0}^{1} K[m,n] X[i+m, j+n]"),
    ("plane", "Z", r"Z(i,j) = \sum_m \sum_n K(m,n) X(i+m-1, j+n-1)"),
    ("plane", "dL/dZ", "dL/dA * A * (1 - A)"), ("plane", "dL/dZ", "dL/dA_ij * A_ij * (1 - A_ij)"),
    ("plane", "P", "sigmoid(max_pool(Z, 2))"),
    ("plane", "v", "P.flatten()"), ("plane", "dL/dP", "reshape(dL/dv, 2, 2)"),
    ("attention", "dL/dS", "A ⊙ (dL/dA - (dL/dA ⊙ A) 𝟏 𝟏ᵀ)"),
    ("batch", "Z", "W X + b"), ("batch", "dL/dZ", "(W X + b - Y)/N"), ("deep", "dL/dz2", "p * (dL/dp - np.dot(p, dL/dp))"),
    ("deep", "dL/dz2", "p ⊙ (dL/dp - p·dL/dp)"),
    ("unit", "f", "w·a"), ("unit", "f", r"w \cdot a"), ("unit", "dL/dw", "(w·a - t) a"), ("deep", "dL/dz2", "p ⊙ dL/dp - (p·dL/dp) p"),
]  # fmt: skip
WRONG = [
    ("deep", "dL/dz2", "Σ_k ∂L/∂p_k p_k (δ_jk - p_k)"), ("deep", "dL/da1", r"\sum_{k=1}^{c} (W_2)_{jk} (p_k - y_k)"),
    ("deep", "dL/dW2", "a1 ⊗ (p - y)"), ("deep", "dL/dp", "-p ⊘ y"), ("batch", "dL/dW", r"\sum_n (Z - Y)_{in} X_{jn}"),
    ("line", "z", "z_j = Σ_{v=-1}^{1} k_{v+2} x_{2j+v}"), ("line", "z", r"z_j = \sum_{v=-1}^{1} k_{2-v} x_{2j-1+v}"),
    ("line", "z", "z_1 = k_2 x_1 + k_3 x_2, z_3 = k_1 x_2 + k_2 x_3 + k_3 x_4, z_2 = k_1 x_4 + k_2 x_5 + k_3 x_6"),
    ("line", "z", "z_1 = k_2 x_1 + k_3 x_2"), ("batch", "Z", "W X - b"),
    ("plane", "Z", r"Z[i,j] = \sum_{m=0}^{1}\sum_{n=0}^{1} K[n,m] X[i+m, j+n]"), ("plane", "P", "max_pool(Z, 2)"),
    ("plane", "dL/dZ", "dL/dA * A * A"), ("attention", "dL/dS", "A ⊙ (dL/dA - (dL/dA ⊙ A) 𝟏)"),
    ("unit", "f", "w a"), ("unit", "f", "w ⊙ a"), ("unit", "f", "w·z"), ("unit", "dL/df", "a·a"), ("deep", "dL/dz2", "p ⊙ dL/dp - (p·y) p"),
    ("unit", "dL/da", "2"),
]  # fmt: skip
UNCLEAR = [
    ("batch", "Z", "W @ X + b"), ("batch", "dL/dZ", "(W.dot(X) + b - Y)/N"), ("line", "z", "x * k"), ("plane", "Z", "X * K"),
    ("line", "z", "z_j = Σ_{v=-1}^{1} k_v x_{2j-1+v}"), ("deep", "dL/da1", "(W2 a1)_j"),
]  # fmt: skip


@cache
def marker(name):
    exercise = from_text(f'title = "t"{EXERCISES[name]}', "mine")
    layered = layers_of(exercise, exercise.notation)
    small = choose_sizes(layered)[0]
    keys = [key for array in small.entries for key in (array, derivative_key(layered.graph.loss, array))]
    return Marker(replace(exercise, questions=tuple(array_question(exercise, small, key) for key in keys)))


@pytest.mark.parametrize(("name", "question", "text"), RIGHT, ids=[row[2] for row in RIGHT])
def test_what_is_right_is_right(name, question, text):
    answer = marker(name).judge(question, text)[0]
    assert (answer.verdict, answer.outcome) == ("correct", ""), answer.message


@pytest.mark.parametrize(("name", "question", "text"), WRONG, ids=[row[2] for row in WRONG])
def test_what_is_wrong_stays_wrong(name, question, text):
    assert marker(name).judge(question, text)[0].verdict in ("wrong", "misconception")


@pytest.mark.parametrize(("name", "question", "text"), UNCLEAR, ids=[row[2] for row in UNCLEAR])
def test_what_may_be_meant_in_two_ways_goes_to_a_person(name, question, text):
    answer = marker(name).judge(question, text)[0]
    assert answer.verdict in ("undecided", "unreadable")
    assert answer.message


KINKED = ["max_pool(A^2, 2)/max_pool(A, 2)", "sigmoid(max_pool(2*Z, 2)/2)", "max_pool(A^3 + A, 2) - max_pool(A^3, 2)"]


@pytest.mark.parametrize("text", KINKED)
def test_kinks_of_ones_own_cost_what_is_counted(text, monkeypatch):
    """Places are made beside a kink, each with all that it depends on: that is counted, or an answer would take long."""
    places = []
    monkeypatch.setattr(Place, "__init__", lambda self, *a, make=Place.__init__, **b: (places.append(1), make(self, *a, **b))[1])
    asked = marker("plane")
    asked.judge("P", "max_pool(A, 2)")
    places.clear()
    spent = []
    monkeypatch.setattr(Effort, "spend", lambda self, work, spend=Effort.spend: (spent.append(work), spend(self, work))[1])
    asked.judge("P", text)
    assert len(places) < 150
    assert sum(spent) > 100 * len(places)


LAYERS = ["(W2 δ2) ⊙ x1 ⊙ (1 - x1)", "(W2 δ_2) ⊙ σ′(z1)", r"\delta^{(1)} = (W^{(2)} \delta^{(2)}) \odot \sigma'(z^{(1)})"]


@pytest.mark.parametrize("text", LAYERS)
def test_the_number_of_a_layer_stands_where_it_is_put(text):
    exercise = replace(load("qmul/network-deltas-layers"), questions=())
    layered = layers_of(exercise, exercise.notation)
    asked = Marker(replace(exercise, questions=(array_question(exercise, choose_sizes(layered)[0], "dE/dz1"),)))
    assert asked.judge("dE/dz1", text)[0].verdict == "correct"
    assert asked.judge("dE/dz1", text.replace("2", "3"))[0].verdict != "correct"


def test_one_number_for_all_entries_goes_to_a_person():
    exercise = from_text('title = "t"\nsteps = ["p = softmax(z)", "S = sum(p)"]\n[shapes]\nz = [3]', "mine")
    layered = layers_of(exercise, exercise.notation)
    asked = Marker(replace(exercise, questions=(array_question(exercise, choose_sizes(layered)[0], "dS/dp"),)))
    assert [asked.judge("dS/dp", text)[0].verdict for text in ("1", "𝟏", "2")] == ["undecided", "correct", "wrong"]
