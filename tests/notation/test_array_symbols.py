"""Symbols of arrays from names of programs."""

from tutor.notation.array_symbols import guess_array

SYMBOLS = {
    "Wx": r"W_{\mathrm{x}}", "bh": r"b_{\mathrm{h}}", "Whh": r"W_{\mathrm{hh}}", "Wq_1": r"W_{\mathrm{q},1}", "dx": r"\mathit{dx}",
    "in": r"\mathit{in}", "net": r"\mathit{net}", "mu_1": r"\mu_{1}", "W": "W",
}  # fmt: skip


def test_a_label_that_is_run_on_stands_below():
    assert {name: guess_array(name).latex for name in SYMBOLS} == SYMBOLS


def test_where_it_would_be_another_quantity_it_stays_a_word():
    assert guess_array("Wx", ["W_x"]).latex == r"\mathit{Wx}"
