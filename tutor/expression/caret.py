"""Refusals that show the text as it was written with a caret under the place, and characters by their names."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import name as character_name
from unicodedata import normalize

from tutor.errors import ExpressionError, tell
from tutor.text import make_visible

_BEFORE, _AFTER, _WHOLE, _WIDTH = 30, 30, 72, 80
_ALIKE = dict(
    zip(
        "авеѕіјорсухһԁԛԝкмтАВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧοı",
        "abesijopcyxhdqwkmtABESIJKMHOPCTYXABEZHIKMNOPTYXoi",
        strict=True,
    )
)
"""Letters of other alphabets that look like Latin ones."""

_HINTS = {
    "=": tell("a formula has no equals sign; write what stands right of it"),
    "$": tell("write it without dollar signs, or put one at each end"),
    "!": tell("factorials are not read; write the number"),
    "\\": tell("write x^2, w*x, sigmoid(z) or LaTeX such as \\frac{a}{b}"),
    "%": "write 0.05 for 5 %",
    ":": tell("write a/b for a quotient"),
}


def refusal(text: str, what: str, at: int, hint: str = "") -> ExpressionError:
    """An error with the text around the place ``at`` and a caret under it; nothing in it can act on a terminal.

    >>> print(refusal("x + ?", "this means nothing", 4).spot)
        x + ?
            ^
    """
    start, end = (0, len(text)) if len(text) <= _WHOLE else (max(0, at - _BEFORE), at + _AFTER)
    lead = ("…" if start else "") + make_visible(_flatten_text(text[start:at]), _WIDTH)
    piece = lead + make_visible(_flatten_text(text[at:end]), _WIDTH) + ("…" if end < len(text) else "")
    return ExpressionError(what, spot=f"    {piece}\n    {' ' * len(lead)}^", hint=hint)


def _flatten_text(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")


def looks_like(character: str) -> str:
    """The ASCII letter or digit that a character looks like, or nothing: Cyrillic а, fullwidth ｗ, the italic 𝑤 of a PDF."""
    folded = normalize("NFKC", character)
    plain = _ALIKE.get(character, folded)
    return plain if character != plain and plain.isascii() and plain.isalnum() else ""


def refuse_unknown(text: str, at: int, hints: Mapping[str, str] | None = None) -> ExpressionError:
    """The refusal of a character that means nothing, by its name and its place; it is never replaced by another one."""
    character = text[at]
    code = f"U+{ord(character):04X}"
    title = character_name(character, "")
    called = f"{title}, {code}" if title and not character.isascii() else code
    shown = f"{character!r} ({called})" if character.isprintable() else tell("the character {called}", called=called)
    if not character.isascii() and (letter := looks_like(character)):
        if letter.isdigit():
            what = tell("{shown} at place {at} is not the digit {letter} that it looks like", shown=shown, at=at + 1, letter=letter)
        else:
            what = tell("{shown} at place {at} is not the Latin letter {letter} that it looks like", shown=shown, at=at + 1, letter=letter)
        return refusal(text, what, at, tell("type {letter}", letter=letter))
    hint = (hints or {}).get(character) or _HINTS.get(character, tell("remove it"))
    return refusal(text, tell("{shown} at place {at} means nothing here", shown=shown, at=at + 1), at, hint)
