"""Matrix answers as NumPy writes them: sums along axes, methods, ones, lengths; and products whose reading is not clear."""

import json
from functools import cache

import pytest
from mark_one import marker_of

from tutor.exercise.load import from_text

BATCH = (["Z = X W + rows(b, 4)", "P = softmax_rows(Z)", "L = -sum(Y ⊙ log(P))/4"], {"X": (4, 3), "W": (3, 2), "b": (2,), "Y": (4, 2)})
LAYERS = (["z1 = W1 x", "x1 = sigmoid(z1)", "z2 = W2 x1", "L = sum((z2 - y)^2)/2"], {"W1": (3, 2), "x": (2,), "W2": (2, 3), "y": (2,)})
NORM = (["mu = mean(X, axis=0)", "v = var(X, axis=0)", "H = (X - mu)/sqrt(v + c)", "Y = g*H + b", "L = sum(Y^3)"],
        {"X": (4, 3), "g": (3,), "b": (3,)})  # fmt: skip
TIME = (["S = Q @ K^T/sqrt(d)", "P = softmax(S, axis=-1)", "O = P @ V", "L = sum(O^3)"], {"Q": "Td", "K": "Td", "V": "Td"})
ROWS = [
    *((NORM, "dL/dH", text, "correct") for text in ("g*dL/dY", "dL/dY * g", "dL/dY ⊙ g", "dL/dY * g[None, :]", "dL/dY*g[np.newaxis, :]")),
    (NORM, "dL/dX", "1/4*g/sqrt(v + c)*(4*dL/dY - sum(dL/dY, axis=0) - (X - mu)/(v + c)*sum(dL/dY*(X - mu), axis=0))", "correct"),
    (NORM, "dL/dX", "1/4*g/sqrt(v + c)*(4*dL/dY - sum(dL/dY, axis=0) + H*sum(dL/dY*H, axis=0))", "wrong"),
    (NORM, "dL/dv", "np.sum(dL/dH*(X - mu)*-0.5*(v + c)**(-3/2), axis=0)", "correct"),
    (NORM, "dL/dmu", "sum(dL/dH*(-1/sqrt(v + c)), axis=0)", "correct"), (NORM, "dL/db", "dL/dY.sum((0,))", "correct"),
    (NORM, "dL/dg", "np.sum(dL/dY*H, axis=0)", "correct"), (NORM, "dL/dg", "np.sum(dL/dY*H, axis=1)", "wrong"),
    (NORM, "dL/db", "sum(dL/dY, axis=0)[1]", "unreadable"), (NORM, "dL/db", "2*sum(dL/dY, axis=0)[2]/4", "unreadable"),
    (TIME, "dL/dV", "P^T dL/dO", "correct"), (TIME, "dL/dV", "P.T @ dL/dO", "correct"), (TIME, "dL/dK", "(dL/dS)^T Q/sqrt(d)", "correct"),
    (TIME, "dL/dV", "P dL/dO", "wrong"),
] + [
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


SYSTEMS = {"batch": BATCH, "layers": LAYERS, "norm": NORM, "time": TIME}


@cache
def marker(name):
    lines, shapes = SYSTEMS[name]
    given = "\n".join(f"{leaf} = {json.dumps(list(shape))}" for leaf, shape in shapes.items())
    return marker_of(from_text(f'title = "t"\nsteps = {json.dumps(lines)}\n[shapes]\n{given}\n', "mine"))


@pytest.mark.parametrize(("system", "question", "text", "verdict"), ROWS, ids=[row[2] for row in ROWS])
def test_what_is_said(system, question, text, verdict):
    answer, _ = marker(next(name for name, some in SYSTEMS.items() if some is system)).judge(question, text)
    assert answer.verdict in ({"wrong", "misconception"} if verdict == "wrong" else {verdict}), answer.message
    assert answer.verdict != "correct" or answer.outcome == ""


def test_both_readings_are_named():
    answer, _ = marker("layers").judge("dL/dz1", "x1*(1-x1)*W2.T @ (z2-y)")
    assert "(x1*(1 - x1) * W2^T) @ (z2 - y)" in answer.message
    assert "(x1*(1 - x1)) * (W2^T @ (z2 - y))" in answer.message
