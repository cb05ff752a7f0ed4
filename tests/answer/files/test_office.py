"""Word and Excel files: text and cells within limits; nothing in them is followed, executed or expanded."""

import io
import zipfile

import pytest
from messy_class import docx, xlsx
from read_files import read
from some_now import some_now

from tutor.answer.files import office

RIGHT = {"q1": "0.5", "q2": "a + b"}
GOOD = [
    ("a.docx", docx(["Homework 3", "q1 = 0.5", "q2: a + b"])),
    ("a.docx", docx(["My answers"], [("question", "answer"), ("q1", "0.5"), ("q2", "a + b")])),
    ("a.xlsx", xlsx([("question", "answer"), ("q1", "0.5"), ("q2", "a + b")])),
    ("a.xlsx", xlsx([("q1", "0.5"), ("q2", "a + b")], shared=False)),
    ("a.xlsx", xlsx([("q1", "q2"), ("0.5", "a + b")])),
]


@pytest.mark.parametrize(("name", "data"), GOOD)
def test_answers_are_read(name, data):
    (submission,) = read(name, data).submissions
    assert (submission.student, submission.answers, submission.unused, submission.failed) == ("a", RIGHT, (), "")


def test_a_sheet_of_a_class():
    batch = read("c.xlsx", xlsx([("student", "q1", "q2"), ("anna", "0.5", "a + b"), ("ben", "1", "")]))
    assert {one.student: one.answers for one in batch.submissions} == {"anna": RIGHT, "ben": {"q1": "1"}}


def packed(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return data.getvalue()


LAUGHS = '<!DOCTYPE d [<!ENTITY a "q1: 1"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d><p><t>&b;</t></p></d>'
SECRET = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d><p><t>q1: &a;</t></p></d>'
BAD = [
    ("a.docx", b"PK\x03\x04", "cannot be unpacked"), ("a.xlsx", b"", "the file is empty"), ("a.docx", b"hello", "cannot be unpacked"),
    ("a.docx", packed(word__other="x"), "it has no word/document.xml"), ("a.xlsx", packed(xl__workbook="x"), "it has no sheets"),
    ("a.docx", packed(word__document=LAUGHS), "a document type"), ("a.docx", packed(word__document=SECRET), "a document type"),
    ("a.docx", packed(word__document="<d><p>"), "its XML is broken"), ("a.docx", packed(word__document="<" * 1000), "its XML is broken"),
    ("a.docx", packed(word__document="<d>" * 100_000), "its XML is broken"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "reason"), BAD)
def test_what_is_none_is_refused(name, data, reason):
    (submission,) = read(name, data).submissions
    assert reason in submission.failed


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(office, "MAX_PART", 100_000)
    (submission,) = read("a.docx", packed(word__document="<d>" + " " * 200_000 + "</d>")).submissions
    assert "unpacked it has 200,007 bytes; at most 100,000 are read" in submission.failed


def test_a_damaged_part_is_refused():
    data = bytearray(docx(["q1 = 0.5"] * 50))
    data[len(data) // 2] ^= 0xFF
    assert read("a.docx", bytes(data)).submissions


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
@pytest.mark.parametrize("place", some_now(range(0, 600, 13), 4))
def test_any_byte_may_be_broken(name, place):
    data = bytearray(docx(["q1 = 0.5"]) if name == "a.docx" else xlsx([("q1", "0.5")]))
    data[place % len(data)] ^= 0x55
    assert read(name, bytes(data)).submissions
