"""Roots and letters in words, "(√x)′ = 1/(2√x)": mathematics, so that every format draws what a root reaches over, and slants letters."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

from tutor.errors import TutorError
from tutor.explain.document import Inline, Math, Sentence
from tutor.expression.letters import ACCENTS, GREEK
from tutor.expression.nodes import Call, Expr, Name
from tutor.expression.parse import parse
from tutor.expression.walk import names, substitute

_MARKS = {sign: name for name, sign in ACCENTS.items() if name != "vec"}
_LETTER = rf"[^\W\d_][{''.join(_MARKS)}]?"
_ROOT = re.compile(rf"√(?:\((?P<inside>[^()√]{{1,60}})\)|(?P<number>\d{{1,9}}(?:\.\d{{1,9}})?)|(?P<letter>{_LETTER}))(?!\w)")

_LONE = re.compile(rf"(?<![\w'’])(?![aAI])[A-Za-z][{''.join(_MARKS)}]?(?![A-Za-z0-9_'’])")
"""A letter for any number beside a derivative: the x of (log x)′ = 1/x."""

LONGEST = 12
"""A longer word is no rule's: it is left whole, since a line may have to be broken in it."""


def set_roots(sentence: Sentence) -> Sentence:
    """A sentence whose roots of a letter, a number or something in brackets are mathematics, and the letters of a rule with a prime in it;
    what is not understood stays text.

    >>> set_roots(("then 1/√x",))
    ('then 1/', Math(expr=Call(func='sqrt', args=(Name(name='\\\\mathit{x}'),))))
    >>> set_roots(("(log x)′",))
    ('(log ', Math(expr=Name(name='\\\\mathit{x}')), ')′')
    """
    if not any("√" in part or "′" in part for part in sentence if isinstance(part, str)):
        return sentence
    return tuple(piece for part in sentence for piece in (_split_roots(part) if isinstance(part, str) else (part,)))


@lru_cache(512)
def _split_roots(words: str) -> tuple[Inline, ...]:
    words = normalize("NFD", words)
    found: list[Inline] = []
    begun = 0
    for match in _ROOT.finditer(words):
        inner = _read(normalize("NFC", match["inside"] or match["number"] or ""), match["letter"])
        if inner is not None:
            found += [words[begun : match.start()], Math(Call("sqrt", (inner,)))]
            begun = match.end()
    found.append(words[begun:])
    if "′" in words and max(map(len, words.split(" "))) <= LONGEST:
        found = [piece for part in found for piece in (_split_letters(part) if isinstance(part, str) else [part])]
    return tuple(normalize("NFC", part) if isinstance(part, str) else part for part in found if part)


def _split_letters(words: str) -> list[Inline]:
    found: list[Inline] = []
    begun = 0
    for match in _LONE.finditer(words):
        found += [words[begun : match.start()], Math(_write_letter(match[0]))]
        begun = match.end()
    return [*found, words[begun:]]


def _read(inside: str, letter: str | None) -> Expr | None:
    """What stands under a root.  Its letters are those of the words, whatever an exercise writes for quantities of these names."""
    if letter:
        return _write_letter(letter)
    try:
        expr = parse(inside)
    except TutorError:
        return None
    table = {name: _write_letter(name) for name in names(expr) if len(name) == 1}
    return substitute(expr, table) if len(table) == len(names(expr)) else None


def _write_letter(letter: str) -> Name:
    base, mark = letter[0], letter[1:]
    plain = "varepsilon" if base == "ε" else GREEK.get(base)
    latex = f"\\{plain}" if plain else f"\\mathit{{{base}}}"
    return Name(f"\\{_MARKS[mark]}{{{latex}}}" if mark else latex)
