"""The journal on disk: never overwritten, shared or followed elsewhere, and whole when there is no room."""

import os

import pytest

from tutor.batch.journal import JournalHeader
from tutor.batch.journal_file import Journal
from tutor.batch.pool import Failure
from tutor.batch.run_batch import BatchWork, mark_missing
from tutor.errors import OutputError

HEADER = JournalHeader("e", "h", "v", 0)


def echo(texts):
    return enumerate(f'{{"n":{text}}}' for text in texts)


def work(run=echo, count=3):
    return BatchWork(count, str, lambda number, failure: f'{{"failed":{number}}}', run)


def test_no_space_left(tmp_path, monkeypatch):
    journal = Journal(tmp_path, HEADER, resume=False)
    real = os.write

    def write(file, data):
        if file == journal.file and journal.end > 200:
            real(file, bytes(data)[:5])
            raise OSError(28, "No space left on device")
        return real(file, data)

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(OutputError, match=r"journal\.jsonl cannot be written: No space left on device"):
        mark_missing(work(), journal)
    monkeypatch.undo()
    journal.close()
    journal = Journal(tmp_path, HEADER, resume=True)
    assert (len(journal.done), journal.damaged) == (1, 0)
    assert list(journal.records(mark_missing(work(), journal))) == ['{"n":0}', '{"n":1}', '{"n":2}']
    journal.close()


def test_a_journal_is_never_overwritten_shared_or_followed_elsewhere(tmp_path):
    journal = Journal(tmp_path, HEADER, resume=True)  # nothing there: it begins
    with pytest.raises(OutputError, match="another run is writing"):
        Journal(tmp_path, HEADER, resume=True)
    mark_missing(work(), journal)
    journal.close()
    before = (tmp_path / "journal.jsonl").read_bytes()
    with pytest.raises(OutputError, match=r"(?s)marks of an earlier run are there.*--resume"):
        Journal(tmp_path, HEADER, resume=False)
    with pytest.raises(OutputError, match=r"the seed: 0 there, 1 now"):
        Journal(tmp_path, JournalHeader("e", "h", "v", 1), resume=True)
    assert (tmp_path / "journal.jsonl").read_bytes() == before
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "journal.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputError, match="cannot be opened"):
        Journal(tmp_path / "link", HEADER, resume=False)
    assert not (tmp_path / "elsewhere").exists()


def test_what_is_done_is_not_done_again_and_what_failed_is(tmp_path):
    asked = []

    def run(texts):
        for number, text in enumerate(texts):
            asked.append(text)
            yield number, Failure("time", "slow") if text == "1" else f'{{"n":{text}}}'

    for _ in range(2):
        journal = Journal(tmp_path, HEADER, resume=True)
        mark_missing(work(run), journal)
        journal.close()
    journal = Journal(tmp_path, HEADER, resume=True)
    mark_missing(work(run, 4), journal)
    journal.close()
    assert asked == ["0", "1", "2", "1", "1", "3"]
