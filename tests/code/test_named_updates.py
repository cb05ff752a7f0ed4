"""Programs whose only gradients are their updates: right with the loss that is meant, wrong at the line of a slip."""

from __future__ import annotations

import ast

import pytest

from tutor.code.judge_code import judge_code
from tutor.code.named_updates import name_updates
from tutor.program.source import read_source

LINES = """import numpy as np
X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
y = np.array([[0, 1, 1, 0]]).T
syn0 = 2 * np.random.random((3, 4)) - 1
syn1 = 2 * np.random.random((4, 1)) - 1
for j in range(60000):
    l1 = 1 / (1 + np.exp(-(np.dot(X, syn0))))
    l2 = 1 / (1 + np.exp(-(np.dot(l1, syn1))))
    l2_delta = (y - l2) * (l2 * (1 - l2))
    l1_delta = l2_delta.dot(syn1.T) * (l1 * (1 - l1))
    syn1 += l1.T.dot(l2_delta)
    syn0 += X.T.dot(l1_delta)
"""


def judge(text):
    (found,) = judge_code(read_source(text, "net.py"))
    return found


@pytest.mark.parametrize(("old", "new"), [
    ("", ""),
    ("+= ", "+= 0.1 * "),
    ("syn1 += l1.T.dot(l2_delta)", "adjustment = l1.T.dot(l2_delta)\n    syn1 = syn1 + adjustment"),
    ("for j in range(60000)", "while True"),
])  # fmt: skip
def test_it_is_right_with_the_loss_that_is_meant(old, new):
    found = judge(LINES.replace(old, new))
    assert found.verdict == "right"
    assert {output.of for output in found.outputs} == {"syn0", "syn1"}
    assert any("minus 0.5 * np.sum((l2 - y)**2)" in str(what) for what in found.assumes)


def test_what_is_taken_off_goes_down():
    found = judge(LINES.replace("(y - l2)", "(l2 - y)").replace("+=", "-="))
    assert found.verdict == "right"
    assert any("minus" not in str(what) and "np.sum((l2 - y)**2)" in str(what) for what in found.assumes)


@pytest.mark.parametrize(("old", "new"), [
    ("(l1 * (1 - l1))", "(1 - l1)"), ("l1.T.dot(l2_delta)", "l1.T.dot(y - l2)"), ("l2_delta.dot(syn1.T)", "(y - l2).dot(syn1.T)"),
])  # fmt: skip
def test_a_slip_is_named_at_its_line(old, new):
    line = LINES[: LINES.index(old)].count("\n") + 1
    found = judge(LINES.replace(old, new))
    assert found.verdict == "wrong"
    assert [root.line for root in found.roots] == [line]


def test_one_that_goes_up_beside_one_that_goes_down_is_not_called_right():
    assert judge(LINES.replace("syn0 +=", "syn0 -=")).verdict == "undecided"


@pytest.mark.parametrize("text", [
    "W = np.random.rand(3)\ndW = X.T @ d\nW -= 0.1 * dW",
    "v = mu * v - lr * g\nW += v",
    "total = 0.0\nfor x in xs:\n    total += np.dot(x, x)",
    "h = np.tanh(z)\nh += np.dot(h, V)",
])  # fmt: skip
def test_what_has_a_name_or_is_no_update_stays(text):
    source = read_source(text, "net.py")
    assert name_updates(source) is source


def test_what_is_not_changed_is_the_same_node():
    source = read_source(LINES, "net.py")
    made = name_updates(source)
    assert len(made.tree.body[-1].body) == len(source.tree.body[-1].body) + 2
    assert all(one is other for one, other in zip(made.tree.body[:-1], source.tree.body[:-1], strict=True))
    assert ast.unparse(made.tree.body[-1]).endswith("dsyn0 = X.T.dot(l1_delta)\n    syn0 += dsyn0")
