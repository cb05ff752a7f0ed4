"""Lists for the terminal: the exercises, and what became of the printed figures.  Plain rows, wide enough for their content."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby, zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from tutor.text import make_terminal_visible

if TYPE_CHECKING:
    from tutor.exercise.catalogue import Entry
    from tutor.explain.words.listing_words import ListingWords
    from tutor.solving.check_claims import Cause, Verdict

STYLES = {"exact": "green", "rounded": "green", "truncated": "cyan", "carried": "cyan", "differs": "bold red"}
MARKS = {"layers": "L", "data": "D", "training": "T"}
EXAMPLES = (
    ("tutor solve neuron/two-two-two --wrt w5", "weight"),
    ("tutor solve qmul/network-deltas --form layer", "matrices"),
    ("tutor train neuron/two-two-two --optimiser adam", "method"),
    ("tutor plot path qmul/linear-neuron --wrt w_L --wrt b_L", "chart"),
    ("tutor draw neuron/two-two-two --as network -o n.svg", "drawing"),
)
"""One command for each thing that can be done with an exercise, and the key of its words."""
NARROW = 24
"""A title that has less room than this beside the rest has lines of its own."""


def _columns(rows: Sequence[Sequence[str]], limits: Sequence[int]) -> list[int]:
    return [min(limit, max((cell_len(row[place]) for row in rows), default=0)) for place, limit in enumerate(limits)]


def fit_text(text: str, size: int) -> str:
    """The text in exactly so many cells, cut with an ellipsis."""
    return set_cell_size(text, size) if cell_len(text) <= size else set_cell_size(text, max(0, size - 1)) + "…"


def exercises(entries: Iterable[Entry], width: int, words: ListingWords, *, folded: Collection[str] = ()) -> Iterable[Text]:
    """The rows of ``tutor list`` under the heading of their topic, and below them what can be done with an exercise.

    Nothing is cut: a long title goes on below its own beginning, and in a narrow terminal each title has lines of its own.
    Of a topic that is ``folded`` there is only how many exercises it has.
    """
    topics = list(words.TOPICS)
    found = sorted(entries, key=lambda e: topics.index(e.course) if e.course in topics else len(topics))
    digits = max((len(str(e.claims)) for e in found), default=1)
    rows = {e.id: _write_row(e, digits, words) for e in found if e.course not in folded}
    first, kinds, last = (max((cell_len(row[place]) for row in rows.values()), default=0) for place in (0, 2, 3))
    room = width - first - kinds - last - 6
    size = min(room, max((cell_len(row[1]) for row in rows.values()), default=0))
    for number, (topic, group) in enumerate(groupby(found, key=lambda e: e.course)):
        if number:
            yield Text()
        heading = words.TOPICS.get(topic, make_terminal_visible(topic))
        yield from (Text(piece, style="underline") for piece in wrap_text(heading, width))
        if topic in folded:
            count = len(list(group))
            counted = words.grammar.choose(words.FOLDED, count).format(count=count, topic=topic)
            yield from (Text(piece) for piece in wrap_text(counted, width))
            continue
        for ident, title, abilities, claims in (rows[e.id] for e in group):
            beside = room >= NARROW
            pieces = wrap_text(title, size if beside else max(NARROW, width - 4))
            line = Text()
            line.append(set_cell_size(ident, first), style="bold")
            line.append(f"  {set_cell_size(pieces.pop(0), size)}" if beside else "")
            line.append("  " + abilities.ljust(kinds), style="cyan")
            line.append("  " + claims, style="dim")
            line.rstrip()
            yield line
            for piece in pieces:
                yield Text(" " * (first + 2 if beside else 4) + piece)
    if found:
        yield Text()
        legend = "  ".join(f"{mark} {words.ABILITIES[ability]}" for ability, mark in MARKS.items())
        yield from (Text(piece, style="cyan") for piece in wrap_text(legend, width))
        yield Text()
        yield from _examples(width, words)


def _write_row(entry: Entry, digits: int, words: ListingWords) -> tuple[str, str, str, str]:
    """Its id, its title, what can be done with it, and how many figures it claims."""
    figures = words.grammar.choose(words.FIGURES, entry.claims).format(count=f"{entry.claims:{digits}}") if entry.claims else ""
    abilities = "".join(MARKS[a] if a in entry.abilities else "·" for a in MARKS)
    return entry.id, make_terminal_visible(entry.say_title(words.grammar.language)), abilities, figures


def wrap_text(text: str, size: int) -> list[str]:
    """A text in lines of at most so many cells, broken between words (inside one only where it alone is longer); blanks stay.

    >>> wrap_text("two linear layers are one", 12)
    ['two linear', 'layers are', 'one']
    >>> wrap_text("an unbreakable_word", 8)
    ['an', 'unbreaka', 'ble_word']
    """
    lines = [""]
    for blanks, word in re.findall(r"( *)([^ ]+)", text):
        if cell_len(lines[-1] + blanks + word) <= size:
            lines[-1] += blanks + word
            continue
        pieces = chop_cells(word, size)
        lines = [*(lines if lines[-1] else []), *pieces]
    return lines


def _examples(width: int, words: ListingWords) -> Iterable[Text]:
    """A command and what it is for, beside each other where there is room for all of them."""
    long = max(len(command) for command, _ in EXAMPLES)
    beside = long + 2 + max(len(words.EXAMPLES[key]) for _, key in EXAMPLES) <= width
    for command, key in EXAMPLES:
        what = words.EXAMPLES[key]
        if beside:
            yield Text.assemble((command.ljust(long), "bold"), ("  " + what, "dim"))
        else:
            yield Text(f"{what}:", style="dim")
            yield from (Text(f"  {piece}", style="bold") for piece in wrap_text(command, width - 2))


def verdicts(found: Sequence[Verdict], width: int, words: ListingWords, say: Callable[[Cause], str] | None = None) -> Iterable[Text]:
    """The rows of ``tutor check``: a block for each exercise, then a sum of all; ``say`` writes what is known of a wrong figure."""
    rows = [_cells(verdict) for verdict in found]
    widths = _columns([row for row in rows if row[2]] or rows, (26, 40, 40))
    widths[0] = _columns(rows, (26,))[0]
    spare = width - 2 - 6 - 10
    while sum(widths) > spare:
        widths[widths.index(max(widths))] -= 1
    for ident, group in groupby(found, key=lambda v: v.exercise):
        yield Text(make_terminal_visible(ident), style="bold")
        for verdict in group:
            yield from _verdict(verdict, widths, width, words, say)
        yield Text()
    yield _total(found, words)


def _verdict(
    verdict: Verdict, widths: Sequence[int], width: int, words: ListingWords, say: Callable[[Cause], str] | None
) -> Iterable[Text]:
    claim, printed, value = _cells(verdict)
    first, second, third = widths
    alone = second + 2 + third
    sizes = (first, second, third) if value else (first, alone)
    pieces = [wrap_text(cell, size) for cell, size in zip((claim, printed, value), sizes, strict=False)]
    for row, cells in enumerate(zip_longest(*pieces, fillvalue="")):
        line = Text("  " + "".join(set_cell_size(cell, size) + "  " for cell, size in zip(cells, sizes, strict=True)))
        if row == 0:
            line.append(words.AGREEMENTS[verdict.agreement], style=STYLES[verdict.agreement])
        line.rstrip()
        yield line
    remarks = list(_remarks(verdict, words))
    meant = verdict.written.correction if verdict.written is not None else None
    for one in [verdict] if meant is None else [verdict, meant]:
        remarks += [_say_correction(verdict, one, words)] if one is meant else []
        cause = one.written.cause if one.written is not None else None
        remarks += [say(cause)] if say is not None and cause is not None else []
    for remark in remarks:
        for piece in wrap(make_terminal_visible(remark), max(20, width - 4)):
            yield Text("    ").append(piece, style="italic")


def _cells(verdict: Verdict) -> tuple[str, str, str]:
    """The claim, what is printed, and the value, if it is to be shown."""
    of = verdict.written
    cells = (of.claim, of.printed, of.value) if of is not None else (verdict.claim, verdict.printed, verdict.value)
    return tuple(map(make_terminal_visible, cells))  # type: ignore[return-value]


def _remarks(verdict: Verdict, words: ListingWords) -> Iterable[str]:
    """What is said below a figure or a formula: on which condition it agrees, where it differs, that it is a known slip."""
    of = verdict.written
    if of is not None and of.sums:
        yield words.CONDITION.format(sums=", ".join(of.sums))
    if of is not None and of.only_given:
        yield words.ONLY_GIVEN
    if of is not None and of.both[0]:
        said = words.DIFFERENCE if of.point else words.DIFFERENCE_GIVEN if of.at_given else words.DIFFERENCE_EVERYWHERE
        yield said.format(point=of.point, printed=of.both[0], derived=of.both[1])
    if verdict.misfit[0]:
        yield words.MISFIT.format(printed=verdict.misfit[0], shape=verdict.misfit[1])
    if verdict.erratum is not None:
        state = words.ERRATUM if verdict.agreement == "differs" else words.ERRATUM_AGREES
        yield state.format(erratum=of.erratum if of is not None else verdict.erratum)


def _say_correction(verdict: Verdict, meant: Verdict, words: ListingWords) -> str:
    """What became of the correction of a known slip."""
    printed = meant.written.printed if meant.written is not None else meant.printed
    found = words.CORRECTION_WRONG if verdict.agreement == "differs" else words.CORRECTION_REFUTED
    found = words.CORRECTION_RIGHT if meant.agreement != "differs" else found
    return found.format(correction=printed, verdict=words.AGREEMENTS[meant.agreement])


def _total(found: Sequence[Verdict], words: ListingWords) -> Text:
    counted = {agreement: sum(v.agreement == agreement for v in found) for agreement in STYLES}
    errata = sum(v.agreement == "differs" and v.erratum is not None for v in found)
    wrong = counted["differs"] - errata
    line = Text(words.grammar.choose(words.TOTAL, len(found)).format(count=len(found), errata=errata, **counted))
    if counted["carried"]:
        line.append(words.CARRIED.format(count=counted["carried"]))
    refuted = sum(v.erratum is not None and not v.ok for v in found)
    if refuted:
        line.append(words.REFUTED.format(count=refuted), style=STYLES["differs"])
    if wrong:
        line.append(words.WRONG.format(count=wrong), style=STYLES["differs"])
    return line
