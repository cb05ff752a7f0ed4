"""Every output format: exact headers, one number everywhere, nothing obeyed, nobody lost."""

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.errors import OutputError
from tutor.exercise.question import Question
from tutor.export.all_marked import read
from tutor.export.mark_formats import MARK_FORMATS, export, fill
from tutor.export.output import Header
from tutor.marking.marked import Marked, MarkedAnswer, Slip
from tutor.marking.marks import points, sum_earned
from tutor.text import guard_cell

QUESTIONS = (Question("q1", "dL/dw5", marks=Fraction(2)), Question("q2", "out_h1", marks=Fraction(1)), Question("q3", "w5 after 1"))
HEADER = Header("neuron/two-two-two", "Homework 3", "0.3.0", "ab12")


SLIPS = ((Slip("sign-of-error", "x"),),)


def student(name, /, *marks, person=(), texts=(), **fields):
    answers = tuple(
        MarkedAnswer(q.id, text, "correct" if m == q.marks else "misconception", Fraction(m), q.marks, slips=SLIPS)
        for q, m, text in zip(QUESTIONS, map(Fraction, marks), texts or ("a", "b", "c"), strict=True)
    )
    return Marked(
        name, "neuron/two-two-two", answers, sum((a.marks for a in answers), Fraction(0)), Fraction(4), person=person,
        source=f"{name}.json", fields=fields, version="0.3.0", exercise_hash="ab12", input_hash="cd34",
    )  # fmt: skip


FAILED = Marked("zoe", "neuron/two-two-two", status="could not be marked", reason="the file has a NUL byte", source="zoe.txt")
ANNA = student("anna", 2, "1/3", "1/3", email="anna@x.de", name="Berg, Anna")
BEN = student("ben", "3/2", 0, 1, person=("q2",), email="ben@x.de")


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def written(name, *marked, header=HEADER):
    return export(name, marked, QUESTIONS, header)


HEADERS = [
    ("csv", "student,q1,q2,q3,total,out_of,status,first_wrong,misconceptions,for_a_person,remarks"),
    ("answers", "student,question,answer,verdict,marks,out_of,misconception,follows_from,outcome"),
    ("moodle", "username,Homework 3"),
    ("canvas", "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3"),
    ("otter", "file,q1,q2,q3,total_points_earned,percent_correct,grading_status"),
    (
        "nbgrader",
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score",
    ),
]


@pytest.mark.parametrize(("name", "header"), HEADERS)
def test_exact_headers(name, header):
    assert written(name, ANNA, BEN, FAILED).text.splitlines()[0] == header


def shown_total(name, one):
    text = written(name, one).text
    if name == "gradescope":
        return str(json.loads(text)["score"])
    if name == "json":
        return points(sum_earned(read(text)[0]))
    if name == "answers":
        return str(sum(float(row[4]) for row in rows(text)[1:]))
    column = {"csv": "total", "moodle": "Homework 3", "canvas": "Homework 3", "otter": "total_points_earned", "nbgrader": "score"}[name]
    return rows(text)[-1][rows(text)[0].index(column)]


@pytest.mark.parametrize("name", MARK_FORMATS)
def test_one_number_in_every_output(name):
    assert shown_total(name, ANNA) == "2.6666"
    assert shown_total(name, BEN) == "2.5"


@pytest.mark.parametrize("name", [name for name in MARK_FORMATS if name not in ("answers", "gradescope")])
def test_who_could_not_be_marked_has_a_row_and_no_grade(name):
    made = written(name, FAILED, ANNA)
    assert "zoe" in made.text
    if name in ("moodle", "canvas"):
        row = next(row for row in rows(made.text) if "zoe" in row)
        assert row[-1] == ""
        assert "zoe could not be marked and gets no grade: the file has a NUL byte" in made.problems
    if name in ("csv", "otter"):
        row = next(row for row in rows(made.text) if row[0].startswith("zoe"))
        assert row[1:5] == ["", "", "", ""]
        assert "the file has a NUL byte" in row[-1]
    if name == "nbgrader":
        assert rows(made.text)[1][-4:] == ["", "", "", "4"]


def test_answers_for_a_person_are_said_before_a_grade_goes_anywhere():
    for name in ("moodle", "canvas", "otter", "nbgrader"):
        assert "ben: a person has to look at q2; until then it counts as it stands" in written(name, BEN).problems


