r"""Pictures of a page for LaTeX: as low as all of one has room, on its side on a page of its own, or in parts.

No letter is smaller than 8 points, and no index than 7.
"""

from __future__ import annotations

from tutor.explain.diagram import Diagram
from tutor.explain.document import Figure, Sentence
from tutor.explain.network_table import list_layers
from tutor.explain.picture_parts import caption_parts, split_picture
from tutor.notation.profile import Notation
from tutor.render.latex.fragments import FragmentStyle
from tutor.render.latex.page_ends import FLOAT
from tutor.render.latex.sentences import Phrases
from tutor.render.latex.tables import set_table
from tutor.render.picture.network_tikz import fit_network
from tutor.render.picture.picture_room import PictureRoom
from tutor.render.picture.tikz import fit_alike, fit_picture, fit_whole

_HEIGHTS = (5.0, 6.5, 8.2, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0)  # how high a picture may be, in cm: the lowest that shows everything
_SIDEWAYS = (25.0, 16.5)  # and how wide and high on a page of its own, on its side


def set_figure(
    block: Figure, notation: Notation, phrases: Phrases, width_cm: float, line: float, *, floats: bool, style: FragmentStyle | None
) -> str:
    """A picture with its caption, ``line`` em wide; with ``floats`` one too large for the text has a page of its own, on its side."""
    upright = [PictureRoom(width_cm, height) for height in _HEIGHTS]
    turned = [PictureRoom(*_SIDEWAYS, turned=True)] if floats else []
    rooms = [*upright, *turned]
    picture = block.picture
    if isinstance(picture, Diagram):
        placed = fit_network(picture, notation, upright[-1:] + turned)
        if placed is None:
            return set_table(list_layers(picture, block.caption), phrases, line)
    else:
        placed = fit_whole(picture, notation, rooms)
        parts = split_picture(picture) if placed is None else ()
        if len(parts) > 1:
            told = zip(fit_alike(parts, notation, upright), caption_parts(parts, block.caption), strict=True)
            return "\n".join(_set_upright(drawn, caption, phrases, style) for drawn, caption in told)
        placed = placed or fit_picture(picture, notation, rooms)
    drawn, room = placed
    if not room.turned:
        return _set_upright(drawn, block.caption, phrases, style)
    below = _set_caption(block.caption, phrases)
    return f"{FLOAT}\\centering\n\\rotatebox{{90}}{{%\n{drawn.rstrip()}}}{below}\n\\end{{figure}}"


def _set_upright(drawn: str, caption: Sentence, phrases: Phrases, style: FragmentStyle | None) -> str:
    held = style.hold_picture(drawn) if style is not None else drawn
    return f"\\par\\medskip\n{{\\centering\\noindent\n{held}{_set_caption(caption, phrases)}\n\\par}}\\medskip"


def _set_caption(caption: Sentence, phrases: Phrases) -> str:
    return f"\n\\par\\nopagebreak\\smallskip{{\\footnotesize {phrases.latex(caption)}\\par}}" if caption else ""

