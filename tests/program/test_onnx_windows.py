"""Convolution and pooling of ONNX: what each is written as; their gradients are PyTorch's (test_onnx_operators.py)."""

import re

import pytest

from tutor.program.onnx_arguments import NodeArguments, NodeRefusal, OnnxValue
from tutor.program.onnx_file import ModelNode
from tutor.program.onnx_operators import OPERATORS

WRITTEN = [
    ("Conv", {"kernel_shape": [3], "pads": [2, 0]}, "F.conv1d(F.pad(x, [2, 0]), w)"),
    ("Conv", {"kernel_shape": [3, 2], "auto_pad": "SAME_UPPER"},
     "F.conv2d(onnx.pad_zeros(x, [3, 2], [1, 1], [0, 0, 0, 0], 'upper', 0), w)"),
    ("MaxPool", {"kernel_shape": [2, 2]}, "F.max_pool2d(x, 2, stride=1)"),
    ("MaxPool", {"kernel_shape": [2], "pads": [0, 1]}, "F.max_pool1d(onnx.pad_edges(x, [2], [1], [0, 1], '', 0), 2, stride=1)"),
    ("AveragePool", {"kernel_shape": [3], "pads": [1, 1], "count_include_pad": 1}, "F.avg_pool1d(x, 3, stride=1, padding=1)"),
    ("AveragePool", {"kernel_shape": [3], "pads": [1, 1]},
     "onnx.count_inside(F.avg_pool1d(onnx.pad_zeros(x, [3], [1], [1, 1], '', 0), 3, stride=1), x, [3], [1], [1, 1], '', 0, 1)"),
]  # fmt: skip


def write_node(kind, settings, inputs=("x", "w")):
    inputs = inputs if kind == "Conv" else inputs[:1]
    return OPERATORS[kind](NodeArguments(ModelNode(kind, kind, (), ("out",), settings), [*map(OnnxValue, inputs)], 18))


def test_what_windows_are_written_as():
    for kind, settings, text in WRITTEN:
        assert write_node(kind, settings) == text


@pytest.mark.parametrize(("kind", "settings", "told"), [
    ("Conv", {"kernel_shape": [2, 2], "auto_pad": "VALIDLY"}, "auto_pad=VALIDLY is not read"),
    ("Conv", {"strides": [2, 2], "auto_pad": "SAME_UPPER"}, "needs kernel_shape"),
    ("AveragePool", {"kernel_shape": [2], "pads": [2, 2]}, "pads=[2, 2] is not read"),
])  # fmt: skip
def test_what_is_refused(kind, settings, told):
    with pytest.raises(NodeRefusal, match=re.escape(told)):
        write_node(kind, settings)
