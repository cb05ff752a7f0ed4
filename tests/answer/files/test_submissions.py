"""Files of students: every format, every fault by name, and no file that makes the reader raise."""

import json

import pytest
from counted import at_most
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.answer.files.submissions import FORMATS, merge, read_submissions
from tutor.answer.read.ids import Ids, student_key
from tutor.text import file_name

IDS = ["q1", "q2", "dL/dw5", "w5 after 1"]


def read(name, text, ids=IDS, **options):
    return read_submissions(name, text if isinstance(text, bytes) else text.encode(), ids, **options)


def notebook(*cells, **metadata):
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": list(cells)})


def code(source, **metadata):
    return {"cell_type": "code", "source": source, "metadata": metadata, "outputs": [{"text": "q1: 9"}]}


def prose(source, **metadata):
    return {"cell_type": "markdown", "source": source, "metadata": metadata}


ONE = [  # what one student's file says: file, text, student, answers
    ("anna.json", '{"student": "ann", "answers": {"q1": "0.5", "q2": 8.20e-2}}', "ann", {"q1": "0.5", "q2": "8.20e-2"}),
    ("anna.json", '{"q1": 0.10, "Q2 ": -0}', "anna", {"q1": "0.10", "q2": "-0"}),
    ("anna.json", '{"q1": 123456789012345678901234567890.0, "q2": NaN}', "anna", {"q1": "123456789012345678901234567890.0", "q2": "NaN"}),
    ("anna.json", '{"q1": [0.10, "x"], "q2": [[1, 2], [3, 4]]}', "anna", {"q1": "[0.10, x]", "q2": "[[1, 2], [3, 4]]"}),
    ("anna.json", '{"q1": null, "q2": " ", "∂L/∂w5": "x"}', "anna", {"dL/dw5": "x"}),
    ("a.b/anna.v2.JSON", '{"q1": "1"}', "anna.v2", {"q1": "1"}),
    ("c:\\temp\\anna.json", '{"q1": "1"}', "anna", {"q1": "1"}),
    ("anna.toml",
     'student = "ann"\n[answers]\nq1 = 0.50\n"dL/dw5" = "x"\nq2 = [0.10, 2]',
     "ann", {"q1": "0.50", "q2": "[0.10, 2]", "dL/dw5": "x"}),
    ("anna.toml", 'q1 = 7\nq2 = """\na\nb"""', "anna", {"q1": "7", "q2": "a\nb"}),
    ("anna.txt", "q1: 0.5\nq2: = a b\n   = 0.25\nso it is\n\n", "anna", {"q1": "0.5", "q2": "= a b\n   = 0.25\nso it is"}),
    ("anna.txt", "student: ann\nemail: a@b.c\nq1:0.5", "ann", {"q1": "0.5"}),
    ("anna.txt", "q1: 0.5\nstudent: ann", "ann", {"q1": "0.5"}),
    ("anna.txt", "q1: 0.5\nthus: 3", "anna", {"q1": "0.5\nthus: 3"}),
    ("anna.txt", "q1: 0.5\n  q2: 3", "anna", {"q1": "0.5\n  q2: 3"}),
    ("anna.txt", "q1: 0.5\nstep: 2 a = 3\ncheck: 3", "anna", {"q1": "0.5\nstep: 2 a = 3\ncheck: 3"}),
    ("anna.txt", "q1 = 0.5\nq2 = a b\n   = 0.25\n- ∂L/∂w5 = 3\nq1 = 7", "anna",
     {"q1": "0.5", "q2": "a b\n   = 0.25", "dL/dw5": "3\nq1 = 7"}),
    ("anna.txt", "**q1 = 0.5**\n`q2` = 3\n  dL/dw5 = 1", "anna", {"q1": "0.5", "q2": "3\n  dL/dw5 = 1"}),
    ("anna.md", "```\nq1 = 0.5\nq2 = 3\n```", "anna", {"q1": "0.5", "q2": "3"}),
    ("anna.txt", "q1: 0.5\nq2 = 3\nq2: 4", "anna", {"q1": "0.5\nq2 = 3", "q2": "4"}),
    ("anna.md", "# Homework 3\n\n- **q1:** $x(1-x)$\n* *q2*: `2`\n1. dL/dw5: 3", "anna", {"q1": "$x(1-x)$", "q2": "`2`", "dL/dw5": "3"}),
    ("anna.md", "## q1\n\n$a$\n\n## w5 after  1\n0.3\n### Q2: 7", "anna", {"q1": "$a$", "w5 after 1": "0.3", "q2": "7"}),
    ("anna.md", "**q1**: a\n**q2 :** b", "anna", {"q1": "a", "q2": "b"}),
    ("anna.md", "## q1\n```python\nq2: 3\n# q2\n```\nq2: 4", "anna", {"q1": "```python\nq2: 3\n# q2\n```", "q2": "4"}),
    ("anna.md", "---\nname: Anna Berg\n---\nq1: 1", "Anna Berg", {"q1": "1"}),
    ("anna.ipynb", notebook(code(["x = 1\n", "x"], tags=["keep", "q1"]), prose("**q2:** 3\n4")), "anna", {"q1": "x = 1\nx", "q2": "3\n4"}),
    ("anna.ipynb", notebook(code("# q1\n0.5"), code("#| q2\n# mine\n1"), prose("## dL/dw5\n$3$")),
     "anna", {"q1": "0.5", "q2": "# mine\n1", "dL/dw5": "$3$"}),
    ("anna.ipynb", notebook(code("1", tutor={"question": "q1"}), code("2", nbgrader={"grade_id": "q2", "solution": True}),
                            prose("text", nbgrader={"grade_id": "dL/dw5", "solution": False}), tutor={"student": "ann"}),
     "ann", {"q1": "1", "q2": "2"}),
    ("anna.ipynb", notebook(code("# q1\nq2 = 3", tags=["q1"])), "anna", {"q1": "q2 = 3"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "student", "answers"), ONE)
def test_one_student(name, text, student, answers):
    (submission,) = read(name, text).submissions
    assert (submission.student, submission.answers, submission.failed) == (student, answers, "")


ENCODINGS = [
    ("utf-8", b"", ""),
    ("utf-8", b"\xef\xbb\xbf", ""),
    ("utf-16-le", b"\xff\xfe", ""),
    ("utf-16-be", b"\xfe\xff", ""),
    ("cp1252", b"", "the file is not UTF-8; it was read as Windows-1252"),
]


@pytest.mark.parametrize(("encoding", "mark", "note"), ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", "q1: ½×x\nq2: b"), ("a.json", '{"q1": "½×x",\n"q2": "b"}'), ("a.csv", "id,q1,q2\na,½×x,b\n")],
)
def test_encodings_and_line_ends(encoding, mark, note, end, name, text):
    batch = read(name, mark + text.replace("\n", end).encode(encoding))
    (submission,) = batch.submissions
    assert submission.answers == {"q1": "½×x", "q2": "b"}
    assert note in " ".join(batch.problems + submission.problems)


CLASSES = [
    ("c.json", '[{"student": "a", "answers": {"q1": "1"}}, {"email": "b@x", "q1": 2}]'),
    ("c.json", '{"submissions": [{"student": "a", "q1": "1"}, {"student": "b@x", "q1": 2}]}'),
    ("c.json", '{"a": {"q1": "1"}, "b@x": {"answers": {"q1": 2}}}'),
    ("c.toml", '[a]\nq1 = "1"\n["b@x"]\nq1 = 2'),
    ("c.toml", '[[submissions]]\nstudent = "a"\nq1 = 1\n[[submissions]]\nstudent = "b@x"\nanswers = {q1 = 2}'),
    ("c.csv", "student,q1,q2\na,1,\nb@x,2,\n"),
    ("c.csv", 'sep=;\nStudent;q1\n"a";1\nb@x;"2"'),
    ("c.csv", "Email address;Q1\na;1\nb@x;2"),
    ("c.tsv", "id\tq1\na\t1\nb@x\t2"),
    ("c.csv", "student,question,answer\nb@x,q1,2\na,q1,1\n"),
    ("c.csv", "q1,student,,\n1,a,,\n\n,,,\n2,b@x,,\n"),
    ("c.txt", "student: a\nq1: 1\n\nstudent: b@x\nq1: 2"),
]


@pytest.mark.parametrize(("name", "text"), CLASSES)
def test_a_class(name, text):
    batch = read(name, text)
    assert {s.student: dict(s.answers) for s in batch.submissions} == {"a": {"q1": "1"}, "b@x": {"q1": "2"}}
    assert [s.failed for s in batch.submissions] == ["", ""]
    assert batch.problems == ()


def test_what_is_known_about_a_student_is_kept():
    text = "Student,First name,Surname,Email address,q1\nan1,Anna,Berg,a@b.c,=1+1\n"
    (submission,) = read("c.csv", text).submissions
    assert submission.fields == {"first_name": "Anna", "last_name": "Berg", "email": "a@b.c"}
    assert submission.answers == {"q1": "=1+1"}
    assert submission.source == "c.csv row 2"


BROKEN = [  # text, students that are read, students that failed, a word of the problem
    ("student,q1,q2\na,1,2\nb,1\nc,5,6\n", ["a", "c"], ["b"], "row 3 is broken: it has 2 cells, the header has 3"),
    ("student,q1\na,1\nb,1,2\nc,5\n", ["a", "c"], ["b"], "row 3 is broken: it has 3 cells, the header has 2"),
    ('student,q1\na,1\nb,"1\nc,5\n', ["a", "c"], ["b"], "row 3 is broken: a quote is not closed"),
    ('student,q1\na,1\nb,"1\nc,"5"\nd,6', ["a", "c", "d"], ["b"], "row 3 is broken"),
    ('student,q1\na,1\n"b"x,1\nc,5', ["a", "c"], ["bx"], "row 3 is broken"),
    ("student,q1\na,1\nb,\x001\nc,5", ["a", "c"], ["b"], "row 3 is broken: it has a NUL byte"),
    ("student,q1\na,1\n,7\nc,5", ["a", "c"], ["row 3"], "row 3 names no student"),
]


@pytest.mark.parametrize(("text", "good", "bad", "problem"), BROKEN)
def test_a_broken_row_is_that_row(text, good, bad, problem):
    batch = read("c.csv", text)
    assert [s.student for s in batch.submissions if not s.failed] == good
    assert [s.student for s in batch.submissions if s.failed] == bad
    assert problem in " ".join(batch.problems)
    assert problem in " ".join(s.failed for s in batch.submissions)


def test_a_broken_row_of_one_answer_refuses_that_answer():
    (submission,) = read("c.csv", "student,question,answer\na,q1,1\na,q2,2,3\na,dL/dw5,4").submissions
    assert submission.answers == {"q1": "1", "dL/dw5": "4"}
    assert submission.refused == {"q2": "the answer to q2 cannot be taken: row 3 is broken: it has 4 cells, the header has 3"}


TWICE = [
    ("a.json", '{"q1": "1", "q1": "2", "q2": "3"}'),
    ("a.json", '{"q1": "1", "Q1": "2", "q2": "3"}'),
    ("a.txt", "q1: 1\nq2: 3\nq1: 1"),
    ("a.csv", "student,q1,q1,q2\na,1,2,3"),
    ("a.csv", "student,question,answer\na,q1,1\na,q2,3\na,q1,2"),
    ("a.ipynb", notebook(code("1", tags=["q1"]), code("2", tags=["q1"]), code("3", tags=["q2"]))),
]


@pytest.mark.parametrize(("name", "text"), TWICE)
def test_a_question_answered_twice_is_refused_by_name(name, text):
    (submission,) = read(name, text).submissions
    assert submission.answers == {"q2": "3"}
    assert list(submission.refused) == ["q1"]
    assert "q1 is answered more than once" in " ".join(submission.problems)


FAILED = [
    ("a.zip", b"PK\x03\x04", "files that end in .zip are not read"),
    ("a", b"x", "a file without an ending is not read"),
    ("a.txt", b"PK\x03\x04", "this is a ZIP archive"),
    ("a.md", b"q1: 1\0", "the file has a NUL byte (character 6)"),
    ("a.json", b"{", "this is no JSON: "),
    ("a.json", b'{"q1": "a\nb"}', "this is no JSON: Invalid control character, line 1 column"),
    ("a.json", b"3", "the file holds no answers"),
    ("a.json", b"[" * 200_000, "the file is nested too deep"),
    ("a.json", b'{"student": {"x": 1}, "q1": 1}', "'student' is no text or number"),
    ("a.json", b'{"student": "a", "student": "b", "q1": 1}', "'student' is given twice"),
    ("a.toml", b"q1 = 1\nq1 = 2", "'q1' is there twice, in line 1 and in line 2; keep one"),
    ("a.toml", b"a." * 1000, "more than 200 dots"),
    ("a.csv", b"x,y\n1,2", "no column names the student"),
    ("a.ipynb", b"{}", "this is no notebook"),
    ("a.txt", b"x" * 1_000_001, "at most 1,000,000 are read"),
    ("a.json", b" " * 5_000_001, "the file has 5,000,001 bytes"),
    ("a\u202e.txt", b"q1: 1", "invisible character"),
    ("x" * 300 + ".txt", b"q1: 1", "longer than 200 characters"),
    ("a.txt", b"q1: 1\nstudent: b\nq1: 2", "before the first line student:"),
]


@pytest.mark.parametrize(("name", "data", "reason"), FAILED)
def test_what_cannot_be_read_keeps_a_row_with_the_reason(name, data, reason):
    submission = read(name, data).submissions[0]
    assert reason in submission.failed
    assert submission.answers == {}
    assert submission.student.isprintable()


SAID = [
    ("a.txt", "", "the file is empty"),
    ("a.csv", " \r\n", "the file is empty"),
    ("a.txt", "hello", "line 1 belongs to no question: hello"),
    ("a.txt", "q1: 1\nq7: 2", "line 2: there is no question 'q7'; the questions are q1, q2, dL/dw5, w5 after 1"),
    ("a.md", "## q1\n1\n## Remarks\nlate", "line 3: there is no question 'Remarks'"),
    ("a.md", "## q1\n```\n1", "line 2: the code block is never closed"),
    ("a.json", '{"q1": "1", "dL/dw55": "2"}', "there is no question 'dL/dw55'; did you mean dL/dw5?"),
    ("a.json", '{"answers": {"q1": "1"}, "grade": 100}', "the entry 'grade' beside the answers was not read"),
    ("a.json", '{"q1": {"x": 1}}', "the answer to q1 cannot be taken: is no text or number"),
    ("a.json", "{}", "no answers were found"),
    ("a.json", '{"q1": "\\ud800", "q3\\udc00": "1"}', "there is no question"),
    ("a.ipynb", notebook(code("1", tutor={"question": "q9"})), "cell 1: there is no question 'q9'"),
    ("a.ipynb", notebook(code("1")), "no cell names a question"),
]


@pytest.mark.parametrize(("name", "text", "problem"), SAID)
def test_faults_are_said_and_the_rest_is_kept(name, text, problem):
    (submission,) = read(name, text).submissions
    assert submission.failed == ""
    assert problem in " ".join(submission.problems)
    submission.answers.get("q1", "").encode()  # text that any file can hold


def test_an_unknown_column_is_said_once():
    batch = read("c.csv", "student,q1,q9\n" + "".join(f"s{i},1,2\n" for i in range(50)))
    assert batch.problems == ("c.csv: column 3 was not read: there is no question 'q9'; the questions are q1, q2, dL/dw5, w5 after 1",)


def test_ids_that_differ_in_case_only_are_never_taken_for_each_other():
    ids = Ids.of(["dL/dW1", "dL/dw1"])
    assert [ids.find(text) for text in ("dL/dW1", " dL/dw1", "DL/DW1")] == ["dL/dW1", "dL/dw1", ""]
    assert ids.unknown("DL/DW1") == "'DL/DW1' may be dL/dW1 or dL/dw1; write it exactly so"


def test_other_ways_to_write_an_id():
    also = {"w5 after 1": "w5@1", "q1": "w5@1", "x": "q99"}
    (submission,) = read("a.txt", "w5 after 1: 0.3\nq1: 2\nx: 4", ["q1", "w5@1"], also=also).submissions
    assert submission.answers == {"w5@1": "0.3", "q1": "2"}
    assert submission.problems == ("line 3: there is no question 'x'; the questions are q1, w5@1",)
    (submission,) = read("a.txt", "w5 after 1 = 0.3\nq1 = 2", ["q1", "w5@1"], also=also).submissions
    assert submission.answers == {"w5@1": "0.3", "q1": "2"}


def test_two_files_for_one_student_and_a_student_twice_in_a_file():
    files = [read("anna.json", '{"q1": 1}'), read("anna.md", "q1: 2"), read("c.csv", "student,q1\nben,1\nben,2\ncleo,3\n")]
    merged = merge(files)
    failed = {s.student: s.failed for s in merged.submissions}
    assert failed == {
        "anna": "two submissions: anna.json and anna.md; keep one",
        "ben": "two submissions: c.csv row 2 and c.csv row 3; keep one",
        "cleo": "",
    }
    assert "anna: two submissions: anna.json and anna.md; keep one" in merged.problems


def test_who_is_not_on_the_list_is_refused_by_name():
    batch = read("c.csv", "student,q1\nanna,1\nbenn,2\n", students=["anna", "ben"])
    assert [s.failed for s in batch.submissions] == ["", "benn is not on the list of students; did you mean ben?"]


def test_one_students_own_file_is_not_a_class():
    (submission,) = read("eve.json", '{"anna": {"q1": 1}, "ben": {"q1": 2}}', own=True).submissions
    assert (submission.student, submission.failed) == ("eve", "the file holds 2 submissions, and one student's was expected")


def test_the_digest_tells_what_was_read_and_not_where():
    first, again = (read(name, text).submissions[0] for name, text in (("a.txt", "q2: 2\nq1: 1"), ("a.json", '{"q1": 1, "q2": 2}')))
    other = read("a.txt", "q1: 1\nq2: 3").submissions[0]
    assert first.digest == again.digest != other.digest
    assert len(first.digest) == 64
    broken = [read("a.zip", data).submissions[0].digest for data in (b"x", b"y")]
    assert broken[0] != broken[1]


SAFE = ["anna", "a.b@c.de", "Anna", "ANNA", "../../x", "..", ".", "", "con", "CON.txt", "aux", "a/b", "a\\b", "a:b", "Jürgen", "名前",
        "x" * 200, "a.", "-rf", "a b", "anna-0123456789ab", "\x00", "a\nb", "~", "%2e%2e", "\ud800", "nul.", "lpt1", "a" * 80]  # fmt: skip


def test_file_names_are_safe_and_different():
    names = [file_name(student) for student in SAFE]
    assert names[:2] == ["anna", "a.b@c.de"]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name.isascii()
        assert 0 < len(name) <= 80
        assert not set(name) & set('/\\:*?"<>| \n\0')
        assert name[0] not in "-. "
        assert name[-1] not in ". "
        assert name.partition(".")[0].casefold() not in ("con", "aux", "nul", "lpt1")


def test_nobody_can_be_called_like_somebody_elses_file():
    assert file_name(file_name("anna!")) != file_name("anna!")


@given(st.lists(st.text(max_size=100), unique_by=str.casefold, max_size=20))
def test_file_names_never_meet(students):
    assert len({file_name(student).casefold() for student in students}) == len(students)


HOSTILE = ["", "a\x1b[2J", "a\x00b", "\u202eanna", "a\u200bb", "\ud800", "x" * 201, "\u2028"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_nobody_has_are_refused_and_fit_to_be_shown(name):
    key, fault = student_key(name)
    assert fault
    assert key.isprintable()


def check(name, data):
    batch = read_submissions(name, data, IDS)
    assert batch.submissions
    for submission in batch.submissions:
        assert submission.student
        assert submission.student.isprintable()
        assert set(submission.answers) <= set(IDS)
        assert len(submission.digest) == 64
        "".join((*submission.answers.values(), *submission.problems, submission.failed, *submission.fields.values())).encode()
    assert merge([batch, batch]).submissions[0].failed


@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=300))
@settings(max_examples=400)
def test_no_bytes_make_it_raise(suffix, data):
    check(f"anna{suffix}", data)


