"""Several files of one student become one submission; nothing of any of them is lost."""

from tutor.answer.files.several_files import join_files
from tutor.answer.files.submissions import EMPTY
from tutor.answer.handed_in import Submission, Unused


def test_answers_of_all_files_count():
    first = Submission("anna", {"q1": "1", "q2": "—"}, "a.txt", unused=(Unused("line 3", "x", "why"),), digest="a")
    second = Submission("anna", {"q1": "1", "q2": "2"}, "b.txt", {"email": "a@b"}, ("line 1: odd",), digest="b")
    joined = join_files("anna", [first, second])
    assert dict(joined.answers) == {"q1": "1", "q2": "2"}
    assert joined.unused == (Unused("a.txt, line 3", "x", "why"),)
    assert joined.problems == ("b.txt: line 1: odd",)
    assert (joined.failed, dict(joined.refused), dict(joined.fields)) == ("", {}, {"email": "a@b"})
    assert joined.digest != join_files("anna", [first, Submission("anna", {"q1": "1", "q2": "2"}, "b.txt", digest="c")]).digest


def test_what_two_files_say_differently_is_for_a_person():
    files = [Submission("anna", {"q1": text, "q2": "5"}, name) for text, name in (("1", "a.txt"), ("2", "b.txt"), ("1", "c.txt"))]
    joined = join_files("anna", files)
    assert dict(joined.answers) == {"q2": "5"}
    assert "a.txt and b.txt" in joined.refused["q1"]
    assert {(part.place, part.text) for part in joined.unused} >= {("a.txt", "1"), ("b.txt", "2")}


def test_an_answer_that_one_file_gives_twice_is_not_taken_from_another():
    joined = join_files("anna", [Submission("anna", {}, "a.txt", refused={"q1": "twice"}), Submission("anna", {"q1": "1"}, "b.txt")])
    assert dict(joined.answers) == {}
    assert dict(joined.refused) == {"q1": "twice"}
    assert [(part.place, part.text) for part in joined.unused] == [("b.txt", "1")]


def test_a_file_that_cannot_be_read_is_said_and_one_that_is_empty_is_not():
    good, photo = Submission("anna", {"q1": "1"}, "a.txt"), Submission("anna", {}, "b.png", failed="an image")
    empty = Submission("anna", {}, "c.txt", failed=EMPTY)
    assert join_files("anna", [good, photo, empty]).unused == (Unused("b.png", "", "an image"),)
    assert join_files("anna", [photo, empty]).failed == f"b.png: an image; c.txt: {EMPTY}"
    assert join_files("anna", [photo]) is photo
