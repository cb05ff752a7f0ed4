r"""A computational graph for LaTeX: the layout of `tutor.render.picture.layout`, drawn with plain TikZ.

A fragment needs ``amsmath``, ``xcolor`` and ``tikz`` (no TikZ library), is ASCII only and defines its own colours.  It
is never wider or higher than asked for, and no letter is smaller than 8 points, in indices than 7.  To that end a
picture takes smaller letters, runs downwards, sets the gradient below the value, drops formulas; then it bundles
leaves; and in the end it leaves out its middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import OutputError
from tutor.explain.document import Node, Picture
from tutor.notation.profile import Notation
from tutor.render.latex.math_sizes import BASE, set_math_sizes
from tutor.render.picture import label
from tutor.render.picture.edge_labels import EdgeName, Size, place_labels, widen_gaps
from tutor.render.picture.fold import bundle, shorten
from tutor.render.picture.label import Label, Phrase
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
    measure_least,
    strokes,
)
from tutor.render.picture.picture_room import PictureRoom

SIZES = {10: 1.0, 9: 1.04, 8: 1.1}
"""Font sizes in points, the largest first, and how much wider than at 10 points the letters are for their size, indices above all."""

CM = 28.45274
"""Points in a centimetre."""

PAGES = ((26.0, 17.5), (17.5, 26.0), (38.0, 26.0), (26.0, 38.0), (80.0, 110.0), (110.0, 80.0), (180.0, 180.0))
"""Widths and heights in cm that a picture of its own may have: about A4, about A3, then posters."""

_WIDE, _ROOM = 20.0, 13.0
_NEAR = 11.0  # the length of short arrows
MOST_TALLER, LOW = 1.45, 200.0
"""So much taller a picture may be for having formulas in its boxes, if it is no low one, which stands on a page with what it shows."""
_LINE, _PAD, _SAMPLE = 12.5, 5.0, (20.0, 10.0)
_EDGE_OF_PAGE = 1.5
_SHORT = 3.0  # how wide a local derivative is where there is little room, in em: a number, hardly a formula

_OPERATIONS = ("operation", "output")
_EVERYTHING = (*_OPERATIONS, "input", "parameter")
_WAYS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (_WIDE, ()),
    (_ROOM, ()),
    (_ROOM, _EVERYTHING),
    (_ROOM - 4, _OPERATIONS),
    (_ROOM - 4, _EVERYTHING),
    (0.0, ()),
    (0.0, _OPERATIONS),
    (0.0, _EVERYTHING),
)
"""Ways to fill the boxes: the room for a title in em, and the roles whose numbers stand one below the other."""

_NEAR_WAYS = (*_WAYS[:4], (_ROOM - 6, _EVERYTHING))

COLOURS = {
    "ink": "111827",
    "edge": "64748B",
    "rule": "D5DBE5",
    "value": "146C2E",
    "gradient": "B3261E",
    "local": "334155",
    "input": "F1F5F9",
    "inputline": "64748B",
    "parameter": "FFF3D1",
    "parameterline": "A16207",
    "operation": "E8EEFF",
    "operationline": "4457A6",
    "output": "D3DDFF",
    "outputline": "27357A",
    "omitted": "FFFFFF",
    "omittedline": "64748B",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A way to draw a picture, in points at a font size of 10; everything grows and shrinks with the font.

    ``formulas`` counts the boxes that have theirs.
    """

    layout: Layout
    known: dict[str, Label]
    entries: list[tuple[str, Phrase]]
    formulas: int
    stacked: tuple[str, ...]
    told: Mapping[EdgeName, Phrase]
    sizes: Mapping[EdgeName, Size]


@dataclass(frozen=True, slots=True)
class Sized:
    """A draft at a font size, with its final width and height in points and the rows of its legend (at size 10)."""

    draft: Draft
    size: int
    width: float
    height: float
    rows: list[list[tuple[int, float]]]

    @property
    def scale(self) -> float:
        """Points on the page for one point of the draft."""
        return _scale(self.size)


def tikz(picture: Picture, notation: Notation, width_cm: float = 16.0, height_cm: float = 22.0) -> str:
    r"""The picture as a ``tikzpicture`` at most ``width_cm`` wide and ``height_cm`` high (centimetres).

    Set it in a paragraph without indentation (``center`` or ``figure``) of a text at least that wide.  Raises
    `OutputError` where not even three boxes have room.

    >>> picture = Picture((Node("x", "input"), Node("y", "value")), (("x", "y"),), loss="y")
    >>> print(tikz(picture, Notation()).splitlines()[-1])
    \end{tikzpicture}
    """
    return _tikzpicture(_choose_drawing(picture, notation, width_cm, height_cm))


