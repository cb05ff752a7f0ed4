"""A chart in the terminal: dots of Braille, eight to a character, with axes, ticks and a legend.

Curves differ by their dashes, marks by their shape, contour bands by the character; colours only help.  Nothing in it
depends on a light or a dark background.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from tutor.explain.chart import Chart, Contours, Line, Mark, Point, Series, Words, as_plain, window
from tutor.text import blank_invisible

if TYPE_CHECKING:
    from rich.console import Console

    from tutor.explain.words.drawn_words import DrawnWords

Piece: TypeAlias = tuple[str, str]
"""A text with its style, a word of rich: ``blue``, ``dim``, or nothing."""

WIDEST, HEIGHT, SQUARE = 120, 15, 22
"""Columns and rows of a chart, and rows of one with the same scale on both axes."""
_DASHES: dict[Line, tuple[int, int]] = {
    "solid": (1, 0), "dashed": (5, 4), "dotted": (1, 2), "dashdot": (8, 5), "thin": (1, 4), "path": (1, 0),
}  # fmt: skip
"""Dots drawn, dots left out."""

_SAMPLES: dict[Line, str] = {
    "solid": "⠒⠒⠒⠒", "dashed": "⠒⠂⠐⠒", "dotted": "⠂⠂⠂⠂", "dashdot": "⠒⠒⠀⠒", "thin": "⠂⠀⠂⠀", "path": "⠒⠒⠒⠒",
}  # fmt: skip
_STYLES: dict[Line, str] = {
    "solid": "blue", "dashed": "red", "dotted": "green", "dashdot": "magenta", "thin": "dim", "path": "red",
}  # fmt: skip
_DOTS = {"filled": "●", "open": "○", "start": "□", "end": "■"}
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BANDS = " .:-=+*#%@"
"""Bands between contour lines, the lowest first."""


def draw_plain_text(charts: Sequence[Chart], width: int = 80) -> str:
    """The charts as plain text of at most ``width`` columns."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines(charts, width))


def render(charts: Sequence[Chart], console: Console) -> None:
    """Print the charts, in colours where the terminal has them."""
    from rich.text import Text

    for line in lines(charts, console.width):
        text = Text.assemble(*line)
        text.rstrip()
        console.print(text, soft_wrap=True)


def lines(charts: Sequence[Chart], width: int) -> Iterator[list[Piece]]:
    """The charts one below the other, line by line."""
    width = max(min(width, WIDEST), 40)
    for place, chart in enumerate(charts):
        if place:
            yield []
        yield from _chart(chart, width)


