"""A model in an ONNX file, written as a program of PyTorch: a function ``forward`` with a statement for each node."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from tutor.errors import ProgramError, hint_near, tell
from tutor.graph.shapes import Shape
from tutor.program.onnx_arguments import NodeArguments, NodeRefusal, OnnxValue
from tutor.program.onnx_file import ModelNode, ModelTensor, OnnxModel, read_onnx
from tutor.program.onnx_operators import INSTEAD, OPERATORS, SUBGRAPHS
from tutor.text import make_visible

FUNCTION = "forward"
ROLES = dict.fromkeys(("RNN", "GRU", "LSTM"), ("", "W", "R", "B"))
"""What the weights of an operator are called, where it is not weight and bias."""
MOST_WRITTEN = 36
"""A constant of more floats is a parameter."""


@dataclass(frozen=True, slots=True)
class OnnxProgram:
    """The text of a program, the node that each line of it is, and the shapes of what the function is given."""

    text: str
    places: tuple[str, ...]
    shapes: Mapping[str, Shape]


def write_onnx_program(data: bytes, file: str, wanted: str = "") -> OnnxProgram:
    """The program of a model; its result is the first one of the model, or ``wanted``.

    Raises `ProgramError` for what is no model, and for a node that is not read, with its name.
    """
    return _OnnxWriter(read_onnx(data, file), make_visible(file, 120)).write(wanted)


class _OnnxWriter:
    def __init__(self, model: OnnxModel, file: str) -> None:
        self.model, self.file = model, file
        self.values: dict[str, OnnxValue] = {}
        self.taken = {"torch", "F", "math", "onnx", FUNCTION}
        self.shapes: dict[str, Shape] = {}
        self.lines: list[str] = []
        self.places: list[str] = []
        self.parameters: dict[str, str] = {}

    def write(self, wanted: str) -> OnnxProgram:
        """The whole program."""
        for name, shape in self.model.inputs.items():
            self.add_parameter(name, shape)
        for node in self.model.nodes:
            self.add_node(node)
        result = self.find_result(wanted)
        self.add_line(f"return {result}", "")
        arguments = ", ".join(self.parameters.values())
        head = ["import math", "import torch", "import torch.nn.functional as F", "import onnx", f"def {FUNCTION}({arguments}):"]
        return OnnxProgram("\n".join([*head, *(f"    {line}" for line in self.lines)]) + "\n", ("",) * len(head) + tuple(self.places),
                           self.shapes)  # fmt: skip

    def add_line(self, line: str, place: str) -> None:
        """A statement, and the node that it is."""
        self.lines.append(line)
        self.places.append(place)

    def find_result(self, wanted: str) -> str:
        """The expression of what the model gives: the result that is wanted by its name, or the first one."""
        made = {name: value.text for name, value in self.values.items() if name not in self.model.tensors}
        name = wanted or self.model.outputs[0]
        found = made.get(name) or next((text for text in made.values() if text == name), None)
        if found is None:
            known = ", ".join(make_visible(one, 40) for one in self.model.outputs)
            hint = hint_near(name, [*made]) or tell("there are {names}", names=known)
            raise ProgramError(tell("there is no quantity {name}", name=make_visible(name, 60)), where=self.file, hint=hint)
        return found

    def name_value(self, name: str, kind: str = "t") -> str:
        """A name of Python for a name of the model: /fc1/Gemm_output_0 is fc1."""
        plain = re.sub(r"_output_0$|^onnx::", "", name)
        plain = re.sub(rf"/{kind}(_[0-9]+)?$", r"\1", plain) if plain.count("/") > 1 else plain
        plain = plain.lower() if re.fullmatch(rf"/?{kind}(_[0-9]+)?", plain) else plain
        plain = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:40]
        if not plain or not plain[0].isalpha():
            plain = f"{kind[:12].lower()}_{plain}".rstrip("_")
        if keyword.iskeyword(plain) or keyword.issoftkeyword(plain):
            plain = f"{plain}_value"
        count, made = 2, plain
        while made in self.taken:
            made, count = f"{plain}_{count}", count + 1
        self.taken.add(made)
        return made

    def add_parameter(self, name: str, shape: Shape | None, wanted: str = "") -> OnnxValue:
        """What nothing computes, as an argument of the function."""
        made = self.parameters[name] = self.name_value(wanted or name)
        if shape is not None:
            self.shapes[made] = shape
        value = self.values[name] = OnnxValue(made)
        return value

    def find_value(self, name: str, wanted: str = "") -> OnnxValue | None:
        """What a name stands for: something that was computed, or numbers of the file, which become a parameter where they are many."""
        if not name:
            return None
        if name in self.values:
            return self.values[name]
        tensor = self.model.tensors.get(name)
        if tensor is None:
            raise NodeRefusal(tell("nothing computes {name} before", name=make_visible(name, 60)),
                          tell("the nodes of a model stand in their order"))  # fmt: skip
        if tensor.numbers is None or (tensor.floats and tensor.shape):
            return self.add_parameter(name, tensor.shape, wanted)
        self.values[name] = write_numbers(tensor.numbers)
        return self.values[name]

    def find_input(self, node: ModelNode, place: int, name: str) -> OnnxValue | None:
        """An input of a node; numbers without a name of their own are called by what they do there: conv_weight."""
        if not name.startswith("onnx::"):
            return self.find_value(name)
        letters = ROLES.get(node.kind, ("", "weight", "bias"))
        role = letters[place] if place < len(letters) else ""
        owner = re.sub(rf"/?{node.kind}(_[0-9]+)?$", "", node.name) or node.kind.lower()
        return self.find_value(name, f"{owner}_{role}" if role else "")

    def add_node(self, node: ModelNode) -> None:
        """The statement of a node."""
        place = node.name if node.kind in node.name else f"{node.name} ({node.kind})"
        try:
            made = self.make_constant(node) if node.kind == "Constant" else self.make_value(node)
        except NodeRefusal as error:
            raise ProgramError(error.what, where=f"{self.file} {place}", hint=error.hint) from None
        except (TypeError, ValueError, IndexError, KeyError, AttributeError):
            raise ProgramError(tell("the settings of this node are not those of a {kind}", kind=node.kind), where=f"{self.file} {place}",
                               hint=tell("export the model again")) from None  # fmt: skip
        outputs = [name for name in node.outputs if name]
        if not outputs:
            return
        if isinstance(made, OnnxValue):
            self.values[outputs[0]] = made
            return
        several = isinstance(made, list)
        names = [self.name_value(name, node.kind) for name in (node.outputs if several else outputs[:1])]
        for name, text in zip(node.outputs if several else outputs, names, strict=False):
            if name:
                self.values[name] = OnnxValue(text)
        if several:
            call, count = made[0], len(names)
            target = ", ".join(names) + ("," if count == 1 else "")
            self.add_line(f"{target} = {call}" + (f"[:{count}]" if node.kind in ("LSTM", "GRU", "RNN") else ""), place)
        else:
            self.add_line(f"{names[0]} = {made}", place)

    def make_value(self, node: ModelNode) -> Any:
        """The expression of a node."""
        make = OPERATORS.get(node.kind)
        if make is None:
            if node.kind in SUBGRAPHS:
                raise NodeRefusal(tell("{kind} has a graph of its own inside, and is not read", kind=node.kind), SUBGRAPHS[node.kind])
            near = INSTEAD.get(node.kind)
            hint = tell("write it with {names}", names=near) if near else hint_near(node.kind, OPERATORS)
            raise NodeRefusal(tell("the operator {kind} is not read", kind=node.kind),
                          hint or tell("write it with operators that are read; docs/programs.md has them"))  # fmt: skip
        return make(NodeArguments(node, [self.find_input(node, place, name) for place, name in enumerate(node.inputs)], self.model.opset))

    def make_constant(self, node: ModelNode) -> OnnxValue:
        """A constant: its numbers, or an array as a parameter."""
        tensor = node.settings.get("value")
        if isinstance(tensor, ModelTensor):
            if tensor.numbers is None or (tensor.floats and prod(tensor.shape) > MOST_WRITTEN):
                return self.add_parameter(node.outputs[0], tensor.shape)
            return write_numbers(tensor.numbers)
        found = [node.settings[name] for name in ("value_float", "value_int", "value_floats", "value_ints") if name in node.settings]
        if not found:
            raise NodeRefusal(tell("a constant that is no array of numbers is not read"))
        return write_numbers(found[0])


def write_numbers(numbers: Any) -> OnnxValue:
    """Numbers that are known, as they stand in a program.

    >>> write_numbers([2, -1]).sizes, write_numbers(0.5).text
    (('2', '-1'), '0.5')
    """
    if isinstance(numbers, list):
        flat = all(isinstance(one, int) and not isinstance(one, bool) for one in numbers)
        text = _write_list(numbers)
        zeros = set(re.findall(r"[^][, ]+", text)) <= {"0.0"}
        return OnnxValue(text if flat else f"torch.tensor({text})", numbers, tuple(map(str, numbers)) if flat else None, zeros=zeros)
    if isinstance(numbers, float) and (numbers != numbers or numbers in (float("inf"), -float("inf"))):
        return OnnxValue(f"float({str(numbers)!r})", numbers)
    whole = isinstance(numbers, int) and not isinstance(numbers, bool)
    return OnnxValue(repr(numbers), numbers, (repr(numbers),) if whole else None, True)


def _write_list(numbers: Any) -> str:
    if isinstance(numbers, list):
        return f"[{', '.join(map(_write_list, numbers))}]"
    return repr(numbers)
