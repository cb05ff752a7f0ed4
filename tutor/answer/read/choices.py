"""Reading a choice: letters, or the option itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.answer_refusals import refusal
from tutor.errors import tell

MAX_LENGTH = 2_000
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_COMMAND = {"\\cdot": "*", "\\times": "*", "\\left": "", "\\right": "", "\\,": ""}
_ALIKE = str.maketrans({"·": "*", "⋅": "*", "×": "*", "−": "-", **dict.fromkeys("$_{}\\ \t\n")})
"""Signs of a formula that are typed in two ways; those of TeX are left out."""
_BETWEEN = re.compile(r"[\s,;/&+]+|\band\b")


def read_choice(text: str, options: Sequence[tuple[str, str]], translated: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """The letters that were chosen, in the order of the options, which may be called as they are in other languages, too.

    Raises `AnswerError` for what is no option.

    >>> read_choice(" B, a ", [("a", "it converges"), ("b", "it diverges")])
    ('a', 'b')
    >>> read_choice("It diverges", [("a", "it converges"), ("b", "it diverges")])
    ('b',)
    >>> read_choice("w_1 + w_2", [("a", "$w_1 + w_2$"), ("b", "$w_1$")])
    ('a',)
    """
    if len(text) > MAX_LENGTH:
        raise AnswerError(tell("an answer of {count:,} characters", count=len(text)), hint=tell("write the letter only"))
    whole = _read_words(text)
    for letter, option in (*options, *translated):
        if whole == _read_words(option):
            return (letter,)
    bare = [letter for letter, option in (*options, *translated) if _read_bare(option) == _read_bare(text) != ""]
    if len({*bare}) == 1:
        return (bare[0],)
    known = [letter for letter, _ in options]
    chosen = []
    for match in re.finditer(r"\S+", _BETWEEN.sub(lambda m: " " * len(m.group()), text)):
        word = match.group().strip("().[]:").casefold()
        if word and word not in known:
            raise refusal(text, tell("this is none of the options {letters}", letters=", ".join(known)), match.start(),
                          tell("write a letter, such as a"))  # fmt: skip
        if word:
            chosen.append(word)
    if not chosen:
        raise refusal(text, tell("no option is chosen"), 0, tell("write a letter, such as a"))
    return tuple(letter for letter in known if letter in chosen)


def _read_words(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".")


def _read_bare(text: str) -> str:
    """The signs of an option with mathematics, as they are typed for TeX or copied from a page: $w_{1}$, w_1 and w₁ alike."""
    plain = _FRACTION.sub(r"\1/\2", text)
    for command, sign in _COMMAND.items():
        plain = plain.replace(command, sign)
    return unicodedata.normalize("NFKC", plain).translate(_ALIKE).casefold().rstrip(".")
