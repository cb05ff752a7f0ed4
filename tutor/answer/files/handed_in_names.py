"""Whose a file is by its name, as learning platforms call what their students handed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tutor.answer.handed_in import Submission


class Owner(NamedTuple):
    """Who handed a file in: the name, the number that the platform gives, and which field of a submission that number is."""

    name: str
    number: str = ""
    field: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """What is known about the student besides the key."""
        return {"name": self.name} | ({self.field: self.number} if self.field else {}) if self.number else {}


PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Moodle, "Download all submissions": a folder or a file each, "Anna Berg_1234_assignsubmission_file_solution.txt"
    (re.compile(r"(?P<name>[^/]{1,300}?)_(?P<number>[0-9]{1,12})_assignsubmission_[a-z]{1,20}(?:_.*)?", re.DOTALL), ""),
    # Canvas, "Download Submissions": "bergannna_LATE_4711_99123_solution.txt"
    (re.compile(r"(?P<name>[^\W\d_]{1,100})(?:_late)?_(?P<number>[0-9]{1,20})_[0-9]{1,20}_.+", re.DOTALL | re.IGNORECASE), "id"),
)
"""Names of files and folders, and the field that the number in them is."""
_NOBODY = re.compile(r"participant|teilnehmer(?:/in|[*:_]?in)?", re.IGNORECASE)
"""What Moodle writes for the name of a student whose name is hidden from the markers."""


def read_owner(name: str) -> Owner | None:
    """The owner in a file's or folder's name; nothing where a platform would not have called it so.

    >>> read_owner("Anna Berg_1234_assignsubmission_file_")
    Owner(name='Anna Berg', number='1234', field='')
    >>> read_owner("berganna_late_4711_99123_solution.txt").fields
    {'name': 'berganna', 'id': '4711'}
    >>> read_owner("anna.txt")
    """
    for pattern, field in PATTERNS:
        found = pattern.fullmatch(name)
        if found:
            called = f"Participant {found['number']}" if _NOBODY.fullmatch(found["name"]) else found["name"]
            return Owner(called, found["number"], field)
    return None


def find_on_list(owner: Owner, students: Mapping[str, Submission]) -> str:
    """The key of an owner on the list of students: the name as it stands there, or the one student of that number or full name."""
    if owner.name in students:
        return owner.name
    by_number = [key for key, one in students.items() if owner.number and owner.number in (key, one.fields.get("id", ""))]
    alike = by_number if owner.field else []
    alike = alike or [key for key, one in students.items() if owner.name.casefold() == _write_full_name(one).casefold()]
    return alike[0] if len(alike) == 1 else owner.name


def _write_full_name(student: Submission) -> str:
    fields = student.fields
    return fields.get("name", "") or f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
