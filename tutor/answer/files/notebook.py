"""Jupyter notebooks: the source text of cells that name a question.  Nothing is executed, and outputs are not looked at."""

from __future__ import annotations

import re
from typing import Any

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.found import Found, Read
from tutor.answer.files.structured import Pairs, parse_json
from tutor.answer.read.ids import Ids

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
    entries: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    problems: list[str] = []
    for number, cell in enumerate(cells, 1):
        table = _table(cell)
        source = _source(table.get("source"))
        named = list(dict.fromkeys(_named(_table(table.get("metadata")), ids)))
        asked = _table(_table(table.get("metadata")).get("tutor")).get("question")
        if isinstance(asked, str) and not ids.find(asked) and len(problems) < 20:
            problems.append(f"cell {number}: {ids.unknown(asked)}")
        first, rest = _first_line(source, ids, code=table.get("cell_type") == "code")
        if len(named) > 1:
            refused += [(question, f"cell {number} is tagged with several questions: {', '.join(named)}") for question in named]
        elif named:
            entries.append((named[0], rest if first == named[0] else source))
        elif first:
            entries.append((first, rest))
    if not entries and not refused:
        problems.append(f"no cell names a question; {HINT}")
    student = name if isinstance(name, str) and name.strip() else stem
    return Read((Found(student, tuple(entries), problems=tuple(problems), refused=tuple(refused)),))


def _named(metadata: dict[str, Any], ids: Ids) -> list[str]:
    """The questions that a cell's metadata names."""
    tags = metadata.get("tags")
    grader = _table(metadata.get("nbgrader"))
    names = [_table(metadata.get("tutor")).get("question"), *(tags if isinstance(tags, list) else ())]
    if grader.get("solution") is not False:  # nbgrader's cells of text and of tests have ids too
        names.append(grader.get("grade_id"))
    return [found for name in names[:200] if isinstance(name, str) and (found := ids.find(name))]


def _first_line(source: str, ids: Ids, *, code: bool) -> tuple[str, str]:
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
