"""Notebooks: cells by tag, first line, heading or metadata; what was executed is never read."""

import pytest
from read_files import code, notebook, prose, read

ONE = [  # file, text, student, answers
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