def fit_picture(picture: Picture, notation: Notation, rooms: Sequence[PictureRoom]) -> tuple[str, PictureRoom]:
    """The picture as a ``tikzpicture`` in the first of the rooms that has place for all of it, else for as much of it as possible.

    Raises `OutputError` where not even three boxes have room.
    """
    for stage in _stages(picture):
        found = _fit_stage(stage, notation, rooms)
        if found:
            return found
    raise _refuse_room(rooms[-1].width, rooms[-1].height)


def fit_whole(picture: Picture, notation: Notation, rooms: Sequence[PictureRoom]) -> tuple[str, PictureRoom] | None:
    """The same for a picture of which nothing is left out; None where no room has place for it."""
    whole = make_drawable(picture)
    return _fit_stage(whole, notation, rooms) if len(whole.nodes) == len(picture.nodes) else None


def fit_alike(pictures: Sequence[Picture], notation: Notation, rooms: Sequence[PictureRoom]) -> list[str]:
    """Pictures that stand below one another, in the first of the rooms that has place for each of them whole, else each in its own."""
    for room in rooms:
        found = [fit_whole(picture, notation, (room,)) for picture in pictures]
        if None not in found:
            return [drawn for drawn, _ in filter(None, found)]
    return [fit_picture(picture, notation, rooms)[0] for picture in pictures]


def _fit_stage(picture: Picture, notation: Notation, rooms: Sequence[PictureRoom]) -> tuple[str, PictureRoom] | None:
    drafts = {}
    for turned in dict.fromkeys(room.turned for room in rooms):
        alike = [room for room in rooms if room.turned == turned]
        most = max(room.width for room in alike), max(room.height for room in alike)
        drafts[turned] = _drafts(picture, notation, most[0] * CM, most[1] * CM)
    for room in rooms:
        width, height = room.width * CM, room.height * CM
        sized = _choose_best(drafts[room.turned], width, height, room.letters)
        if sized:
            tallest = max(other.height for other in rooms if other.turned == room.turned)
            return _tikzpicture(_keep_formulas(sized, picture, notation, room, tallest)), room
    return None


def _keep_formulas(sized: Sized, picture: Picture, notation: Notation, room: PictureRoom, tallest: float) -> Sized:
    """The drawing itself or, where boxes have lost their formulas, one with more of them: layers nearer to one another, formulas below
    the names.  It may grow to what is low on a page; a higher one grows only where there are no formulas at all."""
    computed = sum(node.expr is not None for node in picture.nodes)
    width = room.width * CM
    taller = MOST_TALLER if sized.height > LOW else 1.0
    height = min(tallest * CM, max(sized.height if sized.draft.formulas else sized.height * taller, LOW))
    for near, folded in ((True, False), (False, True), (True, True)):
        if sized.draft.formulas == computed:
            break
        drafts = _drafts(picture, notation, width, height, near=near, folded=folded)
        most = max((draft.formulas for draft in drafts if _choose_best([draft], width, height, BASE)), default=0)
        if most > sized.draft.formulas:
            sized = _choose_best([draft for draft in drafts if draft.formulas == most], width, height, BASE) or sized
    return sized


def standalone(picture: Picture, notation: Notation) -> str:
    """A LaTeX document of one page, cut to the size of the picture: ``tutor draw -o graph.tex``.

    The page is as small as `PAGES` allow for the whole graph; a graph too large for all of them leaves out its middle.
    """
    drafts = _drafts(make_drawable(picture), notation, PAGES[-1][0] * CM, PAGES[-1][1] * CM)
    whole = next((found for w, h in PAGES if (found := _choose_best(drafts, w * CM, h * CM))), None)
    sized = whole or _choose_drawing(picture, notation, *PAGES[0])
    return page(_tikzpicture(sized), sized.width, sized.height)


def page(body: str, width: float, height: float) -> str:
    """A LaTeX document of one page that is as large as its picture (in points)."""
    margin = 14.0
    lengths = {
        "paperwidth": width + 2 * margin,
        "paperheight": height + 2 * margin,
        "oddsidemargin": margin - 72.27,
        "topmargin": margin - 72.27,
        "headheight": 0,
        "headsep": 0,
        "topskip": 0,
        "parindent": 0,
        "textwidth": width + 0.5,
        "textheight": height + 2,
    }
    return "\n".join(
        [
            "\\documentclass[10pt]{article}",
            "\\usepackage{amsmath,mathtools,xcolor,tikz}",
            *(f"\\setlength{{\\{name}}}{{{write_short(value)}pt}}" for name, value in lengths.items()),
            "\\ifdefined\\pdfpagewidth \\pdfpagewidth=\\paperwidth \\pdfpageheight=\\paperheight \\fi",
            "\\ifdefined\\pagewidth \\pagewidth=\\paperwidth \\pageheight=\\paperheight \\fi",
            "\\pagestyle{empty}",
            "\\begin{document}",
            "\\noindent",
            body.rstrip("\n") + "%",
            "\\end{document}",
            "",
        ]
    )


