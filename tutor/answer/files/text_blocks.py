"""A text as blocks: lines, headings, rows of tables, whatever the text was written with; what only decorates is gone.

Blocks know nothing of questions; `tutor.answer.files.answer_labels` says what a block answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Sort = Literal["line", "inside", "heading", "row"]
MAX_LINE = 10_000
"""A longer line is no heading and no row of a table."""
MAX_ROWS = 5_000
_RULE = re.compile(r"[ \t]*(?:(?:-[ \t]?){3,}|(?:\*[ \t]?){3,}|(?:_[ \t]?){3,}|={3,}|[-+=|: ─━═┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝│║╪╞╡]{3,})[ \t]*")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}[ \t]+(?P<text>.*?)[ \t]*#*")
_SECTION = re.compile(r"\\(?:sub){0,2}(?:section|paragraph)\*?\{(?P<text>[^{}]{1,200})\}")
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_FENCE_LINE = re.compile(r"\s*(?:`{3,}\s?[\w+-]{0,20}|~{3,}\s?[\w+-]{0,20})\s*")
_QUOTED = re.compile(r"(?:>[ \t]?){1,4}")
_DIVIDER = re.compile(r"[ \t]*\|?(?:[ \t]*(?::?-{2,}:?|:-:?|-:)[ \t]*\|)+(?:[ \t]*(?::?-{2,}:?|:-:?|-:)[ \t]*)?[ \t]*")
_LATEX_RULE = re.compile(r"[ \t]*\\(?:hline|toprule|midrule|bottomrule|begin\{tabular\}\{[^{}]{0,60}\}|end\{tabular\})[ \t]*")
_SETTING = re.compile(
    r"[ \t]*\\(?:begin|end)\{(?:align|aligned|alignat|equation|gather|gathered|multline|split|itemize|enumerate|document|center|table)"
    r"\*?\}(?:\[[^\]]{0,40}\]|\{[^}]{0,40}\})?[ \t]*"
)
_ENVIRONMENT = r"(?:align|aligned|alignat|equation|gather|gathered|multline|split)"
_ON_ONE_LINE = re.compile(
    rf"[ \t]*(?:\$\$|\\\[)?[ \t]*\\begin\{{(?P<name>{_ENVIRONMENT}\*?)\}}(?:\{{[0-9]\}})?(?P<inner>.*)\\end\{{(?P=name)\}}"
    r"[ \t]*(?:\$\$|\\\])?[ \t]*[.,]?[ \t]*"
)
"""An environment of equations that begins and ends on one line."""
_BARS = str.maketrans("│┃║｜", "||||")
_FRAMED = re.compile(r"\| .* \|")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A line of what was handed in, with its number in the file.

    ``text`` is it as it stands.  ``sort`` says whether it is an ordinary line, one that stands ``inside`` (indented, or in a block of
    code), a heading (then ``text`` is its words), or a row of a table with its ``cells`` and those of the table's ``head``, if it has one.
    """

    number: int
    text: str
    sort: Sort = "line"
    cells: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenBlock:
    """A block of code that never ends: the number of its first line."""

    number: int


def read_blocks(text: str, labelled: Callable[[str], bool]) -> Iterator[TextBlock | BrokenBlock]:
    """The blocks of Markdown or plain text; ``labelled`` says whether a text is what something is called that is asked for.

    A block of code that is around everything is no block; indentation that all lines have is none.
    """
    lines = text.split("\n")
    margin = _margin(lines)
    place, fence, opened, begun, around, tried = 0, "", 0, False, "", 0
    while place < len(lines):
        line = lines[place][margin:] if margin else lines[place]
        number = place + 1
        place += 1
        if fence:  # nothing inside a block of code is a heading or a table
            closed = line.strip().startswith(fence) and not line.strip().strip(fence[0])
            yield TextBlock(number, line, "inside")
            fence = "" if closed else fence
            continue
        mark = _FENCE.match(line)
        if mark is not None:
            if mark[1] == around == line.strip():
                around = ""
            elif begun:
                fence, opened = mark[1], number
                yield TextBlock(number, line, "inside")
            else:
                around = mark[1]
            continue
        table, end = _table(lines, place - 1, margin, labelled) if place > tried else ([], 0)
        tried = max(tried, end)  # lines that are no table are looked at once
        if table:
            yield from table
            begun, place = True, end
            continue
        for block in _blocks_of(line, number):
            begun = begun or bool(block.text.strip() and block.sort != "heading") or labelled(block.text.partition(":")[0].strip("*_` "))
            yield block
    if fence:
        yield BrokenBlock(opened)


def is_fence(line: str) -> bool:
    """Whether a line begins or ends a block of code."""
    return _FENCE_LINE.fullmatch(line) is not None


