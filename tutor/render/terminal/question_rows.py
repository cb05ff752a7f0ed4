"""The list of an exercise's questions for the terminal: id, how it is answered, marks, and the wording below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tutor.render.terminal.listing import fit_text
from tutor.text import make_terminal_visible

if TYPE_CHECKING:
    from tutor.exercise.question import Question
    from tutor.explain.words.listing_words import ListingWords


def questions(found: Sequence[Question], width: int, marks: Sequence[str], words: ListingWords) -> Iterable[Text]:
    """The rows of ``tutor questions``; ``marks`` are those of each question, as shown."""
    rows = [(make_terminal_visible(q.id), words.say_how(q), mark) for q, mark in zip(found, marks, strict=True)]
    first, last = (max((cell_len(row[place]) for row in rows), default=0) for place in (0, 2))
    first = min(first, max(12, width // 2))
    middle = max(10, width - first - last - 4)
    size = min(middle, max((cell_len(row[1]) for row in rows), default=0))
    for question, (ident, way, mark) in zip(found, rows, strict=True):
        line = Text()
        line.append(fit_text(ident, first), style="bold")
        line.append("  " + fit_text(way, size))
        line.append("  " + mark.rjust(last), style="cyan")
        yield line
        said = [make_terminal_visible(question.text)] if question.text else []
        said += [f"{letter}) {make_terminal_visible(option)}" for letter, option in question.options]
        for text in said:
            for piece in wrap(text, max(20, width - 4)):
                yield Text("    ").append(piece, style="dim")