# ------------------------------------------------------------------------------------------------------- finding a size


def _choose_drawing(picture: Picture, notation: Notation, width_cm: float, height_cm: float) -> Sized:
    """The best drawing of as much of the picture as fits."""
    width, height = width_cm * CM, height_cm * CM
    for stage in _stages(picture):
        sized = _choose_best(_drafts(stage, notation, width, height), width, height)
        if sized:
            return sized
    raise _refuse_room(width_cm, height_cm)


def _refuse_room(width_cm: float, height_cm: float) -> OutputError:
    return OutputError(f"a graph has no room in {width_cm:g} cm by {height_cm:g} cm", hint="give it at least 6 cm by 6 cm")


def _stages(picture: Picture) -> Iterator[Picture]:
    """The picture, then ever smaller ones, each made from all of it, so that what is left out is counted once."""
    whole = make_drawable(picture)
    yield whole
    bundled = bundle(picture)
    if len(bundled.nodes) < len(whole.nodes):
        yield bundled
    for keep in (40, 32, 28, 24, 20, 18, 16, 14, 12, 10, 8, 6, 4, 3, 2):
        if keep + 1 < min(len(bundled.nodes), len(whole.nodes)):
            yield shorten(bundled, keep)


def _drafts(
    picture: Picture, notation: Notation, width: float, height: float, *, near: bool = False, folded: bool = False
) -> list[Draft]:
    """The ways to draw a picture whole that have a chance in a room of that many points; ``near`` with short arrows, ``folded`` with
    formulas below the names where they have no room behind them."""
    scale = _scale(min(SIZES))
    order = arrange(picture)
    drafts = []
    directions: tuple[Direction, ...] = ("right", "down")
    ways = [(*way, told) for way in (_NEAR_WAYS if near else _WAYS) for told in ((label.ON_EDGE, _SHORT) if picture.locals else (0.0,))]
    for room, stacked, on_edge in ways:
        told = label.write_locals(picture, notation, on_edge)
        on_edges = {ends: (label.tex_em(phrase.text) * 10 + 4.0, _LINE) for ends, phrase in told.items()}
        known = label.labels(picture, notation, room, folded=folded)
        formulas = sum(seen.formula is not None or " = " in seen.title.text for seen in known.values())
        entries = label.legend(picture, notation, known)
        for direction in directions:
            gap = _NEAR if near else 26.0 if direction == "right" else 24.0
            spacing = BoxSpacing(layer=gap, box=6.0 if near else 9.0, lane=8.0, climb=0.08)
            spacing = widen_gaps(spacing, on_edges, direction)
            sizes = {node.name: _measure_box(known[node.name], stacked) for node in picture.nodes}

            def measure(node: Node, sizes: dict[str, Point] = sizes) -> Point:
                return sizes[node.name]

            least = measure_least(order, measure, direction, spacing)
            if least[0] * scale <= width and least[1] * scale <= height:
                drawn = coordinates(order, measure, direction, spacing)
                drafts.append(Draft(drawn, known, entries, formulas, stacked, told, on_edges))
    return drafts


def _choose_best(drafts: list[Draft], width: float, height: float, least: int = BASE) -> Sized | None:
    """The draft that reads best in that many points, with letters of ``least`` points at least: formulas and left to right count like
    larger letters."""
    best: tuple[float, Sized] | None = None
    for draft in drafts:
        for size in (size for size in SIZES if size >= least):
            sized = _size_draft(draft, size, width)
            if sized.width <= width and sized.height <= height:
                score = size + 1.6 * (draft.formulas > 0) - 0.3 * len(draft.stacked)
                score += 1.1 * (draft.layout.direction == "right")
                if best is None or score > best[0]:
                    best = score, sized
                break
    return best[1] if best else None


def _scale(size: int) -> float:
    return size / 10 * SIZES[size]


