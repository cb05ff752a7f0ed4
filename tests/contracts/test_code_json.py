"""The contract of ``tutor code``."""

from __future__ import annotations

import json

from tutor.results.code_check import check_code

PROGRAM = """
def f_forward(x, w):
    return x @ w, (x, w)
def f_backward(dout, cache):
    x, w = cache
    dx = dout @ w
    dw = 2 * x.T @ dout
    return dx, dw
"""


def test_the_contract_names_lines_and_slips():
    (program,) = json.loads(check_code(PROGRAM).to_json())["programs"]
    assert [(root["line"], root["slip"]) for root in program["roots"]] == [
        (6, "transpose-forgotten"),
        (7, "factor-too-many"),
    ]
