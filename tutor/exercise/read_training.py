"""What an exercise says about training: its data set, its optimiser, and in which order samples are used."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, get_args

from tutor.errors import TutorError, ValueProblem, hint_near
from tutor.graph.read_steps import check_name
from tutor.numbers.arithmetic import Value, as_real
from tutor.numbers.data_set import MAX_SAMPLES, Order, Reduce, Samples
from tutor.numbers.run import read_value
from tutor.rules.optimisers import DESCENT, Optimiser, Setting, optimiser
from tutor.text import make_visible

Fault = Callable[[str, str, str], None]
"""Notes a fault: what, where in the file, the next move."""

DATA_KEYS = ("columns", "rows", "reduce")
TRAIN_KEYS: dict[str, tuple[type, ...]] = {
    "rate": (str, int), "steps": (int,), "optimiser": (str,), "settings": (dict,), "batch": (int,), "order": (str,), "seed": (int,),
}  # fmt: skip
MAX_SEED = 2**63


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How an exercise is trained; ``batch`` and ``order`` are those of the optimiser where they are None."""

    optimiser: str = DESCENT
    settings: Mapping[str, Value] = field(default_factory=dict)
    batch: int | None = None
    order: Order | None = None
    seed: int = 0


def read_plan(table: Mapping[str, Any], fault: Fault) -> TrainingPlan:
    """The plan of ``[train]``; every fault in it is noted."""
    try:
        row = optimiser(table.get("optimiser", DESCENT))
    except TutorError as error:
        fault(error.what, "train.optimiser", error.hint)
        return TrainingPlan()
    order = table.get("order")
    if order not in (None, *get_args(Order)):
        fault(f"order is given or shuffled, not {make_visible(str(order))}", "train.order", "")
        order = None
    seed = table.get("seed", 0)
    if not 0 <= seed < MAX_SEED:
        fault(f"a seed is a whole number from 0, not {seed}", "train.seed", "")
        seed = 0
    settings: Mapping[str, Value] = {}
    try:
        settings = read_settings(row, table.get("settings", {}))
    except TutorError as error:
        fault(error.what, f"train.settings{f'.{error.where}' if error.where else ''}", error.hint)
    return TrainingPlan(
        row.name,
        {name: v for name, v in settings.items() if name in table.get("settings", {})},
        table.get("batch"),
        order,
        seed,
    )


def read_settings(row: Optimiser, given: Mapping[str, Any]) -> dict[str, Value]:
    """All settings of an optimiser: those given, checked against their range, and the defaults of the others.

    Raises `ValueProblem` for a setting that the optimiser does not have, or one out of its range.

    >>> read_settings(optimiser("momentum"), {"mu": "0.5"})
    {'mu': Fraction(1, 2)}
    """
    known = {setting.name: setting for setting in row.settings}
    for name in given:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none besides the step size"
            raise ValueProblem(f"{row.name} has no setting {make_visible(name)}", hint=hint_near(name, known) or has)
    return {name: _setting(setting, given.get(name)) for name, setting in known.items()}


def _setting(setting: Setting, given: Any) -> Value:
    if given is None:
        return Fraction(setting.default)
    value = given if isinstance(given, Fraction) else read_value(str(given), setting.name)
    if not setting.allows(Fraction(str(as_real(value))) if not isinstance(value, Fraction) else value):
        raise ValueProblem(
            f"{setting.name} is {make_visible(str(given))}", where=setting.name, hint=f"it lies in {setting.range}"
        )
    return value


