"""Room for an answer in letters of one width, for the terminal and for pages as text: a row of brackets for each row of entries."""

from __future__ import annotations

from tutor.explain.document import AnswerPlace

SINGLE, CELL = 16, 8
"""The characters of a number, and of an entry of an array."""


def write_answer_rows(place: AnswerPlace | None, width: int) -> list[str]:
    """The lines of a box; none where nobody frames it.

    >>> write_answer_rows(AnswerPlace(2, 2, framed=True), 40)
    ['[        ] [        ]', '[        ] [        ]']
    """
    if place is None or not place.framed:
        return []
    if place.whole:
        return ["[" + " " * (width - 2) + "]"] * place.lines
    cell = SINGLE if place.is_single else max(2, min(CELL, width // place.columns - 3))
    row = " ".join(["[" + " " * cell + "]"] * place.columns)
    row = row if len(row) <= width else "[" + " " * (width - 2) + "]"
    lines: list[str] = []
    for number in range(place.slices):
        lines += [""] * bool(number) + [row] * place.rows
    return lines


def write_blank(label: str, width: int) -> str:
    """A line to fill in behind its label.

    >>> write_blank("Name", 12)
    'Name: ______'
    """
    return f"{label}: ".ljust(width, "_")