def _size_draft(draft: Draft, size: int, width: float) -> Sized:
    scale = _scale(size)
    widths = [_entry_width(role, words) for role, words in draft.entries]
    inside = (width - 2 * _EDGE_OF_PAGE) / scale
    rows = label.place_legend(draft.entries, widths, 14.0, min(inside, max(draft.layout.width, 420.0)), inside)
    wide = max([draft.layout.width, *(start + widths[which] for row in rows for which, start in row)])
    high = draft.layout.height + (12.0 + _LINE * 1.2 * len(rows) if draft.entries else 0.0)
    return Sized(draft, size, wide * scale + 2 * _EDGE_OF_PAGE, high * scale + 2 * _EDGE_OF_PAGE, rows)


def _measure_box(seen: Label, stacked: tuple[str, ...]) -> tuple[float, float]:
    """Width and height of a box, in points at a font size of 10."""
    numbers = [label.tex_em(phrase.text) * 10 for phrase in (seen.value, seen.gradient) if phrase]
    second = max(numbers, default=0.0) if seen.role in stacked else sum(numbers) + 7.0 * (len(numbers) - 1)
    lines = 1 + (seen.formula is not None) + (len(numbers) if seen.role in stacked else min(len(numbers), 1))
    inside = max(label.tex_em(seen.title.text) * 10, label.tex_em(seen.formula.text) * 10 if seen.formula else 0.0, second)
    return max(inside + 2 * _measure_side(seen), 34.0), _LINE * lines + 5.0 + _measure_extra(seen)


def _measure_side(seen: Label) -> float:
    return 8.0 if seen.role == "input" else _PAD


def _measure_extra(seen: Label) -> float:
    """More height for a fraction."""
    return 5.0 if "\\frac" in (seen.formula or seen.title).latex else 0.0


# ------------------------------------------------------------------------------------------------------------- drawing


def _tikzpicture(sized: Sized) -> str:
    draft, size, scale = sized.draft, sized.size, sized.scale
    small = max(size - 1, BASE)
    drawn = draft.layout
    shift = (sized.width / scale - drawn.width) / 2
    font = f"font=\\fontsize{{{size}}}{{{size + 1}}}\\selectfont"
    corner = pair((sized.width / scale, sized.height / scale))
    lines = [
        f"\\begin{{tikzpicture}}[x={write_short(scale, 4)}pt,y=-{write_short(scale, 4)}pt,line width=0.5pt,",
        f"  every node/.style={{inner sep=0pt,outer sep=0pt,anchor=base,{font}}},",
        f"  tutor small/.style={{font=\\fontsize{{{small}}}{{{small + 1}}}\\selectfont}}]",
        *set_math_sizes(size, small),
        *(f"\\definecolor{{tutor{name}}}{{HTML}}{{{value}}}" for name, value in COLOURS.items()),
        f"\\path[use as bounding box] (0,0) rectangle {corner};",
        f"\\begin{{scope}}[shift={{({write_short(shift)},{write_short(_EDGE_OF_PAGE / scale)})}}]",
        *_edges(drawn.edges, drawn.direction),
        *_draw_locals(draft),
        *(line for box in drawn.boxes for line in _box(box, draft.known[box.node.name], draft.stacked, scale)),
        "\\end{scope}",
    ]
    if draft.entries:
        lines += _legend(sized)
    return "\n".join([*lines, "\\end{tikzpicture}"]) + "\n"


def _edges(edges: tuple[Edge, ...], direction: Direction) -> list[str]:
    lines = []
    heads: dict[Point, None] = {}
    ends = {edge.points[-1] for edge in edges}
    for points in strokes(edges):
        lines.append(f"\\draw[tutoredge] {_path(points)};")
        if points[-1] in ends:
            heads[points[-1]] = None
    for x, y in heads:
        corners = [(x, y), (x - 5.5, y - 2.2), (x - 5.5, y + 2.2)]
        if direction == "down":
            corners = [(x, y), (x - 2.2, y - 5.5), (x + 2.2, y - 5.5)]
        lines.append("\\fill[tutoredge] " + " -- ".join(pair(corner) for corner in corners) + " -- cycle;")
    return lines


def _draw_locals(draft: Draft) -> list[str]:
    """The local derivatives on their edges."""
    lines = []
    for ends, (x, y) in place_labels(draft.layout, draft.sizes).items():
        w, h = draft.sizes[ends]
        lines.append(f"\\fill[white] {pair((x - w / 2, y - h / 2))} rectangle {pair((x + w / 2, y + h / 2))};")
        lines.append(set_line(draft.told[ends].latex, x, y + 3.0, "tutorlocal,tutor small"))
    return lines


