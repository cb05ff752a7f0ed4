"""What a program has at hand where one of its lines may be changed: its quantities, counts, rates and labels."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tutor.code.code_values import Guess
from tutor.code.gradient_check import SMALLEST, GradientCheck
from tutor.code.guess_shapes import LABELS, SCALARS
from tutor.code.line_edits import Surroundings, is_quantity
from tutor.code.pair_functions import split_gradient
from tutor.code.pass_run import Outcome
from tutor.code.window_steps import find_usual_step
from tutor.late_patterns import compile_late
from tutor.numbers.arrays import np

MOST_COUNTS = 9
ROOT = compile_late(r"(^|\.)sqrt$")
"""What takes a root in a program, of NumPy or of math."""


def look_around(
    first: Outcome, check: GradientCheck, traced: Mapping[int, Any], outcome: Outcome, wrong: Collection[str]
) -> Surroundings:
    """The names of a backward pass with their values, its counts, rates and labels, and by what numbers its gradients are off."""
    pool: dict[str, Any] = {}
    counts: list[str] = []
    counted: dict[str, int] = {}
    extra: list[str] = []
    for node in first.after.values():
        for part in ast.walk(node):
            if isinstance(part, ast.Name | ast.Attribute | ast.Subscript) and id(part) in traced:
                value, text = traced[id(part)], ast.unparse(part)
                if isinstance(part, ast.Attribute) and part.attr == "T":
                    continue
                if isinstance(value, np.ndarray):
                    if value.dtype.kind in "iu" and LABELS.match(text.rpartition(".")[2]):
                        extra.append(text)
                    if value.ndim or value.dtype.kind == "f":
                        pool.setdefault(text, value)
                elif (
                    isinstance(value, int | np.integer)
                    and not isinstance(value, bool)
                    and value > 1
                    and len(counts) < MOST_COUNTS
                ):
                    counts.append(text)
                    counted[text] = int(value)
                elif isinstance(value, float | np.floating):
                    pool.setdefault(text, value)
                    if SCALARS.match(text.rpartition(".")[2]):
                        extra.append(text)
        for part in ast.walk(node):  # what is written as a difference is a quantity, too: x - mean
            plain = (
                isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub | ast.Add) and isinstance(part.right, ast.Name)
            )
            if plain and isinstance(part.left, ast.Name) and np.ndim(traced.get(id(part), 0)):  # type: ignore[attr-defined]
                pool.setdefault(f"({ast.unparse(part)})", traced[id(part)])
    if check.trial.plan.is_single:  # an argument that got its value from its first use
        settled = {name: one.value for name, one in first.scope.items() if type(one) is Guess and one.known}
        pool |= {name: one for name, one in settled.items() if is_quantity(one) and name not in pool}
    pool = {**dict(list_entries(first.after.values(), traced)), **pool}
    for word in ("self", "ctx"):
        kept = getattr(first.scope.get(word), "attributes", {})
        pool = {**pool, **{f"{word}.{name}": one for name, one in kept.items() if is_quantity(one) and f"{word}.{name}" not in pool
                           and not split_gradient(name)}}  # fmt: skip
    for event in outcome.record.events[outcome.begins :]:
        if event.key.isidentifier() and isinstance(event.value, np.ndarray):
            pool.setdefault(event.key, event.value)
    written = list(list_written(first.record.visited.values(), traced))
    for text, size in [*list_lengths(first, pool, torch=check.trial.torch), *written]:
        if size not in counted.values() or (text, size) in written:
            counts.append(text)
            counted[text] = size
    ratios = list_ratios(outcome, check, wrong)
    roots = list(dict.fromkeys(list_roots(first, pool, traced)))
    functions = list_applied(first.record.visited.values(), traced)
    counts.sort(key=lambda text: not text.isidentifier())  # N, and not the x.shape[0] that it is
    indices = list(dict.fromkeys(list_indices(first.record.visited.values(), traced)))
    steps = list(dict.fromkeys(list_steps(first.after.values())))
    written_numbers = list(dict.fromkeys(list_numbers(first.record.visited.values())))
    return Surroundings(
        traced, pool, list(dict.fromkeys(counts)), ratios, list(dict.fromkeys(extra)), counted, roots, functions, indices, steps,
        written_numbers,
    )


def list_entries(nodes: Collection[ast.AST], traced: Mapping[int, Any]) -> Iterator[tuple[str, Any]]:
    """What the caches of a backward pass hold, also what no line of it takes: ``cache['h']``; no gradients."""
    for part in (part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)):
        value = traced.get(id(part))
        for key, one in value.items() if isinstance(value, dict) else ():
            if isinstance(key, str) and not split_gradient(key) and is_quantity(one):
                yield f"{part.id}[{key!r}]", one


def list_ratios(outcome: Outcome, check: GradientCheck, wrong: Collection[str]) -> list[float]:
    """By what numbers the gradients that are wrong are off, each number once."""
    ratios: list[float] = []
    for output in outcome.outputs:
        target = check.find_target(output) if output.key in wrong else None
        ratio = None if target is None or output.value is None else check.find_ratio(output.value, target)
        if ratio is not None and not any(abs(ratio - one) < 1e-6 * abs(ratio) for one in ratios):
            ratios.append(float(f"{ratio:.9g}"))
    return ratios


def list_numbers(nodes: Collection[ast.AST]) -> Iterator[float]:
    """The numbers with a point that a program has, but for those that only keep something from 0.

    >>> list(list_numbers([ast.parse("a = np.where(z > 0, z, 0.01 * z) + 1e-8")]))
    [0.01]
    """
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.Constant) and type(part.value) is float and part.value > SMALLEST:
            yield part.value


def list_steps(nodes: Collection[ast.AST]) -> Iterator[str]:
    """The strides and borders of windows that a backward pass has, by their names: ``stride``, ``self.pad``."""
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.Name | ast.Attribute):
            text = ast.unparse(part)
            if find_usual_step(text.rpartition(".")[2]) is not None:
                yield text


def list_indices(nodes: Collection[ast.AST], traced: Mapping[int, Any]) -> Iterator[str]:
    """What a program writes in brackets for one place, and is no number: ``j``, ``y[i]``, ``t - 1``."""
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.Subscript):
            for one in part.slice.elts if isinstance(part.slice, ast.Tuple) else [part.slice]:
                value = traced.get(id(one))
                if isinstance(value, int | np.integer) and not isinstance(value, bool) and not isinstance(one, ast.Constant | ast.UnaryOp):
                    yield ast.unparse(one)


def list_applied(nodes: Collection[ast.AST], traced: Mapping[int, Any]) -> list[str]:
    """The functions that a program applies to every entry of an array, as it writes them: ``np.tanh``, ``sigmoid``, ``.abs``."""
    found: dict[str, None] = {}
    for part in (part for node in nodes for part in ast.walk(node)):
        if isinstance(part, ast.Call) and len(part.args) == 1 and not part.keywords and isinstance(part.func, ast.Name | ast.Attribute):
            given, made = traced.get(id(part.args[0])), traced.get(id(part))
            if isinstance(given, np.ndarray) and isinstance(made, np.ndarray) and given.shape == made.shape and given.ndim:
                found[ast.unparse(part.func)] = None
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and not part.args and not part.keywords:
            given, made = traced.get(id(part.func.value)), traced.get(id(part))
            if isinstance(given, np.ndarray) and isinstance(made, np.ndarray) and given.shape == made.shape and given.ndim:
                found[f".{part.func.attr}"] = None
    return list(found)


def list_written(nodes: Collection[ast.AST], traced: Mapping[int, Any]) -> Iterator[tuple[str, Any]]:
    """Counts that the program works out: ``mask.sum()``, ``self.N * self.C``."""
    for part in (part for node in nodes for part in ast.walk(node)):
        value = traced.get(id(part))
        plain = isinstance(part, ast.Call) and ast.unparse(part.func).endswith(".sum") and not part.args and not part.keywords
        if not plain and not (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult) and type(value) is int):
            continue
        if isinstance(value, int | float | np.floating | np.integer) and value > 1 and float(value).is_integer():
            yield (ast.unparse(part) if plain else f"({ast.unparse(part)})"), value


def list_lengths(first: Outcome, pool: Mapping[str, Any], *, torch: bool) -> Iterator[tuple[str, int]]:
    """Counts that have no name there: as the program writes them elsewhere, ``len(y)``, and how many samples and entries arrays have."""
    known = {event.key: np.shape(event.value) for event in first.record.events if event.key.isidentifier() and np.ndim(event.value)}
    for node in first.record.visited.values():
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "len" and len(part.args) == 1:
                name = ast.unparse(part.args[0])
                if name in known and name in pool and known[name][0] > 1:
                    yield f"len({name})", known[name][0]
    for name, shape in known.items():
        if name in pool and np.shape(pool[name])[:1] == shape[:1] and shape[0] > 1:  # b may be an array elsewhere
            yield f"{name}.shape[0]", shape[0]
            if len(shape) == 2 and shape[1] > 1:
                yield f"{name}.{'numel()' if torch else 'size'}", shape[0] * shape[1]


def list_roots(first: Outcome, pool: Mapping[str, Any], traced: Mapping[int, Any]) -> Iterator[str]:
    """The roots of sizes in a program, in words that its backward pass has: ``np.sqrt(d)``, or ``np.sqrt(K.shape[-1])``."""
    own = {part.id for node in first.after.values() for part in ast.walk(node) if isinstance(part, ast.Name)}
    for part in (part for node in first.record.visited.values() for part in ast.walk(node)):
        if not isinstance(part, ast.Call) or len(part.args) != 1 or not ROOT.search(ast.unparse(part.func)):
            continue
        size = traced.get(id(part.args[0]))
        if isinstance(size, bool) or not isinstance(size, int | float | np.integer) or size <= 1 or float(size) % 1:
            continue
        named = {one.id for one in ast.walk(part.args[0]) if isinstance(one, ast.Name)}
        if named <= own:
            yield ast.unparse(part)
        sized = [name for name, value in pool.items() if np.ndim(value) and np.shape(value)[-1] == size and name.isidentifier()]
        yield from (f"{ast.unparse(part.func)}({name}.shape[-1])" for name in sized[:2] if not split_gradient(name))
