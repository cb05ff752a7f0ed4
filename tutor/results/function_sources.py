"""The source of a forward and a backward function that are given as objects, with what they use: read, never called."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from tutor.errors import OutputError
from tutor.program.live_sources import SourceTexts, read_closure

MOST_LINES = 20_000
"""A function further down in its file is counted from its own first line."""


@dataclass(frozen=True, slots=True)
class FunctionText:
    """The text of a function at its lines of the file, its name there (``Net.backward`` of a method), and what it uses of its module."""

    text: str
    file: str
    name: str
    needed: SourceTexts = field(default_factory=SourceTexts)


def read_function(given: Callable[..., Any] | str) -> FunctionText:
    r"""What is known of a function, or of the text of one.

    Raises `OutputError` for a function whose source is not there, a built-in one say.

    >>> read_function("\n  def f(x):\n    return x").text
    '\ndef f(x):\n  return x'
    """
    if isinstance(given, str):
        return FunctionText(textwrap.dedent(given), "", "")
    func = inspect.unwrap(getattr(given, "__func__", given))
    name = getattr(func, "__qualname__", "").rpartition("<locals>.")[2]
    owner = name.rpartition(".")[0]
    try:
        source = _find_owner(func, owner) if owner else func
        lines, first = inspect.getsourcelines(source)
        file = inspect.getsourcefile(source) or ""
    except (OSError, TypeError):
        raise OutputError(
            "the source of this function is not there", hint="define it in a cell or a file, or give its text"
        ) from None
    above = "\n" * (first - 1 if first <= MOST_LINES else 0)
    own = file.replace("\\", "/").rpartition("/")[2] if file.endswith((".py", ".ipynb")) else ""
    text = textwrap.dedent("".join(lines))
    return FunctionText(above + text, own, name, _gather_needed(func, name.partition(".")[0], text))


def _find_owner(func: Any, owner: str) -> Any:
    """The class that a method is written in."""
    found: Any = getattr(func, "__globals__", {})
    for part in owner.split("."):
        found = found.get(part) if isinstance(found, dict) else getattr(found, part, None)
    return found if inspect.isclass(found) else func


def _gather_needed(func: Any, name: str, text: str) -> SourceTexts:
    """What a text takes from its module: functions and classes, with what these take, modules, and plain values."""
    found = SourceTexts()
    if isinstance(func, FunctionType):
        found.known[name] = func  # it stands in the text itself
        found.add_needed(text, func.__globals__, read_closure(func))
    return found
