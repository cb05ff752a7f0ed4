"""The text of functions and classes that live in a session, with what they use of their module: read by ``inspect``, never called."""

from __future__ import annotations

import ast
import builtins
import inspect
import linecache
import sys
import textwrap
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from tutor.errors import ProgramError, tell
from tutor.program.source import OwnLine
from tutor.text import make_visible

MOST_SOURCES = 60
"""So many functions and classes may use each other."""
MOST_WRITTEN = 2_000
"""So many characters of a value of the module."""
LIBRARIES = ("math", "numpy", "torch", "torch.nn", "torch.nn.functional", "numpy.linalg", "numpy.random", "jax.numpy", "jax.nn")


class SourceTexts:
    """Texts that are gathered: each function, class or value by the name that a program has for it, what it needs before it.

    ``lines`` are the lines so far, ``places`` where each stands: a file and its line, or a function and its line.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: list[str] = []
        self.known: dict[str, Any] = {}
        self.written = 0

    def add_text(self, text: str, place: str = "", first: int = 0) -> None:
        """Lines of a program, which stand from ``first`` on at a place that has a name; what all are indented by is taken away."""
        own = textwrap.dedent(text) if place else text
        lines = own.rstrip("\n").split("\n")
        cut = next((len(old) - len(new) for old, new in zip(text.split("\n"), lines, strict=False) if new.strip()), 0)
        self.lines += lines
        self.places += [OwnLine(f"{place}:{first + count}", cut) if place else "" for count in range(len(lines))]

    def add_function(self, function: FunctionType, name: str = "") -> str:
        """A function with what it uses; the name that it has in the text."""
        function = inspect.unwrap(function)
        text, place, first = read_source_of(function)
        made = name or function.__name__
        if made in self.known:
            return made
        self.known[made] = function
        self._count()
        self.add_text(text, place, first)
        if made != function.__name__:
            self.add_text(f"{made} = {function.__name__}")
        self.add_needed(text, function.__globals__, read_closure(function))  # behind it, so that its lines stay what they are
        return made

    def add_class(self, made: type) -> str:
        """A class with those that it comes from, and what they use; its name."""
        if made.__name__ in self.known:
            return made.__name__
        self.known[made.__name__] = made
        self._count()
        text, place, first = read_class_of(made)
        module = sys.modules.get(made.__module__)
        methods = [part for part in vars(made).values() if isinstance(part, FunctionType)]
        around = methods[0].__globals__ if methods else vars(module) if module is not None else {}
        closed = {name: value for method in methods for name, value in read_closure(method).items()}
        self.add_needed(text, around, closed)
        self.add_text(text, place, first)
        return made.__name__

    def add_needed(self, text: str, around: Mapping[str, Any], closed: Mapping[str, Any]) -> None:
        """What a text uses by its names: modules, functions of libraries, other functions and classes, plain values."""
        for name in list_used(text):
            if name in self.known or (name not in closed and name not in around):
                continue
            value = closed[name] if name in closed else around[name]
            said = self.write_value(value, name)
            if said:
                self.known.setdefault(name, value)
                self.add_text(said)

    def write_value(self, value: Any, name: str) -> str:
        """A statement that gives a name its value; empty for what is written already, or is nothing that is read."""
        if isinstance(value, ModuleType):
            return f"import {value.__name__} as {name}"
        home = find_library(value)
        if home:
            return f"from {home[0]} import {home[1]} as {name}"
        try:
            if isinstance(value, FunctionType):
                self.add_function(value, name)
            elif isinstance(value, type):
                self.add_class(value)
                return f"{name} = {value.__name__}" if name != value.__name__ else ""
            elif (text := write_plain_value(value)) is not None:
                return f"{name} = {text}"
        except ProgramError:  # refused where it is used: nothing defines it
            pass
        return ""

    def _count(self) -> None:
        self.written += 1
        if self.written > MOST_SOURCES:
            raise ProgramError(tell("the program uses more than {limit} functions and classes", limit=MOST_SOURCES),
                               hint=tell("give a file with the function that is meant and what it calls"))  # fmt: skip


def find_library(value: Any) -> tuple[str, str] | None:
    """The library that a function or a class is from, with its name there; nothing for one of the program's own.

    >>> import math
    >>> find_library(math.exp)
    ('math', 'exp')
    """
    name = name_object(value)
    homes = [home for home in LIBRARIES if home in sys.modules] if name.isidentifier() else []
    return next(((home, name) for home in homes if vars(sys.modules[home]).get(name) is value), None)


def name_object(value: Any) -> str:
    """What a function or a class is called; of any other object its class, since asking it might run its code.

    >>> name_object(len), name_object(3)
    ('len', 'int')
    """
    kind = type(value)
    named = isinstance(value, FunctionType | BuiltinFunctionType | MethodType | type) or kind.__module__ == "numpy"
    return make_visible(str(getattr(value, "__name__", kind.__name__)) if named else kind.__name__, 60)


def write_plain_value(value: Any) -> str | None:
    """A number, a text, a tuple, a list or a dictionary of these as a program has it; nothing for any other.

    >>> write_plain_value((1, "a", None)), write_plain_value(object())
    ("(1, 'a', None)", None)
    """
    kind = type(value)
    if kind in (int, str, bool, type(None)):
        text = repr(value)
        return text if len(text) <= MOST_WRITTEN else None
    if kind is float:
        return repr(value) if value == value and abs(value) != float("inf") else f"float({str(value)!r})"
    if kind in (tuple, list) and len(value) <= MOST_WRITTEN:
        parts = [write_plain_value(part) for part in value]
        if any(part is None for part in parts):
            return None
        inside = ", ".join(map(str, parts))
        return f"[{inside}]" if kind is list else f"({inside}{',' if len(parts) == 1 else ''})"
    if kind is dict and len(value) <= MOST_WRITTEN:
        pairs = [(write_plain_value(key), write_plain_value(part)) for key, part in value.items()]
        return None if any(None in pair for pair in pairs) else f"{{{', '.join(f'{key}: {part}' for key, part in pairs)}}}"
    return None


def list_used(text: str) -> list[str]:
    """The names that a text uses and that Python itself does not have.

    >>> list_used("def f(x): return np.exp(x) + len(W)")
    ['x', 'W', 'np']
    """
    try:
        tree = ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not hasattr(builtins, node.id)]
    return list(dict.fromkeys(names))


def read_source_of(function: Any) -> tuple[str, str, int]:
    """The text of a function, where it stands, and its first line there.

    Raises `ProgramError` for a function without a text: one of C, one that was typed at Python's prompt, a lambda.
    """
    named = name_object(function)
    if named == "<lambda>":
        raise ProgramError(tell("a lambda is not read from a session"), hint=tell("write it as a function: def f(x): return …"))
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError, SyntaxError, IndexError):
        hint = tell("define it with def in a cell or a file, or give the file: model.py:{name}", name=named)
        raise ProgramError(tell("the source of {name} is not there", name=named), hint=hint) from None
    place = _name_place(function.__code__.co_filename)
    return "".join(lines), place or named, first if place else 1


def read_class_of(made: type) -> tuple[str, str, int]:
    """The text of a class, where it stands, and its first line there.  Raises `ProgramError` where it is not there."""
    codes = [part.__code__ for part in vars(made).values() if isinstance(part, FunctionType)]
    files = dict.fromkeys(code.co_filename for code in codes if code.co_name and code.co_qualname.startswith(f"{made.__qualname__}."))
    for file in files:
        lines = linecache.getlines(file)
        try:
            tree = ast.parse("".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == made.__name__ and _holds(node, codes):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                place = _name_place(file)
                text = "".join(lines[first - 1 : node.end_lineno])
                return text, place or made.__name__, first if place else 1
    named = make_visible(made.__name__, 60)
    raise ProgramError(tell("the source of {name} is not there", name=named),
                       hint=tell("define it with class in a cell or a file, or give the file: model.py:{name}", name=named))  # fmt: skip


def _holds(node: ast.ClassDef, codes: list[Any]) -> bool:
    """Whether a method stands in a class of the text."""
    return any(node.lineno <= code.co_firstlineno <= (node.end_lineno or 0) for code in codes)


def _name_place(file: str) -> str:
    """The name of a file; empty for a cell of a notebook, whose file is none that one could open."""
    name = file.replace("\\", "/").rpartition("/")[2]
    return "" if file.startswith("<") or "ipykernel" in file or not name.endswith(".py") else make_visible(name, 60)


def read_closure(function: FunctionType) -> dict[str, Any]:
    """The values around a function that is defined inside of another.

    >>> def scale(by):
    ...     return lambda x: by * x
    >>> read_closure(scale(3))
    {'by': 3}
    """
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not given yet
            continue
    return found