PIECES = st.sampled_from(
    [
        *('"', "\n", "\r", "\0", "\t", "`" * 3, " ", "\\ud800", "\u202e", "- ", "**", *",;:{}[]=#.1x"),
        *("q1", "q2", "student", "answers", "cells", "source", "tags", "question", "answer", "submissions", "null"),
    ]
)


@given(st.sampled_from(sorted(FORMATS)), st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=800)
def test_no_text_makes_it_raise(suffix, text):
    check(f"anna{suffix}", text.encode())


KEYS = st.sampled_from(["student", "answers", "submissions", "cells", "metadata", "tags", "source", *IDS]) | st.text(max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(IDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from([".json", ".ipynb"]), VALUES)
@settings(max_examples=400)
def test_no_json_makes_it_raise(suffix, value):
    check(f"anna{suffix}", json.dumps(value).encode())


SLOW = [
    ("a.toml", b"[a]\n" + b"a." * 100 + b"a=1\n" + b"\n".join(b"[b%d]" % i for i in range(20_000))),
    ("a.json", b'{"a":' * 300_000),
    ("a.csv", b"student,q1\n" + b'x","\n' * 20_000),
    ("a.csv", b"student,q1\n" + b"x\n" * 20_000),
    ("a.csv", b"student" + b",x" * 500_000),
    ("a.md", (b":" * 121 + b"\n") * 3000),
    ("a.md", b"\n".join(b"label%d:" % i for i in range(30_000))),
]


@pytest.mark.parametrize(("name", "data"), SLOW, ids=range(len(SLOW)))
def test_nothing_takes_much_work(name, data):
    with at_most(3_000_000):
        read_submissions(name, data, IDS)
