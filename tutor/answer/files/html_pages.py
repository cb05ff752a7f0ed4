"""HTML as blocks: tables, lists, headings and lines; nothing is executed, loaded or followed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from tutor.answer.files.text_blocks import TextBlock, rows_of
from tutor.answer.read.ids import Ids

_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,15})(?P<rest>[^<>]{0,2000})>|<!--|<[!?][^<>]{0,2000}>")
_SKIPPED = ("script", "style", "head", "template", "noscript", "svg", "math")
_LINES = (
    "p", "div", "br", "li", "ul", "ol", "dl", "dt", "section", "article", "body", "html", "pre", "blockquote", "hr", "caption", "form",
)  # fmt: skip
_SUPER = {"sup": "^", "sub": "_"}
TABLE = re.compile(r"<table[\s>]", re.IGNORECASE)
_TABLE_END = re.compile(r"</table\s{0,20}>", re.IGNORECASE)


def tables_as_text(text: str) -> str:
    """Markdown or text with its HTML tables as tables with bars; each keeps the lines that it took.

    >>> tables_as_text("a <table><tr><td>L</td><td>0.3</td></tr></table> b")
    'a \\n| L | 0.3 |\\n b'
    """
    pieces: list[str] = []
    at = 0
    while match := TABLE.search(text, at):
        closed = _TABLE_END.search(text, match.end())
        if closed is None:
            break
        end = closed.end()
        rows = [cells for cells, _ in _rows_and_lines(text[match.start() : end]) if cells]
        shown = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in rows)
        pieces += [text[at : match.start()], "\n", shown, "\n"]
        at = end
    return "".join([*pieces, text[at:]])


def read_html_blocks(text: str, ids: Ids) -> Iterator[TextBlock]:
    """The blocks of a page; lines are counted as they are shown."""
    number = 0
    table: list[tuple[int, str, tuple[str, ...]]] = []
    for cells, line in _rows_and_lines(text):
        number += 1
        if cells:
            table.append((number, " | ".join(cells), cells))
            continue
        yield from rows_of(table, lambda label: bool(ids.find(label)))
        table = []
        heading = line.startswith("# ")
        yield TextBlock(number, line[2:] if heading else line, "heading" if heading else "line")
    yield from rows_of(table, lambda label: bool(ids.find(label)))


class _Page:
    """What has been shown of a page so far."""

    def __init__(self) -> None:
        self.cells: list[str] | None = None
        self.words: list[str] = []
        self.heading = False

    def text(self) -> str:
        joined = " ".join("".join(self.words).split())
        self.words = []
        return joined


def _rows_and_lines(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Rows of tables (cells) and lines (text), as they follow each other."""
    page, at, skipped = _Page(), 0, ""
    while at < len(text):
        match = _TAG.search(text, at)
        if not skipped:
            page.words.append(unescape(text[at : match.start() if match else len(text)]))
        if match is None:
            break
        at = match.end()
        if match.group() == "<!--":
            end = text.find("-->", at)
            at = len(text) if end < 0 else end + 3
            continue
        name, closing = (match["name"] or "").lower(), bool(match["end"])
        if skipped:
            skipped = "" if closing and name == skipped else skipped
        elif name in _SKIPPED and not closing and not match["rest"].endswith("/"):
            skipped = name
        else:
            yield from _end_shown(page, name, closing=closing)
    if line := page.text():
        yield ((*page.cells, line), "") if page.cells is not None else ((), line)


def _end_shown(page: _Page, name: str, *, closing: bool) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a tag ends: a row, or a line."""
    if name in ("td", "th") and page.cells is not None:
        if closing or page.words:
            text = page.text()
            if closing or text:
                page.cells.append(text)
    elif name == "tr" or (name == "table" and closing):
        line = page.text()
        if page.cells is not None:
            cells = (*page.cells, line) if line else tuple(page.cells)
            if any(cells):
                yield cells, ""
        elif line:
            yield (), line
        page.cells = [] if name == "tr" and not closing else None
    elif page.cells is not None:
        page.words.append(" " if name in _LINES else _SUPER.get(name, "") if not closing else "")
    elif re.fullmatch(r"h[1-6]", name):
        if line := page.text():
            yield (), f"# {line}" if closing and page.heading else line
        page.heading = not closing
    elif name in _LINES:
        if line := page.text():
            yield (), line
    elif name == "dd":
        page.words.append("\t" if not closing else "")
    elif name in _SUPER and not closing:
        page.words.append(_SUPER[name])
