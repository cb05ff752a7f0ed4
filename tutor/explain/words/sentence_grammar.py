"""How a language makes a sentence of parts: plural, list, capital letter.  A translation has its own where English is not enough.

Joints (", ", " and ") are phrases of their topics; what a joint does is here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tutor.explain.document import Inline

Part = TypeVar("Part")
_APPLIED = re.compile(r"\w+\(")


class Grammar:
    """The grammar of English; another language overrides what is different in it.

    >>> Grammar().count(("one sample", "{count} samples"), 3)
    '3 samples'
    """

    language = "en"
    """The code of the language (``de``), which pictures and documents carry."""

    def write_count(self, count: int) -> str:
        """How many there are, as it is written in a sentence.

        >>> Grammar().write_count(1234)
        '1,234'
        """
        return f"{count:,}"

    def choose(self, forms: Sequence[Part], count: int) -> Part:
        """The form of a word that stands with a number: of (singular, plural) here.

        >>> Grammar().choose(("is", "are"), 2)
        'are'
        """
        return forms[0] if count == 1 else forms[1]

    def count(self, forms: Sequence[str], count: int, **places: object) -> str:
        """A phrase with a number in it, in the form that goes with the number, which is its place ``{count}``."""
        return self.choose(forms, count).format(count=count, **places)

    def enumerate_parts(self, parts: Sequence[Part], between: str = ", ", last: str = " and ") -> list[Part | str]:
        """Parts of a sentence as a list: a, b and c.

        >>> "".join(Grammar().enumerate_parts(["a", "b", "c"]))
        'a, b and c'
        """
        found: list[Part | str] = []
        for place, part in enumerate(parts):
            found += [last if place == len(parts) - 1 else between] if place else []
            found.append(part)
        return found

    def capital(self, text: str) -> str:
        """A text as it begins a sentence; a symbol in front of it stays as it is.

        >>> [Grammar().capital(text) for text in ("exactly", "y(t) is printed", "a slip", "exp(−1) is meant")]
        ['Exactly', 'y(t) is printed', 'A slip', 'exp(−1) is meant']
        """
        symbol = (text[:1] != "a" and not text[1:2].isalpha()) or _APPLIED.match(text) is not None
        return text if symbol or text[:1] == "$" else text[:1].upper() + text[1:]

    def stop(self, text: str) -> str:
        """A clause with its full stop.

        >>> Grammar().stop("It stands on a kink")
        'It stands on a kink.'
        """
        return f"{text}."

    def sentence(self, text: str) -> str:
        """A clause as a sentence: a capital letter and a full stop.

        >>> Grammar().sentence("the sign was lost")
        'The sign was lost.'
        """
        return self.stop(self.capital(text))


def split_places(phrase: str, places: Mapping[str, Sequence[Inline]]) -> list[Inline]:
    """A phrase with parts of a sentence (maths, say) in its places, in the order of the language.

    >>> split_places("At {where} it is {value}.", {"where": ["x", " = ", "2"], "value": ["3"]})
    ['At ', 'x', ' = ', '2', ' it is ', '3', '.']
    """
    found: list[Inline] = []
    rest = phrase
    while rest:
        before, brace, after = rest.partition("{")
        if before:
            found.append(before)
        if not brace:
            break
        name, _, rest = after.partition("}")
        found += places[name]
    return found
