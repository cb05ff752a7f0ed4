"""The source of functions that are given as objects, with what they call: read from their files or cells, never called."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tutor.errors import OutputError

MOST_HELPERS = 40
"""So many functions that a function calls, directly or not, are read along."""
MOST_LINES = 20_000
"""A function further down in its file is counted from its own first line."""


@dataclass(frozen=True, slots=True)
class FunctionText:
    """The text of a function at its lines of the file, its name there (``Net.backward`` of a method), and the functions that it calls."""

    text: str
    file: str
    name: str
    helpers: tuple[tuple[str, str], ...] = ()


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
    return FunctionText(above + textwrap.dedent("".join(lines)), own, name, tuple(_list_helpers(func)))


def _find_owner(func: Any, owner: str) -> Any:
    """The class that a method is written in."""
    found: Any = getattr(func, "__globals__", {})
    for part in owner.split("."):
        found = found.get(part) if isinstance(found, dict) else getattr(found, part, None)
    return found if inspect.isclass(found) else func


def _list_helpers(func: Any) -> Iterator[tuple[str, str]]:
    """What a function takes from its module: functions, with what these take, modules and numbers, each as a text; the deepest first."""
    waiting, seen = [func], {func}
    found: list[tuple[str, str]] = []
    while waiting and len(found) < MOST_HELPERS:
        one = waiting.pop()
        for name in _list_names(getattr(one, "__code__", None)):
            helper = getattr(one, "__globals__", {}).get(name)
            if isinstance(helper, ModuleType):
                found.append((name, f"import {helper.__name__} as {name}"))
            elif type(helper) in (int, float, bool):
                found.append((name, f"{name} = {helper!r}"))
            if isinstance(helper, FunctionType) and helper not in seen and helper.__name__ == name:
                seen.add(helper)
                waiting.append(helper)
                try:
                    found.append((name, textwrap.dedent(inspect.getsource(helper))))
                except (OSError, TypeError):
                    continue
    return reversed(found)


def _list_names(code: CodeType | None) -> Iterator[str]:
    """The names that a function takes from its module, those of the functions inside of it, too."""
    waiting = [code] if code is not None else []
    while waiting:
        one = waiting.pop()
        yield from one.co_names
        waiting += [part for part in one.co_consts if isinstance(part, CodeType)]
