"""What stands below the sign or the name of what slides: stride, padding, dilation and groups, s=2, p=1, of each axis its own, s=2×1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.expression.nodes import Expr
from tutor.rules.layer_row import MOST_ALIKE

if TYPE_CHECKING:
    from tutor.render.maths import Writer


def write_window(writer: Writer, settings: Sequence[Expr]) -> str:
    """The window of a pooling, its stride where that is another, and its padding.

    >>> from tutor.expression.nodes import Number
    >>> from tutor.notation.profile import notation
    >>> from tutor.render.maths import TEXT, Writer
    >>> write_window(Writer(TEXT, notation("plain")), [Number(text) for text in "322110"])
    '3×2, s=2×1, p=1×0'
    """
    size, *more = _take_together(writer, [writer.show(part) for part in settings], 3)
    stride = "" if not more or more[0] == size else f", s={more[0]}"
    return f"{size}{stride}" + (f", p={more[1]}" if len(more) > 1 and more[1] != "0" else "")


def write_slide(writer: Writer, settings: Sequence[Expr]) -> str:
    """The stride, the padding, the dilation and the groups that are not the usual ones."""
    parts = [writer.show(part) for part in settings]
    return _name_settings(_take_together(writer, parts, 3) if len(parts) > MOST_ALIKE else parts, "spdg")


def write_slide_back(writer: Writer, settings: Sequence[Expr]) -> str:
    """The same behind a size for each axis."""
    axes = len(settings) - MOST_ALIKE if len(settings) < 2 * MOST_ALIKE else (len(settings) - 1) // MOST_ALIKE
    return write_slide(writer, settings[axes:])


def write_stride(writer: Writer, settings: Sequence[Expr], letter: str = "s") -> str:
    """What differs from a stride of 1 without padding; ``d`` is how far apart the entries of an upstream gradient are set."""
    return write_slide(writer, settings) if letter == "s" else _name_settings([writer.show(part) for part in settings[-2:]], f"{letter}p")


def _take_together(writer: Writer, parts: list[str], settings: int) -> list[str]:
    """Settings that each axis has its own of as one, 2×1; behind them may stand one that all axes share."""
    axes = len(parts) // settings
    if axes < 2:
        return parts
    cross = " \\times " if writer.style.markup else "×"
    together = [parts[place * axes : (place + 1) * axes] for place in range(settings)]
    return [own[0] if len(set(own)) == 1 else cross.join(own) for own in together] + parts[settings * axes :]


def _name_settings(parts: Sequence[str], letters: str) -> str:
    return ", ".join(f"{name}={value}" for name, value, usual in zip(letters, parts, "1011", strict=False) if value != usual)
