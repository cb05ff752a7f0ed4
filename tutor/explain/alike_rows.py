"""Very many local derivatives that are alike: one is worked out, the others are a table.

A page of a small network lists each of its local derivatives as a lecture does; where a matrix of weights has dozens of the same form,
nobody reads them one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

from tutor.explain.document import Equation, Math, Sentence, Table
from tutor.explain.words.wording import Wording
from tutor.expression.nodes import Expr, Name, children

MANY, ALIKE = 24, 6
"""Up to so many local derivatives each has a row; of more, those of which more than ``ALIKE`` are of one form become a table."""
BESIDE = 2
"""So many stand beside one another."""


def group_alike(rows: Sequence[Equation]) -> list[list[Equation]]:
    """The rows by their form and reason, in the order in which each form occurs first; rows that stay by themselves are groups of one.

    >>> from tutor.explain.document import Side
    >>> some = [Equation(Name(f"d{i}"), (Side(Name(f"x{i}")),), i, ("partner",)) for i in range(30)]
    >>> [len(group) for group in group_alike(some)], [len(group) for group in group_alike(some[:3])]
    ([30], [1, 1, 1])
    """
    if len(rows) <= MANY:
        return [[row] for row in rows]
    groups: dict[object, list[Equation]] = {}
    for row in rows:
        groups.setdefault((row.why, _find_form(row.sides[0].expr)), []).append(row)
    return [part for group in groups.values() for part in ([group] if len(group) > ALIKE else [[row] for row in group])]


def _find_form(expr: Expr) -> object:
    """What an expression has in common with those that differ in names only."""
    if type(expr) is Name:
        return Name
    parts = children(expr)
    return (type(expr), getattr(expr, "func", ""), tuple(map(_find_form, parts))) if parts else expr


def write_alike_table(rows: Sequence[Equation], words: Wording) -> Table:
    """The rows as a table: the number of each, its derivative, its formula, its value where that is no number itself."""
    heads = words.drawn.COLUMNS
    names: list[Sentence] = [(words.pages.STEP_HEAD,), (), (heads["formula"],), (heads["value"],)]
    valued = any(len(row.sides) > 1 for row in rows)
    width = 4 if valued else 3
    cells: list[list[Sentence]] = []
    for row in rows:
        left: list[Sentence] = [(str(row.number),), (Math(row.left),), (Math(row.sides[0].expr),)]
        cells.append(left + ([(Math(row.sides[-1].expr),)] if valued else []))
    high = -(-len(cells) // BESIDE)
    lines = [[cell for place in range(line, len(cells), high) for cell in cells[place]] for line in range(high)]
    padded = [(*line, *((),) * (BESIDE * width - len(line))) for line in lines]
    return Table(tuple(names[:width]) * BESIDE, tuple(padded), ("rll" + "r" * valued) * BESIDE, (words.updates.LIKEWISE,))
