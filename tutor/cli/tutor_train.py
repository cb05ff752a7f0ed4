"""The command ``tutor train``: an optimiser's update explained, and its table."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from tutor.cli.shell import (
    Apart,
    At,
    Form,
    Fragment,
    Lang,
    NotationName,
    Output,
    Prefix,
    Target,
    Width,
    Wrt,
    assignments,
    choose_format,
    choose_fragment,
    deliver,
    write,
)
from tutor.errors import ValueProblem
from tutor.render.page_formats import PAGE_FORMATS
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.results.solution import Solution

LONG = 20_000
"""A run of at least so many updates shows how far it is."""
LINES = 4_096
"""So many lines of CSV are written at once."""


ROWS = "csv"
"""What writes every row of a run, besides the formats of a page."""

if TYPE_CHECKING:
    RunName: TypeAlias = str
else:
    RunName = StrEnum("RunName", {name: name for name in (*PAGE_FORMATS, ROWS)})  # what a run is written as


class SampleOrder(StrEnum):
    """In which order samples are used."""

    given = "given"
    shuffled = "shuffled"


def train(
    target: Target,
    optimiser: Annotated[
        str | None,
        typer.Option("--optimiser", "--optimizer", metavar="NAME", help="gd, sgd, minibatch, momentum, nesterov, newton, adagrad, rmsprop, "
                     "adam; adagrad-slide, rmsprop-slide and adam-slide are as the lecture prints them."),
    ] = None,
    rate: Annotated[str | None, typer.Option("--rate", metavar="VALUE", help="Step size, such as 0.1.")] = None,
    steps: Annotated[int | None, typer.Option("--steps", metavar="N", help="Number of updates, up to 10,000,000.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", metavar="N", help="Samples an update.")] = None,
    order: Annotated[SampleOrder | None, typer.Option("--order", help="The order of the samples.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Seed of a shuffled order; 0 by default.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting of the method: --set beta1=0.8 --set eps=1e-7.")
    ] = None,
    at: At = None,
    wrt: Wrt = None,
    data: Annotated[
        str | None, typer.Option("--data", metavar="FILE.csv", help="Samples: a line of names, then one line of numbers a sample.")
    ] = None,
    apart: Apart = None,
    form: Annotated[Form | None, typer.Option("--form", help="Neuron by neuron, or whole layers in matrices.")] = None,
    notation: NotationName = None,
    lang: Lang = None,
    to: Annotated[
        RunName | None, typer.Option("--to", metavar="FORMAT", show_default=False,
                                     help=f"What to write: {', '.join((*PAGE_FORMATS, ROWS))}; without it what the file's ending says.")
    ] = None,
    fragment: Fragment = False,
    prefix: Prefix = "",
    width: Width = None,
    output: Output = None,
) -> None:  # fmt: skip
    """Train with an optimiser: one update explained step by step, and the table of the run."""
    asked = choose_format(to, output, {f".{ROWS}": ROWS})
    part = choose_fragment(asked, fragment, prefix, width)
    if seed is not None and seed < 0:
        raise ValueProblem(f"a seed is a whole number from 0, not {seed}", where="--seed")
    from tutor.cli.prover import find_running_prover
    from tutor.results.solution import train as train_target

    with bar(steps or 0, "training") as progress:
        trained = train_target(
            target, optimiser=optimiser, rate=rate, steps=steps, batch=batch, order=order.value if order else None, seed=seed,
            settings=_settings(setting), at=assignments(at), data=data, notation_name=notation, wrt=wrt or (), apart=apart,
            progress=progress, ask=find_running_prover(), form=form.value if form else None, words=lang,
        )  # fmt: skip
    if asked == ROWS:
        write_csv(trained, output)
    else:
        deliver(trained, asked, output, fragment=part)


def _settings(texts: list[str] | None) -> dict[str, str]:
    """``["beta1=0.8"]`` as a table."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not name:
            raise ValueProblem(f"{make_visible(text)!r} sets nothing", where="--set", hint="write --set beta1=0.8")
        if name in found:
            raise ValueProblem(f"{make_visible(name)} is set twice", where="--set")
        found[name] = value
    return found


def write_csv(trained: Solution, output: Path | None) -> None:
    """Every row of a run: in blocks of lines, since ten million of them do not fit into memory."""
    with bar(trained.run.made, "writing") as progress:
        write(_blocks(trained.csv(progress)), output)


def _blocks(lines: Iterator[str]) -> Iterator[str]:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == LINES:
            yield "".join(block)
            block = []
    yield "".join(block)


@contextmanager
def bar(steps: int, what: str) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on the terminal's error stream for a long run; nothing where nobody watches."""
    if steps < LONG or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=steps)
        yield lambda done: progress.update(task, completed=done)
