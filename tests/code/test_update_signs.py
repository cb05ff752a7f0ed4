"""Steps that add a gradient: of a loss they are warned of, of minus a loss or a likelihood they are right."""

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

ADDED = """
import numpy as np
def fit(X, Y, W, lr):
    p = X @ W
    loss = np.mean((Y - p) ** 2)
    dW = 2 / Y.size * X.T @ (Y - p)
    W += lr * dW
    return W, loss
"""


def judge(text):
    return judge_code(read_source(text, "f.py"))[-1]


def test_a_step_that_adds_the_gradient_of_a_loss_is_warned_of():
    climbing = judge(ADDED.replace("X.T @ (Y - p)", "X.T @ (p - Y)"))
    assert climbing.verdict == "right"
    assert [(one.line, one.kind, one.of) for one in climbing.warnings] == [(7, "climbs", "W -= lr * dW")]
    assert not judge(ADDED).warnings
    likelihood = ADDED.replace("loss", "score").replace("np.mean((Y - p) ** 2)", "-np.mean((Y - p) ** 2)")
    assert not judge(likelihood).warnings


def test_added_gradients_are_those_of_minus_the_loss():
    right = judge(ADDED)
    assert right.verdict == "right"
    assert any("minus the loss" in str(what) for what in right.assumes)
    wrong = judge(ADDED.replace("X.T @ (Y - p)", "X.T @ (Y - 2 * p)"))
    assert [root.line for root in wrong.roots] == [6]
