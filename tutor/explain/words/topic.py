"""What every topic of the words is: tables of phrases in English, which an object of it may have in another language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tutor.explain.words.sentence_grammar import Grammar


class Topic:
    """Phrases of one topic: the attributes in capitals.

    The class has them in English.  An object of it has them as well, or those of a translation in their place, with its ``grammar``.
    A phrase is a text with places in braces; a tuple or a table of such; or a record of them (a slip, a verdict).  It never changes.
    """

    grammar: Grammar = Grammar()

    def __init__(self, phrases: Mapping[str, str] | None = None, grammar: Grammar | None = None, *, name: str = "") -> None:
        """``phrases`` are those of a translation by where they stand (``rules.FORWARD.sigmoid``), ``name`` is this topic's there."""
        if phrases is not None:
            tables = {table: _replace_phrases(f"{name}.{table}", value, phrases) for table, value in tables_of(type(self)).items()}
            self.__dict__.update(tables)
        if grammar is not None:
            self.__dict__["grammar"] = grammar

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"phrases do not change: {name}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(type(self))


def tables_of(topic: type[Topic]) -> Mapping[str, Any]:
    """The phrases of a topic in English, by the names of its tables."""
    return {name: value for name, value in vars(topic).items() if name.isupper() and not name.startswith("_")}


def collect_phrases(topics: Mapping[str, type[Topic]]) -> Mapping[str, str]:
    """All phrases of some topics in English by where they stand: ``rules.FORWARD.sigmoid``, ``marking.FIRST_IS.0``.

    >>> from tutor.explain.words.rules import RuleWords
    >>> collect_phrases({"rules": RuleWords})["rules.FORWARD.sigmoid"]
    'sigmoid'
    """
    found: dict[str, str] = {}
    for topic, kind in topics.items():
        for name, value in tables_of(kind).items():
            found.update(_phrases(f"{topic}.{name}", value))
    return found


def _phrases(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _phrases(f"{where}.{key}", inner)
    elif isinstance(value, tuple):
        for place, inner in enumerate(value):
            yield from _phrases(f"{where}.{place}", inner)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _phrases(f"{where}.{part.name}", getattr(value, part.name))


def _replace_phrases(where: str, value: Any, phrases: Mapping[str, str]) -> Any:
    """A phrase, or a table of them, with those of a translation in place; what it lacks stays English (see `list_faults`)."""
    if isinstance(value, str):
        return phrases.get(where, value)
    if isinstance(value, Mapping):
        return {key: _replace_phrases(f"{where}.{key}", inner, phrases) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_replace_phrases(f"{where}.{place}", inner, phrases) for place, inner in enumerate(value))
    if is_dataclass(value) and not isinstance(value, type):
        made: Any = value
        return replace(
            made,
            **{
                part.name: _replace_phrases(f"{where}.{part.name}", getattr(value, part.name), phrases)
                for part in fields(value)
            },
        )
    return value
