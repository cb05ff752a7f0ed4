"""Whose a file is, by the names that learning platforms give."""

import pytest

from tutor.answer.files.handed_in_names import Owner, find_on_list, read_owner
from tutor.answer.handed_in import Submission


@pytest.mark.parametrize(("name", "owner", "fields"), [
    ("Anna Berg_1234_assignsubmission_file_", "Anna Berg", {"name": "Anna Berg"}),
    ("Anna Berg_1234_assignsubmission_file", "Anna Berg", {"name": "Anna Berg"}),
    ("Anna_Maria Berg_1_assignsubmission_onlinetext_onlinetext.html", "Anna_Maria Berg", {"name": "Anna_Maria Berg"}),
    ("Participant_77_assignsubmission_file_x.txt", "Participant 77", {"name": "Participant 77"}),
    ("Teilnehmer/in_77_assignsubmission_file_", None, {}),
    ("Teilnehmerin_77_assignsubmission_file_", "Participant 77", {"name": "Participant 77"}),
    ("berganna_4711_99123_a.txt", "berganna", {"name": "berganna", "id": "4711"}),
    ("berganna_LATE_4711_99123_my_file.v2.txt", "berganna", {"name": "berganna", "id": "4711"}),
    ("anna.txt", None, {}), ("anna_2.txt", None, {}), ("anna_berg_12.txt", None, {}), ("_12_assignsubmission_file_", None, {}),
    ("sheet_3_4.txt", None, {}),
])  # fmt: skip
def test_names(name, owner, fields):
    found = read_owner(name)
    assert (found.name if found else None, found.fields if found else {}) == (owner, fields)


def test_a_name_that_is_not_certain_is_left_as_it_is():
    students = {key: Submission(key, fields={"first_name": "Anna", "last_name": "Berg"}) for key in ("a1", "a2")}
    assert find_on_list(Owner("Anna Berg", "5"), students) == "Anna Berg"
    assert find_on_list(Owner("Anna Berg", "5"), {"a1": students["a1"]}) == "a1"
    assert find_on_list(Owner("berg", "a2", "id"), students) == "a2"
