"""The list of an exercise's questions for the terminal: id, how it is answered, marks, and the wording below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tutor.render.terminal.listing import fitted
from tutor.text import visible_on_terminal

if TYPE_CHECKING:
    from tutor.exercise.question import Question

HOW = {
    "number": "a number", "expression": "a formula", "fraction": "a fraction", "vector": "{n} entries: [a, b, …]",
    "matrix": "{sizes} entries: {nested}", "array": "{sizes} entries: {nested}",
    "column": "{n} values, one a line", "chain": "the chain of derivatives", "choice": "a letter",
}  # fmt: skip
FORMS = {
    "decimal": ", as a decimal", "fraction": ", as a fraction", "inputs": ", in given quantities only", "steps": ", without derivatives",
}  # fmt: skip


def how(question: Question) -> str:
    """How a question is answered, in a few words.

    >>> from tutor.exercise.question import Question
    >>> how(Question("w", "w after 1", "number", ("w@1",)))
    'a number of 2 digits or more'
    """
    shape = question.shape
    nested = "[" * len(shape) + "a, b]" + ", …]" * (len(shape) - 1)
    text = HOW[question.kind].format(n=len(question.targets), sizes="×".join(map(str, shape)), nested=nested)
    if question.kind in ("number", "vector", "matrix", "array", "column"):
        asked = question.tolerance
        if asked.decimals is not None:
            text += f" to {asked.decimals} decimals or more"
        elif question.kind == "number":
            text += f" of {asked.digits} digits or more"
    return text + FORMS.get(question.form, "")


def questions(found: Sequence[Question], width: int, marks: Sequence[str]) -> Iterable[Text]:
    """The rows of ``tutor questions``; ``marks`` are those of each question, as shown."""
    rows = [(visible_on_terminal(q.id), how(q), mark) for q, mark in zip(found, marks, strict=True)]
    first, last = (max((cell_len(row[place]) for row in rows), default=0) for place in (0, 2))
    first = min(first, max(12, width // 2))
    middle = max(10, width - first - last - 4)
    size = min(middle, max((cell_len(row[1]) for row in rows), default=0))
    for question, (ident, way, mark) in zip(found, rows, strict=True):
        line = Text()
        line.append(fitted(ident, first), style="bold")
        line.append("  " + fitted(way, size))
        line.append("  " + mark.rjust(last), style="cyan")
        yield line
        said = [visible_on_terminal(question.text)] if question.text else []
        said += [f"{letter}) {visible_on_terminal(option)}" for letter, option in question.options]
        for text in said:
            for piece in wrap(text, max(20, width - 4)):
                yield Text("    ").append(piece, style="dim")
