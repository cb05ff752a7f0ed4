"""The theme of a course, read from a small TOML file: what stands on every page, and its colour; unknown keys are refused.

    course = "Neural networks"        # at the top left of every page
    header = "Winter 2026"            # at the top right
    footer = "Institute of Learning"  # at the bottom left; the page's number is at its right
    accent = "#00509b"                # the colour of titles
    font = "sans"                     # or serif
    language = "de"                   # of its pages, where --lang does not say otherwise
    logo = "crest.png"                # in front of the course: a .png or .jpg beside the theme
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable

from tutor.errors import OutputError, Problems, hint_near
from tutor.explain.document import FONTS, Theme
from tutor.explain.words.languages import LANGUAGES
from tutor.text import make_visible

KEYS = ("course", "header", "footer", "accent", "font", "language", "logo")
LONGEST = 80
"""So many characters a line has."""
_PICTURE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(?:png|jpe?g)")
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""How a picture begins: PNG, JPEG."""
LARGEST = 1_000_000
"""A picture of more bytes is no logo."""
Beside = Callable[[str], bytes]
"""Reads a file that lies beside a theme, by its name; raises `OSError`."""
_NEAR = {"colour": "accent", "color": "accent", "lang": "language", "typeface": "font", "title": "course", "image": "logo"}
"""What a key may be called instead."""
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")


def read_theme(text: str, where: str = "", beside: Beside | None = None) -> Theme:
    """A theme from the text of its file; ``where`` is the file, ``beside`` reads a picture that lies there.

    Raises `Problems` with all faults at once: no TOML, a key that is not there, what is no text, a line that is too long, no colour, a font
    or a language that there is not, a logo that is no picture.

    >>> read_theme('course = "Neural networks"\\naccent = "#00509b"').accent
    '00509b'
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = OutputError(f"this is no TOML: {make_visible(str(error), 200)}", hint='write course = "Neural networks"')
        raise Problems([fault], where=where) from None
    faults: list[OutputError] = []
    image = b""
    for key, value in table.items():
        shown = make_visible(key)
        if key not in KEYS:
            near = hint_near(_NEAR.get(key, key), KEYS)
            faults.append(OutputError(f"a theme has no {shown}", hint=near or f"it has {', '.join(KEYS)}"))
        elif not isinstance(value, str):
            faults.append(OutputError(f"{shown} is a text", hint=f'write {shown} = "…"'))
        elif len(value) > LONGEST:
            faults.append(OutputError(f"{shown} has {len(value)} characters", hint=f"the limit is {LONGEST}"))
        elif key == "accent" and not _COLOUR.fullmatch(value):
            faults.append(OutputError(f"{make_visible(value)} is no colour", hint='write accent = "#00509b"'))
        elif key in _CHOICES and value not in _CHOICES[key]:
            hint = hint_near(value, _CHOICES[key]) or f"use {', '.join(_CHOICES[key])}"
            faults.append(OutputError(f"there is no {key} {make_visible(value)}", hint=hint))
        elif key == "logo":
            try:
                image = _read_picture(value, beside)
            except OutputError as fault:
                faults.append(fault)
    if faults:
        raise Problems(faults, where=where)
    return Theme(**{**table, "accent": table.get("accent", "").removeprefix("#").lower(), "image": image})


_CHOICES = {"font": FONTS, "language": tuple(LANGUAGES)}


def _read_picture(name: str, beside: Beside | None) -> bytes:
    """The picture of a logo, which lies beside the theme."""
    if not _PICTURE.fullmatch(name):
        raise OutputError(f"{make_visible(name)} is no name of a logo", hint="a .png or .jpg beside the theme, such as crest.png")
    if beside is None:
        raise OutputError("a logo has to lie beside the theme's file", hint="read the theme from its file, or leave logo out")
    try:
        image = beside(name)
    except OSError as error:
        raise OutputError(f"the logo {name} cannot be read: {error.strerror}", hint="it lies beside the theme") from None
    if not image.startswith(_BEGINNINGS) or len(image) > LARGEST:
        raise OutputError(f"{name} is no picture of at most {LARGEST // 1000} kB", hint="save it as PNG or JPEG")
    return image
