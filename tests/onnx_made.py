"""Small models in the ONNX format, made by its own package, and whether that is here."""

import importlib.util
import os

import pytest


def need_onnx():
    """Skip without the package onnx, or fail where TUTOR_NEEDS_ONNX says that it must be there."""
    if importlib.util.find_spec("onnx") is None:
        if os.environ.get("TUTOR_NEEDS_ONNX"):
            pytest.fail("TUTOR_NEEDS_ONNX is set, and the package onnx is missing")
        pytest.skip("the package onnx is not installed")


def make_model(kind, inputs, settings=None, *, known=None, numbers=None, outputs=1, opset=18):
    """A model of one node: ``inputs`` are shapes by their names, ``known`` and ``numbers`` are numbers in it."""
    from onnx import TensorProto, helper

    known, numbers = known or {}, numbers or {}
    order = [*inputs, *known, *numbers]
    results = [f"out{place or ''}" for place in range(outputs)]
    node = helper.make_node(kind, [name for name in order if not name.startswith("_")], results, name=f"the {kind}", **(settings or {}))
    node.input[:] = ["" if name.startswith("_") else name for name in order]
    given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items() if not name.startswith("_")]
    tensors = [helper.make_tensor(name, TensorProto.INT64, [len(values)] if isinstance(values, list) else [],
                                  values if isinstance(values, list) else [values]) for name, values in known.items()]  # fmt: skip
    tensors += [helper.make_tensor(name, TensorProto.FLOAT, [], [value]) for name, value in numbers.items()]
    graph = helper.make_graph([node], "g", given, [helper.make_tensor_value_info(results[0], TensorProto.FLOAT, None)], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
