"""Bars as rows of text: as wide as asked, and what is there is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marked_class import CLASS, QUESTIONS, TITLE
from rich.cells import cell_len

from tutor.explain.document import Bars
from tutor.notation.profile import Notation
from tutor.render.bar_rows import FILLS, PLAIN, cells, lines
from tutor.render.terminal.columns import Pen
from tutor.results.feedback import class_report

REPORT = class_report(CLASS, title=TITLE, questions=QUESTIONS)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=7), st.integers(8, 120))
def test_what_is_there_is_seen_and_the_bar_is_full(parts, room):
    taken = cells(parts, room, sum(parts))
    assert sum(taken) == (room if sum(parts) else 0)
    assert all((part > 0) == (count > 0) for part, count in zip(parts, taken, strict=True))
    assert all(abs(count - part * room / max(sum(parts), 1)) <= 7 for part, count in zip(parts, taken, strict=True))


@pytest.mark.parametrize("room", range(9))
def test_a_bar_is_never_longer_than_its_room(room):
    assert sum(cells((1, 1, 1, 1, 1, 1, 1), room, 7)) == min(room, 7) + (room > 7) * (room - 7)
    assert sum(cells((1, 0, 90), room, 100)) <= room


@pytest.mark.parametrize("width", [40, 80, 120])
def test_bars_stay_in_the_width(width):
    for chart in REPORT.document().blocks:
        if isinstance(chart, Bars):
            assert max(cell_len(line.text) for line in lines(chart, Pen(Notation()), width)) <= width


def test_a_terminal_with_ascii_only():
    chart = next(block for block in REPORT.document().blocks if isinstance(block, Bars) and block.legend)
    text = "\n".join(line.text for line in lines(chart, Pen(Notation(), "ascii"), 80))
    assert text.isascii()
    assert len(set(FILLS)) == len(set(PLAIN)) == len(FILLS) == len(PLAIN) == len(VERDICTS_SHOWN)
    assert {sign for sign in PLAIN if sign in text} == set(PLAIN) - {"~"}  # nobody is close in this class


VERDICTS_SHOWN = ("correct", "follow-through", "close", "misconception", "wrong", "undecided", "unreadable", "blank")
