"""Where the circles, edges and words of a network stand: in em of its symbols, x to the right, y downwards.

A weight stands on its own edge, a third of the way from the neuron it comes from, and moves along the edge as far as is
needed: no two weights overlap, and as few other edges as possible run behind one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import hypot

from tutor.explain.diagram import Diagram, DiagramUnit, Place, Wire
from tutor.explain.network_table import is_linear, say_layer
from tutor.notation.profile import Notation
from tutor.render.latex.words import escape_label
from tutor.render.picture import label
from tutor.render.picture.label import Phrase
from tutor.text import fit_one_line

LABELLED = 4
"""Neurons in each of two layers up to which the edges between them carry their weights."""

SMALL = 0.9
"""Size of weights, captions and values, as a part of that of the symbols."""

LINE = 1.5
_HERE = "\ue002"
"""Where the number stands in a sentence (a private character)."""
_SLOTS = [0.16 + 0.02 * step for step in range(35)]
_FAVOURITE, _SWEEPS = 0.3, 8


@dataclass(frozen=True, slots=True)
class Circle:
    """A neuron, an input or the dummy 1: its middle, its radius, what stands in it."""

    x: float
    y: float
    r: float
    unit: DiagramUnit
    symbol: Phrase
    value: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A weight on an edge: the middle of its box, its width and height."""

    x: float
    y: float
    w: float
    h: float
    words: Phrase


@dataclass(frozen=True, slots=True)
class Spoke:
    """An edge, from circle to circle."""

    x1: float
    y1: float
    x2: float
    y2: float
    bias: bool = False

    def point_at(self, t: float) -> tuple[float, float]:
        """The point at a part of the way."""
        return self.x1 + (self.x2 - self.x1) * t, self.y1 + (self.y2 - self.y1) * t


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of words: its middle and its base line; ``strong`` for the name of a layer."""

    x: float
    y: float
    words: Phrase
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole network with coordinates.  ``dots`` are the middles of "⋮"; ``arrows`` says whether edges have heads."""

    width: float
    height: float
    circles: tuple[Circle, ...]
    spokes: tuple[Spoke, ...]
    tags: tuple[Tag, ...]
    dots: tuple[tuple[float, float], ...]
    captions: tuple[Caption, ...]
    arrows: bool


def arrange(diagram: Diagram, notation: Notation, em: Callable[[str], float], most_labelled: int = LABELLED) -> Drawing:
    """The drawing of a network; ``em`` measures a text in em of its own font.  Layers of up to ``most_labelled`` neurons have weights on
    the edges between them."""
    symbols = label.symbols(
        [*(u.name for c in diagram.columns for u in c.units if u.name), *(w.weight for w in diagram.wires if w.weight)],
        notation,
    )
    inside = {
        (layer, place): (_symbol(unit, symbols), label.value(unit.value, notation) if unit.value is not None else None)
        for layer, column in enumerate(diagram.columns) for place, unit in enumerate(column.units)
    }  # fmt: skip
    widths = [max(em(symbol.text), em(value.text) * SMALL if value else 0.0) for symbol, value in inside.values()]
    radius = max(max(widths) / 2 + 0.5, 1.8 if any(value for _, value in inside.values()) else 1.45)
    words = [_words(wire, symbols, notation) for wire in diagram.wires]
    labelled = [max(a.size, b.size) <= most_labelled for a, b in pairwise(diagram.columns)]
    captions = [_captions(diagram, layer, notation) for layer in range(len(diagram.columns))]
    tagged = [em(phrase.text) * SMALL for phrase, wire in zip(words, diagram.wires, strict=True) if labelled[wire.source[0]]]
    places, width, height = _places(diagram, labelled, captions, max(tagged, default=0.0), radius, em)

    spokes = [_make_spoke(places, wire, radius, diagram) for wire in diagram.wires]
    tags: list[Tag] = []
    for layer, on in enumerate(labelled):
        if on:
            chosen = [place for place, wire in enumerate(diagram.wires) if wire.source[0] == layer]
            tags += _tags([spokes[place] for place in chosen], [words[place] for place in chosen], em)
    circles = []
    dots = []
    for layer, column in enumerate(diagram.columns):
        for place, unit in enumerate(column.units):
            at = places[layer, place]
            if unit.kind == "omitted":
                dots.append(at)
            else:
                circles.append(Circle(*at, radius, unit, *inside[layer, place]))
    below = height + 2.1
    said = [Caption(places[layer, 0][0], below + LINE * line, phrase, strong=line == 0)
            for layer, lines in enumerate(captions) for line, phrase in enumerate(lines)]  # fmt: skip
    bottom = below + LINE * (max(len(lines) for lines in captions) - 1) + 2.0
    total = _total(diagram)
    said.append(Caption(width / 2, bottom, total))
    drawing = Drawing(
        width, bottom + 0.5, tuple(circles), tuple(spokes), tuple(tags), tuple(dots), tuple(said), any(labelled)
    )
    shift = (em(total.text) * SMALL - width) / 2
    return _move_right(drawing, shift) if shift > 0 else drawing


