"""The layers of a network as a table: the same names, sizes and weights as in its drawing."""

import pytest
from networks_drawn import LARGE, drawn, of

from tutor.explain.network_table import list_layers, say_layer
from tutor.render.maths import text


@pytest.mark.parametrize(
    ("network", "rows"),
    [
        (of((2, 2, 2)), [("inputs", "2 values", "", ""), ("hidden", "2 neurons", "σ(z)", "4"), ("output", "2 neurons", "σ(z)", "4")]),
        (of((3, 1), activation="identity"), [("inputs", "3 values", "", ""), ("output", "1 neuron", "linear", "3")]),
        (of((1, 1), activation="leaky_relu(0.1)"), [("inputs", "1 value", "", ""), ("output", "1 neuron", "LeakyReLU(z, 0.1)", "1")]),
        (LARGE, [("inputs", "16,384 values", "", ""), ("hidden", "1,000 neurons", "ReLU(z)", "16,384,000"),
                 ("output", "10 neurons", "ReLU(z)", "10,000")]),
    ],
)  # fmt: skip
def test_a_row_for_each_layer(network, rows):
    diagram, profile = drawn(network)

    def say(cell):
        return "".join(piece if isinstance(piece, str) else text(piece.expr, profile) for piece in cell)

    table = list_layers(diagram, ("Caption.",))
    assert [tuple(map(say, row)) for row in table.rows] == rows
    assert table.caption == ("Caption.",)
    assert [say_layer(diagram, layer) for layer in range(len(diagram.columns))] == [row[:2] for row in rows]
