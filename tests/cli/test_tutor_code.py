"""``tutor code``: its exit code says whether all gradients are right; a file beside it is read, too."""

from __future__ import annotations

import pytest

from tutor.cli.app import main

FORWARD = "def f_forward(x, w):\n    return helper(x) @ w, (x, w)\n"
BACKWARD = (
    "from beside import helper\n"
    + FORWARD
    + """def f_backward(dout, cache):
    x, w = cache
    dx = 3 * dout @ w.T
    return dx, 3 * x.T @ dout
"""
)


@pytest.mark.parametrize(("factor", "code"), [(3, None), (2, 1)])
def test_the_exit_code_is_the_verdict(tmp_path, capsys, factor, code):
    (tmp_path / "beside.py").write_text(f"def helper(x):\n    return {factor} * x\n", "utf-8")
    (tmp_path / "net.py").write_text(BACKWARD, "utf-8")
    try:
        main(["code", str(tmp_path / "net.py")])
        left = None
    except SystemExit as end:
        left = end.code or None
    assert left == code
    assert ("right" if code is None else "wrong") in capsys.readouterr().out
