"""What is taken as the derivative exactly on each kink: by us, and by PyTorch, with the reason where the two differ.

``python tests/torch_reference/kinks.py`` prints what the PyTorch that is installed takes; the test holds that against this table.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


class Case(NamedTuple):
    """A step of one function, the point, our derivatives there, the same in PyTorch's words and PyTorch's derivatives, why they differ."""

    step: str
    at: dict[str, Fraction]
    ours: dict[str, Fraction]
    torch: str
    theirs: dict[str, Fraction]
    differs: str = ""


def _at(**values: object) -> dict[str, Fraction]:
    return {name: Fraction(str(value)) for name, value in values.items()}


CASES = (
    Case("max(x, y)", _at(x=2, y=2), _at(x=HALF, y=HALF), "torch.maximum(x, y)", _at(x=HALF, y=HALF)),
    Case("min(x, y)", _at(x=2, y=2), _at(x=HALF, y=HALF), "torch.minimum(x, y)", _at(x=HALF, y=HALF)),
    Case("max(x, y, z)", _at(x=2, y=2, z=2), _at(x=THIRD, y=THIRD, z=THIRD), "torch.stack([x, y, z]).amax()",
         _at(x=THIRD, y=THIRD, z=THIRD)),
    Case("max(x, y, z)", _at(x=2, y=1, z=2), _at(x=HALF, y=0, z=HALF), "torch.stack([x, y, z]).amax()", _at(x=HALF, y=0, z=HALF)),
    Case("min(x, y, z)", _at(x=2, y=3, z=2), _at(x=HALF, y=0, z=HALF), "torch.stack([x, y, z]).amin()", _at(x=HALF, y=0, z=HALF)),
    Case("max(x, y)", _at(x=2, y=2), _at(x=HALF, y=HALF), "F.max_pool1d(torch.stack([x, y])[None], 2).sum()", _at(x=1, y=0),
         "max-pooling passes everything to the first of the largest entries"),
    Case("relu(x)", _at(x=0), _at(x=0), "F.relu(x)", _at(x=0)),
    Case("max(0, x)", _at(x=0), _at(x=0), "F.relu(x)", _at(x=0)),
    Case("max(0, x)", _at(x=0), _at(x=0), "torch.maximum(torch.zeros_like(x), x)", _at(x=HALF),
         "ours is the ReLU whose slope at 0 is 0, however it is written"),
    Case("max(0, x)", _at(x=0), _at(x=0), "torch.clamp(x, min=0)", _at(x=1), "clamp counts its bounds as inside"),
    Case("hinge(x, y)", _at(x=1, y=1), _at(x=0, y=0), "F.relu(1 - x * y)", _at(x=0, y=0)),
    Case("abs(x)", _at(x=0), _at(x=0), "x.abs()", _at(x=0)),
    Case("absolute_error(x, y)", _at(x=3, y=3), _at(x=0, y=0), "F.l1_loss(x, y)", _at(x=0, y=0)),
    Case("sign(x)", _at(x=0), _at(x=0), "torch.sign(x)", _at(x=0)),
    Case("leaky_relu(x, 0.1)", _at(x=0), _at(x="1/10"), "F.leaky_relu(x, 0.1)", _at(x="1/10")),
    Case("prelu(x, a)", _at(x=0, a=3), _at(x=3, a=0), "F.prelu(x[None], a[None]).sum()", _at(x=3, a=0)),
    Case("elu(x, 2)", _at(x=0), _at(x=2), "F.elu(x, 2.0)", _at(x=2)),
    Case("selu(x)", _at(x=0), _at(x="1.7580993408473766"), "F.selu(x)", _at(x="1.7580993408473766")),
    Case("relu6(x)", _at(x=0), _at(x=0), "F.relu6(x)", _at(x=0)),
    Case("relu6(x)", _at(x=6), _at(x=0), "F.relu6(x)", _at(x=0)),
    Case("hard_sigmoid(x)", _at(x=-3), _at(x=0), "F.hardsigmoid(x)", _at(x=0)),
    Case("hard_sigmoid(x)", _at(x=3), _at(x=0), "F.hardsigmoid(x)", _at(x=0)),
    Case("hard_tanh(x)", _at(x=-1), _at(x=0), "F.hardtanh(x)", _at(x=0)),
    Case("hard_tanh(x)", _at(x=1), _at(x=0), "F.hardtanh(x)", _at(x=0)),
    Case("quantile(x, y, 1/4)", _at(x=2, y=2), _at(x="3/4", y="-3/4"), "torch.maximum(0.25*(y - x), -0.75*(y - x))",
         _at(x="1/4", y="-1/4"), "of equal operands maximum gives each a half; ours is the slope above the target"),
    Case("triplet(x, y, 1)", _at(x=1, y=2), _at(x=0, y=0), "F.relu(x - y + 1)", _at(x=0, y=0)),
    Case("multi_hinge(x, y, 1)", _at(x=1, y=2), _at(x=0, y=0), "F.relu(x - y + 1)", _at(x=0, y=0)),
)  # fmt: skip


def torch_slopes(case: Case) -> dict[str, float]:
    """What PyTorch's autograd gives."""
    import torch
    import torch.nn.functional as F  # noqa: N812

    leaves = {name: torch.tensor(float(value), dtype=torch.float64, requires_grad=True) for name, value in case.at.items()}
    eval(case.torch, {"torch": torch, "F": F}, leaves).backward()  # a text of this table
    return {name: float(leaf.grad) if leaf.grad is not None else 0.0 for name, leaf in leaves.items()}


if __name__ == "__main__":
    for one in CASES:
        print(one.torch, torch_slopes(one))
