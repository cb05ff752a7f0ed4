"""Operators of ONNX written out: each is reached by its name, and is read; their numbers are in test_onnx_operators.py."""

from tutor.program.onnx_operators import OPERATORS
from tutor.program.read_program import read_program
from tutor.program.written_operators import list_operators


def test_an_operator_is_read_in_the_place_of_its_call():
    text = "import torch\nimport onnx\ndef f(x, s):\n    y = onnx.prelu(x, s)\n    return y\n"
    found = read_program(text, "m.py", "f", {"x": (2, 3), "s": (3,)})
    assert {step.target: found.lines[step.target] for step in found.layered.graph.steps if step.target in found.lines}["y"] == 4
    assert {"gru", "lstm", "rnn", "batch_norm"} <= {*list_operators()}
    assert {"GRU", "LSTM", "RNN"} <= {*OPERATORS}
