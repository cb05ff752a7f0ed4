"""A computational graph as an SVG file that stands alone: no script, no font, no network.

Values are green and upright, gradients red and italic; parameters have sharp corners, inputs are round, operations lie
between, so that colour is never needed.  The colours follow the reader's light or dark setting; a program that knows
no CSS variables shows the light ones.  A page may set them itself: ``.tutor-graph { --tg-paper: ivory }``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from zlib import crc32

from tutor.explain.document import Node, Picture
from tutor.notation.profile import Notation
from tutor.render.picture import label
from tutor.render.picture.edge_labels import EdgeName, Size, place_labels, widen_gaps
from tutor.render.picture.label import END, SUB, SUP, Label, Phrase
from tutor.render.picture.layout import (
    Box,
    BoxSpacing,
    Direction,
    Edge,
    Layout,
    Point,
    arrange,
    coordinates,
    make_drawable,
    strokes,
)
from tutor.text import escape_xml

TITLE, SMALL = 14.0, 12.0
"""Font sizes in pixels: of names and formulas, of numbers and the legend."""
PHONE, _WIDE = 315.0, 560.0
"""A legend is no wider than a phone shows without being scrolled, but below a wide picture, which is scrolled anyway."""

WIDEST_ROW = 1800.0
"""Pixels up to which a graph runs from left to right; a wider one runs downwards when that is much narrower."""

_ROOM = 13.0
MARGIN, _PAD, _LEGEND_ROW = 16.0, 10.0, 26.0
_SAMPLE = (28.0, 16.0)
_MOST_SENTENCES = 60

COLOURS = {  # what: (light, dark)
    "paper": ("#ffffff", "#10151f"),
    "ink": ("#111827", "#e8ecf3"),
    "edge": ("#64748b", "#8d9bb0"),
    "rule": ("#d5dbe5", "#2f3a4c"),
    "value": ("#146c2e", "#8ee6a6"),
    "gradient": ("#b3261e", "#ffb1a8"),
    "local": ("#334155", "#cbd5e1"),
    "input": ("#f1f5f9", "#222b39"),
    "input-line": ("#64748b", "#94a3b8"),
    "parameter": ("#fff3d1", "#3a3014"),
    "parameter-line": ("#a16207", "#d6ab3f"),
    "operation": ("#e8eeff", "#1d2a52"),
    "operation-line": ("#4457a6", "#8fa3f0"),
    "output": ("#d3ddff", "#2b3d7a"),
    "output-line": ("#27357a", "#b9c6ff"),
    "omitted": ("#ffffff", "#10151f"),
    "omitted-line": ("#64748b", "#8d9bb0"),
}
_SCRIPTS = re.compile(f"(?:([{SUB}{SUP}])([^{END}]*){END}|(?=.))([^{SUB}{SUP}]*)", re.DOTALL)
"""A piece of a line: perhaps an index or a superscript, and what follows it on the base line."""
_DROP = {SUB: 3.0, SUP: -5.0}
_FONT = '"Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", "DejaVu Sans", sans-serif'


def plan_layout(picture: Picture, notation: Notation, widest: float = WIDEST_ROW) -> Layout:
    """Where everything of a picture stands, to draw it again and again with other numbers: nothing moves then, and it takes a tenth of
    the time."""
    picture = make_drawable(picture)
    told = label.write_locals(picture, notation)
    return _choose_layout(picture, label.labels(picture, notation, _ROOM), _measure_locals(told), widest)


def _measure_locals(told: Mapping[EdgeName, Phrase]) -> dict[EdgeName, Size]:
    """The room of the local derivatives on their edges."""
    return {ends: (label.em(phrase.text) * SMALL + 6.0, SMALL * 1.3) for ends, phrase in told.items()}


def svg(
    picture: Picture, notation: Notation, *, alone: bool = True, widest: float = WIDEST_ROW, layout: Layout | None = None
) -> str:
    """The picture as the text of an SVG file; lengths are pixels.  One that is not ``alone`` is put into a page that has `PICTURE_STYLE`.

    Each box names its quantity (``data-node``), and each piece of an edge what it joins (``data-edge="w5>in_o1"``, one word an edge where
    several have the piece in common), for pages that light them up.  The graph runs from left to right, or downwards where it would become
    wider than ``widest`` pixels.  Each box tells its whole formula when the mouse rests on it; a screen reader hears the same as one
    description.  A very large graph is shown without its middle (see `layout.make_drawable`).  With ``layout`` it stands as that of another
    picture of the same graph (`plan_layout`).

    >>> picture = Picture((Node("x", "input"), Node("y", "value")), (("x", "y"),), loss="y")
    >>> svg(picture, Notation()).count("<rect")  # the paper, two boxes and two samples in the legend
    5
    """
    picture = make_drawable(picture)
    known = label.labels(picture, notation, _ROOM)
    told = label.write_locals(picture, notation)
    sizes = _measure_locals(told)
    drawn = layout if layout is not None else _choose_layout(picture, known, sizes, widest)
    spots = place_labels(drawn, sizes)
    entries = label.legend(picture, notation, known)
    widths = [_entry_width(role, words) for role, words in entries]
    room = drawn.width if drawn.width > _WIDE else PHONE
    rows = label.place_legend(entries, widths, 24.0, room, room)
    width = max([drawn.width, *(start + widths[which] for row in rows for which, start in row)])
    top = drawn.height + 22.0
    body = [
        *group("tg-edges", _edges(drawn.edges, drawn.direction, known)),
        *group("tg-locals", [line for ends, spot in spots.items() for line in _tag(ends, *spot, *sizes[ends], told[ends])]),
        *group("tg-boxes", [piece for box in drawn.boxes for piece in _box(box, known[box.node.name])]),
        *group("tg-legend", _legend(entries, rows, top, width)),
    ]
    shift = (width - drawn.width) / 2
    for place, line in enumerate(body):
        if line in ('<g class="tg-edges">', '<g class="tg-locals">', '<g class="tg-boxes">'):
            body[place] = line.replace(">", f' transform="translate({shorten(shift)} 0)">', 1)
    return page(body, width + 2 * MARGIN, top + len(rows) * _LEGEND_ROW + 2 * MARGIN, *_describe(picture, known, told),
                picture.words.grammar.language, alone=alone)  # fmt: skip


def mark_language(language: str) -> str:
    """The attribute that says in which language a picture is, for screen readers; English goes without saying.

    >>> mark_language("de"), mark_language("en")
    ('lang="de" ', '')
    """
    return f'lang="{escape_xml(language)}" ' if language != "en" else ""


def page(
    body: list[str], width: float, height: float, title: str, about: str, language: str = "en", *, alone: bool = True
) -> str:
    """The whole file: what is drawn within the margins, with a title and a description for those who do not see it."""
    mark = f"{crc32(chr(10).join([*body, title, about]).encode()):08x}"
    w, h = shorten(width), shorten(height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tutor-graph" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
        f'{mark_language(language)}role="img" aria-labelledby="tg-title-{mark} tg-desc-{mark}">',
        f'<title id="tg-title-{mark}">{escape_xml(title)}</title>',
        f'<desc id="tg-desc-{mark}">{escape_xml(about)}</desc>',
        *([f"<style>{PICTURE_STYLE}</style>"] if alone else []),
        f'<rect class="tg-paper" width="{w}" height="{h}"/>',
        f'<g transform="translate({shorten(MARGIN)} {shorten(MARGIN)})">',
        *body,
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _describe(picture: Picture, known: dict[str, Label], told: Mapping[EdgeName, Phrase]) -> tuple[str, str]:
    """The title and the description for those who do not see the picture."""
    words = picture.words
    title = words.TITLE
    if picture.loss in known:
        title = words.TITLE_OF.format(loss=known[picture.loss].whole.partition(" = ")[0])
    sentences = []
    for node in picture.nodes:
        seen = known[node.name]
        numbers = [words.DESCRIBED["value"].format(number=seen.value.plain)] if seen.value else []
        numbers += [words.DESCRIBED["gradient"].format(number=seen.gradient.plain)] if seen.gradient else []
        if told:
            numbers += [words.DESCRIBED["local"].format(source=known[source].whole.partition(" = ")[0], number=phrase.plain)
                        for (source, target), phrase in told.items() if target == node.name]  # fmt: skip
        sentences.append(seen.whole + (": " + ", ".join(numbers) if numbers else "") + ".")
    more = len(sentences) - _MOST_SENTENCES
    if more > 0:
        sentences[_MOST_SENTENCES:] = [words.MORE.format(count=more)]
    return title, " ".join(sentences)


def _choose_layout(picture: Picture, known: dict[str, Label], sizes: Mapping[EdgeName, Size], widest: float) -> Layout:
    order = arrange(picture)

    def draw_towards(direction: Direction) -> Layout:
        spacing = BoxSpacing() if direction == "right" else BoxSpacing(layer=34.0)
        return coordinates(order, lambda node: _measure_box(node, known), direction, widen_gaps(spacing, sizes, direction))

    right = draw_towards("right")
    if right.width <= widest:
        return right
    down = draw_towards("down")
    spared = 1.5 if widest >= WIDEST_ROW else 1.0  # beside a text any width that is spared counts
    return down if down.width * spared <= right.width else right


def _measure_box(node: Node, known: dict[str, Label]) -> tuple[float, float]:
    """Width and height of a box, in pixels."""
    seen = known[node.name]
    numbers = [label.em(phrase.text) * SMALL for phrase in (seen.value, seen.gradient) if phrase]
    inside = max(label.em(seen.title.text) * TITLE, sum(numbers) + 14.0 * (len(numbers) - 1))
    side = 15.0 if seen.role == "input" else _PAD
    return max(inside + 2 * side, 64.0), 50.0 if numbers else 34.0


def _box(box: Box, seen: Label) -> list[str]:
    middle = box.x + box.w / 2
    side = 15.0 if seen.role == "input" else _PAD
    low = seen.value is not None or seen.gradient is not None
    mark = f'<g data-node="{escape_xml(box.node.name)}">'
    lines = [mark, f"<title>{escape_xml(seen.whole)}</title>", _shape(seen.role, box.x, box.y, box.w, box.h)]
    lines.append(set_line(seen.title, middle, box.y + (20.0 if low else box.h / 2 + 5.0), "tg-title"))
    if seen.value and seen.gradient:
        lines.append(set_line(seen.value, box.x + side, box.y + 40.0, "tg-value tg-left"))
        lines.append(set_line(seen.gradient, box.x + box.w - side, box.y + 40.0, "tg-gradient tg-right"))
    elif seen.value:
        lines.append(set_line(seen.value, middle, box.y + 40.0, "tg-value"))
    elif seen.gradient:
        lines.append(set_line(seen.gradient, middle, box.y + 40.0, "tg-gradient"))
    return [*lines, "</g>"]


def _tag(ends: EdgeName, x: float, y: float, w: float, h: float, phrase: Phrase) -> list[str]:
    """A local derivative on its edge."""
    box = f'x="{shorten(x - w / 2)}" y="{shorten(y - h / 2)}" width="{shorten(w)}" height="{shorten(h)}"'
    mark = f'<g data-edge="{escape_xml(">".join(ends))}">'
    return [mark, f'<rect class="tg-behind" {box} rx="3"/>', set_line(phrase, x, y + 4.0, "tg-local"), "</g>"]


def _shape(role: str, x: float, y: float, w: float, h: float) -> str:
    """A box: sharp corners for parameters, a pill for inputs, round corners for operations."""
    radius = {"parameter": 0.0, "input": min(h / 2, 18.0)}.get(role, 7.0)
    place = " ".join(f'{name}="{shorten(value)}"' for name, value in (("x", x), ("y", y), ("width", w), ("height", h)))
    return f'<rect class="tg-{role}" {place} rx="{shorten(radius)}"/>'


def _edges(edges: tuple[Edge, ...], direction: Direction, known: Mapping[str, Label]) -> list[str]:
    """The edges; what several edges of one box share is drawn once, and so is the arrowhead at each end."""
    lines: list[str] = []
    heads: dict[Point, None] = {}
    users: dict[tuple[Point, ...], list[Edge]] = {}
    for edge in edges:
        for curve in _list_curves(edge.points):
            users.setdefault(curve, []).append(edge)
    for points in strokes(edges):
        for joined, curves in groupby(_list_curves(points), key=lambda curve: [(edge.source, edge.target) for edge in users[curve]]):
            first, *more = curves
            piece = first + tuple(point for curve in more for point in curve[1:])
            names = escape_xml(" ".join(f"{source}>{target}" for source, target in joined))
            told = ", ".join(" → ".join(known[name].whole.partition(" = ")[0] for name in pair) for pair in joined)
            lines.append(f'<path class="tg-edge" data-edge="{names}" d="{_path(piece)}"><title>{escape_xml(told)}</title></path>')
        heads[points[-1]] = None
    ends = {edge.points[-1] for edge in edges}
    for x, y in heads:
        if (x, y) not in ends:
            continue
        corners = [(x, y), (x - 8, y - 3.5), (x - 8, y + 3.5)]
        if direction == "down":
            corners = [(x, y), (x - 3.5, y - 8), (x + 3.5, y - 8)]
        lines.append('<path class="tg-head" d="M' + " L".join(pair(corner) for corner in corners) + ' Z"/>')
    return lines


def _list_curves(points: tuple[Point, ...]) -> list[tuple[Point, ...]]:
    return [points[start : start + 4] for start in range(0, len(points) - 1, 3)]


def _path(points: tuple[Point, ...]) -> str:
    pieces = ["M" + pair(points[0])]
    for place in range(1, len(points), 3):
        first, second, end = points[place : place + 3]
        before = points[place - 1]
        if before[0] == end[0] or before[1] == end[1]:
            pieces.append("L" + pair(end))
        else:
            pieces.append(f"C{pair(first)} {pair(second)} {pair(end)}")
    return " ".join(pieces)


def _entry_width(role: str, words: Phrase) -> float:
    sample = 0.0 if role in label.TOLD else _SAMPLE[0] + 8.0
    return sample + label.em(words.text) * SMALL


def _legend(
    entries: list[tuple[str, Phrase]], rows: list[list[tuple[int, float]]], top: float, width: float
) -> list[str]:
    rule = f"M{pair((0.0, top - 8))} L{pair((width, top - 8))}"
    lines = [f'<path class="tg-rule" d="{rule}"/>'] if entries else []
    for line, row in enumerate(rows):
        middle = top + _LEGEND_ROW * line + _LEGEND_ROW / 2
        for which, x in row:
            role, words = entries[which]
            if role in label.TOLD:
                lines.append(set_line(words, x, middle + 4.0, f"tg-{role} tg-left"))
            else:
                lines.append(_shape(role, x, middle - _SAMPLE[1] / 2, *_SAMPLE))
                lines.append(set_line(words, x + _SAMPLE[0] + 8.0, middle + 4.0, "tg-note tg-left"))
    return lines


def group(name: str, lines: list[str]) -> list[str]:
    """Pieces that belong together; nothing for none."""
    return lines and [f'<g class="{name}">', *lines, "</g>"]


def set_line(phrase: Phrase, x: float, y: float, style: str) -> str:
    """A line of text, with its subscripts lowered and its superscripts raised; a space behind one is a shift, since some programs drop it
    there."""
    pieces = []
    for before, inside, after in _SCRIPTS.findall(phrase.text.replace(" ", "\u00a0")):
        if not before:
            pieces.append(escape_xml(after))
            continue
        drop = _DROP[before]
        pieces.append(f'<tspan dy="{shorten(drop)}" class="tg-sub">{escape_xml(inside)}</tspan>')
        shift = ' dx="4"' if after.startswith("\u00a0") else ""
        after = after.removeprefix("\u00a0")
        pieces.append(f'<tspan{shift} dy="{shorten(-drop)}">{escape_xml(after) or "&#8203;"}</tspan>')
    return f'<text class="{style}" x="{shorten(x)}" y="{shorten(y)}">{"".join(pieces)}</text>'


def shorten(value: float) -> str:
    """At most two decimals, without a sign on nothing: ``12``, ``0.5``."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def pair(point: Point) -> str:
    """The coordinates of a point."""
    return f"{shorten(point[0])} {shorten(point[1])}"


