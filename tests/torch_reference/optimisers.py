"""The figures of PyTorch's optimisers in optimisers.json, and the script that makes them: python tests/torch_reference/optimisers.py.

Two problems in double precision, 50 updates each: a linear neuron with four samples and a sigmoid neuron with three weights, written here
with PyTorch's own operations and differentiated by its autograd.  PyTorch is large, so that nobody has to install it: the table stands
beside this file, with the version that made it.
"""

from __future__ import annotations

import json
from pathlib import Path

TABLE = Path(__file__).with_suffix(".json")
STEPS = 50

SAMPLES = [[0.0, 1.0], [1.0, 3.0], [2.0, 4.0], [3.0, 8.0]]
PROBLEMS = {  # the steps in the product's grammar, the start, the leaves that stay
    "line": (["yhat = w*x + b", "L = 1/2*(y - yhat)^2"], {"w": 0.5, "b": -0.25}, {}),
    "neuron": (
        ["s = w1*x1 + w2*x2 + b", "a = sigmoid(s)", "L = (a - y)^2"],
        {"w1": 0.4, "w2": -0.2, "b": 0.1},
        {"x1": 1.0, "x2": 0.5, "y": 0.9},
    ),
}
CASES = {  # name: problem, our optimiser, our settings, step size, batch size (0: all), PyTorch's optimiser, its arguments
    "gd line": ("line", "gd", {}, 0.05, 0, "SGD", {"lr": 0.05}),
    "gd neuron": ("neuron", "gd", {}, 0.5, 0, "SGD", {"lr": 0.5}),
    "sgd line": ("line", "sgd", {}, 0.05, 1, "SGD", {"lr": 0.05}),
    "minibatch line": ("line", "minibatch", {}, 0.05, 3, "SGD", {"lr": 0.05}),
    "momentum line": ("line", "momentum", {"mu": 0.8}, 0.02, 0, "SGD", {"lr": 0.02, "momentum": 0.8}),
    "momentum neuron": ("neuron", "momentum", {}, 0.5, 0, "SGD", {"lr": 0.5, "momentum": 0.9}),
    "nesterov line": ("line", "nesterov", {"mu": 0.8}, 0.02, 0, "SGD", {"lr": 0.02, "momentum": 0.8, "nesterov": True}),
    "nesterov neuron": ("neuron", "nesterov", {}, 0.5, 0, "SGD", {"lr": 0.5, "momentum": 0.9, "nesterov": True}),
    "adagrad line": ("line", "adagrad", {}, 0.1, 0, "Adagrad", {"lr": 0.1}),
    "adagrad neuron": ("neuron", "adagrad", {"eps": 0.001}, 0.1, 0, "Adagrad", {"lr": 0.1, "eps": 0.001}),
    "rmsprop line": ("line", "rmsprop", {}, 0.01, 0, "RMSprop", {"lr": 0.01, "alpha": 0.9}),
    "rmsprop neuron": ("neuron", "rmsprop", {"rho": 0.99}, 0.01, 0, "RMSprop", {"lr": 0.01}),
    "adam line": ("line", "adam", {}, 0.1, 0, "Adam", {"lr": 0.1}),
    "adam line, batches of two": ("line", "adam", {}, 0.1, 2, "Adam", {"lr": 0.1}),
    "adam neuron": ("neuron", "adam", {"beta1": 0.8, "beta2": 0.99}, 0.05, 0, "Adam", {"lr": 0.05, "betas": [0.8, 0.99]}),
    "adam neuron, large epsilon": ("neuron", "adam", {"eps": 0.1}, 0.05, 0, "Adam", {"lr": 0.05, "eps": 0.1}),
}  # fmt: skip


def torch_table(case: str) -> dict[str, list[float]]:
    """Every parameter after 0, 1, … 50 updates of PyTorch's optimiser; samples are used in the given order."""
    import torch

    problem, _, _, _, batch, name, arguments = CASES[case]
    start, fixed = PROBLEMS[problem][1:]
    leaves = {key: torch.tensor(value, dtype=torch.float64, requires_grad=True) for key, value in start.items()}
    optimiser = getattr(torch.optim, name)(list(leaves.values()), **arguments)
    data = torch.tensor(SAMPLES, dtype=torch.float64)
    size = batch or len(data)
    table = {key: [value] for key, value in start.items()}
    place = 0
    for _ in range(STEPS):
        optimiser.zero_grad()
        if problem == "line":
            some = data[place : place + size]
            place = 0 if place + size >= len(data) else place + size
            loss = (0.5 * (some[:, 1] - (leaves["w"] * some[:, 0] + leaves["b"])) ** 2).mean()
        else:
            total = leaves["w1"] * fixed["x1"] + leaves["w2"] * fixed["x2"] + leaves["b"]
            loss = (torch.sigmoid(total) - fixed["y"]) ** 2
        loss.backward()
        optimiser.step()
        for key, leaf in leaves.items():
            table[key].append(leaf.item())
    return table


def main() -> None:
    """Write the table."""
    import torch

    made = {"torch": torch.__version__, "steps": STEPS, "cases": {case: torch_table(case) for case in CASES}}
    TABLE.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
