"""JSON and TOML: digits as written, lists, ids in any spelling, a name in the file or that of the file."""

import pytest
from read_files import read

ONE = [  # file, text, student, answers
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
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "student", "answers"), ONE)
def test_one_student(name, text, student, answers):
    (submission,) = read(name, text).submissions
    assert (submission.student, submission.answers, submission.failed) == (student, answers, "")
