"""Models written as programs: names, sizes that are computed, results by their names, nodes that are not read (under TUTOR_NEEDS_ONNX)."""

import re

import pytest
from onnx_made import make_model, need_onnx

from tutor.errors import ProgramError
from tutor.program.onnx_program import FUNCTION, write_numbers, write_onnx_program
from tutor.program.read_program import read_program
from tutor.program.source import read_source


def make_chain():
    """x is flattened to rows by its own sizes, as exporters write it, and multiplied by weights that the file has."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Gather", ["s", "zero"], ["n"]),
        helper.make_node("Unsqueeze", ["n", "axes"], ["rows"]), helper.make_node("Concat", ["rows", "rest"], ["target"], axis=0),
        helper.make_node("Reshape", ["x", "target"], ["/flat/Reshape_output_0"], name="/flat/Reshape"),
        helper.make_node("MatMul", ["/flat/Reshape_output_0", "onnx::MatMul_7"], ["/fc.1/MatMul_output_0"], name="/fc.1/MatMul"),
        helper.make_node("Relu", ["/fc.1/MatMul_output_0"], ["lambda"], name="/Relu"),
    ]  # fmt: skip
    import numpy

    tensors = [helper.make_tensor(name, TensorProto.INT64, shape, values)
               for name, shape, values in (("zero", [], [0]), ("axes", [1], [0]), ("rest", [1], [-1]))]  # fmt: skip
    tensors.append(numpy_helper.from_array(numpy.ones((6, 2), dtype=numpy.float32), "onnx::MatMul_7"))
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "g", [value("x", TensorProto.FLOAT, ("N", 2, 3))], [value("lambda", TensorProto.FLOAT, None)], tensors)
    return helper.make_model(graph).SerializeToString()


def test_a_model_is_written_as_a_program():
    need_onnx()
    made = write_onnx_program(make_chain(), "net.onnx")
    assert made.text.splitlines()[4:] == [
        "def forward(x, fc_1_weight):", "    flat = x.reshape(x.shape[0], -1)", "    fc_1 = flat @ fc_1_weight",
        "    lambda_value = torch.relu(fc_1)", "    return lambda_value",
    ]  # fmt: skip
    found = read_program(made.text, "net.onnx", FUNCTION, {**made.shapes, "x": (4, 2, 3)}, made.places)
    assert [(step.target, found.places[found.lines[step.target] - 1]) for step in found.layered.graph.steps[:3]] == [
        ("flat", "/flat/Reshape"), ("fc_1", "/fc.1/MatMul"), ("lambda_value", "/Relu")]
    assert write_onnx_program(make_chain(), "net.onnx", "fc_1").text.endswith("return fc_1\n")
    with pytest.raises(ProgramError, match="there is no quantity fc_2"):
        write_onnx_program(make_chain(), "net.onnx", "fc_2")


def test_what_a_node_computes_not_is_told_with_its_name():
    need_onnx()
    for kind, told in (("Loop", "Loop has a graph of its own inside, and is not read\n  export it with a number of rounds that is known"),
                       ("ConvTranspose", "the operator ConvTranspose is not read\n  write it with Conv"),
                       ("Sigmoyd", "did you mean Sigmoid"),
                       ("Gather", "the settings of this node are not those of a Gather|the input 2 is missing")):  # fmt: skip
        with pytest.raises(ProgramError, match=rf"m.onnx the {kind}: (.|\n)*({told})"):
            write_onnx_program(make_model(kind, {"x": (2, 2)}).SerializeToString(), "m.onnx")
    late = make_model("Relu", {"x": (2,)})
    late.graph.node[0].input[0] = "y"
    with pytest.raises(ProgramError, match=re.escape("nothing computes y before")):
        write_onnx_program(late.SerializeToString(), "m.onnx")


def test_names_of_a_model_are_no_program():
    """Whatever a name holds, what is written stays one function of plain statements, and is read."""
    need_onnx()
    for name in ('x"); import os #', "import", "x\n    y = 3", "\u202e", "__class__", "torch", "9", "onnx::Relu_3", "a" * 500):
        model = make_model("Relu", {"x": (2,)})
        model.graph.input[0].name = model.graph.node[0].input[0] = name
        model.graph.node[0].name = name
        made = write_onnx_program(model.SerializeToString(), "m.onnx")
        assert len(read_source(made.text, "m.onnx", made.places).tree.body) == 5
        assert read_program(made.text, "m.onnx", FUNCTION, made.shapes, made.places).layered.graph.loss


def test_numbers_are_written_as_they_are():
    assert write_numbers(-1).sizes == ("-1",)
    assert [write_numbers(one).text for one in (float("-inf"), [[1, 2]])] == ["float('-inf')", "torch.tensor([[1, 2]])"]
    assert write_numbers([0.0, 0.0]).zeros
