"""Files of students: every format, every fault by name, and no file that makes the reader raise."""

import json

import pytest
from counted import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from read_files import IDS, code, notebook, read
from some_now import some_now

from tutor.answer.files.submissions import FORMATS, merge, read_submissions
from tutor.answer.read.ids import student_key
from tutor.text import file_name

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
    ("a.zip", b"PK\x03\x04", "this is a ZIP archive (or an office document); unpack it"),
    ("a", b"x", "a file without an ending is not read"),
    ("a.txt", b"PK\x03\x04", "this is a ZIP archive"),
    ("a.md", b"q1: 1\0", "the file has a NUL byte (character 6)"),
    ("a.json", b"{", "this is no JSON: "),
    ("a.json", b'{"q1": "a\nb"}', "this is no JSON: Invalid control character, line 1 column"),
    ("a.json", b"3", "the file holds no answers"),
    ("a.json", b"[" * 200_000, "the file is nested too deep"),
    ("a.json", b'{"student": {"x": 1}, "q1": 1}', "'student' is no text or number"),
    ("a.json", b'{"student": "a", "student": "b", "q1": 1}', "'student' is given twice"),
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


NOTHING = [  # file, text, why it is for a person, what is said besides
    ("a.txt", "", "the file is empty", "the file is empty"),
    ("a.csv", " \r\n", "the file is empty", "the file is empty"),
    ("a.txt", "hello", "nothing in it could be used", "line 1 belongs to no question: hello"),
    ("a.json", "{}", "nothing in it could be used", ""),
    ("a.ipynb", notebook(code("1", tutor={"question": "q9"})), "nothing in it could be used", "cell 1: there is no question 'q9'"),
    ("a.ipynb", notebook(code("1")), "nothing in it could be used", "no cell names a question"),
    ("a.txt", "q1: 1\nq7: 2\nq8: 3\nq9: 4\nq77: 5", "only 1 of its 5 parts that look like answers could be used", "no question 'q7'"),
]


@pytest.mark.parametrize(("name", "text", "reason", "problem"), NOTHING)
def test_a_hand_in_that_could_not_be_used_is_for_a_person(name, text, reason, problem):
    (submission,) = read(name, text).submissions
    assert submission.failed.startswith(reason)
    assert problem in " ".join(submission.problems)
    assert not submission.answers


SAID = [
    ("a.toml", "q1 = 1\nq1 = 2", "'q1' is there twice, in line 1 and in line 2; keep one; it was read line by line"),
    ("a.txt", "q1: 1\nq7: 2", "line 2: there is no question 'q7'; the questions are q1, q2, dL/dw5, w5 after 1"),
    ("a.md", "## q1\n1\n## Remarks\nlate", "line 3: there is no question 'Remarks'"),
    ("a.md", "## q1\n```\n1", "line 2: the code block is never closed"),
    ("a.json", '{"q1": "1", "dL/dw55": "2"}', "there is no question 'dL/dw55'; did you mean dL/dw5?"),
    ("a.json", '{"answers": {"q1": "1"}, "grade": 100}', "the entry 'grade' beside the answers was not read"),
    ("a.json", '{"q1": {"x": 1}}', "the answer to q1 cannot be taken: is no text or number"),
    ("a.json", '{"q1": "\\ud800", "q3\\udc00": "1"}', "there is no question"),
]


@pytest.mark.parametrize(("name", "text", "problem"), SAID)
def test_faults_are_said_and_the_rest_is_kept(name, text, problem):
    (submission,) = read(name, text).submissions
    assert submission.failed == ""
    assert problem in " ".join(submission.problems)
    submission.answers.get("q1", "").encode()  # text that any file can hold


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


@pytest.mark.slow
@pytest.mark.parametrize(("name", "data"), some_now(SLOW, 2, rows=True), ids=range(len(SLOW)))
def test_nothing_takes_much_work(name, data):
    with at_most(8_000_000):
        read_submissions(name, data, IDS)