def test_otter():
    assert rows(written("otter", ANNA, FAILED).text)[1:] == [
        ["points-per-question", "2", "1", "1", "4", "", ""],
        ["anna.json", "2", "0.3333", "0.3333", "2.6666", "0.6666", "Completed"],
        ["zoe.txt", "", "", "", "", "", "Failed: the file has a NUL byte"],
    ]


HOSTILE = ['=HYPERLINK("x")', "+1+1", "-x", "@SUM(A1)", "\t=1", "\r=1", " =1", "a\x1b[31mb", "a\u202eb", 'x"y,z', "a\nb", "\x00", "<b>",
           "[red]x"]  # fmt: skip


@pytest.mark.parametrize("name", MARK_FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_from_a_student_is_obeyed(name, text):
    one = student(text, 2, 0, 0, texts=(text, "-0.5", "1e-3"), email=text, name=text)
    made = written(name, one)
    assert not [c for c in made.text if not c.isprintable() and c not in "\n"]
    if name in ("json", "gradescope"):
        json.loads(made.text)
        return
    for row in rows(made.text):
        assert not [cell for cell in row if cell.lstrip()[:1] in tuple("=+-@\t\r") and cell != "-0.5"], row
    if name in ("moodle", "canvas") and (text[:1] in "=+-@ \t\r" or not text.isprintable()):
        assert len(rows(made.text)) == (1 if name == "moodle" else 2)
        assert "is left out" in made.problems[0]


def test_numbers_are_never_guarded():
    assert [guard_cell(text) for text in ("-0.5", "+2", "1e-3", "-.5", "-", "-1+1", "")] == ["-0.5", "+2", "1e-3", "-.5", "'-", "'-1+1", ""]


@given(st.text(max_size=30))
def test_a_guarded_cell_comes_back_as_one_cell_and_no_formula(text):
    (row,) = rows(written("csv", student(text, 2, 0, 0)).text)[1:]
    assert row[0] == guard_cell(text)
    assert row[0][:1] not in tuple("=+-@\t\r") or row[0].lstrip("+-").replace(".", "").replace("e", "").replace("E", "")[:1].isdigit()


GRADESCOPE_TOP = [
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility", "stdout_visibility",
    "extra_data", "tests",
]  # fmt: skip
GRADESCOPE_TEST = [
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags", "visibility", "extra_data",
]  # fmt: skip


@pytest.mark.parametrize("one", [ANNA, BEN, FAILED], ids=["anna", "ben", "failed"])
def test_gradescope(one):
    known = json.loads(written("gradescope", one, header=Header("x", visibility="after_published", seconds=1.23456)).text)
    assert list(known) == GRADESCOPE_TOP
    assert {known[key] for key in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    assert (known["visibility"], known["execution_time"]) == ("after_published", 1.235)
    assert sum(Fraction(str(test["score"])) for test in known["tests"]) == Fraction(str(known["score"]))
    for k, test in enumerate(known["tests"], 1):
        assert list(test) == GRADESCOPE_TEST
        assert test["number"] == f"1.{k}"
        assert test["status"] == ("passed" if test["score"] == test["max_score"] else "failed")
        assert test["output_format"] == test["name_format"] == "text"


def test_gradescope_when_marking_failed():
    known = json.loads(written("gradescope", FAILED).text)
    assert (known["score"], known["output"]) == (0, "could not be marked: the file has a NUL byte")
    (test,) = known["tests"]
    assert (test["score"], test["max_score"], test["status"]) == (0, 4, "failed")


def test_gradescope_says_what_it_cannot_do():
    with pytest.raises(OutputError, match="not 2"):
        written("gradescope", ANNA, BEN)
    with pytest.raises(OutputError, match="there is no visibility"):
        written("gradescope", ANNA, header=Header("x", visibility="secret"))


def test_results_come_back():
    assert read(written("json", ANNA, BEN, FAILED).text) == (ANNA, BEN, FAILED)


MOODLE_BY = [("", "username", ["anna", "ben"]), ("email", "email", ["anna@x.de", "ben@x.de"]), ("idnumber", "idnumber", [])]


@pytest.mark.parametrize(("by", "head", "keys"), MOODLE_BY)
def test_moodle_import_knows_users_by(by, head, keys):
    made = written("moodle", ANNA, BEN, header=Header("x", by=by))
    assert rows(made.text)[0] == [head, "x"]
    assert [row[0] for row in rows(made.text)[1:]] == keys
    assert len([problem for problem in made.problems if "is left out: no idnumber is known" in problem]) == 2 - len(keys)


WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (grade)","Feedback comments"\r\n'
    '"Participant 11","Anna Berg",anna@x.de,"Submitted for grading - ",,4.00,Yes,-,"<p>good, ""so""\n=1</p>"\r\n'
    '"Participant 12","Ben, A.",ben@x.de,"No submission - ","1.00",4.00,Yes,-,\r\n'
    '"Participant 13","Zoe",zoe@x.de,"x",,4.00,Yes,-,\r\n'
    '"Participant 14",Otto,otto@x.de,x,-,4.00,No,-,\r\n'
    '"Participant 15",Nobody,nobody@x.de,x,-,4.00,Yes,-,'
)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_moodle_worksheet(mark, delimiter):
    text = mark + delimiter.join(WORKSHEET.split(",")) if delimiter == "," else mark + retold(WORKSHEET, delimiter)
    zoe = Marked("zoe@x.de", "x", status="could not be marked", reason="broken")
    otto, eve = student("Otto", 2, 1, 1), student("eve", 2, 1, 1)
    made = fill("moodle", text, [student("Anna Berg_11_assignsubmission_file_hw3", 2, "1/3", 0), BEN, zoe, otto, eve], QUESTIONS, HEADER)
    before, after = rows(text, delimiter), rows(made.text, delimiter)
    assert [row[4] for row in after] == ["Grade", "2.3333", "2.5", "", "-", "-"]
    assert [[*row[:4], *row[5:]] for row in before] == [[*row[:4], *row[5:]] for row in after]
    assert made.text.replace("2.3333", "").replace('"2.5"', '"1.00"') == text
    assert made.problems == (
        "eve has no row in the table",
        "no submission of Participant 15: the row was left as it is",
        "the grade of Otto cannot be changed in Moodle; it was not filled in",
        "ben: a person has to look at q2; until then it counts as it stands",
        "the grade 1.00 of ben was replaced by 2.5",
        "zoe@x.de could not be marked and gets no grade: broken",
    )


def retold(text, delimiter):
    """The same table with another delimiter, its quoting as it is."""
    out, quoted = "", False
    for c in text:
        quoted ^= c == '"'
        out += delimiter if c == "," and not quoted else c
    return out


def test_moodle_worksheet_in_german():
    text = (
        'ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",'
        '"Zuletzt geändert (Bewertung)"\n'
        'Teilnehmer/in11,"Anna Berg",anna@x.de,x,,"4,00",Ja,-\nTeilnehmer/in12,Ben,ben@x.de,x,,"4,00",Ja,-\n'
        'Teilnehmer/in13,Otto,otto@x.de,x,,"4,00",Nein,-\n'
    )
    work = [student("Anna Berg_11_assignsubmission_file_hw3", 2, "1/3", 0), BEN, student("Otto", 2, 1, 1)]
    made = fill("moodle", text, work, QUESTIONS, HEADER)
    assert [row[4] for row in rows(made.text)] == ["Bewertung", "2,3333", "2,5", ""]
    assert made.problems[0] == "the grade of Otto cannot be changed in Moodle; it was not filled in"


@pytest.mark.parametrize(("verdict", "marks", "status"), [("misconception", 2, "passed"), ("misconception", 1, "failed"),
                                                          ("wrong", 0, "failed"), ("follow-through", 2, "passed")])  # fmt: skip
def test_gradescope_passes_what_has_all_marks(verdict, marks, status):
    answers = tuple(replace(one, verdict=verdict, marks=Fraction(marks)) for one in ANNA.answers[:1])
    assert json.loads(written("gradescope", replace(ANNA, answers=answers)).text)["tests"][0]["status"] == status


def test_moodle_worksheet_with_decimal_commas_and_another_maximum():
    text = "Identifier;Email address;Grade;Maximum Grade;Last modified (grade)\nParticipant 1;ben@x.de;;10,00;-\n"
    made = fill("moodle", text, [BEN], QUESTIONS, HEADER)
    assert made.text == text.replace("ben@x.de;;", "ben@x.de;2,5;")
    assert "the maximum grade in Moodle is 10,00, here it is 4; marks were written as they are" in made.problems


CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 2 (41),Homework 3 (42),Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,10,4,(read only)\n"
    '"Berg, Anna",101,s101,anna,"Sec 1, B",7,,70\n'
    "Ben,102,s102,ben,Sec 1,,EX,80\n"
    '"Student, Test",103,,,Sec 1,,,\n'
)


