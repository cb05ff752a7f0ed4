"""Names from outside: which question an id means, which student a text names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from tutor.answer.read.asked_names import AskedNames
from tutor.errors import hint_near
from tutor.text import make_visible

MAX_STUDENT = 200
MAX_HINTS = 200
"""How many near misses are looked for in one file: each costs about a millisecond."""
MAX_READ = 500
"""So many labels of one file, or twice as many as there are questions, are read; beyond that a label is an id as it is typed, or none."""



@dataclass(frozen=True, slots=True)
class Ids:
    """The questions of an exercise, found in one file by what students call them.

    A label is compared with the ids as written first, then without regard to case and spaces, and with ``∂`` for ``d``; then it is read
    (see `tutor.answer.read.asked_names`).  Two ids that differ in nothing else (``dL/dW1`` and ``dL/dw1``) are never taken for each other.

    >>> ids = Ids.make(["dL/dw5", "q1"])
    >>> ids.find(" Q1 "), ids.find("∂L/∂w5"), ids.find("q7")
    ('q1', 'dL/dw5', '')
    """

    names: AskedNames
    hints: dict[str, str] = field(default_factory=dict, compare=False)
    tried: dict[str, None] = field(default_factory=dict, compare=False)
    known: dict[str, bool] = field(default_factory=dict, compare=False)

    @classmethod
    def make(cls, ids: Iterable[str] | AskedNames, also: Mapping[str, str] | None = None) -> Ids:
        """The questions for one file; ``also`` has other ways to write them ("w5 after 1" for w5@1)."""
        return cls(ids if isinstance(ids, AskedNames) else AskedNames.make(ids, also))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in the order of the questions."""
        return self.names.ids

    def find(self, text: str) -> str:
        """The id that is meant, or an empty text."""
        found = self.names.list_as_written(text)
        if found:
            return found[0] if len(found) == 1 else ""
        if text not in self.tried:
            if len(self.tried) >= max(MAX_READ, 2 * len(self.ids)):
                return ""
            self.tried[text] = None
        return self.names.find(text)

    def is_meant(self, text: str) -> bool:
        """Whether a label is the name of any quantity of the exercise, asked or not; only so many labels of a file are looked at."""
        if text not in self.known and len(self.known) < MAX_READ:
            self.known[text] = self.names.is_meant(text)
        return self.known.get(text, False)

    def describe_unknown(self, text: str) -> str:
        """What is said about an id that is none: with near misses."""
        shown = make_visible(" ".join(text[:200].split()))
        several = self.names.list_as_written(text[:200])
        if len(several) > 1:
            return f"{shown!r} may be {' or '.join(several)}; write it exactly so"
        hint = self._list_near(text[:60].strip()) or f"the questions are {self.list_some()}"
        return f"there is no question {shown!r}; {hint}"

    def list_some(self) -> str:
        """The first ids, as a list to show."""
        return ", ".join(self.ids[:4]) + (", …" if len(self.ids) > 4 else "") if self.ids else "none"

    def resembles(self, word: str) -> bool:
        """Whether a word is so much like an id that it is probably a slip of the pen."""
        hint = self._list_near(word[:60])
        return any(SequenceMatcher(None, word, name).ratio() >= 0.75 for name in self.ids if name in hint) if hint else False

    def _list_near(self, word: str) -> str:
        if word not in self.hints:
            self.hints[word] = hint_near(word, self.ids) if len(self.hints) < MAX_HINTS else ""
        return self.hints[word]


def student_key(text: str) -> tuple[str, str]:
    """The key of a student as it is compared everywhere, and what is wrong with it (then the key is only fit to be shown).

    >>> student_key("  Anna  Berg ")
    ('Anna Berg', '')
    >>> student_key("anna" + chr(0x202E))
    ('anna\\\\u202e', 'the name of the student has an invisible character: anna\\\\u202e')
    """
    key = unicodedata.normalize("NFC", text[: MAX_STUDENT * 20]).strip(" \t\r\n")
    key = "".join(" " if c in "\t\r\n" or unicodedata.category(c) == "Zs" else c for c in key)
    if not key.isprintable():  # control characters, direction marks, halves of characters
        return make_visible(key, MAX_STUDENT), f"the name of the student has an invisible character: {make_visible(key, 80)}"
    key = " ".join(key.split())
    if not key:
        return "(no name)", "the name of the student is empty"
    if len(key) > MAX_STUDENT:
        return make_visible(key, MAX_STUDENT), f"the name of the student is longer than {MAX_STUDENT} characters: {make_visible(key, 40)}"
    return key, ""
