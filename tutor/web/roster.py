"""What is served: the exercises by their addresses, and the links of a class.  Nothing here needs SymPy."""

from __future__ import annotations

import csv
import io
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from tutor import notation
from tutor.errors import ExerciseError, OutputError, TutorError
from tutor.exercise import catalogue
from tutor.text import guard_cell, make_visible
from tutor.web.security import hash_secret, make_token
from tutor.web.store import Store

OWN = "own"
"""The group of exercises that belong to no course."""
MOST = 2_000
_KEY = re.compile(r"^(\w+) = ", re.MULTILINE)
_QUOTED = re.compile(r'"([^"\\\n]*)"\s*')
_TAGGED = ("steps", "expression", "network")
_TITLE = re.compile(r'^title = "([^"]*)"$', re.MULTILINE)
_NOTATIONS = Path(notation.__file__).parent
_TRANSLATED = re.compile(r'([a-z]{2})\]\s*\ntitle = "([^"\\\n]*)"\s')
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Served:
    """An exercise that is served: its address (``key``), title, course, what it can do, and the names of functions in it (``tags``).

    ``skills`` is what practice trains with it, where that is written down: of exercises that come with tutor.
    """

    key: str
    title: str
    course: str
    abilities: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()
    path: Path | None = None
    text: str = ""
    titles: tuple[tuple[str, str], ...] = ()
    skills: frozenset[str] = frozenset()

    def say_title(self, language: str) -> str:
        """Its title in a language, by its code."""
        return dict(self.titles).get(language, self.title)

    def read(self) -> tuple[str, str]:
        """Its text as it is now, with the SHA-256 of it; raises `ExerciseError` where the file is gone or cannot be read."""
        text = self.text or (catalogue.read_exercise(self.path) if self.path is not None else "")
        return text, sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def list_served(targets: Sequence[str], functions: Iterable[str]) -> dict[str, Served]:
    """The exercises by their addresses: those that come with tutor, or only the targets: ids, courses, files, folders, formulas.

    ``functions`` are the names that are tags.  Raises a `TutorError` for a target that is none of these.
    """
    known = frozenset(functions)
    found: dict[str, Served] = {}
    listed = (_list_target(target, known) for target in targets) if targets else (_list_course(name, known) for name in _list_courses())
    for some in listed:
        for one in some:
            key, number = one.key, 2
            while key in found:
                key, number = f"{one.key}-{number}", number + 1
            found[key] = one if key == one.key else replace(one, key=key)
            if len(found) > MOST:
                raise OutputError(f"more than {MOST:,} exercises", hint="give a smaller folder")
    return found


def name_course(course: str) -> str:
    """The title of a course, from its notation; nothing for a group that is none.

    >>> name_course("qmul")
    'Regression with Neural Networks (qmul)'
    """
    file = _NOTATIONS / f"{course}.toml"
    found = _TITLE.search(catalogue.read_text(file)) if course in _list_courses() and file.is_file() else None
    return found[1] if found else ""


def _list_courses() -> list[str]:
    return sorted(path.name for path in catalogue.FOLDER.iterdir() if path.is_dir())


def _list_course(course: str, known: frozenset[str]) -> list[Served]:
    """The exercises of a course that comes with tutor, whatever lies in the folder where the server was started."""
    paths = sorted((catalogue.FOLDER / course).glob("*.toml"), key=lambda path: path.stem)
    return [_describe(f"{course}/{path.stem}", course, path, known, _scan_head(catalogue.read_text(path), str(path))) for path in paths]


def _list_target(target: str, known: frozenset[str]) -> list[Served]:
    folder = Path(target)
    if folder.is_dir():
        read = {path: _parse(catalogue.read_text(path), str(path)) for path in sorted(folder.glob("*.toml"))}
        found = [_describe(path.stem, OWN, path, known, raw) for path, raw in read.items() if "title" in raw]
        if not found and target not in _list_courses():
            raise ExerciseError(f"the folder {make_visible(target, 200)} has no exercise", hint="an exercise is a file *.toml with a title")
        if found:
            return found
    if target in _list_courses():
        return _list_course(target, known)
    if catalogue.is_exercise_name(target):
        ident, path = catalogue.locate(target)
        course = ident.partition("/")[0] if "/" in ident else OWN
        return [_describe(ident, course, path, known, _parse(catalogue.read_text(path), str(path)))]
    ident, text = catalogue.exercise_text(target)
    return [Served(ident, str(_parse(text, ident)["title"]), OWN, text=text)]


