"""A node of an ONNX model as its row in the table of operators sees it: what its inputs stand for, and its settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutor.errors import tell
from tutor.program.onnx_file import ModelNode


@dataclass(frozen=True, slots=True)
class OnnxValue:
    """What a name of the model stands for: text of an expression; numbers that are known; sizes, each a text, the first of a list.

    ``lone`` says that ``sizes`` is one whole number and no list, ``zeros`` that all entries are 0.
    """

    text: str
    known: Any = None
    sizes: tuple[str, ...] | None = None
    lone: bool = False
    zeros: bool = False


class NodeRefusal(Exception):
    """What of a node is not read, and what could stand there instead."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True, slots=True)
class NodeArguments:
    """One node with what its inputs stand for; a missing one is None."""

    node: ModelNode
    values: Sequence[OnnxValue | None]
    opset: int

    def has(self, place: int) -> bool:
        """Whether there is an input at a place."""
        return place < len(self.values) and self.values[place] is not None

    def take(self, place: int) -> OnnxValue:
        """The input at a place."""
        value = self.values[place] if place < len(self.values) else None
        if value is None:
            raise NodeRefusal(tell("the input {place} is missing", place=place + 1))
        return value

    def text(self, place: int = 0) -> str:
        """The expression of an input."""
        return self.take(place).text

    def texts(self) -> list[str]:
        """The expressions of all inputs."""
        return [self.text(place) for place in range(len(self.values))]

    def read_known(self, place: int, setting: str = "", usual: Any = None) -> Any:
        """Numbers that are known: of an input, or of the setting that older versions have instead."""
        if setting and setting in self.node.settings:
            return self.node.settings[setting]
        if not self.has(place):
            return usual
        value = self.take(place)
        if value.known is None:
            raise NodeRefusal(tell("the input {place} is computed, and has to be known", place=place + 1),
                          tell("export the model with constant folding, do_constant_folding=True"))  # fmt: skip
        return value.known

    def setting(self, name: str, usual: Any = None) -> Any:
        """A setting, or what it is where it is left out."""
        value = self.node.settings.get(name)
        return usual if value is None else value

    def axes(self, place: int = 1) -> list[int] | None:
        """The axes that a setting or an input says."""
        found = self.read_known(place, "axes")
        return None if found is None else [found] if isinstance(found, int) else list(found)

    def require_setting(self, name: str, *usual: Any) -> None:
        """Refuse a setting that is none of those that are read."""
        value = self.setting(name, usual[0])
        if value not in usual:
            raise NodeRefusal(tell("{name}={value} is not read", name=name, value=str(value)[:40]),
                          tell("it is one of {names}", names=tuple(str(one) or "''" for one in usual)))  # fmt: skip
