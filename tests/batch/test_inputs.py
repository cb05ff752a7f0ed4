"""What was handed in, from the disk: files as they are, reasons for what is not read, and everybody on the list."""

import json
import os

import pytest

from tutor.batch.inputs import read_all, read_content, read_earlier_marks, read_files, read_whole, refuse_overlap
from tutor.errors import OutputError
from tutor.marking.marked import ABSENT, Marked
from tutor.marking.record import dump_record

REFUSED = [
    (b"PK\x03\x04....", "a ZIP archive"), (b"PK\x05\x06", "an empty ZIP archive"), (b"\x1f\x8b..", "a gzip archive"),
    (b"BZh9", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"), (b"7z\xbc\xaf\x27\x1c", "a 7z archive"), (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"), (bytes(257) + b"ustar", "an archive"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), REFUSED)
def test_archives_are_known_by_their_content(tmp_path, data, reason):
    path = tmp_path / "anna.txt"
    path.write_bytes(data)
    said = read_content(path)
    assert said.startswith(f"it is {reason}")
    assert said.endswith("; unpack it and hand in the files")


def test_archives_are_known_by_their_name(tmp_path):
    (tmp_path / "anna.TAR.GZ").write_bytes(b"not really")
    assert "a gzip archive" in read_content(tmp_path / "anna.TAR.GZ")


def test_content_is_bytes_or_a_reason(tmp_path):
    (tmp_path / "a").write_bytes(b"\r\n\x1a\x00")
    assert read_content(tmp_path / "a") == b"\r\n\x1a\x00"
    assert read_content(tmp_path / "a", most=3) == "it has 4 bytes; the limit is 3"
    assert read_content(tmp_path) == "it is a folder; folders are read one level deep"
    assert read_content(tmp_path / "nothing") == "it cannot be read: No such file or directory"
    os.mkfifo(tmp_path / "pipe")  # opening it would wait for a writer
    assert read_content(tmp_path / "pipe") == "it is no ordinary file"


def test_files_come_in_order_with_their_folders_name(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b.txt", "a.txt", ".hidden"):
        (folder / name).write_text(name)
    (tmp_path / "one.txt").write_text("1")
    assert list(read_files([tmp_path / "one.txt", folder])) == [("one.txt", b"1"), ("in/a.txt", b"a.txt"), ("in/b.txt", b"b.txt")]
    with pytest.raises(OutputError, match="nowhere does not exist"):
        list(read_files([tmp_path / "nowhere"]))
    (tmp_path / "empty").mkdir()
    with pytest.raises(OutputError, match="empty has no files"):
        list(read_files([tmp_path / "empty"]))


OVERLAPS = [("in", "is"), ("in/marks", "lies in"), (".", "lies around"), ("elsewhere/../in", "is")]


@pytest.mark.parametrize(("output", "how"), OVERLAPS)
def test_marks_and_what_was_handed_in_are_kept_apart(tmp_path, monkeypatch, output, how):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(OutputError, match=f"{how} the folder"):
        refuse_overlap(tmp_path / output, [tmp_path / "in"])
    refuse_overlap(tmp_path / "marks", [tmp_path / "in"])


def test_everybody_on_the_list_has_a_submission(tmp_path):
    (tmp_path / "anna.txt").write_text("q1: 1\n")
    (tmp_path / "list.txt").write_text("\ufeffanna\r\nzoe\r\n\r\nzoe\n", encoding="utf-8")
    batch = read_all([tmp_path / "anna.txt"], ["q1"], tmp_path / "list.txt")
    assert [(one.student, ABSENT in one.problems) for one in batch.submissions] == [("anna", False), ("zoe", True)]
    batch = read_all([tmp_path / "anna.txt"], ["q1"], tmp_path / "list.txt", everyone=False)
    assert [one.student for one in batch.submissions] == ["anna"]


def test_a_file_of_the_graders_may_be_a_link(tmp_path):
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert read_whole(tmp_path / "link") == b"x"
    with pytest.raises(OutputError, match="cannot be read"):
        read_whole(tmp_path / "nothing")


def test_earlier_marks_are_those_of_a_folder_or_of_its_file(tmp_path):
    marked = Marked("anna", "dl/bce")
    (tmp_path / "results.json").write_text(f'{{"results": [{dump_record(marked)}]}}')
    assert read_earlier_marks(tmp_path) == read_earlier_marks(tmp_path / "results.json") == (marked,)
    for text in ("[]", "{", json.dumps({"results": [1]}), "[" * 100_000):
        (tmp_path / "results.json").write_text(text)
        with pytest.raises(OutputError, match="has no marks of tutor"):
            read_earlier_marks(tmp_path)
