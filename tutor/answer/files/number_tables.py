"""CSV files of arrays, in three forms, with commas, semicolons or tabs.

=================================== ====================================================================================
``name,row,column,value``           a number a line: the header says so; places count from 0, or from 1 where none is 0;
                                    ``name,value`` of single numbers, ``name,i,j,k,value`` of more axes
``W1,0.5,-0.25``                    a row a line, after the name of its array; several lines are a matrix
``0.5,-0.25``                       one matrix a file (or a column): the file's name is the array's
=================================== ====================================================================================
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.number_files import (
    MAX_ARRAYS,
    MAX_AXES,
    MAX_WRITTEN,
    SAVE,
    NumberArray,
    NumberFile,
    is_number,
    make_array,
    read_decimals,
)
from tutor.answer.handed_in import Unused
from tutor.errors import tell
from tutor.numbers.arrays import Floats, np
from tutor.text import make_visible

MOST_HOLES = 4
"""An array of places has at most so many times as many entries as lines that give one."""
_NAMES = ("name", "array", "quantity", "parameter", "variable", "tensor")
_VALUES = ("value", "grad", "gradient", "val", "wert")
_HINT = tell("write the header name,row,column,value, or each row after the name of its array: W1,a,b")


def read_number_table(text: str, stem: str) -> NumberFile:
    """The arrays of a CSV file.  Raises `FileProblem` for one that is none of the three forms, or over the limits.

    >>> [(a.name, a.values.tolist()) for a in read_number_table("W1,1,2\\nW1,3,4\\nb,5", "grads").arrays]
    [('W1', [[1.0, 2.0], [3.0, 4.0]]), ('b', [5.0])]
    """
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    first = lines[0] if lines else ""
    sign = "\t" if "\t" in first else ";" if ";" in first else "," if "," in first else None
    if sign is None:
        rows = [line.split() for line in lines]
    else:
        try:
            rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=sign, strict=True)]
        except csv.Error:
            raise FileProblem(tell("a quote is not closed"), hint=_HINT) from None
    if sum(map(len, rows)) > MAX_WRITTEN:
        raise FileProblem(tell("more than {limit:,} numbers in a text", limit=MAX_WRITTEN), hint=SAVE)
    if sign == ";":
        rows = [[cell.replace(",", ".") if cell.count(",") == 1 and "." not in cell else cell for cell in row] for row in rows]
    head = [cell.lower() for cell in rows[0]] if rows else []
    if head and head[0] in _NAMES and head[-1] in _VALUES:
        return _read_places(rows[1:], len(head) - 2)
    if all(is_number(cell) for row in rows for cell in row[:1]):
        return NumberFile((_make(stem, rows),))
    return _read_named_rows(rows)


def _make(name: str, rows: Sequence[Sequence[str]]) -> NumberArray:
    """Rows as an array: one row, or a column, is a vector.  Raises `FileProblem`."""
    kept = [row[:-1] if len(row) > 1 and not row[-1] else row for row in rows]
    if len({len(row) for row in kept}) != 1:
        raise FileProblem(tell("the rows of {name} have different lengths", name=make_visible(name, 60)), hint=_HINT)
    values, half, share = read_decimals([cell for row in kept for cell in row])
    shape = (len(kept), len(kept[0])) if len(kept) > 1 and len(kept[0]) > 1 else (values.size,)
    return make_array(name, values.reshape(shape), "decimals" if half + share else "float64", half, share)


def _read_named_rows(rows: Sequence[Sequence[str]]) -> NumberFile:
    grouped: dict[str, list[Sequence[str]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row[1:])
    return _make_all(grouped)


def _make_all(grouped: Mapping[str, list[Sequence[str]]]) -> NumberFile:
    if len(grouped) > MAX_ARRAYS:
        raise FileProblem(tell("more than {limit:,} arrays in one file", limit=MAX_ARRAYS), hint=_HINT)
    arrays: list[NumberArray] = []
    unused: list[Unused] = []
    for name, rows in grouped.items():
        try:
            made = _make(name, rows)
            arrays.append(made)
        except (FileProblem, IndexError) as problem:
            reason = problem.what if isinstance(problem, FileProblem) else tell("there is no number in it")
            unused.append(Unused(make_visible(name, 80), "", reason))
    return NumberFile(tuple(arrays), tuple(unused))


def _read_places(rows: Sequence[Sequence[str]], axes: int) -> NumberFile:
    """A number a line, each with its place."""
    if axes > MAX_AXES:
        raise FileProblem(tell("places of more than {limit} axes", limit=MAX_AXES), hint=_HINT)
    grouped: dict[str, list[tuple[tuple[int, ...], str]]] = {}
    unused: list[Unused] = []
    for number, row in enumerate(rows, 2):
        places = [cell for cell in row[1 : 1 + axes] if cell]
        placed = len(row) == axes + 2 and all(cell.isascii() and cell.isdigit() and len(cell) < 8 for cell in places)
        if not placed or not is_number(row[-1]):
            unused.append(Unused(f"line {number}", make_visible(",".join(row), 80), tell("this is no name, place and number")))
            continue
        grouped.setdefault(row[0], []).append((tuple(map(int, places)), row[-1]))
    arrays: list[NumberArray] = []
    for name, cells in list(grouped.items())[: MAX_ARRAYS + 1]:
        try:
            arrays.append(_put_places(name, cells))
        except FileProblem as problem:
            unused.append(Unused(make_visible(name, 80), "", problem.what))
    return NumberFile(tuple(arrays), tuple(unused))


def _put_places(name: str, cells: Sequence[tuple[tuple[int, ...], str]]) -> NumberArray:
    """An array from the places of its entries, all of which must be there, once.  Raises `FileProblem`."""
    if len({len(place) for place, _ in cells}) != 1 or len({place for place, _ in cells}) != len(cells):
        raise FileProblem(tell("a place is there twice, or has another number of axes"), hint=_HINT)
    axes = len(cells[0][0])
    least = min((min(place) for place, _ in cells if place), default=0)
    shape = tuple(max(place[axis] for place, _ in cells) + 1 - min(least, 1) for axis in range(axes))
    if math.prod(shape) != len(cells):
        what = tell("{count} of {entries} entries are there", count=len(cells), entries=min(math.prod(shape), 10**9))
        raise FileProblem(what, hint=_HINT)
    values, half, share = read_decimals([text for _, text in cells])
    array: Floats = np.zeros(shape)
    for (place, _), value in zip(cells, values.tolist(), strict=True):
        array[tuple(index - min(least, 1) for index in place)] = value
    return make_array(name, array, "decimals" if half + share else "float64", half, share)
