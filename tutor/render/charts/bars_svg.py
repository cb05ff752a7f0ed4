"""Charts of bars as an SVG file that stands alone: no script, no font, no network, nothing to install.

The parts of a bar have a colour, a pattern and, where there is room, their number; the colours follow the reader's light or dark
setting, and a program that knows no CSS variables shows the light ones.  Screen readers hear the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from tutor.explain.document import Bars
from tutor.render.picture.label import em
from tutor.render.picture.svg import colour_rules, mark_language, shorten
from tutor.text import escape_xml

WIDTH, MARGIN = 760.0, 20.0
BAR, STEP = 20.0, 28.0
"""The height of a bar, and the distance between two."""
_TEXT, _TITLE = 13.0, 15.0
_LABEL = 200.0
_NUMBER = 16.0
"""A part narrower than this has no number in it."""
_LEGEND = 24.0
_MOST = 400
"""So many bars are described in words."""

COLOURS = {  # what: (light, dark)
    "paper": ("#ffffff", "#10151f"),
    "ink": ("#111827", "#e8ecf3"),
    "axis": ("#94a3b8", "#64748b"),
}
PARTS = (  # fill and line in light, fill and line in dark, pattern
    ("#bfe3c8", "#146c2e", "#1f5a33", "#8ee6a6", ""),
    ("#d6ecf7", "#1f6f94", "#1b4a60", "#8fd0ee", "rise"),
    ("#eef0b4", "#6b6b00", "#4a4a12", "#e4e47c", "upright"),
    ("#ffe3ad", "#a16207", "#5c4613", "#f0c45a", "dots"),
    ("#f7c6c2", "#b3261e", "#6e2621", "#ffb1a8", "fall"),
    ("#e5dbf8", "#6d3fc0", "#412c6e", "#c9b2ff", "cross"),
    ("#efe4f5", "#8a4b9c", "#4d2a58", "#e3b0f2", "level"),
    ("#f1f5f9", "#64748b", "#222b39", "#94a3b8", "none"),
)
_PATTERNS = {
    "rise": '<path d="M0 6L6 0"/>',
    "fall": '<path d="M0 0L6 6"/>',
    "dots": '<circle cx="3" cy="3" r="0.9"/>',
    "cross": '<path d="M0 6L6 0M0 0L6 6"/>',
    "upright": '<path d="M3 0V6"/>',
    "level": '<path d="M0 3H6"/>',
}
_FONT = '"Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", "DejaVu Sans", sans-serif'


def svg(charts: Sequence[Bars], title: str, language: str = "en", *, alone: bool = True) -> str:
    """The charts one below the other, as the text of an SVG file; lengths are pixels.  ``language`` is the code of that of their words.

    Those that are not ``alone`` are put into a page that has `BARS_STYLE`.

    >>> from tutor.explain.document import Bar
    >>> chart = Bars("Marks", (Bar("0 to 5", (2,), "2"), Bar("5 to 10", (3,), "3")))
    >>> svg([chart], "Class").count('class="tb-part-0"')
    2
    """
    mark = f"{crc32(repr((tuple(charts), title)).encode('utf-8', 'backslashreplace')):08x}"
    body: list[str] = []
    top = MARGIN
    for chart in charts:
        lines, top = _chart(chart, top, mark)
        body += [*lines]
        top += MARGIN
    height = max(top, 2 * MARGIN)
    w, h = shorten(WIDTH), shorten(height)
    used = {place % len(PARTS) for chart in charts for bar in chart.bars for place, part in enumerate(bar.parts) if part}
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tutor-bars" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
        f'{mark_language(language)}role="img" aria-labelledby="tb-title-{mark} tb-desc-{mark}">',
        f'<title id="tb-title-{mark}">{escape_xml(title)}</title>',
        f'<desc id="tb-desc-{mark}">{escape_xml(_describe_charts(charts))}</desc>',
        *([f"<style>{BARS_STYLE}</style>"] if alone else []),
        f"<defs>{''.join(_pattern(place, mark) for place in sorted(used))}</defs>",
        f'<rect class="tb-paper" width="{w}" height="{h}"/>',
    ]
    return "\n".join([*head, *body, "</svg>"]) + "\n"


def _chart(chart: Bars, top: float, mark: str) -> tuple[list[str], float]:
    """The pieces of one chart from ``top`` on, and where it ends."""
    labels = [_fit_label(bar.label, _LABEL) for bar in chart.bars]
    left = MARGIN + max([em(label) * _TEXT for label in labels] or [0.0]) + 10.0
    right = max([em(bar.note) * _TEXT for bar in chart.bars] or [0.0]) + 10.0
    room = WIDTH - MARGIN - right - left
    most = max([sum(bar.parts) for bar in chart.bars] or [0])
    lines = [_text(chart.title, MARGIN, top + _TITLE, "tb-title")]
    top += _TITLE + 14.0
    for bar, label in zip(chart.bars, labels, strict=True):
        lines.append(_text(label, left - 8.0, top + BAR * 0.72, "tb-label"))
        end = left
        whole = sum(bar.parts) if chart.shares else most
        for place, part in enumerate(bar.parts):
            size = room * part / whole if whole else 0.0
            if part:
                name = chart.legend[place] if place < len(chart.legend) else ""
                lines += _part(place, part, (end, top, size), f"{bar.label}: {part} {name}".strip(), chart.shares, mark)
            end += size
        lines.append(_text(bar.note, (left + room if chart.shares else end) + 8.0, top + BAR * 0.72, "tb-note"))
        top += STEP
    axis = f"M{shorten(left)} {shorten(top - STEP * max(len(chart.bars), 1) - 3)}V{shorten(top - STEP + BAR + 3)}"
    lines.append(f'<path class="tb-axis" d="{axis}"/>')
    return _legend(chart, lines, top, mark)


def _legend(chart: Bars, lines: list[str], top: float, mark: str) -> tuple[list[str], float]:
    """A sample and a name for each part that occurs."""
    places = [place for place in range(len(chart.legend)) if any(bar.parts[place : place + 1] != (0,) for bar in chart.bars)]
    x = MARGIN
    for number, place in enumerate(places):
        size = 28.0 + em(chart.legend[place]) * _TEXT + 10.0
        if number and x + size > WIDTH - MARGIN:
            x, top = MARGIN, top + _LEGEND
        lines += _part(place, 0, (x, top + 2.0, 20.0), chart.legend[place], False, mark, 14.0)
        lines.append(_text(chart.legend[place], x + 28.0, top + 13.5, "tb-note"))
        x += size
    return lines, top + (_LEGEND if places else 0.0)


def _part(
    place: int, count: int, box: tuple[float, float, float], about: str, numbered: bool, mark: str, height: float = BAR
) -> list[str]:
    """A part of a bar: the colour, the pattern over it, and its number."""
    x, y, size = box
    kind = place % len(PARTS)
    at = f'x="{shorten(x)}" y="{shorten(y)}" width="{shorten(size)}" height="{shorten(height)}"'
    lines = [f'<g><title>{escape_xml(about)}</title><rect class="tb-part-{kind}" {at}/>']
    if PARTS[kind][4] in _PATTERNS:
        lines.append(f'<rect {at} fill="url(#tb-{kind}-{mark})"/>')
    if numbered and count and size >= max(_NUMBER, em(str(count)) * _TEXT + 6.0):
        lines.append(_text(str(count), x + size / 2, y + height * 0.72, "tb-number"))
    return [*lines, "</g>"]


def _pattern(kind: int, mark: str) -> str:
    shape = _PATTERNS.get(PARTS[kind][4], "")
    if not shape:
        return ""
    return (
        f'<pattern id="tb-{kind}-{mark}" class="tb-pattern-{kind}" width="6" height="6" patternUnits="userSpaceOnUse">{shape}</pattern>'
    )


def _text(words: str, x: float, y: float, style: str) -> str:
    return f'<text class="{style}" x="{shorten(x)}" y="{shorten(y)}">{escape_xml(words)}</text>' if words else ""


def _fit_label(words: str, room: float) -> str:
    """A label cut to its room."""
    while words and em(words) * _TEXT > room:
        words = words.removesuffix("…")[:-1] + "…" if len(words) > 2 else ""
    return words


def _describe_charts(charts: Sequence[Bars]) -> str:
    """The numbers in words."""
    said: list[str] = []
    for chart in charts:
        said.append(chart.title + ".")
        for bar in chart.bars[:_MOST]:
            names = [
                f"{part} {chart.legend[place] if place < len(chart.legend) else ''}".strip()
                for place, part in enumerate(bar.parts) if part or len(bar.parts) == 1
            ]  # fmt: skip
            said.append(f"{bar.label}: {', '.join(names)}.")
    return " ".join(said)


def _style() -> str:
    colours = dict(COLOURS)
    for place, (fill, line, dark_fill, dark_line, _) in enumerate(PARTS):
        colours |= {f"fill-{place}": (fill, dark_fill), f"line-{place}": (line, dark_line)}
    rules, use = colour_rules("tutor-bars", "tb", colours)
    rules += [
        f".tutor-bars text{{font-family:{_FONT};font-size:{shorten(_TEXT)}px;{use('fill', 'ink')}}}",
        f".tutor-bars .tb-title{{font-size:{shorten(_TITLE)}px;font-weight:600}}",
        ".tutor-bars .tb-label{text-anchor:end}",
        f".tutor-bars .tb-number{{text-anchor:middle;paint-order:stroke;stroke-width:4;stroke-linejoin:round;{use('stroke', 'paper')}}}",
        f".tb-paper{{{use('fill', 'paper')}}}",
        f".tb-axis{{fill:none;{use('stroke', 'axis')}}}",
    ]
    for place, part in enumerate(PARTS):
        dash = ";stroke-dasharray:3 3" if part[4] == "none" else ""
        rules.append(f".tb-part-{place}{{{use('fill', f'fill-{place}')};{use('stroke', f'line-{place}')}{dash}}}")
        if part[4] in _PATTERNS:
            line = use("stroke", f"line-{place}") if part[4] != "dots" else use("fill", f"line-{place}") + ";stroke:none"
            rules.append(f".tb-pattern-{place} *{{{line};stroke-width:0.9;stroke-opacity:0.55}}")
    return "\n" + "\n".join(rules) + "\n"


BARS_STYLE = _style()
"""The CSS of charts of bars; a page has it once for all its charts."""
