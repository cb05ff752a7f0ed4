"""A chart of bars as lines of text, and as LaTeX.  The parts of a bar differ by their fill, never by colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells

from tutor.explain.document import Bars
from tutor.render.latex.widths import measure_words
from tutor.render.latex.words import escape
from tutor.render.terminal.columns import Pen, TextLine

FILLS = "█▓≈▒░?!·"
PLAIN = "#=~x-?!."
"""What the parts of a bar are made of; the second for terminals that have only ASCII."""
STYLES = ("green", "cyan", "blue", "yellow", "red", "magenta", "magenta", "dim")
INKS = ("green!45!black", "cyan!60!black", "teal!70", "orange!85!black", "red!55", "violet!45", "violet!25", "black!15")
"""The parts in LaTeX, darkest first, so that they differ on paper without colours too."""

_LABEL = 24
"""A label is cut to so many columns."""
_BAR_EM = 22.0


def cells(parts: Sequence[int], room: int, whole: int) -> list[int]:
    """How many of ``room`` cells each part takes when ``whole`` fills them all: what is there is seen, and nothing is too long.

    >>> cells((98, 1, 1), 20, 100)
    [18, 1, 1]
    >>> cells((1, 1, 1), 10, 3)
    [4, 3, 3]
    """
    if whole <= 0 or room <= 0:
        return [0] * len(parts)
    taken = [part * room // whole for part in parts]
    wanted = (sum(parts) * room * 2 + whole) // (2 * whole)
    by_rest = sorted(range(len(parts)), key=lambda place: (-(parts[place] * room % whole), place))
    for place in by_rest[: max(min(wanted, room) - sum(taken), 0)]:
        taken[place] += 1
    for place, part in enumerate(parts):
        if part and not taken[place]:
            largest = max(range(len(taken)), key=lambda other: taken[other])
            taken[largest] -= sum(taken) >= room and taken[largest] > 1
            taken[place] = 1 if sum(taken) < room else 0
    return taken


def count_full(chart: Bars) -> int:
    """How many make the longest bar."""
    return max([sum(bar.parts) for bar in chart.bars] or [0])


def lines(chart: Bars, pen: Pen, width: int) -> list[TextLine]:
    """The chart in ``width`` columns: title, bars, legend."""
    fills = FILLS if pen.bar != "-" else PLAIN
    labels = [(chop_cells(pen.make_safe(bar.label), min(_LABEL, width // 3)) or [""])[0] for bar in chart.bars]
    notes = [pen.make_safe(bar.note) for bar in chart.bars]
    left = max(map(cell_len, labels), default=0) + 1
    right = max(map(cell_len, notes), default=0)
    room = max(width - left - 2 - (right + 1 if right else 0), 4)
    found = pen.fill(pen.words((chart.title,), "caption"), width)
    for bar, label, note in zip(chart.bars, labels, notes, strict=True):
        line = TextLine().put(label).to(left).put("|", "rule")
        taken = cells(bar.parts, room, sum(bar.parts) if chart.shares else count_full(chart))
        for place, count in enumerate(taken):
            line.put(fills[place % len(fills)] * count, f"part {place % len(fills)}")
        if chart.shares:
            line.to(left + 1 + room).put("|", "rule")
        if note:
            end = left + 2 + room if chart.shares else line.width
            line.to(max(width - cell_len(note), end + 1) if chart.shares else end + 1).put(note)
        found.append(line)
    entries = [
        [*pen.words((fills[place % len(fills)] + "\u00a0" + name.replace(" ", "\u00a0"),))]
        for place, name in enumerate(chart.legend) if any(bar.parts[place] for bar in chart.bars if place < len(bar.parts))
    ]  # fmt: skip
    return found + (pen.fill([word for entry in entries for word in entry], width) if entries else [])


def latex(chart: Bars, line: float) -> str:
    """The chart as rows of coloured rules for a line of ``line`` em."""
    widest = max([measure_words(bar.label) for bar in chart.bars] or [0.0])
    left = min(widest * 1.1 + 0.5, line * 0.3)
    room = min(_BAR_EM, line - left - 9.0)
    rows = []
    for bar in chart.bars:
        whole = sum(bar.parts) if chart.shares else count_full(chart)
        rules = "".join(
            f"{{\\color{{{INKS[place % len(INKS)]}}}\\rule[-0.2ex]{{{part * room / whole:.2f}em}}{{1.5ex}}}}"
            for place, part in enumerate(bar.parts) if part and whole
        )  # fmt: skip
        label = escape(bar.label)
        cell = f"\\makebox[{left:.2f}em][l]{{{label}}}"
        if measure_words(bar.label) * 1.1 > left:
            cell = f"\\parbox[t]{{{left - 0.5:.2f}em}}{{\\raggedright {label}\\strut}}\\hspace{{0.5em}}"
        rows.append(f"\\noindent {cell}{rules}\\enspace {escape(bar.note)}\\par")
    names = [
        f"\\mbox{{{{\\color{{{INKS[place % len(INKS)]}}}\\rule[-0.2ex]{{1em}}{{1.5ex}}}}~{escape(name)}}}"
        for place, name in enumerate(chart.legend) if any(bar.parts[place] for bar in chart.bars if place < len(bar.parts))
    ]  # fmt: skip
    legend = f"\\noindent {{\\footnotesize {' '.join(name + chr(92) + 'enspace' for name in names)}\\par}}" if names else ""
    title = f"\\noindent\\textit{{{escape(chart.title)}}}\\par\\nopagebreak" if chart.title else ""
    body = "\n".join(part for part in (title, *rows, legend) if part)
    return f"{{\\par\\medskip\\raggedright\\parskip=1pt\n{body}\n\\medskip\\par}}"