def test_canvas_fills_in_one_column():
    made = fill("canvas", CANVAS, [ANNA, BEN, student("berganna_LATE_999_1_x", 2, 1, 1)], QUESTIONS, HEADER)
    assert made.text == CANVAS.replace('"Sec 1, B",7,,70', '"Sec 1, B",7,2.6666,70')
    assert "ben has EX in the table, which was kept" in made.problems
    assert "berganna_LATE_999_1_x has no row in the table" in made.problems
    assert "no submission of 103: the row was left as it is" in made.problems


@pytest.mark.parametrize("name", ["berganna_101_77_hw", "berganna_LATE_101_77_hw", "101", "S101", "ANNA", "Berg, Anna"])
def test_canvas_knows_a_student_by(name):
    assert "7,4,70" in fill("canvas", CANVAS, [student(name, 2, 1, 1)], QUESTIONS, HEADER).text


REFUSED = [
    ("canvas", CANVAS, Header("x", "Homework 9"), "no column is called Homework 9"),
    ("canvas", CANVAS, Header("x", "Final Score"), "Canvas drops a column"),
    ("canvas", CANVAS, Header("x", "Unposted current  points (x)"), "Canvas drops a column"),
    ("canvas", "a,b\n1,2\n", HEADER, "this is no gradebook of Canvas"),
    ("canvas", CANVAS.replace(",10,4,", ",10,(read only),"), HEADER, "is read only in Canvas"),
    ("canvas", CANVAS.replace("Homework 2 (41)", "Homework 3 (41)"), HEADER, "2 columns are called Homework 3"),
    ("moodle", "Identifier,Grade\nParticipant 1,\n", HEADER, "no column Last modified"),
    ("moodle", WORKSHEET.replace('ben@x.de,"No', 'ben@x.de,"No"'), HEADER, "row 3 of the table is broken"),
    ("moodle", "", HEADER, "the table is empty"),
    ("otter", "", HEADER, "there is nothing to fill in for otter"),
    ("odt", "", HEADER, "there is no format odt"),
]


