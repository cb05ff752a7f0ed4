"""Parts of a file: what is worked through before its functions are called, the lines of a function, and its names."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tutor.code.code_values import CodeProblem, NotRead, Object, ProgramFunction
from tutor.code.guess_shapes import COUNTS, list_documented
from tutor.code.parts_of_formulas import LIBRARY
from tutor.code.targets import is_drawn
from tutor.code.work_functions import FunctionWorker
from tutor.errors import tell
from tutor.numbers.arrays import np
from tutor.program.source import Source


def list_spans(func: ProgramFunction) -> list[tuple[int, int]]:
    """The lines of a function, with those of all methods of its class."""
    nodes: list[ast.AST] = [func.node]
    if isinstance(func.owner, Object) and func.owner.of is not None:
        nodes += func.owner.of.methods.values()
    return [(node.lineno, node.end_lineno or node.lineno) for node in nodes if isinstance(node, ast.FunctionDef | ast.Lambda)]


def is_definition(node: ast.stmt) -> bool:
    """Whether a statement of a file is run when only its functions are wanted: definitions, imports, settings that are numbers."""
    if isinstance(node, ast.Try):  # of a library that may be missing
        return all(isinstance(part, ast.Import | ast.ImportFrom) for part in node.body)
    if isinstance(node, ast.Assign):
        named = all(isinstance(part, ast.Name | ast.Tuple) for part in node.targets)  # not plt.rcParams["figure.figsize"] = (5, 4)
        return named and isinstance(node.value, ast.Constant | ast.Lambda | ast.Dict | ast.Tuple | ast.List | ast.Name) and not (
            isinstance(node.targets[0], ast.Tuple) and any(isinstance(part, ast.Attribute) for part in ast.walk(node.value))
        )  # nor X, Y = X.T, Y.reshape(1, -1): what a notebook does to its data
    return isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


@lru_cache(maxsize=16)
def list_drawn(tree: ast.Module) -> tuple[ast.stmt, ...]:
    r"""The weights that a file draws beside its functions, ``W = np.random.randn(hidden_size, vocab_size)``, where only sizes are needed.

    >>> [ast.unparse(one) for one in list_drawn(ast.parse("W = np.random.randn(n_h, 4)\nx = np.zeros(len(data))"))]
    ['W = np.random.randn(n_h, 4)']

    What no function takes from there is data of a test: ``W`` of a notebook whose functions are given theirs.
    """
    found: list[ast.stmt] = []
    given = _list_own_names(tree)
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp | ast.Call | ast.Tuple) and is_drawn(node.value):
            names = {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)} - {*LIBRARY}
            own = {part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)}
            if all(COUNTS.match(name) for name in names) and not own <= given:
                found.append(node)
    return tuple(found)


def _list_own_names(tree: ast.Module) -> set[str]:
    """The names that functions of a file use, and all of these are given them or make them."""
    own, free = set[str](), set[str]()
    for node in tree.body:
        for func in ast.walk(node) if isinstance(node, ast.FunctionDef | ast.ClassDef) else ():
            if isinstance(func, ast.FunctionDef):
                parts = [*ast.walk(func)]
                made = {part.arg for part in parts if isinstance(part, ast.arg)}
                made |= {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
                own |= made
                free |= {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)} - made
    return own - free


@lru_cache(maxsize=16)
def names_torch(tree: ast.Module) -> bool:
    """Whether a program says that its arrays are tensors of PyTorch.

    >>> names_torch(ast.parse("import torch.nn as nn")), names_torch(ast.parse("import numpy as np"))
    (True, False)
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            if any(name.partition(".")[0] == "torch" for name in names):
                return True
        elif isinstance(node, ast.Name) and node.id == "torch":
            return True
    return False


def name_naive(module: dict[str, Any], own: ast.Module) -> None:
    """Functions that are compiled elsewhere, ``conv_forward_fast``, do what those do that are written out, ``conv_forward_naive``.

    >>> module = {"pool_naive": ProgramFunction(ast.parse("def f(): pass").body[0], {})}
    >>> name_naive(module, ast.parse("pool_fast(x)"))
    >>> module["pool_fast"] is module["pool_naive"]
    True

    What a file beside the program writes out itself stays.
    """
    written = {part.name for part in own.body if isinstance(part, ast.FunctionDef)}
    for name, value in list(module.items()):
        fast = name.removesuffix("_naive") + "_fast"
        known = fast in written or isinstance(module.get(fast), ProgramFunction)
        if name.endswith("_naive") and isinstance(value, ProgramFunction) and not known:
            module[fast] = value


def ask_documented(worker: FunctionWorker, func: ProgramFunction, values: Mapping[str, Any]) -> None:
    """Ask for one row where the documentation of a cost says so of what it is given: the output is a chance of 1.

    Raises `OtherShape` for the weights that were only guessed.
    """
    hints = list_documented(func.node, worker.guesser.sizes)
    for name, value in values.items():
        hint = hints.get(name, ())
        if isinstance(value, np.ndarray) and 1 in hint and len(hint) == value.ndim:
            wanted = tuple(1 if size == 1 else own for size, own in zip(hint, value.shape, strict=True))
            if wanted != value.shape and not worker.settled:
                worker.ask_shape(value, wanted)


def refuse_forward(source: Source, why: NotRead) -> CodeProblem:
    """The refusal of a forward pass that is not read, with its line."""
    node = why.node
    line = getattr(node, "lineno", 0)
    place = f"{source.file}:{line}" if line else source.file
    spot = source.lines[line - 1] if 0 < line <= len(source.lines) else ""
    return CodeProblem(
        tell("the forward pass is not read: {why}", why=why.what),
        where=place,
        spot=f"    {spot.strip()}" if spot else "",
    )
