"""Which question an id means: case, other ways to write it, and what is said of an id that is none."""

from read_files import read

from tutor.answer.read.ids import Ids


def test_ids_that_differ_in_case_only_are_never_taken_for_each_other():
    ids = Ids.make(["dL/dW1", "dL/dw1"])
    assert [ids.find(text) for text in ("dL/dW1", " dL/dw1", "DL/DW1")] == ["dL/dW1", "dL/dw1", ""]
    assert ids.describe_unknown("DL/DW1") == "'DL/DW1' may be dL/dW1 or dL/dw1; write it exactly so"


def test_other_ways_to_write_an_id():
    also = {"w5 after 1": "w5@1", "q1": "w5@1", "x": "q99"}
    (submission,) = read("a.txt", "w5 after 1: 0.3\nq1: 2\nx: 4", ["q1", "w5@1"], also=also).submissions
    assert submission.answers == {"w5@1": "0.3", "q1": "2"}
    assert submission.problems == ("line 3: there is no question 'x'; the questions are q1, w5@1",)
    (submission,) = read("a.txt", "w5 after 1 = 0.3\nq1 = 2", ["q1", "w5@1"], also=also).submissions
    assert submission.answers == {"w5@1": "0.3", "q1": "2"}
