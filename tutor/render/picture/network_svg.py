"""A network as an SVG file that stands alone: circles in columns, weights on the edges, light or dark as the reader's setting.

Inputs are plain circles, outputs have a thick line, the dummy input 1 is dashed: colour is never needed.
"""

from __future__ import annotations

from tutor.explain.diagram import Diagram
from tutor.notation.profile import Notation
from tutor.render.picture import label
from tutor.render.picture.network_layout import SMALL, Circle, Drawing, Spoke, arrange
from tutor.render.picture.svg import TITLE, group, page, set_line, shorten
from tutor.text import fit_one_line

_ROLES = {"input": "input", "neuron": "operation", "output": "output", "bias": "omitted"}


def network_svg(diagram: Diagram, notation: Notation, *, alone: bool = True) -> str:
    """The drawing as the text of an SVG file; lengths are pixels.  One not ``alone`` is put into a page that has `NETWORK_STYLE`."""
    drawing = arrange(diagram, notation, label.em)
    body = [
        *group("tg-edges", [_edge(spoke, drawing.arrows) for spoke in drawing.spokes]),
        *group("tg-circles", [line for circle in drawing.circles for line in _circle(circle)]),
        *group("tg-dots", [_dots(x, y) for x, y in drawing.dots]),
        *group("tg-weights", [line for tag in drawing.tags for line in _tag(tag.x, tag.y, tag.w, tag.h, tag.words)]),
        *group("tg-captions", _captions(drawing)),
    ]
    own = [f"<style>{NETWORK_STYLE}</style>"] if alone else []
    return page([*own, *body], drawing.width * TITLE + 32, drawing.height * TITLE + 32, *_describe(diagram),
                diagram.words.grammar.language, alone=alone)  # fmt: skip


NETWORK_STYLE = f"""
.tutor-graph .tg-weight{{font-size:{shorten(TITLE * SMALL)}px}}
.tutor-graph .tg-layer{{font-weight:bold;font-size:{shorten(TITLE)}px}}
.tutor-graph .tg-small{{font-size:{shorten(TITLE * SMALL)}px}}
.tg-dot{{fill:#111827;fill:var(--tg-ink)}}
.tg-bias-edge{{stroke-dasharray:5 3}}
"""


def _edge(spoke: Spoke, arrow: bool) -> str:
    x1, y1, x2, y2 = (value * TITLE for value in (spoke.x1, spoke.y1, spoke.x2, spoke.y2))
    style = "tg-edge tg-bias-edge" if spoke.bias else "tg-edge"
    line = f'<path class="{style}" d="M{shorten(x1)} {shorten(y1)} L{shorten(x2)} {shorten(y2)}"/>'
    if not arrow:
        return line
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bx, by = x2 - 8 * ux, y2 - 8 * uy
    corners = [(x2, y2), (bx - 3.5 * uy, by + 3.5 * ux), (bx + 3.5 * uy, by - 3.5 * ux)]
    head = " L".join(f"{shorten(x)} {shorten(y)}" for x, y in corners)
    return f'{line}<path class="tg-head" d="M{head} Z"/>'


def _circle(circle: Circle) -> list[str]:
    x, y = circle.x * TITLE, circle.y * TITLE
    lines = [f'<circle class="tg-{_ROLES[circle.unit.kind]}" cx="{shorten(x)}" cy="{shorten(y)}" r="{shorten(circle.r * TITLE)}"/>']
    if circle.value is None:
        lines.append(set_line(circle.symbol, x, y + 4.5, "tg-title"))
    else:
        lines.append(set_line(circle.symbol, x, y - 2.5, "tg-title"))
        lines.append(set_line(circle.value, x, y + 14.5, "tg-value tg-small"))
    return lines


def _tag(x: float, y: float, w: float, h: float, words: label.Phrase) -> list[str]:
    x, y, w, h = (value * TITLE for value in (x, y, w, h))
    box = f'x="{shorten(x - w / 2)}" y="{shorten(y - h / 2)}" width="{shorten(w)}" height="{shorten(h)}"'
    return [f'<rect class="tg-behind" {box} rx="3"/>', set_line(words, x, y + 4.0, "tg-weight")]


def _dots(x: float, y: float) -> str:
    return "".join(
        f'<circle class="tg-dot" cx="{shorten(x * TITLE)}" cy="{shorten((y + step * 0.55) * TITLE)}" r="2.2"/>' for step in (-1, 0, 1)
    )


def _captions(drawing: Drawing) -> list[str]:
    return [set_line(caption.words, caption.x * TITLE, caption.y * TITLE, "tg-layer" if caption.strong else "tg-small")
            for caption in drawing.captions]  # fmt: skip


def _describe(diagram: Diagram) -> tuple[str, str]:
    sizes = "-".join(str(column.size) for column in diagram.columns)
    names = [", ".join(fit_one_line(unit.name) for unit in column.units if unit.name) for column in diagram.columns]
    numbered = enumerate(zip(diagram.columns, names, strict=True))
    words = diagram.words
    layers = "; ".join(words.LAYER.format(number=layer, count=column.size, names=said) for layer, (column, said) in numbered)
    about = words.NETWORK_ABOUT.format(layers=layers, weights=sum(diagram.weights), biases=diagram.biases)
    return words.NETWORK.format(sizes=sizes), about
