"""What comes from students, as plain data: a submission is the raw text of each answer, with where it was found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.errors import ExpressionError
from tutor.late_patterns import compile_late


class AnswerError(ExpressionError):
    """An answer that cannot be read: ``what``, a caret under the student's own text in ``spot``, and what would be understood."""


_BLANK = compile_late(
    r"[\s\W_]*(?:n\s?/\s?a|n\.\s?a\.|k\.?\s?a\.?|todo|to do|tbd|fehlt|missing|none|empty|leer|blank|no answer"
    r"|keine (?:antwort|ahnung|angabe)|(?:i )?(?:don'?t|do not) know|idk|weiß nicht|skipped)[\s\W_]*|[\s?…._~*–—−-]*", re.IGNORECASE,
)  # fmt: skip


def is_blank(text: str) -> bool:
    """Whether a text says that there is no answer: nothing, a dash, a question mark, dots, "n/a", "TODO".

    >>> [is_blank(text) for text in (" ", "—", "?", "...", "N/A", "**TODO**", "0", "-x")]
    [True, True, True, True, True, True, False, False]
    """
    return (len(text) < 60 and _BLANK.fullmatch(text) is not None) or not text.strip()


@dataclass(frozen=True, slots=True)
class Unused:
    """A part of what was handed in that became neither an answer nor working: where it stood, its text, and why.  A person looks at it."""

    place: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Submission:
    """The answers of one student, exactly as written.

    ``student`` is the key by which results are found again (the file's stem, or the id in the class file); ``answers`` has the raw text by
    question id; ``source`` says where it stood ("class.csv row 7"); ``fields`` has what else is known (email, name, first and last name).
    ``problems`` are sentences about faults that were met while reading it; with ``failed`` it could not be read at all and gets the row
    "could not be marked" with that reason.  ``digest`` is the SHA-256 of what was read.
    ``refused`` are the questions whose answer is there but cannot be taken (given twice, in a broken row), with the reason: they are not
    in ``answers``, and they are not blank.  ``unused`` is everything else that stood there and may be an answer: nothing is dropped.
    """

    student: str
    answers: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    failed: str = ""
    digest: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    unused: tuple[Unused, ...] = ()
