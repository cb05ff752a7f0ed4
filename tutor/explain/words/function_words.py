"""The phrases of the functions, in every language: ``functions.toml`` beside this file, one table a function.

A function is one row of numbers (`tutor.rules`) and one of words, so that to add one costs these two files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

PARTS: Mapping[str, str] = {
    "forward": "rules.FORWARD", "local": "rules.LOCAL", "subject": "marking.SUBJECTS",
    "kink": "rules.CONVENTIONS", "title": "charts.TITLES",
}  # fmt: skip
"""What is said of a function, and the table of phrases where that stands."""


@cache
def _read_table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads((Path(__file__).parent / "functions.toml").read_text("utf-8"))


def phrases_of(part: str, language: str = "en") -> dict[str, str]:
    """The phrases of all functions of one of the `PARTS`, by the functions' names.

    >>> phrases_of("subject")["sigmoid"], phrases_of("subject", "de")["sigmoid"]
    ('the sigmoid', 'die Sigmoidfunktion')
    """
    return {name: row[part][language] for name, row in _read_table().items() if language in row.get(part, {})}


def list_function_phrases(language: str) -> Iterator[tuple[str, str]]:
    """The phrases of a language by where they stand: ``rules.FORWARD.sigmoid``.

    >>> dict(list_function_phrases("de"))["rules.FORWARD.exp"]
    'Exponentialfunktion'
    """
    for part, table in PARTS.items():
        for name, phrase in phrases_of(part, language).items():
            yield f"{table}.{name}", phrase
