"""How long a verdict on a backward pass takes, beside `gradcheck` and finite differences: python tests/benchmarks/verdicts.py

Programs of our own, right and with one slip: a two-layer network, twelve transformer blocks of attention and a feed-forward part (written
out line by line, and as a loop over helper functions), 2,000 lines that are wrong one after the other, and a sum over 5,000 rounds.
The times are processor time, the best of three of a warm process; `steps` are the parts of programs that were worked out for the verdict,
the same on every machine.  The two peers answer less, only whether the gradients are right: `torch.autograd.gradcheck` with the same
backward pass as a `torch.autograd.Function`, and central differences of the same forward pass in NumPy, entry by entry.  The ratios say
how many times longer the verdict takes.  PyTorch is left out by name where it is not installed.  The peers run programs of this file only;
tutor runs nothing.
"""

from __future__ import annotations

import runpy
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from code_cases import list_programs
from judged_programs import write_blocks, write_looped_blocks, write_round_program, write_wrong_lines

from tutor.code.step_budget import StepBudget
from tutor.results.code_check import check_code

Row = tuple[str, str, str, float]
"""A program: its name, its text, the verdict that it must get, and the limit in seconds (0 where none is promised)."""
TOLERANCE = 1e-5


def best(call: Callable[[], Any], tries: int = 3) -> tuple[float, Any]:
    """The shortest processor time of some calls, in seconds, and what the last one gives; one that takes long is made once."""
    shortest = float("inf")
    for _ in range(tries):
        begun = time.process_time()
        given = call()
        shortest = min(shortest, time.process_time() - begun)
        if shortest > 3:
            break
    return shortest, given


def list_rows() -> list[Row]:
    """The programs that are judged."""
    net = dict(list_programs())["two_layer_net"].partition("\n# slip")[0]
    blocks, looped, rounds = write_blocks(12), write_looped_blocks(12), write_round_program(5_000)
    return [
        ("two-layer net", net, "right", 0.5),
        ("two-layer net, mask forgotten", net.replace("dh * (z > 0)", "dh"), "wrong", 0.5),
        ("two-layer net, the penalty by half", net.replace("X.T.dot(dz) + 2 * reg", "X.T.dot(dz) + reg"), "wrong", 0.5),
        ("12 blocks, written out", blocks, "right", 10.0),
        ("12 blocks, a transpose in the sixth", blocks.replace("dV6 = P6.T @ dy6", "dV6 = P6 @ dy6"), "wrong", 10.0),
        ("12 blocks, a sign in the sixth", blocks.replace("dx6 = dy6 + dA6", "dx6 = dy6 - dA6"), "wrong", 10.0),
        ("12 blocks in a loop", looped, "right", 10.0),
        ("12 blocks in a loop, a sign", looped.replace("dx = dy + dA", "dx = dy - dA"), "wrong", 10.0),
        ("2,000 wrong lines", write_wrong_lines(2_000), "undecided", 0),
        ("5,000 rounds", rounds, "right", 0),
        ("5,000 rounds, a factor", rounds.replace("dw += e * x[i]", "dw += e * c"), "wrong", 0),
    ]


def count_steps(text: str) -> int:
    """The parts of programs that are worked out for a verdict."""
    spent, spend = [0], StepBudget.spend

    def note(budget: StepBudget, steps: int) -> None:
        spent[0] += steps
        spend(budget, steps)

    with patch.object(StepBudget, "spend", note):
        check_code(text)
    return spent[0]


def make_values() -> dict[str, Any]:
    """Numbers for the two-layer network, of the sizes at which tutor looks at it."""
    chance = np.random.default_rng(1)
    shapes = {"X": (5, 4), "W1": (4, 3), "b1": (3,), "W2": (3, 6), "b2": (6,)}
    return {name: chance.normal(size=shape) for name, shape in shapes.items()} | {"y": np.array([0, 5, 2, 2, 1])}


