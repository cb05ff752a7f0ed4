"""What a row of the table of operators asks of a node: its inputs, known numbers, settings with what is usual."""

import pytest

from tutor.program.onnx_arguments import NodeArguments, NodeRefusal, OnnxValue
from tutor.program.onnx_file import ModelNode

NODE = ModelNode("Clip", "c", ("x", "", "n"), ("y",), {"axes": [1], "mode": "edge"})


def test_what_a_node_is_asked():
    given = NodeArguments(NODE, [OnnxValue("x"), None, OnnxValue("3", 3)], 18)
    assert (given.text(), given.has(1), given.read_known(2), given.read_known(1, "", 7), given.axes()) == ("x", False, 3, 7, [1])
    for ask, told in ((lambda: given.text(1), "the input 2 is missing"), (lambda: given.read_known(0), "the input 1 is computed"),
                      (lambda: given.require_setting("mode", "constant"), "mode=edge is not read")):  # fmt: skip
        with pytest.raises(NodeRefusal, match=told):
            ask()
