"""The journal as text, and two batches compared."""

from dataclasses import replace

import pytest

from tutor.batch.journal import JournalHeader, check_header, entry_line, header_line, record_text, scan
from tutor.errors import OutputError
from tutor.marking.marked import Marked
from tutor.marking.record import dump_record

HEADER = JournalHeader("dl/bce", "77ab", "0.3.0", 0, (("loss", "1"), ("dL/dw", "1/2")))
FIRST, SECOND = (entry_line(key, dump_record(Marked(key, "dl/bce"))) for key in ("aa", "bb"))


def read(*parts):
    return scan("".join(parts).encode().splitlines(keepends=True))


def test_a_journal_gives_back_what_was_written():
    found = read(header_line(HEADER), FIRST, SECOND)
    assert found.header == HEADER
    start, length = found.done["bb"]
    text = "".join((header_line(HEADER), FIRST, SECOND)).encode()
    assert record_text(text[start : start + length]) == dump_record(Marked("bb", "dl/bce"))
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


