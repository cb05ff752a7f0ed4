"""Questions of a problem sheet on a page of the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from tutor.explain.document import SheetQuestion
from tutor.render.answer_rows import write_answer_rows, write_blank
from tutor.render.terminal.columns import Pen, TextLine

WIDEST_BLANK = 60


def set_question_lines(block: SheetQuestion, pen: Pen, width: int) -> list[TextLine]:
    """A question of a sheet: its number, what is asked, its id and its marks at the right, options and boxes below."""
    indent = max(6, cell_len(block.number) + 2)
    told = "  ".join(pen.make_safe(part) for part in (block.ident, block.marks) if part)
    first, *others = pen.fill(pen.words(block.parts), width - indent)
    lines = [TextLine().put(pen.make_safe(block.number), "label").to(indent).add(first)]
    lines += [TextLine().to(indent).add(line) for line in others]
    if told and cell_len(told) <= width:
        if lines[-1].width + 2 + cell_len(told) > width:
            lines.append(TextLine())
        lines[-1].to(width - cell_len(told)).put(told, "quiet")
    elif told:
        lines += pen.fill(pen.words((told,), "quiet"), width)
    for letter, text in block.options:
        first, *others = pen.fill(pen.words((f"{letter}) ", *text)), width - indent - 4)
        lines += [TextLine().to(indent).put("[ ] ").add(first), *(TextLine().to(indent + 4).add(line) for line in others)]
    return [*lines, *(TextLine().to(indent).put(row) for row in write_answer_rows(block.place, width - indent))]


def set_blank_lines(labels: Sequence[str], pen: Pen, width: int) -> list[TextLine]:
    """Lines to fill in, one below the other."""
    return [TextLine().put(write_blank(pen.make_safe(label), min(width, WIDEST_BLANK))) for label in labels]
