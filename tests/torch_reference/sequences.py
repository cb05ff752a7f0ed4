"""PyTorch's figures of recurrent networks over three steps, in sequences.json: python tests/torch_reference/sequences.py.

Each case is steps that are repeated over time, as a lecturer writes them, and PyTorch's cells in a loop, in double precision; the loss is
Σ_t ‖h_t − y_t‖² (of the last layer).  The table has the loss and the gradients of all weights, of the first input and of the first state.
"""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from random import Random
from typing import Any

TABLE = Path(__file__).with_suffix(".json")
TIMES = 3
_SIZES = {"x": (2,), "h": (3,), "y": (3,)}
_GRU = {**_SIZES, "W": (9, 2), "U": (9, 3), "b": (9,), "v": (9,)}
_LSTM = {**_SIZES, "c": (3,), "W": (12, 2), "U": (12, 3), "b": (12,)}

CASES: dict[str, tuple[list[str], dict[str, tuple[int, ...]], str]] = {  # name: our steps, shapes, PyTorch's state from the one before
    "RNN": (["h[t] = tanh(W x[t] + U h[t-1] + b)"], {**_SIZES, "W": (3, 2), "U": (3, 3), "b": (3,)},
            "torch.rnn_tanh_cell(x[t][None], h[None], W, U, b, 0 * b)[0], None"),
    "GRU": (["a[t] = W x[t] + b", "k[t] = U h[t-1] + v", "r[t] = sigmoid(a[t][0:3] + k[t][0:3])", "z[t] = sigmoid(a[t][3:6] + k[t][3:6])",
             "n[t] = tanh(a[t][6:9] + r[t] ⊙ k[t][6:9])", "h[t] = (1 - z[t]) ⊙ n[t] + z[t] ⊙ h[t-1]"], _GRU,
            "torch.gru_cell(x[t][None], h[None], W, U, b, v)[0], None"),
    "LSTM": (["h[t], c[t] = lstm_cell(x[t], h[t-1], c[t-1], W, U, b, order=ifgo)"], _LSTM,
             "map(lambda s: s[0], torch.lstm_cell(x[t][None], (h[None], c[None]), W, U, b, 0 * b))"),
}  # fmt: skip


def list_leaves(case: str) -> dict[str, list[float]]:
    """Seeded values of every weight, of the first state, and of x and y at each time, row after row."""
    shapes, generator = CASES[case][1], Random(case)
    named = {name: shape for name, shape in shapes.items() if name not in ("x", "y")}
    named = {{"h": "h_0", "c": "c_0"}.get(name, name): shape for name, shape in named.items()}
    named |= {f"{name}_{t}": shapes[name] for name in ("x", "y") for t in range(1, TIMES + 1)}
    return {name: [generator.randint(-90, 90) / 64 for _ in range(prod(shape))] for name, shape in named.items()}


def torch_table(case: str) -> dict[str, list[float]]:
    """The loss and the gradient of every leaf."""
    import torch

    _, shapes, formula = CASES[case]
    given: dict[str, Any] = {
        name: torch.tensor(values, dtype=torch.float64).reshape(shapes[name.split("_")[0]]).requires_grad_()
        for name, values in list_leaves(case).items()
    }
    weights = {name: leaf for name, leaf in given.items() if "_" not in name}
    h, c = given["h_0"], given.get("c_0")
    loss = torch.zeros((), dtype=torch.float64)
    x = {t: given[f"x_{t}"] for t in range(1, TIMES + 1)}
    for t in range(1, TIMES + 1):
        h, c = eval(formula, {"torch": torch, "x": x, "t": t, "h": h, "c": c, **weights})
        loss = loss + ((h - given[f"y_{t}"]) ** 2).sum()
    loss.backward()
    return {"L": [loss.item()]} | {name: leaf.grad.reshape(-1).tolist() for name, leaf in given.items()}


def main() -> None:
    """Write the table."""
    import torch

    made = {"torch": torch.__version__, "cases": {case: torch_table(case) for case in CASES}}
    TABLE.write_text(json.dumps(made, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