def _places(
    diagram: Diagram, labelled: Sequence[bool], captions: Sequence[Sequence[Phrase]], tag: float, radius: float,
    em: Callable[[str], float],
) -> tuple[dict[Place, tuple[float, float]], float, float]:  # fmt: skip
    """The middles of the circles, and the width and height of it all: the more edges carry weights, the more room."""
    busy = max([len(a.units) + len(b.units) for (a, b), on in zip(pairwise(diagram.columns), labelled, strict=True) if on],
               default=0)  # fmt: skip
    row = 2 * radius + (1.5 + 0.28 * busy if busy else 0.9)
    spans = [max(em(phrase.text) * (SMALL if line else 1.06) for line, phrase in enumerate(lines)) for lines in captions]
    xs = [0.0]
    for layer, on in enumerate(labelled):
        gap = 2 * radius + (max(6.5, tag * 2.2 + 0.55 * busy + 1.5) if on else 7.0)
        xs.append(xs[-1] + max(gap, (spans[layer] + spans[layer + 1]) / 2 + 1.5))
    left = max(radius, *(span / 2 - x for span, x in zip(spans, xs, strict=True)))
    right = max(radius, *(span / 2 - (xs[-1] - x) for span, x in zip(spans, xs, strict=True)))
    height = (max(len(column.units) for column in diagram.columns) - 1) * row + 2 * radius
    places: dict[Place, tuple[float, float]] = {}
    for layer, column in enumerate(diagram.columns):
        top = (height - (len(column.units) - 1) * row) / 2
        places |= {(layer, place): (left + xs[layer], top + row * place) for place in range(len(column.units))}
    return places, left + xs[-1] + right, height


def _move_right(drawing: Drawing, shift: float) -> Drawing:
    """Further to the right, with as much more room there."""
    return replace(
        drawing, width=drawing.width + 2 * shift,
        circles=tuple(replace(circle, x=circle.x + shift) for circle in drawing.circles),
        spokes=tuple(replace(spoke, x1=spoke.x1 + shift, x2=spoke.x2 + shift) for spoke in drawing.spokes),
        tags=tuple(replace(tag, x=tag.x + shift) for tag in drawing.tags),
        dots=tuple((x + shift, y) for x, y in drawing.dots),
        captions=tuple(replace(caption, x=caption.x + shift) for caption in drawing.captions),
    )  # fmt: skip


def _symbol(unit: DiagramUnit, symbols: dict[str, Phrase]) -> Phrase:
    if unit.kind == "bias":
        return Phrase("1", "$1$")
    return symbols.get(unit.name, Phrase("", ""))


def _words(wire: Wire, symbols: dict[str, Phrase], notation: Notation) -> Phrase:
    """What stands on an edge: the weight's value, or its symbol."""
    if wire.value is not None:
        return label.value(wire.value, notation)
    return symbols.get(wire.weight, Phrase("", ""))


def _captions(diagram: Diagram, layer: int, notation: Notation) -> list[Phrase]:
    column, words = diagram.columns[layer], diagram.words
    said, size = say_layer(diagram, layer)
    name = label.write_words(said)
    lines = [Phrase(name.text, f"\\textbf{{{name.latex}}}"), label.write_words(size)]
    if column.hidden:
        lines.append(label.write_words(words.NOT_DRAWN.format(count=column.hidden)))
    if column.activation:
        head, bracket, more = column.activation.partition("(")
        symbol = label.function(head, notation)
        number = fit_one_line(bracket + more)
        function = Phrase(symbol.text + number, symbol.latex + escape_label(number))
        lines.append(label.write_words(words.LINEAR) if is_linear(column) else function)
    return lines


