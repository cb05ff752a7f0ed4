"""Loops over parameters beside their gradients: in one order, and with steps that reach the parameters."""

import pytest
from trained_programs import TRAINED

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

ZIPPED = TRAINED.replace("    W -= lr * dW\n    b -= lr * db\n", "    for a, g in zip([W, b], [dW, db]):\n        a -= lr * g\n")


@pytest.mark.parametrize(("old", "new", "told"), [
    ("", "", []),
    ("[dW, db]", "[db, dW]", [(9, "parts-exchanged", "[dW, db]")]),
    ("a -= lr * g", "a = a - lr * g", [(10, "step-lost", "a")]),
    ("a -= lr * g", "a = a - lr * g\n        print(a)", []),
    ("    for a, g in zip([W, b], [dW, db])", "    made = [db, dW]\n    for a, g in zip([W, b], made)",
     [(9, "parts-exchanged", "[dW, db]")]),
])  # fmt: skip
def test_the_lists_and_the_step(old, new, told):
    (found,) = judge_code(read_source(ZIPPED.replace(old, new), "f.py"))
    assert [(root.line, root.tag, root.new) for root in found.roots] == told
