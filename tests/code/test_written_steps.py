"""Steps as they are written: whose gradients they take, through which names, and whether they go down."""

import ast

import pytest

from tutor.code.written_steps import list_bodies


@pytest.mark.parametrize(("text", "told"), [
    ("W -= a * dW", [("W", ["W"], True)]),
    ("W = W + -a * dW", [("W", ["W"], True)]),
    ("W += a * dW", [("W", ["W"], False)]),
    ("v = m * v - a * dW\nW += v", [("W", ["W"], True)]),
    ("p['b1'] -= a * g['db2']; b2 = 1", [("b1", ["b2"], True)]),
    ("p['b' + str(l)] -= a * g['dW' + str(l)]; p['W' + str(l)]", [("b_l", ["W_l"], True)]),
    ("self.b -= a * self.db / np.sqrt(self.c)", [("b", ["b"], True)]),
    ("new_W = W - a * dW", [("W", ["W"], True)]),
    ("W -= a * X.T @ dz; z = 1", []),  # worked out where it is taken
    ("W -= a * dz.sum(axis=0); z = 1", []),
    ("dW += x", []),
])  # fmt: skip
def test_a_step_is_read(text, told):
    (body,) = list_bodies(ast.parse(text))
    assert [(step.word, [use.of[0] for use in step.uses], step.down) for step in body.list_steps()] == told
