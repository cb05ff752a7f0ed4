"""Whatever a figure shows as SVG: a graph or a network."""

from __future__ import annotations

from tutor.explain.diagram import Diagram
from tutor.explain.document import Picture
from tutor.notation.profile import Notation
from tutor.render.picture.network_svg import network_svg
from tutor.render.picture.svg import svg


def draw_picture(picture: Picture | Diagram, notation: Notation) -> str:
    """The text of an SVG file."""
    return network_svg(picture, notation) if isinstance(picture, Diagram) else svg(picture, notation)
