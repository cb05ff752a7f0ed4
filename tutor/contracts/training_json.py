"""JSON and CSV of a training run: a contract, versioned by ``schema``.

- ``train --to json``: ``exercise``, ``optimiser``, ``rate``, ``settings`` {name: number}, ``samples``, ``batch``, ``order``,
  ``seed``, ``parameters`` [name], ``steps`` (those of the first update) [{``target``, ``expression``, ``rule``, ``value``}],
  ``arithmetic`` ("exact" or "double"), ``updates`` (how many were made), ``rows`` [{``step``, ``epoch``, ``batch`` [sample from 1],
  ``loss``, ``values``}], ``rows_left_out``, ``stopped`` (words, or null), ``errata`` [words], ``convention``.
- ``train --to csv``: a header ``step,epoch,batch,loss,<parameters and states>``, then one line an update; the batch is its number
  in the epoch.

Numbers are texts: the exact fraction, or 17 significant digits in CSV and 15 in JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tutor.expression.plain import plain
from tutor.numbers.arithmetic import CONTEXT, Value, real
from tutor.numbers.printed import decimal, exact_text
from tutor.text import guard_cell

if TYPE_CHECKING:
    from tutor.results.training import Training

SCHEMA = 1


def training(trained: Training) -> dict[str, Any]:
    """The contract of ``train --to json``."""
    task, run = trained.task, trained.run
    return {
        "schema": SCHEMA,
        "exercise": trained.exercise.id,
        "optimiser": task.row.name,
        "rate": exact_text(task.rate),
        "settings": {name: exact_text(value) for name, value in task.settings.items()},
        "samples": task.count,
        "batch": task.size,
        "order": task.order,
        "seed": task.seed,
        "parameters": list(task.parameters),
        "steps": [
            {"target": step.target, "expression": plain(step.expr), "rule": step.rule, "value": _first(run.first, step.target)}
            for each in task.updates for step in each.steps
        ],
        "arithmetic": "exact" if run.exact else "double",
        "updates": run.made,
        "rows": [
            {
                "step": row.step,
                "epoch": row.batch.epoch if row.batch else 0,
                "batch": [place + 1 for place in row.batch.samples] if row.batch else [],
                "loss": exact_text(row.loss),
                "values": {name: exact_text(value) for name, value in row.values.items()},
            }
            for row in run.rows
        ],
        "rows_left_out": run.made + 1 - len(run.rows),
        "stopped": run.stopped or None,
        "errata": list(task.row.slips),
        "convention": task.row.convention,
    }  # fmt: skip


def _first(values: Any, target: str) -> str | None:
    return exact_text(values[target]) if target in values else None


def csv_lines(trained: Training, progress: Callable[[int], None] | None = None) -> Iterator[str]:
    """Every row of a run as CSV."""
    from tutor.numbers.train_fast import all_rows  # compiles, which a short run does not need

    kept = (*trained.task.parameters, *trained.task.states)
    yield ",".join(["step", "epoch", "batch", "loss", *(_cell(name) for name in kept)]) + "\r\n"
    for row in all_rows(trained.task, trained.run, progress):
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
    number = real(value)
    return str(CONTEXT.nstr(number, 17)) if number else "0"
