r"""How a part for somebody's own document is set: how wide its lines are, and how its equations are referred to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.errors import OutputError
from tutor.text import make_visible

WIDTH_CM = 12.0
"""The width of a line that a part expects: it fits the standard classes, and exam, at ten, eleven and twelve points."""
LEAST_CM, MOST_CM = 6.0, 40.0
FRAME = 4.0
"""So many lines are never parted: a part has to go into frames of ten."""
_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9:/.-]{0,60}")


@dataclass(frozen=True, slots=True)
class FragmentStyle:
    r"""A part of a document.

    ``prefix`` begins the labels of its numbered equations: equation 3 of "xor" is ``\ref{xor:3}``; without one they have none, so that
    two parts never have the same.  ``width_cm`` is how wide a line is (a frame of beamer: 10).  ``named`` shows the exercise's id.

    Raises `OutputError` for a prefix or a width that TeX could not take.
    """

    prefix: str = ""
    width_cm: float = WIDTH_CM
    named: bool = False

    def __post_init__(self) -> None:
        if self.prefix and not _PREFIX.fullmatch(self.prefix):
            raise OutputError(f"{make_visible(self.prefix, 40)} cannot begin a label", hint="letters, digits and : / . - only, such as xor")
        if not LEAST_CM <= self.width_cm <= MOST_CM:
            raise OutputError(f"a line of {self.width_cm:g} cm", hint=f"from {LEAST_CM:g} to {MOST_CM:g} cm; a frame of beamer has 10")

    @staticmethod
    def hold_picture(drawn: str) -> str:
        r"""A picture that is made smaller where the document has no line so wide, or no page so high (a frame of beamer)."""
        return (
            f"\\setbox0\\hbox{{{drawn.strip()}}}%\n"
            "\\ifdim\\wd0>\\linewidth\\setbox0\\hbox{\\resizebox{\\linewidth}{!}{\\box0}}\\fi\n"
            "\\ifdim\\ht0>.8\\textheight\\setbox0\\hbox{\\resizebox{!}{.8\\textheight}{\\box0}}\\fi\n"
            "\\box0"
        )

    def write_label(self, number: int | None) -> str:
        r"""What lets an equation be referred to by its number, in front of its left side.

        Names of TeX's own are spelt, so that it can stand in a frame of beamer; amsmath's ``\label`` would refer to the whole tag.

        >>> FragmentStyle("xor").write_label(3)
        '{\\expandafter\\def\\csname @currentlabel\\endcsname{3}\\csname ltx@label\\endcsname{xor:3}}'
        """
        if not self.prefix or number is None:
            return ""
        return f"{{\\expandafter\\def\\csname @currentlabel\\endcsname{{{number}}}\\csname ltx@label\\endcsname{{{self.prefix}:{number}}}}}"
