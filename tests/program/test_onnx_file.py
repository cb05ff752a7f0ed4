"""ONNX files: what is taken from one, and how files that are none, are hostile or too much are refused (under TUTOR_NEEDS_ONNX)."""

import re
from contextlib import suppress
from random import Random

import pytest
from onnx_made import make_model, need_onnx

from tutor.errors import ProgramError
from tutor.program.onnx_file import read_onnx


def test_what_a_model_has():
    need_onnx()
    model = make_model("Gemm", {"x": ("batch size", 3), "w": (3, 2)}, {"alpha": 0.1}, numbers={"c": 0.1})
    found = read_onnx(model.SerializeToString(), "m.onnx")
    assert found.inputs == {"x": ("batchsize", 3), "w": (3, 2)}
    assert [(node.kind, node.name, node.settings) for node in found.nodes] == [("Gemm", "the Gemm", {"alpha": 0.1})]
    assert found.tensors["c"].numbers == 0.1
    assert (found.outputs, found.opset) == (("out",), 18)


def spoil(change):
    from onnx import helper

    model = make_model("Relu", {"x": (2,)}, numbers={})
    graph = model.graph
    if change == "external":
        graph.initializer.add(name="w", data_type=1, dims=[2], data_location=1).external_data.add(key="location", value="/etc/passwd")
    elif change == "huge":
        graph.initializer.add(name="w", data_type=1, dims=[2**40], raw_data=b"1234")
        graph.node[0].input[0] = "w"
    elif change == "short":
        graph.initializer.add(name="w", data_type=1, dims=[5], raw_data=b"1234")
    elif change == "below":
        graph.initializer.add(name="w", data_type=1, dims=[-5, -1])
    elif change == "many":
        graph.node.extend([helper.make_node("Relu", ["x"], [f"y{count}"]) for count in range(1001)])
    elif change == "empty":
        del graph.node[:]
    elif change == "sparse":
        graph.sparse_initializer.add()
    return model.SerializeToString()


@pytest.mark.parametrize(("change", "told"), [
    ("external", "the numbers of w stand in another file"), ("short", "no array of their shape"), ("below", "no array of their shape"),
    ("many", "more than 1,000 operations"), ("empty", "no ONNX file with a model"), ("sparse", "sparse numbers"),
])  # fmt: skip
def test_what_is_refused(change, told):
    need_onnx()
    with pytest.raises(ProgramError, match=re.escape(told)):
        read_onnx(spoil(change), "m.onnx")


def test_numbers_that_nobody_looks_at_are_not_made():
    need_onnx()
    found = read_onnx(spoil("huge"), "m.onnx")
    assert (found.tensors["w"].numbers, found.tensors["w"].shape) == (None, (2**40,))


def test_garbage_is_refused():
    need_onnx()
    draw = Random(1)
    good = make_model("Gemm", {"x": (2, 3), "w": (3, 2)}).SerializeToString()
    for count in range(200):
        data = bytearray(good)
        for _ in range(1 + count % 7):
            data[draw.randrange(len(data))] = draw.randrange(256)
        for spoilt in (bytes(data), bytes(data[: draw.randrange(len(data))]), draw.randbytes(count)):
            with suppress(ProgramError):
                read_onnx(spoilt, "m.onnx")
