"""What a batch writes: names and contents in a fixed order, and no more said to students than they may see."""

import csv
import io
import json

import pytest

from tutor.answer.handed_in import Submission
from tutor.batch.outputs import (
    Wanted,
    answer_words,
    check_fill,
    feedback_maker,
    list_for_a_person,
    list_outputs,
    report_name,
)
from tutor.batch.outputs import class_page as make_class_page
from tutor.errors import OutputError
from tutor.exercise.catalogue import exercise_text
from tutor.export.output import Header
from tutor.marking.record import dump_record
from tutor.marking.work import marker

IDENT, TEXT = exercise_text("dl/bce")
MARKER = marker(TEXT, IDENT, 0)
ASKED = MARKER.questions[0].id
MARKED = [MARKER.mark(Submission(name, {ASKED: text})) for name, text in (("anna", "0.5"), ("ben/..", "no idea ("), ("Zoe", ""))]
HEADER = Header(IDENT, "Homework")


def made(wanted):
    said = []
    records = map(dump_record, MARKED)
    found = list(list_outputs(MARKED, records, MARKER, HEADER, wanted, said.append))
    return {name: data if isinstance(data, str) else b"".join(data).decode() for name, data in found}, said


def test_names_come_in_a_fixed_order_whatever_is_wanted():
    always = ["results.json", "class.md", "class.svg", "for-a-person.csv", "marks.csv"]
    assert list(made(Wanted())[0]) == always
    files, said = made(Wanted(("moodle", "csv", "json", "gradescope"), old=tuple(MARKED[:1])))
    assert list(files)[:5] == always
    names = list(files)[5:]
    assert (names[0], names[1], names[-1], len(names)) == ("moodle.csv", "gradescope/anna.json", "changes.csv", 5)
    assert [name for name in files if ".." in name] == []
    assert said  # who gets no grade, and why


def test_results_are_json_and_all_there():
    rows = json.loads(made(Wanted())[0]["results.json"])["results"]
    assert [row["student"] for row in rows] == ["anna", "ben/..", "Zoe"]
    assert rows[0] == json.loads(dump_record(MARKED[0]))


def test_what_a_person_has_to_look_at():
    table = list(csv.reader(io.StringIO(list_for_a_person(make_class_page(MARKED, MARKER)))))
    assert table[0] == ["student", "question", "verdict", "what", "answer", "message"]
    assert [row[:3] for row in table[1:]] == [["ben/..", ASKED, "unreadable"]]


def test_words_for_one_answer_say_what_the_report_says():
    words = answer_words(feedback_maker(MARKER, "none"))
    for marked in (*MARKED, *MARKED):
        for answer in marked.answers:
            assert words(marked, answer)


KINDS = {"markdown": ".md", "latex": ".tex", "terminal": ".txt", "json": ".json"}


@pytest.mark.parametrize(("kind", "suffix"), KINDS.items())
def test_reports_have_a_name_on_every_system(kind, suffix):
    assert report_name("anna", kind) == f"reports/anna{suffix}"
    names = [report_name(student, kind) for student in ("CON", "con", "../x", "Anna", "a:b")]
    assert len({name.lower() for name in names}) == 5
    assert not [name for name in names if ":" in name or ".." in name or name.startswith(("reports/con.", "reports/CON."))]


def test_a_file_that_cannot_be_filled_in_is_refused_before_anything_is_marked():
    check_fill(MARKER, HEADER, Wanted(("csv",)))
    with pytest.raises(OutputError, match=r"--fill grades\.csv.*UTF-8"):
        check_fill(MARKER, HEADER, Wanted(("moodle",), fill=("grades.csv", b"\xff\xfe")))
    with pytest.raises(OutputError, match=r"--fill grades\.csv"):
        check_fill(MARKER, HEADER, Wanted(("canvas",), fill=("grades.csv", b"a,b\n1,2\n")))
