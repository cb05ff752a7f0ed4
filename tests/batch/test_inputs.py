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
    assert read_content(tmp_path) == "it is a folder in a student's folder; hand in the files themselves"
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


def put(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_a_folder_in_the_folder_is_one_students_as_moodle_makes_it(tmp_path):
    put(tmp_path / "in/Anna Berg_11_assignsubmission_file_", a__txt="q1: 1", photo__heic="x")
    put(tmp_path / "in/Anna Berg_11_assignsubmission_onlinetext_", onlinetext__html="<p>q2 = 2</p>")
    put(tmp_path / "in/Ben_12_assignsubmission_file_", loesung__txt="q1: 3\nq2: 4")
    put(tmp_path / "in/Ben_12_assignsubmission_file_/deeper", x__txt="q1: 5")
    put(tmp_path / "in/Cleo_13_assignsubmission_file_", __DS_Store="x", __notes="x")
    put(tmp_path / "in", dora__txt="q1: 7")
    found = {one.student: one for one in read_all([tmp_path / "in"], ["q1", "q2"]).submissions}
    assert list(found) == ["Anna Berg", "Ben", "Cleo", "dora"]
    assert dict(found["Anna Berg"].answers) == {"q1": "1", "q2": "2"}
    assert [(part.place, part.reason[:13]) for part in found["Anna Berg"].unused] == [("photo.heic", "it is a photo")]
    assert dict(found["Ben"].answers) == {"q1": "3", "q2": "4"}
    assert [part.place for part in found["Ben"].unused] == ["deeper"]
    assert found["Cleo"].failed == "the folder has no files"


def test_two_of_one_name_stay_two(tmp_path):
    put(tmp_path / "in/Anna Berg_11_assignsubmission_file_", a__txt="q1: 1")
    put(tmp_path / "in/Anna Berg_12_assignsubmission_file_", b__txt="q1: 2")
    (one,) = read_all([tmp_path / "in"], ["q1"]).submissions
    assert one.failed == "two submissions: a.txt and b.txt; keep one"


def test_a_folder_is_its_owners_whatever_a_file_in_it_says(tmp_path):
    put(tmp_path / "in/anna", a__json='{"student": "ben", "answers": {"q1": "1"}}')
    (one,) = read_all([tmp_path / "in"], ["q1"]).submissions
    assert (one.student, dict(one.answers)) == ("anna", {"q1": "1"})
    assert "it is of ben" in one.problems[0]


@pytest.mark.parametrize(("row", "name"), [
    ("a17,Anna Berg,11", "Anna Berg_99_assignsubmission_file_a.txt"), ("a17,X,4711", "berganna_late_4711_5_a.txt"),
    ("a17,Anna Berg,11", "anna berg_99_assignsubmission_file_a.txt"),
])  # fmt: skip
def test_who_a_platform_names_is_found_on_the_list(tmp_path, row, name):
    put(tmp_path / "in", **{name.replace(".", "__"): "q1: 1"})
    (tmp_path / "list.csv").write_text(f"student,name,id\n{row}\n")
    (one,) = read_all([tmp_path / "in"], ["q1"], tmp_path / "list.csv").submissions
    assert (one.student, one.failed, dict(one.answers)) == ("a17", "", {"q1": "1"})
