"""The font of mathematics on HTML pages, which is shipped: a part of Latin Modern Math; its licence stands beside it.

`docs/make_maths_font.py` makes the file.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "tutor-maths.woff2"
"""The file, for a server of one's own."""


@cache
def write_font_rule(url: str = "") -> str:
    """The CSS that makes the font known: from ``url``, or with the font in it, so that a page stands alone.

    >>> write_font_rule("/static/tutor-maths.woff2")
    "@font-face { font-family: 'Tutor Maths'; src: url('/static/tutor-maths.woff2') format('woff2'); font-display: block; }"
    """
    source = url or f"data:font/woff2;base64,{b64encode(FONT.read_bytes()).decode()}"
    return f"@font-face {{ font-family: 'Tutor Maths'; src: url('{source}') format('woff2'); font-display: block; }}"
