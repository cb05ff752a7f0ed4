"""Bytes of a file to text, whatever editor wrote them: UTF-8 with or without a byte order mark, UTF-16 with one, Windows-1252."""

from __future__ import annotations

import codecs

from tutor.errors import TutorError

_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)


class FileProblem(TutorError):
    """A file that cannot be read as a submission, as a whole."""


def decode(data: bytes) -> tuple[str, str]:
    """The text with line ends as ``\\n``, and a note about its encoding (empty for UTF-8 and UTF-16 with a mark).

    Raises `FileProblem` for an archive, a picture and the like.

    >>> decode("q1: ½".encode("cp1252"))
    ('q1: ½', 'the file is not UTF-8; it was read as Windows-1252')
    """
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise FileProblem(f"this is {what}, not text", hint="hand in the text itself")
    text, note = _decoded(data)
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
        return text, "some characters of the file are broken" if "\ufffd" in text else ""
    for encoding, note in (("utf-8-sig", ""), ("cp1252", "the file is not UTF-8; it was read as Windows-1252")):
        try:
            return data.decode(encoding), note
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "the file is not UTF-8; it was read as Latin-1"


def whole(text: str) -> str:
    """A text without half characters (lone surrogates, as JSON may name them), which no file could hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
