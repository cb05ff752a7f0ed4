"""CSV of a run of training: a contract.

``train --to csv``: a header ``step,epoch,batch,loss,<parameters and states>``, then one line an update; the batch is its number in the
epoch.  Numbers are the exact decimal where it is short, else 17 significant digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.printed import decimal
from tutor.numbers.train import Run, Task
from tutor.text import guard_cell


def csv_lines(task: Task, run: Run, progress: Callable[[int], None] | None = None) -> Iterator[str]:
    """Every row of a run as CSV."""
    from tutor.numbers.train_fast import run_all_rows  # compiles, which a short run does not need

    kept = (*task.parameters, *task.states)
    yield ",".join(["step", "epoch", "batch", "loss", *(_cell(name) for name in kept)]) + "\r\n"
    for row in run_all_rows(task, run, progress):
        epoch, number = (row.batch.epoch, row.batch.number) if row.batch is not None else (0, 0)
        numbers = ",".join(_figure(value) for value in (row.loss, *(row.values[name] for name in kept)))
        yield f"{row.step},{epoch},{number},{numbers}\r\n"


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula; names of quantities never need it, and that is not relied on."""
    safe = guard_cell(text)
    return '"' + safe.replace('"', '""') + '"' if any(mark in safe for mark in ',"\r\n') else safe


def _figure(value: Value | float) -> str:
    """A number for CSV: a plain decimal, exact where it has at most 17 digits."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Fraction):
        exact = decimal(value)
        if exact is not None and len(exact.strip("-0.").replace(".", "")) <= 17 and len(exact) <= 24:
            return exact
    number = as_real(value)
    return str(CONTEXT.nstr(number, 17)) if number else "0"