def _margin(lines: Sequence[str]) -> int:
    """The blanks that all lines begin with."""
    found = 200
    for line in lines:
        if line.strip():
            found = min(found, len(line) - len(line.lstrip(" \t")))
            if not found:
                return 0
    return found if found < 200 else 0


def _blocks_of(line: str, number: int) -> list[TextBlock]:
    """The block of a line; of equations on one line a block each, none for a rule."""
    whole = _ON_ONE_LINE.fullmatch(line) if "\\begin" in line and len(line) <= MAX_LINE else None
    single = whole is not None and "\\begin" not in whole["inner"]
    rows = re.split(r"\\\\\*?(?:\[[0-9.]{1,6}[a-z]{2}\])?|\\cr(?![A-Za-z])", whole["inner"]) if whole is not None and single else [line]
    found = (_block(row.strip() if whole is not None else row, number) for row in rows)
    return [block for block in found if block is not None and (whole is None or block.text)]


def _block(line: str, number: int) -> TextBlock | None:
    """An ordinary line, or a heading; nothing for a rule."""
    if len(line) > MAX_LINE:
        return TextBlock(number, line)
    if line.startswith(">"):
        line = line[_QUOTED.match(line).end() :]  # type: ignore[union-attr]
    if "\\" in line and _SETTING.fullmatch(line):
        return None
    if line.strip() and (_RULE.fullmatch(line) or _LATEX_RULE.fullmatch(line)) and line.strip() not in ("-", "--", "_", "="):
        return None
    heading = _HEADING.fullmatch(line) or _SECTION.fullmatch(line.strip())
    if heading is not None:
        return TextBlock(number, heading["text"].strip(), "heading")
    return TextBlock(number, line, "inside" if line[:1] in (" ", "\t") and line.strip() else "line")


def _table(lines: Sequence[str], start: int, margin: int, labelled: Callable[[str], bool]) -> tuple[list[TextBlock], int]:
    """The rows of a table with bars that begins at a line, none where no cell names what is asked; and the line behind all of it."""
    if "|" not in lines[start].translate(_BARS) and "+" not in lines[start]:
        return [], start
    rows: list[tuple[int, str]] = []
    divided, framed, end = False, True, start
    while end < len(lines) and end - start < MAX_ROWS:
        line = lines[end][margin:].translate(_BARS)
        if len(line) > MAX_LINE or "|" not in line:
            if not (line.strip() and "+" in line[:40] and _RULE.fullmatch(line)):
                break
        elif _DIVIDER.fullmatch(line):
            divided = True
        else:
            framed = framed and _FRAMED.fullmatch(line.strip()) is not None
            rows.append((end, line))
        end += 1
    if not rows or not (divided or framed):
        return [], end
    cells = [split_row(line) for _, line in rows]
    blocks = rows_of([(at + 1, lines[at], own) for (at, _), own in zip(rows, cells, strict=True)], labelled)
    return (blocks if any(labelled(cell) for row in cells for cell in row) else []), end


def rows_of(rows: Sequence[tuple[int, str, tuple[str, ...]]], labelled: Callable[[str], bool]) -> list[TextBlock]:
    """The rows of a table (number, text, cells) as blocks: with its head, and turned where what is asked stands in the first row."""
    first = rows[0][2] if rows else ()
    named = [place for place, cell in enumerate(first) if labelled(cell)]
    if len(rows) == 2 and len(named) > 1 and len(rows[1][2]) >= len(first) and not any(labelled(rows[1][2][i]) for i in named):
        number, text, values = rows[1]
        return [TextBlock(number, text, "row", (first[place], values[place])) for place in named]
    head = first if len(rows) > 1 and not named else ()
    return [TextBlock(number, text, "row", cells, head if place else cells) for place, (number, text, cells) in enumerate(rows)]


def split_row(line: str) -> tuple[str, ...]:
    """The cells of a row with bars between them; ``\\|`` is a bar in a cell, and so is one between dollar signs or backticks.

    >>> split_row("| L | $|x|$ | a \\\\| b |")
    ('L', '$|x|$', 'a | b')
    """
    inner = line.strip()
    last = {sign: inner.rfind(sign) for sign in "$`"}
    cells: list[str] = []
    cell: list[str] = []
    quote, place = "", 0
    while place < len(inner):
        sign = inner[place]
        if sign == "\\" and inner[place + 1 : place + 2] == "|":
            cell.append("|")
            place += 1
        elif sign == "|" and not quote:
            cells.append("".join(cell).strip())
            cell = []
        else:
            if sign in "$`":
                quote = "" if quote == sign else quote or (sign if last[sign] > place else "")
            cell.append(sign)
        place += 1
    cells.append("".join(cell).strip())
    if inner.startswith("|"):
        cells = cells[1:]
    return tuple(cells[:-1] if inner.endswith("|") and cells else cells)
