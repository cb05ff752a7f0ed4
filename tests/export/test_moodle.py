"""Moodle: by what users are known, and worksheets that are filled in and otherwise left as they are."""

import csv
from fractions import Fraction

import pytest
from marks_made import ANNA, BEN, HEADER, QUESTIONS, rows, student, written

from tutor.export.mark_formats import export, fill
from tutor.export.output import Header
from tutor.marking.marked import Marked

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


def test_moodle_worksheet_with_decimal_commas_and_another_maximum():
    text = "Identifier;Email address;Grade;Maximum Grade;Last modified (grade)\nParticipant 1;ben@x.de;;10,00;-\n"
    made = fill("moodle", text, [BEN], QUESTIONS, HEADER)
    assert made.text == text.replace("ben@x.de;;", "ben@x.de;2,5;")
    assert "the maximum grade in Moodle is 10,00, here it is 4; marks were written as they are" in made.problems


def test_who_handed_in_nothing_gets_no_grade():
    """A 0 in a gradebook is for a person to give."""
    from tutor.marking.marked import ABSENT

    absent = Marked("zoe", "dl/bce", (), Fraction(0), Fraction(3), problems=(ABSENT,), fields={"email": "zoe@x.org"})
    made = export("moodle", [absent], (), Header("dl/bce"))
    assert list(csv.reader(made.text.splitlines()))[1][-1] == ""
    assert any("handed in nothing" in problem for problem in made.problems)
