"""The arguments of functions and what they return, by the names that they have there."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from tutor.code.code_values import Guess, NotRead, ProgramFunction, Record
from tutor.code.gradient_lists import is_array_list, list_entries, split_entry
from tutor.code.pair_functions import find_long_name, split_gradient
from tutor.code.targets import spell_target

TRAINS = re.compile(r"(?i)train")
"""What is called so is on where gradients are worked out."""
RESTS = re.compile(r"(?i)^_?(is_?)?(eval\w*|test\w*|infer\w*|predict\w*|debug|verbose|print\w*)$")
"""What is called so is off there."""

MOST_DEEP = 4
"""Dictionaries in dictionaries are looked into so far."""


def list_arguments(func: ProgramFunction) -> list[ast.arg]:
    """The arguments of a function, without what it is bound to."""
    args = func.node.args
    listed = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return listed[1:] if func.first is not None else listed


def guess_argument(arg: ast.arg) -> Guess:
    """What nobody gives for an argument; one number where it is said to be: ``w: float``."""
    return Guess(arg.arg, () if isinstance(arg.annotation, ast.Name) and arg.annotation.id == "float" else None)


@lru_cache(maxsize=16)
def has_none(tree: ast.AST) -> bool:
    """Whether an argument of any function is None where nobody gives it.

    >>> has_none(ast.parse("def f(x, mask=None): pass")), has_none(ast.parse("def f(x, rate=0.1): pass"))
    (True, False)
    """
    functions = [part for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)]
    usual = [value for part in functions for value in list_usual(part).values()]
    return any(isinstance(value, ast.Constant) and value.value is None for value in usual)


def is_empty(name: str, node: ast.expr) -> bool:
    """Whether a usual value says nothing: None, 0; False of what is called after training, which a backward pass is of.

    >>> is_empty("reg", ast.Constant(0)), is_empty("training", ast.Constant(False)), is_empty("eval", ast.Constant(False))
    (True, True, False)
    """
    if not isinstance(node, ast.Constant) or node.value not in (None, 0, 0.0):
        return False
    return node.value is not False or bool(TRAINS.search(name))


def has_default(func: ProgramFunction, name: str) -> bool:
    """Whether an argument has a usual value."""
    args = func.node.args
    return name in [arg.arg for arg in args.args[len(args.args) - len(args.defaults) :]] or name in [
        arg.arg for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None
    ]


def list_taken_apart(func: ProgramFunction) -> set[str]:
    """The names that a function takes several values out of: ``x, w, b = cache``."""
    parts = [part for part in ast.walk(func.node) if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Tuple | ast.List)]
    return {part.value.id for part in parts if isinstance(part.value, ast.Name)}


def list_usual(node: ast.FunctionDef | ast.Lambda) -> dict[str, ast.expr]:
    """The usual values of arguments, by their names."""
    args = node.args
    listed = [*args.posonlyargs, *args.args]
    usual = {arg.arg: value for arg, value in zip(listed[len(listed) - len(args.defaults) :], args.defaults, strict=True)}
    return usual | {arg.arg: value for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None}


@lru_cache(maxsize=512)
def find_return(node: ast.AST, met: ast.Return | None = None) -> ast.expr | None:
    """What a function gives at the return that was ``met`` last, or at its last one."""
    if met is not None and met.value is not None and any(part is met for part in ast.walk(node)):
        return met.value
    return _find_last_return(node)


@lru_cache(maxsize=512)
def _find_last_return(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Lambda):
        return node.body
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Return) and part.value is not None]
    found.sort(key=lambda part: part.lineno)
    return found[-1] if found else None


def name_returned(value: Any, node: ast.expr | None) -> list[tuple[str, Any]]:
    """What is returned, by the names that it has there; of a dictionary its entries."""
    if node is None and value is None:  # nothing is returned: what is worked out is kept elsewhere
        return []
    names: list[str] = []
    if isinstance(node, ast.Tuple):
        names = [_say_name(part) for part in node.elts]
    elif node is not None:
        names = [_say_name(node)]
    parts = (
        list(value)
        if isinstance(value, tuple) and (isinstance(node, ast.Tuple) or node is None or not isinstance(node, ast.Name))
        else [value]
    )
    if isinstance(value, tuple) and not isinstance(node, ast.Tuple):
        parts, names = list(value), [f"{names[0] if names else 'out'} {place}" for place in range(len(value))]
    found: list[tuple[str, Any]] = []
    for place, part in enumerate(parts):
        name = names[place] if place < len(names) else f"out {place}"
        if isinstance(part, dict):
            found += _list_entries(name, part, 0)
            found.append((name, part))
        elif split_gradient(name) and is_array_list(part):
            found += list_entries(name, part)
        else:
            found.append((name, part.value if type(part) is Guess and part.known else part))
    return found


def _list_entries(name: str, part: Mapping[Any, Any], depth: int) -> Iterator[tuple[str, Any]]:
    """The entries of a dictionary by their names; of one that stands in it under its own: ``{"grads": grads, "dx": dx}``."""
    for key, one in part.items():
        yield f"{name}.{key}", one
        if isinstance(one, dict) and depth < MOST_DEEP:
            yield from _list_entries(str(key), one, depth + 1)


def _holds_itself(node: ast.Dict) -> bool:
    """Whether a dictionary has names for keys: ``{"W": W}`` holds the weights, and no gradients."""
    pairs = zip(node.keys, node.values, strict=True)
    return any(isinstance(key, ast.Constant) and isinstance(value, ast.Name) and key.value == value.id for key, value in pairs)


def _say_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Dict):
        return "held" if _holds_itself(node) else "grads"
    return node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)[:40]


def list_lost(record: Record) -> Iterator[tuple[str, NotRead, bool]]:
    """The names that got no value, because their lines fail or are not read; and whether each is a name alone."""
    for number, problem in record.problems.items():
        node = record.visited.get(number)
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        for target in targets:
            for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                yield spell_target(part)[1], problem, isinstance(part, ast.Name)


@dataclass(slots=True)
class WordIndex:
    """The words of a forward pass, to be looked up by what gradients are called."""

    words: Collection[str]
    places: dict[str, int] = field(default_factory=dict)
    small: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for word in self.words:
            if word not in self.places:
                self.places[word] = len(self.places)
                self.small.setdefault(word.lower(), []).append(word)

    def match(self, key: str) -> list[str]:
        """What a gradient may be the gradient of, as `match_words` says."""
        meant = split_gradient(key)
        found = [one for one in meant if one in self.places]
        if not found and split_entry(key)[1]:
            return list(filter(None, (find_list_entry(one, self.words) for one in meant)))
        small = {word for one in meant for word in self.small.get(one.lower(), ())}
        found = found or sorted(small, key=self.places.__getitem__)
        return found or list(filter(None, (find_long_name(one, self.words) for one in meant)))

    def match_entry(self, key: str, stores: Collection[str]) -> list[str]:
        """What an entry of a dictionary of gradients is the gradient of, as `find_stores` finds them: W of ``res["W"]``."""
        head, _, word = key.rpartition(".")
        return [word] if head in stores and word in self.places else []


def find_list_entry(word: str, words: Collection[str]) -> str:
    """The entry of a list that is meant by a shorter name with its place: ``weights[1]`` by w[1]; nothing where there is none.

    >>> find_list_entry("w[1]", ["weights[0]", "weights[1]", "weights"]), find_list_entry("w[2]", ["weights[0]"])
    ('weights[1]', '')
    """
    whole, place = split_entry(word)
    lists = [one.removesuffix(place) for one in words if place and one.endswith(place)]
    found = whole if whole in lists else find_long_name(whole, lists) if lists else ""
    return f"{found}{place}" if found else ""


def match_words(key: str, words: Collection[str]) -> list[str]:
    """What a gradient is the gradient of, among the words that there are: ``grad_w`` of w, or of W where only that is there.

    >>> match_words("grad_w", ["W", "b"]), match_words("dw", ["w", "W"]), match_words("dx", ["W"])
    (['W'], ['w'], [])
    """
    return WordIndex(words).match(key)


def find_divided(node: ast.expr | None, place: int, words: WordIndex) -> str:
    """The gradient that is divided by a count where it is returned: dW of ``return dW / N, db / N``; nothing of other formulas."""
    part = node.elts[place] if isinstance(node, ast.Tuple) and place < len(node.elts) else None
    divided = isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div) and isinstance(part.left, ast.Name)
    return find_named(node, place, words) if divided else ""


def find_named(node: ast.expr | None, place: int, words: WordIndex) -> str:
    """The only gradient in what is returned at a place: dW of ``return loss, dW / N + reg * W``; nothing where it is a name itself."""
    part = node.elts[place] if isinstance(node, ast.Tuple) and place < len(node.elts) else None
    if not isinstance(part, ast.BinOp):
        return ""
    names = {one.id for one in ast.walk(part) if isinstance(one, ast.Name) and words.match(one.id)}
    stepped = isinstance(part.op, ast.Sub) and isinstance(part.left, ast.Name) and any(part.left.id in words.match(name) for name in names)
    return names.pop() if len(names) == 1 and not stepped else ""
