"""Pages as HTML: templates with the words of a language.  A template has the places of things; it has no sentence of its own.

What workers send is HTML that is escaped already (`tutor.web.lesson_page`); everything else is escaped by the template.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tutor.explain.words.languages import find_wording
from tutor.text import blank_invisible
from tutor.version import VERSION

FOLDER = Path(__file__).parent
STATIC: Mapping[str, str] = {"site.css": "text/css", "site.js": "text/javascript", "icon.svg": "image/svg+xml"}
"""Files of one's own, with what they are."""
FONT_NAME = "tutor-maths.woff2"


@cache
def _load_templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["ready"] = Markup
    made.filters["shown"] = blank_invisible
    return made


def fill_page(template: str, language: str, **places: Any) -> str:
    """A page: a template filled in, in the words of a language."""
    words = find_wording(language)
    html: str = _load_templates().get_template(template).render(
        say=words.web, practice=words.practice, grammar=words.rules.grammar, language=language, version=VERSION, **places,
    )  # fmt: skip
    return html


@cache
def read_static(name: str) -> bytes | None:
    """A file of the pages: of one's own, or the style and the font of all documents; None for one that is not there."""
    if name in STATIC:
        return (FOLDER / "static" / name).read_bytes()
    if name == "page.css":
        from tutor.render.html_page import write_style

        return write_style(f"/static/{FONT_NAME}?v={VERSION}").encode()
    if name == FONT_NAME:
        from tutor.render.maths_font import FONT

        return FONT.read_bytes()
    return None


def find_kind(name: str) -> str:
    """What a file of the pages is, for its header."""
    return STATIC.get(name) or ("text/css" if name.endswith(".css") else "font/woff2")
