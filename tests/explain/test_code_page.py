"""The page about a hand-written backward pass."""

from __future__ import annotations

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


def test_the_page_shows_each_change_as_a_diff():
    page = check_code(PROGRAM).to_text(80)
    assert "   6 -     dx = dout @ w\n     +     dx = dout @ w.T" in page
    assert "wrong, 2 times" in page
    assert not check_code(PROGRAM).ok