def _total(diagram: Diagram) -> Phrase:
    """How many weights there are, and how that is counted."""
    sizes = [column.size for column in diagram.columns]
    full = all(count == a * b for count, (a, b) in zip(diagram.weights, pairwise(sizes), strict=True))
    total = sum(diagram.weights)
    words = diagram.words
    counted = words.grammar.choose(words.WEIGHTS, total).format(count=_HERE)
    biased = words.grammar.choose(words.WITH_BIASES, diagram.biases) if diagram.biases else words.NO_BIASES
    write = words.grammar.write_count
    phrase = label.write_words(write(total))
    if full:
        shown = " + ".join(f"{write(a)} × {write(b)}" for a, b in pairwise(sizes)) + f" = {write(total)}"
        signs = {"×": "\\times", ",": "{,}", "\N{NARROW NO-BREAK SPACE}": "\\,"}
        phrase = Phrase(shown, "$" + "".join(signs.get(sign, sign) for sign in shown) + "$")
    return label.put_in(biased.format(weights=counted, count=diagram.biases), _HERE, phrase)


def _make_spoke(places: dict[Place, tuple[float, float]], wire: Wire, radius: float, diagram: Diagram) -> Spoke:
    (x1, y1), (x2, y2) = places[wire.source], places[wire.target]
    length = hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / length * radius, (y2 - y1) / length * radius
    source = diagram.columns[wire.source[0]].units[wire.source[1]]
    return Spoke(x1 + dx, y1 + dy, x2 - dx, y2 - dy, source.kind == "bias")


# ------------------------------------------------------------------------------------------------------- weights on edges


def _tags(spokes: Sequence[Spoke], words: Sequence[Phrase], em: Callable[[str], float]) -> list[Tag]:
    """A tag on each of the edges between two layers; each looks for its best place until all are content."""
    sizes = [(em(phrase.text) * SMALL + 0.3, 1.25) for phrase in words]
    chosen = [_FAVOURITE] * len(spokes)
    for _ in range(_SWEEPS):
        before = list(chosen)
        for own in range(len(spokes)):
            chosen[own] = min(_SLOTS, key=lambda t, own=own: _cost(own, t, chosen, spokes, sizes))  # type: ignore[misc]
        if chosen == before:
            break
    return [Tag(*spoke.point_at(t), *size, phrase)
            for spoke, t, size, phrase in zip(spokes, chosen, sizes, words, strict=True) if phrase.text]  # fmt: skip


def _cost(own: int, t: float, chosen: Sequence[float], spokes: Sequence[Spoke], sizes: Sequence[tuple[float, float]]) -> float:
    """How bad a place is: other tags under it, other edges behind it, the distance from where it is expected."""
    x, y = spokes[own].point_at(t)
    w, h = sizes[own]
    cost = abs(t - _FAVOURITE)
    for other, spoke in enumerate(spokes):
        if other == own:
            continue
        u, v = spoke.point_at(chosen[other])
        across = (w + sizes[other][0]) / 2 + 0.1 - abs(x - u)
        up = (h + sizes[other][1]) / 2 + 0.05 - abs(y - v)
        if across > 0 and up > 0:
            cost += 20 + 10 * across * up
        cost += 1.5 * _measure_covered(spoke, x, y, w, h)
    return round(cost, 9)


def _measure_covered(spoke: Spoke, x: float, y: float, w: float, h: float) -> float:
    """How much of an edge lies behind a box, in em."""
    slope = (spoke.y2 - spoke.y1) / (spoke.x2 - spoke.x1)
    low, high = max(x - w / 2, spoke.x1), min(x + w / 2, spoke.x2)
    if slope == 0:
        return max(high - low, 0.0) if abs(spoke.y1 - y) < h / 2 else 0.0
    ends = sorted((spoke.x1 + (y + side * h / 2 - spoke.y1) / slope) for side in (-1, 1))
    return max(min(high, ends[1]) - max(low, ends[0]), 0.0)


def list_overlapping(drawing: Drawing) -> list[tuple[str, str]]:
    """The weights that lie on each other, for tests: there should be none."""
    return [(a.words.text, b.words.text) for a, b in combinations(drawing.tags, 2)
            if abs(a.x - b.x) < (a.w + b.w) / 2 - 1e-9 and abs(a.y - b.y) < (a.h + b.h) / 2 - 1e-9]  # fmt: skip
