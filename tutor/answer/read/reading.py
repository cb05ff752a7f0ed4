r"""Reading one answer, safely: text of a student in, display tree out, or a refusal that shows the place.

There are two ways through.  Most answers consist of declared names, plain numbers and signs: their words are looked up in a table
that fills itself (`_Words`).  Everything else, and everything that is refused, goes through `tutor.answer.read.lexing`, which knows
LaTeX, indices, superscripts and where each token stands.  Both give the same tokens to one grammar.

Limits are applied before anything is computed: length, nesting, digits, terms, factors, exponents, the size of constants.
"""

from __future__ import annotations

import re
from typing import NoReturn

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.grammar import EULER, Spacing, Stop, Token, grow
from tutor.answer.read.lexing import APART, MAX_TOKENS, NUMBER, lex, number
from tutor.answer.read.spots import refusal
from tutor.answer.read.vocabulary import Vocabulary
from tutor.expression.nodes import Expr, Number

MAX_LENGTH = 10_000
MAX_WORDS = 50_000
"""How many words a vocabulary remembers before it forgets them all."""

_SPLIT = re.compile(rf"\*\*|{NUMBER}|[A-Za-z][A-Za-z0-9_]*|\S")
_SIGNS: dict[str, Token] = {
    "+": ("+", None), "-": ("-", None), "*": ("*", None), "/": ("/", None), "(": ("(", ")"), ")": (")", ")"), "[": ("(", "]"),
    "]": (")", "]"), ",": (",", None), ";": (",", None), "|": ("|", None), "^": ("^", None), "**": ("^", None), "∂": ("p", None),
    "·": ("*", None), "×": ("*", None), "−": ("-", None),
}  # fmt: skip
_END: Token = ("$", None)
_WRAPPERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("```", "```"), ("`", "`"), ('"', '"'), ("**", "**"))
_PLAIN = rf"[-+−]?\s?{NUMBER}"
MAX_NUMBER = 120
_ABOUT = re.compile(
    r"(?:ca\.|circa|approx\.?|approximately|about|roughly|[≈≃∼~]|\\(?:approx|sim|simeq)(?![A-Za-z]))"
    rf"\s{{0,8}}(?={_PLAIN}(?:\s|\Z))", re.IGNORECASE,
)  # fmt: skip
_ROUNDED = re.compile(
    rf"(?P<number>{_PLAIN})\s{{1,8}}\((?:rounded|approx\.?|approximately"
    r"|[0-9]{1,2}\s?(?:s\.?f\.?|d\.?p\.?|digits|decimals|decimal places))\)", re.IGNORECASE,
)  # fmt: skip
"""What may stand around a plain number: ca. 0.378, 0.378 (rounded)."""


class _Careful(Exception):
    """A word that the fast way does not know."""


def read(text: str, vocabulary: Vocabulary) -> Expr:
    r"""Read one formula or number.

    Raises `AnswerError` with the student's own text and a caret under the place.

    >>> from tutor.answer.read.vocabulary import vocabulary
    >>> from tutor.exercise.load import load
    >>> from tutor.expression.plain import plain
    >>> plain(read(r"\frac{\partial L}{\partial w_5} · 2i_1^2", vocabulary(load("neuron/two-two-two"))))
    'dL/dw5*2*i1^2'
    """
    if len(text) > MAX_LENGTH:
        raise AnswerError(
            f"an answer of {len(text):,} characters is over the limit of {MAX_LENGTH:,}", hint="write the formula only"
        )
    words = vocabulary.words
    tokens: list[Token] = []
    try:
        if " e" in text and APART.search(text):
            raise _Careful
        split = _SPLIT.findall(text)
        if len(split) > MAX_TOKENS:
            raise _Careful
        for word in split:
            tokens.append(words[word] if word in words else _looked_up(word, vocabulary))
        tokens.append(_END)
        if "^" in text or "**" in text:
            _check_powers(split, tokens, vocabulary)
        return grow(tokens, None)
    except (_Careful, Spacing, Stop):
        return _read_carefully(text, vocabulary)


def _looked_up(word: str, vocabulary: Vocabulary) -> Token:
    """The token of a word that has not been met; `_Careful` where more than the word itself counts."""
    token = _SIGNS.get(word)
    if token is None:
        first = word[0]
        if word in vocabulary.declared:
            if word.lower() in vocabulary.functions:  # x(1 - x) is a product, but sigma(z) may be a call
                raise _Careful
            token = ("a", vocabulary.declared[word])
        elif first in "0123456789.":
            if word == "10" or len(word) > 40 or word[0] == "." or not word.replace(".", "", 1).isdigit():
                raise _Careful
            token = ("a", Number(number(word)))
        elif word in vocabulary.functions and (word, "", "") not in vocabulary.spelled:
            if word == "softmax":
                raise _Careful
            token = ("f", vocabulary.functions[word])
        elif first == "d" and word[1:] in vocabulary.declared and "_" not in word[:2]:
            token = ("d", vocabulary.declared[word[1:]])
        elif word == "e":
            token = ("e", EULER)
        else:
            raise _Careful
    if len(vocabulary.words) > MAX_WORDS:
        vocabulary.words.clear()
    vocabulary.words[word] = token
    return token


def _check_powers(split: list[str], tokens: list[Token], vocabulary: Vocabulary) -> None:
    """A power of a declared name or of a bracket is a power; other superscripts may be part of a symbol."""
    for place, token in enumerate(tokens):
        if token[0] == "^":
            before, after = (split[place - 1] if place else ""), tokens[place + 1]
            if not (before in (")", "]") or before == "e") and not (
                before in vocabulary.declared and type(after[1]) is Number
            ):
                raise _Careful
            if before in vocabulary.declared and (before, "", split[place + 1]) in vocabulary.spelled:
                raise _Careful


def _read_carefully(text: str, vocabulary: Vocabulary) -> Expr:
    start, end = _number_only(text, *trimmed(text))
    tokens, places, spaced = lex(text, start, end, vocabulary)
    try:
        return grow(tokens, spaced)
    except Stop as stop:
        _refuse(text, stop, places)


def _number_only(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a plain number begins and ends without "ca." in front and "(rounded)" behind; any other text as it is."""
    if end - start > MAX_NUMBER:  # a longer one is searched in vain, and for long
        return start, end
    about = _ABOUT.match(text, start, end)
    begin = about.end() if about else start
    rounded = _ROUNDED.fullmatch(text, begin, end)
    return (begin, rounded.end("number")) if rounded else (begin, end)


def _refuse(text: str, stop: Stop, places: list[int]) -> NoReturn:
    if stop.at < 0:
        raise AnswerError(stop.what, hint=stop.hint) from None
    raise refusal(text, stop.what, places[stop.at], stop.hint) from None


def trimmed(text: str, start: int = 0, end: int | None = None) -> tuple[int, int]:
    """Where an answer begins and ends without blanks, a full stop at its end and dollar signs around it."""
    end = len(text) if end is None else end
    for _ in range(4):
        start, end = _stripped(text, start, end)
        if text[start:end].endswith((".", "\\.")) and end - start > 1:
            start, end = _stripped(text, start, end - 1)
        for opening, closing in _WRAPPERS:
            both = len(opening) + len(closing)
            if (
                end - start > both
                and text.startswith(opening, start)
                and text.endswith(closing, start + len(opening), end)
            ):
                inside = text[start + len(opening) : end - len(closing)]
                if opening not in inside and closing not in inside:
                    start, end = start + len(opening), end - len(closing)
                    break
        else:
            break
    return _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
