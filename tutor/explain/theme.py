"""The theme of a course, read from a small TOML file: what stands on every page, and its colour; unknown keys are refused.

    course = "Neural networks"        # at the top left of every page
    header = "Winter 2026"            # at the top right
    footer = "Institute of Learning"  # at the bottom left; the page's number is at its right
    accent = "#00509b"                # the colour of titles
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields

from tutor.errors import OutputError, Problems, hint_near
from tutor.explain.document import Theme
from tutor.text import make_visible

KEYS = tuple(field.name for field in fields(Theme))
LONGEST = 80
"""So many characters a line has."""
_MEANT = {"colour": "accent", "color": "accent", "title": "course"}
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")


def read_theme(text: str, where: str = "") -> Theme:
    """A theme from the text of its file; ``where`` is the file.

    Raises `Problems` with all faults at once: no TOML, a key that is not there, what is no text, a line that is too long, no colour.

    >>> read_theme('course = "Neural networks"\\naccent = "#00509b"').accent
    '00509b'
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = OutputError(f"this is no TOML: {make_visible(str(error), 200)}", hint='write course = "Neural networks"')
        raise Problems([fault], where=where) from None
    faults: list[OutputError] = []
    for key, value in table.items():
        shown = make_visible(key)
        if key not in KEYS:
            faults.append(OutputError(f"a theme has no {shown}", hint=hint_near(_MEANT.get(key.lower(), key), KEYS) or f"it has {', '.join(KEYS)}"))
        elif not isinstance(value, str):
            faults.append(OutputError(f"{shown} is a text", hint=f'write {shown} = "…"'))
        elif len(value) > LONGEST:
            faults.append(OutputError(f"{shown} has {len(value)} characters", hint=f"the limit is {LONGEST}"))
        elif key == "accent" and not _COLOUR.fullmatch(value):
            faults.append(OutputError(f"{make_visible(value)} is no colour", hint='write accent = "#00509b"'))
    if faults:
        raise Problems(faults, where=where)
    return Theme(**{**table, "accent": table.get("accent", "").removeprefix("#").lower()})
