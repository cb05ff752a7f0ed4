"""The places that a page has for a picture."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.render.latex.math_sizes import BASE


@dataclass(frozen=True, slots=True)
class PictureRoom:
    """A place for a picture, in cm, with the least size of letters there, in points; a ``turned`` one is a page on its side."""

    width: float
    height: float
    letters: int = BASE
    turned: bool = False
