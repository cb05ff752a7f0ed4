"""The rows of looking up: rows of a table by labels, one entry of each row, and what goes back to them.

Labels are settings, counted from 0 as in NumPy, and as many as are written: a row is made for each count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from tutor.rules.layer_row import INDEX, Layer

MOST_LABELS = 150
"""So many labels may be looked up at once."""


def _list_labels(count: int) -> tuple[str, ...]:
    return tuple(f"k{number}" for number in range(1, count + 1))


def _list_below(labels: tuple[str, ...], size: str) -> tuple[str, ...]:
    return tuple(part for label in labels for part in (label, size))


@cache
def _make_rows(count: int) -> tuple[Layer, ...]:
    labels = _list_labels(count)
    listed, settings = ", ".join(labels), tuple((label, 0) for label in labels)
    in_batch = (("B", 1), *settings)
    below = _list_below(labels, "V")
    rows: list[Layer] = []
    for rank in (1, 2):
        rest, letters = ("n",)[: rank - 1], INDEX[rank]
        last, table = "".join(f", {i}" for i in letters[1:]), f"E: {' '.join(('V', *rest))}"
        rows += [
            Layer("embed", (table,), (str(count), *rest), letters, f"at(E, listed(i, {listed}) + 1{last})", (f"scatter(G, V, {listed})",),
                  settings, below=below, source="CS231n, word_embedding_forward: W[x]", written="looked up", by_place=True, indexed=False),
            Layer("scatter", (f"G: {' '.join((str(count), *rest))}",), ("V", *rest), letters,
                  f"sum_over(u, {count}, at(G, u{last})*inside(i - listed(u, {listed}), 1))", (),
                  (("V", 1), *settings), below=below, internal=True, written="name scatter by among", by_place=True, indexed=False),
        ]  # fmt: skip
        wide, inner = INDEX[rank + 1], "".join(f", {i}" for i in INDEX[rank + 1][2:])
        rows += [
            Layer("embed_batch", (table,), ("B", f"quotient({count}, B)", *rest), wide,
                  f"at(E, listed(quotient({count}, B)*(i - 1) + j, {listed}) + 1{inner})", (f"scatter_batch(G, V, {listed})",),
                  in_batch, below=below, source="CS231n, word_embedding_forward: W[x] of a batch", written="looked up rows",
                  by_place=True, indexed=False, said="embed"),
            Layer("scatter_batch", (f"G: {' '.join(('N', 'T', *rest))}",), ("V", *rest), letters,
                  f"sum_over(u, N, sum_over(v, T, at(G, u, v{last})*inside(i - listed(T*(u - 1) + v, {listed}), 1)))", (),
                  (("V", 1), *settings), below=below, internal=True, written="name scatter by among", by_place=True, indexed=False,
                  said="scatter"),
        ]  # fmt: skip
    rows += [
        Layer("pick_each", (f"P: {count} V",), (str(count),), INDEX[1], f"at(P, i, listed(i, {listed}) + 1)",
              (f"place_each(G, V, {listed})",),
              settings, below=below, source="CS231n, softmax_loss: P[arange(N), y]", written="name pick by labels", by_place=True,
              indexed=False),
        Layer("place_each", (f"G: {count}",), (str(count), "V"), INDEX[2], f"at(G, i)*inside(j - listed(i, {listed}), 1)", (),
              (("V", 1), *settings), below=below, internal=True, written="name put by among", by_place=True, indexed=False),
    ]  # fmt: skip
    return tuple(rows)


LOOK_UPS: Mapping[str, Callable[[int], int]] = {
    "embed": lambda settings: settings, "pick_each": lambda settings: settings,
    **dict.fromkeys(("scatter", "embed_batch", "scatter_batch", "place_each"), lambda settings: settings - 1),
}  # fmt: skip
"""How many labels there are among so many settings."""
LOOK_UP_ROWS = _make_rows(1)
"""The rows for one label."""


def make_look_up(name: str, settings: int) -> tuple[Layer, ...]:
    """The rows of an operation with so many settings.

    >>> [row.result for row in make_look_up("embed", 3)]
    [('3',), ('3', 'n')]
    """
    count = LOOK_UPS[name](settings)
    return tuple(row for row in _make_rows(count) if row.name == name) if 1 <= count <= MOST_LABELS else ()