def read_samples(table: Mapping[str, Any], fault: Fault) -> Samples | None:
    """The data set of ``[data]``; every fault in it is noted."""
    for key in table:
        if key not in DATA_KEYS:
            fault(
                f"there is no setting {make_visible(key)}",
                f"data.{make_visible(key)}",
                hint_near(key, DATA_KEYS) or "known: columns, rows, reduce",
            )
    columns, rows, reduce = table.get("columns"), table.get("rows"), table.get("reduce", "mean")
    example = 'such as columns = ["x", "y"], rows = [[10, 10.1], [2, 1.9]]'
    if not isinstance(columns, list) or not columns or not all(isinstance(name, str) for name in columns):
        fault("columns is a list of names", "data.columns", example)
        return None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        fault("rows is a list of rows of numbers", "data.rows", example)
        return None
    if reduce not in get_args(Reduce):
        fault(f"reduce is mean or sum, not {make_visible(str(reduce))}", "data.reduce", "")
        return None
    try:
        return samples(columns, rows, reduce, "data.rows[{}]")
    except TutorError as error:
        where = error.where if error.where.startswith("data") else f"data{f'.{error.where}' if error.where else ''}"
        fault(error.what, where, error.hint)
        return None


def samples(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], reduce: Reduce = "mean", place: str = "sample {}"
) -> Samples:
    """A data set from written numbers; ``place`` says where a faulty row is.

    Raises `TutorError` for a name that cannot be one, a row of another length, or what is no number.

    >>> samples(["x", "y"], [["10", "10.1"], ["2", "1.9"]]).rows[1]
    (Fraction(2, 1), Fraction(19, 10))
    """
    names = tuple(check_name(name) for name in columns)
    if len(set(names)) != len(names):
        double = next(name for name in names if names.count(name) > 1)
        raise ValueProblem(f"the column {double} is there twice", hint="give each column a name of its own")
    if not rows:
        raise ValueProblem("a data set without samples", hint="write one row of numbers a sample")
    if len(rows) > MAX_SAMPLES:
        raise ValueProblem(f"{len(rows):,} samples", hint=f"the limit is {MAX_SAMPLES:,}")
    read: list[tuple[Value, ...]] = []
    for number, row in enumerate(rows, 1):
        where = place.format(number)
        if len(row) != len(names):
            raise ValueProblem(
                f"{len(row)} numbers for {len(names)} columns", where=where, hint=f"the columns are {', '.join(names)}"
            )
        try:
            read.append(tuple(_value(value, name) for name, value in zip(names, row, strict=True)))
        except TutorError as error:
            raise error.put_at(where) from None
    return Samples(names, tuple(read), reduce, tuple(tuple(str(value) for value in row) for row in rows))


def _value(value: Any, name: str) -> Value:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Fraction):
        raise ValueProblem(
            f"{make_visible(repr(value))} is no number", where=f"the value of {name}", hint='write 0.5 or "1/3"'
        )
    return value if isinstance(value, Fraction) else read_value(str(value), name)


def samples_from_csv(text: str, where: str, reduce: Reduce = "mean") -> Samples:
    """A data set from the text of a CSV file: a line with the names of the columns, then one line a sample.

    Raises `ValueProblem` with the line of the fault.

    >>> samples_from_csv("x,y\\n10,10.1\\n", "data.csv").columns
    ('x', 'y')
    """
    try:
        lines = [
            (number, line) for number, line in enumerate(csv.reader(text.splitlines(), strict=True), 1) if any(line)
        ]
    except csv.Error as error:
        raise ValueProblem(
            f"not a CSV file: {error}", where=where, hint="a line of names, then one line of numbers a sample"
        ) from None
    if len(lines) < 2:
        raise ValueProblem(
            "no samples", where=where, hint="a line of names such as x,y, then one line of numbers a sample"
        )
    columns = [name.strip() for name in lines[0][1]]
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        raise ValueProblem("one column, with other signs in its name", where=where, hint="columns are separated by commas: x,y")
    numbers = {place: number for place, (number, _) in enumerate(lines[1:], 1)}
    try:
        return samples(columns, [[cell.strip() for cell in line] for _, line in lines[1:]], reduce, "row {}")
    except TutorError as error:
        head, _, rest = error.where.partition(": ")
        if head.startswith("row "):
            line = f"line {numbers[int(head[4:])]}"
            error = type(error)(error.what, where=f"{line}: {rest}" if rest else line, hint=error.hint)
        raise error.put_at(where) from None
