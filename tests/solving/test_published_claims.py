"""Published examples of others, as a lecturer enters them: check, solve and mark say the same of every figure, and show no internals."""

import re

import pytest

import tutor
from tutor.answer.handed_in import Submission
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker

NEURON = """
steps = ["f = sigmoid(w0*x0 + w1*x1 + w2)"]
values = { w0 = 2, x0 = -1, w1 = -3, x1 = -2, w2 = -3 }
"""
RECURRENT = """
steps = ["h1 = tanh(w*h0 + u*x1)", "h2 = tanh(w*h1 + u*x2)", "L = 1/2*(h2 - y)^2"]
parameters = ["w", "u"]
values = { h0 = 0, x1 = 1, x2 = 0.5, w = 0.5, u = 1, y = 1 }
"""
SOFTMAX = """
steps = ["p = softmax(z)", "L = -sum(y*log(p))"]
shapes = { z = [3], y = [3] }
values = { z = [2, 1, 0.1], y = [1, 0, 0] }
"""
ADAM = """
steps = ["L = w^2"]
parameters = ["w"]
values = { w = 1 }
train = { rate = 0.1, optimiser = "adam" }
"""
RMSPROP = ADAM.replace("adam", "rmsprop").replace("0.1", "0.01")
RELU = """
steps = ["z1 = w1*x", "z2 = w2*x", "h1 = max(0, z1)", "h2 = max(0, z2)", "L = (v1*h1 + v2*h2 - y)^2"]
parameters = ["w1", "w2"]
values = { x = 2, w1 = 0.1, w2 = -1, v1 = 1.5, v2 = 2, y = 0.2 }
"""
NETWORK = """
network = { sizes = [2, 2, 2], activation = "sigmoid", loss = "half squared error", biases = "layer", naming = "numbered" }
train = { rate = 0.5 }
[values]
i1 = 0.05
i2 = 0.1
w1 = 0.15
w2 = 0.2
w3 = 0.25
w4 = 0.3
w5 = 0.4
w6 = 0.45
w7 = 0.5
w8 = 0.55
b1 = 0.35
b2 = 0.6
target_o1 = 0.01
target_o2 = 0.99
"""
ROWS = [  # the example, what is claimed, what is printed, the verdict, and what is shown of the value
    (NEURON, "f", "1/(1 + e^-1) = 0.73", "rounded", "0.731"),  # CS231n: numbers with a function are a number
    (NEURON, "f", "1/(1 + e^-1)", "exact", "0.7310586"),
    (NEURON, "f", "1/(1 + e^1) = 0.73", "differs", "0.731"),
    (NEURON, "df/dw2", "(1 - 0.73)*0.73 = 0.20", "carried", "0.197"),
    (NEURON, "df/dx1", "0.59", "differs", "−0.590"),
    (NEURON, "df/dw1", "w1*f*(1 - f)", "differs", "f·(1 − f)·x₁"),
    (RECURRENT, "h1", "tanh(0.5*0 + 1*1) = 0.7616", "rounded", "0.76159"),
    (RECURRENT, "h2", "tanh(0.8808) = 0.7068", "carried", "0.70682"),
    (RECURRENT, "h2", "tanh(0.8908) = 0.7068", "differs", "0.70682"),
    (RECURRENT, "dL/du", "(h2 - y)*(1 - h2^2)*(x2 + w*(1 - h1^2)*x1)", "exact", ""),
    (SOFTMAX, "p", "≈ [0.66, 0.24, 0.099]", "rounded", "[0.6590, 0.2424, 0.0986]"),
    (SOFTMAX, "p", "≈ [0.66, 0.25, 0.099]", "differs", "[0.6590, 0.2424, 0.0986]"),
    (SOFTMAX, "L", "-log(0.659) = 0.417", "carried", "0.4170"),
    (SOFTMAX, "dL/dp_1", "-1/0.659 ≈ -1.517", "carried", "−1.5174"),
    (SOFTMAX, "dL/dp_1", "-1/0.659 ≈ -1.527", "differs", "−1.5174"),
    (SOFTMAX, "dL/dz", "p - y", "exact", ""),
    (SOFTMAX, "dL/dz", "y - p", "differs", "p ⊙ (∂L/∂p − ((∂L/∂p)ᵀ p)·𝟏)"),
    (ADAM, "w after 1", "1 - 0.1*1", "rounded", "0.9000"),  # without its epsilon, as everybody writes
    (ADAM, "w after 1", "1 - 0.1*1 = 0.9", "rounded", "0.90"),
    (ADAM, "w after 1", "1 - 0.1*2", "differs", "0.9000"),
    (ADAM, "w after 1", "0.8", "differs", "0.90"),
    (RMSPROP, "w after 1", "1 - 0.01*2/sqrt(0.4) = 0.9684", "rounded", "0.96838"),
    (RELU, "dL/dw2", "0", "exact", "0"),
    (RELU, "dL/dw1", "0", "differs", "0.6"),  # a bare 0 says that nothing arrives
    (RELU, "2*dL/dw1/3", "0", "differs", "0.4"),  # 0.4 is 0 to a whole number, and no gradient of nothing
    (RELU, "dL/dw1", "1", "differs", "0.6"),  # nor is 0.6 a 1: not even its first digit is right
    (NETWORK, "dL/dw5", "0.741*0.186*0.593 = 0.082", "carried", "0.0822"),
    (NETWORK, "dL/dw5", "0.741*0.186*0.593 = 0.0817", "carried", "0.08217"),  # the number is that of the rounded factors
    (NETWORK, "dL/dw5", "0.741*0.186*0.593 = 0.0827", "differs", "0.08217"),
    (NETWORK, "dL/dw5", "-0.0821", "differs", "0.08217"),
    (NETWORK, "dL/dw5", "0.741*0.186*0.493", "differs", "0.08217"),
    (NETWORK, "w1 after 1", "0.149780716", "rounded", "0.1497807161"),
]


