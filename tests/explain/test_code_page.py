"""The page about a hand-written backward pass."""

from __future__ import annotations

from tutor.render.page_formats import PAGE_FORMATS
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
    assert "not `dout @ w`" in page


def test_code_in_a_sentence_is_set_as_code_in_every_format():
    """The file stands by its name alone; what is code is marked by the format, never by signs that a page shows."""
    page = check_code(PROGRAM, "/tmp/week/net.py")
    written = {to: PAGE_FORMATS[to].write(page.document(), page.notation) for to in ("html", "latex", "markdown", "rst")}
    assert "<code>dout @ w.T</code>" in written["html"]
    assert r"\texttt{dout @ w.T}" in written["latex"]
    assert "`dout @ w.T`" in written["markdown"]
    assert "``dout @ w.T``" in written["rst"]
    assert "/tmp" not in page.to_text(80)


def test_german_pages_say_in_german_what_fails():
    text = PROGRAM.replace("dx = dout @ w\n", "dx = dout / None\n")
    assert "links von / steht eine Zahl, rechts der Wert None" in check_code(text, words="de").to_text(200)
