"""Speed of comparing formulas over arrays, on layers of eight: run it as ``python tests/benchmarks/matrices.py``.

A batch of networks with two layers of eight neurons; right and wrong formulas for the deltas and the gradients, each read from its text,
brought into shape, and compared at all points.  Every text is another one (its constant is), so that nothing is remembered.
The time is that of the processor.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from tutor.answer.compare.array_formulas import compare_arrays
from tutor.answer.read.reading import read
from tutor.exercise.load import from_text
from tutor.expression.nodes import Expr
from tutor.graph.index_forms import array_formulas
from tutor.marking.mark_submission import Marker

GOAL, MOST = 2_000, 0.05
NETWORK = """
title = "Two layers of eight"
steps = ["z1 = W1 x + b1", "h = sigmoid(z1)", "z2 = W2 h + b2", "a = sigmoid(z2)", "L = sum((a - y)^2)"]
parameters = ["W1", "b1", "W2", "b2"]
[shapes]
x = [8]
W1 = [8, 8]
b1 = [8]
W2 = [8, 8]
b2 = [8]
y = [8]
"""
FORMULAS = [
    ("dL/dz2", "2 (a - y) ⊙ sigmoid'(z2)", True), ("dL/dz2", "2 (a - y) ⊙ a ⊙ (1 - a)", True), ("dL/dh", "W2^T dL/dz2", True),
    ("dL/dz1", "(W2^T dL/dz2) ⊙ sigmoid'(z1)", True), ("dL/dW2", "dL/dz2 h^T", True), ("dL/dW1", "dL/dz1 x^T", True),
    ("dL/dW1", "((W2^T dL/dz2) ⊙ h ⊙ (1 - h)) x^T", True), ("z2", "W2 h + b2", True),
    ("dL/dh", "W2 dL/dz2", False), ("dL/dz1", "W2^T dL/dz2", False), ("dL/dW2", "h (dL/dz2)^T", False),
    ("dL/dz1", "(W2^T dL/dz2) ⊙ h", False),
    ("dL/dz2", "(a - y) ⊙ sigmoid'(z2)", False), ("dL/dW1", "dL/dz2 x^T", False),
]  # fmt: skip


def main() -> None:
    """Compare, and print the rate and the slowest."""
    marker = Marker(from_text(NETWORK, "benchmark"))
    sheet = marker.sheet
    assert sheet.layers is not None
    shapes = sheet.layers.shapes

    def one(key: str, text: str, factor: int) -> bool:
        tree: Expr = read(f"{factor}/{factor} * ({text})", sheet.array_vocabulary)
        wanted = shapes[key.rpartition("/d")[2]]
        readings = array_formulas(tree, shapes, wanted=wanted, beside=True)
        return any(compare_arrays(formula, key, sheet.fields).outcome == "equal" for formula in readings)

    for key, text, right in FORMULAS:
        assert one(key, text, 3) == right, (key, text)
    took: dict[bool, list[float]] = {True: [], False: []}
    with np.errstate(all="ignore"):
        for number in range(int(sys.argv[1]) if len(sys.argv) > 1 else 100):
            for key, text, right in FORMULAS:
                begun = time.process_time()
                one(key, text, number + 5)
                took[right].append(time.process_time() - begun)
    every = sorted(took[True] + took[False])
    print(f"formulas over layers of eight: {len(every) / sum(every):,.0f} comparisons a second (goal {GOAL:,})")
    for right, times in took.items():
        print(f"  {'right' if right else 'wrong'}: {len(times) / sum(times):,.0f} a second, worst {1e3 * max(times):.1f} ms")
    print(f"median {1e3 * every[len(every) // 2]:.2f} ms, slowest {1e3 * every[-1]:.1f} ms (limit {1e3 * MOST:.0f})")


if __name__ == "__main__":
    main()
