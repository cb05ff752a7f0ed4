"""What a reader of one format finds in a file, before the ids are looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutor.answer.files.decode import FileProblem
from tutor.answer.handed_in import Unused

STUDENT_COLUMNS: Mapping[str, str] = {
    "student": "student", "student id": "student", "studentid": "student", "student key": "student", "key": "student",
    "id": "id", "identifier": "id", "sid": "id", "id number": "id", "idnumber": "id", "matriculation number": "id", "student number": "id",
    "username": "username", "user": "username", "login": "username", "user id": "username", "sis login id": "username",
    "email": "email", "e mail": "email", "email address": "email", "mail": "email",
    "name": "name", "full name": "name", "student name": "name",
    "first name": "first_name", "firstname": "first_name", "given name": "first_name",
    "matrikelnummer": "id", "matrikelnr": "id", "matrikelnr.": "id", "matrikel nr.": "id", "matr. nr.": "id", "matr.nr.": "id",
    "vorname": "first_name", "nachname": "last_name", "student/in": "student", "studentin": "student", "e mail adresse": "email",
    "last name": "last_name", "lastname": "last_name", "surname": "last_name", "family name": "last_name",
}  # fmt: skip
"""What columns and keys that tell who somebody is are called, and the field that they fill."""

MAX_STUDENTS = 100_000
"""How many students one file may hold."""

PRIORITY = ("student", "id", "username", "email", "name")
"""Which of the fields is the student's key: the first that is there."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answers of one student: pairs of an id as written and a text.

    ``where`` is the place in the file ("row 7"; empty for the whole of it), ``refused`` pairs of an id and why its answer cannot be taken;
    with ``failed`` nothing of it can.  ``unused`` is what stood there besides and may be an answer.
    """

    student: str
    entries: tuple[tuple[str, str], ...] = ()
    where: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    failed: str = ""
    unused: tuple[Unused, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds, and what is to be said about the file itself."""

    found: tuple[Found, ...] = ()
    problems: tuple[str, ...] = ()


def person_field(name: str) -> str:
    """The field that a column or key of this name fills; empty when it tells nothing about who somebody is.

    >>> person_field("Email_Address"), person_field("q1")
    ('email', '')
    """
    if len(name) > 60:
        return ""
    words = " ".join(name.replace("_", " ").replace("-", " ").split()).casefold()
    return STUDENT_COLUMNS.get(words, "")


def key_of(fields: Mapping[str, str]) -> str:
    """The key of the student that these fields tell of; empty when none does."""
    return next((fields[name] for name in PRIORITY if fields.get(name, "").strip()), "")


def check_count(count: int) -> None:
    """Refuse a file of more students than any class has; raises `FileProblem`."""
    if count > MAX_STUDENTS:
        raise FileProblem(f"the file has more than {MAX_STUDENTS:,} students", hint="split it")
