"""A model in an ONNX file: its nodes, the shapes of its arrays, its small numbers.  The package onnx takes the bytes apart; nothing runs.

Source: the format's definition, https://github.com/onnx/onnx/blob/main/docs/IR.md
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.errors import ProgramError, tell
from tutor.graph.shapes import Shape
from tutor.numbers.arrays import np
from tutor.text import make_visible

MOST_NODES = 1_000
MOST_TENSORS = 4_000
MOST_NUMBERS = 1_000
"""An array of more entries is a parameter, whose numbers are not looked at."""
MOST_AXES = 8
INSTALL = 'pip install "backprop-tutor[onnx]"'
EXTERNAL = 1
"""TensorProto.DataLocation.EXTERNAL: the numbers stand in another file."""
FLOAT_KINDS = frozenset({1, 10, 11, 16})
"""float, float16, double and bfloat16, by their numbers in TensorProto.DataType."""


@dataclass(frozen=True, slots=True)
class ModelTensor:
    """Numbers that stand in the file: their sizes, whether they are floats, and nested lists of them where they are few."""

    shape: tuple[int, ...]
    floats: bool
    numbers: Any = None


@dataclass(frozen=True, slots=True)
class ModelNode:
    """One operation: the kind, its name for people, the names of what goes in and comes out, its settings."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """A model: its nodes in their order, what is given with its shape (None where the file has none), numbers, results, its opset."""

    nodes: tuple[ModelNode, ...]
    inputs: Mapping[str, Shape | None]
    tensors: Mapping[str, ModelTensor]
    outputs: tuple[str, ...]
    opset: int


def read_onnx(data: bytes, file: str) -> OnnxModel:
    """The model of an ONNX file's bytes.

    Raises `ProgramError` for what is none, for one with too many operations, and for numbers that stand in another file.
    """
    where = make_visible(file, 120)
    try:
        from google.protobuf.message import DecodeError
        from onnx import ModelProto
    except ImportError:
        raise ProgramError(tell("reading an ONNX file needs the package onnx"), where=where, hint=INSTALL) from None
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, RuntimeError, RecursionError, MemoryError):
        model = ModelProto()
    graph = model.graph
    if not graph.node or not graph.output:
        raise ProgramError(tell("this is no ONNX file with a model: it has no operations, or no results"), where=where,
                           hint=tell("write one with torch.onnx.export(model, x, \"model.onnx\")"))  # fmt: skip
    if len(graph.node) > MOST_NODES:
        raise ProgramError(tell("the model has more than {limit:,} operations", limit=MOST_NODES), where=where,
                           hint=tell("export a part of it"))  # fmt: skip
    if len(graph.initializer) > MOST_TENSORS:
        raise ProgramError(tell("the model has more than {limit:,} arrays", limit=MOST_TENSORS), where=where,
                           hint=tell("export a part of it"))  # fmt: skip
    tensors = {read_name(tensor.name): _read_tensor(tensor, where) for tensor in graph.initializer}
    if graph.sparse_initializer:
        raise ProgramError(tell("sparse numbers are not read"), where=where, hint=tell("export the model with dense numbers"))
    inputs = {read_name(given.name): _read_shape(given.type) for given in graph.input if read_name(given.name) not in tensors}
    nodes = tuple(_read_node(node, where) for node in graph.node)
    opset = max((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), default=1)
    return OnnxModel(nodes, inputs, tensors, tuple(read_name(one.name) for one in graph.output), opset)


def read_name(name: str | bytes) -> str:
    """A name of the file, which may be bytes that are no text.

    >>> read_name("fc1"), read_name(b"\\xff")
    ('fc1', '\ufffd')
    """
    return name if isinstance(name, str) else name.decode(errors="replace")


def _read_shape(kind: Any) -> Shape | None:
    """The sizes of an input: numbers, or the letters that the file has for those that are open; None where it says nothing."""
    if kind.WhichOneof("value") != "tensor_type" or not kind.tensor_type.HasField("shape"):
        return None
    sizes: list[int | str] = []
    for place, one in enumerate(kind.tensor_type.shape.dim):
        letter = re.sub(r"[^A-Za-z0-9]", "", read_name(one.dim_param))[:20]
        sizes.append(one.dim_value if one.dim_value > 0 else letter if letter[:1].isalpha() else f"n{place or ''}")
    return tuple(sizes)


def _read_tensor(tensor: Any, where: str) -> ModelTensor:
    """A tensor; its numbers only where they are few."""
    named = make_visible(read_name(tensor.name), 60)
    if tensor.data_location == EXTERNAL or tensor.external_data:
        raise ProgramError(tell("the numbers of {name} stand in another file, which is not opened", name=named), where=where,
                           hint=tell("save the model in one file: onnx.save_model(model, path, save_as_external_data=False)"))  # fmt: skip
    shape = tuple(int(size) for size in tensor.dims)
    count = 1
    for size in shape:
        count *= max(size, 0)
    floats = tensor.data_type in FLOAT_KINDS
    if count > MOST_NUMBERS:
        return ModelTensor(shape, floats)
    from onnx.numpy_helper import to_array

    try:
        if min(shape, default=1) < 0 or len(shape) > MOST_AXES:
            raise ValueError(shape)
        entries = np.asarray(to_array(tensor))
        numbers = _write_floats(entries) if floats else entries.tolist()
    except (ValueError, TypeError, KeyError, OSError, RuntimeError):
        raise ProgramError(tell("the numbers of {name} are no array of their shape", name=named), where=where,
                           hint=tell("export the model again")) from None  # fmt: skip
    return ModelTensor(shape, floats, numbers)


def _write_floats(entries: Any) -> Any:
    """Nested lists of the shortest numbers that are these in their own precision: 0.1, and not 0.10000000149."""
    if entries.ndim:
        return [_write_floats(part) for part in entries]
    return float(str(entries)) if entries.dtype == np.float32 else float(entries)


def _read_node(node: Any, where: str) -> ModelNode:
    """A node with its settings as plain values."""
    inputs, outputs = (tuple(map(read_name, names)) for names in (node.input, node.output))
    called = make_visible(read_name(node.name) or next(iter(outputs), ""), 60)
    kind, domain = read_name(node.op_type), read_name(node.domain)
    settings = {read_name(one.name): _read_setting(one, where) for one in node.attribute}
    return ModelNode(make_visible(kind if domain in ("", "ai.onnx") else f"{domain}.{kind}", 60), called, inputs, outputs, settings)


def _read_setting(one: Any, where: str) -> Any:
    """A setting's value; nothing for a graph inside of a node, which no operation that is read has."""
    name = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints", 8: "strings"}.get(one.type, "")
    value: Any = getattr(one, name, None)
    if name == "f":
        return _write_floats(np.float32(value))
    if name == "s":
        return value.decode(errors="replace")[:200]
    if name == "t":
        return _read_tensor(value, where)
    if name in ("ints", "floats", "strings"):
        if len(value) > MOST_NUMBERS:
            raise ProgramError(tell("a setting of more than {limit:,} numbers", limit=MOST_NUMBERS), where=where)
        return [_write_floats(np.float32(part)) if name == "floats" else part.decode(errors="replace") if name == "strings" else int(part)
                for part in value]  # fmt: skip
    return int(value) if name == "i" else None
