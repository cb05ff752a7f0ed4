"""What a drawing of a network consists of: columns of neurons, and the weights between them; no coordinates, no symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tutor.explain.words.drawn_words import ENGLISH_DRAWN, DrawnWords
from tutor.expression.nodes import Expr

UnitKind = Literal["input", "neuron", "output", "bias", "omitted"]
Place = tuple[int, int]
"""A column and a row in it, both from 0."""


@dataclass(frozen=True, slots=True)
class DiagramUnit:
    """A circle: an input, a neuron by the name of its output, a ``bias`` (the dummy input 1), or dots for those ``omitted``."""

    kind: UnitKind
    name: str = ""
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class DiagramColumn:
    """A layer: what is drawn of it, how many neurons it has altogether, and its activation as written (``leaky_relu(0.1)``)."""

    units: tuple[DiagramUnit, ...]
    size: int
    activation: str = ""

    @property
    def hidden(self) -> int:
        """How many of its neurons are not drawn."""
        return self.size - sum(unit.kind in ("input", "neuron", "output") for unit in self.units)


@dataclass(frozen=True, slots=True)
class Wire:
    """An edge between two places; its weight's name and value, where it has them."""

    source: Place
    target: Place
    weight: str = ""
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A network to draw: layers from left to right, inputs first.  ``weights`` counts those between two layers."""

    columns: tuple[DiagramColumn, ...]
    wires: tuple[Wire, ...]
    weights: tuple[int, ...]
    biases: int = 0
    words: DrawnWords = ENGLISH_DRAWN
