"""The page about a hand-written backward pass."""

from __future__ import annotations

from small_programs import TWO_SLIPS

from tutor.results.code_check import check_code


def test_the_page_shows_each_change_as_a_diff():
    page = check_code(TWO_SLIPS).to_text(80)
    assert "   6 -     dx = dout @ w\n     +     dx = dout @ w.T" in page
    assert "wrong, 2 times" in page
    assert not check_code(TWO_SLIPS).ok
