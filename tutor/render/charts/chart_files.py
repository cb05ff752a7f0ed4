"""Charts as PNG, SVG or PDF: the only module that knows matplotlib, which is imported on use.

The same chart gives the same bytes: no date, no random id, no setting of the reader's own matplotlib.  Curves differ by
their dashes as well as by their colours, which are those of Okabe and Ito: they can be told apart by everybody.
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Sequence
from typing import Any

from tutor.errors import OutputError
from tutor.explain.chart import Chart, Line, Words, as_plain, window
from tutor.text import blank_invisible

SUFFIXES = (".png", ".svg", ".pdf")
INSTALL = 'pip install "backprop-tutor[plot]"'

_INK, _RULE, _CONTOUR = "#1a1a1a", "#d0d0d0", "#7a7a7a"
_LINES: dict[Line, dict[str, Any]] = {
    "solid": {"color": "#0072b2", "linestyle": "-", "linewidth": 1.9},
    "dashed": {"color": "#d55e00", "linestyle": (0, (5, 2)), "linewidth": 1.9},
    "dotted": {"color": "#007a5a", "linestyle": (0, (1, 1.4)), "linewidth": 2.4},
    "dashdot": {"color": "#8f3f71", "linestyle": (0, (7, 2, 1.5, 2)), "linewidth": 1.9},
    "thin": {"color": "#808080", "linestyle": "-", "linewidth": 0.8},
    "path": {"color": "#d55e00", "linestyle": "-", "linewidth": 1.4, "marker": "o", "markersize": 3.6},
}
_MARKERS: dict[Line, str] = {"solid": "o", "dashed": "s", "dotted": "^", "dashdot": "D"}
FEW = 30
"""Points up to which each one of a loss curve has a marker."""

_SETTINGS: dict[str, Any] = {
    "font.family": ["DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "font.size": 11.0,
    "axes.titlesize": 12.0,
    "axes.labelsize": 11.0,
    "xtick.labelsize": 10.0,
    "ytick.labelsize": 10.0,
    "legend.fontsize": 10.0,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "svg.hashsalt": "tutor",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "axes.formatter.useoffset": False,
}
_METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
}


class NoMatplotlib(OutputError):
    """There is no matplotlib to draw with."""


def figure(charts: Sequence[Chart], suffix: str) -> bytes:
    """The charts side by side as a file of the kind that ``suffix`` says.

    Raises `NoMatplotlib` without the extra, `OutputError` for another suffix.
    """
    check_suffix(suffix)
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise NoMatplotlib("a chart in a file needs matplotlib, which is not installed", hint=INSTALL) from None
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn as a box
        matplotlib.rcdefaults()
        settings: Any = matplotlib.rcParams
        settings.update(_SETTINGS)
        columns = {1: 1, 2: 2, 4: 2}.get(len(charts), 3)
        rows = -(-len(charts) // columns)
        single = len(charts) == 1
        size = (6.4 if single else 4.2 * columns, 4.8 if single else 3.9 * rows)
        drawn: Any = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(drawn)
        for place, chart in enumerate(charts):
            _draw(drawn.add_subplot(rows, columns, place + 1), chart, 78 if single else 50)
        file = io.BytesIO()
        drawn.savefig(
            file, format=suffix[1:], dpi=160, metadata=_METADATA[suffix], bbox_inches="tight", pad_inches=0.12
        )
    return file.getvalue()


def check_suffix(suffix: str) -> None:
    """Refuse a kind of file that charts are not written as."""
    if suffix.lower() not in SUFFIXES or suffix != suffix.lower():
        kinds = ", ".join(SUFFIXES[:-1]) + " or " + SUFFIXES[-1]
        raise OutputError(f"a chart is written as {kinds}, not {suffix or 'a name without one'}", hint="-o chart.svg")


def _draw(axes: Any, chart: Chart, width: int) -> None:
    axes.set_title(_cut(as_plain(chart.title), width - 16), parse_math=False, loc="left", pad=10)
    if chart.contours is None:
        axes.grid(color=_RULE, linewidth=0.5)
    _contours(axes, chart)
    _axes(axes, chart)
    for place, series in enumerate(chart.series):
        points = [point or (math.nan, math.nan) for point in series.points]
        style = dict(_LINES[series.line])
        if series.line in _MARKERS and chart.x.whole and len(points) <= FEW + 1:
            style |= {"marker": _MARKERS[series.line], "markersize": 4.2}
        if series.line == "path" and len(points) > FEW:
            style |= {"markersize": 2.2, "linewidth": 1.0}
        label = _words(series.label) if series.label else "_nolegend_"
        axes.plot([x for x, _ in points], [y for _, y in points], label=label, zorder=3 + place * 0.1, **style)
    for mark in chart.marks:
        look: dict[str, Any] = {"linestyle": "none", "zorder": 5, "color": _INK, "markersize": 5.5}
        own: dict[str, dict[str, Any]] = {
            "filled": {"marker": "o"},
            "open": {"marker": "o", "markerfacecolor": "white", "markeredgewidth": 1.3},
            "start": {"marker": "s", "markersize": 8, "markerfacecolor": "white", "markeredgewidth": 1.6},
            "end": {"marker": "*", "markersize": 13, "markeredgecolor": "white", "markeredgewidth": 0.7},
        }
        look |= own[mark.dot]
        label = _words(mark.label) if mark.label else "_nolegend_"
        axes.plot([mark.at[0]], [mark.at[1]], label=label, clip_on=False, **look)
    if chart.contours:
        axes.plot([], [], color=_CONTOUR, linewidth=0.8, label=chart.words.LOSS.format(loss=_words(chart.contours.label)))
    if chart.contours or any(entry.label for entry in chart.series) or any(mark.label for mark in chart.marks):
        beside = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)} if chart.contours else {"loc": "best"}
        axes.legend(frameon=True, framealpha=0.92, edgecolor="none", facecolor="white", handlelength=2.6, **beside)
    _notes(axes, chart, width)


def _axes(axes: Any, chart: Chart) -> None:
    across, up = window(chart)
    if chart.x.whole:
        from matplotlib.ticker import MaxNLocator

        axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, steps=[1, 2, 5, 10]))
        across = (across[0] - (across[1] - across[0]) * 0.02, across[1] + (across[1] - across[0]) * 0.02)
    if chart.y.log:
        axes.set_yscale("log")
    axes.set_xlim(*across)
    axes.set_ylim(*up)
    axes.set_xlabel(_words(chart.x.label))
    axes.set_ylabel(_words(chart.y.label))
    if chart.same_scale:
        axes.set_aspect("equal")
        axes.locator_params(nbins=6)
    if chart.contours is None:
        for line, span, log in ((axes.axvline, across, chart.x.log), (axes.axhline, up, chart.y.log)):
            if not log and span[0] < 0 < span[1]:
                line(0.0, color=_CONTOUR, linewidth=0.8, zorder=1)


def _contours(axes: Any, chart: Chart) -> None:
    found = chart.contours
    if found is None or not found.levels:
        return
    values = [[math.nan if value is None else value for value in row] for row in found.values]
    drawn = axes.contour(found.xs, found.ys, values, levels=found.levels, colors=_CONTOUR, linewidths=0.8, zorder=1)
    axes.clabel(drawn, fontsize=8, fmt=lambda level: f"{level:.3g}".replace("-", "−"), inline=True, inline_spacing=2)


def _notes(axes: Any, chart: Chart, width: int) -> None:
    """The sentences below the chart, wrapped; a formula too long for a line is broken before a sign."""
    below = 48 if chart.x.label else 34
    for line in (line for note in chart.notes for line in _wrap_note(note, width)):
        tall = "\\dfrac" in line
        below += 7 if tall else 0
        axes.annotate(
            line, (0, 0), (0, -below), xycoords="axes fraction", textcoords="offset points", va="baseline",
            ha="left", fontsize=9.5, annotation_clip=False,
        )  # fmt: skip
        below += 24 if tall else 15


def _wrap_note(note: Words, width: int) -> list[str]:
    if len(as_plain(note)) <= width and len(note) > 1:
        return [_words(note)]
    found, line = [], ""
    for word in as_plain(note).split(" "):
        if line and len(line) + 1 + len(word) > width:
            found.append(line)
            line = "    " + word
        else:
            line = f"{line} {word}" if line else word
    return [_make_safe(text) for text in (*found, line)]


def _words(words: Words) -> str:
    """Words for matplotlib: a symbol as maths where matplotlib can set it, everything else as it is."""
    return "".join(_make_safe(word) if isinstance(word, str) else _maths(word.latex, word.text) for word in words)


def _make_safe(text: str) -> str:
    return blank_invisible(text).replace("$", r"\$")


def _maths(latex: str, text: str) -> str:
    from matplotlib.mathtext import MathTextParser

    told = latex.replace("\\operatorname", "\\mathrm").replace("\\frac", "\\dfrac")
    if "$" in told:
        return _make_safe(text)
    try:
        MathTextParser("agg").parse(f"${told}$")
    except (ValueError, RuntimeError):
        return _make_safe(text)
    return f"${told}$"


def _cut(text: str, length: int) -> str:
    shown = blank_invisible(text)
    return shown if len(shown) <= length else shown[: length - 1] + "…"
