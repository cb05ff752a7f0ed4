"""A computational graph as a table of the terminal: each quantity with its formula, its value, its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.explain.document import Inline, Math, Node, Picture, Sentence
from tutor.expression.nodes import Expr, Name, Partial
from tutor.render.terminal.columns import PageColumn, Pen, TextLine, Word, column, table

if TYPE_CHECKING:
    from tutor.explain.words.drawn_words import DrawnWords


def list_sources(picture: Picture) -> dict[str, list[str]]:
    """What goes into each quantity."""
    sources: dict[str, list[str]] = {}
    for source, target in picture.edges:
        sources.setdefault(target, []).append(source)
    return sources


def sort_nodes(picture: Picture) -> tuple[list[Node], int]:
    """What comes in first, then the operations in the order in which they are evaluated; and how many come in."""
    sources = list_sources(picture)
    nodes = sorted(picture.nodes, key=lambda node: node.expr is not None or node.name in sources)
    return nodes, sum(node.expr is None and node.name not in sources for node in nodes)


def set_graph_table(picture: Picture, pen: Pen, width: int) -> list[TextLine]:
    """The table; nothing of a graph without quantities."""
    sources, words = list_sources(picture), picture.words
    nodes, leaves = sort_nodes(picture)
    if not nodes:
        return []

    def entry(expr: Expr | None, style: str) -> list[Word]:
        return [] if expr is None else pen.words((Math(expr),), style)

    def head(name: str) -> list[Word]:
        return pen.words((words.COLUMNS[name],), "heading")

    def formula(node: Node) -> list[Word]:
        if node.expr is not None:
            return entry(node.expr, "")
        names = [part for name in sources.get(node.name, ()) for part in (", ", Math(Name(name)))]
        return pen.words(("← ", *names[1:]) if names else (name_kind(node.kind, words, 1),), "" if names else "quiet")

    columns: list[PageColumn] = [
        column(head("node"), [entry(Name(node.name), "") for node in nodes]),
        column(head("formula"), [formula(node) for node in nodes]),
    ]
    if any(node.value for node in nodes):
        columns.append(column(head("value"), [entry(node.value, "value") for node in nodes], "r"))
    if any(node.gradient for node in nodes):
        columns.append(column(head("gradient"), [entry(node.gradient, "gradient") for node in nodes], "r"))
    if picture.locals:
        columns.append(column(head("local"), [pen.words(_list_locals(node.name, picture), "") for node in nodes]))
    return table(pen, columns, width, (leaves,) if 0 < leaves < len(nodes) else ())


def _list_locals(target: str, picture: Picture) -> Sentence:
    """The local derivatives of a step, with their values: ∂d/∂x = 1."""
    parts: list[Inline] = []
    for local in picture.locals:
        if local.target == target:
            shown = local.value if local.value is not None else local.expr
            parts += [", ", Math(Partial(target, local.source)), " = ", Math(shown)]
    return tuple(parts[1:])


def name_kind(kind: str, words: DrawnWords, count: int) -> str:
    """What quantities of a kind are called, one or several."""
    return words.grammar.choose(words.KINDS[kind], count) if kind in words.KINDS else kind