@pytest.mark.parametrize(("name", "text", "header", "reason"), REFUSED)
def test_what_cannot_be_filled_in_is_refused(name, text, header, reason):
    with pytest.raises(OutputError, match=reason):
        fill(name, text, [ANNA], QUESTIONS, header)


def test_nobody_is_guessed_at_in_an_exported_table():
    text = "Student,ID,SIS Login ID,Section,Homework 3\nAnna,1,a,S,\nAnna,2,b,S,\nBen,3,c,S,\n"
    made = fill("canvas", text, [student("Anna", 2, 1, 1), student("3", 2, 1, 1), student("c", 0, 0, 0)], QUESTIONS, HEADER)
    assert made.text == text
    assert "Anna fits 2 rows of the table; none was filled in" in made.problems
    assert "3 and c fit the same row; it was not filled in" in made.problems


@given(st.text(max_size=80))
def test_filling_in_never_fails_otherwise(text):
    for name, head in (("moodle", "Identifier,Grade,Last modified (grade)\n"), ("canvas", "Student,ID,Section,Homework 3\n")):
        for start in ("", head):
            try:
                made = fill(name, start + text, [ANNA], QUESTIONS, HEADER)
            except OutputError:
                continue
            assert made.text == start + text or "2.6666" in made.text


def test_who_handed_in_nothing_gets_no_grade():
    """A 0 in a gradebook is for a person to give."""
    from tutor.marking.marked import ABSENT

    absent = Marked("zoe", "dl/bce", (), Fraction(0), Fraction(3), problems=(ABSENT,), fields={"email": "zoe@x.org"})
    made = export("moodle", [absent], (), Header("dl/bce"))
    assert list(csv.reader(made.text.splitlines()))[1][-1] == ""
    assert any("handed in nothing" in problem for problem in made.problems)
