"""Bytes to text: encodings, marks of byte order and ends of lines, the same answers from all of them."""

import pytest
from read_files import read

ENCODINGS = [
    ("utf-8", b"", ""),
    ("utf-8", b"\xef\xbb\xbf", ""),
    ("utf-16-le", b"\xff\xfe", ""),
    ("utf-16-be", b"\xfe\xff", ""),
    ("cp1252", b"", "the file is not UTF-8; it was read as Windows-1252"),
]


@pytest.mark.parametrize(("encoding", "mark", "note"), ENCODINGS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", "q1: ½×x\nq2: b"), ("a.json", '{"q1": "½×x",\n"q2": "b"}'), ("a.csv", "id,q1,q2\na,½×x,b\n")],
)
def test_encodings_and_line_ends(encoding, mark, note, end, name, text):
    batch = read(name, mark + text.replace("\n", end).encode(encoding))
    (submission,) = batch.submissions
    assert submission.answers == {"q1": "½×x", "q2": "b"}
    assert note in " ".join(batch.problems + submission.problems)