def _chart(chart: Chart, width: int) -> Iterator[list[Piece]]:
    across, up = window(chart)
    rows = SQUARE if chart.same_scale else HEIGHT
    ticks = list(zip(*_ticks(up, chart.y.log, rows // 3), strict=True))
    margin = max([len(text) for _, text in ticks] or [1])
    columns = width - margin - 3
    if chart.same_scale:
        columns = min(columns, 2 * rows)  # a character is about twice as high as wide
    screen = _Screen(columns, rows, across, up, chart.x.log, chart.y.log)
    if chart.contours:
        screen.bands(chart.contours)
    else:
        screen.zero()
    for series in sorted(chart.series, key=lambda one: one.line != "thin"):
        screen.curve(series)
    for mark in chart.marks:
        screen.mark(mark)
    yield [(line, "bold") for line in _wrap_text(as_plain(chart.title), width)][:1]
    if as_plain(chart.y.label):
        yield [(_make_visible(chart.y.label)[:width], "")]
    at = {screen.row(value): text for value, text in ticks if screen.row(value) is not None}
    for row, cells in enumerate(screen.rows()):
        label = at.get(row, "")
        yield [(f"{label:>{margin}} ", ""), ("┤" if label else "│", "dim"), *cells]
    yield from _draw_below(chart, screen, margin)
    yield from _legend(chart, width)
    for note in (_bands(chart.contours, chart.words) if chart.contours else (), *chart.notes):
        for line in _wrap_text(as_plain(note), width):
            yield [(line, "")]


def _draw_below(chart: Chart, screen: _Screen, margin: int) -> Iterator[list[Piece]]:
    """The horizontal axis with its ticks and what it measures."""
    axis, words = ["─"] * screen.columns, [" "] * (screen.columns + margin + 4)
    end = 0
    for value, text in zip(*_ticks(screen.across, chart.x.log, _count_most_ticks(chart, screen)), strict=True):
        column = screen.column(value)
        if column is None:
            continue
        start = min(max(margin + 2 + column - len(text) // 2, 0), margin + 2 + screen.columns - len(text) + 1)
        if start <= end and end:
            continue
        axis[column] = "┬"
        words[start : start + len(text)] = text
        end = start + len(text)
    yield [(" " * (margin + 1), ""), ("└" + "".join(axis), "dim")]
    yield [("".join(words), "")]
    label = _make_visible(chart.x.label)
    if label:
        yield [(" " * max(margin + 2 + screen.columns - len(label), 0) + label, "")]


def _count_most_ticks(chart: Chart, screen: _Screen) -> int:
    """How many ticks the horizontal axis may have."""
    most = max(screen.columns // 12, 3)
    return min(most, round(screen.across[1] - screen.across[0])) if chart.x.whole else most


def _legend(chart: Chart, width: int) -> Iterator[list[Piece]]:
    entries: list[list[Piece]] = []
    for series in chart.series:
        if series.label:
            entries.append([(_SAMPLES[series.line], _STYLES[series.line]), (" " + _make_visible(series.label), "")])
    for mark in chart.marks:
        if mark.label:
            entries.append([(_DOTS[mark.dot], "bold"), (" " + _make_visible(mark.label), "")])
    if any(series.line == "path" for series in chart.series) and any(mark.dot == "end" for mark in chart.marks):
        entries.append([("o", "red"), (" " + chart.words.EACH_UPDATE, "")])
    line: list[Piece] = []
    for entry in entries:
        size = sum(len(text) for text, _ in (*line, *entry))
        if line and size + 3 > width:
            yield line
            line = []
        line += ([("   ", "")] if line else []) + entry
    if line:
        yield line


def _bands(contours: Contours, words: DrawnWords) -> Words:
    """What the characters of the bands mean: the lowest, the middle and the highest."""
    known = [value for row in contours.values for value in row if value is not None]
    if not contours.levels or not known:
        return ()
    name = as_plain(contours.label)
    shown = [0, len(BANDS) // 3, 2 * len(BANDS) // 3, len(BANDS) - 1]
    pieces = [words.FROM.format(name=name, least=_shorten(min(known)))]
    bounds = [min(known), *_levels(contours)]
    pieces += [words.BAND.format(band=BANDS[place], least=_shorten(bounds[place])) for place in shown[1:]]
    return (", ".join(pieces),)


def _levels(contours: Contours) -> list[float]:
    """As many heights as there are changes of character."""
    found = contours.levels
    return [found[round(place * (len(found) - 1) / (len(BANDS) - 2))] for place in range(len(BANDS) - 1)]


def _make_visible(words: Words) -> str:
    return blank_invisible(as_plain(words))


def _wrap_text(text: str, width: int) -> list[str]:
    """Broken at spaces, what follows the first line indented by two."""
    found, line = [], ""
    for word in blank_invisible(text).split():
        if line and len(line) + 1 + len(word) > width:
            found.append(line)
            line = "  " + word
        else:
            line = f"{line} {word}" if line else word
    return [*found, line]


# ------------------------------------------------------------------------------------------------------------------- ticks


def _ticks(span: Point, log: bool, most: int) -> tuple[list[float], list[str]]:
    """Round numbers within a span, and how they are written.

    >>> _ticks((0.0, 1.0), False, 5)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], ['0', '0.2', '0.4', '0.6', '0.8', '1'])
    """
    low, high = span
    if log:
        first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
        step = max((last - first) // most + 1, 1)
        powers = [10.0**power for power in range(first, last + 1, step)]
        if len(powers) > 1:
            return powers, [_shorten(value) for value in powers]
    width = (high - low) / most
    unit = 10.0 ** math.floor(math.log10(width))
    step_size = next(unit * factor for factor in (1, 2, 5, 10, 20) if unit * factor >= width * 0.999)
    start, end = math.ceil(low / step_size - 1e-9), math.floor(high / step_size + 1e-9)
    places = max(-math.floor(math.log10(step_size)), 0)
    values = [float(f"{place * step_size:.12g}") for place in range(start, end + 1)]
    if places > 4 or max(abs(low), abs(high)) >= 1e6:
        texts = [_shorten(value, 6) for value in values]
        return values, texts if len(set(texts)) == len(texts) else [_shorten(value, 12) for value in values]
    fixed = [f"{value + 0.0:.{places}f}" for value in values]
    if places:
        fixed = [text.rstrip("0").rstrip(".") or "0" for text in fixed]
    return values, ["0" if text in ("-0", "0") else text.replace("-", "−") for text in fixed]


def _shorten(value: float, digits: int = 3) -> str:
    """A number with few digits: ``0.25``, ``1.2e5``."""
    text = f"{value:.{digits}g}"
    if "e" in text:
        head, _, power = text.partition("e")
        text = f"{head}e{int(power)}"
    return text.replace("-", "−")


# ------------------------------------------------------------------------------------------------------------------ canvas


@dataclass(slots=True)
class _Screen:
    columns: int
    lines: int
    across: Point
    up: Point
    log_x: bool = False
    log_y: bool = False
    dots: dict[tuple[int, int], int] = field(default_factory=dict)
    styles: dict[tuple[int, int], str] = field(default_factory=dict)
    marks: dict[tuple[int, int], Piece] = field(default_factory=dict)
    behind: dict[tuple[int, int], Piece] = field(default_factory=dict)

    def place(self, point: Point) -> Point:
        """A point in dots, from the left and from the top."""
        x = _part(point[0], self.across, self.log_x) * (2 * self.columns - 1)
        y = (1 - _part(point[1], self.up, self.log_y)) * (4 * self.lines - 1)
        return x, y

    def column(self, value: float) -> int | None:
        column = round(_part(value, self.across, self.log_x) * (2 * self.columns - 1)) // 2
        return column if 0 <= column < self.columns else None

    def row(self, value: float) -> int | None:
        row = round((1 - _part(value, self.up, self.log_y)) * (4 * self.lines - 1)) // 4
        return row if 0 <= row < self.lines else None

    def zero(self) -> None:
        """Where one of the coordinates is 0."""
        if not self.log_x and self.across[0] < 0 < self.across[1]:
            column = self.column(0.0)
            self.behind.update({(row, column): ("·", "dim") for row in range(self.lines) if column is not None})
        if not self.log_y and self.up[0] < 0 < self.up[1]:
            row = self.row(0.0)
            self.behind.update({(row, column): ("·", "dim") for column in range(self.columns) if row is not None})

    def bands(self, contours: Contours) -> None:
        """A character for each height, from the nearest grid point."""
        bounds = _levels(contours) if contours.levels else []
        for row in range(self.lines):
            for column in range(self.columns):
                across = round((column + 0.5) / self.columns * (len(contours.xs) - 1))
                up = round((1 - (row + 0.5) / self.lines) * (len(contours.ys) - 1))
                value = contours.values[up][across]
                band = "?" if value is None else BANDS[sum(value >= bound for bound in bounds)]
                self.behind[row, column] = (band, "dim")

    def curve(self, series: Series) -> None:
        style = _STYLES[series.line]
        if series.line == "path":
            for point in series.points:
                cell = self.cell(point) if point else None
                if cell:
                    self.marks[cell] = ("o", style)
            return
        if len(series.points) == 1 and series.points[0]:
            self.mark(Mark(series.points[0]))
        on, off = _DASHES[series.line]
        walked = 0.0
        for a, b in pairwise(series.points):
            if a is None or b is None:
                walked = 0.0
                continue
            (x, y), (u, v) = self.place(a), self.place(b)
            count = max(math.ceil(max(abs(u - x), abs(v - y))), 1)
            if count > 100 * (self.columns + self.lines):
                continue  # a leap far beyond the window
            length = math.hypot(u - x, v - y) / count
            for step in range(count + 1):
                if walked % (on + off) < on:
                    self.dot(round(x + (u - x) * step / count), round(y + (v - y) * step / count), style)
                walked += length if step < count else 0.0

    def dot(self, x: int, y: int, style: str) -> None:
        if 0 <= x < 2 * self.columns and 0 <= y < 4 * self.lines:
            cell = (y // 4, x // 2)
            self.dots[cell] = self.dots.get(cell, 0) | _BITS[y % 4][x % 2]
            self.styles[cell] = style

    def cell(self, point: Point) -> tuple[int, int] | None:
        row, column = self.row(point[1]), self.column(point[0])
        return None if row is None or column is None else (row, column)

    def mark(self, mark: Mark) -> None:
        cell = self.cell(mark.at)
        if cell is not None:
            self.marks[cell] = (_DOTS[mark.dot], "bold")

    def rows(self) -> Iterator[list[Piece]]:
        for row in range(self.lines):
            cells: list[Piece] = []
            for column in range(self.columns):
                cell = (row, column)
                piece = self.marks.get(cell)
                if piece is None and cell in self.dots:
                    piece = (chr(0x2800 + self.dots[cell]), self.styles[cell])
                piece = piece or self.behind.get(cell, (" ", ""))
                if cells and cells[-1][1] == piece[1]:
                    cells[-1] = (cells[-1][0] + piece[0], piece[1])
                else:
                    cells.append(piece)
            yield cells


def _part(value: float, span: Point, log: bool) -> float:
    """Where a number lies within a span, from 0 to 1."""
    low, high = span
    if log:
        value, low, high = (math.log10(number) for number in (value, low, high))
    return (value - low) / (high - low)

