"""Every word of the explanations in English, as one table: what a translation has to give, and what it is held against.

The phrases stand by topic in the modules beside this one.  A phrase is a text with places in braces, a tuple or a table of such, or a
record of them (a slip, a verdict).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType, ModuleType
from typing import Any

from tutor.explain.words import array_rules, marking_words, proof_words, rules, update_rules

TOPICS: Mapping[str, ModuleType] = {
    "rules": rules, "array_rules": array_rules, "update_rules": update_rules, "proofs": proof_words, "marking": marking_words,
}  # fmt: skip
_PLACE = re.compile(r"\{[a-z_]*")


def collect_phrases(topics: Mapping[str, ModuleType]) -> Mapping[str, str]:
    """All phrases of some topics by where they stand: ``rules.FORWARD.sigmoid``, ``marking.FIRST_IS.0``.

    >>> collect_phrases({"rules": rules})["rules.FORWARD.sigmoid"]
    'sigmoid'
    """
    found: dict[str, str] = {}
    for topic, module in topics.items():
        for name, value in vars(module).items():
            if name.isupper() and not name.startswith("_"):
                found.update(_phrases(f"{topic}.{name}", value))
    return MappingProxyType(found)


def _phrases(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _phrases(f"{where}.{key}", inner)
    elif isinstance(value, tuple):
        for place, inner in enumerate(value):
            yield from _phrases(f"{where}.{place}", inner)
    elif is_dataclass(value) and type(value).__module__.startswith(__package__):
        for part in fields(value):
            yield from _phrases(f"{where}.{part.name}", getattr(value, part.name))


ENGLISH: Mapping[str, str] = collect_phrases(TOPICS)
"""Every phrase, by where it stands."""


def list_faults(language: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with a translation: phrases that it lacks or that nothing asks for, and those whose places in braces are others.

    >>> list_faults(ENGLISH), list_faults({**ENGLISH, "proofs.EXACTLY": "exakt {x}"})
    ((), ('proofs.EXACTLY has other places in braces than in English',))
    """
    faults = [f"{where} is missing" for where in ENGLISH if where not in language]
    faults += [f"{where} is asked for by nothing" for where in language if where not in ENGLISH]
    for where, phrase in language.items():
        if where in ENGLISH and sorted(_PLACE.findall(phrase)) != sorted(_PLACE.findall(ENGLISH[where])):
            faults.append(f"{where} has other places in braces than in English")
    return tuple(faults)
