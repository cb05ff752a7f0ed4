"""What was handed in, from the disk: files, folders of files, in these a folder a student.  Nothing is unpacked, followed or executed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.batch.system import open_flags, refuse_link
from tutor.errors import OutputError
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.answer.files.handed_in_names import Owner
    from tutor.answer.files.submissions import HandedInFiles
    from tutor.answer.handed_in import Submission
    from tutor.answer.read.asked_names import AskedNames
    from tutor.marking.marked import Marked

MOST = 5_000_000
"""A file that was handed in has at most so many bytes."""


def read_files(paths: Iterable[Path]) -> Iterator[tuple[str, bytes | str]]:
    """Each file's name and what it holds, or a sentence about why it is not read; in the order given, folders sorted by name.

    A name begins with the folder that was given; a folder in that one is a student's, and what lies in it has both names.  Hidden files
    are left out, and what systems put beside the files.

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
    shown = _show_name(folder.absolute())
    for name in _list_files(folder):
        inner, called = folder / name, f"{shown}/{_show_name(Path(name))}"
        if inner.is_dir() and not inner.is_symlink():
            there = _list_files(inner, may_be_empty=True)
            if not there:
                yield f"{called}/", "the folder has no files"
            for file in there:
                yield f"{called}/{_show_name(Path(file))}", read_content(inner / file)
        else:
            yield called, read_content(inner)


_LEFT_BY_SYSTEMS = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "Icon\r"})


def _list_files(folder: Path, *, may_be_empty: bool = False) -> list[str]:
    try:
        names = sorted(name for name in os.listdir(folder) if not name.startswith(".") and name not in _LEFT_BY_SYSTEMS)
    except OSError as error:
        raise OutputError(f"the folder {make_visible(str(folder), 200)} cannot be read: {error.strerror}") from None
    if not names and not may_be_empty:
        raise OutputError(f"the folder {make_visible(str(folder), 200)} has no files", hint="give the folder that the files are in")
    return names


_FOLDER = "it is a folder in a student's folder; hand in the files themselves"


def read_content(path: Path, most: int = MOST) -> bytes | str:
    """The bytes of a file, or a sentence about why it is not read: a link, a folder, a pipe, too large, an archive."""
    try:
        refuse_link(path)
        file = os.open(path, open_flags("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"))
    except OSError as error:
        if path.is_symlink():
            return "it is a symbolic link, which is not followed; hand in the file itself"
        return _FOLDER if path.is_dir() else f"it cannot be read: {error.strerror}"
    try:
        kind = os.fstat(file)
        if stat.S_ISDIR(kind.st_mode):
            return _FOLDER
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
    A file out of a folder is one student's own, and so are all files of a folder in it; whose they are tells its name, also as Moodle and
    Canvas make them.  With ``everyone`` whoever is on the roster and handed in nothing has a submission without answers.
    """
    from tutor.answer.files.handed_in_names import Owner, find_on_list, read_owner
    from tutor.answer.files.submissions import HandedInFiles, merge, read_submissions
    from tutor.answer.handed_in import Submission
    from tutor.answer.read.ids import student_key

    students = read_roster(roster) if roster else None
    batches: dict[object, list[HandedInFiles]] = {}
    for name, data in read_files(paths):
        folders, base = name.split("/")[:-1], name.rpartition("/")[2]
        called = folders[1] if len(folders) > 1 else base if folders else ""
        owner = read_owner(called) or (Owner(called) if len(folders) > 1 else None)
        student = (find_on_list(owner, students) if students else owner.name) if owner else ""
        if isinstance(data, bytes):
            read = read_submissions(name, data, questions, students=students, also=also, own=bool(folders), student=student)
        else:
            key = student_key(student or base.rpartition(".")[0] or base)[0]
            refused = Submission(key, source=make_visible(base or called, 200), failed=data)
            read = HandedInFiles((refused,), (f"{make_visible(name, 200)}: {data}",))
        group = (student, owner.number) if owner else name
        batches.setdefault(group, []).append(_add_fields(read, owner))
    found = merge(_join_batches(found) for found in batches.values())
    if not found.submissions:
        raise OutputError("no submissions were found", hint="give the files that were handed in")
    if not students or not everyone:
        return found
    there = {submission.student for submission in found.submissions}
    absent = [one for one in students.values() if one.student not in there]
    return HandedInFiles((*found.submissions, *absent), found.problems)


def _add_fields(read: HandedInFiles, owner: Owner | None) -> HandedInFiles:
    """What a platform says of a student, with what was read."""
    if owner is None or not owner.fields:
        return read
    return replace(read, submissions=tuple(replace(one, fields={**owner.fields, **one.fields}) for one in read.submissions))


def _join_batches(found: Sequence[HandedInFiles]) -> HandedInFiles:
    """All files of one student as one submission; a file by itself as it was read."""
    from tutor.answer.files.several_files import join_files
    from tutor.answer.files.submissions import HandedInFiles

    if len(found) == 1:
        return found[0]
    files = [one for read in found for one in read.submissions]
    return HandedInFiles((join_files(files[0].student, files),), tuple(problem for read in found for problem in read.problems))


def read_roster(path: Path, option: str = "--roster") -> dict[str, Submission]:
    """The students there are, from CSV (the column student, id, email …) or one a line, each as if nothing had been handed in."""
    from tutor.answer.files.submissions import read_submissions
    from tutor.answer.handed_in import Submission
    from tutor.answer.read.ids import student_key
    from tutor.marking.marked import ABSENT

    if path.is_dir():
        raise OutputError(f"{make_visible(str(path), 200)} is a folder", where=option, hint="a list of students is a file")
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
        hint = "one a line, or CSV with a first line that names its columns: student, name"
        raise OutputError(f"{make_visible(str(path), 200)} names no students", where=option, hint=hint)
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
