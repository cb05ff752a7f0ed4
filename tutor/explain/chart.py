"""The nouns of a chart: numbers and words, nothing about colours, fonts or files.  All frozen, compared by value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tutor.explain.words.drawn_words import ENGLISH_DRAWN, DrawnWords
from tutor.notation.symbol import Symbol

Words: TypeAlias = tuple[str | Symbol, ...]
"""A line of words and symbols; a symbol is set as maths where that is possible."""

Point: TypeAlias = tuple[float, float]
Line = Literal["solid", "dashed", "dotted", "dashdot", "thin", "path"]
"""How a series is drawn: never by colour alone.  ``thin`` is what stands behind; ``path`` shows each of its points."""

Dot = Literal["filled", "open", "start", "end"]


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis measures; ``log`` has a power of ten at each of its ticks, ``whole`` only whole numbers."""

    label: Words
    log: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A curve from left to right, or a path; ``None`` is a gap.  A series without a label is not in the legend."""

    label: Words
    points: tuple[Point | None, ...]
    line: Line = "solid"


@dataclass(frozen=True, slots=True)
class Mark:
    """One point that means something: ``open`` does not belong to its curve, ``start`` and ``end`` are those of a path."""

    at: Point
    dot: Dot = "filled"
    label: Words = ()


@dataclass(frozen=True, slots=True)
class Contours:
    """A function of two numbers on a grid: ``values[row][column]`` at (xs[column], ys[row]), None where it does not exist.

    ``levels`` are the heights of the lines to draw, ascending.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    values: tuple[tuple[float | None, ...], ...]
    levels: tuple[float, ...]
    label: Words = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.  ``notes`` are sentences to stand below it; ``same_scale`` makes one unit as long on both axes."""

    title: Words
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    contours: Contours | None = None
    notes: tuple[Words, ...] = ()
    same_scale: bool = False
    words: DrawnWords = ENGLISH_DRAWN


def as_plain(words: Words) -> str:
    """The words as plain text.

    >>> as_plain(("loss ", Symbol("L_{1}", "L1")))
    'loss L1'
    """
    return "".join(word if isinstance(word, str) else word.text for word in words)


def window(chart: Chart) -> tuple[Point, Point]:
    """What the axes span: (lowest and highest x), (lowest and highest y), with a little room above and below the curves.

    On an axis with powers of ten only positive numbers count.
    """
    points = [point for series in chart.series for point in series.points if point] + [mark.at for mark in chart.marks]
    if chart.contours:
        xs, ys = chart.contours.xs, chart.contours.ys
        return (xs[0], xs[-1]), (ys[0], ys[-1])
    across = _span([x for x, _ in points], chart.x.log, 0.0)
    if chart.x.whole:
        first, last = (round(end) for end in (min([x for x, _ in points] or [0.0]), max([x for x, _ in points] or [0.0])))
        across = (float(first), float(max(last, first + 1)))
    return across, _span([y for _, y in points], chart.y.log, 0.06)


def _span(numbers: list[float], log: bool, room: float) -> Point:
    kept = [number for number in numbers if number > 0] if log else numbers
    if not kept:
        return (0.1, 10.0) if log else (-1.0, 1.0)
    low, high = min(kept), max(kept)
    if log:
        factor = max((high / low) ** room, 1.2)
        return low / factor, high * factor
    if low == high:
        half = abs(low) * 0.1 or 1.0
        return low - half, high + half
    more = high * room - low * room
    return low - more, high + more
