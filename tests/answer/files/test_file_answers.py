"""What tells who a student is: columns and keys by many names, the first that is there counts."""

import pytest

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.file_answers import MAX_STUDENTS, PRIORITY, STUDENT_COLUMNS, check_count, key_of, person_field

FIELDS = [("Email_Address", "email"), ("  SIS Login ID ", "username"), ("Matriculation-Number", "id"), ("First name", "first_name"),
          ("q1", ""), ("", ""), ("e" * 61, "")]  # fmt: skip


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_column_tells_a_field(name, field):
    assert person_field(name) == field


def test_every_name_in_the_table_is_read_and_fills_a_field_that_counts():
    assert {person_field(name.upper().replace(" ", "_")) for name in STUDENT_COLUMNS} == {*PRIORITY, "first_name", "last_name"}


KEYS = [({"email": "a@b", "id": "7"}, "7"), ({"student": " ", "name": "Anna"}, "Anna"), ({"first_name": "Anna"}, ""), ({}, "")]


@pytest.mark.parametrize(("fields", "key"), KEYS)
def test_the_first_field_that_is_there_is_the_key(fields, key):
    assert key_of(fields) == key


def test_a_file_of_more_students_than_any_class_is_refused():
    check_count(MAX_STUDENTS)
    with pytest.raises(FileProblem, match="more than 100,000 students"):
        check_count(MAX_STUDENTS + 1)
