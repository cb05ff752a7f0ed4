"""The chart in the terminal: it fits, it has its ticks, and it can be read without colour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from tutor.explain.chart import Axis, Chart, Contours, Mark, Series
from tutor.notation.profile import notation
from tutor.render.charts.braille import _ticks, draw_plain_text, render
from tutor.results.curves import activations
from tutor.results.relu_fit import read_one_variable, relu_chart, relu_fit

PLAIN = notation("plain")
RAMP = Chart(("ramp",), Axis(("x",)), Axis(("y",)), (Series(("line",), ((0.0, 0.0), (1.0, 1.0))),), (Mark((0.5, 0.5)),))
BOWL = Chart(
    ("bowl",), Axis(("a",)), Axis(("b",)), (Series((), ((0.9, 0.9), (0.5, 0.5)), "path"),),
    (Mark((0.9, 0.9), "start", ("start",)), Mark((0.1, 0.1), "end", ("end",))),
    Contours((0.0, 0.5, 1.0), (0.0, 0.5, 1.0), ((0.0, 1.0, 4.0), (1.0, 2.0, 5.0), (4.0, None, 8.0)), (1.0, 3.0, 6.0), ("L",)),
    same_scale=True,
)  # fmt: skip
HOSTILE = Chart(("a\x1b[2J\x00b\n[red]c", " x" * 200), Axis(("\u202eq",)), Axis(("y",)), ())


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("charts", [[RAMP], [BOWL], [RAMP, BOWL], activations(["relu", "sigmoid"], PLAIN), [HOSTILE]])
def test_no_line_is_too_wide(width, charts):
    for line in draw_plain_text(charts, width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_a_ramp_rises():
    lines = draw_plain_text([RAMP], 60).splitlines()
    rows = [line for line in lines if "│" in line or "┤" in line]
    first = [next((i for i, mark in enumerate(row) if "\u2801" <= mark <= "\u28ff"), None) for row in rows]
    found = [place for place in first if place is not None]
    assert found == sorted(found, reverse=True)
    assert found[0] > 50
    assert found[-1] < 12
    assert sum(row.count("●") for row in rows) == 1


def test_marks_and_bands_of_contours():
    text = draw_plain_text([BOWL], 80)
    assert "□ start" in text
    assert "■ end" in text
    assert "?" in text  # where the loss does not exist
    rows = [line.partition("│")[2] or line.partition("┤")[2] for line in text.splitlines() if "│" in line or "┤" in line]
    assert rows[-1][0] == " "  # lowest
    assert rows[0][-1] == "@"  # highest


def test_curves_differ_without_colour():
    chart = activations(["sigmoid"], PLAIN)[0]
    text = draw_plain_text([chart], 80)
    legend = next(line for line in text.splitlines() if "σ′(x)" in line)
    samples = [piece.split()[0] for piece in legend.split("   ")]
    assert len(set(samples)) == 2


def test_colours_are_added_to_the_same_text():
    chart = [relu_chart(*_relus())]
    coloured = Console(width=80, force_terminal=True, color_system="standard", highlight=False, record=True, file=open_null())
    render(chart, coloured)
    assert coloured.export_text(styles=False) == draw_plain_text(chart, 80)


def _relus():
    expr, variable = read_one_variable("sin(x)")
    from fractions import Fraction

    return expr, relu_fit(expr, variable, Fraction(0), Fraction(3), 4), PLAIN


def open_null():
    import io

    return io.StringIO()


def test_hostile_words_do_nothing():
    text = draw_plain_text([HOSTILE], 80)
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    assert "[red]c" in text


numbers = st.floats(min_value=-1e12, max_value=1e12)


@given(low=numbers, width=st.floats(min_value=1e-6, max_value=1e12), most=st.integers(3, 12))
def test_ticks_lie_inside_and_say_their_value(low, width, most):
    high = low + width
    if high - low < abs(low) * 1e-9:
        return
    values, texts = _ticks((low, high), False, most)
    assert 1 <= len(values) <= 2 * most + 2
    assert len(texts) == len(set(texts))
    for value, text in zip(values, texts, strict=True):
        assert low - width * 1e-6 <= value <= high + width * 1e-6
        assert float(text.replace("−", "-")) == pytest.approx(value, rel=1e-4, abs=width * 1e-3)


def test_ticks_of_powers_of_ten():
    assert _ticks((0.005, 200.0), True, 5) == ([0.01, 0.1, 1.0, 10.0, 100.0], ["0.01", "0.1", "1", "10", "100"])
