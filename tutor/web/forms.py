"""What a browser sends: the body of a form within its limit, its fields, and the event that it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

LARGEST, MOST_DRAINED = 64_000, 20_000_000
"""Bytes of a form; and so many more are taken in and thrown away, so that who sent them gets to read why."""
MOST_CELLS = 100
_NUMBER = re.compile(r"[-+−]?[0-9.,/]{1,40}(?:[eE][-+−]?[0-9]{1,4})?")
_DECIMAL = re.compile(r"\A([-+−]?[0-9]{0,20}),([0-9]{1,20})\Z")


class Refusal(Exception):
    """A page that says no: its status, the key of its words, and what stands in them."""

    def __init__(self, status: int, key: str, **places: object) -> None:
        super().__init__(key)
        self.status, self.key, self.places = status, key, places


async def read_body(request: Any) -> bytes:
    """What was sent; what is too much is thrown away as it comes.  Raises `Refusal` for it."""
    kept, size = bytearray(), 0
    async for piece in request.stream():
        size += len(piece)
        if size <= LARGEST:
            kept += piece
        elif size > MOST_DRAINED:
            break
    if size > LARGEST:
        raise Refusal(413, "large", count=LARGEST // 1000)
    return bytes(kept)


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form; several of one name are joined, as the letters of choices are."""
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)
    except ValueError:
        return {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: ", ".join(values) for name, values in found.items()}


def read_event(form: Mapping[str, str]) -> tuple[str, str]:
    """What a form does: its button, and the answer with it; the fields of a grid as nested lists.

    >>> read_event({"do": "answer", "rows": "2", "columns": "1", "e1_1": "0.5", "e2_1": "1"})
    ('answer', '[0.5, 1]')
    """
    kind = form.get("do", "answer")
    if kind == "go":
        return kind, form.get("to", "")
    if kind != "answer":
        return kind, ""
    rows, columns = (int(form[name]) if form.get(name, "").isdecimal() else 0 for name in ("rows", "columns"))
    if not 0 < rows * columns <= MOST_CELLS:
        return kind, form.get("text", "").strip()
    cells = [[_read_cell(form.get(f"e{row}_{column}", "")) for column in range(1, columns + 1)] for row in range(1, rows + 1)]
    filled = [cell for row in cells for cell in row if cell]
    if rows * columns > 1 and (not filled or (len(filled) == 1 and not _NUMBER.fullmatch(filled[0]))):
        return kind, filled[0] if filled else ""  # the whole array, typed or put into one field
    return kind, _write_list([row[0] if columns == 1 else _write_list(row) for row in cells])


def _write_list(parts: Sequence[str]) -> str:
    """Entries in brackets; behind an empty last one stands a comma more, so that it is missed and not taken for the end."""
    return f"[{', '.join(parts)}{'' if parts[-1] else ','}]"


def split_grid(text: str, rows: int, columns: int) -> list[str]:
    """What stood in the fields of a grid, row after row, from the answer that `read_event` made of it; nothing for any other answer.

    >>> split_grid("[[1, W0], [, 2/3]]", 2, 2), split_grid("W0 x", 2, 1)
    (['1', 'W0', '', '2/3'], [])
    """
    lines = text[1:-1].split("], [") if columns > 1 else [text[1:-1]]
    cells = [cell for line in lines for cell in line.strip("[]").removesuffix(",").split(", ")]
    if len(cells) != rows * columns:
        return []
    fields = {f"e{place // columns + 1}_{place % columns + 1}": cell for place, cell in enumerate(cells)}
    again = read_event({"rows": str(rows), "columns": str(columns), **fields})
    return cells if again == ("answer", text) else []


def _read_cell(text: str) -> str:
    """An entry; a decimal comma would separate it from the next."""
    return _DECIMAL.sub(r"\1.\2", text.strip())
