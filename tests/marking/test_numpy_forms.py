"""Matrix answers as NumPy writes them: sums along axes, methods, ones, lengths; and products whose reading is not clear."""

import json
from functools import cache

import pytest
from mark_one import marker_of

from tutor.exercise.load import from_text

BATCH = (["Z = X W + rows(b, 4)", "P = softmax_rows(Z)", "L = -sum(Y ⊙ log(P))/4"], {"X": (4, 3), "W": (3, 2), "b": (2,), "Y": (4, 2)})
LAYERS = (["z1 = W1 x", "x1 = sigmoid(z1)", "z2 = W2 x1", "L = sum((z2 - y)^2)/2"], {"W1": (3, 2), "x": (2,), "W2": (2, 3), "y": (2,)})
ROWS = [
    (BATCH, "dL/db", text, "correct") for text in (
        "np.sum(P-Y, axis=0)/4", "(P-Y).sum(0)/4", "(P-Y).sum(axis=0)/4", "(P-Y).mean(axis=0)", "np.mean(P-Y, axis=0)", "np.sum(P-Y, 0)/4",
        "np.sum(P-Y, axis=-2)/4", "torch.sum(P-Y, dim=0)/4", "(P-Y).T @ np.ones(4)/4", "np.ones(4) @ (P-Y)/4", "(P-Y)^T 1/4", "1^T (P-Y)/4",
        "dL/db = np.sum(P - Y, axis=0)/len(X)", "(P-Y).sum(axis=0)/X.shape[0]", "(P-Y).T.sum(axis=1)/4", "(P-Y).T.mean(1)",
    )
] + [
    (BATCH, "dL/dW", text, "correct") for text in ("X.T.dot(P-Y)/4", "np.dot(X.T, P-Y)/4", "X.T @ (P-Y)/len(X)", "X.transpose() @ (P-Y)/4")
] + [
    (BATCH, "Z", "X @ W + 1 b^T", "correct"),
    (LAYERS, "dL/dz1", "x1*(1-x1)*(W2.T @ (z2-y))", "correct"), (LAYERS, "dL/dz1", "x1*(1-x1)*W2^T (z2-y)", "correct"),
    (LAYERS, "dL/dz1", "W2.T @ (z2-y) * x1 * (1-x1)", "correct"), (LAYERS, "dL/dz1", "x1*(1-x1)*W2.T @ (z2-y)", "unreadable"),
    (BATCH, "dL/db", "(P-Y).sum(axis=3)", "unreadable"), (BATCH, "dL/db", "(P-Y).sum(axis=0, keepdims=True)/4", "correct"),
    *((BATCH, "dL/db", text, "wrong") for text in (
        "np.sum(P-Y, axis=1)/4", "np.sum(P-Y)/4", "(P-Y).sum(0)", "np.mean(P-Y, axis=1)", "(P-Y).sum(axis=0)/X.shape[1]", "1^T (Y-P)/4")),
    (BATCH, "dL/dW", "X.dot(P-Y)/4", "wrong"), (LAYERS, "dL/dz1", "x1*(1-x1)*(W2 @ (z2-y))", "wrong"),
]  # fmt: skip


@cache
def marker(name):
    lines, shapes = {"batch": BATCH, "layers": LAYERS}[name]
    given = "\n".join(f"{leaf} = {list(shape)}" for leaf, shape in shapes.items())
    return marker_of(from_text(f'title = "t"\nsteps = {json.dumps(lines)}\n[shapes]\n{given}\n', "mine"))


@pytest.mark.parametrize(("system", "question", "text", "verdict"), ROWS, ids=[row[2] for row in ROWS])
def test_what_is_said(system, question, text, verdict):
    answer, _ = marker("batch" if system is BATCH else "layers").judge(question, text)
    assert answer.verdict in ({"wrong", "misconception"} if verdict == "wrong" else {verdict}), answer.message
    assert answer.verdict != "correct" or answer.outcome == ""


def test_both_readings_are_named():
    answer, _ = marker("layers").judge("dL/dz1", "x1*(1-x1)*W2.T @ (z2-y)")
    assert "(x1*(1 - x1) * W2^T) @ (z2 - y)" in answer.message
    assert "(x1*(1 - x1)) * (W2^T @ (z2 - y))" in answer.message
