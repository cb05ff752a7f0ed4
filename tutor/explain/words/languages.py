"""The languages that pages can be written in: English, and for each other one a folder of phrases that is read when somebody asks for it.

The folder is called like the language (``de``) and has a file a topic (``rules.toml``), with each phrase where the English one stands;
the phrases of functions stand in ``functions.toml``, with those of every language.
Numbers are written alike in every language, with a decimal point: what is printed is copied into answers, claims and programs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tutor.errors import TutorError, hint_near
from tutor.explain.words.function_words import list_function_phrases
from tutor.explain.words.sentence_grammar import Grammar
from tutor.explain.words.wording import ENGLISH, TOPICS, Wording
from tutor.text import make_visible


class GermanGrammar(Grammar):
    """German makes its sentences as English does: what is otherwise stands in its phrases, which have nouns with their capital letter."""

    language = "de"

    def write_count(self, count: int) -> str:
        """How many there are; a comma would be read as a decimal one, so that large counts have thin spaces.

        >>> GermanGrammar().write_count(1234), GermanGrammar().write_count(12345) == "12\\N{NARROW NO-BREAK SPACE}345"
        ('1234', True)
        """
        return str(count) if count < 10_000 else f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


@dataclass(frozen=True, slots=True)
class Language:
    """A language that comes with tutor: what it is called in itself, and how it makes sentences of its phrases."""

    title: str
    grammar: Grammar


LANGUAGES: Mapping[str, Language] = {
    "en": Language("English", Grammar()),
    "de": Language("Deutsch", GermanGrammar()),
}
"""The languages by their codes."""


@cache
def find_wording(code: str) -> Wording:
    """The words of a language by its code; raises `TutorError` for one that is not there.

    >>> find_wording("de").rules.gradient("chain rule"), find_wording("en") is ENGLISH
    ('Kettenregel', True)
    """
    if code not in LANGUAGES:
        known = ", ".join(f"{name} ({row.title})" for name, row in LANGUAGES.items())
        near = hint_near(code, LANGUAGES)
        raise TutorError(f"there is no language {make_visible(code, 40)}", hint=f"{f'{near}; ' if near else ''}these are: {known}")
    return ENGLISH if code == ENGLISH.language else Wording(read_phrases(code), LANGUAGES[code].grammar)


def read_phrases(code: str) -> dict[str, str]:
    """The phrases of a language's folder, by where each stands.

    >>> read_phrases("de")["pages.STEPS.1"]
    'Schritte {numbers}'
    """
    found: dict[str, str] = dict(list_function_phrases(code))
    for topic in TOPICS:
        text = (Path(__file__).parent / code / f"{topic}.toml").read_text("utf-8")
        found.update(_list_phrases(topic, tomllib.loads(text)))
    return found


def _list_phrases(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    else:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _list_phrases(f"{where}.{key}", inner)


def require_wording(words: object, own: str = "") -> Wording:
    """The words themselves, or those of a language by its code (``"de"``); of None those of the language ``own``, else English.

    ``own`` is the ``language`` of an exercise file.  Raises `TutorError` for a language that is not there, and for anything else.

    >>> require_wording("de").language, require_wording(None).language, require_wording(ENGLISH, "de") is ENGLISH
    ('de', 'en', True)
    """
    if words is None:
        try:
            return find_wording(own or ENGLISH.language)
        except TutorError as error:
            raise error.put_at("language") from None
    if isinstance(words, str):
        return find_wording(words)
    if not isinstance(words, Wording):
        hint = f"give a language ({', '.join(LANGUAGES)}), or make_translation(phrases) of tutor.explain.words.wording"
        raise TutorError(f"words is a language or a catalogue of phrases, not {make_visible(repr(words), 80)}", hint=hint)
    return words
