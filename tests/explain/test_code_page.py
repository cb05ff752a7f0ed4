"""The page about a hand-written backward pass."""

from __future__ import annotations

import pytest
from small_programs import TWO_SLIPS

from tutor.render.page_formats import PAGE_FORMATS
from tutor.results.code_check import check_code


def test_the_page_shows_each_change_as_a_diff():
    page = check_code(TWO_SLIPS).to_text(80)
    assert "   6 - dx = dout @ w\n     + dx = dout @ w.T" in page
    assert "wrong: 2 times what is right" in page
    assert not check_code(TWO_SLIPS).ok


def test_code_in_a_sentence_is_set_as_code_in_every_format():
    """The file stands by its name alone; what is code is marked by the format, never by signs that a page shows."""
    page = check_code(TWO_SLIPS, "/tmp/week/net.py")
    written = {to: PAGE_FORMATS[to].write(page.document(), page.notation) for to in ("html", "latex", "markdown", "rst")}
    assert "<code>dout @ w.T</code>" in written["html"]
    assert r"\texttt{dout @ w.T}" in written["latex"]
    assert "`dout @ w.T`" in written["markdown"]
    assert "``dout @ w.T``" in written["rst"]
    assert "/tmp" not in page.to_text(80)


def test_german_pages_say_in_german_what_fails():
    page = check_code(TWO_SLIPS.replace("dx = dout @ w\n", "dx = dout / None\n"), words="de").to_text(80)
    assert "links von / steht eine Zahl, rechts der Wert None" in " ".join(page.split())


@pytest.mark.parametrize(("half", "factor"), [("", "0.5"), ("0.5 * ", ""), ("-0.5 * ", "-1")])
def test_gradients_that_all_fit_another_loss_say_so(half, factor):
    text = f"import numpy as np\ndef loss(X, W, y):\n    value = {half}np.sum((X @ W - y) ** 2)\n    dz = X @ W - y\n"
    text += "    dX = dz @ W.T\n    dW = X.T @ dz\n    return value, dX, dW\n"
    page = " ".join(check_code(text).to_text(100).split())
    assert (f"right for {factor} times this loss" in page) == bool(factor)
    assert "times this loss" not in " ".join(check_code(text, reveal="hint").to_text(100).split())


def test_each_wrong_line_begins_behind_a_blank_one():
    text = "import numpy as np\ndef f_forward(x, w, b):\n    z = x @ w + b\n    return np.maximum(0, z), (x, w, z)\n"
    text += "def f_backward(dout, cache):\n    x, w, z = cache\n    dz = dout * (z > 0.5)\n"
    text += "    db = dz.mean(axis=0)\n    return dz @ w.T, x.T @ dz, db\n"
    lines = check_code(text).to_text(80).splitlines()
    starts = [place for place, line in enumerate(lines) if line.startswith(("Line 7 ", "Line 8 "))]
    assert len(starts) == 2
    assert lines[starts[1] - 1] == ""
    assert "Another number belongs here: `0`, not `0.5`." in "\n".join(lines)