def enter(example, claim, printed, *, asked=False):
    """The example with one claim, and with the same asked."""
    ask = f'[[question]]\nid = "q"\nmarks = 1\nask = "{claim}"\n' if asked else ""
    formula = 'kind = "expression"\n' if asked and re.search(r"(?<![eE\w])(?!exp|log|tanh|sqrt|e\b)[a-zA-Z]", printed) else ""
    return from_text(f'title = "t"\nclaim = [{{ claim = "{claim}", printed = "{printed}" }}]\n{example}\n{ask}{formula}', "t")


@pytest.mark.parametrize(("example", "claim", "printed", "agreement", "value"), ROWS, ids=[f"{row[1]} = {row[2]}" for row in ROWS])
def test_check_solve_and_mark_agree_on_a_published_figure(example, claim, printed, agreement, value):
    exercise = enter(example, claim, printed)
    (verdict,) = tutor.check(exercise)
    assert (verdict.agreement, verdict.written.value) == (agreement, value)
    page = " ".join(tutor.solve(exercise).to_text().split())
    said = re.search(r"Erratum for .* the source prints (.*?); it is (.*?)\. [A-Z]", page)
    assert (said is None) is (agreement != "differs")
    assert said is None or said[2].replace(" ", "") == value.replace(" ", "")
    assert said is None or not re.search(r"[*]|-\d|\d{12}", said[0])
    if "/3" not in claim:  # a formula of derivatives is no question
        answered = Marker(enter(example, claim, printed, asked=True)).mark(Submission("s", {"q": printed})).answers[0]
        right = answered.verdict in ("correct", "follow-through") and answered.line is None  # a side that does not hold is told
        assert right is (agreement != "differs")


CARRIED = """
steps = ["L = x*w"]
parameters = ["w"]
values = { x = "-0.272186", w = -0.4 }
train = { rate = 0.1 }
"""
UPDATES = [  # what is printed of the gradient, of the update with it, and the verdicts
    ("-0.1360*2.0 = -0.2720", "-0.4 - 0.1*(-0.2720)", "carried carried"),
    ("-0.1360*2.0 = -0.2720", "-0.4 - 0.1*(-0.2720) = -0.3728", "carried carried"),
    ("-0.1360*2.0 = -0.2720", "-0.4 - 0.1*(-0.2820)", "carried differs"),
    ("-0.2720", "-0.4 - 0.1*(-0.2720)", "differs differs"),  # a figure alone claims all of its digits
]


@pytest.mark.parametrize(("gradient", "update", "verdicts"), UPDATES, ids=[f"{row[0]}, {row[1]}" for row in UPDATES])
def test_a_number_that_was_carried_is_right_where_it_is_used(gradient, update, verdicts):
    claims = f'[[claim]]\nclaim = "dL/dw"\nprinted = "{gradient}"\n[[claim]]\nclaim = "w after 1"\nprinted = "{update}"\n'
    found = tutor.check(from_text(f'title = "t"\n{CARRIED}\n{claims}', "t"))
    assert " ".join(verdict.agreement for verdict in found) == verdicts


SUM = """
steps = ["a = x*w", "b = v*w", "L = a + b"]
values = { x = 0.31, w = 0.37, v = 2.75 }
"""
OWN = [  # what is printed of a, of b and of the sum, and the verdicts
    (("0.105", "1.02", "0.105 + 1.02 = 1.125"), "differs rounded differs"),  # within what rounds to it, but made of a wrong figure
    (("0.115", "1.02", "0.115 + 1.02 = 1.135"), "rounded rounded carried"),
    (("0.31*0.37 = 0.115", "1.02", "0.115 + 1.02"), "rounded rounded carried"),
    (("0.31*0.37 = 0.105", "1.02", "0.105 + 1.02"), "differs rounded differs"),
]


