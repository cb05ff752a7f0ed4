"""Tables of a class: a broken row is that row's fault, an unknown column is said once, what is known of a student is kept."""

import pytest
from read_files import read


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


def test_an_unknown_column_is_said_once():
    batch = read("c.csv", "student,q1,q9\n" + "".join(f"s{i},1,2\n" for i in range(50)))
    assert batch.problems == ("c.csv: column 3 was not read: there is no question 'q9'; the questions are q1, q2, dL/dw5, w5 after 1",)
