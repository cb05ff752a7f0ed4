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


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("missing.py", "there is no file missing.py"),
        ("nett.py", "did you mean net.py?"),
        ("folder", "folder is a folder"),
        ("zero.py", "zero.py:2: this is no text"),
        ("comment.py", "there are no statements in the file"),
        ("old.py", "this is no Python"),
        ("net.py:f_backwrd", "did you mean f_backward"),
        ("net.py:f:3", "there is no function f:3 in the file"),
        ("net.py --forward net.py:f_forward", "tutor code FILE:BACKWARD --forward FILE:FORWARD"),
        ("net.py:f_backward --forward net.py", "both with their names"),
        ("net.py:f_backward --forward net.py:f_forwrd", "did you mean f_forward"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path, monkeypatch, capsys, given, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for name, text in (("net.py", BACKWARD), ("zero.py", "x = 1\n\0"), ("comment.py", "# later\n"), ("old.py", "z = `a`\n")):
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(SystemExit):
        main(["code", *given.split()])
    assert told in capsys.readouterr().err


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
