"""Steps are judged beside right gradients: whose gradient is taken, which way it goes, how often; what takes none is told."""

import pytest
from trained_programs import TRAINED

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source
from tutor.results.code_check import check_code


def judge(text):
    return judge_code(read_source(text, "f.py"))


def list_told(text):
    return [(root.line, root.tag, root.new) for one in judge(text) for root in one.roots]


@pytest.mark.parametrize(("old", "new", "told"), [
    ("b -= lr * db", "b -= lr * dW", (10, "gradient-of-another", "db")),
    ("b -= lr * db", "b -= lr * dp", (10, "gradient-of-another", "db")),
    ("b -= lr * db", "W -= lr * db", (10, "another-variable", "b")),
    ("b -= lr * db", "b += lr * db", (10, "sign", "-=")),
    ("b -= lr * db", "W -= lr * dW", (10, "step-twice", "")),
    ("b -= lr * db", "g = dW / 2\n    b = b - lr * g", (10, "gradient-of-another", "db")),
])  # fmt: skip
def test_a_wrong_step_is_named(old, new, told):
    assert told in list_told(TRAINED.replace(old, new))


@pytest.mark.parametrize(("old", "new"), [
    ("    b -= lr * db", "    delta_b = -lr * db\n    b += delta_b"),
    ("    W -= lr * dW", "    W -= lr * (dW + 0.01 * W)"),
    ("    db = dp.sum(axis=0)\n", "    db = dp.sum(axis=0)\n    s = min(1, 5 / np.sqrt(np.sum(dW ** 2) + np.sum(db ** 2)))\n"),
    ("    b -= lr * db", "    v = 0.9 * db ** 2\n    b -= lr * db / (np.sqrt(v) + 1e-8)"),
])  # fmt: skip
def test_other_ways_to_take_a_step_are_right(old, new):
    assert [(one.verdict, one.warnings) for one in judge(TRAINED.replace(old, new))] == [("right", ())]


def test_a_gradient_that_no_step_takes_is_told():
    (found,) = judge(TRAINED.replace("    b -= lr * db\n", "").replace("return W, b", "return W"))
    assert found.verdict == "right"
    assert [(one.line, one.kind, one.of) for one in found.warnings] == [(8, "unstepped", "b")]


def test_steps_of_a_function_of_their_own_have_their_own_verdict():
    text = "import numpy as np\ndef f_forward(x, w, b):\n    return x @ w + b, (x, w)\ndef f_backward(dout, cache):\n    x, w = cache\n"
    text += "    dw = x.T @ dout\n    db = dout.sum(axis=0)\n    return dout @ w.T, dw, db\n"
    text += "def update(w, b, dw, db, lr):\n    w = w - lr * dw\n    b = b - lr * dw\n    return w, b\n"
    passed, wrong = judge(text)
    assert (passed.verdict, wrong.name, wrong.outputs) == ("right", "update", ())
    page = check_code(text).to_text(80)
    assert "The step takes the gradient of another quantity: `db`, not `dw`." in " ".join(page.split())
    assert "Then" not in page
    assert "with respect to" not in page
