"""A module of PyTorch, a function or a method of a session, written as a program: ``tutor.solve(model, x=x)``.

Nothing of it is called.  What a module has (its layers and their settings, the shapes of its weights, plain attributes) is read as data and
written as an ``__init__``; what it does is the text of its class.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FunctionType, MethodType
from typing import Any

from tutor.errors import ProgramError, tell
from tutor.program.live_sources import SourceTexts, find_library, name_object, write_plain_value
from tutor.program.torch_layers import RECURRENT, TORCH_LAYERS, list_settings
from tutor.text import make_visible

MOST_MODULES = 500
MOST_KNOWN = 400
"""A buffer of more numbers is an array that nobody knows."""
_OWN = frozenset({"training", "call_super_init", "dump_patches"})


@dataclass(slots=True)
class LiveProgram:
    """A program that stands for an object: its text, what of it is meant, where its lines stand, and its weights by their names."""

    text: str
    wanted: str
    called: str
    places: tuple[str, ...]
    weights: Mapping[str, Any] = field(default_factory=dict)


def is_live(target: Any) -> bool:
    """Whether a target is an object of a session: a module of PyTorch, a function, a method, a class with a forward.

    >>> is_live(is_live), is_live("x*y")
    (True, False)
    """
    return not isinstance(target, str) and (callable(target) or hasattr(type(target), "forward"))


def write_live_program(target: Any) -> LiveProgram:
    """The program of a module, a function or a bound method.

    Raises `ProgramError` where its source is not there.
    """
    texts = SourceTexts()
    if isinstance(target, MethodType) and not isinstance(target.__self__, type):
        return _write_object(texts, target.__self__, target.__func__.__name__)
    if isinstance(target, FunctionType):
        name = texts.add_function(target)
        return LiveProgram("\n".join(texts.lines) + "\n", name, name, tuple(texts.places))
    if isinstance(target, type):
        name = texts.add_class(target)
        return LiveProgram("\n".join(texts.lines) + "\n", name, name, tuple(texts.places))
    if hasattr(type(target), "forward") or isinstance(vars(type(target)).get("__call__"), FunctionType):
        return _write_object(texts, target, "")
    named = name_object(target)
    raise ProgramError(tell("the source of {name} is not there", name=named),
                       hint=tell("define it with def in a cell or a file, or give the file: model.py:{name}", name=named))  # fmt: skip


def _write_object(texts: SourceTexts, target: Any, method: str) -> LiveProgram:
    """The program of an object: its class under a class whose __init__ is what the object has."""
    writer = _StateWriter(texts)
    own = find_layer(target)
    if own:
        name = "Model"
        texts.add_text("import torch\nimport torch.nn as nn")
        made = writer.write_module(target, "net")
        body = [f"self.net = {made}", *writer.ties]
        texts.add_text(f"class {name}(nn.Module):\n    def __init__(self):\n" + "\n".join(f"        {line}" for line in body))
        texts.add_text("    def forward(self, x):")
        if own == "Sequential":
            for place, part in enumerate(vars(target)["_modules"].values()):
                texts.add_text(f"        h = self.net[{place}]({'h' if place else 'x'})")
                texts.places[-1] = f"[{place}] {make_visible(type(part).__name__, 40)}"
            texts.add_text("        return h")
        else:
            texts.add_text("        return self.net(x)")
            texts.places[-1] = own
        called = type(target).__name__
    else:
        name = writer.write_object(target, "", root=True)
        called = type(target).__name__
    wanted = f"{name}.{method or 'forward'}" if method or not own else name
    return LiveProgram("\n".join(texts.lines) + "\n", wanted, called, tuple(texts.places), writer.weights)


def find_layer(module: Any) -> str:
    """The kind of a layer of torch.nn, or of a list of them; empty for a class of the program."""
    kind = type(module)
    home = getattr(kind, "__module__", "")
    return kind.__name__ if isinstance(home, str) and home.startswith("torch.nn.modules.") else ""


class _StateWriter:
    """Writes what modules have as expressions; what is there twice is tied at the end of the first ``__init__``."""

    def __init__(self, texts: SourceTexts) -> None:
        self.texts = texts
        self.seen: dict[int, str] = {}
        self.ties: list[str] = []
        self.weights: dict[str, Any] = {}
        self.count = 0

    def write_module(self, module: Any, path: str) -> str:
        """An expression that makes a module like this one; ``path`` is how it is reached from the first one."""
        self.count += 1
        if self.count > MOST_MODULES:
            raise ProgramError(tell("the model has more than {limit} layers", limit=MOST_MODULES), hint=tell("give a part of it"))
        first = self.seen.setdefault(id(module), path)
        if first != path:
            self.ties.append(f"self.{path} = self.{first}")
        kind = find_layer(module)
        if kind in ("Sequential", "ModuleList"):
            mark = "nn.Sequential(" if kind == "Sequential" else "nn.ModuleList(["
            parts = [self.write_module(part, f"{path}[{place}]") for place, part in enumerate(vars(module)["_modules"].values())]
            return f"{mark}{', '.join(parts)}{')' if kind == 'Sequential' else '])'}"
        if kind == "ModuleDict":
            pairs = [f"{key!r}: {self.write_module(part, f'{path}[{key!r}]')}" for key, part in vars(module)["_modules"].items()]
            return f"nn.ModuleDict({{{', '.join(pairs)}}})"
        if kind:
            return self.write_layer(module, kind, path)
        return f"{self.write_object(module, path)}()"

    def write_layer(self, module: Any, kind: str, path: str) -> str:
        """A layer of torch.nn with its settings; its weights are those that it has."""
        held = vars(module)
        if kind in TORCH_LAYERS:
            names = [name for name, _, _ in list_settings(kind)]
        else:
            return f"nn.{kind}()"  # refused by its name where it is read
        said: list[str] = []
        parameters = held.get("_parameters", {})
        for name in names:
            value = held.get(name)
            if name == "bias":
                there = any("bias" in key and one is not None for key, one in parameters.items())
                value = held["bias"] if isinstance(held.get("bias"), bool) else there
            if name not in held and name != "bias":
                continue
            value = value[0] if isinstance(value, tuple) and len(set(value)) == 1 and name != "normalized_shape" else value
            value = value[0] if isinstance(value, tuple) and len(value) == 1 else value
            text = write_plain_value(value)
            if text is not None:
                said.append(f"{name}={text}")
        self._note_weights(module, path)
        return f"nn.{kind}({', '.join(said)})"

    def _note_weights(self, module: Any, path: str) -> None:
        """The parameters of a layer by the names that the reader gives them; one that is there already is tied to it."""
        plain = path.replace("[", "_").replace("]", "").replace(".", "_").replace("'", "")
        waiting = [("", module)]
        while waiting:
            head, one = waiting.pop()
            for name, value in vars(one).get("_parameters", {}).items():
                if value is None:
                    continue
                first = self.seen.setdefault(id(value), f"{path}.{name}")
                if first != f"{path}.{name}" and find_layer(module) not in RECURRENT:
                    self.ties.append(f"self.{path}.{name} = self.{first}")
                self.weights[f"{plain}_{head}{name}"] = value
            waiting += [(f"{head}{name}_", part) for name, part in vars(one).get("_modules", {}).items() if part is not None]

    def write_object(self, target: Any, path: str, *, root: bool = False) -> str:
        """A class whose objects are like this one: its own class, with what the object has as its __init__."""
        own = self.texts.add_class(type(target))
        head = f"{path}." if path else ""
        lines: list[str] = []
        held = vars(target)
        for name, value in held.get("_parameters", {}).items():
            if value is None:
                lines.append(f"self.{name} = None")
                continue
            self.seen.setdefault(id(value), f"{head}{name}")
            self.weights[f"{head}{name}".replace(".", "_").replace("[", "_").replace("]", "")] = value
            lines.append(f"self.{name} = torch.nn.Parameter(torch.randn({_write_shape(value)}))")
        for name, value in held.get("_buffers", {}).items():
            lines.append(f"self.{name} = {write_buffer(value)}")
        for name, part in held.get("_modules", {}).items():
            lines.append(f"self.{name} = {'None' if part is None else self.write_module(part, f'{head}{name}')}")
        for name, value in held.items():
            if name in _OWN or (name.startswith("_") and "_modules" in held) or not name.isidentifier():
                continue
            text = self.write_attribute(value)
            if text is not None:
                lines.append(f"self.{name} = {text}")
        made = f"{own}_{self.count}"
        while made in self.texts.known:
            self.count += 1
            made = f"{own}_{self.count}"
        self.texts.known[made] = None
        body = [*lines, *(self.ties if root else ())] or ["pass"]
        self.texts.add_text(f"import torch\nimport torch.nn as nn\nclass {made}({own}):\n    def __init__(self):")
        self.texts.add_text("\n".join(f"        {line}" for line in body))
        return made

    def write_attribute(self, value: Any) -> str | None:
        """An attribute: a plain value, a function of a library, an array, a list of modules; nothing for any other."""
        text = write_plain_value(value)
        if text is not None:
            return text
        home = find_library(value)
        if home:
            self.texts.add_text(f"import {home[0]}")
            return ".".join(home)
        if isinstance(value, FunctionType):
            try:
                return self.texts.add_function(value)
            except ProgramError:
                return None
        if is_array(value):
            return write_buffer(value)
        return None


def is_array(value: Any) -> bool:
    """Whether a value is an array of NumPy or a tensor of PyTorch.

    >>> is_array(3)
    False
    """
    homes = [(sys.modules[home], name) for home, name in (("numpy", "ndarray"), ("torch", "Tensor")) if home in sys.modules]
    return isinstance(value, tuple(vars(home)[name] for home, name in homes if name in vars(home)))


def _write_shape(value: Any) -> str:
    return ", ".join(str(int(size)) for size in value.shape) or "()"


def write_buffer(value: Any) -> str:
    """An array that is no parameter: a causal mask and one number everywhere as such, others as numbers where they are few."""
    if value is None:
        return "None"
    shape = [int(size) for size in value.shape]
    count = 1
    for size in shape:
        count *= size
    if count > MOST_KNOWN or not shape:
        return f"torch.randn({_write_shape(value)})" if shape else write_plain_value(value.item()) or "None"
    flat = value.reshape(-1).tolist()
    if all(one == flat[0] for one in flat) and type(flat[0]) in (int, float, bool):
        return f"torch.full(({_write_shape(value)},), {write_plain_value(float(flat[0]))})"
    size = shape[-1]
    lower = [float(column <= row) for row in range(size) for column in range(size)]
    for word, wanted in (("torch.tril(torch.ones({n}, {n}))", lower), ("torch.triu(torch.ones({n}, {n}), 1)", [1 - one for one in lower])):
        if [float(one) for one in flat] == wanted:
            made = word.format(n=size)
            return made if len(shape) == 2 else f"{made}.view({_write_shape(value)})"
    return f"torch.tensor({value.tolist()})"
