r"""How a part for somebody's own document is set: how wide its lines are, and how its equations are referred to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutor.errors import OutputError
from tutor.text import make_visible

WIDTH_CM = 12.0
"""The width of a line that a part expects: it fits the standard classes, and exam, at ten, eleven and twelve points."""
LEAST_CM, MOST_CM = 6.0, 40.0
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

    def write_labels(self, numbers: list[int]) -> str:
        r"""What lets equations be referred to by their numbers; names of TeX's own are spelt, so that it can stand in a frame of beamer.

        >>> FragmentStyle("xor").write_labels([3])
        '{\\expandafter\\def\\csname @currentlabel\\endcsname{3}\\label{xor:3}}'
        """
        if not self.prefix:
            return ""
        named = "\\expandafter\\def\\csname @currentlabel\\endcsname"
        return "".join(f"{{{named}{{{number}}}\\label{{{self.prefix}:{number}}}}}" for number in numbers)