def by_differences(text: str) -> Callable[[], bool]:
    """Central differences of the loss by each entry of each weight, beside the gradients that the program gives."""
    with tempfile.TemporaryDirectory() as folder:  # our own program, with the slip that the row plants
        path = Path(folder, "two_layer_net.py")
        path.write_text(text, "utf-8")
        net, values = runpy.run_path(str(path))["two_layer_net"], make_values()

    def check() -> bool:
        _, given = net(**values)
        right = True
        for name, grad in given.items():
            at = values[name]
            for place in np.ndindex(*at.shape):
                kept = at[place]
                at[place] = kept + 1e-6
                above = net(**values)[0]
                at[place] = kept - 1e-6
                below = net(**values)[0]
                at[place] = kept
                right &= bool(abs((above - below) / 2e-6 - grad[place]) < TOLERANCE)
        return right

    return check


def by_gradcheck(slip: bool) -> Callable[[], bool]:
    """PyTorch's own check of the same backward pass."""
    import torch

    torch.set_num_threads(1)
    values = {name: torch.tensor(value, requires_grad=name not in "Xy") for name, value in make_values().items()}
    labels, reg = values.pop("y"), 0.1

    class Net(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
            z = x @ w1 + b1
            h = torch.clamp(z, min=0)
            scores = h @ w2 + b2
            shifted = scores - scores.max(dim=1, keepdim=True).values
            probs = shifted.exp() / shifted.exp().sum(dim=1, keepdim=True)
            ctx.save_for_backward(x, w1, w2, z, h, probs)
            return -probs[range(len(x)), labels].log().sum() / len(x) + reg * ((w1 * w1).sum() + (w2 * w2).sum())

        @staticmethod
        def backward(ctx: Any, above: Any) -> Any:
            x, w1, w2, z, h, probs = ctx.saved_tensors
            dscores = probs.clone()
            dscores[range(len(x)), labels] -= 1
            dscores /= len(x)
            dh = dscores @ w2.T
            dz = dh if slip else dh * (z > 0)
            grads = (x.T @ dz + 2 * reg * w1, dz.sum(0), h.T @ dscores + 2 * reg * w2, dscores.sum(0))
            return None, *(above * grad for grad in grads)

    return lambda: bool(torch.autograd.gradcheck(Net.apply, tuple(values.values()), raise_exception=False))


def main() -> None:
    """Print the tables."""
    rows = list_rows()
    check_code(rows[0][1])
    taken: dict[str, float] = {}
    for name, text, wanted, limit in rows:
        seconds, page = best(partial(check_code, text))
        found = [verdict.verdict for verdict in page.verdicts]
        verdict = next((one for one in ("wrong", "undecided") if one in found), "right")
        roots = [root for verdict in page.verdicts for root in verdict.roots]
        said = verdict + "".join(f", line {root.line} {root.tag or 'not named'}" for root in roots[:1])
        lines, taken[name] = text.rstrip().count("\n") + 1, seconds
        late = "   LATE" if limit and seconds > limit else ""
        other = "" if verdict == wanted else f"   NOT {wanted}"
        clock = f"{seconds:7.3f} s of {limit or '-':>4} {count_steps(text):10,} steps"
        print(f"{name:36}{lines:6,} lines {clock}  {said}{late}{other}", flush=True)
    print()
    for kind, (name, text, wanted, _) in zip(("right", "wrong"), rows, strict=False):
        peers = {
            "central differences": partial(by_differences, text),
            "gradcheck": partial(by_gradcheck, kind == "wrong"),
        }
        for peer, make in peers.items():
            try:
                seconds, right = best(make(), 9)
            except ImportError:
                print(f"{name:36}{peer}: not installed")
                continue
            ratio, other = taken[name] / seconds, "" if right == (wanted == "right") else f"   NOT {wanted}"
            print(f"{name:36}{peer:20}{seconds * 1e3:8.2f} ms, the verdict {ratio:6.1f} times{other}")


if __name__ == "__main__":
    main()