def colour_rules(
    picture: str, prefix: str, colours: Mapping[str, tuple[str, str]]
) -> tuple[list[str], Callable[[str, str], str]]:
    """The rules that give a picture its colours in light and dark, and how a property is given one of them.

    A colour is given twice, for programs that know no variables.

    >>> colour_rules("tutor-graph", "tg", {"ink": ("#000", "#fff")})[1]("fill", "ink")
    'fill:#000;fill:var(--tg-ink)'
    """
    light, dark = (";".join(f"--{prefix}-{name}:{pair[side]}" for name, pair in colours.items()) for side in (0, 1))

    def use(what: str, name: str) -> str:
        return f"{what}:{colours[name][0]};{what}:var(--{prefix}-{name})"

    return [
        f".{picture}{{{light};max-width:100%;height:auto}}",
        f"@media (prefers-color-scheme:dark){{.{picture}{{{dark}}}}}",
    ], use


def _style() -> str:
    rules, use = colour_rules("tutor-graph", "tg", COLOURS)
    rules += [
        f".tutor-graph text{{font-family:{_FONT};font-size:{shorten(SMALL)}px}}",
        f".tutor-graph text{{text-anchor:middle;{use('fill', 'ink')}}}",
        f".tutor-graph .tg-title{{font-size:{shorten(TITLE)}px}}",
        f".tutor-graph .tg-sub{{font-size:{shorten(label.SUBSCRIPT)}em}}",
        f".tutor-graph .tg-value{{{use('fill', 'value')}}}",
        f".tutor-graph .tg-gradient{{{use('fill', 'gradient')};font-style:italic}}",
        f".tutor-graph .tg-local{{{use('fill', 'local')}}}",
        f".tg-behind{{{use('fill', 'paper')}}}",
        ".tutor-graph .tg-left{text-anchor:start}",
        ".tutor-graph .tg-right{text-anchor:end}",
        f".tg-paper{{{use('fill', 'paper')}}}",
        f".tg-edge{{fill:none;{use('stroke', 'edge')};stroke-width:1.4}}",
        f".tg-head{{{use('fill', 'edge')}}}",
        f".tg-rule{{fill:none;{use('stroke', 'rule')}}}",
    ]
    for role in ("input", "parameter", "operation", "output", label.OMITTED):
        thick = ";stroke-width:2.4" if role == "output" else ";stroke-dasharray:4 3" if role == label.OMITTED else ""
        rules.append(f".tg-{role}{{{use('fill', role)};{use('stroke', role + '-line')}{thick or ';stroke-width:1.3'}}}")
    return "\n" + "\n".join(rules) + "\n"


PICTURE_STYLE = _style()
"""The CSS of a picture; a page has it once for all its pictures."""