def _path(points: tuple[Point, ...]) -> str:
    pieces = [pair(points[0])]
    for place in range(1, len(points), 3):
        first, second, end = points[place : place + 3]
        before = points[place - 1]
        if before[0] == end[0] or before[1] == end[1]:
            pieces.append(f"-- {pair(end)}")
        else:
            pieces.append(f".. controls {pair(first)} and {pair(second)} .. {pair(end)}")
    return " ".join(pieces)


def _box(box: Box, seen: Label, stacked: tuple[str, ...], scale: float) -> list[str]:
    middle, side = box.x + box.w / 2, _measure_side(seen)
    lines = [_shape(seen.role, box.x, box.y, box.w, box.h, scale)]
    numbers = [(phrase, role) for phrase, role in ((seen.value, "value"), (seen.gradient, "gradient")) if phrase]
    _, high = _measure_box(seen, stacked)
    top = box.y + (box.h - high) / 2  # the box may be higher than its content, like its neighbours
    base = top + 11.5 + _measure_extra(seen) * 0.6
    if seen.formula:
        lines.append(set_line(seen.formula.latex, middle, base + _LINE, "tutorink"))
        base = top + 11.5
    lines.append(set_line(seen.title.latex, middle, base, "tutorink"))
    low = top + high - 6.0
    if seen.role in stacked:
        for place, (phrase, role) in enumerate(reversed(numbers)):
            lines.append(set_line(_style_number(phrase, role), middle, low - _LINE * place, f"tutor{role},tutor small"))
    elif len(numbers) == 2:
        places = ((box.x + side, "west"), (box.x + box.w - side, "east"))
        for (phrase, role), (x, anchor) in zip(numbers, places, strict=True):
            lines.append(set_line(_style_number(phrase, role), x, low, f"tutor{role},tutor small,anchor=base {anchor}"))
    elif numbers:
        lines.append(set_line(_style_number(*numbers[0]), middle, low, f"tutor{numbers[0][1]},tutor small"))
    return lines


def _shape(role: str, x: float, y: float, w: float, h: float, scale: float) -> str:
    """A box: sharp corners for parameters, a pill for inputs, round corners for operations (in points of the page)."""
    radius = {"parameter": 0.0, "input": min(h / 2 - 0.1, 11.0)}.get(role, 3.5)
    corner = f"rounded corners={write_short(radius * scale)}pt," if radius else ""
    style = {"output": "line width=1pt,", label.OMITTED: "dashed,"}.get(role, "")
    colours = f"draw=tutor{role}line,fill=tutor{role}"
    return f"\\draw[{corner}{style}{colours}] {pair((x, y))} rectangle {pair((x + w, y + h))};"


def _style_number(phrase: Phrase, role: str) -> str:
    """A number: upright for a value, italic for a gradient."""
    if role == "value":
        return phrase.latex
    if phrase.latex.startswith("$"):
        return "$\\mathit{" + phrase.latex[1:-1] + "}$"
    return "\\textit{" + phrase.latex + "}"


def set_line(latex: str, x: float, y: float, style: str) -> str:
    """A line of text at a point of its base line."""
    return f"\\node[{style}] at {pair((x, y))} {{{latex}}};"


def _entry_width(role: str, words: Phrase) -> float:
    sample = 0.0 if role in label.TOLD else _SAMPLE[0] + 5.0
    return sample + label.tex_em(words.text) * 9.2


def _legend(sized: Sized) -> list[str]:
    draft, scale = sized.draft, sized.scale
    left = _EDGE_OF_PAGE / scale
    top = draft.layout.height + left + 6.0
    right = sized.width / scale - left
    lines = [f"\\draw[tutorrule] {pair((left, top))} -- {pair((right, top))};"]
    for row, pieces in enumerate(sized.rows):
        middle = top + 6.0 + _LINE * 1.2 * (row + 0.5)
        for which, start in pieces:
            role, words = draft.entries[which]
            x = left + start
            if role in label.TOLD:
                told = f"\\textit{{{words.latex}}}" if role == "gradient" else words.latex
                lines.append(set_line(told, x, middle + 3.0, f"tutor{role},tutor small,anchor=base west"))
            else:
                lines.append(_shape(role, x, middle - _SAMPLE[1] / 2, *_SAMPLE, scale))
                after = x + _SAMPLE[0] + 5.0
                lines.append(set_line(words.latex, after, middle + 3.0, "tutorink,tutor small,anchor=base west"))
    return lines


def write_short(value: float, digits: int = 2) -> str:
    """A number without zeros at its end."""
    text = f"{round(value, digits) + 0.0:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def pair(point: Point) -> str:
    """The coordinates of a point."""
    return f"({write_short(point[0])},{write_short(point[1])})"
