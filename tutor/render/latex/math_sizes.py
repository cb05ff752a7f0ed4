r"""How small mathematics may become: no index is set in letters of less than seven points.

LaTeX sets an index of an index at 5 points, and any index beside small type at 5 or 6, which nobody reads from a printed page.
"""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 7
"""Points; no letter of a page or a picture is smaller."""
BASE = LEAST + 1
"""Points; no letter of a picture is smaller that may have an index, which has to look smaller than what it belongs to."""

_SIZES: Mapping[str, tuple[int, int]] = {
    "7": (7, 7), "8": (7, 7), "9": (7, 7), "10": (7, 7), "10.95": (8, 7), "12": (8, 7), "14.4": (10, 7), "17.28": (12, 9),
}  # fmt: skip
"""Sizes of type in points, each with those of an index in it and of an index of an index."""


def write_math_sizes() -> str:
    r"""The sizes of indices as a part of a preamble.

    >>> write_math_sizes().splitlines()[1]
    '\\DeclareMathSizes{8}{8}{7}{7}'
    """
    return "".join(f"\\DeclareMathSizes{{{size}}}{{{size}}}{{{script}}}{{{second}}}\n" for size, (script, second) in _SIZES.items())


def set_math_sizes(*sizes: int) -> list[str]:
    r"""The same for some sizes within a group of a document that is not ours: lines without ``#``, ``%`` and ``@``, which work anywhere.

    >>> set_math_sizes(9)[0].partition("{")[0]
    '\\expandafter\\def\\csname S@9\\endcsname'
    """
    lines = []
    for size in dict.fromkeys(sizes):
        script, second = _SIZES[str(size)]
        points = {"tf": size, "sf": script, "ssf": second}
        own = "".join(f"\\expandafter\\gdef\\csname {name}@size\\endcsname{{{value}}}" for name, value in points.items())
        lines.append(f"\\expandafter\\def\\csname S@{size}\\endcsname{{{own}\\csname math@fontstrue\\endcsname}}")
    return lines
