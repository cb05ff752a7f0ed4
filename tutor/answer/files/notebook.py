"""Jupyter notebooks: the source text of cells that name a question.  Nothing is executed, and outputs are not looked at."""

from __future__ import annotations

import re
from typing import Any

from tutor.answer.files.answer_labels import VALUE, label_of, sort_of
from tutor.answer.files.decode import FileProblem
from tutor.answer.files.file_answers import Found, Read
from tutor.answer.files.programs import find_programs
from tutor.answer.files.structured import Pairs, parse_json
from tutor.answer.files.text_lines import read_lines
from tutor.answer.handed_in import Unused
from tutor.answer.read.ids import Ids
from tutor.errors import ProgramError
from tutor.program.notebooks import read_notebook as read_cells

HINT = "tag the cell with the id of the question, or begin it with the line # q1"
_COMMENT = re.compile(r"#+\|?[ \t]*(?P<id>[^\n]{1,120}?)[ \t]*:?[ \t]*")
_BOLD = re.compile(r"\*\*[ \t]*(?P<id>[^*\n]{1,120}?)[ \t]*(?::[ \t]*\*\*|\*\*[ \t]*:)(?P<rest>[^\n]*)")
_PLAIN = re.compile(r"(?P<id>[^:\n]{1,120}):(?P<rest>[^\n]*)")


def read_notebook(text: str, stem: str, ids: Ids) -> Read:
    """The student of a notebook (format 4).

    Raises `FileProblem` for what is no notebook.
    """
    notebook = _table(parse_json(text))
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise FileProblem("this is no notebook of format 4: it has no cells", hint="save it again with a current Jupyter")
    own = _table(_table(notebook.get("metadata")).get("tutor"))
    name = own.get("student")
    program, chosen, skipped = _read_program(text, stem, ids)
    entries: list[tuple[str, str]] = [(question, program) for question in chosen]
    refused: list[tuple[str, str]] = []
    problems: list[str] = [*skipped]
    loose: list[tuple[int, str, bool]] = []
    for number, cell in enumerate(cells, 1):
        table = _table(cell)
        source = _source(table.get("source"))
        named = list(dict.fromkeys(_read_metadata(_table(table.get("metadata")), ids)))
        asked = _table(_table(table.get("metadata")).get("tutor")).get("question")
        if isinstance(asked, str) and not ids.find(asked) and len(problems) < 20:
            problems.append(f"cell {number}: {ids.describe_unknown(asked)}")
        code = table.get("cell_type") == "code"
        first, rest = _read_first_line(source, ids, code=code)
        if code and (first in chosen or any(one in chosen for one in named)):
            continue  # the notebook as a whole is its answer
        if len(named) > 1:
            refused += [(question, f"cell {number} is tagged with several questions: {', '.join(named)}") for question in named]
        elif named:
            entries.append((named[0], rest if first == named[0] else source))
        elif first and (code or not _has_more(rest, ids)):
            entries.append((first, rest))
        elif source.strip():
            loose.append((number, source, code))
    unused: list[Unused] = []
    given = {ids.find(question) for question, _ in (*entries, *refused)}
    for number, source, code in loose:
        found, left = _lines_of(number, source, ids, code=code)
        entries += [(question, text) for question, text in found if ids.find(question) not in given]
        unused += [] if code and chosen else left
    if not entries and not refused:
        problems.append(f"no cell names a question; {HINT}")
    student = name if isinstance(name, str) and name.strip() else stem
    return Read((Found(student, tuple(entries), problems=tuple(problems), refused=tuple(refused), unused=tuple(unused)),))


def _read_program(text: str, stem: str, ids: Ids) -> tuple[str, tuple[str, ...], list[str]]:
    """All code of a notebook as one program, the questions that it answers, and what is to be said of cells that are no Python."""
    if not ids.names.programs:
        return "", (), []
    try:
        found = read_cells(text, "notebook")
    except ProgramError:
        return "", (), []
    chosen = find_programs(found.text, stem, ids)
    broken = [one for one in found.skipped if not one.startswith(("%", "!"))]
    return found.text, chosen, [f"left out, since it is no Python: {one}" for one in broken] if chosen else []


def _has_more(text: str, ids: Ids) -> bool:
    """Whether lines of a cell begin answers of their own."""
    return any(label_of(line, ids) is not None for line in text.split("\n")[:200] if not line[:1].isspace())


def _lines_of(number: int, source: str, ids: Ids, *, code: bool) -> tuple[list[tuple[str, str]], list[Unused]]:
    """The answers in a cell that as a whole names no question: of code only lines that give a quantity a plain value."""
    if not code:
        (found, *_) = read_lines(source, "", ids).found
        return list(found.entries), [Unused(f"cell {number}, {one.place}", one.text, one.reason) for one in found.unused]
    entries: list[tuple[str, str]] = []
    left: list[str] = []
    for line in source.split("\n"):
        bare = line.partition("#")[0].strip().rstrip(";")
        label = label_of(bare, ids) if bare else None
        if label is not None and VALUE.fullmatch(label.rest):
            entries.append((label.question, label.rest))
        elif bare and sort_of(bare, ids) == "answer" and not bare.startswith(("import ", "from ", "%", "!")):
            left.append(line.strip())
    shown = [Unused(f"cell {number}", "\n".join(left)[:300], "this is code, which is never executed")] if left else []
    return entries, shown


def _read_metadata(metadata: dict[str, Any], ids: Ids) -> list[str]:
    """The questions that a cell's metadata names."""
    tags = metadata.get("tags")
    grader = _table(metadata.get("nbgrader"))
    names = [_table(metadata.get("tutor")).get("question"), *(tags if isinstance(tags, list) else ())]
    if grader.get("solution") is not False:  # nbgrader's cells of text and of tests have ids too
        names.append(grader.get("grade_id"))
    return [found for name in names[:200] if isinstance(name, str) and (found := ids.find(name))]


def _read_first_line(source: str, ids: Ids, *, code: bool) -> tuple[str, str]:
    """The question that the first line names, and the source without that naming; ("", source) without one."""
    line, _, rest = source.lstrip("\n").partition("\n")
    comment = _COMMENT.fullmatch(line.strip()) if len(line) < 300 else None
    if comment and ids.find(comment["id"]):
        return ids.find(comment["id"]), rest.strip("\n")
    if code:
        return "", source
    named = _BOLD.fullmatch(line.strip()) or _PLAIN.fullmatch(line.strip())
    if named and ids.find(named["id"]):
        return ids.find(named["id"]), f"{named['rest'].strip()}\n{rest}".strip("\n")
    return "", source


def _source(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "".join(line for line in value if isinstance(line, str)) if isinstance(value, list) else ""


def _table(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Pairs) else {}
