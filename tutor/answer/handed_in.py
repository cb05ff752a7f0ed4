"""What comes from students, as plain data: a submission is the raw text of each answer, with where it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.errors import ExpressionError


class AnswerError(ExpressionError):
    """An answer that cannot be read: ``what``, a caret under the student's own text in ``spot``, and what would be understood."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The answers of one student, exactly as written.

    ``student`` is the key by which results are found again (the file's stem, or the id in the class file); ``answers`` has the raw text by
    question id; ``source`` says where it stood ("class.csv row 7"); ``fields`` has what else is known (email, name, first and last name).
    ``problems`` are sentences about faults that were met while reading it; with ``failed`` it could not be read at all and gets the row
    "could not be marked" with that reason.  ``digest`` is the SHA-256 of what was read.
    ``refused`` are the questions whose answer is there but cannot be taken (given twice, in a broken row), with the reason: they are not
    in ``answers``, and they are not blank.
    """

    student: str
    answers: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    failed: str = ""
    digest: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
