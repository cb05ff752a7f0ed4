"""Lines of the terminal side by side: the matrices that are given."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.render.terminal.columns import TextLine


def set_beside(groups: Sequence[Sequence[TextLine]], room: int, gap: int = 4) -> list[TextLine]:
    """Groups of lines beside one another, as many as fit into ``room`` cells; a lower one is set in the middle of its row.

    >>> tall, low = [TextLine().put(text) for text in "abc"], [TextLine().put("x")]
    >>> [line.text for line in set_beside([tall, low], 20)]
    ['a', 'b    x', 'c']
    >>> [line.text for line in set_beside([tall, low], 5)]
    ['a', 'b', 'c', 'x']
    """
    rows: list[list[Sequence[TextLine]]] = []
    left = 0
    for group in groups:
        width = max((line.width for line in group), default=0)
        if not rows or left + gap + width > room:
            rows.append([])
            left = -gap
        rows[-1].append(group)
        left += gap + width
    return [line for row in rows for line in _join_groups(row, gap)]


def _join_groups(groups: Sequence[Sequence[TextLine]], gap: int) -> list[TextLine]:
    height = max(map(len, groups))
    lines = [TextLine() for _ in range(height)]
    column = 0
    for group in groups:
        above = (height - len(group)) // 2
        for place, line in enumerate(group):
            lines[above + place].to(column).add(line)
        column += max(line.width for line in group) + gap
    return lines
