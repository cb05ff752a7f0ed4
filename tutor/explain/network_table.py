"""The layers of a network as a table, where it is not drawn."""

from __future__ import annotations

from tutor.explain.diagram import Diagram, DiagramColumn
from tutor.explain.document import Inline, Math, Sentence, Table
from tutor.expression.nodes import Call, Expr, Name, Number


def list_layers(diagram: Diagram, caption: Sentence = ()) -> Table:
    """A row for each layer: what it is called, how many neurons it has, its function, how many weights lead into it.

    >>> from tutor.explain.network_drawing import diagram
    >>> from tutor.graph.network import Network
    >>> [row[0] + row[1] + row[3] for row in list_layers(diagram(Network((3, 4, 2), ("relu", "identity")))).rows]
    [('inputs', '3 values'), ('hidden', '4 neurons', '12'), ('output', '2 neurons', '8')]
    """
    words = diagram.words
    rows = []
    for layer, column in enumerate(diagram.columns):
        name, size = say_layer(diagram, layer)
        into = (words.grammar.write_count(diagram.weights[layer - 1]),) if layer else ()
        rows.append(((name,), (size,), _say_function(column, diagram), into))
    heads = tuple((words.LAYER_COLUMNS[head],) for head in ("layer", "size", "function", "weights"))
    return Table(heads, tuple(rows), "lllr", caption)


def say_layer(diagram: Diagram, layer: int) -> tuple[str, str]:
    """What a layer is called, and its size."""
    words, last = diagram.words, len(diagram.columns) - 1
    place = "first" if layer == 0 else "last" if layer == last else "only" if last == 2 else "hidden"
    size = words.grammar.count(words.UNITS["neurons" if layer else "inputs"], diagram.columns[layer].size)
    return words.LAYERS[place].format(number=layer), size


def is_linear(column: DiagramColumn) -> bool:
    """Whether the neurons of a layer are their sums."""
    return column.activation == "identity"


def _say_function(column: DiagramColumn, diagram: Diagram) -> Sentence:
    if is_linear(column) or not column.activation:
        return (diagram.words.LINEAR,) if column.activation else ()
    head, _, more = column.activation.partition("(")
    given: tuple[Expr, ...] = tuple(Number(number.strip()) for number in more.rstrip(")").split(",") if number.strip())
    shown: Inline = Math(Call(head, (Name("z"), *given)))
    return (shown,)