def _describe(key: str, course: str, path: Path, known: frozenset[str], raw: Mapping[str, object]) -> Served:
    abilities = catalogue.list_abilities(raw)
    tags = known & set(_WORD.findall(" ".join(str(raw.get(part, "")) for part in _TAGGED)))
    titles = tuple((code, str(said["title"])) for code, said in raw.items() if isinstance(said, dict) and "title" in said)
    skills = _list_skills().get(key, frozenset())
    return Served(key, str(raw.get("title", key)), course, abilities, tags, path, titles=titles, skills=skills)


@cache
def _list_skills() -> Mapping[str, frozenset[str]]:
    return {row.id: frozenset(row.skills) for row in catalogue.list_trained()}


def _scan_head(text: str, where: str) -> Mapping[str, object]:
    """What lists need of a file that comes with tutor: its titles, which keys and tables it has, and the text of those that have formulas.

    A file that is written in another way than those are is parsed whole.  Measured: all exercises in 15 ms; parsing their heads took
    60 of the 300 in which the first page is there.
    """
    if '"""' in text or "'''" in text:
        return _parse(text, where)
    head, *tables = text.split("\n[")
    found: dict[str, object] = {table.lstrip("[").partition("]")[0]: {} for table in tables}
    keys = list(_KEY.finditer(head))
    for key, end in zip(keys, [*(key.start() for key in keys[1:]), len(head)], strict=True):
        found[key[1]] = head[key.end() : end]
    title = _QUOTED.fullmatch(str(found.get("title", "")))
    if "network" in found or title is None:
        return _parse(text, where)
    titles = {match[1]: {"title": match[2]} for match in map(_TRANSLATED.match, tables) if match}
    return found | titles | {"title": title[1]}


def _parse(text: str, where: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ExerciseError(f"not a TOML file: {error}", where=where, hint="see CONTRIBUTING.md for the format") from None


# The class


def admit_class(store: Store, students: Sequence[tuple[str, str]], file: Path, address: str, *, anew: bool = False) -> tuple[int, int]:
    """Give each student (id, name) of a class a link, and write those that are new to a file: how many there are, and how many new ones.

    The database has their hashes only, so that a link that was written once stays as it is; ``anew`` makes all of them again.
    Raises `OutputError` where the file cannot be written; then nothing is changed.
    """
    known = {} if anew else store.list_tokens()
    written = {} if anew else _read_links(file)
    rows: list[tuple[str, str, bytes]] = []
    links: dict[str, tuple[str, str]] = {}
    made = 0
    for student, name in students:
        token = written.get(student, "")
        if not token or hash_secret(token) != known.get(student):
            token, made = make_token(), made + 1
        rows.append((student, name, hash_secret(token)))
        links[student] = (name, f"{address}/in/{token}")
    _write_links(file, links)
    store.put_students(rows)
    return len(rows), made


def _read_links(file: Path) -> Mapping[str, str]:
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    except (OSError, ValueError, csv.Error):
        return {}
    return {(row.get("student") or "").removeprefix("'"): (row.get("link") or "").rpartition("/in/")[2] for row in rows}


def _write_links(file: Path, links: Mapping[str, tuple[str, str]]) -> None:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(["student", "name", "link"])
    writer.writerows([guard_cell(student), guard_cell(name), link] for student, (name, link) in links.items())
    part = file.with_name(f"{file.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
            opened.write(made.getvalue())
        part.replace(file)
    except OSError as error:
        raise OutputError(f"the links cannot be written to {make_visible(str(file), 200)}: {error.strerror}", hint="--links FILE") from None


def read_class(path: Path) -> list[tuple[str, str]]:
    """The students of a list, as ``tutor mark --roster`` reads it: their id and how they are called."""
    from tutor.batch.inputs import read_roster

    found = []
    for student, submission in read_roster(path, "--class").items():
        fields = submission.fields
        name = fields.get("name") or " ".join(filter(None, (fields.get("first_name", ""), fields.get("last_name", ""))))
        found.append((student, name))
    return found


__all__ = ["OWN", "Served", "TutorError", "admit_class", "list_served", "name_course", "read_class"]
