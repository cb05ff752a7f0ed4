"""The exercises that come with the product, by id.  This module is light: `tutor list` must not wait for SymPy."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tutor.errors import ExerciseError, hint_near, tell
from tutor.exercise.translations import is_language_code
from tutor.expression.letters import COMMANDS
from tutor.notation.own_notation import is_plain_file
from tutor.text import make_visible

FOLDED = ("published",)
"""Folders that a list of everything only counts."""
_PACKAGED = Path(__file__).parent.parent / "_exercises"
_CHECKOUT = Path(__file__).parent.parent.parent / "exercises"
FOLDER = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
MAX_FILE = 2_000_000
MAX_NOTATION = 100_000
MAX_NUMBERS = 50_000_000


_IN_DOLLARS = re.compile(r"\$([^$\n]+)\$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One exercise in the list: its id (``course/name``), its title, its course, how many figures it claims, and its ``abilities``
    besides being solved neuron by neuron: "layers" (it has a matrix form), "data" (several samples), "training"; its ``titles`` in other
    languages, by their codes.
    """

    id: str
    title: str
    course: str
    source: str
    claims: int
    abilities: tuple[str, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()

    def say_title(self, language: str) -> str:
        """Its title in a language, by its code, as plain text: maths in it as it is typed."""
        return _IN_DOLLARS.sub(r"\1", dict(self.titles).get(language, self.title))


def ids() -> list[str]:
    """The ids of all exercises, sorted.

    >>> "neuron/two-two-two" in ids()
    True
    """
    return sorted(f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.toml"))


def list_files(folder: str) -> list[str]:
    """The exercise files in a folder, sorted: files ``*.toml`` with a title, without those of notations; none for what is no folder."""
    path = Path(folder)
    if not folder or not path.is_dir():
        return []
    found = []
    for file in sorted(path.glob("*.toml")):
        try:
            raw = tomllib.loads(read_text(file))
        except (ExerciseError, tomllib.TOMLDecodeError):  # told with its place when it is read as an exercise
            raw = {"title": ""}
        if "title" in raw and "extends" not in raw:
            found.append(str(file))
    return found


def entries() -> list[Entry]:
    """All exercises, sorted by id."""
    found = []
    for name in ids():
        raw = tomllib.loads(read_text(FOLDER / f"{name}.toml"))
        claims = len(raw.get("claim", [])) + sum(
            len(table.get("columns", ())) for table in raw.get("table", []) for _ in table.get("rows", [])
        )
        titles = tuple((code, str(said["title"])) for code, said in raw.items() if is_language_code(code) and "title" in said)
        source = str(raw.get("source", ""))
        found.append(Entry(name, str(raw["title"]), name.split("/")[0], source, claims, list_abilities(raw), titles))
    return found


def choose_topics(found: Sequence[Entry], topics: Sequence[str]) -> list[Entry]:
    """The exercises of some folders, or those whose ids begin like this.  Raises `ExerciseError` for one that there is not.

    >>> [entry.id for entry in choose_topics(entries(), ["dl/bce"])]
    ['dl/bce', 'dl/bce-columns', 'dl/bce-rows']
    """
    for topic in topics:
        if not any(entry.id.startswith(topic) for entry in found):
            courses = sorted({entry.course for entry in found})
            what = f"no exercise is called {make_visible(topic)}, and none begins like this"
            raise ExerciseError(what, hint=hint_near(topic, courses) or ", ".join(courses))
    return [entry for entry in found if any(entry.id.startswith(topic) for topic in topics)]


def list_abilities(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """What can be done with an exercise besides solving it neuron by neuron, by its file."""
    counted = all(str(asked).startswith("count ") for asked in raw.get("asked", [""]))
    has = {"layers": "shapes" in raw or ("network" in raw and not counted), "data": "data" in raw, "training": "train" in raw}
    return tuple(ability for ability, there in has.items() if there)


@dataclass(frozen=True, slots=True)
class Trained:
    """What an exercise trains: its ``skills``, in the order in which they are asked, and how many ``tasks`` there are."""

    id: str
    tasks: int
    skills: tuple[str, ...]


def list_trained() -> list[Trained]:
    """What each exercise of the catalogue trains, written down beside the exercises so that none has to be worked out.

    >>> next(row for row in list_trained() if row.id == "graz/chain").skills[0]
    'gradient:tanh'
    """
    rows = (line.split(",", 2) for line in read_text(FOLDER / SKILLS).splitlines()[1:] if line)
    return [Trained(ident, int(tasks), tuple(skills.split("; "))) for ident, tasks, skills in rows]


SKILLS = "skills.csv"


def locate(target: str) -> tuple[str, Path]:
    """The id and the file of an exercise, given by its id or by a path to a TOML file.

    Raises `ExerciseError` with near misses.
    """
    path = Path(target)
    if target.endswith(".toml"):
        if not path.is_file():
            what = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise ExerciseError(
                f"the file {target} {what}", hint="give the path of an exercise file, or an id from tutor list"
            )
        return path.stem, path
    known = ids()
    if target.startswith(("/", "./", "../", "~")):
        raise ExerciseError(f"{make_visible(target)} is no exercise file", hint="an exercise file ends in .toml")
    if target in known:
        return target, FOLDER / f"{target}.toml"
    if not is_exercise_name(target):
        raise ExerciseError(
            f"{make_visible(target, 60)} is no exercise",
            hint="give the path of an exercise file, or an id from tutor list; tutor solve takes a formula too",
        )
    tail = target.rpartition("/")[2]
    same = [name for name in known if name.rpartition("/")[2] == tail]
    hint = f"did you mean {' or '.join(same)}?" if same else hint_near(target, known)
    hint = str(hint or "tutor list shows them all")
    if _LONG_WORDS.fullmatch(target) and target.partition("/")[0] not in {name.partition("/")[0] for name in known}:
        hint += f"; a quotient is written with spaces: '{target.replace('/', ' / ')}'"
    raise ExerciseError(f"there is no exercise {make_visible(target)}", hint=hint)


_WORDS = re.compile(r"[A-Za-z]+[0-9]*([-_][A-Za-z0-9]+)*")
_LONG_WORDS = re.compile(r"[A-Za-z]{4,}/[A-Za-z]{4,}")


def is_exercise_name(target: str, given: Collection[str] = ()) -> bool:
    """Whether a target is meant as an exercise (an id, a file, or one of these mistyped) and not as an expression.

    Two long words, which are no Greek letters, are an id; with spaces round the /, or where one of them is ``given`` a value, a quotient.

    >>> [is_exercise_name(t) for t in ("dl/bce", "nuron/two-two-two", "sqrt-cos", "nosuch/exercise", "x/y", "x/out-target", "(x+y)*z")]
    [True, True, True, True, False, False, False]
    """
    if target.endswith(".toml") or target.startswith(("/", "./", "../", "~")):
        return True
    known = ids()
    course, slash, name = target.partition("/")
    tails = [ident.partition("/")[2] for ident in known]
    if not slash:
        if re.fullmatch(r"[A-Za-z]{4,}", target):  # one word alone is no computation
            return True
        return bool(_WORDS.fullmatch(target) and "-" in target and get_close_matches(target, tails, 1, 0.8))
    if not _WORDS.fullmatch(course) or not _WORDS.fullmatch(name) or course in given or name in given:
        return target in known
    if _LONG_WORDS.fullmatch(target) and not {course.lower(), name.lower()} & set(COMMANDS):
        return True
    if course in {ident.partition("/")[0] for ident in known} and len(name) > 2:
        return True
    return "-" in name and bool(get_close_matches(target, known, 1, 0.75) or get_close_matches(name, tails, 1, 0.8))


def read_text(path: Path, most: int = 0) -> str:
    """The text of an exercise file: UTF-8 with or without a byte order mark, any line ends; of at most so many bytes.

    Raises `ExerciseError` for a file that cannot be read.
    """
    try:
        if path.stat().st_size > (most or MAX_FILE):
            raise ExerciseError(f"{path} is larger than {most or MAX_FILE:,} bytes", hint="an exercise is a short text file")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ExerciseError(f"{path} is not UTF-8 text (byte {error.start})", hint="save it as UTF-8") from None
    except OSError as error:
        raise ExerciseError(f"{path} cannot be read: {error.strerror}") from None


def read_exercise(path: Path) -> str:
    """The text of an exercise file, with that of the files beside it which it names (``notation = "my.toml"``, ``given = "layers.py"``).

    What marks in other processes, and on other machines, has the text alone.  Only a file of the same folder is read, and no link.

    Raises `ExerciseError` for a file that cannot be read.
    """
    text = read_text(path)
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError):
        return text  # whoever reads it says why
    text += _add_programs(path, raw.get("question"))
    name = raw.get("notation")
    if not isinstance(name, str) or not is_plain_file(name):
        return text
    return f"{text.rstrip()}\n\n[{BROUGHT}]\nname = {_toml(name)}\ntext = {_toml(_read_beside(path, name))}\n"


BROUGHT = "notation_file"
"""The table in which the text of an exercise carries its notation file."""
PROGRAMS = "program_files"
"""The table in which it carries the programs that its questions give, by their names."""
_PLAIN_PROGRAM = re.compile(r"[\w.-]{1,80}\.(?:py|ipynb)")


def _add_programs(path: Path, questions: object) -> str:
    """The programs beside an exercise that its questions name, as a table of its text; nothing where there are none."""
    rows = [row.get("given") for row in questions if isinstance(row, dict)] if isinstance(questions, list) else []
    names = dict.fromkeys(name for name in rows if isinstance(name, str) and _PLAIN_PROGRAM.fullmatch(name))
    lines = [f"{_toml(name)} = {_toml(_read_beside(path, name, 'program'))}" for name in names]
    return "\n".join(["", "", f"[{PROGRAMS}]", *lines, ""]) if lines else ""


def _read_beside(path: Path, name: str, noun: str = "notation") -> str:
    beside = path.parent / name
    if beside.is_symlink() or not beside.is_file():
        what = "is a link" if beside.is_symlink() else "is not there" if not beside.exists() else "is no file"
        raise ExerciseError(
            f"the {noun} {make_visible(name)} {what}", where=f"{path}: {noun}", hint=f"a {noun} file stands beside its exercise",
        )  # fmt: skip
    if beside.stat().st_size > MAX_NOTATION:
        raise ExerciseError(f"the {noun} {make_visible(name)} has more than {MAX_NOTATION:,} bytes", where=f"{path}: {noun}")
    return read_text(beside)


MAX_NOTEBOOK = 20_000_000
"""A notebook has its pictures in it."""
MAX_MODEL = 20_000_000
_PROGRAM = re.compile(r"(?P<file>.+\.(?:py|ipynb|onnx))(?::(?P<wanted>[^:/\\]*))?", re.DOTALL)


def is_program_name(target: str) -> bool:
    """Whether a target is a Python file, a notebook or a model in an ONNX file, or a part of one.

    >>> is_program_name("model.py:forward"), is_program_name("model.ipynb:f"), is_program_name("model.onnx"), is_program_name("x/y")
    (True, True, True, False)
    """
    return _PROGRAM.fullmatch(target) is not None


def is_model_name(target: str) -> bool:
    """Whether a target is a model in an ONNX file.

    >>> is_model_name("model.onnx:logits"), is_model_name("model.py:forward")
    (True, False)
    """
    match = _PROGRAM.fullmatch(target)
    return match is not None and match["file"].endswith(".onnx")


def read_model_file(target: str) -> tuple[str, bytes, str]:
    """The file of a model, its bytes, and the result that is meant (empty where it is not said): ``model.onnx:logits``.

    Raises `ExerciseError` for a file that does not exist or cannot be read, or that is too large for a model that is derived.
    """
    path, wanted = _find_program(target)
    try:
        if path.stat().st_size > MAX_MODEL:
            raise ExerciseError(
                tell("the model has more than {limit:,} bytes", limit=MAX_MODEL), where=make_visible(str(path), 120),
                hint=tell("export a small model: a derivation needs its operations, and no trained weights"),
            )  # fmt: skip
        return str(path), path.read_bytes(), wanted
    except OSError as error:
        raise ExerciseError(f"{make_visible(str(path), 120)} cannot be read: {error.strerror}") from None


def read_program_file(target: str) -> tuple[str, str, str]:
    """The file of a program, its text, and the function that is meant (empty where it is not said): ``model.py:forward``.

    Raises `ExerciseError` for a file that does not exist or cannot be read, or is larger than an exercise file.
    """
    path, wanted = _find_program(target)
    return str(path), read_text(path, MAX_NOTEBOOK if path.suffix == ".ipynb" else MAX_FILE), wanted


def _find_program(target: str) -> tuple[Path, str]:
    match = _PROGRAM.fullmatch(target)
    assert match is not None
    path = Path(match["file"])
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        wanted = "a model: model.onnx" if path.suffix == ".onnx" else "a Python file: model.py:forward"
        raise ExerciseError(f"the file {make_visible(str(path), 120)} {what}", hint=f"give the path of {wanted}")
    return path, match["wanted"] or ""


def read_numbers(name: str) -> bytes:
    """The bytes of a file of numbers.

    Raises `ExerciseError` for one that does not exist, cannot be read, or is too large.
    """
    path = Path(name)
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise ExerciseError(f"the file {make_visible(name, 120)} {what}", hint="give a file of arrays: .npz, .safetensors, .json or .csv")
    try:
        if path.stat().st_size > MAX_NUMBERS:
            raise ExerciseError(f"{make_visible(name, 120)} has more than {MAX_NUMBERS:,} bytes", hint="compare a part of it")
        return path.read_bytes()
    except OSError as error:
        raise ExerciseError(f"{make_visible(name, 120)} cannot be read: {error.strerror}") from None


def read_csv(name: str) -> str:
    """The text of a data file.

    Raises `ExerciseError` for one that does not exist or cannot be read.
    """
    path = Path(name)
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "does not exist"
        raise ExerciseError(
            f"the data file {make_visible(name)} {what}",
            hint="a CSV file: a line of names, then one line of numbers a sample",
        )
    return read_text(path)


def exercise_text(target: str) -> tuple[str, str]:
    """The id and the text of an exercise, by its id or file; of an expression or of steps, as the file that would say the same."""
    from tutor.graph.read_steps import is_step, split_steps

    if is_exercise_name(target):
        ident, path = locate(target)
        return ident, read_exercise(path)
    title = f"title = {_toml(' '.join(target.split())[:200] or 'expression')}\n"
    if is_step(target):
        lines = [line.strip() for line in split_steps(target)]
        return "expression", f"{title}steps = [{', '.join(map(_toml, lines))}]\n"
    return "expression", f"{title}expression = {_toml(target)}\n"


def _toml(text: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