@pytest.mark.parametrize(("figures", "verdicts"), OWN, ids=[row[0][2] for row in OWN])
def test_what_is_made_of_a_wrong_figure_of_the_page_is_not_within_its_rounding(figures, verdicts):
    claims = "".join(f'[[claim]]\nclaim = "{name}"\nprinted = "{figure}"\n' for name, figure in zip("abL", figures, strict=True))
    found = tutor.check(from_text(f'title = "t"\n{SUM}\n{claims}', "t"))
    assert " ".join(verdict.agreement for verdict in found) == verdicts


def test_a_carried_figure_is_no_erratum():
    claims = '[[claim]]\nclaim = "L"\nprinted = "0.115 + 1.02"\nerratum = "rounded before it was added"\n'
    (verdict,) = tutor.check(from_text(f'title = "t"\n{SUM}\n{claims}', "t"))
    assert (verdict.agreement, verdict.ok) == ("carried", False)


def test_a_page_writes_a_wrong_update_as_its_optimiser_is_written():
    claims = '[[claim]]\nclaim = "update w"\nprinted = "w - rate*mhat"\n[[claim]]\nclaim = "update mhat"\nprinted = "m/(1 - beta1)"\n'
    exercise = from_text(f'title = "t"\n{ADAM}\n{claims}', "t")
    assert [verdict.written.printed for verdict in tutor.check(exercise)] == ["w − η·m̂", "m/(1 − β₁)"]
    page = " ".join(tutor.solve(exercise).to_text().split())
    assert "for the update of m̂ the source prints m/(1 − β₁); it is m/(1 − β₁^t)" in page
    assert "rate*" not in page


def test_when_is_written_as_it_is_claimed():
    for claim in ("w before 2", "w after 1"):
        (verdict,) = tutor.check(enter(ADAM, claim, "0.90"))
        assert (verdict.agreement, verdict.written.claim) == ("rounded", claim)


def test_a_wrong_array_stands_on_the_page_with_its_symbols():
    claims = '[[claim]]\nclaim = "dL/dz"\nprinted = "[0.341, -0.242, -0.099]"\n'
    exercise = from_text(f'title = "t"\n{SOFTMAX}\n{claims}', "t")
    for form in ("scalar", "layer"):
        page = " ".join(tutor.solve(exercise, form=form).to_text().split())
        assert "for ∂L/∂z the source prints [0.341, −0.242, −0.099]; it is [−0.3410, 0.2424, 0.0986]" in page.replace("0.09856", "0.0986")


LOGISTIC = """
steps = ["z = w*x + b", "p = sigmoid(z)", "L = -(y*log(p) + (1 - y)*log(1 - p))"]
parameters = ["w", "b"]
values = { w = 0, b = 0 }
data = { columns = ["x", "y"], rows = [[1, 1], [2, 0]] }
train = { rate = 1 }
"""
OVER = [  # by hand: p = 1/2, gradients -1/2 and 1; after the update w = -1/4, b = 0
    ("dL/dw", "-0.5", "exact", "−0.5"), ("mean dL/dw", "0.25", "exact", "0.25"), ("mean dL/dw", "-0.5", "differs", "0.25"),
    ("sum dL/dw", "-0.5 + 1 = 0.5", "exact", "0.5"), ("mean dL/db", "0", "exact", "0"), ("mean L", "log(2) = 0.693", "rounded", "0.6931"),
    ("mean p after 1", "1/2*(1/(1 + e^0.25) + 1/(1 + e^0.5))", "exact", "0.4077"), ("sum x", "3", "exact", "3"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "printed", "agreement", "value"), OVER)
def test_a_claim_may_be_about_all_samples(claim, printed, agreement, value):
    exercise = enter(LOGISTIC, claim, printed)
    (verdict,) = tutor.check(exercise)
    assert (verdict.agreement, verdict.written.value) == (agreement, value)
    assert verdict.written.claim.split()[0] == claim.replace("d", "∂").split()[0] or verdict.written.claim == "∂L/∂w"
    page = " ".join(tutor.solve(exercise).to_text().split())
    assert ("for the mean of ∂L/∂w over the samples the source prints −0.5; it is 0.25." in page) is (agreement == "differs")


@pytest.mark.parametrize(("example", "claim", "printed"), [(NEURON, "mean f", "0.5"), (LOGISTIC, "mean dL/dw", "(p - y)*x")])
def test_what_is_no_mean_of_samples_is_refused(example, claim, printed):
    with pytest.raises(tutor.TutorError, match="samples") as found:
        tutor.check(enter(example, claim, printed))
    assert "claim 1" in found.value.where
