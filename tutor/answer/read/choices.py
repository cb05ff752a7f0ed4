"""Reading a choice: letters, or the option itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.answer_refusals import refusal
from tutor.errors import tell

MAX_LENGTH = 2_000
_BETWEEN = re.compile(r"[\s,;/&+]+|\band\b")


def read_choice(text: str, options: Sequence[tuple[str, str]], translated: Sequence[tuple[str, str]] = ()) -> tuple[str, ...]:
    """The letters that were chosen, in the order of the options, which may be called as they are in other languages, too.

    Raises `AnswerError` for what is no option.

    >>> read_choice(" B, a ", [("a", "it converges"), ("b", "it diverges")])
    ('a', 'b')
    >>> read_choice("It diverges", [("a", "it converges"), ("b", "it diverges")])
    ('b',)
    """
    if len(text) > MAX_LENGTH:
        raise AnswerError(tell("an answer of {count:,} characters", count=len(text)), hint=tell("write the letter only"))
    whole = " ".join(text.casefold().split()).rstrip(".")
    for letter, option in (*options, *translated):
        if whole == " ".join(option.casefold().split()).rstrip("."):
            return (letter,)
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
