"""Whatever a figure shows as SVG: a graph or a network."""

from __future__ import annotations

from tutor.explain.diagram import Diagram
from tutor.explain.document import Picture
from tutor.notation.profile import Notation
from tutor.render.picture.network_svg import NETWORK_STYLE, network_svg
from tutor.render.picture.svg import PICTURE_STYLE, svg

PICTURES_STYLE = PICTURE_STYLE + NETWORK_STYLE
"""The rules of a page that has pictures within it."""


def draw_picture(picture: Picture | Diagram, notation: Notation, *, alone: bool = True) -> str:
    """The text of an SVG file; one that is not ``alone`` is put into a page that has `PICTURES_STYLE`."""
    return network_svg(picture, notation, alone=alone) if isinstance(picture, Diagram) else svg(picture, notation, alone=alone)
