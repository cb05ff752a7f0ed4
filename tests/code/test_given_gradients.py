"""Gradients in dictionaries of any name, and by their places: each is compared, none is passed over."""

import pytest

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

NET = '''
import numpy as np
def forward(x, W, b, U):
    # x: (N, D), W: (D, H), b: (H,), U: (H, H)
    z = np.tanh(x @ W + b)
    return z @ U, (x, W, z, U)
def backward(ds, cache):
    x, W, z, U = cache
    dz = (ds @ U.T) * (1 - z ** 2)
    made = {}
    made["U"] = z.T @ ds
    made["W"] = x.T @ dz
    made["b"] = dz.sum(axis=0)
    return made
'''
PLACES = '''
import numpy as np
def attend_forward(q, k, v, mask=None):
    # q: (N, D), k: (M, D), v: (M, E)
    s = q @ k.T
    if mask is not None:
        s = s * mask
    p = np.exp(s - s.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True)
    return p @ v, (q, k, v, p)
def attend_backward(do, cache):
    q, k, v, p = cache
    dv = p.T @ do
    dp = do @ v.T
    ds = p * (dp - (dp * p).sum(1, keepdims=True))
    return ds @ k, ds.T @ q, dv
'''
WAYS = {
    "of any name": NET, "g": NET.replace("made", "g"), "beside": NET.replace("return made", "return dz @ W.T, made"),
    "in another": NET.replace("return made", 'return {"grads": made, "dx": dz @ W.T}'),
}  # fmt: skip


def judge(text):
    (found,) = judge_code(read_source(text, "net.py"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_a_wrong_entry_of_a_dictionary_is_wrong(text):
    found = judge(text.replace("x.T @ dz", "x.T @ ds"))
    assert (found.verdict, [root.line for root in found.roots]) == ("wrong", [12])


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_each_entry_of_a_dictionary_is_compared(text):
    found = judge(text)
    assert found.verdict == "right"
    assert len(found.outputs) >= 3


def test_parameters_that_took_a_step_are_no_gradients():
    text = NET.replace("return made", 'new = {"W": W - 0.1 * made["W"], "U": U - 0.1 * made["U"]}\n    return new, made')
    assert judge(text).verdict == "right"


@pytest.mark.slow
def test_gradients_in_the_order_of_what_is_given_are_compared_where_the_last_has_none():
    found = judge(PLACES)
    assert (found.verdict, len(found.outputs), found.left_over) == ("right", 3, ())
    assert judge(PLACES.replace("ds @ k,", "-ds @ k,")).verdict == "wrong"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["d", "u"])
def test_the_first_argument_of_backward_may_be_the_gradient_from_above_by_any_name(name):
    text = "import numpy as np\ndef f_forward(x):\n    return x.max(axis=1), x\ndef f_backward(top, x):\n    dx = np.zeros_like(x)\n"
    text += "    dx[np.arange(len(x)), x.argmax(axis=1)] = top\n    return dx\n"
    (found,) = judge_code(read_source(text.replace("top", name), "f.py"))
    assert found.verdict == "right"
