"""The page of compared numbers: arrays that one thing explains stand together, and only what may be shown is on it."""

import numpy as np
from programs_made import GIVEN, SHAPES, STEPS, run_backward

from tutor.explain.comparison_page import write_float, write_key
from tutor.explain.document import Heading, Table
from tutor.results.comparison import compare

TARGET = "; ".join(STEPS)


def test_one_explanation_is_told_once():
    wrong = {name: array for name, array in run_backward(mask="none").items() if name in ("dW1", "db1", "dW2")}
    doc = compare(TARGET, wrong, given=GIVEN, shapes=SHAPES).document()
    headings = [block for block in doc.blocks if isinstance(block, Heading)]
    assert len(headings) == 1
    assert len(headings[0].before) == 3  # both, with "and" between them
    assert [len(block.header) for block in doc.blocks if isinstance(block, Table)] == [5, 5]
    bare = compare(TARGET, wrong, given=GIVEN, shapes=SHAPES, reveal="none").document()
    assert not [block for block in bare.blocks if isinstance(block, Heading)]


def test_what_is_no_number_is_written():
    assert [write_float(number) for number in (float("nan"), float("inf"), -float("inf"), None)] == ["NaN", "∞", "−∞", ""]
    assert write_key("dL/dW").expr.wrt == "W"
    holed = run_backward()["dW2"]
    holed[0, 0] = np.nan
    assert "NaN" in compare(TARGET, {"dW2": holed}, given=GIVEN, shapes=SHAPES).to_text()
    nothing = compare(TARGET, {"dW2": holed * np.nan, "dL/dW2": holed * np.nan}, given=GIVEN, shapes=SHAPES)
    assert "0 everywhere" not in nothing.to_text()
