"""Bytes of a file to text, whatever editor wrote them: UTF-8 with or without a byte order mark, UTF-16 with one, Windows-1252."""

from __future__ import annotations

import codecs
import zipfile

from tutor.errors import TutorError

_UNPACK = "unpack it and hand in the files"
_TYPE = "type the answers into a text file, a line an answer: dL/dw5 = 0.082; until then a person has to read it"
_CONVERT = "save it as .docx or .xlsx, or as plain text"
KINDS: tuple[tuple[tuple[bytes, ...], tuple[str, ...], str, str], ...] = (
    ((b"PK\x05\x06",), (), "an empty ZIP archive", _UNPACK),
    ((), (".odt", ".ods", ".odp", ".pages", ".numbers", ".pptx", ".key"), "a document of another office program", _CONVERT),
    ((), (".xlsm", ".docm", ".xlsb", ".xltm"), "a document that may hold macros", "save it without macros, as .xlsx or .docx"),
    ((b"PK\x03\x04",), (".zip",), "a ZIP archive (or an office document)", _UNPACK),
    ((b"\x1f\x8b",), (".gz", ".tgz"), "a gzip archive", _UNPACK),
    ((b"BZh",), (".bz2",), "a bzip2 archive", _UNPACK),
    ((b"\xfd7zXZ\x00",), (".xz",), "an xz archive", _UNPACK),
    ((b"7z\xbc\xaf\x27\x1c",), (".7z",), "a 7z archive", _UNPACK),
    ((b"Rar!\x1a\x07",), (".rar",), "a RAR archive", _UNPACK),
    ((b"\x28\xb5\x2f\xfd",), (".zst",), "a zstd archive", _UNPACK),
    ((), (".tar",), "an archive", _UNPACK),
    ((b"%PDF",), (".pdf",), "a PDF, whose text cannot be told safely",
     "hand in what it was made from (.docx, .xlsx, .md, .txt, .tex), or type the answers; until then a person has to read it"),
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"),
     (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".svg"), "a picture", _TYPE),
    ((), (".heic", ".heif"), "a photo of a phone (HEIC)", _TYPE),
    ((b"\xd0\xcf\x11\xe0",), (".doc", ".xls", ".ppt"), "an old office document", _CONVERT),
    ((b"{\\rtf",), (".rtf",), "a document in RTF", _CONVERT),
    ((b"\x7fELF", b"MZ\x90\x00"), (".exe",), "a program", "hand in the answers as text"),
    ((), (".mp4", ".mov", ".m4a", ".mp3", ".wav"), "a recording", _TYPE),
)  # fmt: skip
"""What is no text: how such a file begins, how its name ends, what it is, and what to do."""
_PHONE = (b"heic", b"heix", b"mif1", b"msf1", b"heif")


class FileProblem(TutorError):
    """A file that cannot be read as a submission, as a whole."""


def decode(data: bytes) -> tuple[str, str]:
    """The text with line ends as ``\\n``, and a note about its encoding (empty for UTF-8 and UTF-16 with a mark).

    Raises `FileProblem` for an archive, a picture and the like.

    >>> decode("q1: ½".encode("cp1252"))
    ('q1: ½', 'the file is not UTF-8; it was read as Windows-1252')
    """
    problem = advise("", data)
    if problem is not None:
        raise problem
    text, note = _decode_bytes(data)
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def advise(suffix: str, data: bytes) -> FileProblem | None:
    """What to do with a file that is no text, by how it begins or by how its name ends; nothing for any other.

    >>> advise(".pdf", b"%PDF-1.7").what
    'this is a PDF, whose text cannot be told safely'
    """
    if data[4:8] == b"ftyp" and data[8:12] in _PHONE:
        suffix, data = ".heic", b""
    for starts, ends, what, hint in KINDS:
        if data.startswith(starts) if starts and data else suffix in ends:
            return FileProblem(f"this is {what}", hint=hint)
    for _, ends, what, hint in KINDS:
        if suffix in ends:
            return FileProblem(f"this is {what}", hint=hint)
    return None


def _decode_bytes(data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
        return text, "some characters of the file are broken" if "\ufffd" in text else ""
    if (wide := _decode_wide(data)):
        return data.decode(wide, "replace"), "the file is UTF-16 without a mark"
    for encoding, note in (("utf-8-sig", ""), ("cp1252", "the file is not UTF-8; it was read as Windows-1252")):
        try:
            return data.decode(encoding), note
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "the file is not UTF-8; it was read as Latin-1"


def _decode_wide(data: bytes) -> str:
    """UTF-16 without a byte order mark: every other byte of its beginning is 0."""
    start = data[:400]
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = start[first::2], start[1 - first :: 2]
        if len(start) >= 8 and len(data) % 2 == 0 and high.count(0) >= 0.8 * len(high) and 0 not in low:
            return name
    return ""


def drop_surrogates(text: str) -> str:
    """A text without half characters (lone surrogates, as JSON may name them), which no file could hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a member of an archive; nothing where there are more than the archive says, which are never unpacked.

    >>> import io
    >>> archive = zipfile.ZipFile(io.BytesIO(), "w")
    >>> archive.writestr("a.txt", "hello")
    >>> unpack_member(archive, archive.getinfo("a.txt"))
    b'hello'
    """
    with archive.open(member) as stream:
        data = stream.read(member.file_size + 1)
    return data if len(data) == member.file_size else None
