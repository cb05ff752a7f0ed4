"""The journal as text, and two batches compared."""

from dataclasses import replace
from fractions import Fraction

import pytest

from tutor.answer.handed_in import Submission
from tutor.batch.journal import JournalHeader, check_header, entry_line, header_line, record_text, scan
from tutor.errors import OutputError
from tutor.marking.changes import changes, differences, to_csv
from tutor.marking.marked import Marked, MarkedAnswer, Slip
from tutor.marking.record import dumps
from tutor.marking.work import job_text, read_submission, submission_record, text_hash

HEADER = JournalHeader("dl/bce", "77ab", "0.3.0", 0, (("loss", "1"), ("dL/dw", "1/2")))
FIRST, SECOND = (entry_line(key, dumps(Marked(key, "dl/bce"))) for key in ("aa", "bb"))


def read(*parts):
    return scan("".join(parts).encode().splitlines(keepends=True))


def test_a_journal_gives_back_what_was_written():
    found = read(header_line(HEADER), FIRST, SECOND)
    assert found.header == HEADER
    start, length = found.done["bb"]
    text = "".join((header_line(HEADER), FIRST, SECOND)).encode()
    assert record_text(text[start : start + length]) == dumps(Marked("bb", "dl/bce"))
    assert found.end == len(text)
    assert not found.damaged


@pytest.mark.parametrize("cut", range(1, len(SECOND) + 1, 7))
def test_a_torn_last_line_counts_for_nothing(cut):
    found = read(header_line(HEADER), FIRST, SECOND[:-cut])
    assert list(found.done) == ["aa"]
    assert found.end == len(header_line(HEADER) + FIRST)


def test_a_torn_first_line_is_an_empty_journal():
    for cut in range(1, len(header_line(HEADER)) + 1, 9):
        assert (read(header_line(HEADER)[:-cut]).header, read(header_line(HEADER)[:-cut]).end) == (None, 0)


DAMAGED = ["\n", "{}\n", "[1]\n", "null\n", '{"input":"aa"}\n', "\0" * 50 + "\n", FIRST[:40] + "\n", "[" * 99_999 + "\n"]


@pytest.mark.parametrize("line", DAMAGED)
def test_a_damaged_line_in_between_is_counted_and_the_rest_is_read(line):
    found = read(header_line(HEADER), line, SECOND)
    assert (list(found.done), found.damaged) == (["bb"], 1)


def test_what_failed_is_tried_again_and_the_last_entry_counts():
    failed = entry_line("aa", "{}", "time")
    assert list(read(header_line(HEADER), failed).done) == []
    assert list(read(header_line(HEADER), failed, FIRST).done) == ["aa"]
    assert list(read(header_line(HEADER), FIRST, failed).done) == []


@pytest.mark.parametrize("line", ["{}\n", "hello\n", '{"kind":"tutor mark journal","schema":1}\n', "null\n"])
def test_another_file_is_no_journal(line):
    with pytest.raises(OutputError, match=r"is no journal"):
        read(line)


def test_another_schema_is_refused():
    with pytest.raises(OutputError, match="schema 2"):
        read(header_line(HEADER).replace('"schema":1', '"schema":2'))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (replace(HEADER, exercise="dl/adam"), "the exercise: dl/bce there, dl/adam now"),
        (replace(HEADER, exercise_hash="88"), "its text"),
        (replace(HEADER, version="0.4.0"), "the version of tutor: 0.3.0 there, 0.4.0 now"),
        (replace(HEADER, seed=7), "the seed: 0 there, 7 now"),
        (replace(HEADER, questions=(("loss", "2"),)), "the questions"),
    ],
)
def test_a_journal_of_something_else_is_refused_by_name(other, told):
    check_header(HEADER, HEADER)
    with pytest.raises(OutputError, match=told):
        check_header(HEADER, other)


def test_submissions_survive_as_records_and_every_part_of_them_counts():
    anna = Submission("anna", {"q": "σ(2)\ud800\n"}, "a.csv row 1", {"email": "a@b"}, ("late",), "", "12", {"r": "given twice"})
    assert read_submission(submission_record(anna)) == anna
    jobs = {text_hash(job_text("k", 0, one)) for one in (
        anna, replace(anna, answers={"q": "1"}), replace(anna, source="b"), replace(anna, fields={}), replace(anna, problems=()),
        replace(anna, failed="broken"), replace(anna, student="ben"), replace(anna, refused={}),
    )}  # fmt: skip
    assert len(jobs | {text_hash(job_text("k", 1, anna)), text_hash(job_text("l", 0, anna))}) == 10


def answer(question="q", text="2", verdict="wrong", marks=0, **more):
    return MarkedAnswer(question, text, verdict, Fraction(marks), Fraction(1), **more)


def student(*answers, name="anna", **more):
    return Marked(name, "e", answers, sum((a.marks for a in answers), Fraction(0)), Fraction(len(answers)), **more)


CHANGES = [  # before, after: (question, old, new, old verdict, new verdict, why)
    (
        student(answer()), student(answer(text="3", verdict="correct", marks=1)),
        [("q", "0 of 1", "1 of 1", "wrong", "correct", "the answer changed")],
    ),
    (student(answer()), student(answer()), []),
    (
        student(answer(), exercise_hash="1"), student(answer(verdict="correct", marks=1), exercise_hash="2"),
        [("q", "0 of 1", "1 of 1", "wrong", "correct", "the exercise's text changed")],
    ),
    (
        student(answer(), answer("r")), student(answer(text="3"), answer("r", verdict="follow-through", marks=1, follows=("q",))),
        [("r", "0 of 1", "1 of 1", "wrong", "follow-through", "another answer changed; follows from q")],
    ),
    (
        student(answer(), version="1"),
        student(answer(verdict="misconception", slips=((Slip("missing-path", "dL/dh"),),)), version="2"),
        [("q", "0 of 1", "0 of 1", "wrong", "misconception",
          "another version of tutor; diagnosed as missing-path, before as nothing known")],
    ),
    (student(answer()), student(answer(), answer("r")), [("r", "", "0 of 1", "", "wrong", "was not asked before")]),
    (student(answer(), answer("r")), student(answer()), [("r", "0 of 1", "", "wrong", "", "no longer asked")]),
    (
        student(answer()), Marked("anna", "e", status="could not be marked", reason="too slow"),
        [("(total)", "0 of 1", "0 of 0", "marked", "could not be marked", "too slow")],
    ),
    (
        Marked("anna", "e", status="could not be marked", reason="too slow"), student(answer()),
        [("(total)", "0 of 0", "0 of 1", "could not be marked", "marked", "could be marked now")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_whose_mark_changed_and_why(before, after, expected):
    found = changes([before], [after])
    assert [(c.question, c.old, c.new, c.old_verdict, c.new_verdict, c.why) for c in found] == expected
    assert {c.student for c in found} <= {"anna"}


def test_students_who_came_and_went():
    found = changes([student(answer(), name="zoe"), student(answer())], [student(answer()), student(answer(), name="=ben")])
    assert [(c.student, c.why) for c in found] == [("=ben", "was not there before"), ("zoe", "is no longer there")]
    assert "'=ben,(total),,0 of 1," in to_csv(found)


def test_what_the_batches_were_marked_with():
    old, new = [student(version="1", seed=0)], [student(version="2", seed=3)]
    assert differences(old, new) == ["the version of tutor: 1 → 2", "the seed: 0 → 3"]
    assert differences(old, old) == differences([], new) == []
