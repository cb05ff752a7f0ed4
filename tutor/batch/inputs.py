"""What was handed in, from the disk: files, and folders one level deep.  Nothing is unpacked, followed or executed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.batch.system import open_flags, refuse_link
from tutor.errors import OutputError
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.answer.files.submissions import HandedInFiles
    from tutor.answer.handed_in import Submission
    from tutor.answer.read.asked_names import AskedNames
    from tutor.marking.marked import Marked

MOST = 5_000_000
"""A file that was handed in has at most so many bytes."""


def read_files(paths: Iterable[Path]) -> Iterator[tuple[str, bytes | str]]:
    """Each file's name and what it holds, or a sentence about why it is not read; in the order given, folders sorted by name.

    A name begins with the folder that was given.  Hidden files are left out.

    Raises `OutputError` for a path that does not exist and a folder without files.
    """
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            yield from _read_folder(path)
        elif not os.path.lexists(path):
            raise OutputError(f"{make_visible(str(path), 200)} does not exist", hint="give files, or folders of files, that were handed in")
        else:
            yield _show_name(path), read_content(path)


def _read_folder(folder: Path) -> Iterator[tuple[str, bytes | str]]:
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except OSError as error:
        raise OutputError(f"the folder {make_visible(str(folder), 200)} cannot be read: {error.strerror}") from None
    if not names:
        raise OutputError(f"the folder {make_visible(str(folder), 200)} has no files", hint="give the folder that the files are in")
    shown = _show_name(folder.absolute())
    for name in names:
        yield f"{shown}/{_show_name(Path(name))}", read_content(folder / name)


def read_content(path: Path, most: int = MOST) -> bytes | str:
    """The bytes of a file, or a sentence about why it is not read: a link, a folder, a pipe, too large, an archive."""
    try:
        refuse_link(path)
        file = os.open(path, open_flags("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"))
    except OSError as error:
        if path.is_symlink():
            return "it is a symbolic link, which is not followed; hand in the file itself"
        return "it is a folder; folders are read one level deep" if path.is_dir() else f"it cannot be read: {error.strerror}"
    try:
        kind = os.fstat(file)
        if stat.S_ISDIR(kind.st_mode):
            return "it is a folder; folders are read one level deep"
        if not stat.S_ISREG(kind.st_mode):
            return "it is no ordinary file"
        if kind.st_size > most:
            return f"it has {kind.st_size:,} bytes; the limit is {most:,}"
        with open(file, "rb", closefd=False) as opened:
            data = opened.read(most + 1)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    finally:
        os.close(file)
    if len(data) > most:
        return f"it has more than {most:,} bytes"
    return _name_kind(path.suffix.lower(), data) or data


def _name_kind(suffix: str, data: bytes) -> str:
    """What a file is that is no text, and what to do; nothing for text, and for Word and Excel files."""
    from tutor.answer.files.decode import advise
    from tutor.answer.files.submissions import OFFICE

    if suffix in OFFICE and data.startswith(b"PK\x03\x04"):
        return ""
    problem = advise(".tar", b"") if data[257:262] == b"ustar" else advise(suffix, data)
    return f"it is {problem.what.removeprefix('this is ')}; {problem.hint}" if problem is not None else ""


def _show_name(path: Path) -> str:
    return os.fsencode(path.name).decode("utf-8", "replace")


def refuse_overlap(output: Path, paths: Iterable[Path]) -> None:
    """Refuse a folder for marks that is one of the folders that were handed in, or lies in one, or around one: they would mix.

    Raises `OutputError` by name.
    """
    if output.is_file():
        return
    into = Path(os.path.realpath(output))
    for path in paths:
        folder = Path(os.path.realpath(path))
        if path.is_dir() and (into == folder or into in folder.parents or folder in into.parents):
            how = "is" if into == folder else "lies around" if into in folder.parents else "lies in"
            raise OutputError(
                f"the folder for the marks, {make_visible(str(output), 200)}, {how} the folder "
                f"{make_visible(str(path), 200)} that was handed in",
                hint="choose one beside it: -o marks",
            )


def read_all(
    paths: Iterable[Path], questions: Sequence[str] | AskedNames, roster: Path | None = None, *, also: Mapping[str, str] | None = None,
    everyone: bool = True,
) -> HandedInFiles:  # fmt: skip
    """Every submission there is, one a student; a file that cannot be read has a row that says why.

    ``questions`` are ids, with ``also`` other names (``w5 after 1``), or all names that an exercise's questions may have.
    A file out of a folder is one student's own.  With
    ``everyone`` whoever is on the roster and handed in nothing has a submission without answers.
    """
    from tutor.answer.files.submissions import HandedInFiles, merge, read_submissions
    from tutor.answer.handed_in import Submission
    from tutor.answer.read.ids import student_key

    students = _read_roster(roster) if roster else None
    batches = []
    for name, data in read_files(paths):
        if isinstance(data, bytes):
            batches.append(read_submissions(name, data, questions, students=students, also=also, own="/" in name))
        else:
            base = name.rpartition("/")[2]
            student = student_key(base.rpartition(".")[0] or base)[0]
            refused = Submission(student, source=make_visible(base, 200), failed=data)
            batches.append(HandedInFiles((refused,), (f"{make_visible(name, 200)}: {data}",)))
    found = merge(batches)
    if not found.submissions:
        raise OutputError("no submissions were found", hint="give the files that were handed in")
    if not students or not everyone:
        return found
    there = {submission.student for submission in found.submissions}
    absent = [one for one in students.values() if one.student not in there]
    return HandedInFiles((*found.submissions, *absent), found.problems)


def _read_roster(path: Path) -> dict[str, Submission]:
    """The students there are, from CSV (the column student, id, email …) or one a line, each as if nothing had been handed in."""
    from tutor.answer.files.submissions import read_submissions
    from tutor.answer.handed_in import Submission
    from tutor.answer.read.ids import student_key
    from tutor.marking.marked import ABSENT

    data = read_whole(path)
    source = make_visible(path.name, 200)
    rows: list[tuple[str, Mapping[str, str]]]
    if path.suffix.lower() in (".csv", ".tsv"):
        read = read_submissions(path.name, data, []).submissions
        rows = [(one.student, one.fields) for one in read if not one.failed and one.source != source]  # a row of a table has a number
    else:
        rows = [(line, {}) for line in data.decode("utf-8-sig", "replace").splitlines() if line.strip()]
    keys = [(student_key(student)[0], fields) for student, fields in rows]
    found = {
        student: Submission(student, source=source, fields=fields, problems=(ABSENT,)) for student, fields in reversed(keys)
    }
    found = {student: found[student] for student, _ in keys}
    if not found:
        raise OutputError(
            f"{make_visible(str(path), 200)} names no students", where="--roster", hint="one a line, or CSV with a column student"
        )
    return found


def read_whole(path: Path) -> bytes:
    """A file that the grader gave, whole."""
    data = read_content(Path(os.path.realpath(path)))
    if isinstance(data, str):
        raise OutputError(f"{make_visible(str(path), 200)}: {data}")
    return data


def read_earlier_marks(path: Path) -> tuple[Marked, ...]:
    """The marked work of an earlier run: its folder, or its results.json."""
    from tutor.marking.record import from_record

    file = path / "results.json" if path.is_dir() else path
    try:
        return tuple(from_record(record) for record in json.loads(file.read_bytes())["results"])
    except OSError as error:
        raise OutputError(f"{make_visible(str(file), 200)} cannot be read: {error.strerror}", where="--diff") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise OutputError(
            f"{make_visible(str(file), 200)} has no marks of tutor", where="--diff",
            hint="give the folder or the results.json of an earlier run",
        ) from None  # fmt: skip
