r"""A network for LaTeX, drawn with plain TikZ from the same layout as its SVG; ASCII only, it defines its own colours."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.errors import OutputError
from tutor.explain.diagram import Diagram
from tutor.notation.profile import Notation
from tutor.render.latex.math_sizes import BASE, set_math_sizes
from tutor.render.picture import label
from tutor.render.picture.network_layout import LABELLED, SMALL, Circle, Drawing, Spoke, arrange
from tutor.render.picture.picture_room import PictureRoom
from tutor.render.picture.tikz import CM, COLOURS, SIZES, page, pair, set_line, write_short

_ROLES = {"input": "input", "neuron": "operation", "output": "output", "bias": "omitted"}
_EDGE = 1.5


def network_tikz(diagram: Diagram, notation: Notation, width_cm: float = 16.0) -> str:
    r"""The drawing as a ``tikzpicture`` at most ``width_cm`` wide, with letters of 10 to 7 points.

    Set it in a paragraph without indentation.  Raises `OutputError` for a network that is too wide for that.
    """
    return _choose_drawing(diagram, notation, width_cm)[0]


def network_standalone(diagram: Diagram, notation: Notation) -> str:
    """A LaTeX document of one page, cut to the size of the drawing."""
    body, width, height = _choose_drawing(diagram, notation, 400.0)
    return page(body, width, height)


def fit_network(diagram: Diagram, notation: Notation, rooms: Sequence[PictureRoom]) -> tuple[str, PictureRoom] | None:
    """The drawing in the first of the rooms that has place for it, in the largest letters there, the weights on its edges where they have
    room; None where there is none."""
    drawings = [arrange(diagram, notation, label.tex_em, most) for most in (LABELLED, 0)]
    for room in rooms:
        for drawing in drawings:
            for size, wider in SIZES.items():
                unit = size * wider
                wide, high = (side * unit + 2 * _EDGE for side in (drawing.width, drawing.height))
                if round(size * SMALL) >= BASE and wide <= room.width * CM and high <= room.height * CM:
                    return _tikzpicture(drawing, size, unit), room
    return None


def _choose_drawing(diagram: Diagram, notation: Notation, width_cm: float) -> tuple[str, float, float]:
    drawing = arrange(diagram, notation, label.tex_em)
    for size, wider in ((size, wider) for size, wider in SIZES.items() if round(size * SMALL) >= BASE):
        unit = size * wider
        width, height = drawing.width * unit + 2 * _EDGE, drawing.height * unit + 2 * _EDGE
        if width <= width_cm * CM:
            return _tikzpicture(drawing, size, unit), width, height
    raise OutputError(f"a network of {len(diagram.columns)} layers has no room in {width_cm:g} cm", hint="draw it as SVG")


def _tikzpicture(drawing: Drawing, size: int, unit: float) -> str:
    small = round(size * SMALL)
    font = f"font=\\fontsize{{{size}}}{{{size + 1}}}\\selectfont"
    lines = [
        f"\\begin{{tikzpicture}}[x={write_short(unit, 4)}pt,y=-{write_short(unit, 4)}pt,line width=0.5pt,",
        f"  every node/.style={{inner sep=0pt,outer sep=0pt,anchor=base,{font}}},",
        f"  tutor small/.style={{font=\\fontsize{{{small}}}{{{small + 1}}}\\selectfont}}]",
        *set_math_sizes(size, small),
        *(f"\\definecolor{{tutor{name}}}{{HTML}}{{{value}}}" for name, value in COLOURS.items()),
        f"\\path[use as bounding box] (0,0) rectangle {pair((drawing.width + 2 * _EDGE / unit, drawing.height + 2 * _EDGE / unit))};",
        f"\\begin{{scope}}[shift={{({write_short(_EDGE / unit)},{write_short(_EDGE / unit)})}}]",
        *(line for spoke in drawing.spokes for line in _edge(spoke, drawing.arrows, unit)),
        *(line for circle in drawing.circles for line in _circle(circle)),
    ]
    for x, y in drawing.dots:
        lines += [f"\\fill[tutorink] {pair((x, y + step * 0.55))} circle[radius=0.14];" for step in (-1, 0, 1)]
    for tag in drawing.tags:
        low, high = (tag.x - tag.w / 2, tag.y - tag.h / 2), (tag.x + tag.w / 2, tag.y + tag.h / 2)
        lines.append(f"\\fill[white] {pair(low)} rectangle {pair(high)};")
        lines.append(set_line(tag.words.latex, tag.x, tag.y + 0.25, "tutorink,tutor small"))
    for caption in drawing.captions:
        style = "tutorink" if caption.strong else "tutorink,tutor small"
        lines.append(set_line(caption.words.latex, caption.x, caption.y, style))
    return "\n".join([*lines, "\\end{scope}", "\\end{tikzpicture}"]) + "\n"


def _edge(spoke: Spoke, arrow: bool, unit: float) -> list[str]:
    style = "tutoredge,dashed" if spoke.bias else "tutoredge"
    lines = [f"\\draw[{style}] {pair((spoke.x1, spoke.y1))} -- {pair((spoke.x2, spoke.y2))};"]
    if arrow:
        dx, dy = spoke.x2 - spoke.x1, spoke.y2 - spoke.y1
        length = (dx * dx + dy * dy) ** 0.5
        ux, uy = dx / length * 5.5 / unit, dy / length * 5.5 / unit
        base = spoke.x2 - ux, spoke.y2 - uy
        corners = [(spoke.x2, spoke.y2), (base[0] - 0.4 * uy, base[1] + 0.4 * ux), (base[0] + 0.4 * uy, base[1] - 0.4 * ux)]
        lines.append("\\fill[tutoredge] " + " -- ".join(pair(corner) for corner in corners) + " -- cycle;")
    return lines


def _circle(circle: Circle) -> list[str]:
    role = _ROLES[circle.unit.kind]
    style = {"output": "line width=1pt,", "omitted": "dashed,"}.get(role, "")
    at = (circle.x, circle.y)
    lines = [f"\\draw[{style}draw=tutor{role}line,fill=tutor{role}] {pair(at)} circle[radius={write_short(circle.r, 3)}];"]
    if circle.value is None:
        lines.append(set_line(circle.symbol.latex, circle.x, circle.y + 0.26, "tutorink"))
    else:
        lines.append(set_line(circle.symbol.latex, circle.x, circle.y - 0.15, "tutorink"))
        lines.append(set_line(circle.value.latex, circle.x, circle.y + 1.0, "tutorvalue,tutor small"))
    return lines
