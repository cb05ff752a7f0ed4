"""Lists for the terminal: the exercises, and what became of the printed figures.  Plain rows, wide enough for their content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from tutor.text import visible_on_terminal

if TYPE_CHECKING:
    from tutor.exercise.catalogue import Entry
    from tutor.exercise.check_claims import Verdict

STYLES = {"exact": "green", "rounded": "green", "truncated": "cyan", "differs": "bold red"}
WORDS = {"exact": "exact", "rounded": "rounded", "truncated": "truncated", "differs": "differs"}


MARKS = {"layers": ("L", "in matrices too (--form layer)"), "data": ("D", "a data set"), "training": ("T", "training")}
EXAMPLES = (
    ("tutor solve neuron/two-two-two --wrt w5", "one weight"),
    ("tutor solve qmul/network-deltas --form layer", "in matrices"),
    ("tutor train neuron/two-two-two --optimiser adam", "a method, step by step"),
    ("tutor plot path qmul/linear-neuron --wrt w_L --wrt b_L", "a chart"),
    ("tutor draw neuron/two-two-two --as network -o n.svg", "a drawing"),
)
"""One command for each thing that can be done with an exercise."""


def _columns(rows: Sequence[Sequence[str]], limits: Sequence[int]) -> list[int]:
    return [min(limit, max((cell_len(row[place]) for row in rows), default=0)) for place, limit in enumerate(limits)]


def fitted(text: str, size: int) -> str:
    """The text in exactly so many cells, cut with an ellipsis."""
    return set_cell_size(text, size) if cell_len(text) <= size else set_cell_size(text, max(0, size - 1)) + "…"


def exercises(entries: Iterable[Entry], width: int) -> Iterable[Text]:
    """The rows of ``tutor list``, and below them what can be done with an exercise."""
    rows = [
        (
            e.id, visible_on_terminal(e.title), "".join(MARKS[a][0] if a in e.abilities else "·" for a in MARKS),
            f"{e.claims} figures" if e.claims else "",
        )
        for e in entries
    ]  # fmt: skip
    first, kinds, last = (max((cell_len(row[place]) for row in rows), default=0) for place in (0, 2, 3))
    middle = max(10, width - first - kinds - last - 6)
    size = min(middle, max((cell_len(row[1]) for row in rows), default=0))
    for ident, title, abilities, claims in rows:
        line = Text()
        line.append(fitted(ident, first), style="bold")
        line.append("  " + fitted(title, size))
        line.append("  " + abilities.ljust(kinds), style="cyan")
        line.append("  " + claims.rjust(last), style="dim")
        line.rstrip()
        yield line
    if rows:
        yield Text()
        yield Text("  ".join(f"{mark} {meaning}" for mark, meaning in MARKS.values()), style="cyan")
        yield Text()
        for command, what in EXAMPLES:
            yield Text.assemble((command.ljust(max(len(c) for c, _ in EXAMPLES)), "bold"), ("  " + what, "dim"))


def verdicts(found: Sequence[Verdict], width: int) -> Iterable[Text]:
    """The rows of ``tutor check``: a block for each exercise, then a sum of all."""
    cells = [tuple(map(visible_on_terminal, (v.claim, v.printed, v.value))) for v in found]
    widths = _columns(cells, (26, 30, 30))
    spare = width - 2 - 6 - 10
    while sum(widths) > spare:
        widths[widths.index(max(widths))] -= 1
    for ident, group in groupby(found, key=lambda v: v.exercise):
        yield Text(visible_on_terminal(ident), style="bold")
        for verdict in group:
            yield from _verdict(verdict, widths, width)
        yield Text()
    yield _total(found)


def _verdict(verdict: Verdict, widths: Sequence[int], width: int) -> Iterable[Text]:
    line = Text("  ")
    cells = (verdict.claim, verdict.printed, verdict.value)
    for text, size in zip(cells, widths, strict=True):
        line.append(fitted(visible_on_terminal(text), size) + "  ")
    line.append(WORDS[verdict.agreement], style=STYLES[verdict.agreement])
    yield line
    if verdict.erratum is not None:
        state = "erratum: " if verdict.agreement == "differs" else "declared an erratum, but agrees: "
        for piece in wrap(state + visible_on_terminal(verdict.erratum), max(20, width - 4)):
            yield Text("    ").append(piece, style="italic")


def _total(found: Sequence[Verdict]) -> Text:
    counted = {word: sum(v.agreement == word for v in found) for word in WORDS}
    errata = sum(v.agreement == "differs" and v.erratum is not None for v in found)
    wrong = counted["differs"] - errata
    line = Text(f"{len(found)} claims: {counted['exact']} exact, {counted['rounded']} rounded, "
                f"{counted['truncated']} truncated, {errata} known errata")  # fmt: skip
    if wrong:
        line.append(f", {wrong} wrong", style="bold red")
    return line
