"""How many words a program has, before Python's parser is given it: what that takes depends on them, and not on characters."""

from __future__ import annotations

import re

MAX_WORDS = 15_000
"""Names, numbers, signs, texts and comments, each one word; a file of 300 lines has some 4,000.  Python's parser takes 2–4 µs for each."""
_LONG = r"{q}{q}{q}[^{q}\\]*(?:(?:\\.|{q}(?!{q}{q}))[^{q}\\]*)*(?:{q}{q}{q}|\Z)|{q}(?:[^{q}\\\n]|\\.)*{q}?"
_WORD = re.compile("|".join([*(_LONG.replace("{q}", quote) for quote in ("'", '"')), r"#[^\n]*", r"\w+", r"[^\w\s]"]), re.DOTALL)
"""A text that does not end goes to its line's or the file's end: no place is looked at twice."""
_FIELD = 3
"""What a brace in a text weighs in words: Python's parser reads each field of an f-string by itself."""


def has_more_words(text: str, limit: int) -> bool:
    """Whether a text has more words than Python's parser should be given; that is known after so many, however long it is.

    >>> has_more_words("x = f'{y}'", 7), has_more_words("x = f'{y}'", 6)
    (False, True)
    """
    count = 0
    for found in _WORD.finditer(text):
        word = found[0]
        count += 1 + _FIELD * word.count("{") if word[0] in "'\"" else 1
        if count > limit:
            return True
    return False
